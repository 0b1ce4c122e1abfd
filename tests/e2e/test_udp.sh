#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# UDP: DNS through a service, datagrams of one socket, and sockets whose first
# two datagrams are sent by two processors at the same time.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (dnsmasq, servers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

MAGLEV=81 RR=82 LC=84
RACES=200

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool rr$FAMILY rr 1 2 3 4
	pool maglev$FAMILY maglev 1 2 3 4
	pool lc$FAMILY lc 1 2 3 4
	service dns$FAMILY vip$FAMILY udp 53 rr$FAMILY
	service rr$FAMILY vip$FAMILY udp $RR rr$FAMILY 7000
	service maglev$FAMILY vip$FAMILY udp $MAGLEV maglev$FAMILY 7000
	service lc$FAMILY vip$FAMILY udp $LC lc$FAMILY 7000
	service silent$FAMILY vip$FAMILY udp 83 rr$FAMILY 7001
	END
}

# dig asks each from another port, which rarely is one that it had before
case_dns()
{
	local questions=() spread i

	for ((i = 0; i < 12; i++)); do
		questions+=(whoami.test txt)
	done
	spread=$(in_ns cl1 dig +short +tries=1 +time=$((5 * SLOW)) "@$VIP" \
		"${questions[@]}" | tr -d '"' | shares)
	# shellcheck disable=SC2086 # four words
	expect_shares_between answers 2 4 $spread
	expect_between flows 11 12 "$(of_service "dns$FAMILY" new_flows)"
	expect "packets of answers" 12 "$(of_service "dns$FAMILY" out_pkts)"
}

case_spread()
{
	local spread

	spread=$(ask cl1 udp $MAGLEV flows 200 | shares)
	# shellcheck disable=SC2086 # four words
	expect_shares_between answers 20 80 $spread
}

# A source port is a flow: it stays where it is, though the next one moves on
case_sticks()
{
	local before

	before=$(of_service "rr$FAMILY" new_flows)
	ask cl1 udp $RR flows 16 repeat 8 bytes 100 >"$T_DIR/answers"
	cat "$T_DIR/answers"
	in_ns gw conntrack -L -p udp --orig-port-dst $RR 2>/dev/null
	expect flows 16 $(($(of_service "rr$FAMILY" new_flows) - before))
	expect answers "4 4 4 4" "$(shares <"$T_DIR/answers")"
}

case_same_port_again()
{
	local first

	first=$(ask cl1 udp $RR from 45000)
	[[ $first == "b"?" $CLIENT 45000 7000" ]]
	expect "second socket" "$first" "$(ask cl1 udp $RR from 45000)"
	[[ $(ask cl2 udp $RR from 45000) == "b"* ]]
}

# end_flows: in conntrack, and so those of the service rr
end_flows()
{
	in_ns gw conntrack -F 2>/dev/null
	wait_for 10 is_of_service "rr$FAMILY" active 0
}

case_active()
{
	local before

	end_flows
	before=$(of_service "rr$FAMILY" in_pkts)
	ask cl1 udp $RR flows 5 repeat 3
	expect "open flows" 5 "$(of_service "rr$FAMILY" active)"
	expect "packets" 15 $(($(of_service "rr$FAMILY" in_pkts) - before))
	end_flows
}

# conntrack_sum WORD: a counter of all processors in gw
conntrack_sum()
{
	in_ns gw conntrack -S | grep -o "\<$1=[0-9]*" |
		awk -F= '{ n += $2 } END { print n }'
}

# race PORT: nothing lost, nobody's flow in two places, not even as two flows of
# which one has another source. Nobody has theirs: there are no other flows.
race()
{
	local dropped rewritten

	in_ns gw conntrack -F 2>/dev/null
	rewritten=$(total port_rewritten)
	dropped=$(($(conntrack_sum insert_failed) + $(conntrack_sum drop)))
	in_ns cl1 traffic race "$VIP" "$1" $RACES | sort | uniq -c >"$T_DIR/race"
	cat "$T_DIR/race"
	expect "sockets without an answer" 0 "$(spread_of lost <"$T_DIR/race")"
	expect "sockets with two backends" 0 "$(spread_of split <"$T_DIR/race")"
	expect "sockets" $RACES \
		"$(awk '$2 ~ /^b[1-4]$/ { n += $1 } END { print n }' "$T_DIR/race")"
	expect "drops of conntrack" 0 $(($(conntrack_sum insert_failed) +
		$(conntrack_sum drop) - dropped))
	expect "flows with another source" "$rewritten" \
		"$(total port_rewritten)"
}

# case_race PORT: that the datagrams meet at all shows in the counter, which is
# too good to be true at 0. Where the machine does not run both processors at
# the same time they rarely do.
case_race()
{
	local merged=0 rounds=0 before

	before=$(total clash_merged)
	while [ $merged = 0 ] && [ $((rounds += 1)) -le 30 ]; do
		race "$1"
		merged=$(($(total clash_merged) - before))
		# Express flows are in conntrack's table before the second comes.
		[ "$WAY" != express ] || return 0
	done
	echo "$merged of $RACES merged, round $rounds"
	expect_between "merged" 1 $RACES $merged
}

# Who counts flows does not count those that were merged
case_race_lc()
{
	case_race $LC
	expect_between "open flows" 1 $RACES "$(of_service "lc$FAMILY" active)"
	in_ns gw conntrack -F 2>/dev/null
	wait_for 10 is_of_service "lc$FAMILY" active 0
}

# The first datagram to come in opens the flow, the second one finds it there;
# the answer to either one may be the first to come back. Few sockets have the
# port of one before, whose flow is still there.
case_express_race()
{
	local express

	lb service set "rr$FAMILY" new-flows express
	end_flows
	# The first flow tells on which device the hook is wanted.
	ask cl1 udp $RR
	express=$(total express_flows)
	race $RR
	expect_between "express flows" $((RACES - 8)) $RACES \
		$(($(total express_flows) - express))
	end_flows
	[ "$WAY" = express ] || lb service set "rr$FAMILY" new-flows standard
}

topo_up 4
start_dns b1 b2 b3 b4
serve b1 b2 b3 b4 -- udp/7000
configure_both objects || exit
both_families "DNS" case_dns
both_families "maglev spreads by port" case_spread
both_families "a socket stays with its backend" case_sticks
both_families "a port stays with its backend" case_same_port_again
both_families "flows are counted until they end" case_active
both_families "two first datagrams at once, maglev" case_race $MAGLEV
both_families "two first datagrams at once, rr" case_race $RR
both_families "two first datagrams at once, lc" case_race_lc
both_families "two first datagrams at once, express" case_express_race
tap_done
