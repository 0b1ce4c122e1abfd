#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What backends open leaves through addresses of a snat.
#
#   cl1, cl2 --- gw (nflb) --- sw --- b1 b2 b3 b4 b5
#   (servers here)   203.0.113.21, .22, 2001:db8:f::21, ::22
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
WAY=fast # flows of backends do not take the fast path

SPACES="b1 b2 b3 b4 b5"
# Destinations of datagrams, and of connections
N_TARGETS=64
N_DOORS=8

# members N: backends, of which those beyond 5 do not exist
members()
{
	awk -v n="$1" -v family="$FAMILY" 'BEGIN {
		for (i = 1; i <= n; i++) {
			at = i + 10
			address = "10.0." int(at / 250) "." at % 250
			if (family == 6)
				address = "fd00:b::" at
			printf "%s{\"name\": \"b%d\", \"address\": \"%s\"}",
				comma, i, address
			comma = ","
		}
	}'
}

# snat_doc BACKENDS PORTS [ADDRESS...]: also a service, on the second address
snat_doc()
{
	local addresses

	addresses=$(printf '"%s",' "${@:3}")
	cat <<-END
	{ "frontends": [{ "name": "vip", "address": "$SECOND" }],
	  "pools": [{ "name": "web", "backends": [$(members "$1")] }],
	  "services": [{ "name": "s", "frontend": "vip", "protocol": "tcp",
	    "port": 7000, "pool": "web" }],
	  "snats": [{ "name": "out", "pool": "web", "ports": $2,
	    "udp_timeout_ms": 2400000, "address": [${addresses%,}] }] }
	END
}

# tell WORD...: the answer is in $REPLY
tell()
{
	echo "$*" >&8
	read -r REPLY <&9
	echo "$*: $REPLY"
}

# answers WANTED WORD...
answers()
{
	tell "${@:2}"
	expect "$2" "$1" "$REPLY"
}

# figures: of the snat, allocated, used, failed, short, busy and exhausted
figures()
{
	lb -j snat show out | jq -r '.snats[] | [.allocated, .used, .failed,
		.short, .busy, .exhausted] | map(tostring) | join(" ")'
}

has_failed_more()
{
	[ "$(stat_of drop_no_ports)" -gt "$1" ]
}

# seen FLOWS PORTS: what is seen of all backends through the first address
seen()
{
	echo "$1 flows, ports $2 $2 $2 $2 $2, 1 addresses," \
		"0 blocks shared, 0 moved"
}

# leases: of each backend its name, and what it has, may have, uses and has not
# got
leases()
{
	lb -j snat show out | jq -r '.leases[] | [.backend, .allocated, .limit,
		.used, .failed] | map(tostring) | join(" ")'
}

# of_each LEASE: as leases() says it if it is that of each of 5
of_each()
{
	printf "b%s $1\n" 1 2 3 4 5
}

# metrics: of the ports of each backend, from an agent
metrics()
{
	start_bg gw agent lbctl agent metrics 127.0.0.1:9180
	wait_for 10 listens gw 9180
	in_ns gw curl -sS -f http://127.0.0.1:9180/metrics |
		grep '^nflb_snat_.*backend='
	stop_bg agent
}

# metric NAME VALUE: as metrics() says it if it is that of each of 5
metric()
{
	printf "nflb_snat_$1{snat=\"out\",pool=\"web\",backend=\"b%s\"} $2\n" \
		1 2 3 4 5
}

# The arithmetic: 5 backends x 8 ports x destinations, and no flow more
case_exhaustion()
{
	snat_doc 5 8 "$FIRST" | lb apply -
	answers "$(seen $((40 * N_TARGETS)) 8)" spray 9 $N_TARGETS $SPACES
	expect "figures" "40 40 $((5 * N_TARGETS)) 0 5 5" "$(figures)"
	expect "leases" "$(of_each "8 8 8 $N_TARGETS")" "$(leases)"
	expect "metrics" "$(
		metric allocated_ports 8
		metric limit_ports 8
		metric used_ports 8
		metric failed_flows_total $N_TARGETS)" "$(metrics)"
}

# The same ports have as many connections again
case_connections()
{
	local failed

	failed=$(stat_of drop_no_ports)
	answers "$(seen $((40 * N_DOORS)) 8), $((5 * N_DOORS)) waiting" \
		open 9 $N_DOORS $SPACES
	failed=$(($(stat_of drop_no_ports) - failed))
	# Some of them may have asked again.
	[ $failed -ge $((5 * N_DOORS)) ] || fail "only $failed have failed"
	expect "leases" "$(of_each "8 8 8")" "$(leases | cut -d ' ' -f 1-4)"
}

# Blocks of new backends lie where nobody's are; those of the old ones stay, and
# so do all flows where they are
case_growth()
{
	local failed

	failed=$(figures | cut -d ' ' -f 3)
	answers "$((40 * N_DOORS)) heard" talk
	snat_doc 60 8 "$FIRST" "$SECOND" | lb apply -
	answers "$((40 * N_DOORS)) heard" talk
	answers "$(seen $((40 * N_TARGETS)) 8)" again
	expect "figures" "480 40 $((failed + 5 * N_TARGETS)) 0 5 5" "$(figures)"
	snat_doc 60 '"dynamic"' "$FIRST" "$SECOND" | lb apply -
	tell again
	[[ $REPLY == "$((45 * N_TARGETS)) flows,"*" 0 blocks shared, 0 moved" ]]
	lb snat del out
	answers "$REPLY" again
	answers "$((40 * N_DOORS)) heard" talk
	tell close
}

# reserved N: what each of so many backends has by Azure's table, and has got
reserved()
{
	snat_doc "$1" '"azure"' "$FIRST" | lb apply - >/dev/null
	lb -j snat show out | jq -r '[.snats[0].reserved,
		([.leases[].allocated] | unique[])] | map(tostring) | join(" ")'
}

# A row of the table each, from its first backend on
case_azure()
{
	begin_anew
	expect "1 backend" "1024 1024" "$(reserved 1)"
	expect "51 backends" "512 512" "$(reserved 51)"
	expect "101 backends" "256 256" "$(reserved 101)"
	expect "201 backends" "128 128" "$(reserved 201)"
	expect "401 backends" "64 64" "$(reserved 401)"
	expect "801 backends" "32 32" "$(reserved 801)"
}

# Of the first address a range leaves 704 blocks: 128 for each backend, and of
# the rest, which nobody has for himself, half for one
case_borrows()
{
	local lease="$((128 * 8)) $((160 * 8))"

	begin_anew
	snat_doc 5 '"dynamic"' "$FIRST" | lb apply -
	lb frontend add first "$FIRST"
	lb nat add range frontend first protocol tcp pool web backend-port 22 \
		port $((1024 + 704 * 8))-65535
	expect "leases" "$(of_each "$lease 0 0")" "$(leases)"
	answers "1280 flows, ports 1280, 1 addresses, 0 blocks shared, 0 moved" \
		spray 1300 1 b1
	expect "leases" "$(
		echo "b1 1280 1280 1280 20"
		of_each "$lease 0 0" | tail -n 4)" "$(leases)"
	answers "2048 flows, ports 1024 1024, 1 addresses, 0 blocks shared, 0 moved" \
		spray 1024 1 b2 b3
	expect "figures" "$((704 * 8 - 256)) 3328 20 0 3 1" "$(figures)"
	# What it has borrowed goes back with the flows.
	in_ns gw conntrack -F 2>/dev/null
	expect "leases" "$(
		echo "b1 $lease 0 20"
		of_each "$lease 0 0" | tail -n 4)" "$(leases)"
}

has_said()
{
	grep -qx "alert: $1" "$T_DIR/monitor.log"
}

# More than 75 % is 7 ports of 8. What is said of a service shows that all has
# been looked at: the snat as well.
case_alerts()
{
	begin_anew
	follow monitor
	snat_doc 5 8 "$FIRST" | lb apply -
	tell open 6 1 b1
	expect "used" 6 "$(figures | cut -d ' ' -f 2)"
	lb pool add empty
	lb service add lone frontend vip protocol tcp port 7001 pool empty
	wait_for 10 has_said "NoHealthyBackends service lone begins, critical"
	! grep "snat out" <(grep alert "$T_DIR/monitor.log") || fail "too early"
	tell open 1 1 b1
	wait_for 10 has_said \
		"HighSnatPortUsage snat out begins, warning: 1 of 5 backends"
	! grep SnatPortExhaustion "$T_DIR/monitor.log" || fail "too early"
	tell open 1 1 b1
	wait_for 10 has_said \
		"SnatPortExhaustion snat out begins, critical: 1 of 5 backends"
	! grep " ends" "$T_DIR/monitor.log" || fail "it has not ended"
	tell close
	wait_for 10 has_said \
		"HighSnatPortUsage snat out ends, warning: 0 of 5 backends"
	wait_for 10 has_said \
		"SnatPortExhaustion snat out ends, critical: 0 of 5 backends"
	expect "alerts" 4 "$(grep -c "alert: .* snat " "$T_DIR/monitor.log")"
	stop_bg monitor
}

# top: how many flows there are, and of each destination how many go there, of
# how many backends, and which of them has most of these
top()
{
	lb -j snat top out | jq -r '.flows, (.destinations[] | [.destination,
		.destination_port, .protocol, .flows, .backends, .top_backend,
		.top_flows] | map(tostring) | join(" "))'
}

# flow_of PROTOCOL BACKEND: its flow as conntrack has it, as flows() says it
flow_of()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" -p "$1" \
		--orig-src "$(backend_addr "$2")" 2>/dev/null |
		tr ' ' '\n' | awk -F = -v what="out web b$2 $1" '
			/^(src|dst|sport|dport)=/ { value[++n] = $2 }
			END { print what, value[1], value[3], value[6], value[8],
				value[5], value[7] }'
}

# flows WORD...
flows()
{
	lb -j snat flows "$@" | jq -r '.flows[] | [.snat, .pool, .backend,
		.protocol, .source, .source_port, .address, .port, .destination,
		.destination_port] | map(tostring) | join(" ")'
}

shows_none_of()
{
	! flows | grep " $1 "
}

# What b1 and b2 send, what b3 has open until it closes it, and a ping
case_top()
{
	local ping=1

	[ "$FAMILY" = 4 ] || ping=58
	begin_anew
	snat_doc 5 8 "$FIRST" | lb apply -
	tell spray 3 2 b1
	tell spray 1 1 b2
	tell open 2 1 b3
	in_ns b4 ping -c 1 -W 20 "$CLIENT"
	expect "top" "10
$CLIENT 7000 udp 4 2 b1 3
$CLIENT 7001 udp 3 1 b1 3
$CLIENT 7000 tcp 2 1 b3 2
$CLIENT null $ping 1 1 b4 1" "$(top)"
	expect "the first" "$(endpoint "$CLIENT" 7000) udp 4 40.0 2 b1 3" \
		"$(lb snat top out limit 1 | awk 'NR > 1 { $1 = $1; print }')"
	expect "a flow" "$(flow_of udp 2)" "$(flows out | grep " b2 ")"
	tell close
	wait_for 10 shows_none_of tcp
	lb snat del out
	expect "of no snat" 7 "$(flows | grep -c "^null web .* udp ")"
}

# All that is to be shown ends before it is
case_dump()
{
	local first

	begin_anew
	snat_doc 5 32 "$FIRST" | lb apply -
	answers "1024 flows, ports 32, 1 addresses, 0 blocks shared, 0 moved" \
		spray 32 32 b1
	expect "flows" 1024 "$(rows lb snat flows)"
	genl_start gw
	genl_ask x dump outbound-get
	[[ $REPLY =~ ^"0 "([0-9]+)$ ]]
	first=${BASH_REMATCH[1]}
	begin_anew
	genl_ask x rest
	[[ $REPLY =~ ^"0 "([0-9]+)$ ]]
	expect_between "flows shown" 1 1023 $((first + BASH_REMATCH[1]))
	expect "flows left" 0 "$(rows lb snat flows)"
}

# plan WORD...: the numbers that lbctl shows, its status and what it says
plan()
{
	local status=0

	lb -j snat plan "$@" >"$T_DIR/plan" 2>"$T_DIR/said" || status=$?
	jq -r --arg status "$status" '.plan[] | [.ports, .backends, .addresses,
		.capacity, .reserved, .limit, .sum, .fit, $status] |
		map(tostring) | join(" ")' "$T_DIR/plan"
	grep ^lbctl: "$T_DIR/said" || true
}

# What would be refused is so by the same sentence, and nothing changes
case_plan()
{
	local generation more="are more than the"

	begin_anew
	snat_doc 5 8 "$FIRST" "$SECOND" | lb apply -
	generation=$(stat_of generation)
	expect "as it is" "8 5 2 127992 8 8 40 15999 0" "$(plan out)"
	expect "as show has it" "127992 8" "$(lb -j snat show out |
		jq -r '.snats[] | "\(.capacity) \(.reserved)"')"
	expect "addresses" "$FIRST 64000
$SECOND 63992
null 64000" "$(lb -j snat plan out addresses 3 |
		jq -r '.addresses[] | "\(.address) \(.ports)"')"
	expect "as it would be" "azure 51 1 64000 512 512 26112 2000 0" \
		"$(plan out ports azure backends 51 addresses 1)"
	expect "of none" "dynamic 2 1 64000 1024 32000 2048 8000 0" \
		"$(plan backends 2)"
	expect "rows" "50 1024 50, 100 512 100, 200 256 200, 400 128 400,\
 800 64 800, 20000 32 2000" "$(lb -j snat plan backends 1 | jq -r '[.azure[] |
		"\(.backends) \(.ports) \(.fit)"] | join(", ")')"
	expect "too many" "10000 7 1 64000 10000 10000 70000 6 1
lbctl: 7 backends x 10000 ports $more 64000 that services leave" \
		"$(plan ports 10000 backends 7)"
	! lb snat set out ports 32000 2>"$T_DIR/set" || fail "taken"
	expect "said by both" "$(grep ^lbctl: "$T_DIR/set")" \
		"$(plan out ports 32000 | tail -n 1)"
	expect "generation" "$generation" "$(stat_of generation)"
}

# Each has its own address from the start, by turns
case_spread()
{
	begin_anew
	snat_doc 5 '"azure"' "$FIRST" "$SECOND" | lb apply -
	answers "160 flows, ports 32 32 32 32 32, 2 addresses, 0 blocks shared, 0 moved" \
		spray 32 1 $SPACES
	expect "capacity" "127992 1024" "$(lb -j snat show | jq -r \
		'.snats[] | "\(.capacity) \(.reserved)"')"
}

# A pool that has outgrown its addresses keeps working, but not for all
case_outgrown()
{
	snat_doc 4 16000 "$FIRST" | lb apply -
	lb backend add web b5 "$(backend_addr 5)"
	answers "8 flows, ports 4 4, 1 addresses, 0 blocks shared, 0 moved" \
		spray 4 1 b4 b5
}

# Conntrack takes out of its table what has expired when somebody comes across
# it: here who looks for a port.
case_expired()
{
	local seen="8 flows, ports 8, 1 addresses, 0 blocks shared, 0 moved"

	begin_anew
	snat_doc 5 8 "$FIRST" | lb apply -
	# Of what nobody answers a quarter
	lb snat set out udp-timeout $((4 * SLOW))s
	answers "$seen" spray 9 1 b1
	pause $((2 * SLOW))
	answers "$seen" spray 9 1 b1
	# Nor are these to be in the way of what follows
	in_ns gw conntrack -F 2>/dev/null
}

# swaps STEP GUARD: a port comes back within so many seconds
swaps()
{
	local failed

	answers "8 ports" fill 8 b1
	failed=$(stat_of drop_no_ports)
	answers "begun" more b1 "$1"
	wait_for 20 has_failed_more "$failed"
	answers "in time" swap "$2" $SLOW
}

# A port comes back when its connection has been closed by both ends: at once,
# or, for a server that might take the new connection for the old one, 2 seconds
# later
case_closed()
{
	snat_doc 5 8 "$FIRST" | lb apply -
	swaps 1000 0
	swaps -1000 2
}

# has_used N: who lists them takes out of conntrack's table what has expired
has_used()
{
	in_ns gw conntrack -L >/dev/null 2>&1
	[ "$(figures | cut -d ' ' -f 2)" = "$1" ]
}

# idle_counts: connections reset, of the namespace and of the snat
idle_counts()
{
	echo "$(stat_of idle_resets) $(stat_of reset_flows)" \
		"$(lb -j snat show out | jq '.snats[].idle_resets')"
}

# Of 8 connections 2 say something now and then, until their time is changed,
# which holds at once. Those that end silently are not told.
case_idle()
{
	local idle=$((3 * SLOW)) before

	begin_anew
	before=$(stat_of idle_resets)
	snat_doc 5 8 "$FIRST" | lb apply -
	lb snat set out idle-timeout ${idle}s tcp-reset on
	capture cl1 eth0 server -s 128 tcp
	capture b1 eth0 backend -s 128 tcp
	tell open 8 1 b1
	answers "6 and 6 reset" keep 2 6 $idle $((20 * SLOW))
	expect "used" 2 "$(figures | cut -d ' ' -f 2)"
	lb snat set out idle-timeout 1000s
	answers "6 and 6 reset" keep 2 6 0 1
	lb snat set out idle-timeout 1s
	answers "8 and 8 reset" keep 0 8 0 $((20 * SLOW))
	expect "used" 0 "$(figures | cut -d ' ' -f 2)"
	lb snat set out tcp-reset off
	tell close
	tell open 8 1 b1
	wait_for 10 has_used 0
	answers "0 and 0 reset" keep 0 8 0 1
	expect "counted" "$((before + 8)) $((before + 8)) 8" "$(idle_counts)"
	stop_capture server
	stop_capture backend
	expect "resets to the server" "8 exact" "$(resets server 7000 from)"
	expect "resets to the backend" "8 exact" "$(resets backend 7000 to)"
	tell close
}

case_fragments()
{
	answers "3000 from $FIRST" fragments b1
}

case_ping()
{
	in_ns b1 ping -c 1 -W 20 "$CLIENT"
	in_ns gw conntrack -L -f "ipv$FAMILY" 2>/dev/null |
		grep -E "icmp.*src=$(backend_addr 1) .*dst=$FIRST "
}

# What is no flow of a backend's, or does not go out, keeps its source
case_others()
{
	snat_doc 5 8 "$FIRST" | lb apply -
	expect "a client" "cl1 $(client_2)" \
		"$(VIP=$CLIENT ask cl2 tcp 8000 | cut -d' ' -f1,2)"
	expect "on the link" "b2 $(backend_addr 1)" \
		"$(VIP=$(backend_addr 2) ask b1 tcp 8000 | cut -d' ' -f1,2)"
	lb backend drain web b3
	lb backend drain web b4
	lb backend drain web b5
	lb service add t frontend vip protocol tcp port 8000 pool web
	expect "clients of a service" "$CLIENT" \
		"$(VIP=$SECOND ask cl1 tcp 8000 flows 2 | cut -d' ' -f2 | sort -u)"
}

# seen_as PROTOCOL ADDRESS: what the client hears of a backend's new flow
seen_as()
{
	expect "source, $1" "cl1 $2" \
		"$(VIP=$CLIENT ask b1 "$1" 8000 | cut -d ' ' -f 1,2)"
}

# A pool with a service has no snat for that
case_implicit()
{
	begin_anew
	serve cl1 b1 b2 -- tcp/8000 udp/8000
	snat_doc 5 8 "$FIRST" | jq 'del(.snats)' | lb apply -
	seen_as tcp "$(backend_addr 1)"
	seen_as udp "$(backend_addr 1)"
	snat_doc 5 8 "$FIRST" | lb apply -
	seen_as tcp "$FIRST"
	seen_as udp "$FIRST"
	lb snat del out
	seen_as tcp "$(backend_addr 1)"
	seen_as udp "$(backend_addr 1)"
}

client_2()
{
	[ "$FAMILY" = 4 ] && echo 192.0.2.2 || echo 2001:db8:c2::2
}

# scenario FAMILY
scenario()
{
	use_family "$1"
	if [ "$1" = 4 ]; then
		FIRST=203.0.113.21 SECOND=203.0.113.22
	else
		FIRST=2001:db8:f::21 SECOND=2001:db8:f::22
	fi
	begin_anew
	"$here/lib/outbound.py" cl1 "$CLIENT" <"$T_DIR/in" >"$T_DIR/out" &
	local pid=$!

	exec 8>"$T_DIR/in" 9<"$T_DIR/out"
	tap_run "exactly as many flows as there are ports, IPv$1" \
		case_exhaustion
	tap_run "and as many connections, IPv$1" case_connections
	tap_run "growth cuts no flow, IPv$1" case_growth
	tap_run "Azure's table, IPv$1" case_azure
	tap_run "one backend borrows, IPv$1" case_borrows
	tap_run "alerts, IPv$1" case_alerts
	tap_run "a plan, IPv$1" case_plan
	tap_run "where most flows go, IPv$1" case_top
	tap_run "flows that end before they are shown, IPv$1" case_dump
	tap_run "backends get addresses by turns, IPv$1" case_spread
	tap_run "a pool that has outgrown its addresses, IPv$1" case_outgrown
	tap_run "ports of expired flows, IPv$1" case_expired
	tap_run "a closed connection's port, IPv$1" case_closed
	tap_run "idle connections, IPv$1" case_idle
	tap_run "fragments, IPv$1" case_fragments
	tap_run "ping, IPv$1" case_ping
	tap_run "never without a snat, IPv$1" case_implicit
	tap_run "other flows, IPv$1" case_others
	stop_bg server
	kill "$pid"
	wait "$pid"
	exec 8>&- 9<&-
}

mkfifo "$T_DIR/in" "$T_DIR/out"
topo_up 5
scenario 4
scenario 6
tap_done
