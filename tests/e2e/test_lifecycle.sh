#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Thousands of random changes of weight, admin state, drain, health and
# membership, under load: the kernel is as the model in lib/lifecycle.py says,
# and no flow comes to a backend that may not have it.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
# processors: 2
# once: the model does not know kernels
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

STEPS=$((${LIFECYCLE_STEPS-250} / SLOW))

# gated PORT PROBE: a service of TCP and one of UDP, with commas before
gated()
{
	local protocol

	for protocol in tcp udp; do
		printf ', {"name": "%s-%s", "frontend": "web-ip",
			"protocol": "%s", "port": %s, "pool": "web"%s}' \
			"$protocol" "$1" "$protocol" "$1" \
			"${2:+, \"probe\": \"$2\"}"
	done
}

# setup SCHEDULER
setup()
{
	local i

	begin_anew
	cat <<-END | lb apply -
	{
	  "frontends": [{"name": "web-ip", "address": "$VIP"}],
	  "probes": [{"name": "p1", "type": "tcp", "initial": "up"},
	    {"name": "p2", "type": "tcp"}],
	  "pools": [{"name": "web", "scheduler": "$1",
	    "backends": [$(backends_json 1 2 3 4)]}],
	  "services": [{"name": "load", "frontend": "web-ip",
	    "protocol": "tcp", "port": 9010, "pool": "web"}
	    $(gated 9001 p1) $(gated 9002 p2) $(gated 9003)]
	}
	END
}

case_random()
{
	local i seed=$RANDOM addresses=()

	for i in 1 2 3 4; do
		addresses+=("$(backend_addr "$i")")
	done
	setup "$1"
	# Others' flows meanwhile; what they say is not looked at
	start_bg cl1 load bash -c \
		"while :; do traffic ask tcp $VIP 9010 flows 99 timeout 2000; done"
	in_ns gw "$here/lib/lifecycle.py" "$NFLB_TOP/uapi/nflb.h" "$seed" \
		"$STEPS" "$VIP" "${addresses[@]}" || {
		lb backend show web
		fail "seed $seed"
	}
	stop_bg load
	begin_anew
	wait_for 20 is_stat flows 0
}

topo_up 4
serve b1 b2 b3 b4 -- tcp/9001-9003 udp/9001-9003 tcp/9010
both_families "maglev does as the model" case_random maglev
both_families "rr does as the model" case_random rr
use_family 4
tap_run "wlc does as the model" case_random wlc
tap_done
