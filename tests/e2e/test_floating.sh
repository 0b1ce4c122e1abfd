#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Floating services: packets keep their destination and are handed to the
# backend, which has the VIP and answers by another router.
#
#   cl1 eth0 --- gw (nflb) --- sw --- b1 b2 (talkers, servers; VIP on lo)
#    |                          |
#   eth1 ---------- rt --------- (the backends' default route)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
. "$here/lib/traffic.sh"
# not express: such a service is refused it

ROUTER=([4]=10.0.0.2 [6]=fd00:b::2)
GATEWAY=([4]=10.0.0.1 [6]=fd00:b::1)

# The other way to the clients
router_up()
{
	topo_space rt 1
	ip link add eth1 netns cl1 type veth peer name cl1 netns rt
	ip link add back netns rt type veth peer name rt netns sw
	ip -n sw link set rt master br0 up
	ip -n cl1 -batch - <<-END
		link set eth1 up
		addr add 198.18.0.2/24 dev eth1
		addr add 2001:db8:18::2/64 dev eth1 nodad
	END
	ip -n rt -batch - <<-END
		link set cl1 up
		link set back up
		addr add 198.18.0.1/24 dev cl1
		addr add 2001:db8:18::1/64 dev cl1 nodad
		addr add ${ROUTER[4]}/24 dev back
		addr add ${ROUTER[6]}/64 dev back nodad
		route add $CLIENT4 via 198.18.0.2
		route add $CLIENT6 via 2001:db8:18::2
	END
}

# float_backend NUMBER: has the VIPs, for which it answers no ARP
float_backend()
{
	in_ns "b$1" sysctl -qw net.ipv4.conf.all.arp_ignore=1 \
		net.ipv4.conf.all.arp_announce=2
	ip -n "b$1" -batch - <<-END
		addr add $VIP4/32 dev lo
		addr add $VIP6/128 dev lo nodad
		route replace default via ${ROUTER[4]}
		route replace default via ${ROUTER[6]}
		route add default via ${GATEWAY[4]} table 100
		route add default via ${GATEWAY[6]} table 100
		rule add from $(backend_addr "$1" 4) lookup 100
	END
	ip -n "b$1" -6 rule add from "$(backend_addr "$1" 6)" lookup 100
}

# setup [KEYWORD VALUE]...: floating services http, of talkers, and udp
setup()
{
	begin_anew
	SCHEDULER=rr WEB_PORTS='"port": 9000, "floating": true' MORE_SERVICES='
		{"name": "udp", "frontend": "web-ip", "protocol": "udp",
		"port": 7000, "pool": "web", "floating": true},' \
		apply_web 1 2
	[ $# = 0 ] || lb service set http "$@"
}

# entry PORT: what conntrack has of the client's flow
entry()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" -p "${2-tcp}" --dport "$1" \
		2>/dev/null
}

case_tcp()
{
	setup
	capture gw back past "port 9000"
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	expect "backends" "b1 b2" \
		"$(for t in one two; do talk_peer $t; done | sort | xargs)"
	talk_say one hello
	[ "$WAY" = slow ] || carries one
	talk_say one again
	expect "flows" 2 "$(counter_of http active)"
	expect "answers that came by" 0 "$(counter_of http out_pkts)"
	[ "$(counter_of http in_pkts)" -ge 8 ]
	stop_capture past
	expect "destinations" "$VIP" "$(captured past -q "dst port 9000" |
		sed 's/.* > \(.*\)\.9000: .*/\1/' | sort -u)"
	expect "answers on the link" "" "$(captured past "src port 9000")"
	entry 9000 | grep -q 'ESTABLISHED.*\[ASSURED\]'
	lb explain tcp "$(endpoint "$CLIENT" 1234)" "$(endpoint "$VIP" 9000)" |
		grep '^floating '
	talk_close one
	talk_close two
}

case_udp()
{
	setup
	expect "answers" 4 "$(ask cl1 udp 7000 flows 4 | grep -c '^b[12] ')"
	expect "backends" 2 "$(ask cl1 udp 7000 flows 2 | cut -d' ' -f1 |
		sort -u | wc -l)"
	expect "flows" 6 "$(counter_of udp new_flows)"
	expect "answers that came by" 0 "$(counter_of udp out_pkts)"
	entry 7000 udp | grep -q UNREPLIED && fail "taken for unanswered"
	expect "not floating" 0 "$(counter_of udp drop_not_floating)"
}

# What is open has the time of what is open; what nobody answers has not
case_half_open()
{
	setup half-open-timeout 1s idle-timeout 100s
	talk_open one cl1 "$VIP" 9000
	expect_between "time left" 90000 100000 "$(lb -j conns service http |
		sed -n 's/.*"timeout_ms": \([0-9]*\).*/\1/p')"
	talk_close one
	# Nobody there: the time runs, however often the SYN is sent
	in_ns b1 nft -f - <<<"$DEAF"
	in_ns b2 nft -f - <<<"$DEAF"
	talk_try two
	wait_for 10 is_counter http new_flows 3
	expect "failed" 0 "$(counter_of http failed_connects)"
	stop_bg two
	in_ns b1 nft flush ruleset
	in_ns b2 nft flush ruleset
}

DEAF='table inet t { chain i { type filter hook input priority 0
	tcp dport 9000 drop; }; }'

# talk_try NAME: to open a conversation
talk_try()
{
	start_bg cl1 "$1" socat - \
		"TCP:$(endpoint "$VIP" 9000),connect-timeout=20"
}

# Its flows go on, new ones go to the other; what is left at the deadline is
# reset, at both ends
case_drain()
{
	local peer

	setup
	captures one
	talk_open two cl1 "$VIP" 9000
	lb backend drain web "$peer"
	talk_say one still-there
	talk_open three cl1 "$VIP" 9000
	[ "$(talk_peer three)" != "$peer" ] || fail "drained, but picked"
	lb backend drain web "$peer" deadline 0s
	expect_resets one
	talk_say two hello
	talk_say three hello
	talk_close two
	talk_close three
}

# A client that is cut off tells the backend, by the gateway
case_abort()
{
	local peer

	setup
	talk_open one cl1 "$VIP" 9000
	peer=$(talk_peer one)
	has_open "$peer" 9000 1
	in_ns cl1 ss -K dst "$(endpoint "$VIP" 9000)" >/dev/null
	wait_for 10 has_open "$peer" 9000 0
	wait_for 10 is_counter http active 0
	stop_bg one
}

# captures NAME: of conversation NAME, at both ends; who answers is in $peer
captures()
{
	capture cl1 eth0 client "tcp port 9000"
	talk_open "$1" cl1 "$VIP" 9000
	peer=$(talk_peer "$1")
	capture "$peer" eth0 server "tcp port 9000"
	talk_say "$1" captured
}

# expect_resets NAME: it is over, and both ends have been told so
expect_resets()
{
	wait_for 15 is_reset "$1"
	wait_for 10 has_open "$peer" 9000 0
	stop_capture client
	stop_capture server
	expect "resets to the client" "1 exact" "$(resets client 9000 to)"
	expect "resets to the server" "1 exact" "$(resets server 9000 from)"
	expect "counted" 1 "$(counter_of http reset_flows)"
}

# Idle for too long, and it is told to both ends
case_idle()
{
	local peer

	setup tcp-reset on
	captures one
	lb service set http idle-timeout ${SLOW}s
	talk_say one hello
	expect_resets one
}

# And so it is if the backend goes down
case_down()
{
	local peer

	setup
	lb probe add p tcp initial up
	lb service set http probe p on-down reset
	captures one
	talk_open two cl1 "$VIP" 9000
	report down "$peer"
	expect_resets one
	talk_say two hello
	talk_close two
}

# A client has one backend, whatever the protocol, though they take turns
case_affinity()
{
	local peer

	setup affinity client-ip
	lb service set udp affinity client-ip
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	peer=$(talk_peer one)
	expect "backend" "$peer" "$(talk_peer two)"
	expect "backends of datagrams" "4 $peer" "$(ask cl1 udp 7000 flows 4 |
		awk '{ print $1 }' | sort | uniq -c | xargs)"
	talk_close one
	talk_close two
}

# again [KEYWORD VALUE]...: who answers the next connection from the same port
again()
{
	ask cl1 tcp 7001 from 45001 share on "$@" | awk '{ print $1 }'
}

# A client that does not wait opens one connection after the other from one
# port. Of the first one the gateway has not seen the end.
case_again()
{
	local peer

	in_ns cl1 sysctl -qw net.ipv4.tcp_max_tw_buckets=0
	setup port 7001
	peer=$(again)
	lb backend drain web "$peer"
	expect "backends" "b1 b2" "$(printf '%s\n' "$peer" "$(again)" | sort |
		xargs)"
	expect "connections" "2 1" \
		"$(counter_of http new_flows) $(counter_of http active)"
	lb service set http allow "$VIP"
	expect "who may not" error "$(again timeout 300)"
}

# narrow add|del: packets above $MTU do not pass to the backends
narrow()
{
	ip -n gw "-$FAMILY" -batch - <<-END
		route $1 $(backend_addr 1) dev back mtu lock $MTU
		route $1 $(backend_addr 2) dev back mtu lock $MTU
	END
}

MTU=1400

# The gateway tells the client of that
case_too_big()
{
	local route

	setup
	narrow add
	talk_open one cl1 "$VIP" 9000
	talk_say one "$(printf 'x%.0s' {1..3000})"
	narrow del
	route=$(ip -n cl1 route get "$VIP" | xargs)
	[[ "$route " == *" mtu $MTU "* ]] || fail "MTU: $route"
	talk_close one
}

# What ends say of each other's datagrams
case_error()
{
	setup
	lb backend set web b2 weight 0
	capture b1 eth0 errors "icmp or icmp6"
	in_ns cl1 nft -f - <<-'END'
	table inet t { chain i { type filter hook input priority 0
		udp sport 7000 reject with icmpx port-unreachable; }; }
	END
	ask cl1 udp 7000 timeout 100 | grep error
	in_ns cl1 nft flush ruleset
	wait_for 10 has_heard "$CLIENT > $VIP: .*unreachable"
	stop_capture errors
	lb service set udp port 7009
	expect "from the backend" "error ECONNREFUSED" "$(ask cl1 udp 7009)"
}

# has_heard PATTERN
has_heard()
{
	captured errors >"$T_DIR/heard"
	cat "$T_DIR/heard"
	grep -q "$1" "$T_DIR/heard"
}

# Others have the same pool by translation: what backends answer from their own
# addresses comes by
case_shared()
{
	setup
	lb service add plain frontend web-ip protocol tcp port 81 pool web \
		backend-port 7001
	talk_open one cl1 "$VIP" 9000
	expect "answers" "2 b1 2 b2" "$(ask cl1 tcp 81 flows 4 |
		awk '{ print $1 }' | sort | uniq -c | xargs)"
	talk_say one hello
	expect "answers that came by" 0 "$(counter_of http out_pkts)"
	[ "$(counter_of plain out_pkts)" -gt 0 ]
	talk_close one
}

# A client on the backends' link; nobody tells it of a shorter way
case_near()
{
	setup
	talk_open one near "$VIP" 9000
	talk_say one hello
	talk_open two near "$VIP" 9000
	expect "flows" 2 "$(counter_of http new_flows)"
	ip -n near route get "$VIP" | grep -q " via ${GATEWAY[FAMILY]} "
	talk_close one
	talk_close two
}

# What cannot be floating is dropped: flows of the gateway, and those to
# backends behind a router
case_not()
{
	local far=([4]=198.18.0.2 [6]=2001:db8:18::2) peer

	setup
	ip -n gw route add "$VIP" via "$CLIENT"
	ask gw udp 7000 timeout 100 | grep -q error
	expect "of the gateway" 1 "$(counter_of udp drop_not_floating)"
	ip -n gw route del "$VIP"
	ip -n gw route add "${far[FAMILY]}" via "${ROUTER[FAMILY]}"
	lb backend add web far "${far[FAMILY]}"
	for peer in b1 b2; do
		lb backend set web "$peer" weight 0
	done
	ask cl1 udp 7000 timeout 100 | grep -q error
	expect "behind a router" 2 "$(counter_of udp drop_not_floating)"
	ip -n gw route del "${far[FAMILY]}"
	expect "lost" 2 "$(lb -j service show udp | jq .services[0].drops)"
}

# The answers of a backend to translated packets do not come by, though its
# probe passes
case_silent()
{
	begin_anew
	SCHEDULER=rr WEB_PORTS='"port": 81, "backend_port": 7001, "probe": "p",
		"half_open_timeout_ms": 1000' \
		MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		apply_web 1 2
	follow monitor
	ip -n b1 "-$FAMILY" rule del from "$(backend_addr 1)" lookup 100
	ask cl1 tcp 81 flows 5 >"$T_DIR/asked"
	wait_for 30 grep -x "alert: NoReturnPath service http begins, critical: nothing comes back from 1 of 2 backends, as b1, which passes its probe; its route to the clients must lead here, or the service must be floating" \
		"$T_DIR/monitor.log"
	ip -n b1 "-$FAMILY" rule add from "$(backend_addr 1)" lookup 100
	expect "answers" "2 b1 2 b2" "$(ask cl1 tcp 81 flows 4 |
		awk '{ print $1 }' | sort | uniq -c | xargs)"
	wait_for 30 grep "alert: NoReturnPath service http ends" \
		"$T_DIR/monitor.log"
	stop_bg monitor
}

# The device is not kept by flows that leave by it, nor by one whose entry has
# lost our helper to root
case_device()
{
	local source port

	setup
	talk_open one cl1 "$VIP" 9000
	talk_say one hello
	read -r _ source port _ < <(ask cl1 udp 7000)
	expect "helpers taken" 1 "$(in_ns gw "$here/lib/unhelp.py" "$source" \
		"$port" "$VIP" 7000 0)"
	timeout $((20 * SLOW)) ip -n gw link del back
	talk_close one
	lb flush
	topo_plug sw back 10.0.0 fd00:b
}

topo_up 2
router_up
float_backend 1
float_backend 2
topo_member near sw 10.0.0 fd00:b 99
start_talkers b1 b2
serve b1 b2 -- udp/7000 tcp/7001
both_families "TCP past the gateway" case_tcp
both_families "UDP past the gateway" case_udp
both_families "idle times" case_half_open
both_families "drain" case_drain
both_families "idle for too long" case_idle
both_families "a backend goes down" case_down
both_families "affinity" case_affinity
both_families "the same port again" case_again
both_families "packets that are too big" case_too_big
both_families "errors about datagrams" case_error
both_families "a client that is reset" case_abort
both_families "beside translation" case_shared
both_families "a client on the backends' link" case_near
both_families "what cannot be floating" case_not
both_families "answers that do not come by are noticed" case_silent
both_families "a device goes away" case_device
tap_done
