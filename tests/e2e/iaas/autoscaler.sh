# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A small autoscaler: it reads from the agent's metrics how many new flows there
# are in a second, and tells nflb by `lbctl pool sync` which instances there are
# to be: as many as make it $EACH flows for each. More come at once; one goes
# when there have been too many $PATIENCE times.

INSTANCES_MIN=2
INSTANCES_MAX=6
EACH=2
PATIENCE=3
METRICS=127.0.0.1:9180

# flows: how many new flows the web services have had
flows()
{
	in_ns gw curl -s -m 5 "http://$METRICS/metrics" | awk '
		/^nflb_service_new_flows_total.*service="http6?"/ { n += $2 }
		END { printf "%d\n", n }'
}

# n_healthy N: how many of the first N instances, by IPv4, into $REPLY
n_healthy()
{
	local i n=0

	for ((i = 1; i <= $1; i++)); do
		! are current up "web-b$i" || n=$((n + 1))
	done
	REPLY=$n
}

# members FAMILY N: the list of the first N instances
members()
{
	local i comma=

	printf '['
	for ((i = 1; i <= $2; i++)); do
		printf '%s{"name": "b%s", "address": "%s", "zone": %s}' \
			"$comma" "$i" "$(backend_addr "$i" "$1")" \
			"$(zone_of "$i")"
		comma=,
	done
	printf ']\n'
}

# tell_members N: nflb
tell_members()
{
	members 4 "$1" | lb pool sync web -
	members 6 "$1" | lb pool sync web6 -
	echo "$1" >"$T_DIR/members"
}

# is_left NUMBER: has the instance no flows any more
is_left()
{
	! lb backend show | awk -v name="b$1" '$2 == name { found = 1 }
		END { exit !found }'
}

# boot FIRST LAST: these instances at the same time
boot()
{
	local i pids=()

	for ((i = $1; i <= $2; i++)); do
		instance_boot "$i" &
		pids+=($!)
	done
	[ ${#pids[@]} = 0 ] || wait "${pids[@]}"
}

# scale_to N: from $has
scale_to()
{
	local i

	happened "the autoscaler goes from $has to $1 instances"
	boot $((has + 1)) "$1"
	tell_members "$1"
	for ((i = has; i > $1; i--)); do
		wait_for $FOREVER slowly is_left "$i"
		instance_halt "$i"
		health_forget "$i"
	done
	has=$1
}

# wanted_for RATE: how many instances, by ten times the flows of a second
wanted_for()
{
	local n=$((($1 + 10 * EACH - 1) / (10 * EACH)))

	[ $n -ge $INSTANCES_MIN ] || n=$INSTANCES_MIN
	[ $n -le $INSTANCES_MAX ] || n=$INSTANCES_MAX
	echo $n
}

# decide RATE: grow at once, shrink one by one and late, and not while an operator
# has the file "held" there
decide()
{
	local want

	want=$(wanted_for "$1")
	if [ "$want" -gt "$has" ]; then
		scale_to "$want"
	elif [ "$want" = "$has" ] || [ -e "$T_DIR/held" ]; then
		patience=$PATIENCE
	elif ((--patience == 0)); then
		scale_to $((has - 1))
		patience=1
	fi
}

# measure: ten times the new flows of a second since it was last asked, into
# $REPLY; $before and $since are its own
measure()
{
	local now

	now=$(flows)
	now_ms
	set -- "$REPLY" $(((now - before) * 10000 / (REPLY - since)))
	before=$now since=$1
	REPLY=$2
}

# autoscaler: for ever
autoscaler()
{
	local has=0 patience=$PATIENCE before=0 since=0 rate

	scale_to $INSTANCES_MIN
	measure
	while pause 2; do
		measure && rate=$REPLY
		n_healthy $has
		echo "$since $has $REPLY" >>"$T_DIR/gauge"
		decide "$rate"
	done
}
