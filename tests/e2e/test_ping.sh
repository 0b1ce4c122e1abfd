#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Pings of frontends, which gw answers for what is behind them.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3
# not slow: what is pinged is no flow
# not express: what is pinged is no flow
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

FLOOD=2500

# setup STATE [WORD VALUE]...: what probe p says of the backends of service http,
# and the frontend's ping; b3 is in pool spare
setup()
{
	begin_anew
	WEB_PORTS='"port": 80, "backend_port": 8080, "probe": "p"' \
		MORE_PROBES='{"name": "p", "type": "tcp"}' \
		MORE_POOLS="{\"name\": \"spare\",
			\"backends\": [$(backends_json 3)]}," \
		apply_web 1 2
	report "$1" b1 b2
	shift
	[ $# = 0 ] || lb frontend set web-ip "$@"
}

# ping_vip NAMESPACE [WORD]...: once, unless WORDs say more
ping_vip()
{
	in_ns "$1" ping -n -c 1 -W $((2 * SLOW)) "${@:2}" "$VIP"
}

# answered NAMESPACE [WORD]...
answered()
{
	ping_vip "$@" >"$T_DIR/answer"
	grep -q "bytes from $VIP: icmp_seq=1" "$T_DIR/answer"
}

# unreachable: gw says so
unreachable()
{
	local sentence='Destination Host Unreachable'

	[ "$FAMILY" = 4 ] ||
		sentence='Destination unreachable: Address unreachable'
	! ping_vip cl1 >"$T_DIR/answer" || fail "$(cat "$T_DIR/answer")"
	grep -q "$sentence" "$T_DIR/answer"
}

# not_answered [NAMESPACE]
not_answered()
{
	! answered "${1-cl1}" || fail "$(cat "$T_DIR/answer")"
}

# silent: nobody says anything
silent()
{
	! ping_vip cl1 -W 1 >"$T_DIR/answer" || fail "$(cat "$T_DIR/answer")"
	! grep -qi 'unreachable\|bytes from' "$T_DIR/answer" ||
		fail "$(cat "$T_DIR/answer")"
}

# counts WORD N COMMAND...: COMMAND adds N to that of /proc/net/nflb/stats
counts()
{
	local before

	before=$(stat_of "$1")
	"${@:3}"
	expect "$1" "$2" $(($(stat_of "$1") - before))
}

# served: what lbctl says
served()
{
	lb -j frontend show web-ip | jq '.frontends[0].served'
}

# Each state in turn, as seen by who pings anew
case_served()
{
	setup up
	expect "ping" '"served"' \
		"$(lb -j frontend show web-ip | jq '.frontends[0].ping')"
	expect "served" true "$(served)"
	counts ping_replies 1 answered cl1
	report down b1
	answered cl1
	report down b2
	expect "served" false "$(served)"
	counts ping_unreachable 1 unreachable
	report up b2
	answered cl1
	lb backend set web b2 admin down
	unreachable
	lb backend set web b1 admin up
	answered cl1
	expect "passed to the host" 0 "$(stat_of pass_no_service)"
}

# One that pings all the time: each of its packets is of the same flow
case_running()
{
	setup up
	start_bg cl1 ping ping -n -i 0.1 "$VIP"
	wait_for 10 grep -q "bytes from $VIP" "$T_DIR/ping.log"
	report down b1 b2
	wait_for 10 grep -qi 'unreachable' "$T_DIR/ping.log"
	: >"$T_DIR/ping.log"
	report up b1
	wait_for 10 grep -q "bytes from $VIP" "$T_DIR/ping.log"
	stop_bg ping
	expect "entries" "" \
		"$(in_ns gw conntrack -L -f "ipv$FAMILY" 2>/dev/null |
			grep "dst=$VIP " || true)"
}

case_backup()
{
	setup down
	lb service set http backup spare
	unreachable
	lb health set spare b3 p up
	expect "served" true "$(served)"
	answered cl1
	lb backend set spare b3 admin down
	expect "served" false "$(served)"
	unreachable
	lb service set http all-down all
	expect "served" true "$(served)"
	answered cl1
	lb backend set web b1 admin down
	lb backend set web b2 admin down
	unreachable
}

case_always()
{
	setup down ping always
	answered cl1
	lb frontend set web-ip ping served
	unreachable
}

# Nothing is balanced there, and the host may do with it what it likes
case_no_services()
{
	setup up ping always
	lb frontend add other "${VIP%10}11"
	lb service add other frontend other protocol tcp port 80 pool web
	lb service del http
	expect "served" false "$(served)"
	counts pass_no_service 1 not_answered
}

case_never()
{
	setup up ping never
	counts ping_drops 1 silent
	lb frontend set web-ip address "$VIP"
	silent
}

# ping compares what comes back with what it sent
case_sizes()
{
	local size

	setup up
	for size in 0 1 100 1400 1473 4000 60000; do
		answered cl1 -s "$size"
	done
}

# ask_zeros: the ICMP message that answers the one that is all zeros but for its
# type, in hex
ask_zeros()
{
	in_ns cl1 python3 - "$VIP" $((10 * SLOW)) <<-'END'
	import socket, sys
	s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
	s.settimeout(int(sys.argv[2]))
	s.sendto(bytes.fromhex("0800f7ff00000000"), (sys.argv[1], 0))
	peer = None
	while peer != sys.argv[1]:
	    message, (peer, _) = s.recvfrom(2048)
	print(message[20:].hex())
	END
}

# The answer is all zeros, and yet its checksum is not: it would be wrong
case_zeros()
{
	use_family 4
	setup up
	expect "answer" 0000ffff00000000 "$(ask_zeros)"
}

# A service takes all there is: the pings are its flows, and a backend answers
case_any_protocol()
{
	setup up ping never
	lb service add all frontend web-ip protocol any pool web
	answered cl1
	expect "flows" 1 "$(counter_of all new_flows)"
}

case_gateway_asks()
{
	setup up
	ip -n gw route replace "$VIP" dev back
	answered gw
	report down b1 b2
	not_answered gw
	ip -n gw route del "$VIP" dev back
}

# The host would answer whatever is behind it
case_address_of_the_host()
{
	local bits=128

	[ "$FAMILY" = 6 ] || bits=32
	setup up
	ip -n gw addr add "$VIP/$bits" dev lo
	answered cl1
	report down b1 b2
	unreachable
	lb frontend set web-ip ping never
	silent
	ip -n gw addr del "$VIP/$bits" dev lo
}

# What the host lets out are answers: it need not have seen a connection begin
case_firewall()
{
	setup up
	in_ns gw nft -f - <<-END
	table inet fw {
		chain out {
			type filter hook output priority 0; policy drop;
			ct state established,related accept
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
		}
	}
	END
	answered cl1
	report down b1 b2
	unreachable
	in_ns gw nft delete table inet fw
}

# As many as a frontend answers in a second, and then no more
case_limit()
{
	local begin seconds replies drops

	setup up
	replies=$(stat_of ping_replies)
	drops=$(stat_of ping_drops)
	now_ms && begin=$REPLY
	ping_vip cl1 -q -c $FLOOD -l $FLOOD || true
	now_ms && seconds=$(((REPLY - begin) / 1000 + 2))
	replies=$(($(stat_of ping_replies) - replies))
	drops=$(($(stat_of ping_drops) - drops))
	echo "$replies answered, $drops dropped, in less than $seconds s"
	expect_between "answered" 1000 $((1000 * seconds)) "$replies"
	[ "$SLOW" != 1 ] || [ $drops -gt 0 ]
}

topo_up 3
both_families "answered while there is a backend" case_served
both_families "one that pings all the time" case_running
both_families "answered while others stand in" case_backup
both_families "always" case_always
both_families "never" case_never
both_families "a frontend without services" case_no_services
both_families "short ones, and long ones in fragments" case_sizes
tap_run "one of zeros" case_zeros
both_families "a service of any protocol takes them" case_any_protocol
both_families "the gateway pings" case_gateway_asks
both_families "an address of the gateway" case_address_of_the_host
both_families "a firewall lets answers out" case_firewall
both_families "no more than the limit" case_limit
tap_done
