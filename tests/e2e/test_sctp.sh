#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# SCTP associations, with one address at each end.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool rr$FAMILY rr 1 2 3 4
	pool maglev$FAMILY maglev 1 2 3 4
	service rr$FAMILY vip$FAMILY sctp 80 rr$FAMILY 7000
	service same$FAMILY vip$FAMILY sctp 7001 rr$FAMILY
	service range$FAMILY vip$FAMILY sctp 2000-2001 rr$FAMILY 7000-7001
	service maglev$FAMILY vip$FAMILY sctp 81 maglev$FAMILY 7000
	END
}

case_association()
{
	expect answers "b1 $CLIENT 42000 7000" \
		"$(ask cl1 sctp 80 from 42000)"
	wait_for 10 is_of_service "rr$FAMILY" active 0
	expect flows 1 "$(of_service "rr$FAMILY" new_flows)"
}

# Both translations of the port change the checksum
case_ports()
{
	expect "port that is kept" 7001 \
		"$(ask cl1 sctp 7001 from 42010 bytes 100 | cut -d' ' -f4)"
	expect "port of a range" 7001 \
		"$(ask cl1 sctp 2001 from 42020 bytes 100 | cut -d' ' -f4)"
}

case_echo()
{
	local before

	before=$(of_service "rr$FAMILY" in_bytes)
	[[ $(ask cl1 sctp 80 from 42030 bytes 100000) == "b"* ]]
	expect_between "bytes from the client" 100000 130000 \
		$(($(of_service "rr$FAMILY" in_bytes) - before))
}

case_spread()
{
	expect answers "4 4 4 4" \
		"$(ask cl1 sctp 80 from 43000 flows 16 bytes 2000 | shares)"
	expect "answers of maglev" 16 \
		"$(ask cl1 sctp 81 from 43000 flows 16 | grep -c '^b')"
}

# entries: conntrack's words for the associations that are established
entries()
{
	in_ns gw conntrack -L -p sctp -f "ipv$FAMILY" 2>/dev/null |
		grep -c ESTABLISHED || true
}

# are_open NAME: eight associations
are_open()
{
	hold "$1" cl1 sctp 80 from 44000 flows 8
	expect "open flows" 8 "$(of_service "rr$FAMILY" active)"
	expect "entries" 8 "$(entries)"
	release "$1"
	wait_for 10 is_of_service "rr$FAMILY" active 0
	expect "entries afterwards" 0 "$(entries)"
}

# The second time entries are there already: conntrack remembers what is closed
case_open_and_closed()
{
	wait_for 10 is_of_service "rr$FAMILY" active 0
	are_open once
	are_open again
}

case_abort()
{
	[[ $(ask cl1 sctp 80 from 45000 flows 4 reset on | shares) == \
		"1 1 1 1" ]]
	wait_for 10 is_of_service "rr$FAMILY" active 0
}

# The backend of port 46000
peer()
{
	ask cl1 sctp 80 from 46000 timeout 15000 | cut -d ' ' -f 1
}

# Conntrack's entry of the one before leads to who may have nothing new
case_drain()
{
	local first second

	first=$(peer)
	wait_for 10 is_of_service "rr$FAMILY" active 0
	lb backend drain "rr$FAMILY" "$first" deadline 1s
	second=$(peer)
	[[ $second == b? && $second != "$first" ]]
	expect "open flows of who drains" 0 "$(lb -j stats | jq "
		.backends[] | select(.pool == \"rr$FAMILY\" and
			.name == \"$first\") | .active")"
	lb backend set "rr$FAMILY" "$first" drain off
}

topo_up 4
serve b1 b2 b3 b4 -- sctp/7000-7001
configure_both objects || exit
both_families "an association, and its end" case_association
both_families "ports" case_ports
both_families "100 kB arrive as sent" case_echo
both_families "associations spread" case_spread
both_families "flows are open until they are shut down" case_open_and_closed
both_families "flows end when they are aborted" case_abort
both_families "one that begins again does not go to who drains" case_drain
tap_done
