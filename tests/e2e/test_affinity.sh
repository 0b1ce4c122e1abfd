#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Affinity: the flows of a client go to one backend, whatever service of the
# pool they are of.
#
#   cl1 (and 1,024 addresses that are routed to it) --- gw (nflb) --- sw ---
#	b1 b2 b3 b4
# limit: 900
# once: who gets a flow is decided alike in every kernel
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

TCP=80 UDP=81 EXPRESS=82 ANY=9000
WAY=fast # services have a way each
CLIENTS=1000
ADDRESSES4=10.8.0.0/22
ADDRESSES6=2001:db8:a::/118

# clients_up: the addresses, of nobody's, are cl1's
clients_up()
{
	ip -n gw route add $ADDRESSES4 via $CLIENT4
	ip -n gw route add $ADDRESSES6 via $CLIENT6
	ip -n cl1 route add local $ADDRESSES4 dev lo
	ip -n cl1 route add local $ADDRESSES6 dev lo
}

# affine_doc SCHEDULER [MEMBER]...: services tcp, udp, express and any of pool
# web, all with the same affinity, or as MEMBERs, such as '"affinity": "none"'
affine_doc()
{
	local more=${2-'"affinity": "client-ip"'}

	more="\"pool\": \"web\", \"probe\": \"p\", $more"
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_FRONTENDS="{\"name\": \"other\", \"address\": \"$OTHER\"}," \
		MORE_SERVICES="
		{\"name\": \"tcp\", \"frontend\": \"web-ip\", $more,
		\"protocol\": \"tcp\", \"port\": $TCP, \"backend_port\": 7000},
		{\"name\": \"udp\", \"frontend\": \"web-ip\", $more,
		\"protocol\": \"udp\", \"port\": $UDP, \"backend_port\": 7000,
		\"udp_timeout_ms\": 600000},
		{\"name\": \"express\", \"frontend\": \"web-ip\", $more,
		\"new_flows_mode\": \"express\",
		\"protocol\": \"tcp\", \"port\": $EXPRESS,
		\"backend_port\": 7000},
		{\"name\": \"any\", \"frontend\": \"other\", $more,
		\"protocol\": \"udp\", \"port\": \"any\",
		\"backend_port\": 7000}," \
		WEB_PORTS='"port": 99' SCHEDULER=$1 web_doc 1 2 3 4
}

# setup SCHEDULER [MEMBERS]
setup()
{
	OTHER=203.0.113.11 FIRST=10.8.0.0
	[ "$FAMILY" = 4 ] || OTHER=2001:db8:f::11 FIRST=2001:db8:a::
	begin_anew
	affine_doc "$@" | lb apply -
}

# one_each FILE PROTOCOL PORT [N]: into FILE, by line, whom each client is
# served by
one_each()
{
	in_ns cl1 traffic ask "$2" "$VIP" "$3" bind "$FIRST" each on \
		reset on flows "${4-$CLIENTS}" timeout $((5000 * SLOW)) |
		cut -d ' ' -f 1 >"$T_DIR/$1"
	expect "answers to $2 $3" "${4-$CLIENTS}" "$(grep -c ^b "$T_DIR/$1")"
}

# explained FILE PROTOCOL PORT: the same of all, as lbctl says
explained()
{
	awk -v n=$CLIENTS -v first="$FIRST" -v vip="$VIP" \
		-v protocol="$2" -v to="$3" 'BEGIN {
			for (i = 0; i < n; i++)
				if (first ~ /:/)
					printf "%s [%s%x]:%d [%s]:%d\n",
						protocol, first, i, 1024 + i,
						vip, to
				else
					printf "%s 10.8.%d.%d:%d %s:%d\n",
						protocol, i / 256, i % 256,
						1024 + i, vip, to
		}' | lb explain - | cut -d ' ' -f 7 >"$T_DIR/$1"
	expect "explained" $CLIENTS "$(grep -c ^b "$T_DIR/$1")"
}

# parted FILE FILE: clients that are with one here and with another one there,
# of those that are in both
parted()
{
	paste -d ' ' "$T_DIR/$1" "$T_DIR/$2" |
		awk 'NF == 2 && $1 != $2 { n++ } END { print n + 0 }'
}

# case_agree SCHEDULER: over protocols, ports, frontends and ways
case_agree()
{
	local hits=0 low=170 high=330 before

	setup "$1"
	before=$(stat_of express_flows)
	one_each udp udp $UDP
	[ "$1" = maglev ] || low=250 high=250
	# shellcheck disable=SC2046 # four words
	expect_shares_between "$1" $low $high $(shares <"$T_DIR/udp")
	explained tcp tcp $TCP
	expect "clients that TCP would part from UDP" 0 "$(parted udp tcp)"
	one_each tcp tcp $TCP
	expect "clients that TCP parts from UDP" 0 "$(parted udp tcp)"
	# The first flow tells on which device the hook is wanted
	one_each express tcp $EXPRESS 50
	expect "clients that express parts from it" 0 "$(parted udp express)"
	[ "$(stat_of express_flows)" -ge $((before + 40)) ]
	VIP=$OTHER one_each any udp $ANY 50
	expect "clients that the other frontend parts" 0 "$(parted udp any)"
	[ "$1" = maglev ] || hits=$CLIENTS
	expect "hits of udp" 0 "$(counter_of udp affinity_hits)"
	expect "hits of tcp" "$hits" "$(counter_of tcp affinity_hits)"
	expect "evictions" 0 "$(stat_of affinity_evictions)"
}

# in_groups FILE N: groups of N lines that are not all the same
in_groups()
{
	awk -v n="$2" '{ at = int((NR - 1) / n) }
		(NR - 1) % n == 0 { who = $1 }
		$1 != who { differ[at] = 1 }
		END { for (at in differ) count++; print count + 0 }' "$T_DIR/$1"
}

# 3 of 4 clients have one backend for TCP and another one for UDP
case_proto()
{
	setup maglev '"affinity": "client-ip-proto"'
	explained tcp tcp $TCP
	explained express tcp $EXPRESS
	explained udp udp $UDP
	expect "clients parted by port" 0 "$(parted tcp express)"
	expect_between "clients parted by protocol" 680 820 "$(parted tcp udp)"
}

case_prefix()
{
	local bits=28

	[ "$FAMILY" = 4 ] || bits=124
	setup maglev "\"affinity\": \"client-ip\", \"affinity_prefix\": $bits"
	explained tcp tcp $TCP
	explained udp udp $UDP
	expect "groups of 16 that are parted" 0 "$(in_groups tcp 16)"
	[ "$(in_groups tcp 32)" -ge 15 ]
	expect "clients parted by protocol" 0 "$(parted tcp udp)"
	lb pool set web scheduler rr
	one_each udp udp $UDP 64
	expect "groups of 16 that are parted, rr" 0 "$(in_groups udp 16)"
	# shellcheck disable=SC2046 # four words
	expect_shares_between rr 16 16 $(shares <"$T_DIR/udp")
	expect "hits" 60 "$(counter_of udp affinity_hits)"
}

# where: the flows that conntrack has of service tcp, and where they go
where()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" -p tcp --orig-port-dst $TCP \
		--state ESTABLISHED 2>/dev/null |
		awk '{ print $5, $7, $9 }' | sort
}

# goes_on NAME: a connection that echoes, checked byte by byte
goes_on()
{
	start_bg cl1 "$1" traffic ask tcp "$VIP" $TCP \
		bytes 1000000000 repeat 1000 timeout $((5000 * SLOW))
}

# has_more OF THAN: packets of established flows have been counted
has_more()
{
	[ "$(counter_of "$1" out_pkts)" -gt $(($2 + 100)) ]
}

# A connection at full rate, a stream of datagrams, and others that are idle
case_switch()
{
	local mode service pkts

	setup "$1" '"affinity": "none"'
	hold held cl1 tcp $TCP flows 40
	goes_on talk
	start_bg cl1 stream traffic stream "$VIP" $UDP
	wait_for 20 has_more tcp 0
	wait_for 20 has_more udp 0
	where >"$T_DIR/before"
	expect "connections" 41 "$(wc -l <"$T_DIR/before")"
	for mode in client-ip "client-ip-proto affinity-prefix 24"; do
		for service in tcp udp; do
			# shellcheck disable=SC2086 # keywords and values
			lb service set $service affinity $mode
			pkts=$(counter_of $service out_pkts)
			wait_for 20 has_more $service "$pkts"
		done
		ask cl1 tcp $TCP flows 5
	done
	where >"$T_DIR/after"
	comm -23 "$T_DIR/before" "$T_DIR/after" >"$T_DIR/moved"
	expect "flows that have moved" "" "$(cat "$T_DIR/moved")"
	stop_bg talk
	expect "what the connection says" "" "$(cat "$T_DIR/talk.log")"
	stop_bg stream
	# What takes a debug kernel too long is none's to the stream.
	expect_between "backends of the stream" $((SLOW == 1)) 1 \
		"$(awk '$2 ~ /^b/ { print $2 }' "$T_DIR/stream.log" |
			sort -u | wc -l)"
	release held
}

# The hash chooses another one for its clients, and the same again
case_down_maglev()
{
	setup maglev
	explained before tcp $TCP
	report down b2
	explained down tcp $TCP
	expect "clients of who is down" 0 "$(grep -c '^b2' "$T_DIR/down")"
	expect "clients that move" "$(grep -c '^b2' "$T_DIR/before")" \
		"$(parted before down)"
	explained udp udp $UDP
	expect "clients parted" 0 "$(parted down udp)"
	report up b2
	explained up tcp $TCP
	expect "clients that are not back" 0 "$(parted before up)"
}

# A zone and a slow start ask the client's hash, too: b2, which is in the zone
# that is preferred and has just come back, takes some of those that it is to
# have, and b4 has some of the others
case_shares()
{
	local name

	setup maglev
	for name in b1 b2 b3; do
		lb backend set web $name zone 1
	done
	report down b2
	lb pool set web slow-start 1h prefer-zone 1 spill-below 100
	report up b2
	explained tcp tcp $TCP
	explained udp udp $UDP
	expect "clients parted" 0 "$(parted tcp udp)"
	expect_between "clients of who ramps" 1 60 "$(grep -c '^b2' "$T_DIR/tcp")"
	expect_between "clients that spill over" 200 450 \
		"$(grep -c '^b4' "$T_DIR/tcp")"
}

# moves FROM TO BACKEND: its clients are with others, and nobody else moves
moves()
{
	one_each "$2" udp $UDP 100
	expect "clients of $3, $2" 0 "$(grep -c "^$3" "$T_DIR/$2")"
	expect "clients that move, $2" "$(grep -c "^$3" "$T_DIR/$1")" \
		"$(parted "$1" "$2")"
}

# Who is picked in place of one that may not serve is kept
case_down_rr()
{
	setup rr
	one_each before udp $UDP 100
	report down b2
	moves before down b2
	report up b2
	one_each up tcp $TCP 100
	expect "clients that leave who they have" 0 "$(parted down up)"
	lb backend del web b3
	moves up gone b3
	lb backend set web b4 drain on
	moves gone drain b4
	# The table lives on with another scheduler that needs it
	lb pool set web scheduler wlc
	one_each wlc tcp $TCP 100
	expect "clients parted by another scheduler" 0 "$(parted drain wlc)"
}

# explain [-j]: of the first client
explain()
{
	lb "$@" explain tcp "$(endpoint "$FIRST" 1000)" \
		"$(endpoint "$VIP" $TCP)"
}

case_explain()
{
	local whole=32 bits=12 net=10.0.0.0/12 words

	[ "$FAMILY" = 4 ] || whole=128 bits=44 net=2001:db8::/44
	words="affinity  client-ip-proto: client $net"
	setup maglev
	explain >"$T_DIR/words"
	grep -x "affinity  client-ip: client $FIRST/$whole is chosen for by its hash" \
		"$T_DIR/words"
	lb pool set web scheduler lc
	lb service set tcp affinity client-ip-proto affinity-prefix $bits
	explain >"$T_DIR/words"
	grep -x "$words has none that may serve, so the scheduler picks" \
		"$T_DIR/words"
	one_each tcp tcp $TCP 1
	explain >"$T_DIR/words"
	grep -x "$words has this backend by the table" "$T_DIR/words"
	expect "as JSON" "client-ip-proto $net table" "$(explain -j |
		jq -r '"\(.affinity) \(.client) \(.chosen_by)"')"
	expect "shown" "client-ip-proto $bits" "$(lb -j service show tcp |
		jq -r '.services[] | "\(.affinity) \(.affinity_prefix)"')"
	lb export >"$T_DIR/doc"
	expect "applied again" "$(stat_of generation)" \
		"$(lb apply "$T_DIR/doc" >/dev/null && stat_of generation)"
	lb service set tcp affinity none
	lb diff "$T_DIR/doc" >"$T_DIR/words" || true
	grep -x "~ service tcp affinity none -> client-ip-proto, affinity-prefix whole -> $bits" \
		"$T_DIR/words"
	explain >"$T_DIR/words"
	! grep affinity "$T_DIR/words" || fail "affinity none is explained"
}

# forecast SCHEDULER MEMBERS: what a dry run says of service udp
forecast()
{
	affine_doc "$@" | lb apply - dry-run | grep "^service udp:"
}

# A dry run says who moves before anybody does, and changes nothing
case_forecast()
{
	local some="service udp: of 200 clients with flows," moving
	local generation bits=22

	[ "$FAMILY" = 4 ] || bits=64
	setup maglev '"affinity": "none"'
	one_each before udp $UDP 200
	generation=$(stat_of generation)
	forecast maglev '"affinity": "client-ip"' >"$T_DIR/words"
	lb apply - dry-run <<<"$(lb export)" | grep "^no change"
	expect "generation" "$generation" "$(stat_of generation)"
	affine_doc maglev | lb apply -
	explained after udp $UDP
	moving=$(parted before after)
	expect_between "clients that move" 100 199 "$moving"
	expect "said before" \
		"$some $moving would go to another backend, 0 perhaps" \
		"$(cat "$T_DIR/words")"
	affine_doc maglev '"affinity": "none"' | lb -j apply - dry-run |
		jq -c '.clients[] | select(.service == "udp")' >"$T_DIR/json"
	grep -x '{"service":"udp","clients":200,"moving":[0-9]*,"undecided":0}' \
		"$T_DIR/json"

	setup rr '"affinity": "none"'
	one_each before udp $UDP 200
	expect "said of rr" "$some 0 would go to another backend, 200 perhaps" \
		"$(forecast rr '"affinity": "client-ip"')"
	# All of a network go where its first one does, and tcp knows where
	lb service set tcp affinity client-ip affinity-prefix $bits
	one_each tcp tcp $TCP 1
	expect_between "who moves to that one" 100 199 "$(forecast rr \
		"\"affinity\": \"client-ip\", \"affinity_prefix\": $bits" |
		cut -d ' ' -f 8)"
}

topo_up 4
clients_up
serve b1 b2 b3 b4 -- tcp/7000 udp/7000
both_families "1,000 clients agree, maglev" case_agree maglev
both_families "1,000 clients agree, rr" case_agree rr
both_families "one backend for each protocol" case_proto
both_families "backend down, maglev" case_down_maglev
both_families "backend down, gone and draining, rr" case_down_rr
both_families "a zone that is preferred, and a slow start" case_shares
both_families "switched under load, maglev" case_switch maglev
both_families "switched under load, rr" case_switch rr
both_families "explained" case_explain
both_families "a dry run says who moves" case_forecast
both_families "by prefix" case_prefix
tap_done
