#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A server that fails is found out, in whatever way it does, and nobody else
# is.
# limit: 900
# once: the prober is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/failures.sh"
WAY=fast # a probe does not pass through a service

REQUESTS=12

# is_down_while REASON BREAK MEND [TEXT]: b2 and nobody else fails, from BREAK to
# MEND, both functions that are given b2. If there is no agent yet, one begins.
is_down_while()
{
	[ -e "$T_DIR/agent.pid" ] || start_agent agent
	turns "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	"$2" b2
	becomes "up down up"
	expect "who answers" "b1 b3" "$(who 80)"
	said "$1" "${4-}"
	shown "$1"
	"$3" b2
	turns "up up up"
	expect "who answers" "b1 b2 b3" "$(who 80)"
	said Up_Probe_Success
}

# of BACKEND KEY: in what lbctl health has said, as JSON, in health.json
of()
{
	jq -r --arg name "$1" --arg key "$2" \
		'.health[] | select(.backend == $name) | .[$key]' \
		"$T_DIR/health.json"
}

# shown REASON: by lbctl health, for b2, with results that end with a failure.
# Others have passed, in time, and have been in their state for longer.
shown()
{
	local max_us

	lb -j health show | tee "$T_DIR/health.json" |
		jq -c '.health[] | select(.backend == "b2")'
	lb health show | grep -qE "^web +b2 .* [-+]{0,15}[-] +$(sed 's/\\//g' <<<"$1") +[^ ]"
	lb health show | grep -qE "^web +b1 .* [-+]{0,15}[+] +Up_Probe_Success +[^ ]"
	# Who has to wait for a processor looks at an answer later
	max_us=$(lb -j probe show ok | jq '.probes[0].timeout_ms * 2000')
	expect_between "time of an answer, in us" 1 "$max_us" "$(of b1 rtt_us)"
	expect_between "time as down, in ms" $((3 * INTERVAL / 1000 * 1000)) \
		"$(of b1 for_ms)" "$(of b2 for_ms)"
}

case_status()
{
	setup http path /healthz
	is_down_while Down_Probe_HttpStatusCodeError make_sick make_well
}

case_https()
{
	# A handshake takes an emulated machine its time
	local INTERVAL=$((SLOW > 1 ? 3000 : 1000))

	setup https port 8443 path /healthz
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

# answer_late NAMESPACE, answer_soon NAMESPACE: what is behind nginx there takes
# longer than a probe waits, but answers
answer_late()
{
	local begin

	in_ns "$1" tc qdisc replace dev lo root netem delay "${INTERVAL}ms"
	now_ms && begin=$REPLY
	expect "a late answer" fine \
		"$(http_get gw "http://$(endpoint "$(backend_addr "${1#b}")" 8080)/late")"
	now_ms
	[ $((REPLY - begin)) -gt "$INTERVAL" ] || fail "the answer is not late"
}

answer_soon()
{
	in_ns "$1" tc qdisc del dev lo root
}

case_late()
{
	setup http path /late
	is_down_while Down_Probe_HttpNoResponse answer_late answer_soon \
		"no answer within"
}

# make_authority NAME: whose certificate is NAME-ca in $T_DIR
make_authority()
{
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj "/CN=$1" -keyout "$T_DIR/$1-key" \
		-out "$T_DIR/$1-ca" 2>/dev/null
}

# give_certificate NAMESPACE AUTHORITY HOST: the server has it from now on
give_certificate()
{
	local pid

	openssl req -new -key "$T_DIR/key" -subj /CN=web 2>/dev/null |
		openssl x509 -req -CA "$T_DIR/$2-ca" -CAkey "$T_DIR/$2-key" \
			-set_serial 1 -days 2 -out "$T_DIR/cert-$1" \
			-extfile <(echo "subjectAltName=DNS:$3") 2>/dev/null
	read -r pid <"$T_DIR/nginx-$1.pid"
	kill -HUP "$pid"
}

# change_nginx NAMESPACE: it has a certificate of its own, and at /late another
# server behind it
change_nginx()
{
	local dir=$T_DIR/nginx-$1

	sed -i "s,$T_DIR/cert,&-$1," "$dir/more.conf"
	echo "location = /late { proxy_pass http://127.0.0.1:8080/healthz; }" \
		>"$dir/more-late.conf"
}

right_certificate() { give_certificate "$1" good web.example.org; }
other_authority() { give_certificate "$1" bad web.example.org; }
other_name() { give_certificate "$1" good other.example.org; }

# case_certificate BREAK TEXT
case_certificate()
{
	# A handshake takes an emulated machine its time
	local INTERVAL=$((SLOW > 1 ? 3000 : 1000))

	# Whatever a case before has left
	right_certificate b2
	setup https port 8443 path /healthz host web.example.org verify on
	start_bg gw agent lbctl agent ca-file "$T_DIR/good-ca"
	is_down_while Down_Probe_HttpEndpointUnreachable "$1" \
		right_certificate "$2"
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

# has_results BACKEND PATTERN: all that lbctl health has room for, 16
has_results()
{
	lb -j health show >"$T_DIR/health.json"
	[[ $(of "$1" results) =~ ^[-+]{16}$ && $(of "$1" results) =~ ^$2$ ]] ||
		{ of "$1" results; false; }
}

# The latest results, and for how long it has been as it is
case_shown()
{
	local begin is_up last

	setup http path /healthz
	now_ms && begin=$REPLY
	start_agent agent
	turns "up up up"
	now_ms && is_up=$REPLY
	wait_for 60 has_results b2 '[+]*'
	now_ms && last=$REPLY
	lb -j health show >"$T_DIR/health.json"
	now_ms
	# Whole seconds
	expect_between "time as up, in ms" $((last - is_up - 1000)) \
		$((REPLY - begin)) "$(of b2 for_ms)"
	now_ms && begin=$REPLY
	make_sick b2
	turns "up down up"
	wait_for 1 has_results b2 '[+]+[-]+'
	now_ms
	expect_between "time as down, in ms" 0 $((REPLY - begin)) \
		"$(of b2 for_ms)"
	make_well b2
	turns "up up up"
	wait_for 1 has_results b2 '[+]*[-]+[+]+'
}

topo_up 3
modprobe sch_netem
healthy_nginx b1 b2 b3
make_authority good
make_authority bad
for space in b1 b2 b3; do
	change_nginx $space
	right_certificate $space
done
both_families "another status than 200" case_status
both_families "another status than 200, over TLS" case_https
both_families "a server that has ended" case_killed
both_families "a server that has ended, by tcp" case_tcp_killed
both_families "a server that does not answer" case_slow
both_families "a server that answers too late" case_late
both_families "a certificate of another authority" case_certificate \
	other_authority "SSL certificate problem"
both_families "a certificate of another name" case_certificate \
	other_name ".*subject name"
both_families "a server behind a firewall" case_firewalled
both_families "a server without a cable" case_unplugged
both_families "lbctl health shows the latest results" case_shown
tap_done
