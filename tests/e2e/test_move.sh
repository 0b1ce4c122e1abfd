#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows without a connection leave a backend that may not have new ones, and
# only such flows do. Datagrams from one port are one flow, whatever socket
# sends them.
#
#   cl1 --- gw (nflb, lbctl agent) --- sw --- b1 b2 b3 (servers, talkers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

# setup: services of UDP and TCP on pool web that probe p gates, and one, free,
# that it does not
setup()
{
	local gated='"frontend": "web-ip", "pool": "web", "probe": "p"'

	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES="
		{\"name\": \"udp\", \"protocol\": \"udp\", \"port\": 82,
		\"backend_port\": 7000, $gated},
		{\"name\": \"free\", \"protocol\": \"udp\", \"port\": 83,
		\"backend_port\": 7000, \"frontend\": \"web-ip\",
		\"pool\": \"web\"},
		{\"name\": \"talk\", \"protocol\": \"tcp\", \"port\": 9000,
		\"backend_port\": 9000, $gated}," \
		SCHEDULER=rr apply_web 1 2 3
}

# leaves BREAK [MEND]: the flow leaves its backend, which BREAK is given, for
# another one; from that it does not go back after MEND
leaves()
{
	local first second i

	first=$(peer)
	expect "the same again" "$first" "$(peer)"
	"$1" "$first"
	wait_for 10 has_left "$first"
	second=$(peer)
	for i in 1 2 3; do
		expect "the next one, again" "$second" "$(peer)"
	done
	[ -z "${2-}" ] || "$2" "$first"
	expect "the next one, afterwards" "$second" "$(peer)"
	expect "flows of the one that was left" 0 "$(of_backend "$first" active)"
}

goes_down() { lb health set web "$1" p down; }
comes_up() { lb health set web "$1" p up; }
is_put_down() { lb backend set web "$1" admin down; }
is_put_back() { lb backend set web "$1" admin none drain off weight 1; }
drains() { lb backend drain web "$1"; }
weighs_nothing() { lb backend set web "$1" weight 0; }

case_health()
{
	setup
	leaves goes_down comes_up
}

case_admin()
{
	setup
	leaves is_put_down is_put_back
}

case_drain()
{
	setup
	leaves drains is_put_back
}

case_weight()
{
	setup
	leaves weighs_nothing is_put_back
}

case_removed()
{
	local first

	setup
	first=$(peer)
	lb backend del web "$first"
	wait_for 10 has_left "$first"
	wait_for 10 is_backend "$first" state gone
}

# Nobody else's flows move: those of connections, of services that the probe
# does not gate, of other backends
case_others_stay()
{
	local one two three

	setup
	talk_open one cl1 "$VIP" 9000
	one=$(talk_peer one)
	two=$(CLIENT_PORT=45001 peer 83)
	three=$(peer)
	goes_down "$one"
	goes_down "$two"
	pause 0.5
	talk_say one still-here
	expect "flow of another backend" "$three" "$(peer)"
	expect "service without the probe" "$two" \
		"$(CLIENT_PORT=45001 peer 83)"
	talk_close one
}

# One with a helper of its own, for which other work looks than for the others
case_helper()
{
	setup
	in_ns gw nft -f - <<-END
	table inet alg {
		ct helper tftp { type "tftp" protocol udp; }
		chain prerouting {
			type filter hook prerouting priority -150
			udp dport 82 ct helper set "tftp"
		}
	}
	END
	leaves goes_down comes_up
	in_ns gw nft delete table inet alg
}

case_nobody_left()
{
	local name

	setup
	peer
	for name in b1 b2 b3; do
		goes_down "$name"
	done
	wait_for 10 is_counter udp active 0
	expect "an answer" error "$(peer)"
	comes_up b2
	expect "the one that is there" b2 "$(peer)"
	for name in b1 b2 b3; do
		lb backend del web "$name"
	done
	wait_for 10 is_counter udp active 0
	expect "an answer" error "$(peer)"
	lb backend add web b3 "$(backend_addr 3)"
	expect "the one that is there" b3 "$(peer)"
}

# streams_to WHO...: the client's datagrams are answered by one of these
streams_to()
{
	local now

	now=$(tail -n 1 "$T_DIR/stream.log")
	[[ " $* " == *" ${now#* } "* ]] || { echo "$now"; false; }
}

make_deaf()
{
	in_ns "$1" nft "add table inet deaf;
		add chain inet deaf in { type filter hook input priority 0; };
		add rule inet deaf in udp dport 7000 drop"
}

# packets_to BACKEND: from clients
packets_to()
{
	in_ns gw awk -v name="$1" '$2 == name { print $9 }' \
		/proc/net/nflb/backends
}

has_had()
{
	[ "$(counter_of udp in_pkts)" -ge "$1" ]
}

# start_stream, end_stream: a datagram of the client's each millisecond; $n_sent
# and $stream_ms are for them, in between
start_stream()
{
	start_bg cl1 stream traffic stream "$VIP" 82
	wait_for 10 streams_to b1 b2 b3
	now_ms && stream_ms=$REPLY
	n_sent=$(packets_sent)
}

# packets_sent: by the client
packets_sent()
{
	proc_net cl1
	awk '$1 == "eth0:" { print $11 }' "$REPLY/dev"
}

# Who has to wait sends more of them then; it takes a moment to begin, and there
# is ARP, or what IPv6 has instead.
end_stream()
{
	n_sent=$(($(packets_sent) - n_sent))
	now_ms && stream_ms=$((REPLY - stream_ms))
	stop_bg stream
	expect_between "datagrams in a second" $((800 / SLOW)) 1200 \
		$((n_sent * 1000 / stream_ms))
}

# answered_after MILLISECONDS WHO...: when the client is first answered by one of
# these after that time of day
answered_after()
{
	awk -v after="$1" -v who=" ${*:2} " '
		$1 >= after && index(who, " " $2 " ") { print $1; exit }' \
		"$T_DIR/stream.log"
}

# first_answer: who gave it
first_answer()
{
	awk '$2 != "lost" { print $2; exit }' "$T_DIR/stream.log"
}

others_than()
{
	echo b1 b2 b3 | sed "s/$1 *//"
}

# Milliseconds until datagrams that had nowhere to go get there; how few they are
# where nothing else runs, `make bench T=detect` says
SOON=$((500 * SLOW))

# loses_nothing_to BACKEND OTHER...: what the client sends goes to the others
loses_nothing_to()
{
	local before

	before=$(packets_to "$1")
	wait_for 10 has_had $(($(counter_of udp in_pkts) + 300))
	expect "datagrams to who is down" "$before" "$(packets_to "$1")"
	wait_for 10 streams_to "${@:2}"
}

# comes_back BACKEND: after the pool has lost everybody; no probe is to be
# waited for
comes_back()
{
	local name begin end at

	for name in b1 b2 b3; do
		lb backend del web "$name"
	done
	wait_for 10 streams_to lost
	now_ms && begin=$REPLY
	lb backend add web "$1" "$(backend_addr "${1#b}")"
	now_ms && end=$REPLY
	wait_for 10 streams_to "$1"
	at=$(answered_after "$begin" "$1")
	echo "added in $((end - begin)) ms, answers after $((at - begin))"
	expect_between "milliseconds until there are answers" 0 \
		$((end - begin + SOON)) $((at - begin))
}

# A client that sends a datagram each millisecond: none goes to who has failed
# once that is known, and when there is somebody again, they do get there
case_stream()
{
	local first others n_sent stream_ms

	setup
	start_stream
	first=$(first_answer)
	read -ra others <<<"$(others_than "$first")"
	make_deaf "$first"
	wait_for 10 streams_to lost
	goes_down "$first"
	wait_for 10 streams_to "${others[@]}"
	loses_nothing_to "$first" "${others[@]}"
	in_ns "$first" nft delete table inet deaf
	comes_back b3
	end_stream
}

# watch: what the monitor says, each line with the time of day
watch()
{
	# shellcheck disable=SC2016 # expands in there
	start_bg gw watch bash -c '
		exec lbctl monitor > >(
			while IFS= read -r line; do
				echo "$((${EPOCHREALTIME/[.,]/} / 1000)) $line"
			done)'
	wait_for 10 is_following watch
}

# down_since BACKEND: when the monitor said so
down_since()
{
	sed -n "s/^\([0-9]*\) health: backend web $1 probe ask down.*/\1/p" \
		"$T_DIR/watch.log" | head -n 1
}

is_down()
{
	[ -n "$(down_since "$1")" ]
}

# setup_servers: each a process of its own, that an agent asks ten times a second
setup_servers()
{
	local name

	setup
	for name in b1 b2 b3; do
		[ ! -e "$T_DIR/server-$name.pid" ] || continue
		start_bg "$name" "server-$name" traffic serve "$name" -- udp/7001
		wait_for 20 grep -q listening "$T_DIR/server-$name.log"
	done
	# Answers may be late on a busy machine
	lb probe add ask udp interval 100ms timeout 100ms fall 5 initial up \
		send ping receive ping
	lb service set udp backend-port 7001 probe ask
	start_bg gw agent lbctl agent
}

# All answer
are_up()
{
	[ "$(lb health show | awk '$4 == "ask" { n += $5 == "up" }
		END { print n }')" = 3 ]
}

# Its server is killed: what is lost is lost until that is found out, not longer
case_killed()
{
	local first others killed down at n_sent stream_ms

	setup_servers
	wait_for 10 are_up
	watch
	start_stream
	first=$(first_answer)
	read -ra others <<<"$(others_than "$first")"
	streams_to "$first"
	now_ms && killed=$REPLY
	stop_bg "server-$first" KILL
	wait_for 10 is_down "$first"
	wait_for 10 streams_to "${others[@]}"
	down=$(down_since "$first")
	at=$(answered_after "$killed" "${others[@]}")
	echo "down after $((down - killed)) ms, answers after $((at - killed))"
	[ -n "$at" ] && [ $((at - down)) -le "$SOON" ] || fail "answers late after the event"
	loses_nothing_to "$first" "${others[@]}"
	stop_bg watch
	end_stream
	stop_bg agent
}

topo_up 3
modprobe -a nf_conntrack_tftp nf_nat_tftp
serve b1 b2 b3 -- udp/7000
start_talkers b1 b2 b3
both_families "from one that fails" case_health
both_families "from one that the administrator takes down" case_admin
both_families "from one that drains" case_drain
both_families "from one of weight 0" case_weight
both_families "from one that is removed" case_removed
both_families "with a helper of its own" case_helper
both_families "and nobody else's flow" case_others_stay
both_families "to one that comes back" case_nobody_left
both_families "with a datagram each millisecond" case_stream
both_families "and the server killed" case_killed
tap_done
