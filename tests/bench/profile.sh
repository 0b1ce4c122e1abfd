# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Where instructions go. The guest's clock counts them, so that samples taken
# by the clock are a profile by instructions. Sourced before workloads.sh.
# shellcheck disable=SC2154 # NFLB_RUN is from the guest

# Not in step with packets, which all take as many
PROFILE_PERIOD=17389
PROFILE_LINES=60

# profiled NAME COMMAND...: COMMAND's output, and the functions in which it
# spends its instructions as $NFLB_RUN/profile.NAME
profiled()
{
	local data=$T_DIR/perf.data name=$1

	shift
	# Samples take time, of which the kernel would not allow that much.
	sysctl -qw kernel.perf_cpu_time_max_percent=0
	perf record -q -o "$data" -e cpu-clock -c $PROFILE_PERIOD -- "$@" ||
		return
	perf report -i "$data" --stdio -q --no-children -F overhead,sym \
		--percent-limit 0.3 2>/dev/null |
		awk -v lines=$PROFILE_LINES '
			/%/ && n++ < lines { sub(/^ +/, ""); print }' \
		>"$NFLB_RUN/profile.$name"
}
