#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The prober's own life: it begins and ends without anybody's harm, follows what
# is configured, and puts right what is not so.
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$NFLB_TOP/tests/vm/insert.sh"
WAY=fast # a probe does not pass through a service

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
	start_agent other
	becomes "up down up"
	expect "changes meanwhile" "" "$(cat "$T_DIR/watch.log")"
	stop_bg watch
	make_well b2
	becomes "up up up"
}

# What is configured while it runs
case_changes()
{
	setup http path /healthz
	start_agent agent
	becomes "up up up"
	lb backend add web b4 "$(backend_addr 4)"
	becomes "up up up down"
	lb backend del web b4 now
	becomes "up up up"
	lb probe set ok port 81
	becomes "down down down"
	lb probe set ok port same
	becomes "up up up"
	lb service set http backend-port 81
	becomes "down down down"
	lb service set http backend-port 8080
	becomes "up up up"
	lb service set http probe none
	becomes ""
	lb service set http probe ok
	becomes "up up up"
}

# Whoever reports what is not so is put right
case_put_right()
{
	setup tcp
	start_agent agent
	becomes "up up up"
	lb health set web b3 ok down
	becomes "up up up"
	lb health set web b3 ok unknown
	becomes "up up up"
}

# Services with ports of their own share the probe: each port counts
case_many_ports()
{
	setup tcp
	lb service add tls frontend web-ip protocol tcp port 443 pool web \
		backend-port 8443 probe ok
	start_agent agent
	becomes "up up up"
	lb service set tls backend-port 8444
	becomes "down down down"
	lb service del tls
	becomes "up up up"
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
	becomes "up up up"
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
	becomes "up up up"
	stop_agents
	expect "backends" "b1 b2 b3" "$(json_said backend health)"
	expect "states" "up up up" "$(json_said state health)"
	expect "probes" "ok ok ok" "$(json_said probe health)"
	expect "checks not made" 0 "$(json_said not_made end)"
}

case_unloaded()
{
	local pid

	setup tcp
	start_agent agent
	becomes "up up up"
	read -r pid <"$T_DIR/agent.pid"
	rmmod nflb
	wait_for 10 is_gone "$pid"
	grep -q '^lbctl: agent: ' "$T_DIR/agent.log"
	insert "$NFLB_RUN/nflb.ko"
}

topo_up 3
healthy_nginx b1 b2 b3
both_families "an agent's end and begin change nothing" case_no_agent
both_families "changes of the configuration are followed" case_changes
both_families "a report that is not so is put right" case_put_right
both_families "each port of a pool counts" case_many_ports
use_family 4
tap_run "a probe without any port is named" case_no_port
tap_run "states as JSON" case_json
tap_run "the agent ends with the module" case_unloaded
tap_done
