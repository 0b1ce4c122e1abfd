#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The prober's own life: it begins and ends without anybody's harm, follows what
# is configured, puts right what is not so, and leaves it to another one.
# limit: 900
# once: the prober is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/failures.sh"
. "$NFLB_TOP/tests/vm/insert.sh"
WAY=fast # a probe does not pass through a service

# events: of agents and of health since it is followed, without the reasons
events()
{
	sed -n 's/^\(health: .* probe ok [a-z]*\).*/\1/p; /^agent: /p' \
		"$T_DIR/watch.log"
}

# are_events LINES
are_events()
{
	[ "$(events)" = "$1" ] || { events; false; }
}

# port_of NAME: an agent's first socket has its process id as port id
port_of()
{
	cat "$T_DIR/$1.pid"
}

# roles NAME: what an agent has been so far, a word each
roles()
{
	sed -n 's/^agent: \([a-z]*\).*/\1/p' "$T_DIR/$1.log" | paste -sd ' '
}

# has_roles NAME WORDS
has_roles()
{
	[ "$(roles "$1")" = "$2" ]
}

# took_over NAME ROLES LOW HIGH: it has these roles, its latest so many
# milliseconds after $begin
took_over()
{
	wait_for 10 has_roles "$1" "$2"
	now_ms
	echo "$1 has taken over after $((REPLY - begin)) ms"
	expect_between "milliseconds until $1 is active" "$3" "$4" \
		$((REPLY - begin))
}

# stands_by NAME OTHER: as OTHER is active, and says so
stands_by()
{
	wait_for 10 grep -qx "agent: standby: the agent with port id $(port_of "$2") is active" \
		"$T_DIR/$1.log"
}

# hang NAME, go_on NAME: an agent
hang()
{
	kill -STOP "$(port_of "$1")"
}

go_on()
{
	kill -CONT "$(port_of "$1")"
}

# How long it may take another one to be active after one that ends, which it is
# told, and after one that hangs, which has 5 seconds from when it was last
# heard of, a second at most before; lbctl and a look around take time, too
AFTER_END=$((3000 * SLOW))
AFTER_HANG=(3000 $((8000 * SLOW)))

# The agent may die, and another may begin: nobody's state changes by that
case_no_agent()
{
	setup http path /healthz
	make_sick b2
	start_agent agent
	becomes "up down up"
	start_bg gw watch lbctl monitor
	stop_bg agent KILL
	becomes "up down up"
	start_agent agent
	becomes "up down up"
	# On a slow machine they may have become stale in between.
	expect "changes meanwhile" "" "$(events | grep -v '^agent: ' |
		grep -vx 'health: backend web b[13] probe ok up' |
		grep -vx 'health: backend web b2 probe ok down')"
	stop_bg watch
	make_well b2
	becomes "up up up"
}

# One of them checks, and the other one does not
case_standby()
{
	setup http path /healthz
	start_agent agent
	turns "up up up"
	start_agent other
	stands_by other agent
	make_sick b2
	becomes "up down up"
	stop_bg other
	expect "roles" active "$(roles agent)"
	expect "roles of the other" standby "$(roles other)"
	expect "what the other has found out" "" \
		"$(grep '^health: ' "$T_DIR/other.log" || true)"
	grep '^end: 0 rounds of checks' "$T_DIR/other.log"
	make_well b2
}

# When it is gone the other one goes on, and no state changes by that
case_take_over()
{
	local first second third begin

	setup http path /healthz
	make_sick b2
	start_agent agent
	turns "up down up"
	start_agent other
	stands_by other agent
	follow watch
	first=$(port_of agent)
	second=$(port_of other)
	now_ms && begin=$REPLY
	stop_bg agent KILL
	took_over other "standby active" 0 "$AFTER_END"
	becomes "up down up"
	make_well b2
	turns "up up up"
	start_agent agent
	stands_by agent other
	third=$(port_of agent)
	now_ms && begin=$REPLY
	stop_bg other
	took_over agent "standby active" 0 "$AFTER_END"
	make_sick b3
	becomes "up up down"
	wait_for 10 are_events "agent: port id $first has ended
agent: port id $second is active
health: backend web b2 probe ok up
agent: port id $second has ended
agent: port id $third is active
health: backend web b3 probe ok down"
	stop_bg watch
	make_well b3
}

# One that hangs is replaced, and when it goes on it knows nothing any more
case_hangs()
{
	local first second begin

	setup tcp fall 3 rise 3
	start_agent agent
	turns "up up up"
	start_agent other
	stands_by other agent
	follow watch
	first=$(port_of agent)
	second=$(port_of other)
	now_ms && begin=$REPLY
	hang agent
	took_over other "standby active" "${AFTER_HANG[@]}"
	drop_port b2
	turns "up down up"
	go_on agent
	stands_by agent other
	becomes "up down up"

	now_ms && begin=$REPLY
	hang other
	took_over agent "active standby active" "${AFTER_HANG[@]}"
	hear_again b2
	turns "up up up"
	# Nobody has the claim now, so it is the hanging one's again, but anew
	stop_bg agent KILL
	go_on other
	wait_for 10 has_roles other "standby active active"
	becomes "up up up"
	wait_for 10 are_events "agent: port id $second is active, port id $first was silent
health: backend web b2 probe ok down
agent: port id $first is active, port id $second was silent
health: backend web b2 probe ok up
agent: port id $first has ended
agent: port id $second is active"
	stop_bg watch
}

# Each network namespace has an active agent of its own
case_namespaces()
{
	setup http path /healthz
	start_agent agent
	turns "up up up"
	start_bg cl1 other lbctl agent
	wait_for 10 has_roles other active
	stop_bg other
	expect "roles" active "$(roles agent)"
}

# What the kernel says to who asks it without lbctl
case_claim()
{
	local report="health-set pool=web backend=b1 probe=ok state#1"
	local first

	setup http path /healthz
	genl_start gw
	genl_ask a agent-claim
	first=${REPLY#0 1#}
	genl_expect "0 1#$first" a agent-claim
	# shellcheck disable=SC2153 # GENL_PID is the coprocess's
	genl_expect "EBUSY - the agent with port id $GENL_PID is active" \
		b agent-claim
	genl_expect 0 a "$report" "claim#$first"
	genl_expect "ESTALE claim claim $((first + 1)) is not that of the active agent" \
		a "$report" "claim#$((first + 1))"
	genl_expect "ERANGE claim integer out of range" a "$report" "claim#0"
	genl_expect 0 b "$report"
	genl_expect 0 a close
	genl_expect "ESTALE claim claim $first is not that of the active agent" \
		b "$report" "claim#$first"
	genl_expect "0 1#$((first + 1))" b agent-claim
	genl_expect 0 b "$report" "claim#$((first + 1))"
}

# told: what the service manager has been told, a line each
told()
{
	sed 's/\(READY\|STATUS\)=/\n&/g' "$T_DIR/notify.log"
}

# has_told LINE
has_told()
{
	told | grep -qx "$1"
}

case_service_manager()
{
	setup http path /healthz
	start_bg gw notify socat -u "UNIX-RECV:$T_DIR/notify" STDOUT
	wait_for 10 test -S "$T_DIR/notify"
	start_agent agent
	wait_for 10 has_roles agent active
	NOTIFY_SOCKET=$T_DIR/notify start_agent other
	wait_for 10 has_told "READY=1"
	has_told "STATUS=standby: the agent with port id $(port_of agent) is active"
	stop_bg agent
	wait_for 10 has_told "STATUS=active"
	stop_bg notify
}

# stale: of b1, b2 and b3, a word each
stale()
{
	lb health show | awk 'NR > 1 { printf "%s%s", s, $6; s = " " }'
}

# is_stale WORDS
is_stale()
{
	[ "$(stale)" = "$1" ]
}

# flags: events of agents and of health since it is followed, without why,
# sorted
flags()
{
	sed -n -e 's/: \(Up\|Down\)_Probe.*//' -e '/^\(agent\|health\): /p' \
		"$T_DIR/watch.log" | sort
}

# Who reports is believed for 15 seconds. Under load it is killed, is not there
# for longer than that, and begins anew: but for what is said of that nothing
# changes, and no request fails.
case_stale()
{
	local first dropped

	# Answers, and who waits for them, take their time beside the load
	INTERVAL=2000 setup http path /healthz fall 5
	make_sick b2
	start_agent agent
	turns "up down up"
	dropped=$(stat_of drop_no_backend)
	start_bg cl1 wrk wrk -t 1 -c 4 -d 600 --timeout $((10 * SLOW)) \
		-H 'Connection: close' "$VIP_URL/"
	wait_for 10 is_served 8
	follow watch
	pause 17
	expect "stale" "no no no" "$(stale)"
	expect "events before" "" "$(flags)"
	first=$(port_of agent)
	stop_bg agent KILL
	wait_for 30 is_stale "yes yes yes"
	expect "health" "up down up" "$(health)"
	start_agent agent
	wait_for 30 is_stale "no no no"
	becomes "up down up"
	end_load
	expect "dropped without backend" "$dropped" "$(stat_of drop_no_backend)"
	stop_bg watch
	expect "events" "$(sort <<-END
		agent: port id $first has ended
		agent: port id $(port_of agent) is active
		health: backend web b1 probe ok up
		health: backend web b1 probe ok up, stale
		health: backend web b2 probe ok down
		health: backend web b2 probe ok down, stale
		health: backend web b3 probe ok up
		health: backend web b3 probe ok up, stale
		END
	)" "$(flags)"
	make_well b2
}

# What is configured while it runs
case_changes()
{
	setup http path /healthz
	start_agent agent
	turns "up up up"
	lb backend add web b4 "$(backend_addr 4)"
	turns "up up up down"
	lb backend del web b4 now
	turns "up up up"
	lb probe set ok port 81
	turns "down down down"
	lb probe set ok port same
	turns "up up up"
	lb service set http backend-port 81
	turns "down down down"
	lb service set http backend-port 8080
	turns "up up up"
	lb service set http probe none
	turns ""
	lb service set http probe ok
	turns "up up up"
}

# Whoever reports what is not so is put right
case_put_right()
{
	setup tcp
	start_agent agent
	turns "up up up"
	lb health set web b3 ok down
	becomes "up up up"
	lb health set web b3 ok unknown
	becomes "up up up"
}

# is_reason BACKEND REASON
is_reason()
{
	lb health show | grep "^web *$1 .* $2 "
}

# What the last check says and the state does not say yet
case_approaching()
{
	setup tcp rise 200 fall 200
	lb health set web b1 ok down
	lb health set web b2 ok up
	lb health set web b3 ok draining
	start_agent agent
	wait_for 10 is_reason b1 Down_Probe_ApproachingHealthyThreshold
	is_reason b2 Up_Probe_Success
	wait_for 10 is_reason b3 Down_Probe_ApplicationDraining
	stop_bg agent
	lb probe set ok port 81
	start_agent agent
	wait_for 10 is_reason b2 Up_Probe_ApproachingUnhealthyThreshold
	is_reason b1 Down_Probe_TcpEndpointUnreachable
	wait_for 10 is_reason b3 Down_Probe_ApplicationDraining
	expect "health" "down up draining" "$(health)"
}

# Services with ports of their own share the probe: each port counts
case_many_ports()
{
	setup tcp
	lb service add tls frontend web-ip protocol tcp port 443 pool web \
		backend-port 8443 probe ok
	start_agent agent
	turns "up up up"
	lb service set tls backend-port 8444
	turns "down down down"
	lb service del tls
	turns "up up up"
}

# A port that drains hides no other one
case_draining_port()
{
	local dir=$T_DIR/nginx-b2

	setup http path /state json-state on
	lb service add more frontend web-ip protocol tcp port 81 pool web \
		backend-port 8081 probe ok
	start_agent agent
	turns "up up up"
	: >"$dir/draining-8080"
	turns "up draining up"
	: >"$dir/sick-8081"
	turns "up down up"
	rm "$dir/sick-8081"
	turns "up draining up"
	said Down_Probe_ApplicationDraining "port 8080: the application"
	rm "$dir/draining-8080"
	turns "up up up"
	: >"$dir/draining-8081"
	turns "up draining up"
	rm "$dir/draining-8081"
	turns "up up up"
}

case_no_port()
{
	setup tcp
	lb service set http port any backend-port same
	start_agent agent
	wait_for 10 grep -qx "lbctl: probe ok cannot check pool web: its services take any port, so the probe needs one" \
		"$T_DIR/agent.log"
	expect "health" "unknown unknown unknown" "$(health)"
	lb probe set ok port 8080
	turns "up up up"
}

# json_said KEY EVENT: its values in the agent's lines of that event, in order
json_said()
{
	python3 -c '
import json, sys
key, event, name = sys.argv[1:]
lines = [json.loads(line) for line in open(name)]
print(*sorted(line[key] for line in lines if line["event"] == event))' \
		"$1" "$2" "$T_DIR/agent.log"
}

case_json()
{
	setup http path /healthz
	start_agent agent -j
	turns "up up up"
	stop_agents
	expect "backends" "b1 b2 b3" "$(json_said backend health)"
	expect "states" "up up up" "$(json_said state health)"
	expect "probes" "ok ok ok" "$(json_said probe health)"
	expect "role" active "$(json_said state agent)"
	expect "checks not made" 0 "$(json_said not_made end)"
}

case_unloaded()
{
	local name

	setup tcp
	start_agent agent
	turns "up up up"
	start_agent other
	stands_by other agent
	follow watch
	rmmod nflb
	for name in agent other watch; do
		wait_for 10 is_gone "$(port_of "$name")"
	done
	grep -q '^lbctl: agent: ' "$T_DIR/agent.log"
	grep -q '^lbctl: agent: ' "$T_DIR/other.log"
	grep -q '^lbctl: monitor: ' "$T_DIR/watch.log"
	insert "$NFLB_RUN/nflb.ko"
}

topo_up 3
healthy_nginx b1 b2 b3
both_families "an agent's end and begin change nothing" case_no_agent
both_families "of two agents one checks" case_standby
both_families "when it ends the other one takes over" case_take_over
both_families "when it hangs, too" case_hangs
both_families "changes of the configuration are followed" case_changes
both_families "a report that is not so is put right" case_put_right
both_families "each port of a pool counts" case_many_ports
both_families "each port may drain" case_draining_port
both_families "killed under load, it leaves states that become stale" case_stale
use_family 4
tap_run "a state that may change soon is told from others" case_approaching
tap_run "agents of other namespaces are no concern" case_namespaces
tap_run "who has the claim, and what that is good for" case_claim
tap_run "the service manager knows who is active" case_service_manager
tap_run "a probe without any port is named" case_no_port
tap_run "states as JSON" case_json
tap_run "agents and monitor end with the module" case_unloaded
tap_done
