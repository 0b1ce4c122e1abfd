#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server that fails is found out, in whatever way it does, and nobody else
# is.
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
WAY=fast # a probe does not pass through a service

REQUESTS=12

# said REASON: the agent has given it for b2
said()
{
	grep -q "^health: backend web b2 probe ok .*: $1: " "$T_DIR/agent.log" ||
		fail "not said: $1; but: $(cat "$T_DIR/agent.log")"
}

# is_down_while REASON BREAK MEND: b2 and nobody else fails, from BREAK to MEND,
# both functions that are given b2
is_down_while()
{
	start_agent agent
	becomes "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	"$2" b2
	becomes "up down up"
	expect "who answers" "b1 b3" "$(who 80)"
	said "$1"
	"$3" b2
	becomes "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	said Up_Probe_Success
}

end_server()
{
	local pid

	read -r pid <"$T_DIR/nginx-$1.pid"
	kill -QUIT "$pid"
	wait_for 10 is_gone "$pid"
}

begin_server()
{
	start_nginx "$1"
}

# signal_workers NAMESPACE SIGNAL
signal_workers()
{
	local pid

	read -r pid <"$T_DIR/nginx-$1.pid"
	pkill "-$2" -P "$pid"
}

stop_answering()
{
	signal_workers "$1" STOP
}

answer_again()
{
	signal_workers "$1" CONT
}

drop_port()
{
	in_ns "$1" nft -f - <<-END
	table inet deaf {
		chain in {
			type filter hook input priority 0;
			tcp dport 8080 drop
		}
	}
	END
}

hear_again()
{
	in_ns "$1" nft delete table inet deaf
}

unplug()
{
	ip -n sw link set "$1" down
}

plug()
{
	ip -n sw link set "$1" up
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
	is_down_while Down_Probe_HttpEndpointUnreachable end_server begin_server
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
