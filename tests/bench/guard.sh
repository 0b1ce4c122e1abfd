#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Guards what nflb costs: its figures against those of guard.<kernel>, of which
# they may be 5 % above. A scenario for a guest that counts instructions (boot.sh
# --icount). Its own figures are left in $NFLB_RUN/guard, which `make bench
# T=guard` copies to build/bench/guard.<kernel>, to be recorded here. First
# packets are measured after established ones, in a network where the flows of
# these still are and the devices have the ingress hook: 3 % above what `make
# bench T=first` has, where they come first.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$(dirname "$0")/topo.sh"
. "$(dirname "$0")/subjects.sh"
. "$(dirname "$0")/workloads.sh"

ALLOWED_PCT=5
FAMILIES=4
recorded=$(dirname "$0")/guard.$NFLB_K

# figures SUBJECT: lines "WORKLOAD INSTRUCTIONS", sorted. On a busy machine the
# guest has more interrupts, which can only add, so of two figures the lesser
# counts where a flow can be measured twice.
figures()
{
	local workload value

	bench_up $BACKENDS_FEW
	"setup_$1" $BACKENDS_FEW
	sleep 3
	where "$1" 4
	for workload in established established first; do
		read -r _ value _ < <("work_$workload")
		echo "$workload ${value:-nothing}"
	done | sort -k 1,1 -k 2,2n | sort -s -u -k 1,1
	topo_down
}

# above_floor: those of nflb, less those of the floor
above_floor()
{
	figures floor >"$T_DIR/floor"
	figures nflb >"$T_DIR/nflb"
	{
		echo "# SPDX-License-Identifier: GPL-2.0-only"
		join "$T_DIR/nflb" "$T_DIR/floor" |
			awk '{ printf "%s %.0f\n", $1, $2 - $3 }'
	} >"$NFLB_RUN/guard"
}

# figure_of WORKLOAD FILE
figure_of()
{
	awk -v workload="$1" '$1 == workload { print $2 }' "$2"
}

case_cost()
{
	local got wanted

	[ -n "${NFLB_ICOUNT-}" ] ||
		skip "only for guests that count instructions"
	got=$(figure_of "$1" "$NFLB_RUN/guard")
	wanted=$(figure_of "$1" "$recorded")
	expect_between "instructions above the floor" \
		1 $((wanted + wanted * ALLOWED_PCT / 100)) "$got"
	echo "$got instructions above the floor, recorded are $wanted"
}

if [ -n "${NFLB_ICOUNT-}" ]; then
	prepare_conntrack
	grow_neighbour_tables
	above_floor
fi
tap_run "an established packet costs no more" case_cost established
tap_run "the first packet of a flow costs no more" case_cost first
tap_done
