#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which backend gets how many of many flows, by scheduler; who the client is to
# a backend; and what is shown of both.
# once: who gets a flow is decided alike in every kernel
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

# flows_of HELD SERVICE PORT [BACKEND]: what conns is to show of flows that are
# held open, all or those to one backend, without their timeouts
flows_of()
{
	local who client port backend_port

	while read -r who client port backend_port; do
		[ "${4-$who}" = "$who" ] || continue
		jq -nc '$ARGS.positional' --args tcp "$client" "$port" "$VIP" \
			"$3" "$(backend_addr "${who#b}")" "$backend_port" \
			"$2" "$2" "$who" true false
	done <"$T_DIR/$1.log" | sort
}

# conns [WORD]...: what it shows, in the same form
conns()
{
	lb -j conns "$@" | jq -c '.flows[] | [.protocol, .client, .client_port,
		.frontend_address, .frontend_port, .backend_address,
		.backend_port, .service, .pool, .backend, .active,
		.hairpin] | map(tostring)' | sort
}

case_conns()
{
	local rr=rr$FAMILY wrr=wrr$FAMILY

	in_ns gw conntrack -F 2>/dev/null
	hold four cl1 tcp $RR flows 4 from 42000
	hold two cl1 tcp $WRR flows 2 from 43000
	expect "all" "$(flows_of four $rr $RR; flows_of two $wrr $WRR)" "$(conns)"
	expect "of a service" "$(flows_of four $rr $RR)" "$(conns service $rr)"
	expect "to a backend" "$(flows_of four $rr $RR b2)" \
		"$(conns backend $rr/b2)"
	expect "of a service, to a backend" "$(flows_of four $rr $RR b3)" \
		"$(conns backend $rr/b3 service $rr)"
	expect "of a service, to another's backend" "" \
		"$(conns service $wrr backend $rr/b3)"
	expect "of no service" "" "$(conns service nix)"
	expect "as text" "tcp $(endpoint "$CLIENT" "$(port_of four b4)") $(
		endpoint "$VIP" $RR) $(endpoint "$(backend_addr 4)" 7000) $rr $rr b4 yes no" \
		"$(lb conns backend $rr/b4 | awk 'NR == 2 { $NF = ""; print $0 }' |
			sed 's/ $//')"
	release four
	release two
}

# port_of HELD BACKEND: the client's, of the flow that it has
port_of()
{
	awk -v who="$2" '$1 == who { print $3 }' "$T_DIR/$1.log"
}

# rates JQ [WHO]: of the lines that stats -w has written, as a list
rates()
{
	# The last may be half a line.
	jq -nR --arg who "${2-}" "[inputs | fromjson?] | $1" "$T_DIR/rates.log"
}

# counted OF [WHO]: new flows in all lines
counted()
{
	rates "map((.seconds as \$s | $1 | .new_flows_per_sec * \$s) | round) |
		add" "${2-}"
}

# is_idle_again: flows have come, and no more come
is_idle_again()
{
	[ "$(rates 'map(.counters.new_flows_per_sec) |
		(add > 0) and last == 0')" = true ]
}

# A line is for a second, or for longer where the machine is slow. What lbctl
# compares the first with it has read before.
case_rates()
{
	local service=rr$FAMILY

	start_bg gw rates lbctl -j stats -w
	wait_for 20 test -s "$T_DIR/rates.log"
	case_exactly $RR 40 10 10 10 10
	wait_for 20 is_idle_again
	stop_bg rates
	expect "flows of all" 40 "$(counted .counters)"
	# shellcheck disable=SC2016 # of jq
	expect "flows of the service" 40 \
		"$(counted '.services[] | select(.name == $who)' "$service")"
	# shellcheck disable=SC2016 # of jq
	expect "flows of its backends" 40 \
		"$(counted '.backends[] | select(.pool == $who)' "$service")"
	start_bg gw text lbctl stats -w 1
	wait_for 20 grep -Eq "^$service +[0-9]+ +0\.0 " "$T_DIR/text.log"
	stop_bg text
	grep -Eq '^SERVICE +ACTIVE +NEW-FLOWS/S +IN-PKTS/S' "$T_DIR/text.log"
}

# shown_backends JQ: a line for each backend, from a document on stdin
shown_backends()
{
	jq -r ".backends[] | $1 | map(tostring) | join(\" \")" | sort
}

# /proc has of each backend what lbctl says of it
case_proc_backends()
{
	lb backend set "rr$FAMILY" b1 zone 7 weight 9
	lb backend set "rr$FAMILY" b2 admin up
	lb backend set "rr$FAMILY" b3 admin down
	lb backend drain "rr$FAMILY" b4
	in_ns gw tail -n +2 /proc/net/nflb/backends >"$T_DIR/proc"
	grep "^rr$FAMILY " "$T_DIR/proc"
	expect "columns" "pool backend address weight zone admin active new_flows in_pkts in_bytes out_pkts out_bytes failed_connects reason" \
		"$(in_ns gw head -n 1 /proc/net/nflb/backends)"
	expect "counters" "$(lb -j stats | shown_backends '[.pool, .name,
		.address, .active, .new_flows, .in_pkts, .in_bytes, .out_pkts,
		.out_bytes, .failed_connects]')" \
		"$(awk '{ $4 = $5 = $6 = $NF = ""; print }' "$T_DIR/proc" |
			tr -s ' ' | sed 's/ $//' | sort)"
	expect "reasons" "$(lb -j health show | jq -r '.health[] |
		[.pool, .backend, .reason] | join(" ")' | sort)" \
		"$(awk '{ print $1, $2, $NF }' "$T_DIR/proc" | sort)"
	expect "what was set" "$(lb -j backend show | shown_backends '[.pool,
		.name, .address, .weight, .zone,
		(if .drain then "draining" else .admin end)]')" \
		"$(cut -d ' ' -f -6 "$T_DIR/proc" | sort)"
	lb backend set "rr$FAMILY" b1 zone 0 weight 1
	lb backend set "rr$FAMILY" b2 admin none
	lb backend set "rr$FAMILY" b3 admin none
	lb backend set "rr$FAMILY" b4 drain off
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
both_families "conns shows whose flows go where" case_conns
both_families "stats -w shows what comes" case_rates
both_families "/proc shows what lbctl does" case_proc_backends
tap_done
