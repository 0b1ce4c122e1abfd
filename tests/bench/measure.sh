#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# measure.sh WORKLOAD... - the guest's side of `make bench`: measures these with
# each subject of $SUBJECTS, for each family of $FAMILIES, and writes lines
#
#	SUBJECT FAMILY WORKLOAD FIGURE VALUE SPREAD
#
# with tabs between to the file $FIGURES of $NFLB_RUN. A row that could not be
# measured is "error WHY" from FIGURE on, and makes the exit status 1.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$(dirname "$0")/topo.sh"
. "$(dirname "$0")/subjects.sh"
. "$(dirname "$0")/configure.sh"
. "$(dirname "$0")/profile.sh"
. "$(dirname "$0")/workloads.sh"

status=0

# note SUBJECT FAMILY WORKLOAD: what the workload says on stdin
note()
{
	local figure value spread

	while read -r figure value spread; do
		printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$1" "$2" "$3" \
			"$figure" "$value" "$spread"
	done | tee -a "$NFLB_RUN/$FIGURES"
}

# measure SUBJECT FAMILY WORKLOAD
measure()
{
	where "$1" "$2"
	ROW=$3.IPv$2.$1
	if ! "work_$3" "$1" "$2" >"$T_DIR/out" 2>"$T_DIR/err"; then
		echo "error $(tail -n 1 "$T_DIR/err")" >"$T_DIR/out"
		status=1
	fi
	note "$1" "$2" "$3" <"$T_DIR/out"
	forget "$1" 2>/dev/null
}

# measure_all SUBJECT WORKLOAD...: in one network
measure_all()
{
	local subject=$1 family workload backends

	shift
	backends=$(backends_of "$1")
	bench_up "$backends"
	"setup_$subject" "$backends"
	sleep 3
	for family in $FAMILIES; do
		for workload in "$@"; do
			applies "$subject" "$family" "$workload" &&
				measure "$subject" "$family" "$workload"
		done
	done
	stop_all
	wait
	topo_down
} 2>/dev/null

# measure_subject SUBJECT WORKLOAD...: those that it has, in as many networks
# as they need
measure_subject()
{
	local workload shared=()

	for workload in "${@:2}"; do
		applies "$1" "${FAMILIES%% *}" "$workload" || continue
		if is_alone "$workload"; then
			measure_all "$1" "$workload"
		else
			shared+=("$workload")
		fi
	done
	[ ${#shared[@]} = 0 ] || measure_all "$1" "${shared[@]}"
}

prepare_conntrack
grow_neighbour_tables
for subject in $SUBJECTS; do
	measure_subject "$subject" "$@"
done
exit $status
