#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Packets of connections whose flow is gone, as after the failure of a gateway:
# what conntrack knows is deleted while they go on.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 (talkers: 9000 at once, 9001 when told)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

# setup [KEYWORD VALUE]...: service http, for talkers, and late
setup()
{
	begin_anew
	rm -f "$T_DIR/go"
	MORE_SERVICES='{"name": "late", "protocol": "tcp", "port": 9001,
		"frontend": "web-ip", "pool": "web"},' \
		WEB_PORTS='"port": 9000' apply_web 1 2
	[ $# = 0 ] || lb service set http "$@"
}

# start_late NAMESPACE...: servers that say what they are told when they may
start_late()
{
	local space

	cat >"$T_DIR/late" <<-'END'
		#!/bin/sh
		echo "$1"
		read -r word
		until [ -e "$2" ]; do sleep 0.1; done
		echo "$word"
		exec cat
	END
	chmod +x "$T_DIR/late"
	for space in "$@"; do
		start_bg "$space" "late-$space" socat \
			TCP6-LISTEN:9001,ipv6only=0,fork,reuseaddr \
			EXEC:"$T_DIR/late $space $T_DIR/go"
	done
	for space in "$@"; do
		wait_for 10 listens "$space" 9001
	done
}

# forget: as if another gateway had taken over
forget()
{
	in_ns gw conntrack -F 2>/dev/null
}

# say NAME WORD: whatever becomes of it
say()
{
	echo "$2" 1<>"$T_DIR/$1.in"
}

# hears NAME WORD
hears()
{
	grep -qx "$2" "$T_DIR/$1.out"
}

# n_entries PORT: of connections with it
n_entries()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" -p tcp 2>/dev/null |
		awk -v port="port=$1" '$0 ~ port { n++ } END { print n + 0 }'
}

case_pick_up()
{
	setup
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	forget
	talk_say one after
	forget
	talk_say one once-more
	expect "picked up" 2 "$(counter_of http pick_ups)"
	expect "of late" 0 "$(counter_of late pick_ups)"
	expect "flows" 1 "$(counter_of http active)"
	talk_close one
}

# The client has sent all there is, so nothing but its next word is what heals
case_backend_first()
{
	setup
	talk_open one cl1 "$VIP" 9001
	say one word
	wait_for 10 has_arrived
	forget
	touch "$T_DIR/go"
	wait_for 10 has_counted late drop_stray_answer
	! hears one word || fail "an answer of a stranger's"
	expect "entries" 0 "$(n_entries 9001)"
	talk_say one again
	wait_for 10 hears one word
	has_counted late pick_ups
	expect "dropped for http" 0 "$(counter_of http drop_stray_answer)"
	talk_close one
}

# has_arrived: all that the client has sent to late has been acknowledged
has_arrived()
{
	in_ns cl1 ss -Htn "dport = :9001" | awk '$3 { exit 1 }'
}

# In full flight, several times, and nothing is lost
case_in_flight()
{
	local i to=$VIP

	[ "$FAMILY" = 4 ] || to="[$VIP]"
	setup
	head -c 256K /dev/urandom >"$T_DIR/data"
	for ((i = 0; i < 16; i++)); do
		cat "$T_DIR/data"
		[ $((i % 4)) != 2 ] || forget
	done | in_ns cl1 socat -t 20 - "TCP:$to:9000" |
		tail -n +2 >"$T_DIR/back"
	for ((i = 0; i < 16; i++)); do
		cat "$T_DIR/data"
	done | cmp - "$T_DIR/back"
	[ "$(counter_of http pick_ups)" -ge 2 ]
}

# expect_no_stray NAME: of the capture at the backend
expect_no_stray()
{
	stop_capture "$1"
	expect "at the backend" "" "$(captured "$1")"
}

case_reset()
{
	setup no-flow reset
	talk_open one cl1 "$VIP" 9000
	capture cl1 eth0 reset tcp
	capture "$(talk_peer one)" eth0 behind tcp
	forget
	talk_is_cut one
	stop_capture reset
	expect_no_stray behind
	expect "resets" "1 exact" "$(resets reset 9000 to)"
	expect "rejected" 1 "$(counter_of http reject_no_flow)"
	expect "picked up" 0 "$(counter_of http pick_ups)"
	# A connection that begins is none of these
	talk_open two cl1 "$VIP" 9000
	talk_say two hello
	talk_close two
}

case_drop()
{
	setup no-flow drop
	talk_open one cl1 "$VIP" 9000
	capture cl1 eth0 drop tcp
	capture "$(talk_peer one)" eth0 behind tcp
	forget
	say one word
	wait_for 10 has_counted http drop_no_flow
	stop_capture drop
	expect_no_stray behind
	expect "answers" 0 "$(captured drop "src host $VIP" | wc -l)"
	lb service set http no-flow pick-up
	wait_for 20 hears one word
	talk_close one
}

# What conntrack calls invalid: a FIN
case_invalid()
{
	setup no-flow drop
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	capture cl1 eth0 invalid tcp
	forget
	talk_close one
	wait_for 10 has_counted http drop_no_flow
	stop_capture invalid
	expect "answers" 0 "$(captured invalid "src host $VIP" | wc -l)"
	lb service set http no-flow reset
	forget
	talk_close two
	wait_for 10 has_counted http reject_no_flow
	expect "picked up" 0 "$(counter_of http pick_ups)"
}

# And all, where it is told not to be loose; what is of a flow is none of these
case_strict()
{
	setup
	lb service set late no-flow reset
	talk_open one cl1 "$VIP" 9001
	say one word
	wait_for 10 has_arrived
	set_loose 0
	forget
	touch "$T_DIR/go"
	wait_for 10 has_counted late drop_stray_answer
	talk_is_cut one
	has_counted late reject_no_flow
	talk_open two cl1 "$VIP" 9001
	say two word
	wait_for 10 hears two word
	talk_close two
	set_loose 1
}

set_loose()
{
	in_ns gw sysctl -qw "net.netfilter.nf_conntrack_tcp_loose=$1"
}

# A backend's own connections, and those of the gateway with it
case_others()
{
	setup
	talk_open out b1 "$CLIENT" 9000
	talk_open in gw "$(backend_addr 1)" 9001
	say in word
	forget
	touch "$T_DIR/go"
	wait_for 10 hears in word
	forget
	talk_say out still-here
	expect "dropped" 0 "$(counter_of http drop_stray_answer)"
	expect "dropped" 0 "$(counter_of late drop_stray_answer)"
	talk_close out
	talk_close in
}

topo_up 2
start_talkers b1 b2 cl1
start_late b1 b2
both_families "pick-up: the backend that it has" case_pick_up
both_families "a backend that speaks first waits for the client" \
	case_backend_first
both_families "pick-up: in full flight" case_in_flight
both_families "reset: the client learns of it" case_reset
both_families "drop: nobody learns of it" case_drop
both_families "what conntrack calls invalid" case_invalid
both_families "and if it is strict" case_strict
both_families "connections of backend and gateway" case_others
tap_done
