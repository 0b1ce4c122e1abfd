#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Single backends go and come back while all are busy, and no request fails; who
# waits for the end of a drain sees how far it is.
#
#   cl1 (wrk) --- gw (nflb) --- sw --- b1 b2 b3 (nginx, talkers)
# processors: 2
# once: who gets a flow is decided alike in every kernel
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

# end_after REQUESTS NAMESPACE...: a drain ends with the last connection, so the
# servers end theirs after so many requests, and say so in the last answer.
end_after()
{
	local space

	for space in "${@:2}"; do
		mkdir -p "$T_DIR/nginx-$space"
		echo "keepalive_requests $1;" \
			>"$T_DIR/nginx-$space/more-kept.conf"
	done
}

# start_load [OPTION]...
start_load()
{
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((10 * SLOW)) \
		"$@" "$VIP_URL/"
	wait_for 10 is_served 8
}

# has_more NAME N: has it had more than N new flows?
has_more()
{
	[ "$(of_backend "$1" new-flows)" -gt "$2" ]
}

# expect_idle NAME: while others get new flows it has none, and gets none
expect_idle()
{
	local flows

	flows=$(of_backend "$1" new-flows)
	wait_for 10 is_served $(($(counter_of http new_flows) + 20))
	expect "new flows of $1" "$flows" "$(of_backend "$1" new-flows)"
	expect "flows of $1" 0 "$(of_backend "$1" active)"
}

# drain_and_return NAME
drain_and_return()
{
	local flows

	lb backend drain web "$1" wait >"$T_DIR/said"
	expect "what is said of $1 at last" "done, 0 flows cut" \
		"$(tail -n 1 "$T_DIR/said")"
	expect_idle "$1"
	flows=$(of_backend "$1" new-flows)
	lb backend set web "$1" drain off
	wait_for 10 has_more "$1" "$flows"
}

# remove_and_add NAME
remove_and_add()
{
	lb backend del web "$1"
	wait_for 20 is_backend "$1" state gone
	lb backend add web "$1" "$(backend_addr "${1#b}")"
	wait_for 10 has_more "$1" 0
}

# case_under_load [OPTION]...
case_under_load()
{
	local name

	begin_anew
	SCHEDULER=rr apply_web 1 2 3
	start_load "$@"
	for name in b1 b2 b3; do
		drain_and_return "$name"
		remove_and_add "$name"
	done
	end_load
	expect "dropped without backend" 0 "$(stat_of drop_no_backend)"
	expect "connections reset" 0 "$(counter_of http reset_flows)"
}

# setup TALK...: conversations with b1
setup()
{
	local name

	begin_anew
	WEB_PORTS='"port": "any"' apply_web 1
	for name in "$@"; do
		talk_open "$name" cl1 "$VIP" 9000
	done
}

# start_waiting [WORD]...: for the end of b1's drain, with what it shows in
# waiting.log and its exit status in waiting.status
start_waiting()
{
	rm -f "$T_DIR/waiting.status"
	# shellcheck disable=SC2016 # expands in there
	start_bg gw waiting bash -c '"${@:2}"; echo $? >"$1"' waiting \
		"$T_DIR/waiting.status" lbctl backend drain web b1 "$@" wait
}

# shows PATTERN: now or soon, on a line of its own
shows()
{
	wait_for 15 grep -qx "$1" "$T_DIR/waiting.log"
}

# has_waited STATUS LINE: and that was the last one
has_waited()
{
	wait_for 15 test -s "$T_DIR/waiting.status"
	expect "last line" "$2" "$(tail -n 1 "$T_DIR/waiting.log")"
	expect "exit status" "$1" "$(cat "$T_DIR/waiting.status")"
}

# A number that stays is said again at times, and none may be said at last.
case_progress()
{
	setup one two three
	start_waiting
	shows "3 flows left"
	talk_close one
	shows "2 flows left"
	talk_close two
	shows "1 flows left"
	talk_say three still-here
	[ ! -e "$T_DIR/waiting.status" ] || fail "it waits no more"
	talk_close three
	has_waited 0 "done, 0 flows cut"
	expect "what was shown" \
		"3 flows left,2 flows left,1 flows left,done, 0 flows cut" \
		"$(grep -vx '0 flows left' "$T_DIR/waiting.log" | uniq |
			paste -sd ,)"
}

case_progress_deadline()
{
	setup one two
	start_waiting deadline $((3 * SLOW))s
	shows "2 flows left, [1-9][0-9]*s to the deadline"
	expect_between "seconds shown first" 1 $((3 * SLOW)) \
		"$(awk '{ print +$4; exit }' "$T_DIR/waiting.log")"
	talk_close one
	has_waited 3 "done, 1 flows cut"
	shows "1 flows left, [1-9][0-9]*s to the deadline"
	talk_is_cut two
}

case_progress_ends()
{
	setup one
	start_waiting deadline 1h
	shows "1 flows left, 3600s to the deadline"
	lb backend set web b1 drain off
	has_waited 1 'lbctl: backend "web/b1": its drain was ended'
	talk_say one still-here
	talk_close one
}

topo_up 3
end_after 50 b1 b2 b3
start_nginx b1 b2 b3
start_talkers b1
both_families "under load of connections, no request fails" \
	case_under_load -H 'Connection: close'
both_families "under load of requests, no request fails" case_under_load
both_families "waiting shows how many flows are left" case_progress
both_families "waiting shows the time to the deadline, and who was cut" \
	case_progress_deadline
both_families "waiting ends with the drain that somebody ends" \
	case_progress_ends
tap_done
