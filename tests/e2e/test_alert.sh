#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What an operator has to know the kernel tells when it begins and when it ends,
# to all who listen: monitor, and an agent, which has it as a metric, too. When
# it is told again is for tests/kunit/test_alert.c.
# once: the rules are the same in every kernel
#
#   cl1 --- gw (nflb, lbctl monitor) --- sw --- b1 b2 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"
WAY=fast # no flow is established

# setup: service http of b1 and b2, which probe p gates
setup()
{
	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' apply_web 1 2
	lb service set http probe p all-down reject
}

# has_said NAME LINE
has_said()
{
	grep -qx "alert: $2" "$T_DIR/$1.log" ||
		{ cat "$T_DIR/$1.log"; false; }
}

case_healthy()
{
	setup
	report down b1 b2
	start_bg gw monitor lbctl monitor
	wait_for 10 has_said monitor \
		"NoHealthyBackends service http begins, critical"
	expect "healthy" 0 "$(lb -j service show http | jq .services[0].healthy)"
	report up b2
	wait_for 10 has_said monitor \
		"NoHealthyBackends service http ends, critical"
	expect "healthy" 1 "$(lb -j service show http | jq .services[0].healthy)"
	: >"$T_DIR/monitor.log"
	# What the administrator does counts as well
	lb backend drain web b2
	wait_for 10 has_said monitor \
		"NoHealthyBackends service http begins, critical"
	lb service del http
	wait_for 10 has_said monitor \
		"NoHealthyBackends service http ends, critical"
	stop_bg monitor
}

# n_said NAME: how often it has said that there is no healthy backend
n_said()
{
	grep -c "alert: NoHealthyBackends service http begins" "$T_DIR/$1.log"
}

# It is found out once for all who listen, and for those who come later
case_together()
{
	local name

	setup
	follow one
	follow two
	report down b1 b2
	for name in one two; do
		wait_for 10 has_said $name \
			"NoHealthyBackends service http begins, critical"
	done
	start_bg gw late lbctl monitor
	wait_for 10 has_said late \
		"NoHealthyBackends service http begins, critical"
	report up b1
	for name in one two late; do
		wait_for 10 has_said $name \
			"NoHealthyBackends service http ends, critical"
		expect "begins, says $name" 1 "$(n_said $name)"
		stop_bg $name
	done
}

# stamp: monitor, with the time before each line
stamp()
{
	# shellcheck disable=SC2016 # expands in there
	start_bg gw stamped bash -c 'while read -r line; do
			echo "$((${EPOCHREALTIME/[.,]/} / 1000)) $line"
		done < <(exec lbctl monitor)'
	wait_for 10 is_following stamped
}

# time_of LINE: when it came, in milliseconds
time_of()
{
	sed -n "s/^\([0-9]*\) $1\$/\1/p" "$T_DIR/stamped.log"
}

# From the word of the probe that takes the last backend away
case_soon()
{
	setup
	stamp
	report down b1 b2
	wait_for 10 grep -q "NoHealthyBackends service http begins" \
		"$T_DIR/stamped.log"
	expect_between "milliseconds" 0 $((100 * SLOW)) $((
		$(time_of "alert: NoHealthyBackends service http begins, critical") -
		$(time_of "health: backend web b2 probe p down")))
	stop_bg stamped
}

# What its probe has not had the time to say is no reason to worry
case_new()
{
	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp"}' apply_web 1 2
	start_bg gw monitor lbctl monitor
	lb service add new frontend web-ip protocol tcp port 81 pool web probe p
	lb pool add empty
	lb service add lone frontend web-ip protocol tcp port 82 pool empty
	wait_for 10 has_said monitor \
		"NoHealthyBackends service lone begins, critical"
	report down b1
	lb service del lone
	wait_for 10 has_said monitor \
		"NoHealthyBackends service lone ends, critical"
	expect "healthy" 0 "$(lb -j service show new | jq .services[0].healthy)"
	grep "service new begins" "$T_DIR/monitor.log" && fail "too early"
	report down b2
	wait_for 10 has_said monitor \
		"NoHealthyBackends service new begins, critical"
	stop_bg monitor
}

# Five are refused; then the client gives up
case_flows()
{
	setup
	report down b1 b2
	start_bg gw monitor lbctl monitor
	wait_for 10 has_said monitor \
		"NoHealthyBackends service http begins, critical"
	ask cl1 tcp 80 flows 5
	wait_for 20 has_said monitor \
		"DataPathAvailabilityCritical service http begins, critical: 5 of 5 new flows were lost"
	has_said monitor \
		"DataPathAvailabilityWarning service http begins, warning: 5 of 5 new flows were lost"
	lb service del http
	wait_for 10 has_said monitor \
		"DataPathAvailabilityCritical service http ends, critical: 0 of 0 new flows were lost"
	stop_bg monitor
}

# json_of ALERT: the values of its last line that are no constants
json_of()
{
	grep "\"$1\"" "$T_DIR/json.log" | tail -n 1 |
		jq -c '[.event, .severity, .service, .active, .again]'
}

case_json()
{
	setup
	report down b1 b2
	start_bg gw json lbctl -j monitor
	wait_for 10 grep -q NoHealthyBackends "$T_DIR/json.log"
	expect "begin" '["alert","critical","http",true,false]' \
		"$(json_of NoHealthyBackends)"
	report up b1
	wait_for 10 grep -q '"active": false' "$T_DIR/json.log"
	expect "end" '["alert","critical","http",false,false]' \
		"$(json_of NoHealthyBackends)"
	stop_bg json
}

# conntrack_max [NUMBER]: of all network namespaces
conntrack_max()
{
	if [ $# = 0 ]; then
		cat /proc/sys/net/netfilter/nf_conntrack_max
	else
		echo "$1" >/proc/sys/net/netfilter/nf_conntrack_max
	fi
}

case_table()
{
	local max used

	setup
	max=$(conntrack_max)
	lb service add udp frontend web-ip protocol udp port 82 pool web
	ask cl1 udp 82 flows 40
	used=$(in_ns gw cat /proc/sys/net/netfilter/nf_conntrack_count)
	expect_between "entries" 40 100 "$used"
	start_bg cl1 monitor lbctl -n gw monitor
	conntrack_max $((used * 100 / 85))
	wait_for 20 grep "alert: HighConntrackUsage begins, warning: [0-9]* of $((used * 100 / 85)) entries are in use" \
		"$T_DIR/monitor.log"
	conntrack_max "$max"
	wait_for 20 grep "alert: HighConntrackUsage ends, warning: [0-9]* of $max entries" \
		"$T_DIR/monitor.log"
	stop_bg monitor
}

# metric NAME: of the agent, now
metric()
{
	in_ns gw curl -sS -f http://127.0.0.1:9180/metrics |
		awk -v name="$1" '$1 == name { print $2 }'
}

is_metric()
{
	[ "$(metric "$1")" = "$2" ]
}

case_agent()
{
	local alert='nflb_alert_active{alert="NoHealthyBackends",severity="critical",service="free"}'

	setup
	lb service add free frontend web-ip protocol udp port 82 pool web
	start_bg gw agent lbctl agent metrics 127.0.0.1:9180
	wait_for 10 is_metric "$alert" 0
	lb backend set web b1 weight 0
	lb backend set web b2 weight 0
	wait_for 10 is_metric "$alert" 1
	expect "healthy" 0 \
		"$(metric 'nflb_service_healthy_backends{frontend="web-ip",service="free"}')"
	expect "conntrack" 0 \
		"$(metric 'nflb_alert_active{alert="HighConntrackUsage",severity="warning"}')"
	wait_for 10 has_said agent \
		"NoHealthyBackends service free begins, critical"
	stop_bg agent
}

topo_up 2
serve b1 b2 -- udp/82
both_families "no healthy backend" case_healthy
use_family 4
tap_run "all who listen are told once" case_together
tap_run "at once" case_soon
tap_run "a new service is not without healthy backends" case_new
tap_run "new flows that are lost" case_flows
tap_run "as JSON" case_json
tap_run "conntrack's table is near full" case_table
tap_run "an agent tells, and has metrics" case_agent
tap_done
