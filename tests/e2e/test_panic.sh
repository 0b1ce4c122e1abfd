#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The panic threshold of a pool: while too few backends pass a probe, it does
# not count.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx, servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

REQUESTS=12
# setup PERCENT: service http of pool web that probe p gates, service udp too,
# and service free, port 81, that none does
setup()
{
	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES="{\"name\": \"free\", \"frontend\": \"web-ip\",
		\"protocol\": \"tcp\", \"port\": 81, \"backend_port\": 8080,
		\"pool\": \"web\"},
		{\"name\": \"udp\", \"frontend\": \"web-ip\",
		\"protocol\": \"udp\", \"port\": 82, \"backend_port\": 7000,
		\"pool\": \"web\", \"probe\": \"p\"}," \
		SCHEDULER=rr apply_web 1 2 3 4
	lb service set http probe p
	lb pool set web panic "$1"
}

# panicking: the probes that too few pass
panicking()
{
	lb -j pool show web | grep -o '"panicking": \[[^]]*\]'
}

case_threshold()
{
	setup 50
	report down b1 b2
	expect "half of them pass" "b3 b4" "$(who 80)"
	expect "panicking" '"panicking": []' "$(panicking)"
	expect "picks" 0 "$(counter_of http panic_picks)"
	report down b3
	expect "fewer pass" "b1 b2 b3 b4" "$(who 80)"
	expect "panicking" '"panicking": ["p"]' "$(panicking)"
	[ "$(counter_of http panic_picks)" -ge "$REQUESTS" ]
	expect "picks of another" 0 "$(counter_of free panic_picks)"
	lb -j explain tcp "$CLIENT:1" "$VIP:80" 2>/dev/null |
		grep '"fallback": "panic"' || [ "$FAMILY" = 6 ]
	report up b1
	expect "enough pass" "b1 b4" "$(who 80)"
	expect "panicking" '"panicking": []' "$(panicking)"
}

# Whom the administrator excludes, no panic brings back, nor does he count
case_excluded()
{
	setup 60
	lb backend set web b1 admin down
	lb backend drain web b2
	expect "two are left" "b3 b4" "$(who 80)"
	report down b3
	expect "one of two passes" "b3 b4" "$(who 80)"
	report down b4
	expect "none of two passes" "b3 b4" "$(who 80)"
	lb backend set web b1 admin up
	report up b3
	expect "two of three pass" "b1 b3" "$(who 80)"
	lb pool set web panic 100
	expect "all have to" "b1 b3 b4" "$(who 80)"
	lb pool set web panic 0
	expect "none has to" "b1 b3" "$(who 80)"
}

# A flow without a connection leaves when the panic ends
case_udp()
{
	local one others=(b1 b2 b3 b4)

	setup 50
	one=$(peer)
	unset "others[${one#b} - 1]"
	# It is the last, so there is panic before it is down
	report down "${others[@]}" "$one"
	pause 0.5
	expect "the same again" "$one" "$(peer)"
	report up "${others[@]}"
	wait_for 10 has_left "$one"
}

# is_told PATTERN: by the monitor
is_told()
{
	grep -q "$1" "$T_DIR/monitor.log"
}

case_events()
{
	setup 50
	start_bg gw monitor lbctl -j monitor
	wait_for 10 listens_to_changes
	report down b1 b2 b3
	wait_for 10 is_told \
		'"event": "panic", "pool": "web", "probe": "p", "active": true, "passing": 1, "backends": 4'
	report up b1
	wait_for 10 is_told \
		'"event": "panic", "pool": "web", "probe": "p", "active": false, "passing": 2, "backends": 4'
	: >"$T_DIR/monitor.log"
	lb pool set web panic 75
	wait_for 10 is_told '"active": true, "passing": 2, "backends": 4'
	lb backend del web b2
	lb backend del web b3
	wait_for 10 is_told '"active": false, "passing": 2, "backends": 2'
	stop_bg monitor
}

# The monitor says what it hears when it does
listens_to_changes()
{
	lb frontend add probe-of-monitor "$(backend_addr 99)" 2>/dev/null
	lb frontend del probe-of-monitor 2>/dev/null
	is_told probe-of-monitor
}

topo_up 4
start_nginx b1 b2 b3 b4
serve b1 b2 b3 b4 -- udp/7000
both_families "below it, all serve that may" case_threshold
both_families "whom the administrator excludes does not count" case_excluded
both_families "flows of UDP leave when it ends" case_udp
both_families "listeners are told" case_events
tap_done
