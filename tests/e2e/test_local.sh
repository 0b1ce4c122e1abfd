#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gateway itself as a client of its services, and as a backend.
#
#   cl1 --- gw (nflb, a client, a server) --- sw --- b1 b2 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

# gw's address on the backends' link
gateway()
{
	[ "$FAMILY" = 4 ] && echo 10.0.0.1 || echo fd00:b::1
}

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool web$FAMILY rr 1 2
	pool self$FAMILY rr self=$(gateway)
	pool both$FAMILY rr 1 self=$(gateway)
	service http$FAMILY vip$FAMILY tcp 80 web$FAMILY 7000
	service dns$FAMILY vip$FAMILY udp 53 web$FAMILY 7000
	service sctp$FAMILY vip$FAMILY sctp 9 web$FAMILY 7000
	service nginx$FAMILY vip$FAMILY tcp 8080 web$FAMILY
	service self$FAMILY vip$FAMILY tcp 81 self$FAMILY 7000
	service self-udp$FAMILY vip$FAMILY udp 54 self$FAMILY 7000
	service both$FAMILY vip$FAMILY tcp 82 both$FAMILY 7000
	END
}

# names: of answers on stdin, how many each name has
names()
{
	awk '{ print $1 }' | sort | uniq -c | xargs
}

# case_client PROTOCOL PORT SERVICE [KEYWORD VALUE]...: the flows are like any
# others
case_client()
{
	local before

	before=$(of_service "$3$FAMILY" new_flows)
	expect "answers" "6 b1 6 b2" \
		"$(ask gw "$1" "$2" flows 12 bytes 3000 "${@:4}" | names)"
	expect "flows" 12 $(($(of_service "$3$FAMILY" new_flows) - before))
	expect "hairpins" 0 "$(total hairpin)"
}

# case_sctp SOURCE4 SOURCE6: without a source, SCTP names all addresses of gw,
# which nobody translates. What it sends fits a packet: SCTP knows only the MTU
# of lo, if that is the way to the VIP, and would find out after 3 s.
case_sctp()
{
	local sources=([4]=$1 [6]=$2)

	case_client sctp 9 sctp bytes 1000 \
		bind "${sources[FAMILY]}" from 47000
}

case_curl()
{
	expect "answers" "3 b1 3 b2" \
		"$(http_spread gw "$VIP_URL:8080" 6 | xargs)"
}

# A port without a service goes nowhere, or to the host
case_no_service()
{
	local before

	before=$(total pass_no_service)
	[[ $(ask gw tcp 4444 timeout 200) == error* ]]
	expect_between "passed" 1 3 $(($(total pass_no_service) - before))
}

case_host_has_the_rest()
{
	expect "answer" "gw $VIP 22" "$(ask gw tcp 22 | cut -d' ' -f1,2,4)"
}

# case_server NAMESPACE PROTOCOL PORT SERVICE
case_server()
{
	local before answer wanted=gw

	before=$(of_service "$4$FAMILY" new_flows)
	[ "$1" = gw ] || wanted="gw $CLIENT"
	answer=$(ask "$1" "$2" "$3" flows 8 bytes 3000 | cut -d' ' -f1,2 |
		sort -u)
	expect "answers" "$wanted" "${answer:0:${#wanted}}"
	expect "answers that differ" 1 "$(wc -l <<<"$answer")"
	expect "flows" 8 $(($(of_service "$4$FAMILY" new_flows) - before))
}

case_server_among_others()
{
	expect "answers" "4 b1 4 gw" "$(ask cl1 tcp 82 flows 8 | names)"
}

case_active()
{
	hold mine gw tcp 80 flows 2
	hold self cl1 tcp 81 flows 3
	expect "flows of gw" 2 "$(of_service "http$FAMILY" active)"
	expect "flows to gw" 3 "$(of_service "self$FAMILY" active)"
	release mine
	release self
	wait_for 10 is_of_service "http$FAMILY" active 0
	wait_for 10 is_of_service "self$FAMILY" active 0
}

# as_client WHERE SOURCE4 SOURCE6: the cases of gw as a client
as_client()
{
	both_families "TCP to a VIP $1" case_client tcp 80 http
	both_families "UDP to a VIP $1" case_client udp 53 dns
	both_families "SCTP to a VIP $1" case_sctp "${@:2}"
	both_families "curl to a VIP $1" case_curl
}

topo_up 2
start_nginx b1 b2
serve b1 b2 -- tcp/7000 udp/7000 sctp/7000
start_bg gw host traffic serve gw -- tcp/7000 udp/7000
wait_for 20 grep -q listening "$T_DIR/host.log"
configure_both objects || exit
ip -n gw route add default via 198.51.100.2
ip -n gw route add default via 2001:db8:c1::2
as_client "that is elsewhere" 198.51.100.1 2001:db8:c1::1
both_families "a port without a service" case_no_service
both_families "a client's server is gw" case_server cl1 tcp 81 self
both_families "a client's UDP server is gw" case_server cl1 udp 54 self-udp
both_families "gw's server is gw" case_server gw tcp 81 self
both_families "gw is one server of several" case_server_among_others
both_families "flows of gw and to gw are counted" case_active
ip -n gw addr add $VIP4/32 dev lo
ip -n gw addr add $VIP6/128 dev lo nodad
start_bg gw host22 traffic serve gw -- tcp/22
wait_for 20 grep -q listening "$T_DIR/host22.log"
as_client "on its own lo" $VIP4 $VIP6
both_families "gw's server on a VIP of its own" case_server gw tcp 81 self
both_families "gw's other ports on a VIP of its own" case_host_has_the_rest
tap_done
