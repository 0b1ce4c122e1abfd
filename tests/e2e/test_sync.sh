#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Scale sets: the backends of a pool become those of a list, under load and
# without a failed request, and what the list does not say stays.
# once: it is lbctl that finds the changes
#
#   cl1 (wrk) --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

SYNCS=5

# A case begins with a configuration and no flows
setup()
{
	begin_anew
	apply_web 1 2:5 3
}

# list_of BACKEND...: what an autoscaler knows of them, by their numbers
list_of()
{
	local i comma=

	printf '['
	for i in "$@"; do
		printf '%s\n{"name": "b%s", "address": "%s"}' "$comma" "$i" \
			"$(backend_addr "$i")"
		comma=,
	done
	printf ']\n'
}

# members: the backends, with their weights, of those that stay
members()
{
	lb backend show web |
		awk 'NR > 1 && $7 != "leaving" { print $2 ":" $4 }' | sort |
		paste -sd ' '
}

case_list()
{
	setup
	expect "answer" "applied: 1 added, 0 changed, 1 removed (generation $(($(stat_of generation) + 1)))" \
		"$(list_of 4 2 3 | lb pool sync web -)"
	expect "members" "b2:5 b3:1 b4:1" "$(members)"
	expect "second time" "no change (generation $(stat_of generation))" \
		"$(list_of 2 3 4 | lb pool sync web -)"
	http_get cl1 "$VIP_URL"

	# An operator's word stays, the list's own counts
	lb backend set web b3 admin down
	list_of 2 3 >"$T_DIR/list.json"
	sed -i 's/"b2"/"b2", "weight": 2/' "$T_DIR/list.json"
	lb -j pool sync web "$T_DIR/list.json" | jq -e \
		'.added == 0 and .changed == 1 and .removed == 1 and
			.dry_run == false'
	expect "members" "b2:2 b3:1" "$(members)"
	expect "state" down "$(of_backend b3 state)"

	# Everything may go, and come back
	echo '[]' | lb pool sync web -
	expect "members" "" "$(members)"
	list_of 1 | lb pool sync web -
	http_get cl1 "$VIP_URL"
}

case_dry_run()
{
	local generation

	setup
	generation=$(stat_of generation)
	list_of 2 4 | lb pool sync web - dry-run >"$T_DIR/difference"
	cat "$T_DIR/difference"
	grep -q '^+ backend web b4 ' "$T_DIR/difference"
	grep -q '^- backend web b1' "$T_DIR/difference"
	grep -q '^- backend web b3' "$T_DIR/difference"
	grep -q '^dry run, nothing applied: 1 added, 0 changed, 2 removed' \
		"$T_DIR/difference"
	expect "generation" "$generation" "$(stat_of generation)"
}

case_refused()
{
	setup
	list_of 1 2 >"$T_DIR/list.json"
	expect_refusal 1 'lbctl: pool "wob": there is no such pool' \
		lb pool sync wob "$T_DIR/list.json"
	expect_refusal 2 'lbctl: pool "w/b": a name has letters, digits, . _ and -' \
		lb pool sync w/b "$T_DIR/list.json"
	expect_refusal 2 'lbctl: FILE is missing; see "lbctl pool sync help"' \
		lb pool sync web
	sed -i 's/"name": "b2"/"nome": "b2"/' "$T_DIR/list.json"
	expect_refusal 2 "lbctl: $T_DIR/list.json:3: [1]: unknown key \"nome\"" \
		lb pool sync web "$T_DIR/list.json"
	list_of 1 2 >"$T_DIR/list.json"
	lb nat add admin frontend web-ip protocol tcp port 2222 pool web \
		backend-port 22 backend b3
	expect_refusal 1 'lbctl: nat "admin": backend b3: pool "web" has no such backend' \
		lb pool sync web "$T_DIR/list.json"
	lb nat del admin
	# The pool is of the service's family
	cat >"$T_DIR/list.json" <<-END
		[{"name": "x",
		  "address": "$(other_family)"}]
	END
	expect_refusal 2 "lbctl: $T_DIR/list.json:2: backend \"x\": address $(other_family): IPv$((10 - FAMILY)), but frontend \"web-ip\" of service \"http\" is IPv$FAMILY" \
		lb pool sync web "$T_DIR/list.json"
	expect "members" "b1:1 b2:5 b3:1" "$(members)"
}

other_family()
{
	[ "$FAMILY" = 6 ] && echo 10.9.9.9 || echo 2001:db8::99
}

# Backends come and go, and one is always there
case_under_load()
{
	local i

	setup
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((10 * SLOW)) \
		"${@:1}" "$VIP_URL/"
	wait_for 10 is_served 8
	for ((i = 0; i < SYNCS; i++)); do
		list_of 1 2 3 4 | lb pool sync web - | grep -q '^applied'
		list_of $((1 + i % 3)) 4 | lb pool sync web - |
			grep -q '^applied'
	done
	end_load
	expect "dropped without backend" 0 "$(stat_of drop_no_backend)"
}

# A list of thousands of which one goes and one comes
case_big()
{
	setup
	big_doc 1 1 1 5000 | lb apply -
	lb -j backend show p0 | jq \
		'[.backends[] | {name, address}] | .[1:] +
			[{name: "late", address: .[0].address}]' \
		>"$T_DIR/list.json"
	lb pool sync p0 "$T_DIR/list.json" |
		grep '^applied: 1 added, 0 changed, 1 removed'
	expect "backends" 5000 "$(lb -j pool show p0 | jq '.pools[0].backends')"
}

topo_up 4
start_nginx b1 b2 b3 b4
both_families "a pool has the backends of a list, and keeps what it does not say" \
	case_list
both_families "a dry run shows the difference and changes nothing" case_dry_run
both_families "a refused list changes nothing" case_refused
both_families "under load of connections, no request fails" \
	case_under_load -H 'Connection: close'
both_families "under load of requests, no request fails" case_under_load
both_families "of 5,000 backends one goes and one comes" case_big
tap_done
