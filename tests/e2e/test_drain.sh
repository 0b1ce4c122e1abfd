#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How backends, services and pools go: old flows finish, or are cut on demand,
# and nothing new comes.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx, talkers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

REQUESTS=24

# Port 80 is http, port 9000 a conversation; flows go to b1, b2, b3 in turn.
# A case begins without flows of those before.
setup()
{
	begin_anew
	SCHEDULER=rr WEB_PORTS='"port": "any"' apply_web 1 2 3
}

# talk NAME...: opens conversations through the service
talk()
{
	local name

	for name in "$@"; do
		talk_open "$name" cl1 "$VIP" 9000
	done
}

# n_answers BACKEND: how many of REQUESTS new flows it gets
n_answers()
{
	http_spread cl1 "$VIP_URL:8080" "$REQUESTS" | spread_of "$1"
}

# The entries of flows to a backend, by its number
n_entries()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" --reply-src \
		"$(backend_addr "${1#b}")" 2>/dev/null | wc -l
}

has_no_entry()
{
	[ "$(n_entries "$1")" = 0 ]
}

case_drain()
{
	local one

	setup
	talk one
	one=$(talk_peer one)
	lb backend drain web "$one"
	expect "state" draining "$(of_backend "$one" state)"
	expect "answers while draining" 0 "$(n_answers "$one")"
	expect "flows while draining" 1 "$(of_backend "$one" active)"
	talk_say one still-here
	talk_close one
	wait_for 10 is_backend "$one" active 0
	lb backend set web "$one" drain off
	expect "answers afterwards" $((REQUESTS / 3)) "$(n_answers "$one")"
}

case_del()
{
	local one

	setup
	talk one two three four
	one=$(talk_peer one)
	expect "peer of the fourth flow" "$one" "$(talk_peer four)"
	lb backend del web "$one"
	expect "state" leaving "$(of_backend "$one" state)"
	expect "answers of what left" 0 "$(n_answers "$one")"
	talk_say one still-here
	expect "flows" 2 "$(of_backend "$one" active)"
	talk_close one
	wait_for 10 is_backend "$one" active 1
	talk_say four me-too
	talk_close four
	wait_for 10 is_backend "$one" state gone
	expect "backends" 2 "$(rows lb backend show)"
	talk_say two and-i
}

case_return()
{
	local one number

	setup
	talk one
	one=$(talk_peer one)
	number=${one#b}
	lb backend del web "$one"
	lb backend add web "$one" "$(backend_addr "$number")"
	expect "state" up "$(of_backend "$one" state)"
	expect "flows" 1 "$(of_backend "$one" active)"
	expect "flows so far" 1 "$(of_backend "$one" new-flows)"
	talk_say one still-here
	talk two three four
	expect "flows with new ones" 2 "$(of_backend "$one" active)"

	# Another server of that name: what it has does not count for the old
	lb backend del web "$one"
	lb backend add web "$one" "$(backend_addr 9)"
	expect "states" "up leaving" "$(of_backend "$one" state)"
	expect "flows of each" "0 2" "$(of_backend "$one" active)"
	talk_say one and-still
}

# cut_off NAME BACKEND: removes that now; client and server are told, and soon
# nobody knows of the flow
cut_off()
{
	local before

	before=$(n_open "$2" 9000)
	lb backend del web "$2" now
	wait_for 10 is_reset "$1"
	wait_for 10 has_open "$2" 9000 $((before - 1))
	wait_for 20 is_backend "$2" state gone
	wait_for 20 has_no_entry "$2"
	expect "flows shown" 0 "$(rows lb conns backend "web/$2")"
	expect "connections reset" 1 "$(counter_of http reset_flows)"
	expect "for that cause" 1 "$(counter_of http removed_resets)"
}

case_del_now()
{
	local one

	setup
	talk one two three
	one=$(talk_peer one)
	expect "entries" 1 "$(n_entries "$one")"
	cut_off one "$one"
	expect "flows of the service" 2 "$(counter_of http active)"
	talk_say two still-here
	talk_say three me-too
}

case_del_now_leaving()
{
	local one

	setup
	talk one two
	one=$(talk_peer one)
	lb backend del web "$one"
	talk_say one still-here
	cut_off one "$one"
	talk_say two still-here
}

# talk_from_port NAME: a conversation from a port of its own; sets peer
talk_from_port()
{
	rm -f "$T_DIR/$1.said"
	start_bg cl1 "$1" socat -u \
		"TCP:$(endpoint "$VIP" 9000),sourceport=46001,reuseaddr" \
		"CREATE:$T_DIR/$1.said"
	wait_for 10 grep -q . "$T_DIR/$1.said"
	peer=$(<"$T_DIR/$1.said")
}

# Conntrack remembers a connection that its server has reset, and would have the
# client's next one from that port go there, too, whatever that may have.
case_reset_and_again()
{
	local peer one

	setup
	talk_from_port once
	one=$peer
	in_ns "$one" ss -K sport = :9000 dport = :46001 >/dev/null
	wait_for 10 is_backend "$one" active 0
	stop_bg once
	lb backend drain web "$one"
	talk_from_port again
	[ "$peer" != "$one" ] || fail "$peer, which drains"
	expect "flows while draining" 0 "$(of_backend "$one" active)"
	stop_bg again
}

case_service_del()
{
	setup
	talk one two
	lb service del http
	! http_get cl1 "$VIP_URL:8080" || fail "an answer without a service"
	talk_say one still-here
	talk_say two me-too
	expect "flows" 2 "$(rows lb conns)"
	lb pool del web
	talk_say one and-still
	expect "leaving" 2 "$(lb backend show | grep -c leaving)"
	talk_close one
	talk_close two
	in_ns gw conntrack -F 2>/dev/null
	wait_for 10 is_stat flows 0
	expect "backends" 0 "$(rows lb backend show)"
}

case_in_use()
{
	setup
	expect_refusal 1 "lbctl: service http uses pool web" lb pool del web
	expect_refusal 1 "lbctl: service http uses frontend web-ip" \
		lb frontend del web-ip
}

topo_up 3
start_nginx b1 b2 b3
start_talkers b1 b2 b3
both_families "drained, its flows go on and nothing new comes" case_drain
both_families "removed, it leaves with its last flow" case_del
both_families "back while leaving, it is the same backend" case_return
both_families "removed now, its flows end and no others" case_del_now
both_families "removed now while leaving, its flows end" case_del_now_leaving
both_families "reset by its server, a client comes again" case_reset_and_again
both_families "flows outlive their service and pool" case_service_del
both_families "what is in use is not removed" case_in_use
tap_done
