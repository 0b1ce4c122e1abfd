#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Express flows are opened where their first packet comes in, and what cannot
# be opened there goes the usual way.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 (nginx, echo at ports 9000 and, UDP,
#   9002)
. "$(dirname "$0")/lib.sh"
WAY=fast # services say it themselves
. "$here/lib/config.sh"

# configure WORD...: all services are express ones; and the first flows, which
# tell on which devices the hook is wanted, have gone
configure()
{
	in_ns gw nft flush ruleset
	begin_anew
	WEB_PORTS='"port": 9000, "new_flows_mode": "express"' MORE_SERVICES='
		{"name": "echo", "frontend": "web-ip", "pool": "web",
		 "protocol": "udp", "port": 9002, "new_flows_mode": "express"},
		{"name": "www", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 80, "backend_port": 8080,
		 "new_flows_mode": "express"},' \
		apply_web "$@"
	wait_for 20 is_express
	in_ns gw conntrack -D -p tcp -s "$CLIENT" >/dev/null 2>&1 || true
	wait_for 10 is_stat flows 0
}

# is_express: a connection takes no slow packet
is_express()
{
	local before

	before=$(stat_of slow_pkts)
	http_get cl1 "$VIP_URL/" -o /dev/null
	[ "$(stat_of slow_pkts)" = "$before" ]
}

# no_rule_sees: the host lets nothing pass in forward
no_rule_sees()
{
	in_ns gw nft -f - <<-END
	table inet t { chain c {
		type filter hook forward priority 0; policy drop
	}; }
	END
}

# entry STATE: conntrack has one of the client in it
entry()
{
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep -q "$1"
}

case_connection()
{
	local slow express

	configure 1 2
	no_rule_sees
	slow=$(stat_of slow_pkts)
	express=$(stat_of express_flows)
	talk_open one cl1 "$VIP" 9000
	for word in a b c; do
		talk_say one "$word"
	done
	entry "ESTABLISHED.*ASSURED"
	expect "flows" 1 "$(stat_of flows)"
	expect "active flows" 1 "$(counter_of http active)"
	talk_close one
	wait_for 10 is_counter http active 0
	entry "TIME_WAIT\|CLOSE"
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"
	expect "express flows" $((express + 1)) "$(stat_of express_flows)"
}

case_counters()
{
	local slow bytes flows

	configure 1
	slow=$(stat_of slow_pkts)
	flows=$(counter_of www new_flows)
	in_ns gw sysctl -qw net.netfilter.nf_conntrack_acct=1
	head -c 2000000 /dev/urandom >"$T_DIR/nginx-b1/files/big"
	bytes=$(($(counter_of www in_bytes) + $(counter_of www out_bytes)))
	http_get cl1 "$VIP_URL/files/big" -o "$T_DIR/got"
	cmp "$T_DIR/nginx-b1/files/big" "$T_DIR/got"
	wait_for 10 is_counter www active 0
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"
	expect "flows" $((flows + 1)) "$(counter_of www new_flows)"
	bytes=$(($(counter_of www in_bytes) + $(counter_of www out_bytes) -
		bytes))
	expect "bytes that conntrack has counted" "$bytes" \
		"$(in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
			tr ' ' '\n' | awk -F= '$1 == "bytes" { n += $2 }
				END { print n }')"
	in_ns gw sysctl -qw net.netfilter.nf_conntrack_acct=0
}

# start_echo NAMESPACE: of datagrams, which it sends back one after the other
start_echo()
{
	start_bg "$1" "echo-$1" python3 -c '
import socket
sock = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
sock.bind(("::", 9002))
while True:
    sock.sendto(*sock.recvfrom(2000))'
	wait_for 10 hears "$1" 9002
}

# hears NAMESPACE PORT
hears()
{
	in_ns "$1" ss -Hunl "sport = :$2" | grep -q .
}

# udp_ask PORT WORD...: from one socket, and each is answered
udp_ask()
{
	in_ns cl1 timeout $((20 * SLOW)) python3 - "$VIP" "$@" <<-'END'
	import socket, sys
	address = (sys.argv[1], 9002)
	family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
	sock = socket.socket(family, socket.SOCK_DGRAM)
	sock.bind(("", int(sys.argv[2])))
	for word in sys.argv[3:]:
	    sock.sendto(word.encode(), address)
	    answer, sender = sock.recvfrom(2000)
	    assert answer.decode() == word and sender[:2] == address
	END
}

case_datagrams()
{
	local slow flows

	configure 1 2
	no_rule_sees
	slow=$(stat_of slow_pkts)
	flows=$(stat_of express_flows)
	udp_ask 5001 a b c
	udp_ask 5001 d
	udp_ask 5002 e
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"
	expect "express flows" $((flows + 2)) "$(stat_of express_flows)"
	in_ns gw conntrack -L -p udp -s "$CLIENT" 2>/dev/null |
		awk '/UNREPLIED/ { exit 1 }'
	in_ns gw conntrack -D -p udp >/dev/null 2>&1
	expect "flows" 0 "$(stat_of flows)"
}

# Many datagrams before the first answer: one flow, and all arrive.
case_burst()
{
	local flows

	configure 1
	flows=$(counter_of echo new_flows)
	in_ns cl1 timeout $((20 * SLOW)) python3 - "$VIP" <<-'END'
	import socket, sys
	family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
	sock = socket.socket(family, socket.SOCK_DGRAM)
	sock.connect((sys.argv[1], 9002))
	words = ["%d" % i for i in range(20)]
	for word in words:
	    sock.send(word.encode())
	assert {sock.recv(2000).decode() for _ in words} == set(words)
	END
	expect "flows" $((flows + 1)) "$(counter_of echo new_flows)"
	expect "datagrams" 20 "$(counter_of echo in_pkts)"
}

# A new connection with the ports of one that has just closed
case_ports_again()
{
	local slow flows

	configure 1
	no_rule_sees
	slow=$(stat_of slow_pkts)
	flows=$(stat_of express_flows)
	for _ in 1 2 3; do
		in_ns cl1 socat -u "TCP:${VIP_URL#http://}:9000,sourceport=5555,reuseaddr,connect-timeout=$((10 * SLOW))" \
			"SYSTEM:head -n 1" | grep -qx b1
		wait_for 10 is_counter http active 0
	done
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"
	expect "express flows" $((flows + 3)) "$(stat_of express_flows)"
	expect "flows" 1 "$(stat_of flows)"
}

is_lost()
{
	! in_ns b1 nft list counter inet t lost | grep -q "packets 0"
}

# It is the packet of a flow that exists.
case_syn_again()
{
	local slow

	configure 1
	no_rule_sees
	slow=$(stat_of slow_pkts)
	in_ns b1 nft -f - <<-END
	table inet t {
		counter lost {}
		chain c {
			type filter hook input priority 0
			tcp dport 9000 counter name lost drop
		}
	}
	END
	talk_open one cl1 "$VIP" 9000 &
	wait_for 10 is_lost
	in_ns b1 nft flush ruleset
	wait
	talk_say one word
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"
	expect "flows" 1 "$(stat_of flows)"
	talk_close one
}

# A backend is its own client, or a neighbour's: the usual way
case_hairpin()
{
	local flows hairpins

	configure 1
	flows=$(stat_of express_flows)
	hairpins=$(stat_of hairpin)
	http_get b1 "$VIP_URL/" >/dev/null
	http_get b2 "$VIP_URL/" >/dev/null
	expect "express flows" "$flows" "$(stat_of express_flows)"
	expect "hairpin flows" $((hairpins + 2)) "$(stat_of hairpin)"
}

# The client has the same port twice at one backend.
case_clash()
{
	local flows rewritten other=203.0.113.11

	[ "$FAMILY" = 4 ] || other=2001:db8:f::11
	configure 1
	lb frontend add other address "$other"
	lb service add other frontend other protocol udp port 9002 pool web \
		new-flows express
	flows=$(stat_of express_flows)
	rewritten=$(stat_of port_rewritten)
	udp_ask 5003 a
	VIP=$other udp_ask 5003 a
	expect "express flows" $((flows + 1)) "$(stat_of express_flows)"
	expect "rewritten ports" $((rewritten + 1)) "$(stat_of port_rewritten)"
}

case_events()
{
	configure 1
	start_bg gw events conntrack -E -p tcp -s "$CLIENT"
	pause 1
	talk_open one cl1 "$VIP" 9000
	talk_close one
	for word in NEW SYN_SENT SYN_RECV ESTABLISHED ASSURED FIN_WAIT TIME_WAIT; do
		wait_for 10 grep -q "$word" "$T_DIR/events.log"
	done
	expect "new flows" 1 "$(grep -c NEW "$T_DIR/events.log")"
	stop_bg events INT
}

# No packet needs the slow path to learn the new route.
case_route()
{
	local slow target

	configure 1
	no_rule_sees
	target=$(backend_addr 1)
	slow=$(stat_of slow_pkts)
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	ip -n gw route add "$target" dev back
	talk_say one between
	ip -n gw route del "$target" dev back
	talk_say one after
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"

	ip -n gw route add blackhole "$target"
	echo lost >"$T_DIR/one.in"
	pause 1
	! grep -q lost "$T_DIR/one.out" || fail "it passed a blackhole"
	ip -n gw route del blackhole "$target"
	wait_for 20 grep -q lost "$T_DIR/one.out"
	talk_close one
}

# A rule of routing that looks at ports sees those of the backend.
case_port_rule()
{
	local flows family=-4

	[ "$FAMILY" = 4 ] || family=-6
	configure 1
	flows=$(stat_of express_flows)
	ip -n gw $family rule add ipproto tcp dport 9000 blackhole
	! in_ns cl1 socat -u "TCP:${VIP_URL#http://}:9000,connect-timeout=2" - \
		>"$T_DIR/got" 2>&1 || fail "a rule was passed by"
	http_get cl1 "$VIP_URL/" >/dev/null
	ip -n gw $family rule del ipproto tcp dport 9000 blackhole
	expect "http" b1 "$(http_get cl1 "$VIP_URL/" | head -n 1)"
	[ "$(stat_of express_flows)" -gt "$flows" ]
}

case_refused()
{
	local drops

	configure 1
	drops=$(stat_of drop_no_backend)
	lb backend set web b1 admin down
	! http_get cl1 "$VIP_URL/" --max-time 2 >/dev/null 2>&1 ||
		fail "a backend that is down answers"
	[ "$(stat_of drop_no_backend)" -gt "$drops" ]
}

case_removed_now()
{
	configure 1 2
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	lb backend del web "$(talk_peer one)" now
	expect "directions" 0 "$(stat_of fast_directions)"
	wait_for 20 is_stat flows 0
	talk_close one
}

case_modes()
{
	local flows slow

	configure 1
	flows=$(stat_of express_flows)
	lb service set www new-flows standard
	http_get cl1 "$VIP_URL/" >/dev/null
	lb service set www new-flows express fastpath off
	http_get cl1 "$VIP_URL/" >/dev/null
	expect "express flows" "$flows" "$(stat_of express_flows)"
	lb service set www fastpath on
	slow=$(stat_of slow_pkts)
	http_get cl1 "$VIP_URL/" >/dev/null
	expect "express flows" $((flows + 1)) "$(stat_of express_flows)"
	expect "slow packets" "$slow" "$(stat_of slow_pkts)"

	# One that is open goes on in the slow path, and back.
	talk_open one cl1 "$VIP" 9000
	lb service set http fastpath off
	talk_say one "$(head -c 100000 /dev/zero | tr '\0' x)"
	[ "$(stat_of slow_pkts)" -gt "$slow" ]
	lb service set http fastpath on
	talk_say one back
	talk_close one
	wait_for 10 is_counter http active 0
}

topo_up 2
start_nginx b1 b2
start_talkers b1 b2
start_echo b1
start_echo b2
both_families "a connection" case_connection
both_families "every packet is counted once" case_counters
both_families "datagrams" case_datagrams
both_families "datagrams before the first answer" case_burst
both_families "ports are used again" case_ports_again
both_families "a SYN is sent again" case_syn_again
both_families "the client is at the backend's link" case_hairpin
both_families "two flows to one backend" case_clash
both_families "conntrack -E" case_events
both_families "a route changes" case_route
both_families "routing by ports" case_port_rule
both_families "no backend" case_refused
both_families "a backend is removed now" case_removed_now
both_families "a service changes its mode" case_modes
tap_done
