#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which backend gets how many of many flows, by scheduler; and who the client
# is to a backend.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
#
# A port of the VIP for each scheduler; weights are 1, or 1 3 0 4.
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

MAGLEV=80 MAGLEV_WEIGHTED=81 RR=82 WRR=83 LC=84 WLC=85 RANDOM_PORT=86 WEB=87 NONE=88

# service_of NAME PROTOCOL PORT SCHEDULER BACKEND...: with a pool of its own
service_of()
{
	cat <<-END
	pool $1$FAMILY $4 ${*:5}
	service $1$FAMILY vip$FAMILY $2 $3 $1$FAMILY 7000
	END
}

objects()
{
	echo "frontend vip$FAMILY $VIP"
	service_of maglev tcp $MAGLEV maglev 1 2 3 4
	service_of maglev-weighted udp $MAGLEV_WEIGHTED maglev 1:1 2:3 3:0 4:4
	service_of rr tcp $RR rr 1 2 3 4
	service_of wrr tcp $WRR wrr 1:1 2:3 3:0 4:4
	service_of lc tcp $LC lc 1 2 3 4
	service_of wlc tcp $WLC wlc 1:1 2:3 3:0 4:4
	service_of random udp $RANDOM_PORT random 1 2 3 4
	service_of none udp $NONE maglev 1:0 2:0
	echo "service web$FAMILY vip$FAMILY tcp $WEB rr$FAMILY 8080"
}

# Bounds are 4.5 standard deviations or more from the mean
case_maglev()
{
	local spread

	spread=$(ask cl1 tcp $MAGLEV flows 400 | shares)
	# shellcheck disable=SC2086 # four words
	expect_shares_between answers 60 140 $spread
	expect "flows counted" 400 "$(of_service "maglev$FAMILY" new_flows)"
}

case_maglev_weighted()
{
	local b1 b2 b3 b4

	read -r b1 b2 b3 b4 < <(ask cl1 udp $MAGLEV_WEIGHTED flows 400 | shares)
	expect_between "answers of weight 1" 20 80 "$b1"
	expect_between "answers of weight 3" 105 195 "$b2"
	expect "answers of weight 0" 0 "$b3"
	expect_between "answers of weight 4" 155 245 "$b4"
}

# case_exactly PORT FLOWS B1 B2 B3 B4
case_exactly()
{
	expect answers "${*:3}" "$(ask cl1 tcp "$1" flows "$2" | shares)"
}

# Flows that end leave it idle again, so all come to the one that has none.
case_lc()
{
	hold even cl1 tcp $LC flows 12
	expect "open flows" "3 3 3 3" "$(shares <"$T_DIR/even.log")"
	release even
	wait_for 10 is_of_service "lc$FAMILY" active 0
	lb backend set "lc$FAMILY" b4 admin down
	hold others cl1 tcp $LC flows 3
	expect "flows to others" "1 1 1 0" "$(shares <"$T_DIR/others.log")"
	lb backend set "lc$FAMILY" b4 admin none
	case_exactly $LC 10 0 0 0 10
	release others
}

case_wlc()
{
	hold weighted cl1 tcp $WLC flows 16
	expect "open flows" "2 6 0 8" "$(shares <"$T_DIR/weighted.log")"
	release weighted
}

case_random()
{
	local spread

	spread=$(ask cl1 udp $RANDOM_PORT flows 200 | shares)
	# shellcheck disable=SC2086 # four words
	expect_shares_between answers 20 80 $spread
}

case_admin_down()
{
	lb backend set "rr$FAMILY" b2 admin down
	case_exactly $RR 12 4 0 4 4
	lb backend set "rr$FAMILY" b2 admin none
	case_exactly $RR 12 3 3 3 3
}

case_weight_changes()
{
	lb backend set "rr$FAMILY" b3 weight 0
	case_exactly $RR 12 4 4 0 4
	lb backend set "rr$FAMILY" b3 weight 1
	case_exactly $RR 12 3 3 3 3
}

case_none_left()
{
	expect answer "error ETIMEDOUT" "$(ask cl1 udp $NONE timeout 200)"
	expect drops 1 "$(of_service "none$FAMILY" drop_no_backend)"
}

case_client_is_preserved()
{
	expect answer "$CLIENT 40123 7000" \
		"$(ask cl1 tcp $MAGLEV from 40123 | cut -d' ' -f2-)"
}

case_nginx_sees_the_client()
{
	local i

	http_spread cl1 "$VIP_URL:$WEB" 12
	for i in 1 2 3 4; do
		expect "requests in the log of b$i" 3 \
			"$(grep -c "^$CLIENT [0-9]* 200 " \
				"$T_DIR/nginx-b$i/access.log")"
	done
}

topo_up 4
start_nginx b1 b2 b3 b4
serve b1 b2 b3 b4 -- tcp/7000 udp/7000
configure_both objects || exit
both_families "maglev spreads evenly" case_maglev
both_families "maglev follows weights" case_maglev_weighted
both_families "rr is exact" case_exactly $RR 40 10 10 10 10
both_families "wrr is exact" case_exactly $WRR 80 10 30 0 40
both_families "lc prefers who has fewer flows" case_lc
both_families "wlc is exact" case_wlc
both_families "random gets everywhere" case_random
both_families "admin down gets none, and is back" case_admin_down
both_families "weight 0 gets none, and is back" case_weight_changes
both_families "without a backend flows are dropped" case_none_left
both_families "the client is preserved" case_client_is_preserved
both_families "nginx logs the client" case_nginx_sees_the_client
tap_done
