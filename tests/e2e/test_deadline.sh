#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Drains with a deadline: until then nothing happens to the flows, then they
# end, and listeners are told how many.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx, talkers, servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
. "$here/lib/traffic.sh"

N_FLOWS=200

setup()
{
	begin_anew
	SCHEDULER=rr WEB_PORTS='"port": "any"' apply_web 1 2 3
}

# is_done BACKEND CUT: so listeners were told
is_done()
{
	grep -q "\"event\": \"drain-done\", \"pool\": \"web\", \"backend\": \"$1\", \"address\": \"$(backend_addr "${1#b}")\", \"cut\": $2}" \
		"$T_DIR/monitor.log"
}

case_deadline()
{
	local one other

	setup
	follow monitor -j
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	one=$(talk_peer one)
	other=$(talk_peer two)
	lb backend drain web "$one" deadline 1h
	expect "state" draining "$(of_backend "$one" state)"
	expect_between "time left" 3000000 3600000 \
		"$(lb -j backend show web "$one" |
			sed -n 's/.*"deadline_ms": \([0-9]*\).*/\1/p')"
	expect "time left of another" - "$(of_backend "$other" deadline)"
	expect "flows left" 1 "$(of_backend "$one" active)"
	talk_say one still-here
	! is_done "$one" 1 || fail "done before the deadline"
	lb backend drain web "$one" deadline 1s
	wait_for 10 is_reset one
	wait_for 10 is_done "$one" 1
	wait_for 10 has_open "$one" 9000 0
	expect "flows left" 0 "$(of_backend "$one" active)"
	expect "connections reset" 1 "$(counter_of http reset_flows)"
	expect "for that cause" 1 "$(counter_of http deadline_resets)"
	talk_say two still-here
	expect "state" draining "$(of_backend "$one" state)"
	! lb export | grep deadline || fail "exported"
	talk_close two
	stop_bg monitor
}

# The last flow ends by itself; or there is none
case_early()
{
	local one

	setup
	follow monitor -j
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	lb backend drain web "$one" deadline 1h
	pause 0.3
	! is_done "$one" 0 || fail "done with a flow"
	talk_close one
	wait_for 10 is_done "$one" 0
	: >"$T_DIR/monitor.log"
	lb backend set web "$one" drain off
	lb backend drain web "$one"
	wait_for 10 is_done "$one" 0
	stop_bg monitor
}

# Seconds of a deadline that some commands come before
LONG=$((6 * SLOW))

case_changed()
{
	local i

	setup
	follow monitor -j
	for i in 1 2 3; do
		talk_open "to-$i" cl1 "$VIP" 9000
		lb backend drain web "$(talk_peer "to-$i")" deadline ${LONG}s
	done
	lb backend drain web "$(talk_peer to-1)" deadline 1h
	lb backend drain web "$(talk_peer to-2)"
	expect "time left" - "$(of_backend "$(talk_peer to-2)" deadline)"
	lb backend set web "$(talk_peer to-3)" drain off
	pause $((LONG + 1))
	talk_say to-1 another-deadline
	talk_say to-2 no-deadline
	talk_say to-3 no-drain
	! grep drain-done "$T_DIR/monitor.log" || fail "done"
	lb backend drain web "$(talk_peer to-1)" deadline 0s
	wait_for 10 is_reset to-1
	wait_for 10 is_done "$(talk_peer to-1)" 1
	talk_close to-2
	talk_close to-3
	stop_bg monitor
}

# Removal does not take the deadline back, and can set one
case_removed()
{
	local one two

	setup
	follow monitor -j
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	one=$(talk_peer one)
	two=$(talk_peer two)
	lb backend drain web "$one" deadline ${LONG}s
	lb backend del web "$one"
	lb backend del web "$two" deadline ${LONG}s
	expect "states" "leaving leaving" \
		"$(of_backend "$one" state) $(of_backend "$two" state)"
	talk_say one still-here
	talk_say two me-too
	wait_for 10 is_reset one
	wait_for 10 is_reset two
	wait_for 10 is_done "$one" 1
	wait_for 10 is_done "$two" 1
	wait_for 20 is_backend "$one" state gone
	wait_for 20 is_backend "$two" state gone

	# Removed, then given one; and back before it
	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	lb backend del web "$one"
	lb backend del web "$one" deadline 1h
	lb backend add web "$one" "$(backend_addr "${one#b}")"
	expect "time left" - "$(of_backend "$one" deadline)"
	lb backend del web "$one" deadline 0s
	wait_for 10 is_reset one
	stop_bg monitor
}

# With the whole configuration
case_flushed()
{
	local one

	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	lb backend drain web "$one" deadline ${LONG}s
	lb flush
	talk_say one still-here
	wait_for 10 is_reset one
	wait_for 20 is_stat flows 0
}

case_many()
{
	setup
	lb service add s frontend web-ip protocol tcp port 7000 pool web
	lb service add files frontend web-ip protocol tcp port 80 pool web \
		backend-port 8080
	follow monitor -j
	hold many cl1 tcp 7000 flows $N_FLOWS
	start_download big
	lb backend drain web b1 deadline 1s
	lb backend drain web b2 deadline 1s
	lb backend drain web b3 deadline 1s
	wait_for 20 is_counter s active 0
	wait_for 20 is_counter files active 0
	expect "connections reset" $N_FLOWS "$(counter_of s reset_flows)"
	expect "told of" $((N_FLOWS + 1)) "$(grep drain-done \
		"$T_DIR/monitor.log" | sed 's/.*"cut": \([0-9]*\).*/\1/' |
		awk '{ n += $1 } END { print n }')"
	wait_for 10 is_status big 56
	wait_for 10 nothing_open
	stop_bg monitor
	release many
}

# Neither on the client nor on the servers, and all of them by reset
nothing_open()
{
	local space

	for space in b1 b2 b3; do
		has_open "$space" 7000 0 || return
		has_open "$space" 8080 0 || return
	done
	[ "$(in_ns cl1 ss -Htn state established "dport = :7000" |
		wc -l)" = 0 ]
}

# A namespace that ends with deadlines and resets pending
case_netns()
{
	local space=lonely

	ip netns add $space
	lbctl -n $space pool add p
	lbctl -n $space backend add p b 10.9.9.9
	lbctl -n $space backend drain p b deadline 1h
	ip netns del $space

	setup
	hold many cl1 tcp 8080 flows 20
	lb backend drain web b1 deadline 1h
	lb backend drain web b2 deadline 0s
	wait_for 10 is_backend b2 active 0
	release many
	topo_down
	topo_up 3
}

# start_waiting BACKEND [WORD]...: for the end of a drain, with what it shows in
# waiting.log and its exit status in waiting.status
start_waiting()
{
	rm -f "$T_DIR/waiting.status"
	# shellcheck disable=SC2016 # expands in there
	start_bg gw waiting bash -c '"${@:2}"; echo $? >"$1"' waiting \
		"$T_DIR/waiting.status" lbctl -j backend drain web "$@" wait
	wait_for 10 grep -q '"flows": ' "$T_DIR/waiting.log"
}

# has_waited STATUS LINE: and that was the last one
has_waited()
{
	wait_for 15 test -s "$T_DIR/waiting.status"
	expect "last line" "$2" "$(tail -n 1 "$T_DIR/waiting.log")"
	expect "exit status" "$1" "$(cat "$T_DIR/waiting.status")"
}

case_wait()
{
	local one

	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	start_waiting "$one"
	expect "first line" '{"flows": 1}' "$(head -n 1 "$T_DIR/waiting.log")"
	talk_say one still-here
	talk_close one
	has_waited 0 '{"done": true, "cut": 0}'
	# It was drained before.
	start_waiting "$one"
	has_waited 0 '{"done": true, "cut": 0}'

	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	start_waiting "$one" deadline 2s
	has_waited 3 '{"done": true, "cut": 1}'

	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	start_waiting "$one" deadline 1h
	lb backend set web "$one" drain off
	has_waited 1 "lbctl: backend \"web/$one\": its drain was ended"
	talk_say one still-here
	talk_close one
}

# Another of the same name leaves meanwhile, and then the one itself
case_wait_for_removed()
{
	setup
	lb backend set web b2 weight 0
	lb backend del web b3
	talk_open old cl1 "$VIP" 9000
	lb backend set web b1 address "$(backend_addr 3)"
	talk_open new cl1 "$VIP" 9000
	start_waiting b1
	talk_close old
	pause 2
	[ ! -e "$T_DIR/waiting.status" ] || fail "the other one was meant"
	talk_say new still-here
	lb backend del web b1
	pause 2
	[ ! -e "$T_DIR/waiting.status" ] || fail "it still has a flow"
	expect "flows left" '{"flows": 1}' "$(sort -u "$T_DIR/waiting.log")"
	talk_close new
	has_waited 0 '{"done": true, "cut": 0}'
}

topo_up 3
start_nginx b1 b2 b3
make_big_files b1 b2 b3
start_talkers b1 b2 b3
serve b1 b2 b3 -- tcp/7000
both_families "at the deadline, both ends are told" case_deadline
both_families "before it, when the last flow ends" case_early
both_families "it can be changed and taken back" case_changed
both_families "it outlives the backend's removal" case_removed
both_families "it outlives the configuration" case_flushed
both_families "many connections" case_many
both_families "waiting for it" case_wait
both_families "waiting while servers are removed" case_wait_for_removed
use_family 4
tap_run "a namespace that ends meanwhile" case_netns
tap_done
