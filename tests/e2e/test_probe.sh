#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a probe asks for, and what it takes for an answer: host, statuses, body,
# state, certificate; and how it gets there.
# limit: 900
# once: the prober is the same on all kernels
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (nginx, dnsmasq, gRPC)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
WAY=fast # a probe does not pass through a service

# make_certificate: of web.example.org and for 20 days, in $T_DIR/cert, by an
# authority, in $T_DIR/ca
make_certificate()
{
	local curve=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

	openssl req -x509 "${curve[@]}" -days 30 -subj /CN=authority \
		-keyout "$T_DIR/ca-key" -out "$T_DIR/ca" 2>/dev/null
	openssl req "${curve[@]}" -subj /CN=web -keyout "$T_DIR/key" \
		-out "$T_DIR/request" 2>/dev/null
	openssl x509 -req -in "$T_DIR/request" -CA "$T_DIR/ca" \
		-CAkey "$T_DIR/ca-key" -CAcreateserial -days 20 \
		-extfile <(echo "subjectAltName=DNS:web.example.org") \
		-out "$T_DIR/cert" 2>/dev/null
}

# particular_nginx NAMESPACE...: who want to be asked in the right way
particular_nginx()
{
	local dir space

	make_certificate
	for space in "$@"; do
		dir=$T_DIR/nginx-$space
		mkdir -p "$dir"
		cat >"$dir/more.conf" <<-END
		listen 8443 ssl;
		listen [::]:8443 ssl ipv6only=on;
		ssl_certificate $T_DIR/cert;
		ssl_certificate_key $T_DIR/key;
		ssl_client_certificate $T_DIR/ca;
		ssl_verify_client optional;
		location = /known {
			if (\$ssl_client_verify != SUCCESS) { return 403; }
			return 200 "fine\n";
		}
		location = /host {
			if (\$http_host != web.example.org:81) { return 404; }
			return 204;
		}
		location = /gone { return 410; }
		location = /state {
			if (-e $dir/sick) { return 200 "all is ill\n"; }
			return 200 "all is well\n";
		}
		location = /json {
			if (-e $dir/sick) {
				return 200 '{"ApplicationHealthState": "Unhealthy"}';
			}
			if (-e $dir/tired) {
				return 200 '{"ApplicationHealthState": "Healthy", "Weight": 25}';
			}
			if (-e $dir/draining) {
				return 200 '{"ApplicationHealthState": "Draining"}';
			}
			return 200 '{"ApplicationHealthState": "Healthy"}';
		}
		location = /broken { return 200 '{"ApplicationHealthState"'; }
		location = /sni {
			if (\$ssl_server_name != web.example.org) { return 404; }
			return 200 "fine\n";
		}
		END
	done
	start_nginx "$@"
}

# explained: the backend that each of some flows would get
explained()
{
	local dst src i

	dst=$(endpoint "$VIP" 80)
	src=$(endpoint "$CLIENT" "")
	for ((i = 2001; i <= 2600; i++)); do
		echo "tcp $src$i $dst"
	done | lb explain - | cut -d ' ' -f 7
}

# has_share BACKEND PERCENT
has_share()
{
	[ "$(lb health show | awk -v name="$1" '$2 == name { print $7 }')" = "$2" ]
}

# all_pass, all_fail REASON TEXT: and b2 for that reason
all_pass()
{
	turns "up up up"
}

all_fail()
{
	turns "down down down"
	said "$@"
}

case_host()
{
	setup http path /host host web.example.org:81 expect 200-299
	start_agent agent
	all_pass
	lb probe set ok host web.example.org
	all_fail Down_Probe_HttpStatusCodeError "status 404"
	lb probe set ok host web.example.org:81
	all_pass
	lb probe set ok host ""
	all_fail Down_Probe_HttpStatusCodeError "status 404"
}

case_expect()
{
	setup http path /gone
	start_agent agent
	turns "down down down"
	lb probe set ok expect 200,400-410
	all_pass
	lb probe set ok expect 200-299
	all_fail Down_Probe_HttpStatusCodeError "status 410"
}

case_body()
{
	setup http path /state body "all is well"
	start_agent agent
	all_pass
	make_sick b2
	turns "up down up"
	said Down_Probe_HttpStatusCodeError \
		"status 200, but the body is not as wanted"
	make_well b2
	all_pass
	lb probe set ok body hex:770a
	all_fail Down_Probe_HttpStatusCodeError \
		"status 200, but the body is not as wanted"
	lb probe set ok body hex:6c6c0a
	all_pass
}

# Where one would be far from enough, and where it is enough
case_answers()
{
	setup http path /state body "all is well" answers counted fall 255
	start_agent agent
	all_pass
	make_sick b2
	becomes "up up up"
	lb probe set ok fall 2
	turns "up down up"
	make_well b2
	lb probe set ok type tcp port 8080 answers at-once rise 255 fall 255
	all_pass
	lb probe set ok port 8999
	all_fail Down_Probe_TcpEndpointUnreachable "Connection refused"
}

# Who wants less gets less, and from nobody else a flow moves
case_weight()
{
	setup http path /json json-state on
	lb pool set web scheduler maglev
	start_agent agent
	all_pass
	has_share b2 - || fail "share"
	explained >"$T_DIR/before"
	: >"$T_DIR/nginx-b2/tired"
	wait_for 10 has_share b2 25
	explained >"$T_DIR/tired"
	expect_between "flows of who wants less" 25 80 \
		"$(grep -c '^b2$' "$T_DIR/tired")"
	expect "flows of others that have moved" 0 \
		"$(paste "$T_DIR/before" "$T_DIR/tired" |
			awk '$1 != "b2" && $1 != $2' | wc -l)"
	# It outlasts changes, and what says nothing of it.
	lb backend add web b9 "$(backend_addr 9)" weight 0
	has_share b2 25 || fail "share after a change"
	stop_agents
	lb health set web b2 ok down
	lb health set web b2 ok up
	has_share b2 25 || fail "share when it is up again"
	lb backend del web b9
	rm "$T_DIR/nginx-b2/tired"
	start_agent agent
	wait_for 10 has_share b2 -
	explained | diff "$T_DIR/before" - || fail "not as before"
}

case_json_state()
{
	setup http path /json json-state on
	start_agent agent
	all_pass
	make_sick b2
	turns "up down up"
	said Down_Probe_HttpStatusCodeError \
		'status 200, but the application says "Unhealthy"'
	: >"$T_DIR/nginx-b2/draining"
	make_well b2
	turns "up draining up"
	said Down_Probe_ApplicationDraining \
		'status 200, and the application says "Draining"'
	make_sick b2
	turns "up down up"
	rm "$T_DIR/nginx-b2/draining"
	lb probe set ok json-state off
	all_pass
	make_well b2
	lb probe set ok json-state on path /broken
	all_fail Down_Probe_HttpStatusCodeError \
		"status 200, but the body is no JSON: line 1: "
}

# A handshake takes an emulated machine its time
setup_tls()
{
	INTERVAL=$((SLOW > 1 ? 3000 : 1000)) setup https port 8443 "$@"
}

case_sni()
{
	setup_tls path /sni host web.example.org:8443
	start_agent agent
	all_pass
	lb probe set ok sni other.example.org
	all_fail Down_Probe_HttpStatusCodeError "status 404"
	lb probe set ok host "" sni web.example.org
	all_pass
	lb probe set ok sni ""
	all_fail Down_Probe_HttpStatusCodeError "status 404"
}

case_verify()
{
	setup_tls host web.example.org verify on
	start_agent agent
	turns "down down down"
	stop_agents
	start_bg gw agent lbctl agent ca-file "$T_DIR/ca"
	all_pass
	lb probe set ok host other.example.org
	all_fail Down_Probe_HttpEndpointUnreachable SSL
	lb probe set ok verify off
	all_pass
}

# Who is asked only answers somebody it knows
case_credentials()
{
	cat "$T_DIR/cert" "$T_DIR/key" >"$T_DIR/both"
	setup_tls path /known cert "$T_DIR/nowhere"
	start_agent agent
	wait_for 10 grep -qx "lbctl: a check cannot be made: cert $T_DIR/nowhere: No such file or directory" \
		"$T_DIR/agent.log"
	expect "health" "unknown unknown unknown" "$(health)"
	lb probe set ok cert "$T_DIR/cert" key "$T_DIR/key"
	all_pass
	lb probe set ok cert "" key ""
	all_fail Down_Probe_HttpStatusCodeError "status 403"
	lb probe set ok cert "$T_DIR/both"
	all_pass
}

case_expiry()
{
	setup_tls cert-expiry 14d
	start_agent agent
	all_pass
	lb probe set ok cert-expiry 30d
	all_fail Down_Probe_HttpEndpointUnreachable \
		"the certificate ends in 19d, wanted are 30d"
	lb probe set ok cert-expiry off
	all_pass
	# The same without a GET, and where nobody speaks TLS
	lb probe set ok type tls cert-expiry 14d
	all_pass
	lb probe set ok cert-expiry 30d
	all_fail Down_Probe_TlsHandshakeError \
		"the certificate ends in 19d, wanted are 30d"
	lb probe set ok cert-expiry off
	all_pass
	lb probe set ok port 8080
	all_fail Down_Probe_TlsHandshakeError ".*SSL"
}

# asked_from ADDRESS: b1 has been asked by it
asked_from()
{
	grep -q "^$1 [0-9]* 200 /state\$" "$T_DIR/nginx-b1/access.log"
}

case_source()
{
	local source=198.51.100.1 other=192.0.2.200

	if [ "$FAMILY" = 6 ]; then
		source=2001:db8:c1::1
		other=2001:db8:c2::200
	fi
	setup http path /state source "$source"
	start_agent agent
	all_pass
	asked_from "$source"
	lb probe set ok source "$other" initial up
	wait_for 10 grep -qx "lbctl: a check cannot be made: Cannot assign requested address" \
		"$T_DIR/agent.log"
	expect "health" "up up up" "$(health)"
}

case_device()
{
	setup tcp device back
	start_agent agent
	all_pass
	lb probe set ok device cl1
	turns "down down down"
	lb probe set ok device none
	all_pass
}

# One of them can only be reached by what has the mark
case_mark()
{
	local b2

	b2=$(backend_addr 2)
	setup http path /state mark 7
	in_ns gw ip "-$FAMILY" rule add fwmark 7 to "$b2" lookup main pref 100
	in_ns gw ip "-$FAMILY" rule add to "$b2" unreachable pref 101
	start_agent agent
	all_pass
	lb probe set ok mark none
	turns "up down up"
	said Down_Probe_HttpEndpointUnreachable
	lb probe set ok mark 7
	all_pass
	in_ns gw ip "-$FAMILY" rule del pref 100
	in_ns gw ip "-$FAMILY" rule del pref 101
}

setup_grpc()
{
	wait_for 60 grep -qx ready "$T_DIR/grpc.log"
	setup "$@"
}

# An answer acts at once, whatever it is
case_grpc()
{
	setup_grpc grpc port 8080 fall 255
	start_agent agent
	all_fail Down_Probe_GrpcNoResponse "no answer in HTTP/2"
	lb probe set ok port 50051
	all_pass
	make_sick b2
	turns "up down up"
	said Down_Probe_GrpcStatusError "status NOT_SERVING"
	make_well b2
	all_pass
	lb probe set ok grpc-service web.Nothing
	all_fail Down_Probe_GrpcStatusError \
		"grpc-status 5 NOT_FOUND: unknown service"
	lb probe set ok grpc-service web.Shop
	all_pass
}

# HTTP/2 is agreed on in the handshake, which takes an emulated machine its time
case_grpcs()
{
	INTERVAL=3000 setup_grpc grpcs port 8443 host web.example.org verify on
	start_bg gw agent lbctl agent ca-file "$T_DIR/ca"
	all_fail Down_Probe_GrpcNoResponse "no answer in HTTP/2"
	lb probe set ok port 50052
	all_pass
	lb probe set ok host other.example.org
	all_fail Down_Probe_GrpcEndpointUnreachable SSL
}

# program NAME TEXT: in $T_DIR/programs
program()
{
	mkdir -p "$T_DIR/programs"
	printf '#!/bin/sh\n%s\n' "$2" >"$T_DIR/programs/$1"
	chmod 755 "$T_DIR/programs/$1"
}

case_exec()
{
	program ask "exec curl -gsSf --max-time 5 -o /dev/null \\
		\"http://\$1:\$NFLB_PORT/state\" 2>&1"
	program address "case \$NFLB_ADDRESS in
		*:*) exec $T_DIR/programs/ask \"[\$NFLB_ADDRESS]\" ;;
		*) exec $T_DIR/programs/ask \"\$NFLB_ADDRESS\" ;;
		esac"
	# Processes take an emulated machine their time
	INTERVAL=2000 setup exec command "$T_DIR/programs/address" fall 3
	start_bg gw agent lbctl agent exec-dir "$T_DIR/programs"
	all_pass
	program ask "echo \"no \$1 of \$NFLB_POOL\"; [ \$NFLB_BACKEND != b2 ]"
	turns "up down up"
	said Down_Probe_ExecStatusError \
		"exit status 1: no .*$(backend_addr 2)\]* of web\$"
	program ask "[ \$NFLB_BACKEND != b3 ] || exec sleep 1000"
	wait_for 60 is_health "up up down"
	stop_agents
	expect "left behind" "" "$(pgrep -fx 'sleep 1000' || :)"
}

# Who configures a namespace does not say what is run outside
case_exec_refused()
{
	program good "touch $T_DIR/has_run"
	setup exec command "$T_DIR/programs/good"
	start_agent agent
	wait_for 10 grep -qx "lbctl: a check cannot be made: $T_DIR/programs/good: the agent may run no programs: it has no exec-dir" \
		"$T_DIR/agent.log"
	stop_agents
	lb probe set ok command /bin/true
	start_bg gw agent lbctl agent exec-dir "$T_DIR/programs"
	wait_for 10 grep -qx "lbctl: a check cannot be made: /bin/true: the agent may only run programs in $T_DIR/programs" \
		"$T_DIR/agent.log"
	expect "health" "unknown unknown unknown" "$(health)"
	[ ! -e "$T_DIR/has_run" ]
	lb probe set ok command "$T_DIR/programs/good"
	all_pass
	[ -e "$T_DIR/has_run" ]
}

# A question for whoami.test TXT, number 1
DNS_QUESTION=hex:000101000001000000000000
DNS_QUESTION+=0677686f616d6904746573740000100001

# stop_server NAMESPACE
stop_server()
{
	local pid

	read -r pid <"$T_DIR/dns-$1.pid"
	kill "$pid"
	wait_for 10 is_gone "$pid"
}

# The answer begins as the question, with bits of an answer, and has the name
case_udp()
{
	setup udp port 53 send "$DNS_QUESTION" receive hex:0001
	start_agent agent
	all_pass
	stop_server b2
	turns "up down up"
	said Down_Probe_UdpEndpointUnreachable "Connection refused"
	start_dns b2
	all_pass
	lb probe set ok receive nobody
	all_fail Down_Probe_UdpAnswerError "[0-9]* bytes received, not as wanted"
	lb probe set ok receive whoami
	all_pass
}

drop_dns()
{
	in_ns "$1" nft -f - <<-END
	table inet deaf {
		chain in {
			type filter hook input priority 0;
			udp dport 53 $2
		}
	}
	END
}

# Who expects no answer takes silence for one, but not a word against it
case_udp_silence()
{
	setup udp port 53 send "$DNS_QUESTION" receive whoami
	start_agent agent
	all_pass
	drop_dns b2 drop
	turns "up down up"
	said Down_Probe_UdpProbeTimeout "no answer within"
	lb probe set ok receive ""
	all_pass
	in_ns b2 nft delete table inet deaf
	drop_dns b2 "reject with icmpx type admin-prohibited"
	turns "up down up"
	said Down_Probe_UdpEndpointUnreachable ""
	in_ns b2 nft delete table inet deaf
	all_pass
}

# deaf_to_echo NAMESPACE VERDICT
deaf_to_echo()
{
	in_ns "$1" nft -f - <<-END
	table inet deaf {
		chain in {
			type filter hook input priority 0;
			icmp type echo-request $2
			icmpv6 type echo-request $2
		}
	}
	END
}

# By a raw socket, as a new namespace allows no other; and by one of the others
case_icmp()
{
	setup icmp
	start_agent agent
	all_pass
	deaf_to_echo b2 drop
	turns "up down up"
	said Down_Probe_IcmpProbeTimeout "no answer within"
	in_ns gw sysctl -qw net.ipv4.ping_group_range="0 0"
	in_ns b2 nft delete table inet deaf
	all_pass
	deaf_to_echo b2 "reject with icmpx type port-unreachable"
	turns "up down up"
	said Down_Probe_IcmpEndpointUnreachable "Connection refused"
	in_ns gw sysctl -qw net.ipv4.ping_group_range="1 0"
	in_ns b2 nft delete table inet deaf
	all_pass
}

# What was set is shown, written and read as it was
case_document()
{
	local document

	setup_tls host a.example sni b.example expect 200-204,404 \
		body "all is well" json-state on verify on cert-expiry 14d cert /c key /k \
		source "$VIP" \
		device back mark 7
	document=$(lb export)
	expect "probe" \
		"host a.example sni b.example expect 200-204,404 body all is well json-state on verify on cert-expiry 14d cert /c key /k source $VIP device back mark 7" \
		"$(lb probe show ok | sed -n 's/.* host/host/p')"
	lb flush
	echo "$document" | lb apply -
	expect "document" "$document" "$(lb export)"
	expect "difference" "" "$(echo "$document" | lb diff -)"
	# What only one type has goes with it
	lb probe set ok type http
	lb probe set ok type https
	expect "probe" \
		"host a.example expect 200-204,404 body all is well json-state on source $VIP device back mark 7" \
		"$(lb probe show ok | sed -n 's/.* host/host/p')"
	lb probe set ok type tcp
	expect "probe" "source $VIP device back mark 7" \
		"$(lb probe show ok | sed -n 's/.* source/source/p')"
	echo "$document" | lb apply -
	expect "document" "$document" "$(lb export)"
}

topo_up 3
particular_nginx b1 b2 b3
start_dns b1 b2 b3
# Until it is ready others have their turn
start_bg b1 grpc "$here/lib/health.py" "$T_DIR" b1 b2 b3
both_families "host" case_host
both_families "statuses" case_expect
both_families "body" case_body
both_families "answers that are counted, or act at once" case_answers
both_families "the application's state" case_json_state
both_families "the application's weight" case_weight
both_families "gRPC" case_grpc
use_family 6
tap_run "gRPC over TLS, IPv6" case_grpcs
stop_bg grpc
both_families "name for TLS" case_sni
both_families "certificate" case_verify
both_families "the agent's own certificate" case_credentials
both_families "certificate's end" case_expiry
both_families "source" case_source
both_families "device" case_device
both_families "mark" case_mark
both_families "datagrams" case_udp
both_families "datagrams without an answer" case_udp_silence
both_families "echo requests" case_icmp
both_families "programs" case_exec
use_family 4
tap_run "programs that may not be run" case_exec_refused
both_families "document" case_document
tap_done
