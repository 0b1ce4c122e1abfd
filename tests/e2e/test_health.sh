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

# note_of BACKEND
note_of()
{
	lb -j backend show web "$1" | jq -r '.. | .note? // empty' |
		grep . || echo null
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
	lb backend force web b1 down for 1h note "new disk, anna"
	lb backend force web b2 up for $((5 * SLOW))s note soon-gone
	expect "forced, despite the probe" b2 "$(who 81)"
	lb export >"$T_DIR/doc"
	grep -q '"note": "new disk, anna"' "$T_DIR/doc"
	lb diff "$T_DIR/doc"
	wait_for 10 is_backend b2 admin none
	expect "its note goes with the time" null "$(note_of b2)"
	expect "forced down" down "$(of_backend b1 admin)"
	lb backend drain web b1 note "new disk, too"
	lb backend set web b1 admin none
	lb -j health show | jq -r '.health[] | select(.backend == "b1") | .note' |
		sort -u >"$T_DIR/note"
	expect "a note outlives admin with a drain" "new disk, too" \
		"$(cat "$T_DIR/note")"
	lb backend set web b1 drain off
	expect "and goes with that" null "$(note_of b1)"
	expect "the probe decides in the end" b1 "$(who 81)"
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
	expect "before a report" null "$(report_of b1 p1 probe_reason)"
	report b1 p1 down Down_Probe_Mine "it says 503"
	report b1 p2 up
	expect "reason" Down_Probe_Mine "$(report_of b1 p1 reason)"
	expect "text" "it says 503" "$(report_of b1 p1 text)"
	expect "reason of the other probe" NA "$(report_of b1 p2 reason)"
	expect "reason of another backend" NA "$(report_of b2 p1 reason)"
	lb backend set web b1 weight 5
	expect "reason after a change" Down_Probe_Mine "$(report_of b1 p1 reason)"
	pause 3
	report b1 p1 down Down_Probe_Yours
	expect "reason" Down_Probe_Yours "$(report_of b1 p1 reason)"
	expect "text" null "$(report_of b1 p1 text)"
	[ "$(report_of b1 p1 for_ms)" -ge 3000 ] || fail "began anew"
	expect "percentage up, while down" 0 "$(report_of b1 p1 up_pct)"
	expect "percentage up, while up" 100 "$(report_of b1 p2 up_pct)"
	report b1 p1 up
	[ "$(report_of b1 p1 for_ms)" -lt 3000 ] || fail "did not begin anew"
	pause 1
	expect_between "percentage up, down before" 1 99 \
		"$(report_of b1 p1 up_pct)"
	report b1 p1 unknown Down_Probe_Mine
	expect "reason" NA "$(report_of b1 p1 reason)"
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

# why PROBE: what decides by which backends get new flows, as lbctl says it, a
# word each for b1, b2 and b3; PROBE is - for lines without one
why()
{
	lb -j health show | jq -r --arg probe "$1" '[.health[] |
		select(.pool == "web" and (.probe // "-") == $probe) |
		.reason] | join(" ")'
}

# proc_why: the same as /proc says it, over all probes
proc_why()
{
	in_ns gw awk '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "reason") n = i }
		NR > 1 && $1 == "web" { printf "%s%s", s, $n; s = " " }' \
		/proc/net/nflb/backends
}

# expect_why WHAT REASONS: in a pool of one probe, p1
expect_why()
{
	expect "$1" "$2" "$(why p1)"
	expect "$1, in /proc" "$2" "$(proc_why)"
}

# only_p1 INITIAL: setup() with one probe; b1, b2 and b3 are down
only_p1()
{
	setup "$1"
	lb service set two probe none
	report b1 p1 down Down_Probe_One
	report b2 p1 down Down_Probe_Two
	report b3 p1 down Down_Probe_Three
}

case_why_admin()
{
	setup down
	expect "before a report" "NA NA NA" "$(why p1)"
	expect "before a report, in /proc" "NA NA NA" "$(proc_why)"
	report b1 p1 up Up_Probe_Success
	report b2 p1 down Down_Probe_Mine
	report b2 p2 up Up_Probe_Success
	report b3 p1 up "Up for now"
	expect "as reported" "Up_Probe_Success Down_Probe_Mine Up for now" \
		"$(why p1)"
	expect "by the other probe" "NA Up_Probe_Success NA" "$(why p2)"
	expect "by both, in /proc" "NA Down_Probe_Mine NA" "$(proc_why)"
	report b3 p2 up "Up for now"
	expect "a word each, in /proc" 'NA Down_Probe_Mine Up\040for\040now' \
		"$(proc_why)"
	lb backend set web b1 admin down
	lb backend set web b2 admin up
	lb backend drain web b3
	expect "by the administrator" "Down_Admin Up_Admin Down_Admin" \
		"$(why p1)"
	expect "for the other probe" "Down_Admin Up_Admin Down_Admin" \
		"$(why p2)"
	expect "in /proc" "Down_Admin Up_Admin Down_Admin" "$(proc_why)"
	expect "who serves" b2 "$(who 81)"
	expect "what the probe says of b2" "down Down_Probe_Mine" \
		"$(report_of b2 p1 state) $(report_of b2 p1 probe_reason)"
	lb backend set web b3 drain off weight 0 admin up
	expect "weight 0, whatever admin says" Down_Admin \
		"$(report_of b3 p1 reason)"
}

case_why_all_down()
{
	local own="Down_Probe_One Down_Probe_Two Down_Probe_Three"
	local all="Up_Probe_AllDownIsUp"

	only_p1 down
	expect_why "nobody" "$own"
	nobody_answers 81
	lb service set one all-down all
	expect_why "all, as nobody passes" "$all $all $all"
	expect "who serves" "b1 b2 b3" "$(who 81)"
	lb backend set web b3 admin down
	expect_why "all that may" "$all $all Down_Admin"
	expect "who serves" "b1 b2" "$(who 81)"
	lb backend set web b3 admin up
	expect_why "not all, as one serves" \
		"Down_Probe_One Down_Probe_Two Up_Admin"
	expect "who serves" b3 "$(who 81)"
	lb backend set web b3 admin none
	lb pool add spare
	lb backend add spare b3 "$(backend_addr 3)"
	lb service set one backup spare
	expect_why "all, as nobody of the backup pool passes" "$all $all $all"
	lb health set spare b3 p1 up
	expect_why "not all, as the backup pool serves" "$own"
	expect "who serves" b3 "$(who 81)"
	# The backup pool serves in a panic, too
	lb health set spare b3 p1 down
	lb pool set spare panic 50
	expect_why "not all, as the backup pool panics" "$own"
	expect "who serves" b3 "$(who 81)"
}

case_why_panic()
{
	local all="Up_Probe_AllDownIsUp"

	only_p1 up
	report b2 p1 unknown
	expect_why "one counts as up" "Down_Probe_One NA Down_Probe_Three"
	expect "who serves" b2 "$(who 81)"
	lb pool set web panic 50
	expect_why "too few pass" "$all NA $all"
	expect "who serves" "b1 b2 b3" "$(who 81)"
	report b3 p1 up Up_Probe_Success
	expect_why "enough pass" "Down_Probe_One NA Up_Probe_Success"
	expect "who serves" "b2 b3" "$(who 81)"
}

# is_ejected: b1, after one more request to all
is_ejected()
{
	http_spread cl1 "$VIP_URL:81" 3 >/dev/null 2>&1 || true
	[ "$(of_backend b1 state)" = ejected ]
}

# Whom flows say more of than the probe does, and whom the probe
case_why_ejected()
{
	local passive=Down_Passive_Refused

	only_p1 up
	report b1 p1 up Up_Probe_Success
	report b2 p1 up Up_Probe_Success
	lb pool set web eject-after 1 eject-time 5m
	in_ns b1 nft -f - <<-END
		table inet shut {
			chain input {
				type filter hook input priority 0
				tcp dport 8080 reject with tcp reset
			}
		}
	END
	wait_for 20 is_ejected
	expect_why "by flows" "$passive Up_Probe_Success Down_Probe_Three"
	expect "by flows, without the probe" "$passive NA NA" "$(why -)"
	expect "what the probe says" "up Up_Probe_Success" \
		"$(report_of b1 p1 state) $(report_of b1 p1 probe_reason)"
	report b1 p1 down Down_Probe_One
	expect_why "by the probe" \
		"Down_Probe_One Up_Probe_Success Down_Probe_Three"
	in_ns b1 nft delete table inet shut
}

# Who has no probe has a line, too, and just one
case_why_no_probe()
{
	begin_anew
	apply_web 1 2 3
	expect "states" "null null null" \
		"$(lb -j health show | jq -r '[.health[].state | tojson] |
			join(" ")')"
	expect "reasons" "NA NA NA" "$(why -)"
	lb backend set web b1 admin up
	lb backend set web b2 admin down
	expect "reasons" "Up_Admin Down_Admin NA" "$(why -)"
	expect "reasons in /proc" "Up_Admin Down_Admin NA" "$(proc_why)"
	lb health show | grep -E "^web +b1 .* Up_Admin +- +- *$"
	lb pool set web eject-after 3
	expect "lines" 3 "$(rows lb health show)"
	expect "reasons" "Up_Admin Down_Admin NA" "$(why -)"
}

scrape()
{
	in_ns gw curl -sS -f -m $((20 * SLOW)) http://127.0.0.1:9180/metrics
}

# stale_metric: of b1
stale_metric()
{
	scrape |
		sed -n 's/^nflb_backend_stale{pool="web",backend="b1",probe="p1"} //p'
}

# is_stale_metric VALUE
is_stale_metric()
{
	[ "$(stale_metric)" = "$1" ]
}

# What an agent cannot check, because it may not run programs, becomes stale
case_stale_metric()
{
	setup down
	lb probe set p1 type exec command /bin/true
	report b1 p1 up
	start_bg gw agent lbctl agent metrics 127.0.0.1:9180
	wait_for 10 scrape >/dev/null
	report b1 p1 up
	wait_for 10 is_stale_metric 0
	wait_for 30 is_stale_metric 1
	expect "stale" true "$(report_of b1 p1 stale)"
	report b1 p1 up
	wait_for 10 is_stale_metric 0
	stop_bg agent
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
both_families "why: the administrator says so" case_why_admin
both_families "why: nobody passes" case_why_all_down
both_families "why: too few pass" case_why_panic
both_families "why: new flows fail" case_why_ejected
use_family 4
tap_run "why: without a probe" case_why_no_probe
tap_run "metrics tell what is stale" case_stale_metric
tap_done
