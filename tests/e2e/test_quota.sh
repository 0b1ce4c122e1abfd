#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How many flows there may be.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 b3 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

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

# answers [PROTOCOL PORT]: who answers a new flow, or what is wrong
answers()
{
	ask cl1 "${1-tcp}" "${2-80}" timeout 400 | cut -d ' ' -f 1,2 |
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

topo_up 3
serve b1 b2 b3 -- tcp/7000 udp/82
both_families "backends that are full" case_backend
both_families "clients come back" case_affinity
both_families "as many as may be" case_exact
tap_done
