#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the agent tells Prometheus: in its format, and the same as lbctl says.
# once: the agent is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent, curl) --- sw --- b1 b2 b3 (nginx)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
WAY=fast # a probe does not pass through a service

REQUESTS=12

# The gateway's own address: metrics are nobody else's business
metrics_at()
{
	[ "$FAMILY" = 6 ] && echo '[::1]:9180' || echo 127.0.0.1:9180
}

begin()
{
	setup http path /healthz
	start_bg gw agent lbctl agent metrics "$(metrics_at)"
	becomes "up up up"
}

# scrape: into $T_DIR/page
scrape()
{
	in_ns gw curl -sS -f -m $((20 * SLOW)) -o "$T_DIR/page" \
		"http://$(metrics_at)/metrics"
}

# metric NAME{LABELS}: its value in the page
metric()
{
	awk -v name="$1" '$1 == name { print $2 }' "$T_DIR/page"
}

# is_metric NAME{LABELS} VALUE: in a page of now
is_metric()
{
	scrape
	[ "$(metric "$1")" = "$2" ]
}

# stat_json FILTER: of lbctl -j stats
stat_json()
{
	lb -j stats | jq "$1"
}

case_format()
{
	begin
	http_spread cl1 "$VIP_URL" "$REQUESTS" >/dev/null
	scrape
	promtool check metrics <"$T_DIR/page"
	expect "type" "Content-Type: text/plain; version=0.0.4; charset=utf-8" \
		"$(in_ns gw curl -sS -o /dev/null -D - \
			"http://$(metrics_at)/metrics" |
			grep -i '^content-type' | tr -d '\r')"
}

# What new flows say of backends, in pools that want to know
case_trials()
{
	begin
	lb pool set web eject-after 1
	http_spread cl1 "$VIP_URL" "$REQUESTS" >/dev/null
	scrape
	promtool check metrics <"$T_DIR/page"
	expect "ejected" 0 \
		"$(metric 'nflb_backend_ejected{pool="web",backend="b1"}')"
	grep -Ex 'nflb_backend_connect_seconds\{pool="web",backend="b1"\} [0-9]+\.[0-9]{6}' \
		"$T_DIR/page"
	lb pool set web eject-after 0
	scrape
	! grep '^nflb_backend_ejected' "$T_DIR/page" || fail "nobody ejects"
}

case_values()
{
	local key='.services[] | select(.name == "http")' one in

	begin
	http_spread cl1 "$VIP_URL" "$REQUESTS" >/dev/null
	wait_for 10 is_counter http active 0
	scrape
	one='frontend="web-ip",service="http"'
	expect "new flows" "$REQUESTS" \
		"$(metric "nflb_service_new_flows_total{$one}")"
	expect "bytes in" "$(stat_json "$key.in_bytes")" \
		"$(metric "nflb_service_bytes_total{$one,direction=\"in\"}")"
	expect "packets out" "$(stat_json "$key.out_pkts")" \
		"$(metric "nflb_service_packets_total{$one,direction=\"out\"}")"
	expect "slow packets" "$(stat_json "$key.slow_pkts")" \
		"$(metric "nflb_service_reasons_total{$one,reason=\"slow_pkts\"}")"
	expect "generation" "$(stat_of generation)" "$(metric nflb_generation)"
	in=$(awk '/^nflb_backend_bytes_total.*direction="in"/ { n += $2 }
		END { print n }' "$T_DIR/page")
	expect "bytes in of all backends" "$(stat_json "$key.in_bytes")" "$in"
	expect "backends" 3 "$(metric 'nflb_pool_backends{pool="web"}')"
	expect "targets" 3 "$(metric nflb_agent_targets)"
}

# sum NAME [LABEL]: of the samples of that name, or of those with the label
sum()
{
	awk -v name="$1{" -v label="${2-}" '
		index($1, name) == 1 && (label == "" || index($1, label)) {
			n += $2
		}
		END { print n + 0 }' "$T_DIR/page"
}

# of_talk NAME [LABEL]: of service talk
of_talk()
{
	metric "nflb_service_$1{frontend=\"web-ip\",service=\"talk\"${2+,$2}}"
}

# is_shared NAME [LABEL]: all backends together have what the service has
is_shared()
{
	scrape
	echo "$*: $(of_talk "$@") $(sum "nflb_backend_$1" "${@:2}")"
	[ "$(of_talk "$@")" = "$(sum "nflb_backend_$1" "${@:2}")" ]
}

# Flows that are open, and what goes each way
case_flows()
{
	local direction

	begin
	lb service add talk frontend web-ip protocol tcp port 9000 pool web \
		backend-port 9000
	talk_open one cl1 "$VIP" 9000
	talk_open two cl1 "$VIP" 9000
	talk_say one "$(printf 'x%.0s' {1..500})"
	scrape
	expect "open flows" 2 "$(of_talk active_flows)"
	wait_for 10 is_shared active_flows
	for direction in in out; do
		wait_for 10 is_shared packets_total "direction=\"$direction\""
		wait_for 10 is_shared bytes_total "direction=\"$direction\""
		expect_between "bytes $direction" 501 5000 \
			"$(of_talk bytes_total "direction=\"$direction\"")"
	done
	talk_close one
	talk_close two
	wait_for 10 is_counter talk active 0
	scrape
	expect "open flows" 0 "$(of_talk active_flows)"
	expect "new flows" 2 "$(of_talk new_flows_total)"
	wait_for 10 is_shared active_flows
}

# n_refused REASON: of the service's flows, and of all
n_refused()
{
	local one='frontend="web-ip",service="http"'

	metric "nflb_service_reasons_total{$one,reason=\"$1\"}"
	metric "nflb_reasons_total{reason=\"$1\"}"
}

# case_no_backend POLICY REASON: of a new flow when nobody is healthy
case_no_backend()
{
	local of_service before all

	begin
	make_sick b1
	make_sick b2
	make_sick b3
	becomes "down down down"
	lb service set http all-down "$1"
	scrape
	read -rd '' of_service before <<<"$(n_refused "$2")" || true
	expect "refused before" 0 "$of_service"
	! http_get cl1 "$VIP_URL" -m 2 || fail "an answer without a backend"
	scrape
	read -rd '' of_service all <<<"$(n_refused "$2")" || true
	expect_between "SYNs refused" 1 9 "$of_service"
	expect "of all services" "$of_service" $((all - before))
	expect "as lbctl says" "$of_service" "$(counter_of http "$2")"
	make_well b1
	make_well b2
	make_well b3
}

case_health()
{
	local up='nflb_backend_up{pool="web",backend="b2",probe="ok"}'
	local checks='nflb_probe_checks_total{pool="web",probe="ok",outcome'

	begin
	is_metric "$up" 1
	expect "failed checks" 0 "$(metric "$checks=\"fail\"}")"
	make_sick b2
	becomes "up down up"
	is_metric "$up" 0
	[ "$(metric "$checks=\"fail\"}")" -ge 1 ]
	[ "$(metric "$checks=\"pass\"}")" -ge 3 ]
	expect "buckets" 14 \
		"$(grep -c '^nflb_probe_duration_seconds_bucket' "$T_DIR/page")"
	expect "answers" \
		"$(metric 'nflb_probe_duration_seconds_count{pool="web",probe="ok"}')" \
		"$(metric 'nflb_probe_duration_seconds_bucket{pool="web",probe="ok",le="+Inf"}')"

	# What has been counted outlives a change of the configuration
	lb backend add web b4 "$(backend_addr 1)9"
	wait_for 10 is_metric nflb_agent_targets 4
	[ "$(metric "$checks=\"fail\"}")" -ge 1 ]
	make_well b2
}

# One that stands by has the kernel's figures, and says that it does
case_standby()
{
	setup http path /healthz
	start_agent other
	turns "up up up"
	start_bg gw agent lbctl agent metrics "$(metrics_at)"
	wait_for 10 is_metric nflb_agent_active 0
	promtool check metrics <"$T_DIR/page"
	expect "health" 1 \
		"$(metric 'nflb_backend_up{pool="web",backend="b2",probe="ok"}')"
	expect "targets" 0 "$(metric nflb_agent_targets)"
	stop_bg other KILL
	wait_for 10 is_metric nflb_agent_active 1
	wait_for 10 is_metric nflb_agent_targets 3
}

# status METHOD PATH: what a request for it is answered with
status()
{
	in_ns gw curl -sS -m $((20 * SLOW)) -o /dev/null -w '%{http_code}' \
		-X "$1" -d "${3-}" "http://$(metrics_at)$2"
}

# Who asks for nothing, for something else or without an end is no obstacle
case_clients()
{
	local i

	begin
	expect "other page" 404 "$(status GET /)"
	expect "other method" 405 "$(status POST /metrics x=1)"
	for i in {1..20}; do
		start_bg gw "idle-$i" socat -u \
			"TCP:$(metrics_at),connect-timeout=9" STDOUT
	done
	make_sick b3
	becomes "up up down"
	for i in {1..20}; do
		stop_bg "idle-$i"
	done
	wait_for 20 scrape
	make_well b3
}

case_refused()
{
	setup http path /healthz
	expect_refusal 2 'lbctl: metrics 127.0.0.1: a port is needed, as in 127.0.0.1:9180' \
		lb agent metrics 127.0.0.1
	expect_refusal 2 'lbctl: --metrics needs a value; see "lbctl agent help"' \
		lb agent --metrics
	expect_refusal 2 'lbctl: unexpected "x"; see "lbctl agent help"' \
		lb agent x
	start_bg gw agent lbctl agent --metrics "$(metrics_at)"
	becomes "up up up"
	expect_refusal 1 "lbctl: metrics: cannot listen at $(metrics_at): Address already in use" \
		lb agent metrics "$(metrics_at)"
}

# Thousands of backends, more than fits into one buffer of a socket
case_big()
{
	setup http path /healthz
	big_doc 100 600 10 3000 | lb apply -
	start_bg gw agent lbctl agent metrics "$(metrics_at)"
	wait_for 60 scrape
	expect "backends" 3004 "$(grep -c '^nflb_backend_active_flows{' \
		"$T_DIR/page")"
	expect "services" 601 "$(grep -c '^nflb_service_active_flows{' \
		"$T_DIR/page")"
	promtool check metrics <"$T_DIR/page"
}

topo_up 3
healthy_nginx b1 b2 b3
start_talkers b1 b2 b3
both_families "the page has Prometheus's format" case_format
both_families "it says what lbctl stats says" case_values
both_families "it says which flows are open, and what they carry" case_flows
both_families "it says what was dropped" case_no_backend drop drop_no_backend
both_families "it says what was rejected" \
	case_no_backend reject reject_no_backend
both_families "it says what new flows find" case_trials
both_families "it says what the probes find" case_health
both_families "one that stands by has the kernel's" case_standby
both_families "nobody's requests disturb the checks" case_clients
both_families "what cannot be is refused" case_refused
use_family 4
tap_run "many services and backends" case_big
tap_done
