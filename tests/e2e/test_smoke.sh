#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Does the laboratory work: is the topology sound, and does the simplest
# service reach all of its backends.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx)
. "$(dirname "$0")/lib.sh"

REQUESTS=40

case_routes()
{
	local url i

	for i in 1 4; do
		url=http://$(backend_addr "$i"):8080/
		[ "$FAMILY" = 4 ] || url=http://[$(backend_addr "$i")]:8080/
		expect "answer of b$i" "b$i" "$(http_get cl1 "$url")"
	done
	grep -q "^$CLIENT " "$T_DIR/nginx-b1/access.log"
}

case_backends_reach_each_other()
{
	in_ns b1 ping -c 1 -W 2 "$(backend_addr 2)"
}

# A pool of one family for each
setup_service()
{
	local i

	lb frontend add "web$FAMILY" "$VIP"
	lb pool add "web$FAMILY" scheduler maglev
	for i in 1 2 3 4; do
		lb backend add "web$FAMILY" "b$i" "$(backend_addr "$i")"
	done
	lb service add "http$FAMILY" frontend "web$FAMILY" protocol tcp \
		port 80 pool "web$FAMILY" backend-port 8080
}

case_balances()
{
	local i spread

	have_nflb || skip "no nflb.ko or no lbctl yet"
	setup_service
	lb export | grep -qF "$(way_json)"
	spread=$(http_spread cl1 "$VIP_URL" "$REQUESTS")
	echo "$spread"
	for i in 1 2 3 4; do
		expect_between "answers of b$i" 1 "$REQUESTS" \
			"$(spread_of "b$i" <<<"$spread")"
	done
}

topo_up 4
start_nginx b1 b2 b3 b4
both_families "clients are routed to backends" case_routes
both_families "backends reach each other" case_backends_reach_each_other
both_families "a service reaches all its backends" case_balances
tap_done
