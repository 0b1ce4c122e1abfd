#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lbctl zone: what is in one place drains together, whatever pool it is of.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 (zone 1) b3 (zone 2) b4 (nginx)
# once: zones are of user space
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
WAY=fast # it is not about packets
REQUESTS=8

# setup: pools web and other of the same servers, in other zones
setup()
{
	begin_anew
	SCHEDULER=rr MORE_POOLS='{"name": "other", "scheduler": "rr",
		"backends": ['"$(backends_json 1 3)"']},' \
		MORE_SERVICES='{"name": "other", "frontend": "web-ip",
		"pool": "other", "protocol": "tcp", "port": 81,
		"backend_port": 8080},' \
		apply_web 1 2 3 4
	lb backend set web b1 zone 1
	lb backend set web b2 zone 1
	lb backend set web b3 zone 2
	lb backend set other b1 zone 2
	lb backend set other b3 zone 1
}

# zones: "ZONE BACKENDS DRAINING ACTIVE" of each, with commas
zones()
{
	lb zone show | awk 'NR > 1 { printf "%s%s %s %s %s", s, $1, $2, $3, $4
		s = ", " }'
}

# is_zones WORDS
is_zones()
{
	[ "$(zones)" = "$1" ]
}

case_drain()
{
	local generation

	setup
	expect "zones" "0 1 0 0, 1 3 0 0, 2 2 0 0" "$(zones)"
	generation=$(lb -j zone drain 1 | jq .generation)
	expect "zones" "0 1 0 0, 1 3 3 0, 2 2 0 0" "$(zones)"
	expect "served by web" "b3 b4" "$(who 80)"
	expect "served by other" "b1" "$(who 81)"
	lb backend drain web b4
	expect "answer" "zone 1: 3 backends drain no more (generation $((generation + 2)))" \
		"$(lb zone undrain 1)"
	expect "served by web" "b1 b2 b3" "$(who 80)"
	expect "served by other" "b1 b3" "$(who 81)"
	expect "as JSON" "0 1 1, 1 3 0, 2 2 0" "$(lb -j zone show | jq -r \
		'.zones | map("\(.zone) \(.backends) \(.draining)") | join(", ")')"
}

# Connections go on until the deadline, and none of another zone ends
case_deadline()
{
	local i

	setup
	for i in 1 2 3 4; do
		start_download "d$i" --limit-rate 100k
	done
	wait_for 10 is_zones "0 1 0 1, 1 3 0 2, 2 2 0 1"
	lb zone drain 1
	expect "zones" "0 1 0 1, 1 3 3 2, 2 2 0 1" "$(zones)"
	lb zone drain 1 deadline 1s
	wait_for 20 is_zones "0 1 0 1, 1 3 3 0, 2 2 0 1"
	for i in 1 2 3 4; do
		wait_for 20 has_open "b$i" 8080 $((i > 2))
	done
	for i in 1 2 3 4; do
		stop_bg "d$i"
	done
}

# is_empty ZONE BACKENDS: it drains, and has no flows any more
is_empty()
{
	[[ ", $(zones), " == *", $1 $2 $2 0, "* ]]
}

# new_flows BACKEND...: of pool web, a word each
new_flows()
{
	local name

	for name in "$@"; do
		of_backend "$name" new-flows
	done | xargs
}

# Zone by zone, while others serve
case_under_load()
{
	local flows

	setup
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((10 * SLOW)) \
		-H 'Connection: close' "$VIP_URL/"
	wait_for 10 is_served 8
	lb zone drain 1
	wait_for 10 is_empty 1 3
	flows=$(new_flows b1 b2)
	wait_for 10 is_served $(($(counter_of http new_flows) + 20))
	expect "new flows of zone 1" "$flows" "$(new_flows b1 b2)"
	lb zone undrain 1
	lb zone drain 2
	wait_for 10 is_empty 2 2
	lb zone undrain 2
	end_load
	expect "dropped without backend" 0 "$(stat_of drop_no_backend)"
}

case_refusals()
{
	setup
	expect_refusal 2 'lbctl: zone "0": allowed 1..65535' lb zone drain 0
	expect_refusal 2 'lbctl: zone "z1": not a number, allowed 1..65535' \
		lb zone undrain z1
	expect_refusal 1 "lbctl: zone 7: no backend is in it" lb zone drain 7
	expect_refusal 1 "lbctl: zone 2: no backend in it drains" lb zone undrain 2
	expect_refusal 2 "lbctl: zone 1: deadline 7: a time needs a unit: ms, s, m, h or d" \
		lb zone drain 1 deadline 7
	expect "zones" "0 1 0 0, 1 3 0 0, 2 2 0 0" "$(zones)"
}

topo_up 4
start_nginx b1 b2 b3 b4
make_big_files b1 b2 b3 b4
both_families "drained, and back" case_drain
both_families "deadline" case_deadline
both_families "under load, no request fails" case_under_load
both_families "refusals" case_refusals
tap_done
