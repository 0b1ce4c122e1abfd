#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who follows the configuration is told of every change, once and in order.
# once: what is told is so in every kernel
#
#   gw (nflb, lbctl monitor), alone
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # there is no traffic

CHANGES=100

# follow_quietly NAME [OPTION]...: what comes later is for events_of()
follow_quietly()
{
	follow "$@"
	wait_for 10 is_quiet "$1"
	wc -l <"$T_DIR/$1.log" >"$T_DIR/$1.begin"
}

# is_quiet NAME: it has said the last generation's commit
is_quiet()
{
	of_changes <"$T_DIR/$1.log" | tail -n 1 |
		grep -Eq "generation\"?:? $(stat_of generation)\\b.*commit|commit.*: $(stat_of generation)\\b"
}

# events_of NAME: what came since follow_quietly()
events_of()
{
	tail -n +$(($(cat "$T_DIR/$1.begin") + 1)) "$T_DIR/$1.log" |
		of_changes
}

# of_changes: a backend without flows is drained soon, but not at once, and
# alerts come when they come
of_changes()
{
	grep -Ev '^drain:|"drain-done"|^alert:|"alert"'
}

# changes: the single commands, a line each; each is an event and a commit
changes()
{
	cat <<-END
	frontend add web-ip $VIP
	frontend set web-ip ${VIP}1
	probe add ok http path /ok initial up
	probe set ok rise 3
	pool add web scheduler rr
	pool set web seed 7
	backend add web b1 $(backend_addr 1) weight 2
	backend set web b1 admin down zone 9
	backend drain web b1
	service add http frontend web-ip protocol tcp port 80-89 pool web probe ok
	service set http port 81 backend-port 8080
	service del http
	backend del web b1
	pool del web
	probe del ok
	frontend del web-ip
	END
}

make_changes()
{
	local line words

	lb flush
	while read -r line; do
		read -ra words <<<"$line"
		lb "${words[@]}" </dev/null
	done < <(changes)
}

case_text()
{
	local generation

	follow_quietly text
	make_changes
	generation=$(stat_of generation)
	wait_for 10 is_quiet text
	stop_bg text
	events_of text | tee "$T_DIR/events"
	# The flush of nothing, then pairs of an event and its commit
	expect "events" 33 "$(wc -l <"$T_DIR/events")"
	expect "commits" 17 "$(grep -c 'commit of' "$T_DIR/events")"
	expect "order of generations" "$(sort -s -n -k 2 "$T_DIR/events")" \
		"$(cat "$T_DIR/events")"
	expect "what happened" "$(
		changes | sed -E 's/^(\w+) drain/\1 set/; s/^(\w+) (\w+).*/\2 \1/'
	)" "$(grep -v commit "$T_DIR/events" | cut -d ' ' -f 3,4)"
	grep -q "^generation $((generation - 15)): add frontend web-ip address $VIP ping served\$" \
		"$T_DIR/events"
	grep -q "^generation $((generation - 8)): set backend web b1 address $(backend_addr 1) weight 2 zone 9 admin down" \
		"$T_DIR/events"
	grep -q "^generation $((generation - 6)): add service http frontend web-ip protocol tcp port 80-89 pool web" \
		"$T_DIR/events"
	# What is removed was last in the generation before
	grep -q "^generation $((generation - 1)): del frontend web-ip" "$T_DIR/events"
	grep -q "^generation $generation: commit of 1 changes" "$T_DIR/events"
}

case_json()
{
	follow_quietly json -j
	make_changes
	wait_for 10 is_quiet json
	stop_bg json
	events_of json >"$T_DIR/events"
	jq -c . "$T_DIR/events" | head -n 8
	expect "events" "$(
		echo commit
		changes | sed -E 's/^(\w+) drain/\1 set/
			s/^(\w+) (\w+).*/\2 \1\ncommit/'
	)" "$(jq -r '[.event, .object] | map(select(. != null)) | join(" ")' \
		"$T_DIR/events")"
	expect "the service as it was added" \
		'{"name":"http","frontend":"web-ip","protocol":"tcp","port":"80-89","pool":"web","probe":"ok"}' \
		"$(jq -c 'select(.object == "service" and .event == "add") |
			{name, frontend, protocol, port, pool, probe}' \
			"$T_DIR/events")"
	expect "changes of each commit" 1 "$(jq 'select(.event == "commit") |
		.changes' "$T_DIR/events" | tail -n +2 | uniq)"
}

case_health()
{
	lb flush
	MORE_PROBES='{"name": "ok", "type": "tcp"}' MORE_SERVICES="
		{\"name\": \"probed\", \"frontend\": \"web-ip\",
		\"protocol\": \"tcp\", \"port\": 81, \"pool\": \"web\",
		\"probe\": \"ok\"}," apply_web 1 2
	start_bg gw health lbctl monitor
	wait_for 10 is_told_of_health
	lb health set web b2 ok up
	lb health set web b2 ok up
	lb health set web b2 ok down Down_Probe_Mine "it says 503"
	lb health set web b1 ok up
	wait_for 10 grep -q 'b1 probe ok up' "$T_DIR/health.log"
	stop_bg health
	cat "$T_DIR/health.log"
	expect "events, each change once" \
		"health: backend web b2 probe ok up
health: backend web b2 probe ok down: Down_Probe_Mine: it says 503
health: backend web b1 probe ok up" "$(of_changes <"$T_DIR/health.log" | tail -n 3)"
}

# Changes health up and down until it is shown
is_told_of_health()
{
	lb health set web b1 ok down
	lb health set web b1 ok unknown
	grep -q 'b1 probe ok unknown' "$T_DIR/health.log"
}

# One transaction: an event for each of its changes, then one commit
case_transaction()
{
	local i generation

	lb flush
	follow_quietly many -j
	generation=$(stat_of generation)
	big_doc $((CHANGES - 2 - 4 - 1 - 10)) 0 10 0 >"$T_DIR/many.json"
	lb apply "$T_DIR/many.json"
	wait_for 10 is_quiet many
	stop_bg many
	events_of many >"$T_DIR/events"
	tail -n 2 "$T_DIR/events"
	expect "events" "$CHANGES" "$(grep -vc '"commit"' "$T_DIR/events")"
	expect "generations" $((generation + 1)) \
		"$(jq .generation "$T_DIR/events" | uniq)"
	expect "names, each once" "$(grep -o '"name": "[^"]*"' "$T_DIR/many.json" |
		sort)" "$(grep -o '"name": "[^"]*"' "$T_DIR/events" | sort)"
	expect "the last" "{\"event\":\"commit\",\"generation\":$((generation + 1)),\"changes\":$CHANGES}" \
		"$(tail -n 1 "$T_DIR/events" | jq -c .)"
	# Nothing is announced before what it needs
	expect "kinds in order" "frontend pool backend service" "$(
		jq -r '.object // empty' "$T_DIR/events" | uniq | paste -sd ' ')"
}

# follow_from NAME: from here on
follow_from()
{
	wait_for 10 is_quiet "$1"
	wc -l <"$T_DIR/$1.log" >"$T_DIR/$1.begin"
}

# is_told NAME N EVENTS: of that in any order, and at last of a commit of N
# changes; before each event the generation, counted from the commit's: what is
# removed was last in the one before
is_told()
{
	local now

	now=$(stat_of generation)
	events_of "$1"
	expect "the last" "generation $now: commit of $2 changes" \
		"$(events_of "$1" | tail -n 1)"
	expect "events" "$3" "$(events_of "$1" | head -n -1 |
		awk -v now="$now" '{
			print $2 - now, $3, $4, $5 ($4 == "backend" ? " " $6 : "")
		}' | sort)"
}

old_service()
{
	MORE_SERVICES='{"name": "old", "frontend": "web-ip",
		"protocol": "udp", "port": 53, "pool": "web"},' apply_web "$@"
}

new_frontend()
{
	MORE_FRONTENDS="{\"name\": \"new-ip\", \"address\": \"${VIP}1\"}," \
		WEB_PORTS='"port": 81, "backend_port": 8080' apply_web "$@"
}

# What is added, changed and removed by one document
case_mixed()
{
	follow_quietly mixed
	old_service 1 2 3
	follow_from mixed
	new_frontend 1:5 3 4
	wait_for 10 is_quiet mixed
	stop_bg mixed
	is_told mixed 6 "-1 del backend web b2
-1 del service old
0 add backend web b4
0 add frontend new-ip
0 set backend web b1
0 set service http"
	events_of mixed | grep -q ": set backend web b1 address $(backend_addr 1) weight 5"
}

# It is one change that was asked for, but each object is told of
case_flush()
{
	follow_quietly flush
	old_service 1 2
	follow_from flush
	lb flush
	wait_for 10 is_quiet flush
	stop_bg flush
	is_told flush 1 "-1 del backend web b1
-1 del backend web b2
-1 del frontend web-ip
-1 del pool web
-1 del service http
-1 del service old"
}

case_refused()
{
	lb flush
	follow_quietly none
	expect_refusal 1 "lbctl: there is no pool nix" lb pool set nix slots 251
	printf '{"frontends": [{"name": "a", "address": "10.0.0.1"},
		{"name": "b", "address": "224.0.0.1"}]}' >"$T_DIR/bad.json"
	lb apply "$T_DIR/bad.json" 2>"$T_DIR/said" && fail "it was not refused"
	cat "$T_DIR/said"
	web_doc 1 | lb apply - dry-run >/dev/null
	lb frontend add last "$VIP"
	wait_for 10 is_quiet none
	stop_bg none
	expect "events" "generation $(stat_of generation): add frontend last address $VIP ping served
generation $(stat_of generation): commit of 1 changes" "$(events_of none)"
}

topo_space gw 0
use_family 4
both_families "single changes as text" case_text
use_family 6
tap_run "single changes as JSON" case_json
tap_run "health" case_health
tap_run "a transaction of $CHANGES changes" case_transaction
both_families "a transaction that adds, sets and removes" case_mixed
both_families "a flush of what there is" case_flush
tap_run "what is refused is no event" case_refused
tap_done
