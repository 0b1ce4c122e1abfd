#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which backends may serve: what probes say, what the administrator says, and
# what counts until a probe has said anything. lbctl health stands for the
# prober.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx, talkers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

REQUESTS=12

# probed SERVICE PORT PROBE: a service as JSON
probed()
{
	printf '{"name": "%s", "frontend": "web-ip", "protocol": "tcp",
		"port": %s, "pool": "web", "probe": "%s",
		"backend_port": %s}' "$1" "$2" "$3" "${4-8080}"
}

# setup INITIAL: services up to port 82 that probe p1 gates, and p2, and none;
# and one for conversations
setup()
{
	begin_anew
	MORE_PROBES="{\"name\": \"p1\", \"type\": \"http\", \"initial\": \"$1\"},
		{\"name\": \"p2\", \"type\": \"tcp\", \"initial\": \"$1\"}" \
		MORE_SERVICES="$(probed one 81 p1), $(probed two 82 p2),
			$(probed talk 9000 p1 9000)," \
		SCHEDULER=rr apply_web 1 2 3
}

# report BACKEND PROBE STATE
report()
{
	lb health set web "$@"
}

# nobody_answers PORT: as there is no backend, and for no other reason
nobody_answers()
{
	local before

	before=$(stat_of drop_no_backend)
	! http_get cl1 "$VIP_URL:$1" --max-time "$SLOW" || fail "an answer"
	[ "$(stat_of drop_no_backend)" -gt "$before" ]
}

case_initial_down()
{
	setup down
	expect "service without a probe" "b1 b2 b3" "$(who 80)"
	nobody_answers 81
	[ "$(counter_of one drop_no_backend)" -gt 0 ]
	expect "dropped of others" 0 "$(counter_of two drop_no_backend)"
	expect "flows" 0 "$(counter_of one new_flows)"
	expect "health" p1=unknown,p2=unknown "$(of_backend b2 health)"
	report b2 p1 up
	expect "service of the probe" b2 "$(who 81)"
	expect "health" p1=up,p2=unknown "$(of_backend b2 health)"
	nobody_answers 82
	report b2 p1 unknown
	nobody_answers 81
}

case_initial_up()
{
	setup up
	expect "service of the probe" "b1 b2 b3" "$(who 81)"
	report b3 p1 down
	expect "service of the probe" "b1 b2" "$(who 81)"
	expect "service of the other" "b1 b2 b3" "$(who 82)"
	expect "service without a probe" "b1 b2 b3" "$(who 80)"
	report b3 p1 unknown
	expect "service of the probe" "b1 b2 b3" "$(who 81)"
	# The meaning of unknown can change
	lb probe set p1 initial down
	nobody_answers 81
	report b1 p1 up
	lb probe set p1 initial up
	expect "service of the probe" "b1 b2 b3" "$(who 81)"
}

case_two_probes()
{
	setup down
	report b1 p1 up
	report b2 p1 up
	report b2 p2 up
	report b3 p2 up
	expect "service of p1" "b1 b2" "$(who 81)"
	expect "service of p2" "b2 b3" "$(who 82)"
	report b2 p2 down
	expect "service of p1" "b1 b2" "$(who 81)"
	expect "service of p2" b3 "$(who 82)"
	# Changes beside it leave health alone, and so does the same document
	lb backend set web b2 weight 5
	lb export | lb apply -
	lb backend add web b4 "$(backend_addr 4)"
	expect "health" p1=up,p2=down "$(of_backend b2 health)"
	expect "health of a new backend" p1=unknown,p2=unknown \
		"$(of_backend b4 health)"
	expect "service of p1" "b1 b2" "$(who 81)"
	expect "service of p2" b3 "$(who 82)"
}

case_admin()
{
	setup down
	report b1 p1 up
	report b2 p1 down
	lb backend set web b2 admin up
	expect "admin up despite the probe" "b1 b2" "$(who 81)"
	lb backend set web b1 admin down
	expect "admin down despite the probe" b2 "$(who 81)"
	expect "admin down without a probe" "b2 b3" "$(who 80)"
	lb backend set web b1 admin none
	lb backend set web b2 admin none
	expect "the probe decides again" b1 "$(who 81)"
	lb backend set web b1 weight 0
	nobody_answers 81
}

case_flows_go_on()
{
	local one

	setup up
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	report "$one" p1 down
	expect "answers" "" "$(who 81 | grep -o "$one" || true)"
	talk_say one still-here
	lb backend set web "$one" admin down
	talk_say one and-still
}

case_probe_goes()
{
	setup down
	report b1 p1 up
	report b2 p1 down
	expect_refusal 1 "lbctl: service one uses probe p1" lb probe del p1
	lb service set one probe p2
	nobody_answers 81
	lb service set one probe none
	expect "service without a probe" "b1 b2 b3" "$(who 81)"
	lb service set talk probe none
	lb probe del p1
	expect "health" p2=unknown "$(of_backend b1 health)"
	expect_refusal 1 "lbctl: there is no probe p1" \
		lb health set web b1 p1 up
	# A new one of that name knows nothing of the old
	lb probe add p1 tcp
	lb service set one probe p1
	expect "health" p1=unknown,p2=unknown \
		"$(of_backend b1 health | tr , '\n' | sort | paste -sd ,)"
	nobody_answers 81
}

# report_of BACKEND PROBE KEY: from what lbctl health shows
report_of()
{
	lb -j health show | jq -r --arg backend "$1" --arg probe "$2" \
		".health[] | select(.backend == \$backend and
			.probe == \$probe).$3"
}

# What is said of a state is kept and shown as long as nobody says another thing
case_report()
{
	setup down
	expect "before a report" null "$(report_of b1 p1 reason)"
	report b1 p1 down Down_Probe_Mine "it says 503"
	report b1 p2 up
	expect "reason" Down_Probe_Mine "$(report_of b1 p1 reason)"
	expect "text" "it says 503" "$(report_of b1 p1 text)"
	expect "reason of the other probe" null "$(report_of b1 p2 reason)"
	expect "reason of another backend" null "$(report_of b2 p1 reason)"
	lb backend set web b1 weight 5
	expect "reason after a change" Down_Probe_Mine "$(report_of b1 p1 reason)"
	pause 3
	report b1 p1 down Down_Probe_Yours
	expect "reason" Down_Probe_Yours "$(report_of b1 p1 reason)"
	expect "text" null "$(report_of b1 p1 text)"
	[ "$(report_of b1 p1 for_ms)" -ge 3000 ] || fail "began anew"
	report b1 p1 up
	[ "$(report_of b1 p1 for_ms)" -lt 3000 ] || fail "did not begin anew"
	report b1 p1 unknown Down_Probe_Mine
	expect "reason" null "$(report_of b1 p1 reason)"
	lb backend set web b1 address "$(backend_addr 4)"
	expect "of another server" null "$(report_of b1 p2 for_ms)"
}

# As many reports as a backend may have, as long as they may be, fit everywhere
case_long_reports()
{
	local text probe i

	setup down
	lb service set one probe none
	lb service set two probe none
	lb service set talk probe none
	text=$(printf '%0127d' 0)
	start_bg gw watch lbctl monitor
	for ((i = 1; i <= 31; i++)); do
		probe=p$(printf '%062d' $i)
		lb probe add "$probe" tcp
		lb service add "s$i" frontend web-ip protocol tcp \
			port $((2000 + i)) pool web probe "$probe"
		report b1 "$probe" down "${text:0:47}" "$text"
	done
	lb backend set web b1 weight 7
	expect "texts" 31 "$(lb -j health show | jq -r '.health[].text' |
		grep -cx "$text")"
	wait_for 10 grep -q 'b1 .*weight 7' "$T_DIR/watch.log"
	stop_bg watch
	expect "events lost" 0 "$(grep -c lost "$T_DIR/watch.log" || true)"
}

topo_up 3
start_nginx b1 b2 b3
start_talkers b1 b2 b3
both_families "unknown is down where the probe begins so" case_initial_down
both_families "unknown is up where the probe begins so" case_initial_up
both_families "each service looks at its own probe" case_two_probes
both_families "the administrator outvotes the probe" case_admin
both_families "flows of what fails go on" case_flows_go_on
both_families "without its probe a service trusts all" case_probe_goes
use_family 4
tap_run "why it is in its state is shown" case_report
tap_run "all that probes may say of a backend is shown" case_long_reports
tap_done
