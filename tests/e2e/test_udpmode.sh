#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What services do with UDP: flows that follow the scheduler's hash, beside
# flows that keep their backend.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

HASHED=82 PINNED=83
FLOWS=30

# setup: services hashed and pinned on pool web, which probe p gates
setup()
{
	local both='"protocol": "udp", "frontend": "web-ip", "pool": "web",
		"backend_port": 7000, "probe": "p"'

	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES="
		{\"name\": \"hashed\", \"port\": $HASHED, $both,
		\"udp_mode\": \"hashed\"},
		{\"name\": \"pinned\", \"port\": $PINNED, $both}," \
		apply_web 1 2 3
}

# answers PORT: who answers each of $FLOWS flows, the same ones each time
answers()
{
	ask cl1 udp "$1" from 46000 flows $FLOWS | awk '{ print $1 }' | xargs
}

# choices PORT: who would answer them if they were new
choices()
{
	local i client vip

	vip=$(endpoint "$VIP" "$1")
	for ((i = 0; i < FLOWS; i++)); do
		client=$(endpoint "$CLIENT" $((46000 + i)))
		echo "udp $client $vip"
	done | lb explain - | awk '{ print $7 }' | xargs
}

follows()
{
	local now choice

	now=$(answers "$1")
	choice=$(choices "$1")
	echo "$now"
	[ "$now" = "$choice" ]
}

# answered PORT ANSWERS
answered()
{
	local now

	now=$(answers "$1")
	echo "$now"
	[ "$now" = "$2" ]
}

# explained PORT MODE
explained()
{
	lb explain udp "$(endpoint "$CLIENT" 46000)" "$(endpoint "$VIP" "$1")" |
		grep "^udp-mode  $2: "
}

# Away from who fails, and back; others of UDP do not come back
case_health()
{
	local hashed pinned moved

	setup
	hashed=$(answers $HASHED)
	pinned=$(answers $PINNED)
	[[ $hashed == *b1* && $pinned == *b1* ]]
	explained $HASHED hashed
	explained $PINNED pinned
	lb health set web b1 p down
	wait_for 10 follows $HASHED
	moved=$(answers $HASHED)
	expect "who is up and moves" "" "$(diff <(xargs -n 1 <<<"$hashed") \
		<(xargs -n 1 <<<"$moved") | grep '^<' | grep -v b1)"
	[[ $moved != *b1* ]]
	wait_for 10 follows $PINNED
	pinned=$(answers $PINNED)
	lb health set web b1 p up
	wait_for 10 answered $HASHED "$hashed"
	expect "flows that are pinned" "$pinned" "$(answers $PINNED)"
	lb service set pinned udp-mode hashed
	wait_for 10 follows $PINNED
	[[ $(answers $PINNED) == *b1* ]]
}

case_pool()
{
	local hashed pinned

	setup
	hashed=$(answers $HASHED)
	pinned=$(answers $PINNED)
	lb backend add web b4 "$(backend_addr 4)"
	wait_for 10 follows $HASHED
	[[ $(answers $HASHED) == *b4* ]]
	expect "flows that are pinned" "$pinned" "$(answers $PINNED)"
	lb backend del web b4
	wait_for 10 answered $HASHED "$hashed"
}

# By the end of the slow start all that were there before are back
case_slow_start()
{
	local hashed

	setup
	lb pool set web slow-start 1s
	hashed=$(answers $HASHED)
	lb health set web b1 p down
	wait_for 10 follows $HASHED
	lb health set web b1 p up
	wait_for 10 answered $HASHED "$hashed"
}

# One that wants less of its share has fewer, and them back when it wants all
case_share()
{
	local report="health-set pool=web backend=b1 probe=p state#1"
	local hashed

	setup
	genl_start gw
	genl_expect 0 agent "$report"
	hashed=$(answers $HASHED)
	genl_expect 0 agent "$report" share#1
	wait_for 10 follows $HASHED
	[[ $(answers $HASHED) != "$hashed" ]]
	genl_expect 0 agent "$report" share#100
	wait_for 10 answered $HASHED "$hashed"
	genl_expect 0 agent close
}

# Flows of a service that is removed go on, wherever its backends go.
case_removed()
{
	local hashed

	setup
	hashed=$(answers $HASHED)
	lb service del hashed
	lb health set web b1 p down
	expect "flows that go on" "$hashed" "$(answers $HASHED)"
	expect "a new one" error "$(ask cl1 udp $HASHED timeout 100 |
		awk '{ print $1 }')"
}

topo_up 4
serve b1 b2 b3 b4 -- udp/7000
both_families "flows follow the hash as health changes" case_health
both_families "and as the pool does" case_pool
both_families "and the slow start" case_slow_start
both_families "and what an application wants" case_share
both_families "the service is removed" case_removed
tap_done
