#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How many flows there may be.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 b3 (servers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"
. "$here/lib/failures.sh"

FLOWS=20

# setup SCHEDULER [MEMBERS]: services http and udp of pool web, b1 and b2; pool
# spare has b3
setup()
{
	begin_anew
	MORE_POOLS="{\"name\": \"spare\", \"backends\": [$(backends_json 3)]}," \
		WEB_PORTS="\"port\": 80, \"backend_port\": 7000${2-}" \
		MORE_SERVICES='
		{"name": "udp", "frontend": "web-ip", "pool": "web",
		 "protocol": "udp", "port": 82},' SCHEDULER=$1 apply_web 1 2
}

# explained: whom the flows from ports 20000 on are for, a line each
explained()
{
	local client=$CLIENT vip=$VIP i

	[ "$FAMILY" = 4 ] || client="[$client]" vip="[$vip]"
	for ((i = 0; i < FLOWS; i++)); do
		echo "tcp $client:$((20000 + i)) $vip:80"
	done | lb explain - | cut -d ' ' -f 7
}

# answers: who answers a new flow of http, or what is wrong
answers()
{
	ask cl1 tcp 80 timeout 400 | cut -d ' ' -f 1,2 |
		sed 's/^\(b.\) .*/\1/'
}

# All have room, then one has not, then none
case_backend()
{
	local wanted n

	setup maglev
	wanted=$(explained)
	n=$(grep -c b1 <<<"$wanted")
	lb backend set web b1 max-flows 2
	hold many cl1 tcp 80 flows $FLOWS from 20000
	expect "who serves" "$(awk '
		$1 == "b1" && ++n > 2 { $1 = "b2" }
		{ print }' <<<"$wanted")" "$(cut -d ' ' -f 1 "$T_DIR/many.log")"
	expect "overflow" $((n - 2)) "$(counter_of http overflow_picks)"
	lb backend set web b2 max-flows $((FLOWS - 2))
	expect "when all are full" "error ETIMEDOUT" "$(answers)"
	expect "dropped" 1 "$(counter_of http drop_full)"
	lb service set http all-down all
	expect "when all are full" "error ETIMEDOUT" "$(answers)"
	expect "dropped" 2 "$(counter_of http drop_full)"
	lb service set http all-down reject
	expect "when all are full" "error ECONNREFUSED" "$(answers)"
	expect "rejected" 1 "$(counter_of http reject_full)"
	lb service set http backup spare
	expect "when all are full" b3 "$(answers)"
	expect "backup" 1 "$(counter_of http backup_picks)"
	# Flows without connections are not moved from there
	lb service set udp backup spare
	expect "UDP" "b3 b3" "$(peer) $(peer)"
	expect "flows of udp" 1 "$(counter_of udp new_flows)"
	lb backend set web b2 max-flows 1
	expect "flows that go on" $((FLOWS - 2)) "$(of_backend b2 active)"
	release many
	wait_for 10 is_backend b1 active 0
	wait_for 10 is_backend b2 active 0
	expect "overflow" $((n - 2)) "$(counter_of http overflow_picks)"
	[ "$(answers)" != b3 ]
	expect "no backend" 0 "$(counter_of http drop_no_backend)"
}

# Who is full keeps its clients for later
case_affinity()
{
	local own

	setup rr ', "affinity": "client-ip"'
	hold own cl1 tcp 80
	read -r own _ <"$T_DIR/own.log"
	lb backend set web "$own" max-flows 1
	[ "$(answers)" != "$own" ] || fail "$own has two"
	[ "$(answers)" != "$own" ] || fail "$own has two"
	expect "overflow" 2 "$(counter_of http overflow_picks)"
	release own
	wait_for 10 is_backend "$own" active 0
	expect "again" "$own" "$(answers)"
	expect "overflow" 2 "$(counter_of http overflow_picks)"
}

# A client's flows have one hash, which two of them that race go by
case_datagrams()
{
	local own

	setup maglev
	lb service set udp affinity client-ip
	own=$(peer)
	lb backend set web "$own" max-flows 3
	expect "who serves" "2 $own, 3 others" "$(
		ask cl1 udp 82 flows 5 | awk -v own="$own" '
			{ n[$1 == own]++ }
			END { print n[1] " " own ", " n[0] " others" }')"
	expect "dropped" 0 "$(counter_of udp drop_full)"
	expect "overflow" 3 "$(counter_of udp overflow_picks)"
}

# crowd: both clients open flows at once until they get no more
crowd()
{
	local client

	for client in cl1 cl2; do
		start_bg "$client" "crowd-$client" traffic ask tcp "$VIP" 80 \
			timeout 400 flows $FLOWS hold on
	done
	for client in cl1 cl2; do
		wait_for 20 grep -q holding "$T_DIR/crowd-$client.log"
	done
}

disperse()
{
	stop_bg crowd-cl1
	stop_bg crowd-cl2
}

case_exact()
{
	setup lc
	lb backend set web b1 max-flows 11
	lb backend set web b2 max-flows 12
	crowd
	expect "flows" "11 12" "$(of_backend b1 active) $(of_backend b2 active)"
	expect "flows" 23 "$(counter_of http new_flows)"
	disperse
}

# A service has its own limit, of all backends
case_service()
{
	setup lc
	lb service set http max-flows 23
	crowd
	expect "flows" 23 "$(counter_of http active)"
	# A client gives up when it has not been answered for five times
	expect_between "dropped" 5 10 "$(counter_of http drop_max_flows)"
	expect "another service" 3 "$(ask cl1 udp 82 flows 3 | grep -c ^b)"
	lb service set http max-flows 24
	[[ $(answers) = b[12] ]] || fail "the limit is still 23"
	disperse
}

# has_warned TEXT
has_warned()
{
	grep "alert: HighFlowQuotaUsage service http $1 flows are open" \
		"$T_DIR/monitor.log"
}

case_alert()
{
	setup lc
	lb service set http max-flows 24
	hold many cl1 tcp 80 flows $FLOWS
	start_bg gw monitor lbctl monitor
	wait_for 20 has_warned "begins, warning: $FLOWS of 24"
	lb service set http max-flows 100
	wait_for 20 has_warned "ends, warning: $FLOWS of 100"
	stop_bg monitor
	release many
}

# press: flows until five have not been answered; as many as there may be at
# once are, and those that come in the time that this takes
press()
{
	local begin took n

	now_ms && begin=$REPLY
	n=$(ask cl1 udp 82 flows 1000 timeout 200 | grep -c ^b)
	now_ms && took=$((REPLY - begin))
	expect_between "in $took ms" 5 $((5 + 5 * took / 1000)) "$n"
	answered=$((answered + n))
}

case_rate()
{
	local answered=0

	setup rr
	lb service set udp max-rate 5
	press
	expect "opened" "$answered" "$(counter_of udp new_flows)"
	expect "dropped" 5 "$(counter_of udp drop_max_rate)"
	# The bucket has what comes in a second, however long nobody takes it
	pause 2.5
	press
	expect "opened" "$answered" "$(counter_of udp new_flows)"
	expect "dropped" 10 "$(counter_of udp drop_max_rate)"
	lb service set udp max-rate off
	expect "without a limit" 30 "$(ask cl1 udp 82 flows 30 | grep -c ^b)"
}

# What comes again before its answer is of the same flow
case_rate_express()
{
	setup maglev
	lb service set udp max-rate 5 new-flows express
	drop_port b1 udp 82
	drop_port b2 udp 82
	# shellcheck disable=SC2016 # the other shell expands it
	in_ns cl1 bash -c 'for ((i = 0; i < 5; i++)); do
		exec 3<>"/dev/udp/$0/82"
		echo one >&3
		echo two >&3
	done' "$VIP"
	expect "opened" 5 "$(counter_of udp new_flows)"
	expect "dropped" 0 "$(counter_of udp drop_max_rate)"
	hear_again b1
	hear_again b2
}

topo_up 3
serve b1 b2 b3 -- tcp/7000 udp/82
both_families "backends that are full" case_backend
both_families "clients come back" case_affinity
both_families "clients of datagrams overflow" case_datagrams
both_families "as many as may be" case_exact
both_families "a service that is full" case_service
both_families "a warning before" case_alert
both_families "as many as may come" case_rate
both_families "as many as may come at ingress" case_rate_express
tap_done
