#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Clients on the backends' own link, backends among them.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
#                          '---- lan (a client, 10.0.0.200, fd00:b::200)
#
# What comes from there and goes back there would be answered past the gateway.
# It has the gateway's address on its way, and is counted.
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool web$FAMILY rr 1 2 3 4
	service http$FAMILY vip$FAMILY tcp 80 web$FAMILY 7000
	service dns$FAMILY vip$FAMILY udp 53 web$FAMILY 7000
	service sctp$FAMILY vip$FAMILY sctp 9 web$FAMILY 7000
	service web$FAMILY vip$FAMILY tcp 8080 web$FAMILY
	END
}

# Its address on the backends' link
gateway()
{
	[ "$FAMILY" = 4 ] && echo 10.0.0.1 || echo fd00:b::1
}

# case_hairpin CLIENT PROTOCOL PORT [KEYWORD VALUE]...: all backends answer, and saw the
# gateway as their client
case_hairpin()
{
	local before

	before=$(total hairpin)
	ask "$1" "$2" "$3" flows 16 bytes 300 "${@:4}" >"$T_DIR/answers"
	expect "answers" "4 4 4 4" "$(shares <"$T_DIR/answers")"
	expect "client of the backends" "$(gateway)" \
		"$(cut -d' ' -f2 "$T_DIR/answers" | sort -u)"
	expect "hairpins" 16 $(($(total hairpin) - before))
}

# The gateway tells hosts of shorter ways than through itself; a backend is not
# the shorter way to the VIP. Were that believed, nothing would work from then.
case_no_redirect()
{
	local route

	route=$(ip -n b1 route get "$VIP")
	echo "$route"
	[[ $route == *" via $(gateway) "* ]]
	[[ $route != *redirected* ]]
}

case_long_transfer()
{
	expect "answers" "b1 b2 b3 b4" "$(ask b1 tcp 80 flows 4 bytes 200000 |
		cut -d' ' -f1 | sort | xargs)"
}

case_http()
{
	local spread i

	spread=$(http_spread b1 "$VIP_URL:8080" 12)
	for i in 1 2 3 4; do
		expect "answers of b$i" 3 "$(spread_of "b$i" <<<"$spread")"
	done
}

# One source port to the VIP from two clients: both become the gateway's
case_same_port()
{
	hold a b1 tcp 80 from 41000 flows 8
	hold b lan tcp 80 from 41000 flows 8
	expect "first client's flows" "2 2 2 2" "$(shares <"$T_DIR/a.log")"
	expect "second client's flows" "2 2 2 2" "$(shares <"$T_DIR/b.log")"
	release a
	release b
}

case_outside()
{
	local before

	before=$(total hairpin)
	ask cl1 tcp 80 flows 8 >"$T_DIR/answers"
	expect "answers" "2 2 2 2" "$(shares <"$T_DIR/answers")"
	expect "client of the backends" "$CLIENT" \
		"$(cut -d' ' -f2 "$T_DIR/answers" | sort -u)"
	expect "hairpins" 0 $(($(total hairpin) - before))
}

case_service_counts()
{
	[ "$(lb -j stats | jq '[.services[].hairpin] | add')" = \
		"$(total hairpin)" ]
}

# Not through the VIP, not our business
case_direct()
{
	expect "answer" "b2 $(backend_addr 1) 7000" \
		"$(VIP=$(backend_addr 2) ask b1 tcp 7000 | cut -d' ' -f1,2,4)"
}

topo_up 4
topo_member lan sw 10.0.0 fd00:b 200
start_nginx b1 b2 b3 b4
serve b1 b2 b3 b4 -- tcp/7000 udp/7000 sctp/7000
configure_both objects || exit
both_families "TCP from a backend" case_hairpin b1 tcp 80
both_families "UDP from a backend" case_hairpin b1 udp 53
both_families "SCTP from a backend" case_hairpin b1 sctp 9 from 47000
both_families "TCP from another host on the link" case_hairpin lan tcp 80
both_families "UDP from another host on the link" case_hairpin lan udp 53
both_families "backends are not sent elsewhere" case_no_redirect
both_families "long transfers of a backend" case_long_transfer
both_families "HTTP of a backend" case_http
both_families "clients with the same port" case_same_port
both_families "clients outside are preserved" case_outside
both_families "backends reach each other directly" case_direct
tap_run "services count their hairpins" case_service_counts
tap_done
