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
WAY=fast # flows of backends do not take the fast path

SPACES="b1 b2 b3 b4 b5"

# members FIRST LAST: backends, of which those beyond 5 do not exist
members()
{
	local i

	for ((i = $1; i <= $2; i++)); do
		printf '%s{"name": "b%s", "address": "%s"}' \
			"${comma-}" "$i" "$(backend_addr "$i")"
		local comma=,
	done
}

# snat_doc BACKENDS PORTS [ADDRESS...]: also a service, on the second address
snat_doc()
{
	local addresses

	addresses=$(printf '"%s",' "${@:3}")
	cat <<-END
	{ "frontends": [{ "name": "vip", "address": "$SECOND" }],
	  "pools": [{ "name": "web", "backends": [$(members 1 "$1")] }],
	  "services": [{ "name": "s", "frontend": "vip", "protocol": "tcp",
	    "port": 7000, "pool": "web" }],
	  "snats": [{ "name": "out", "pool": "web", "ports": $2,
	    "address": [${addresses%,}] }] }
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
	echo "$1 flows, ports $2 $2 $2 $2 $2, 1 addresses, 0 blocks shared"
}

# The arithmetic: 5 backends x 8 ports x destinations, and no flow more
case_exhaustion()
{
	snat_doc 5 8 "$FIRST" | lb apply -
	answers "$(seen $((40 * N_TARGETS)) 8)" spray 9 $N_TARGETS $SPACES
	expect "figures" "40 40 $((5 * N_TARGETS)) 0 5 5" "$(figures)"
}

# Blocks of new backends lie where nobody's are; those of the old ones stay
case_growth()
{
	snat_doc 60 8 "$FIRST" "$SECOND" | lb apply -
	answers "$(seen $((40 * N_TARGETS)) 8)" again
	expect "figures" "480 40 $((10 * N_TARGETS)) 0 5 5" "$(figures)"
	snat_doc 60 '"dynamic"' "$FIRST" "$SECOND" | lb apply -
	tell again
	[[ $REPLY == "$((45 * N_TARGETS)) flows,"*" 0 blocks shared" ]]
	lb snat del out
	answers "$REPLY" again
}

# Each has its own address from the start, by turns
case_spread()
{
	begin_anew
	snat_doc 5 '"azure"' "$FIRST" "$SECOND" | lb apply -
	answers "160 flows, ports 32 32 32 32 32, 2 addresses, 0 blocks shared" \
		spray 32 1 $SPACES
	expect "capacity" "127992 1024" "$(lb -j snat show | jq -r \
		'.snats[] | "\(.capacity) \(.reserved)"')"
}

# A pool that has outgrown its addresses keeps working, but not for all
case_outgrown()
{
	snat_doc 4 16000 "$FIRST" | lb apply -
	lb backend add web b5 "$(backend_addr 5)"
	answers "8 flows, ports 4 4, 1 addresses, 0 blocks shared" \
		spray 4 1 b4 b5
}

# set_timeout SECONDS: of flows of datagrams, which nobody answers
set_timeout()
{
	in_ns gw sysctl -qw "net.netfilter.nf_conntrack_udp_timeout=$1"
}

# Conntrack takes out of its table what has expired when somebody comes across
# it: here who looks for a port.
case_expired()
{
	local seen="8 flows, ports 8, 1 addresses, 0 blocks shared"

	begin_anew
	snat_doc 5 8 "$FIRST" | lb apply -
	set_timeout $SLOW
	answers "$seen" spray 9 1 b1
	pause $((2 * SLOW))
	answers "$seen" spray 9 1 b1
	set_timeout 600
	# Nor are these to be in the way of what follows
	in_ns gw conntrack -F 2>/dev/null
}

# A port comes back when its connection has been closed by both ends
case_closed()
{
	local failed

	snat_doc 5 8 "$FIRST" | lb apply -
	answers "8 ports" fill 8 b1
	failed=$(stat_of drop_no_ports)
	answers "begun" more b1
	wait_for 20 has_failed_more "$failed"
	answers "open" swap
}

case_fragments()
{
	answers "3003 from $FIRST" fragments b1
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
	serve cl1 b1 b2 -- tcp/8000
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
	stop_bg server
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
		FIRST=203.0.113.21 SECOND=203.0.113.22 N_TARGETS=64
	else
		FIRST=2001:db8:f::21 SECOND=2001:db8:f::22 N_TARGETS=8
	fi
	begin_anew
	"$here/lib/outbound.py" cl1 "$CLIENT" <"$T_DIR/in" >"$T_DIR/out" &
	local pid=$!

	exec 8>"$T_DIR/in" 9<"$T_DIR/out"
	tap_run "exactly as many flows as there are ports, IPv$1" \
		case_exhaustion
	tap_run "growth cuts no flow, IPv$1" case_growth
	tap_run "backends get addresses by turns, IPv$1" case_spread
	tap_run "a pool that has outgrown its addresses, IPv$1" case_outgrown
	tap_run "ports of expired flows, IPv$1" case_expired
	tap_run "a closed connection's port, IPv$1" case_closed
	tap_run "fragments, IPv$1" case_fragments
	tap_run "ping, IPv$1" case_ping
	tap_run "other flows, IPv$1" case_others
	kill "$pid"
	wait "$pid"
	exec 8>&- 9<&-
}

mkfifo "$T_DIR/in" "$T_DIR/out"
topo_up 5
set_timeout 600
scenario 4
scenario 6
tap_done
