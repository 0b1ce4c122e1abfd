#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Big configurations: in one transaction, there and back, and traffic beside
# them.
# once: what is configured is so in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # it is about sizes

# The instrumented kernel is given a quarter
SIZES="600 1500 1 5000"
SIZES_MANY="2500 4000 50 4000"
MOST=20000
BIG="5,000 backends, 1,500 services, 600 frontends"
MANY="10,000 objects"
if [ "$SLOW" != 1 ]; then
	SIZES="150 375 1 1250"
	SIZES_MANY="600 1000 12 1000"
	MOST=
	BIG="1,250 backends, 375 services, 150 frontends (debug)"
	MANY="2,600 objects (debug)"
fi

# timed WHAT COMMAND...: says how long it took
timed()
{
	local start

	now_ms && start=$REPLY
	"${@:2}"
	now_ms
	echo "$1: $((REPLY - start)) ms" >&2
}

# apply WHAT FILE: in one transaction
apply()
{
	local before

	before=$(stat_of generation)
	timed "$1" lb apply "$T_DIR/$2"
	expect "generation" $((before + 1)) "$(stat_of generation)"
}

# n_in FILE: how many objects it has
n_in()
{
	grep -o '"name"' "$T_DIR/$1" | wc -l
}

n_objects()
{
	local word sum=0

	for word in frontends probes pools backends services; do
		sum=$((sum + $(stat_of "$word")))
	done
	echo "$sum"
}

case_there_and_back()
{
	lb flush
	# shellcheck disable=SC2086 # a list of numbers
	big_doc $1 >"$T_DIR/big.json"
	SCHEDULER=rr web_doc 1 2 3 4 >"$T_DIR/small.json"
	apply "apply $(n_in big.json) objects" big.json
	expect "objects" "$(n_in big.json)" "$(n_objects)"
	timed "export" lb export >"$T_DIR/export.json"
	expect "export" "$(n_in big.json)" "$(n_in export.json)"
	timed "apply the export" lb apply "$T_DIR/export.json" >"$T_DIR/again"
	expect "the export" "no change (generation $(stat_of generation))" \
		"$(cat "$T_DIR/again")"
	case_traffic
	apply "remove all but the service" small.json
	expect "objects" "$(n_in small.json)" "$(n_objects)"
	case_traffic
	timed "flush" lb flush
	expect "objects" 0 "$(n_objects)"
}

case_traffic()
{
	local i spread

	spread=$(http_spread cl1 "$VIP_URL" 24)
	for i in 1 2 3 4; do
		expect_between "answers of b$i" 1 20 \
			"$(spread_of "b$i" <<<"$spread")"
	done
}

# lbctl sends backends in the order of their names, so b9999 is the last
case_most()
{
	lb flush
	big_doc 0 0 1 $((MOST + 1)) >"$T_DIR/more.json"
	expect_refusal 1 "lbctl: $T_DIR/more.json:$(grep -n '"b9999"' \
		"$T_DIR/more.json" | cut -d: -f1): backend \"p0/b9999\": pool p0 has the allowed $MOST backends already" \
		lb apply "$T_DIR/more.json"
	big_doc 0 0 1 "$MOST" >"$T_DIR/most.json"
	apply "apply $MOST backends" most.json
	timed "flush" lb flush
}

topo_up 4
start_nginx b1 b2 b3 b4
both_families "$BIG" case_there_and_back "$SIZES"
both_families "$MANY" case_there_and_back "$SIZES_MANY"
[ -z "$MOST" ] ||
	both_families "a pool has no more than $MOST backends" case_most
tap_done
