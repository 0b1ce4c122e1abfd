#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The agent without root, with no more rights than its unit gives it.
# once: the agent is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent, curl) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
WAY=fast # a probe does not pass through a service

UNIT=$NFLB_TOP/ctl/nflb-agent.service.in

# unit_caps KEY: those that the unit has in there, as setpriv wants them
unit_caps()
{
	local name caps=-all

	for name in $(sed -n "s/^$1=//p" "$UNIT"); do
		name=${name#CAP_}
		caps+=",+${name,,}"
	done
	echo "$caps"
}

# start_with BOUNDING AMBIENT [OPTION]...: an agent of nobody, with these
# capabilities
start_with()
{
	start_bg gw agent setpriv --reuid nobody --regid nogroup \
		--clear-groups --no-new-privs --bounding-set "$1" \
		--inh-caps "$2" --ambient-caps "$2" \
		lbctl agent "${@:3}"
}

# start_as_unit [OPTION]...
start_as_unit()
{
	start_with "$(unit_caps CapabilityBoundingSet)" \
		"$(unit_caps AmbientCapabilities)" "$@"
}

# status_of WORD: from the agent's /proc/PID/status
status_of()
{
	awk -v word="$1:" '$1 == word { print $2 }' \
		"/proc/$(cat "$T_DIR/agent.pid")/status"
}

# The gateway's own address: metrics are nobody else's business
metrics_at()
{
	[ "$FAMILY" = 6 ] && echo '[::1]:9180' || echo 127.0.0.1:9180
}

# The source that probes have, beside the one that routing gives them
source_addr()
{
	[ "$FAMILY" = 6 ] && echo fd00:b::5 || echo 10.0.0.5
}

# n_checks ADDRESS: that have come to b1 from there
n_checks()
{
	grep -c "^$1 [0-9]* 200 /healthz" "$T_DIR/nginx-b1/access.log" || true
}

# All that a probe may say of a socket, metrics, alerts, and the reports
case_works()
{
	setup http path /healthz source "$(source_addr)" device back
	start_as_unit --metrics "$(metrics_at)"
	turns "up up up"
	expect "user" "$(id -u nobody)" "$(status_of Uid)"
	# CAP_NET_ADMIN is number 12
	expect "capabilities" 0000000000001000 "$(status_of CapEff)"
	expect "those that it may come to" 0000000000001000 \
		"$(status_of CapBnd)"
	expect "new privileges" 1 "$(status_of NoNewPrivs)"
	[ "$(n_checks "$(source_addr)")" -gt 0 ] || fail "another source"
	make_sick b2
	becomes "up down up"
	in_ns gw curl -gsS -f -m $((20 * SLOW)) -o "$T_DIR/page" \
		"http://$(metrics_at)/metrics"
	grep -Fx 'nflb_backend_up{pool="web",backend="b2",probe="ok"} 0' \
		"$T_DIR/page"
	make_well b2
	# A machine without time is another matter.
	! grep -E '^lbctl: .*(permitted|denied)' "$T_DIR/agent.log" ||
		fail "not all that it wants"
}

# Programs run as the agent does, from a directory of root's; they take an
# emulated machine their time
case_exec()
{
	local INTERVAL=2000 dir=$T_DIR/checks

	chmod 755 "$T_DIR"
	mkdir -p "$dir"
	cat >"$dir/who" <<-'END'
		#!/bin/sh
		echo "by $(id -un)"
		test "$NFLB_BACKEND" = b2
	END
	chmod 755 "$dir/who"
	setup exec command "$dir/who"
	start_as_unit --exec-dir "$dir"
	wait_for 60 is_health "down up down"
	expect "programs of the agent's user" 3 \
		"$(lb health show | grep -c ' .*by nobody *- *$')"
	chmod 700 "$T_DIR"
}

# What it has is not too much: the kernel takes no reports without
case_needs()
{
	setup http path /healthz
	start_with -all -all
	wait_for 10 grep -q '^lbctl: ' "$T_DIR/agent.log"
	expect "health" "unknown unknown unknown" "$(health)"
}

topo_up 3
ip -n gw -batch - <<-END
	addr add 10.0.0.5/24 dev back
	addr add fd00:b::5/64 dev back nodad
END
healthy_nginx b1 b2 b3
both_families "it works" case_works
use_family 4
tap_run "programs have its rights" case_exec
tap_run "it needs them" case_needs
tap_done
