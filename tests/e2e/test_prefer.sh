#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A pool that prefers a zone: its new flows stay there, until too few of it are
# eligible; then some spill over.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (zone 1) b5 b6 (zone 2)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

STANDARD=80 EXPRESS=81 UNPROBED=82
WAY=fast # services have a way each
FROM=20000 # a case that asks has ports of its own, lest flows clash
FLOWS=200

# zoned_doc SCHEDULER: services standard and express of pool web, that probe p
# gates, and http that none does
zoned_doc()
{
	local port mode=standard more=

	for port in $STANDARD $EXPRESS; do
		[ $port != $EXPRESS ] || mode=express
		more+="{\"name\": \"tcp-$port\", \"frontend\": \"web-ip\",
			\"protocol\": \"tcp\", \"port\": $port,
			\"backend_port\": 7000, \"pool\": \"web\",
			\"probe\": \"p\", \"new_flows_mode\": \"$mode\"},"
	done
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES=$more \
		WEB_PORTS="\"port\": $UNPROBED, \"backend_port\": 7000" \
		SCHEDULER=$1 web_doc 1 2 3 4 5 6 |
		sed -e 's/"name": "b[1-4]"/&, "zone": 1/g' \
			-e 's/"name": "b[56]"/&, "zone": 2/g' \
			-e 's/"name": "web",/& "prefer_zone": 1,/'
}

# setup SCHEDULER [KEYWORD VALUE]...: of the pool
setup()
{
	begin_anew
	zoned_doc "$1" | lb apply -
	[ $# = 1 ] || lb pool set web "${@:2}"
}

# explained NAME [PORT]: into that file the backend of each flow, and who ramps
explained()
{
	seq -f "tcp $(endpoint "$CLIENT" %.0f) $(endpoint "$VIP" "${2-$STANDARD}")" \
		$FROM $((FROM + FLOWS - 1)) | lb explain - |
		cut -d ' ' -f 7,12 >"$T_DIR/$1"
}

# n_near NAME: how many of them stay in zone 1
n_near()
{
	grep -c '^b[1-4]' "$T_DIR/$1" || true
}

# moved NAME NAME CONDITION: flows of which awk says so of $was and $is; near()
# and far() say where a backend is
moved()
{
	paste -d ' ' "$T_DIR/$1" "$T_DIR/$2" | awk '
		function near(name) { return name ~ /^b[1-4]$/ }
		function far(name) { return name ~ /^b[56]$/ }
		{ was = $1; is = $3 }
		'"$3"' { n++ }
		END { print n + 0 }'
}

# explain [PORT]: in words, of the first flow
explain()
{
	lb explain tcp "$(endpoint "$CLIENT" $FROM)" \
		"$(endpoint "$VIP" "${1-$STANDARD}")"
}

# zone_share [PORT]: the preferred zone and what stays there, nothing if none is
zone_share()
{
	local word zone share

	while read -r word zone _ share _; do
		[ "$word" != zone ] || echo "$zone $share"
	done < <(explain "$@")
}

# One of the zone after the other fails: only flows move that must
case_shares()
{
	setup maglev
	explained all
	expect "all stay" $FLOWS "$(n_near all)"
	report down b1
	explained down1
	expect "three of four keep all" $FLOWS "$(n_near down1)"
	expect "flows of b1" 0 "$(moved all down1 'is == "b1"')"
	expect "flows of others" 0 "$(moved all down1 'was != "b1" && is != was')"
	report down b2
	explained down2
	expect "share" "1 71" "$(zone_share)"
	expect_between "half of them keep 71 %" 112 172 "$(n_near down2)"
	expect "flows of others, in the zone" 0 \
		"$(moved down1 down2 'was != "b2" && is != was && near(is)')"
	report down b3
	explained down3
	expect "share" "1 35" "$(zone_share)"
	expect_between "one keeps 35 %" 40 102 "$(n_near down3)"
	expect "flows that had spilled" 0 \
		"$(moved down2 down3 'far(was) && is != was')"
	report down b4
	explained none
	expect "share" "1 0" "$(zone_share)"
	expect "nobody keeps any" 0 "$(n_near none)"
	expect "flows that had spilled" 0 \
		"$(moved down3 none 'far(was) && is != was')"
	report up b4
	explained up
	diff "$T_DIR/down3" "$T_DIR/up"
	report down b5 b6
	explained alone
	expect "nobody else is there" $FLOWS "$(n_near alone)"
	report up b1 b2 b3 b5 b6
	explained up
	diff "$T_DIR/all" "$T_DIR/up"
}

case_threshold()
{
	setup maglev spill-below 100
	report down b1
	expect "share at 100" "1 75" "$(zone_share)"
	lb pool set web spill-below 0
	report down b2 b3
	expect "share at 0" "1 100" "$(zone_share)"
	report down b4
	expect "share of nobody" "1 0" "$(zone_share)"
	report up b3 b4
	lb pool set web spill-below 51
	expect "share of half, at 51" "1 98" "$(zone_share)"
	# Its share of the load is nobody's
	lb backend set web b1 weight 0
	expect "share of two of three" "1 100" "$(zone_share)"
	lb pool set web prefer-zone 2
	expect "share of another" "2 100" "$(zone_share)"
	explained other
	expect "none stays" 0 "$(n_near other)"
	lb pool set web prefer-zone 7
	expect "share of a zone without backends" "7 0" "$(zone_share)"
	lb pool set web prefer-zone off
	expect "no zone" "" "$(zone_share)"
	explained off
	expect_between "any zone" 60 140 "$(n_near off)"
}

# case_flows PORT: each flow gets as explained, and is counted
case_flows()
{
	setup maglev
	report down b1 b2
	# The first flow tells on which device the hook is wanted
	ask cl1 tcp "$1" >"$T_DIR/first"
	explained explained "$1"
	ask cl1 tcp "$1" flows $FLOWS from $FROM >"$T_DIR/answers"
	cut -d ' ' -f 1 "$T_DIR/explained" >"$T_DIR/wanted"
	cut -d ' ' -f 1 "$T_DIR/answers" | diff "$T_DIR/wanted" -
	cat "$T_DIR/first" >>"$T_DIR/answers"
	expect "counted" "$(grep -c '^b[56]' "$T_DIR/answers")" \
		"$(counter_of "tcp-$1" spill_picks)"
	[ "$1" != $EXPRESS ] ||
		[ "$(stat_of express_flows)" -ge $FLOWS ]
}

# counts: of answers on stdin, the numbers from b1 to b6
counts()
{
	awk '	{ n[substr($1, 2)]++ }
		END { print n[1] + 0, n[2] + 0, n[3] + 0, n[4] + 0, n[5] + 0,
			n[6] + 0 }'
}

case_scheduler()
{
	local b1 b2 b3 b4 b5 b6

	lb pool set web scheduler "$1"
	report up b1 b2
	read -r b1 b2 b3 b4 b5 b6 < <(ask cl1 tcp $STANDARD flows 40 | counts)
	expect "$1: all stay" 40 $((b1 + b2 + b3 + b4))
	report down b1 b2
	read -r b1 b2 b3 b4 b5 b6 < <(ask cl1 tcp $STANDARD flows 120 | counts)
	echo "$1: $b1 $b2 $b3 $b4 $b5 $b6"
	expect "$1: flows" 120 $((b3 + b4 + b5 + b6))
	expect_between "$1: those that stay" 60 110 $((b3 + b4))
	# With p2c that is up to how soon they answer, too
	[ "$1" != p2c ] || return 0
	expect_between "$1: b3" 20 70 "$b3"
	expect_between "$1: b5" 3 40 "$b5"
	# Those of a zone take turns
	[ "$1" != rr ] && [ "$1" != wrr ] ||
		expect_between "$1: b3 - b4" -1 1 $((b3 - b4))
}

case_schedulers()
{
	local scheduler

	setup rr
	for scheduler in rr wrr lc wlc random maglev p2c; do
		case_scheduler $scheduler
	done
}

case_drain()
{
	setup maglev
	explained all $UNPROBED
	expect "all stay" $FLOWS "$(n_near all)"
	lb zone drain 1
	explained none $UNPROBED
	expect "all go" 0 "$(n_near none)"
	lb backend set web b1 drain off
	expect "share of one of four" "1 35" "$(zone_share $UNPROBED)"
	lb zone undrain 1
	explained back $UNPROBED
	diff "$T_DIR/all" "$T_DIR/back"
}

# An hour stays at its first twentieth for three minutes
case_slow_start()
{
	setup maglev slow-start 1h
	explained all
	lb zone drain 1
	explained none
	lb zone undrain 1
	explained ramping
	expect "share" "1 100" "$(zone_share)"
	expect_between "what a zone takes that comes back" 1 26 \
		"$(n_near ramping)"
	expect "flows that others keep" 0 \
		"$(moved none ramping 'far(is) && is != was')"
	expect "flows to whom they are for" 0 \
		"$(paste -d ' ' "$T_DIR/all" "$T_DIR/ramping" |
			awk '$3 ~ /b[1-4]/ && $3 != $1' | wc -l)"
	lb pool set web slow-start off
	lb pool set web slow-start 1h
	report down b1
	explained down1
	report up b1
	explained up
	expect "all stay if it is one" $FLOWS "$(n_near up)"
	expect "flows of others" 0 \
		"$(moved down1 up 'is != was && is != "b1"')"
}

# In a panic all help, whatever their zone
case_panic()
{
	setup maglev panic 60
	report down b1 b2 b3
	expect "share" "" "$(zone_share)"
	explained panic
	expect_between "of the zone" 102 164 "$(n_near panic)"
	expect "picks of b1" 1 \
		"$(($(grep -c '^b1' "$T_DIR/panic") > 0))"
	report up b3
	expect "share after it" "1 71" "$(zone_share)"
}

case_config()
{
	setup maglev spill-below 60
	expect "shown" "1 60" "$(lb -j pool show web |
		jq -r '.pools[] | "\(.prefer_zone) \(.spill_below)"')"
	lb export >"$T_DIR/doc"
	expect "exported" "1 60" "$(jq -r '.pools[] |
		"\(.prefer_zone) \(.spill_below)"' "$T_DIR/doc")"
	expect "applied again" "$(stat_of generation)" \
		"$(lb apply "$T_DIR/doc" >/dev/null && stat_of generation)"
	zoned_doc maglev | sed 's/"prefer_zone": 1,//' >"$T_DIR/doc"
	lb diff "$T_DIR/doc" >"$T_DIR/words" || true
	grep -x "~ pool web prefer-zone 1 -> off, spill-below 60 -> 70" \
		"$T_DIR/words"
	report down b1 b2
	explain | tee "$T_DIR/words"
	grep -x "zone      1 preferred, 83 % of new flows stay there" \
		"$T_DIR/words"
	report down b3 b4
	explain | tee "$T_DIR/words"
	grep -x "zone      1 preferred, 0 % of new flows stay there" \
		"$T_DIR/words"
	grep -x "fallback  spill: the flow has spilled over to another zone" \
		"$T_DIR/words"
	expect "as JSON" "1 0 spill" "$(lb -j explain tcp \
		"$(endpoint "$CLIENT" $FROM)" "$(endpoint "$VIP" $STANDARD)" |
		jq -r '"\(.prefer_zone) \(.zone_share) \(.fallback)"')"
}

topo_up 6
serve b1 b2 b3 b4 b5 b6 -- tcp/7000
both_families "flows spill over as the zone's backends fail" case_shares
use_family 4
tap_run "how many have to be eligible" case_threshold
tap_run "in a panic" case_panic
use_family 6
tap_run "a zone is drained, and back" case_drain
tap_run "shown, exported, explained in words" case_config
both_families "slow start" case_slow_start
both_families "standard flows" case_flows $STANDARD
both_families "express flows" case_flows $EXPRESS
both_families "every scheduler" case_schedulers
tap_done
