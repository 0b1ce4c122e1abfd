#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which service a port belongs to, and which port it becomes at the backend.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
#
# Four VIPs: .10 with ports of all kinds, .11 with any port, .12 with any
# protocol, .13 with all of them at once, each to another backend.
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

# vip N: the VIP that ends in N
vip()
{
	echo "${VIP%10}$1"
}

objects()
{
	cat <<-END
	frontend ports$FAMILY $(vip 10)
	frontend anyport$FAMILY $(vip 11)
	frontend anything$FAMILY $(vip 12)
	frontend all$FAMILY $(vip 13)
	pool web$FAMILY rr 1 2 3 4
	pool one$FAMILY rr 1
	pool two$FAMILY rr 2
	pool three$FAMILY rr 3
	pool four$FAMILY rr 4

	service exact$FAMILY ports$FAMILY tcp 80 web$FAMILY 7000
	service udp$FAMILY ports$FAMILY udp 80 web$FAMILY 7001
	service same$FAMILY ports$FAMILY tcp 7002 web$FAMILY
	service offset$FAMILY ports$FAMILY tcp 1000-1009 web$FAMILY 7000-7009
	service keep$FAMILY ports$FAMILY tcp 7003-7006 web$FAMILY
	service gather$FAMILY ports$FAMILY tcp 3000-3999 web$FAMILY 7007
	service last$FAMILY ports$FAMILY tcp 65534-65535 web$FAMILY 7008-7009

	service anyport$FAMILY anyport$FAMILY tcp any web$FAMILY
	service anyport-udp$FAMILY anyport$FAMILY udp any web$FAMILY 7007
	service anything$FAMILY anything$FAMILY any - web$FAMILY

	service first$FAMILY all$FAMILY tcp 7004 one$FAMILY
	service second$FAMILY all$FAMILY tcp 7003-7005 two$FAMILY
	service third$FAMILY all$FAMILY tcp any three$FAMILY
	service fourth$FAMILY all$FAMILY any - four$FAMILY

	service clash-a-tcp$FAMILY ports$FAMILY tcp 90 one$FAMILY 7000
	service clash-b-tcp$FAMILY anyport$FAMILY tcp 90 one$FAMILY 7000
	service clash-a-udp$FAMILY ports$FAMILY udp 90 one$FAMILY 7000
	service clash-b-udp$FAMILY anyport$FAMILY udp 90 one$FAMILY 7000
	END
}

# reaches VIP-NUMBER PROTOCOL PORT BACKEND-PORT: four flows, one to each backend
reaches()
{
	VIP=$(vip "$1") ask cl1 "$2" "$3" flows 4 | sort >"$T_DIR/answers"
	expect "answers of $2 port $3" "b1 $4 b2 $4 b3 $4 b4 $4" \
		"$(awk '{ printf "%s%s %s", c, $1, $4; c = " " }' \
			"$T_DIR/answers")"
}

# answers_at VIP-NUMBER PROTOCOL PORT: who
answers_at()
{
	VIP=$(vip "$1") ask cl1 "$2" "$3" | cut -d' ' -f1
}

case_exact()
{
	reaches 10 tcp 80 7000
	reaches 10 udp 80 7001
	reaches 10 tcp 7002 7002
}

case_range_with_offset()
{
	reaches 10 tcp 1000 7000
	reaches 10 tcp 1004 7004
	reaches 10 tcp 1009 7009
	reaches 10 tcp 65535 7009
}

case_range_that_keeps()
{
	reaches 10 tcp 7003 7003
	reaches 10 tcp 7006 7006
}

case_range_to_one()
{
	reaches 10 tcp 3000 7007
	reaches 10 tcp 3999 7007
}

# The frontend's other ports, left to the host, which has no route for them
case_beside_the_ranges()
{
	local before port n=0

	before=$(total pass_no_service)
	for port in 999 1010 2999 4000 65533; do
		[[ $(ask cl1 tcp $port timeout 100) == error* ]]
		n=$((n + 1))
	done
	expect_between "packets passed" $n $((n * 3)) \
		$(($(total pass_no_service) - before))
}

case_any_port()
{
	reaches 11 tcp 7000 7000
	reaches 11 tcp 7009 7009
	reaches 11 udp 1 7007
	reaches 11 udp 65535 7007
}

case_any_protocol()
{
	reaches 12 tcp 7005 7005
	reaches 12 udp 7006 7006
	in_ns cl1 ping -c 1 -W $((2 * SLOW)) "$(vip 12)"
	expect "flows" 9 "$(of_service "anything$FAMILY" new_flows)"
}

# As one after the other goes, the next one takes over
case_precedence()
{
	expect "exact port" b1 "$(answers_at 13 tcp 7004)"
	expect "range, before" b2 "$(answers_at 13 tcp 7003)"
	expect "range, behind" b2 "$(answers_at 13 tcp 7005)"
	expect "any port" b3 "$(answers_at 13 tcp 7006)"
	expect "any protocol" b4 "$(answers_at 13 udp 7004)"
	lb service del "first$FAMILY"
	expect "without exact port" b2 "$(answers_at 13 tcp 7004)"
	lb service del "second$FAMILY"
	expect "without range" b3 "$(answers_at 13 tcp 7004)"
	lb service del "third$FAMILY"
	expect "without any port" b4 "$(answers_at 13 tcp 7004)"
}

# case_two_frontends PROTOCOL: two flows of one client port to one port of one
# backend: the second one gets another port on its way, and each its own answers.
case_two_frontends()
{
	local before

	before=$(total port_rewritten)
	hold a cl1 "$1" 90 from 41000 share on
	VIP=$(vip 11) hold b cl1 "$1" 90 from 41000 share on
	expect "first" "b1 $CLIENT 41000 7000" "$(cat "$T_DIR/a.log")"
	[[ $(cat "$T_DIR/b.log") == "b1 $CLIENT "*" 7000" ]]
	[[ $(cat "$T_DIR/b.log") != *" 41000 "* ]]
	expect "rewritten ports" 1 $(($(total port_rewritten) - before))
	expect "rewritten ports of the service" 1 "$(lb -j stats |
		jq ".services[] | select(.name == \"clash-b-$1$FAMILY\") |
			.port_rewritten")"
	expect "open flows" "1 1" "$(of_service "clash-a-$1$FAMILY" active) $(
		of_service "clash-b-$1$FAMILY" active)"
	release a
	release b
}

# The host is a server on the same address
case_host_has_the_rest()
{
	local before

	before=$(total pass_no_service)
	expect "answer of the host" "gw $CLIENT 43000 22" \
		"$(ask cl1 tcp 22 from 43000)"
	expect "passed" 1 $(($(total pass_no_service) - before))
	expect "answer of a backend" 7000 "$(ask cl1 tcp 80 | cut -d' ' -f4)"
}

case_host_answers_pings()
{
	in_ns cl1 ping -c 1 -W $((2 * SLOW)) "$VIP"
}

topo_up 4
serve b1 b2 b3 b4 -- tcp/7000-7009 udp/7000-7009
configure_both objects || exit
both_families "exact ports" case_exact
both_families "a range with its offset" case_range_with_offset
both_families "a range that keeps its ports" case_range_that_keeps
both_families "a range to one port" case_range_to_one
both_families "ports beside the ranges" case_beside_the_ranges
both_families "any port" case_any_port
both_families "any protocol" case_any_protocol
both_families "exact, range, any port, any protocol" case_precedence
both_families "one backend port of two frontends, tcp" case_two_frontends tcp
both_families "one backend port of two frontends, udp" case_two_frontends udp
ip -n gw addr add $VIP4/32 dev lo
ip -n gw addr add $VIP6/128 dev lo nodad
start_bg gw host traffic serve gw -- tcp/22
wait_for 20 grep -q listening "$T_DIR/host.log"
both_families "the host has the ports without a service" case_host_has_the_rest
both_families "the host answers pings" case_host_answers_pings
tap_done
