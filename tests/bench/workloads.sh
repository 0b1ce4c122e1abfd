# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The workloads: work_NAME SUBJECT FAMILY writes lines "FIGURE VALUE SPREAD",
# or fails with the reason as its last line on stderr. Sourced after
# subjects.sh.
# shellcheck disable=SC2154 # TARGET and ports are set by where()

BACKENDS_FEW=16 BACKENDS_MANY=1000
MILLION=1000000
# The clients of one workload are not those of another
source=1

# run_meter WORKLOAD [KEYWORD VALUE]...: with PROFILE, profiles the row $ROW
run_meter()
{
	local maybe=()

	[ -z "${PROFILE-}" ] || maybe=(profiled "$ROW")
	source=$((source + 20))
	"${maybe[@]}" meter "$1" target "$TARGET" port "$PORT" \
		backend-port "$BACKEND_PORT" source $source "${@:2}"
}

work_established()
{
	run_meter oneway
}

work_large()
{
	run_meter oneway bytes 1400
}

work_roundtrip()
{
	run_meter roundtrip
}

work_first()
{
	run_meter first flows 20000 batch 1000
}

work_backends()
{
	work_first
}

work_many()
{
	run_meter many flows "$FLOWS" batch 5000 batches 9
}

# grows_by_most PERCENT FEW MANY: says so if not
grows_by_most()
{
	awk -v allowed="$1" -v first="$2" -v last="$3" 'BEGIN {
		growth = (last / first - 1) * 100
		if (growth <= allowed)
			exit
		printf "it grows by %.2f %%, allowed %d %%\n", growth,
			allowed >"/dev/stderr"
		exit 1
	}'
}

# A packet of one of a million flows costs what one of few costs.
work_million()
{
	local few many status=0

	read -r _ few _ < <(run_meter oneway)
	prepare_conntrack $MILLION
	run_meter many flows $MILLION batch 5000 batches 9 >"$T_DIR/million" ||
		status=1
	prepare_conntrack
	cat "$T_DIR/million"
	many=$(awk '$1 == "oneway" { print $2 }' "$T_DIR/million")
	[ $status = 0 ] && grows_by_most 3 "$few" "$many"
}

# Packets that are for the gateway to route, on one that balances others
work_other()
{
	run_meter oneway >/dev/null
	backend 0 "$2"
	TARGET=$REPLY
	PORT=8080
	run_meter oneway
}

work_connect()
{
	run_meter connect batch 80 batches 15
}

work_request()
{
	run_meter request flows 16 batch 480
}

work_bulk()
{
	run_meter bulk batch 2
}

# frontend NUMBER FAMILY: its address, in $REPLY
frontend()
{
	case $2 in
	4) REPLY=203.1.$(($1 / 250)).$(($1 % 250 + 1)) ;;
	6) printf -v REPLY '2001:db8:f1::%x' $(($1 + 1)) ;;
	esac
}

# place KIND NUMBER: the number of the frontend that this service is of, in $AT,
# and its ports, in $PORTS. Of each KIND there is another thing many of:
#	services	ports of one frontend
#	ranges		ranges of ports of one frontend
#	frontends	frontends, with a service each
place()
{
	case $1 in
	services) AT=0 PORTS=$(($2 + 1)) ;;
	ranges) AT=0 PORTS=$((6 * $2 + 1))-$((6 * $2 + 6)) ;;
	frontends) AT=$2 PORTS=80 ;;
	esac
}

# frontends_doc N FAMILY
frontends_doc()
{
	local i comma=

	for ((i = 0; i < $1; i++)); do
		frontend $i "$2"
		echo "$comma{\"name\":\"f$i\",\"address\":\"$REPLY\"}"
		comma=,
	done
}

# services_doc KIND N FAMILY SUBJECT: services 0 to N - 1
services_doc()
{
	local i AT PORTS comma='' words

	words=$(nflb_words "$4")
	place "$1" $(($2 - 1))
	echo "{\"frontends\":[$(frontends_doc $((AT + 1)) "$3")],"
	echo "\"pools\":[{\"name\":\"p\",\"backends\":[" \
		"$(nflb_backends "$3" $BACKENDS_FEW)]}],"
	echo '"services":['
	for ((i = 0; i < $2; i++)); do
		place "$1" $i
		echo "$comma{\"name\":\"s$i\",\"frontend\":\"f$AT\"," \
			"\"protocol\":\"udp\",\"port\":\"$PORTS\"," \
			"\"pool\":\"p\"$words}"
		comma=,
	done
	echo ']}'
}

# lookup SUBJECT FAMILY KIND N...: a flow of the last service costs as much for
# the last N as for the first.
lookup()
{
	local n value first='' AT PORTS

	for n in "${@:4}"; do
		services_doc "$3" "$n" "$2" "$1" | lb apply - >/dev/null
		place "$3" $((n - 1))
		frontend $AT "$2"
		TARGET=$REPLY PORT=${PORTS%-*}
		work_first >"$T_DIR/first" || return
		read -r _ value _ <"$T_DIR/first"
		echo "$3-$n $value 0"
		first=${first:-$value}
	done
	grows_by_most 2 "$first" "$value"
}

work_lookup()
{
	lookup "$1" "$2" services 1 100 10000 &&
		lookup "$1" "$2" ranges 1 10000 &&
		lookup "$1" "$2" frontends 1 10000
}

# milliseconds FIGURE COMMAND...: which COMMAND and what it calls keep the CPU
# busy; waiting does not count
milliseconds()
{
	local TIMEFORMAT='%3U %3S' figure=$1 times

	shift
	times=$({ time "$@" >"$T_DIR/stdout" 2>"$T_DIR/stderr"; } 2>&1) ||
		fail "$(cat "$T_DIR/stderr")"
	awk -v figure="$figure" '{ print figure, ($1 + $2) * 1000, 0 }' \
		<<<"$times"
}

# To load 5,000 backends in ten pools, and to change the weight of one
work_configure()
{
	"document_$1" >"$T_DIR/document"
	milliseconds load "load_$1" "$T_DIR/document"
	milliseconds change "change_$1"
}

# forget SUBJECT: the flows of a workload, which would else be timed out while
# the next one is measured
forget()
{
	case $1 in
	conntrack | nft | flowtable | nflb | express)
		in_ns gw conntrack -F
		# Costs nothing: the clock of an idle guest jumps.
		sleep 1
		;;
	esac
}

# is_alone WORKLOAD: does it need a network that no other has used
is_alone()
{
	case $1 in
	backends | many | million | lookup | configure) ;;
	*) return 1 ;;
	esac
}

# backends_of WORKLOAD: how many the subject balances over
backends_of()
{
	case $1 in
	backends) echo $BACKENDS_MANY ;;
	*) echo $BACKENDS_FEW ;;
	esac
}

# applies SUBJECT FAMILY WORKLOAD: is there such a row
applies()
{
	case $1:$3 in
	haproxy:connect | haproxy:request | haproxy:bulk) ;;
	nft:configure | ipvs:configure | ipvs-mh:configure | nflb:configure)
		[ "$2" = 4 ]
		;;
	*:configure) return 1 ;;
	haproxy:*) return 1 ;;
	nflb:lookup | express:lookup) ;;
	*:lookup) return 1 ;;
	# Only the first packet of a flow asks the scheduler.
	ipvs-mh:first | ipvs-mh:backends) ;;
	ipvs-mh:*) return 1 ;;
	routing:backends | conntrack:backends | ipvs-dr:backends) return 1 ;;
	# These take long, and have nothing to do with the family.
	nflb:million | express:million) [ "$2" = "${FAMILIES%% *}" ] ;;
	*:million) return 1 ;;
	*:many) [ "$2" = "${FAMILIES%% *}" ] ;;
	esac
}

# prepare_conntrack [FLOWS]: chains of conntrack's table are short: those over 50
# entries refuse new ones.
prepare_conntrack()
{
	local buckets=262144

	while [ $buckets -lt $((2 * ${1-${FLOWS-0}})) ]; do
		buckets=$((2 * buckets))
	done
	modprobe nf_conntrack
	sysctl -qw net.netfilter.nf_conntrack_buckets=$buckets
	sysctl -qw net.netfilter.nf_conntrack_max=$((2 * buckets))
}
