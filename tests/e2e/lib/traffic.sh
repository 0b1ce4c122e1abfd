# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many flows at little cost: the program of src/, which is server and client
# for TCP, UDP and SCTP, and configurations of many objects in one document.
# Sourced by the scenarios that want it, after lib.sh.

# serve SPACE... -- PROTOCOL/PORT[-LAST]...: servers on all addresses that these
# namespaces have by now
serve()
{
	start_bg gw server traffic serve "$@"
	wait_for 20 grep -q listening "$T_DIR/server.log"
}

# ask NAMESPACE PROTOCOL PORT [KEYWORD VALUE]...: at $VIP; a line
# "BACKEND CLIENT CLIENT-PORT PORT" for each flow, or "error ERRNO", which is
# an answer, too; ends after five of them
ask()
{
	in_ns "$1" traffic ask "$2" "$VIP" "$3" \
		timeout $((5000 * SLOW)) "${@:4}" || true
}

# shares: of answers on stdin, the numbers from b1 b2 b3 b4
shares()
{
	awk '	{ n[$1]++ }
		END {
			printf "%d %d %d %d", n["b1"], n["b2"], n["b3"], n["b4"]
			if (n["error"])
				printf " and %d errors", n["error"]
			print ""
		}'
}

# expect_shares_between WHAT LOW HIGH B1 B2 B3 B4
expect_shares_between()
{
	local share

	[ $# = 7 ] || fail "$1: ${*:4}"
	for share in "${@:4}"; do
		expect_between "$1 (${*:4})" "$2" "$3" "$share"
	done
}

# hold NAME NAMESPACE PROTOCOL PORT [KEYWORD VALUE]...: flows that stay open
# until release NAME; what the servers said is in NAME.log
hold()
{
	start_bg "$2" "$1" traffic ask "$3" "$VIP" "$4" \
		timeout $((5000 * SLOW)) "${@:5}" hold on
	wait_for 20 grep -q holding "$T_DIR/$1.log"
	sed -i /holding/d "$T_DIR/$1.log"
}

release()
{
	stop_bg "$1"
}

# add_backends WORD...: to $doc, as in configure
add_backends()
{
	local word name address comma='' weight

	for word in "$@"; do
		weight=1
		case $word in
		*=*) name=${word%%=*} address=${word#*=} ;;
		*:*) weight=${word#*:} ;;&
		*) name=b${word%:*} address=$(backend_addr "${word%:*}") ;;
		esac
		doc+="$comma{\"name\": \"$name\", \"address\": \"$address\","
		doc+=" \"weight\": $weight}"
		comma=,
	done
}

# add_objects KIND: the lines of that kind in $lines, to $doc
add_objects()
{
	local kind name words comma=

	doc+="\"${1}s\": ["
	while read -r kind name words; do
		[ "$kind" != family ] || use_family "$name"
		[ "$kind" = "$1" ] || continue
		doc+="$comma{\"name\": \"$name\", "
		# shellcheck disable=SC2086 # a list of words
		"add_$kind" $words
		doc+="}"
		comma=$',\n'
	done <<<"$lines"
	doc+="]"
}

add_frontend()
{
	doc+="\"address\": \"$1\""
}

add_pool()
{
	doc+="\"scheduler\": \"$1\", \"backends\": ["
	add_backends "${@:2}"
	doc+="]"
}

add_service()
{
	doc+="\"frontend\": \"$1\", \"protocol\": \"$2\", \"pool\": \"$4\""
	[ "$2" = any ] || doc+=", \"port\": \"$3\""
	[ $# -lt 5 ] || doc+=", \"backend_port\": \"$5\""
}

# configure: the lines on stdin become the whole configuration
#	frontend NAME ADDRESS
#	pool NAME SCHEDULER BACKEND...
#	service NAME FRONTEND PROTOCOL PORT POOL [BACKEND-PORT]
#	family 4|6		that the backends after it are of
# BACKEND is NUMBER[:WEIGHT] or NAME=ADDRESS.
configure()
{
	local lines doc="{" FAMILY=${FAMILY-}

	lines=$(cat)
	add_objects frontend
	doc+=$',\n'
	add_objects pool
	doc+=$',\n'
	add_objects service
	lb apply - <<<"$doc}"
}

# configure_both COMMAND...: with what COMMAND writes for each family
configure_both()
{
	local family

	for family in 4 6; do
		use_family $family
		echo "family $family"
		"$@"
	done | configure
}

# total COUNTER: of the whole gateway
total()
{
	in_ns gw awk -v word="$1" '
		$1 == word { print $2; found = 1 }
		END { exit !found }' /proc/net/nflb/stats
}

# of_service NAME COUNTER: a column of /proc/net/nflb/services
of_service()
{
	in_ns gw awk -v name="$1" -v column="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i }
		$1 == name && at[column] { print $(at[column]); found = 1 }
		END { exit !found }' /proc/net/nflb/services
}

# is_of_service NAME COUNTER VALUE
is_of_service()
{
	[ "$(of_service "$1" "$2")" = "$3" ]
}

# A flow of UDP that goes on: cl1's, from one port

CLIENT_PORT=45000

# peer [PORT]: who answers its datagrams
peer()
{
	ask cl1 udp "${1-82}" from "$CLIENT_PORT" | awk '{ print $1 }'
}

# has_left BACKEND
has_left()
{
	local now

	now=$(peer)
	[ -n "$now" ] && [ "$now" != "$1" ]
}
