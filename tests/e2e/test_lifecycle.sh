#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Thousands of random changes of weight, admin state, drain, health and
# membership, under load: the kernel is as the model in lib/lifecycle.py says,
# and no flow comes to a backend that may not have it. A run can be repeated by
# the seed that it names: make test T=e2e/lifecycle SEED=N
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
# processors: 2
# limit: 1200
# once: the model does not know kernels
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

# services PORT[:PROBE]...: for each a service of TCP and one of UDP
services()
{
	local word protocol gate comma=

	for word in "$@"; do
		gate=
		[[ $word != *:* ]] || gate=", \"probe\": \"${word#*:}\""
		for protocol in tcp udp; do
			printf '%s{"name": "%s-%s", "frontend": "web-ip",
				"protocol": "%s", "port": %s, "pool": "web",
				"all_down": "reject"%s}' \
				"$comma" "$protocol" "${word%:*}" \
				"$protocol" "${word%:*}" "$gate"
			comma=', '
		done
	done
}

# setup SCHEDULER
setup()
{
	begin_anew
	cat <<-END | lb apply -
	{
	  "frontends": [{"name": "web-ip", "address": "$VIP"}],
	  "probes": [{"name": "p1", "type": "tcp", "initial": "up"},
	    {"name": "p2", "type": "tcp"}],
	  "pools": [{"name": "web", "scheduler": "$1",
	    "backends": [$(backends_json 1 2 3 4)]}],
	  "services": [$(services 9001:p1 9002:p2 9003)]
	}
	END
}

# case_random SCHEDULER STEPS
case_random()
{
	local i seed=${NFLB_SEED:-$RANDOM} addresses=()

	for i in 1 2 3 4; do
		addresses+=("$(backend_addr "$i")")
	done
	setup "$1"
	echo "seed $seed"
	in_ns gw "$here/lib/lifecycle.py" "$NFLB_TOP/uapi/nflb.h" "$seed" \
		$(($2 / SLOW)) "$VIP" "${addresses[@]}" || {
		lb backend show web
		fail "seed $seed"
	}
	begin_anew
	wait_for 20 is_stat flows 0
}

topo_up 4
# So that whoever is refused learns of it, however many are
in_ns gw sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
serve b1 b2 b3 b4 -- tcp/9001-9003 udp/9001-9003
both_families "maglev does as the model" case_random maglev 1000
both_families "rr does as the model" case_random rr 200
use_family 4
tap_run "wlc does as the model" case_random wlc 200
tap_done
