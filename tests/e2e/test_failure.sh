#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server that fails is found out, in whatever way it does, and nobody else
# is.
# once: the prober is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/failures.sh"
WAY=fast # a probe does not pass through a service

REQUESTS=12

# is_down_while REASON BREAK MEND: b2 and nobody else fails, from BREAK to MEND,
# both functions that are given b2
is_down_while()
{
	start_agent agent
	turns "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	"$2" b2
	becomes "up down up"
	expect "who answers" "b1 b3" "$(who 80)"
	said "$1"
	shown "$1"
	"$3" b2
	turns "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	said Up_Probe_Success
}

# shown REASON: by lbctl health, for b2, with results that end with a failure
shown()
{
	lb -j health show | jq -c '.health[] | select(.backend == "b2")'
	lb health show | grep -qE "^web +b2 .*[-] +$(sed 's/\\//g' <<<"$1") +[^ ]"
}

case_status()
{
	setup http path /healthz
	is_down_while Down_Probe_HttpStatusCodeError make_sick make_well
}

case_https()
{
	# A handshake takes an emulated machine its time
	INTERVAL=$((SLOW > 1 ? 3000 : 1000)) setup https port 8443 path /healthz
	is_down_while Down_Probe_HttpStatusCodeError make_sick make_well
}

case_killed()
{
	setup http path /healthz
	# A check that was under way lost its connection
	is_down_while 'Down_Probe_Http\(EndpointUnreachable\|NoResponse\)' \
		end_server begin_server
}

case_tcp_killed()
{
	setup tcp
	is_down_while Down_Probe_TcpEndpointUnreachable end_server begin_server
}

case_slow()
{
	setup http path /healthz
	is_down_while Down_Probe_HttpNoResponse stop_answering answer_again
}

case_firewalled()
{
	setup tcp
	is_down_while Down_Probe_TcpProbeTimeout drop_port hear_again
}

case_unplugged()
{
	setup tcp
	is_down_while 'Down_Probe_Tcp[A-Za-z]*' unplug plug
}

topo_up 3
healthy_nginx b1 b2 b3
both_families "another status than 200" case_status
both_families "another status than 200, over TLS" case_https
both_families "a server that has ended" case_killed
both_families "a server that has ended, by tcp" case_tcp_killed
both_families "a server that does not answer" case_slow
both_families "a server behind a firewall" case_firewalled
both_families "a server without a cable" case_unplugged
tap_done
