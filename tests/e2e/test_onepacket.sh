#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Services of UDP that are one-packet: each datagram is decided for itself, and
# nothing is remembered.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers, dnsmasq)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

ONCE=84 LATER=83 SHUT=85

# setup: services once, which probe p gates, dns, and shut, where nobody
# listens, are one-packet, and later is not yet
setup()
{
	local udp='"protocol": "udp", "frontend": "web-ip", "pool": "web"'
	local once="$udp, \"udp_mode\": \"one-packet\""

	begin_anew
	SCHEDULER=rr MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES="
		{\"name\": \"once\", \"port\": $ONCE, \"backend_port\": 7000,
		\"probe\": \"p\", $once},
		{\"name\": \"dns\", \"port\": 53, $once},
		{\"name\": \"shut\", \"port\": $SHUT, \"backend_port\": 7009,
		$once},
		{\"name\": \"later\", \"port\": $LATER, \"backend_port\": 7001,
		$udp}," \
		apply_web 1 2 3 4
}

# once N [KEYWORD VALUE]...: how many of N datagrams from one socket each
# backend answers
once()
{
	ask cl1 udp $ONCE from 45000 spread on repeat "$@" | shares
}

# expect_untracked: conntrack has never heard of service once
expect_untracked()
{
	expect "conntrack's entries" "" \
		"$(in_ns gw conntrack -L -f "ipv$FAMILY" -p udp 2>/dev/null |
			awk "/dport=$ONCE |sport=7000 /")"
	expect "open flows" 0 "$(counter_of once active)"
}

# sum_of COLUMN: of all backends
sum_of()
{
	in_ns gw awk -v column="$1" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) n = i }
		NR > 1 { sum += $n }
		END { print sum }' /proc/net/nflb/backends
}

# Counted are the headers, too, and in answers the line of who answers.
case_spread()
{
	local header=28 column bytes

	[ "$FAMILY" = 4 ] || header=48
	setup
	expect answers "10 10 10 10" "$(once 40 bytes 100)"
	expect_untracked
	expect "choices" 40 "$(counter_of once new_flows)"
	expect "datagrams" 40 "$(counter_of once in_pkts)"
	expect "bytes" $((40 * (header + 100))) "$(counter_of once in_bytes)"
	expect "answers" 40 "$(counter_of once out_pkts)"
	bytes=$(echo "b1 $CLIENT 45000 7000" | wc -c)
	expect "bytes of answers" $((40 * (header + 100 + bytes))) \
		"$(counter_of once out_bytes)"
	for column in new_flows in_pkts in_bytes out_pkts out_bytes; do
		expect "$column of backends" "$(counter_of once $column)" \
			"$(sum_of $column)"
	done
}

case_dns()
{
	local questions=() i

	for ((i = 0; i < 12; i++)); do
		questions+=(whoami.test txt)
	done
	setup
	expect answers "3 3 3 3" "$(in_ns cl1 dig +short +tries=1 \
		+time=$((5 * SLOW)) "@$VIP" "${questions[@]}" |
		tr -d '"' | shares)"
	expect "open flows" 0 "$(counter_of dns active)"
	expect "answers" 12 "$(counter_of dns out_pkts)"
}

# offload on|off: is the checksum left to the devices?
offload()
{
	local space

	for space in cl1 b1 b2 b3 b4; do
		in_ns $space ethtool -K eth0 tx "$1" >/dev/null
	done
}

# Whole ones, fragments, segments; with checksums, without, and incomplete
case_shapes()
{
	setup
	expect "fragments" "1 1 1 1" "$(once 4 bytes 4000)"
	expect "segments" "3 3 3 3" "$(once 4 bytes 900 segment 300)"
	expect "datagrams" 16 "$(counter_of once in_pkts)"
	expect "choices" 8 "$(counter_of once new_flows)"
	[ "$FAMILY" = 6 ] ||
		expect "no checksum" "1 1 1 1" "$(once 4 bytes 9 unchecked on)"
	offload off
	expect "checksums" "1 1 1 1" "$(once 4 bytes 9)"
	expect "fragments with them" "1 1 1 1" "$(once 4 bytes 4000)"
	offload on
	expect_untracked
}

# The next datagram knows; affinity is the client's, whatever its port
case_choice()
{
	local spread

	setup
	lb health set web b1 p down
	expect answers "0 4 4 4" "$(once 12)"
	lb health set web b1 p up
	expect answers "3 3 3 3" "$(once 12)"
	lb service set once affinity client-ip
	spread=$(ask cl1 udp $ONCE flows 8 | shares)
	[[ " $spread " == *" 8 "* ]] || fail "affinity: $spread"
	lb service set once affinity none
	lb pool set web scheduler maglev
	spread=$(once 8)
	[[ " $spread " == *" 8 "* ]] || fail "by hash: $spread"
	expect_untracked
}

case_turned_away()
{
	setup
	report down b1 b2 b3 b4
	expect "dropped" error "$(once_said)"
	expect "counted" 1 "$(counter_of once drop_no_backend)"
	lb service set once all-down reject
	expect "rejected" "error ECONNREFUSED" "$(ask cl1 udp $ONCE)"
	expect "counted" 1 "$(counter_of once reject_no_backend)"
	lb service set once all-down all
	expect "given to all" "1 1 1 1" "$(once 4)"
	lb service set once max-rate 5
	once 10 timeout 300
	expect "beyond the rate" 1 "$(counter_of once drop_max_rate)"
	lb service set once max-rate off allow "$VIP"
	expect "from elsewhere" error "$(once_said)"
	expect "counted" 1 "$(counter_of once drop_not_allowed)"
	expect_untracked
}

# once_said: the first word of the answer to one datagram
once_said()
{
	ask cl1 udp $ONCE timeout 300 | awk '{ print $1 }'
}

# Others than datagrams through the gateway are flows.
case_tracked()
{
	local spread hairpins

	setup
	hairpins=$(total hairpin)
	spread=$(ask b1 udp $ONCE flows 4 | shares)
	expect "from a backend" "1 1 1 1" "$spread"
	expect_between "with our source" 1 4 $(($(total hairpin) - hairpins))
	spread=$(ask gw udp $ONCE flows 4 | shares)
	[[ $spread == *" "*" "*" "* && $spread != *error* ]] ||
		fail "from the gateway: $spread"
	[[ $(VIP=$(backend_addr 1) ask cl1 udp 7000) == "b1 "* ]]
	expect "datagrams without a flow" 4 "$(once_tail)"
}

# The gateway itself, as a backend, answers as others do.
case_own()
{
	local own=10.0.0.1

	[ "$FAMILY" = 4 ] || own=fd00:b::1
	setup
	lb backend add web own "$own"
	expect answers 2 "$(ask cl1 udp $ONCE from 45000 spread on repeat 10 |
		grep -c '^gw')"
	expect "counted" 10 "$(counter_of once out_pkts)"
	expect_untracked
}

# Says how many of four answers came, with all those flows about
once_tail()
{
	ask cl1 udp $ONCE from 45000 spread on repeat 4 | grep -c '^b'
}

# That nobody listens is said in the frontend's name.
case_error()
{
	setup
	expect "answer" "error ECONNREFUSED" "$(ask cl1 udp $SHUT)"
}

# A flow from before ends, and a client's next datagrams are decided for anew.
case_change()
{
	local first

	setup
	first=$(peer $LATER)
	expect "the same again" "$first" "$(peer $LATER)"
	lb service set later udp-mode one-packet
	wait_for 10 is_counter later active 0
	expect "each for itself" "2 2 2 2" "$(ask cl1 udp $LATER \
		from "$CLIENT_PORT" spread on repeat 8 | shares)"
	lb service set later udp-mode pinned
	first=$(peer $LATER)
	expect "a flow" "$first" "$(peer $LATER)"
	expect "flows" 1 "$(counter_of later active)"
}

# The service comes and goes under load.
case_removed()
{
	local i

	setup
	send_datagrams cl2 datagrams $ONCE
	for i in 1 2 3; do
		wait_for 10 has_counted once new_flows
		lb service del once
		lb service add once frontend web-ip protocol udp port $ONCE \
			pool web backend-port 7000 udp-mode one-packet
	done
	wait_for 10 has_counted once out_pkts
	stop_bg datagrams
	expect answers "1 1 1 1" "$(once 4)"
	expect "open flows" 0 "$(counter_of once active)"
}

topo_up 4
start_dns b1 b2 b3 b4
serve b1 b2 b3 b4 gw -- udp/7000-7001
ip -n gw -batch - <<-END
	route add $VIP4 via 198.51.100.2
	route add $VIP6 via 2001:db8:c1::2
END
both_families "each datagram is decided for itself" case_spread
both_families "DNS" case_dns
both_families "fragments, segments and checksums" case_shapes
both_families "health, affinity and hash" case_choice
both_families "who is turned away" case_turned_away
both_families "what needs a flow" case_tracked
both_families "a backend that is the gateway" case_own
both_families "an error" case_error
both_families "from flows to none, and back" case_change
both_families "comes and goes under load" case_removed
tap_done
