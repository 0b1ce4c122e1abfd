#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Whole configurations: applied under load without a failed request, shown and
# not applied by a dry run, applied whole or not at all, read whole.
# once: what is configured is so in every kernel
#
#   cl1 (wrk) --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

SWITCHES=6
READS=8

# The same service on other backends, with company
doc_a()
{
	web_doc 1 2 3
}

doc_b()
{
	MORE_POOLS='
	    {"name": "x1", "scheduler": "rr"},
	    {"name": "x2", "scheduler": "wlc"},
	    {"name": "x3", "scheduler": "lc"},' MORE_SERVICES='
	    {"name": "also", "frontend": "web-ip", "protocol": "udp",
	      "port": 53, "pool": "x1"},' web_doc 2:3 3 4:2
}

# A case begins with a configuration and no flows
setup()
{
	begin_anew
	doc_a | lb apply -
}

# line_of TEXT FILE: number of the line that has it
line_of()
{
	grep -n "$1" "$T_DIR/$2" | cut -d: -f1
}

case_under_load()
{
	local i

	setup
	doc_a >"$T_DIR/a.json"
	doc_b >"$T_DIR/b.json"
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((10 * SLOW)) \
		"${@:1}" "$VIP_URL/"
	wait_for 10 is_served 8
	for ((i = 0; i < SWITCHES; i++)); do
		lb apply "$T_DIR/b.json" | grep -q '^applied'
		lb apply "$T_DIR/a.json" | grep -q '^applied'
	done
	end_load
	echo "dropped as stale: $(stat_of drop_stale)"
	expect "dropped without backend" 0 "$(stat_of drop_no_backend)"
}

# doc_of_all ADDRESS: something of everything that there is
doc_of_all()
{
	cat <<-END
	{
	  "frontends": [{"name": "z", "address": "$VIP"},
	    {"name": "a", "address": "$1"}],
	  "probes": [{"name": "p1", "type": "http", "port": 81,
	      "path": "/ok?x=1", "interval_ms": 700, "timeout_ms": 300,
	      "rise": 3, "fall": 4, "initial": "up"},
	    {"name": "p2", "type": "tcp"}, {"name": "p3", "type": "https"}],
	  "pools": [{"name": "web", "backends": [
	      {"name": "b2", "address": "$(backend_addr 2)", "zone": 65535,
	        "weight": 65535, "admin": "up", "drain": true},
	      {"name": "b1", "address": "$(backend_addr 1)", "weight": 0,
	        "admin": "down"}]},
	    {"name": "empty", "scheduler": "rr", "slots": 251, "backends": [],
	      "seed": "0xffffffffffffffff"}],
	  "services": [{"name": "s1", "frontend": "z", "protocol": "tcp",
	      "port": "4000-4099", "pool": "web", "probe": "p1",
	      "backend_port": "6000-6099"},
	    {"name": "s2", "frontend": "z", "protocol": "udp", "port": "any",
	      "pool": "empty", "backend_port": 5353, "fastpath": false},
	    {"name": "s3", "frontend": "z", "protocol": "sctp", "port": 99,
	      "pool": "web", "probe": "p2"},
	    {"name": "s4", "frontend": "a", "protocol": "any",
	      "pool": "web"}]
	}
	END
}

case_export()
{
	local lone=192.0.2.77

	[ "$FAMILY" = 4 ] || lone=2001:db8::77
	setup
	doc_of_all "$lone" >"$T_DIR/all.json"
	lb apply "$T_DIR/all.json"
	expect "second time" "no change (generation $(stat_of generation))" \
		"$(lb apply "$T_DIR/all.json")"
	lb export >"$T_DIR/export.json"
	grep -q '"initial": "up"' "$T_DIR/export.json"
	expect "services without the fast path" 1 \
		"$(grep -c '"fastpath": false' "$T_DIR/export.json")"
	expect "export" "no change (generation $(stat_of generation))" \
		"$(lb apply - <"$T_DIR/export.json")"
	lb diff "$T_DIR/export.json"

	# Into a gateway that has nothing
	lb flush
	lb apply "$T_DIR/export.json"
	lb export | cmp - "$T_DIR/export.json"
}

# What an import makes of each document of Azure, as its unit test wants it
case_imported()
{
	local want

	for want in "$NFLB_TOP"/tests/ctl/azure/*.want.json; do
		echo "${want##*/}"
		jq -e .document "$want" >"$T_DIR/imported.json"
		lb flush
		lb apply "$T_DIR/imported.json"
		lb diff "$T_DIR/imported.json"
		expect "second time" "no change (generation $(stat_of generation))" \
			"$(lb apply "$T_DIR/imported.json")"
	done
	lb flush
}

case_dry_run()
{
	local generation

	setup
	lb export >"$T_DIR/before.json"
	generation=$(stat_of generation)
	doc_b | lb apply - dry-run >"$T_DIR/difference"
	cat "$T_DIR/difference"
	grep -q '^+ backend web b4 ' "$T_DIR/difference"
	grep -q '^- backend web b1' "$T_DIR/difference"
	grep -q 'backend web b2 .*weight' "$T_DIR/difference"
	grep -q '^+ service also ' "$T_DIR/difference"
	grep -q '^dry run, nothing applied: 5 added, 1 changed, 1 removed' \
		"$T_DIR/difference"
	expect "generation" "$generation" "$(stat_of generation)"
	doc_b >"$T_DIR/b.json"
	lb apply "$T_DIR/b.json" --dry-run | cmp - "$T_DIR/difference"
	expect "generation" "$generation" "$(stat_of generation)"
	lb export | cmp - "$T_DIR/before.json"

	# The kernel is asked, too
	doc_b | sed 's/"scheduler": "lc"/"scheduler": "magic"/' >"$T_DIR/b.json"
	expect_refusal 1 "lbctl: $T_DIR/b.json:$(line_of '"x3"' b.json): pool \"x3\": scheduler magic: there are maglev rr wrr lc wlc random p2c" \
		lb apply "$T_DIR/b.json" dry-run

	# Also about what only all of it together shows
	cat >"$T_DIR/hashed.json" <<-END
	{ "frontends": [{ "name": "f", "address": "$VIP" }],
	  "pools": [{ "name": "turns", "scheduler": "rr" }],
	  "services": [{ "name": "s", "frontend": "f", "protocol": "udp",
	    "port": 53, "pool": "turns", "udp_mode": "hashed" }] }
	END
	expect_refusal 1 "lbctl: service s is hashed: pool turns needs maglev, not rr" \
		lb apply "$T_DIR/hashed.json" dry-run
	expect_refusal 1 "lbctl: service s is hashed: pool turns needs maglev, not rr" \
		lb apply "$T_DIR/hashed.json"
}

# A bad service after a thousand good objects: two ranges that overlap
case_refused()
{
	setup
	lb export >"$T_DIR/before.json"
	big_doc 100 600 10 300 '
		{"name": "y", "frontend": "f0", "protocol": "udp", "port": "70-79",
		 "pool": "p0"},
		{"name": "z", "frontend": "f0", "protocol": "udp", "port": "75-90",
		 "pool": "p0"}' >"$T_DIR/big.json"
	expect_refusal 1 "lbctl: $T_DIR/big.json:$(line_of '"z"' big.json): service \"z\": service y has some of these ports already" \
		lb apply "$T_DIR/big.json"
	lb export | cmp - "$T_DIR/before.json"
	http_get cl1 "$VIP_URL"
}

# The changes of a process that is killed before it commits
case_killed()
{
	local generation i

	setup
	lb export >"$T_DIR/before.json"
	generation=$(stat_of generation)
	genl_start gw
	genl_expect 0 one txn-begin "generation#$generation"
	for i in {1..50}; do
		genl_expect 0 one frontend-new "name=f$i" "address@10.9.9.$i"
	done
	genl_expect 0 one service-del name=http
	genl_expect 0 one flush
	genl_ask one die || true
	expect "generation" "$generation" "$(stat_of generation)"
	lb export | cmp - "$T_DIR/before.json"
	http_get cl1 "$VIP_URL"

	# So does a socket that is closed, and one that is not is no obstacle
	genl_start gw
	genl_expect 0 one txn-begin
	genl_expect 0 one flush
	genl_expect 0 two txn-begin
	genl_expect 0 two pool-new name=other
	genl_expect 0 one close
	# The next socket has the number that this one had
	genl_expect 0 three txn-begin
	expect "generation" "$generation" "$(stat_of generation)"
	lb frontend add another 10.9.9.9
	expect "generation" $((generation + 1)) "$(stat_of generation)"
}

case_conflict()
{
	local generation

	setup
	generation=$(stat_of generation)
	genl_start gw
	genl_expect 0 one txn-begin
	genl_expect 0 two txn-begin "generation#$generation"
	genl_expect 0 two pool-new name=of-two
	genl_expect 0 one pool-new name=of-one
	genl_expect "0 1#$((generation + 1)) 2#1" one txn-commit
	genl_expect "EAGAIN - the configuration is now generation $((generation + 1)), not $generation" \
		two txn-commit
	# The refused commit ended it
	genl_expect "ENOENT - this socket has no transaction" \
		two txn-commit
	genl_expect "EAGAIN generation the configuration is now generation $((generation + 1)), not $generation" \
		two txn-begin "generation#$generation"
	expect "generation" $((generation + 1)) "$(stat_of generation)"
	lb pool show of-one
	expect_refusal 1 "lbctl: there is no pool of-two" lb pool show of-two
}

# keep_changing: between two documents, until there is a file "enough"
keep_changing()
{
	local i

	for ((i = 0; i < 1000; i++)); do
		[ ! -e "$T_DIR/enough" ] || break
		lb apply "$T_DIR/b.json"
		lb apply "$T_DIR/a.json"
	done
}

# read_while_changing COMMAND...: says the one or the other, each time
read_while_changing()
{
	local i generation pid

	for i in b a; do
		lb apply "$T_DIR/$i.json"
		"$@" >"$T_DIR/$i.read"
	done
	rm -f "$T_DIR/enough"
	generation=$(stat_of generation)
	keep_changing >"$T_DIR/changes" 2>&1 &
	pid=$!
	for ((i = 0; i < READS; i++)); do
		"$@" >"$T_DIR/read"
		cmp -s "$T_DIR/read" "$T_DIR/a.read" ||
			diff "$T_DIR/b.read" "$T_DIR/read"
	done
	touch "$T_DIR/enough"
	wait $pid
	expect "refusals" 0 "$(grep -cv '^applied' "$T_DIR/changes")"
	# An odd change leaves the other document
	expect_between "changes meanwhile" 2 2000 \
		$(($(stat_of generation) - generation))
}

# show_all: but for the number that each change makes another, and the order
show_all()
{
	lb show | sed 's/generation [0-9]*//' | sort
}

# Each has many parts, and names of the other's with other values
case_read_whole()
{
	setup
	big_doc 90 120 3 90 >"$T_DIR/a.json"
	big_doc 60 150 2 120 >"$T_DIR/b.json"
	read_while_changing lb export
	read_while_changing lb service show
	read_while_changing lb -j pool show
	read_while_changing lb zone show
	# Of small ones changes come the faster.
	doc_a >"$T_DIR/a.json"
	doc_b >"$T_DIR/b.json"
	read_while_changing show_all
}

# A dump that a change comes into says so
case_interrupted()
{
	local first

	setup
	big_doc 2000 0 1 1 >"$T_DIR/big.json"
	lb apply "$T_DIR/big.json"
	genl_start gw
	genl_ask one dump frontend-get
	[[ $REPLY =~ ^0\ ([0-9]+)$ ]] || fail "first part: $REPLY"
	first=${BASH_REMATCH[1]}
	genl_expect "0 $((2001 - first))" one rest
	genl_expect "0 $first" one dump frontend-get
	lb frontend set f0 10.9.9.9
	genl_expect "0 $((2001 - first)) interrupted" one rest
	genl_expect "0 $first" one dump frontend-get
	lb pool add another
	genl_expect "0 $((2001 - first)) interrupted" one rest
}

topo_up 4
start_nginx b1 b2 b3 b4
both_families "applied under load of connections, no request fails" \
	case_under_load -H 'Connection: close'
both_families "applied under load of requests, no request fails" \
	case_under_load
both_families "what is exported is what there is" case_export
both_families "a dry run shows the difference and changes nothing" case_dry_run
both_families "a refused document changes nothing" case_refused
both_families "what is read while it changes is whole" case_read_whole
both_families "a dump that is no whole says so" case_interrupted
both_families "a client that dies leaves nothing behind" case_killed
both_families "of two transactions the second is refused" case_conflict
tap_run "what an import makes of Azure's documents is taken as it is" \
	case_imported
tap_done
