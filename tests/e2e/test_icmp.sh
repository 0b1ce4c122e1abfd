#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What belongs to a flow without being one of its packets: ICMP errors, path
# MTU, fragments. Each end is to see the address that it knows.
#
#   cl1 -------------- +----+
#                      | gw | --- sw --- b2 (servers)
#   far --- cl2 ------ +----+       '--- b1 --- deep (servers)
#
# cl2 and b1 are routers. far is 198.18.0.2 and 2001:db8:fa::2, deep is 10.0.5.2
# and fd00:d::2. Packets above $MTU bytes do not pass to far, nor to deep.
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

MTU=1400
# shellcheck disable=SC2034 # used by family
FAR4=198.18.0.2 FAR6=2001:db8:fa::2
# shellcheck disable=SC2034 # used by family
DEEP4=10.0.5.2 DEEP6=fd00:d::2

# address NAME: FAR or DEEP, of the family
address()
{
	local name=$1$FAMILY

	echo "${!name}"
}

# vip N: the VIP that ends in N
vip()
{
	echo "${VIP%10}$1"
}

# Hosts remember path MTUs, and their own packets are not all that gets smaller
# then: so does the MSS that they announce. Each case of path MTU has its own VIP.
objects()
{
	cat <<-END
	frontend one$FAMILY $VIP
	frontend two$FAMILY $(vip 11)
	frontend three$FAMILY $(vip 12)
	frontend four$FAMILY $(vip 13)
	frontend any$FAMILY $(vip 14)
	pool web$FAMILY rr 2
	pool deep$FAMILY rr deep=$(address DEEP)
	service web$FAMILY one$FAMILY tcp 80 web$FAMILY 7000
	service deep$FAMILY two$FAMILY tcp 80 deep$FAMILY 7000
	service near-b$FAMILY three$FAMILY tcp 80 web$FAMILY 7000
	service near-c$FAMILY four$FAMILY tcp 80 web$FAMILY 7000
	service udp$FAMILY one$FAMILY udp 53 web$FAMILY 7000
	service udp-deep$FAMILY one$FAMILY udp 54 deep$FAMILY 7000
	service closed$FAMILY one$FAMILY udp 83 web$FAMILY 7999
	service any$FAMILY any$FAMILY any - web$FAMILY
	END
}

# narrow NAMESPACE DEVICE ADDRESS4 ADDRESS6: has a small MTU to there, as if it
# were the device's: IPv6 forwards by another one only if it is locked
narrow()
{
	ip -n "$1" -batch - <<-END
		route add $3 dev $2 mtu lock $MTU
		route add $4 dev $2 mtu lock $MTU
	END
}

# router NAME HOST NET4 NET6: NAME passes packets on to HOST, but big ones; gw
# knows the way there, by VIA4 and VIA6
router()
{
	topo_space "$2" 0
	topo_host "$2" "$1" "$3" "$4" 2
	in_ns "$1" sysctl -qw net.ipv4.ip_forward=1 \
		net.ipv6.conf.all.forwarding=1
	ip -n "$1" -batch - <<-END
		link set $2 up
		addr add $3.1/24 dev $2
		addr add $4::1/64 dev $2 nodad
	END
	narrow "$1" "$2" "$3.2" "$4::2"
	ip -n gw route add "$3.0/24" via "$VIA4"
	ip -n gw route add "$4::/64" via "$VIA6"
}

# hex_of ADDRESS: as in a packet
hex_of()
{
	local left right word

	case $1 in
	*:*)
		read -ra left <<<"$(tr : ' ' <<<"${1%::*}")"
		read -ra right <<<"$(tr : ' ' <<<"${1#*::}")"
		printf '%04x' "${left[@]/#/0x}"
		for ((word = ${#left[@]} + ${#right[@]}; word < 8; word++)); do
			printf '0000'
		done
		printf '%04x' "${right[@]/#/0x}"
		;;
	*)
		# shellcheck disable=SC2046 # four words
		printf '%02x' $(tr . ' ' <<<"$1")
		;;
	esac
}

# What is captured
ERRORS="icmp or (icmp6 and ip6[40] < 128)"
FRAGMENTS="ip[6:2] & 0x3fff != 0 or ip6 proto 44"

# listen NAMESPACE: from now on
listen()
{
	n_before=$(captured "$1" | wc -l)
}

# heard NAMESPACE: since then, in hexadecimal, a line each
heard()
{
	captured "$1" -x | awk -v n_before="$n_before" '
		/^\t0x/ { for (i = 2; i <= NF; i++) hex = hex $i; next }
		hex && n > n_before { print hex }
		{ hex = ""; n++ }
		END { if (n > n_before) print hex }'
}

# has_heard NAMESPACE ADDRESS
has_heard()
{
	heard "$1" | grep -q "$(hex_of "$2")"
}

# expect_error NAMESPACE KNOWN UNKNOWN TEXT: an error arrives there that speaks
# of the address KNOWN, and nothing that speaks of UNKNOWN
expect_error()
{
	wait_for 10 has_heard "$1" "$2"
	captured "$1" | tail -n +$((n_before + 1)) >"$T_DIR/heard"
	cat "$T_DIR/heard"
	grep -q "$4" "$T_DIR/heard"
	! has_heard "$1" "$3" || fail "$1 got to know $3"
}

# expect_mtu NAMESPACE ADDRESS: that it has learned
expect_mtu()
{
	local route

	route=$(ip -n "$1" route get "$2" | xargs)
	[[ "$route " == *" mtu $MTU "* ]] || fail "MTU in $1: $route"
}

transfers()
{
	[[ $(ask "$1" tcp 80 bytes 100000) != error* ]]
}

case_pmtu_far_client()
{
	listen b2
	transfers far
	expect_error b2 "$(address FAR)" "$VIP" "mtu $MTU"
	expect_mtu b2 "$(address FAR)"
}

case_pmtu_far_backend()
{
	VIP=$(vip 11)
	listen cl1
	transfers cl1
	expect_error cl1 "$VIP" "$(address DEEP)" "mtu $MTU"
	expect_mtu cl1 "$VIP"
}

case_pmtu_near_backend()
{
	VIP=$(vip 12)
	listen cl1
	transfers cl1
	expect_error cl1 "$VIP" "$(backend_addr 2)" "mtu $MTU"
	expect_mtu cl1 "$VIP"
}

case_pmtu_near_client()
{
	VIP=$(vip 13)
	listen b2
	transfers cl1
	expect_error b2 "$CLIENT" "$VIP" "mtu $MTU"
	expect_mtu b2 "$CLIENT"
}

# Datagrams of three packets, there and back
case_fragments()
{
	capture b2 eth0 "fragments$FAMILY" "$FRAGMENTS"
	expect "answers" 3 "$(ask cl1 udp 53 flows 3 repeat 3 bytes 4000 |
		grep -c "^b2 $CLIENT ")"
	stop_capture "fragments$FAMILY"
	expect "fragments" 54 "$(captured "fragments$FAMILY" | wc -l)"
	expect "flows" 3 "$(of_service "udp$FAMILY" new_flows)"
}

case_fragments_of_pings()
{
	in_ns cl1 ping -c 2 -i 0.1 -W $((2 * SLOW)) -s 4000 "$(vip 14)"
}

# A router cuts IPv4 datagrams into smaller pieces. With IPv6 the client does,
# once it knows; the first datagram is lost. (The errors are about fragments.
# Those about others than the first are nobody's to conntrack, which lets them
# pass as they are.)
case_pmtu_of_datagrams()
{
	if [ "$FAMILY" = 6 ]; then
		ask cl1 udp 54 bytes 4000 timeout 300 >/dev/null
		expect_mtu cl1 "$VIP"
	fi
	expect "answer" "deep $CLIENT" \
		"$(ask cl1 udp 54 bytes 4000 | cut -d' ' -f1,2)"
}

case_port_unreachable()
{
	listen cl1
	expect answer "error ECONNREFUSED" "$(ask cl1 udp 83 bytes 10)"
	expect_error cl1 "$VIP" "$(backend_addr 2)" "$VIP udp port 83"
}

# The client's socket takes datagrams from port 1 only, so the answer to what
# it sends to port 53 has no taker.
case_client_unreachable()
{
	local packets

	packets=$(of_service "udp$FAMILY" in_pkts)
	listen b2
	in_ns cl1 /usr/bin/python3 -IS - "$VIP" <<-'END'
		import socket, sys
		address = sys.argv[1]
		family = socket.AF_INET6 if ":" in address else socket.AF_INET
		client = socket.socket(family, socket.SOCK_DGRAM)
		client.connect((address, 1))
		client.sendto(b"x", (address, 53))
	END
	expect_error b2 "$CLIENT" "$VIP" "$CLIENT udp port"
	# The error is no packet of the flow.
	expect "packets of the flow" $((packets + 1)) \
		"$(of_service "udp$FAMILY" in_pkts)"
}

case_time_exceeded()
{
	listen cl1
	ask cl1 udp 53 repeat 2 bytes 10 ttl 1 timeout 200 >/dev/null
	expect_error cl1 "$VIP" "$(backend_addr 2)" "time exceeded"
}

topo_up 2
VIA4=192.0.2.2 VIA6=2001:db8:c2::2 router cl2 far 198.18.0 2001:db8:fa
VIA4=10.0.0.11 VIA6=fd00:b::11 router b1 deep 10.0.5 fd00:d
serve b2 deep -- tcp/7000 udp/7000
configure_both objects || exit
capture cl1 eth0 cl1 "$ERRORS"
capture b2 eth0 b2 "$ERRORS"
both_families "datagrams in fragments" case_fragments
both_families "pings in fragments" case_fragments_of_pings
both_families "port unreachable, from the backend" case_port_unreachable
both_families "port unreachable, from the client" case_client_unreachable
both_families "time exceeded at the gateway" case_time_exceeded
both_families "path MTU, found before the client" case_pmtu_far_client
both_families "path MTU, found before the backend" case_pmtu_far_backend
both_families "path MTU, for datagrams" case_pmtu_of_datagrams
narrow gw back 10.0.0.12 fd00:b::12
both_families "path MTU, found by gw to the backend" case_pmtu_near_backend
narrow gw cl1 $CLIENT4 $CLIENT6
both_families "path MTU, found by gw to the client" case_pmtu_near_client
tap_done
