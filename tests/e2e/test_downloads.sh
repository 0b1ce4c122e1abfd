#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many downloads at once that a deadline ends: nobody is reset before it, and
# then the reset that each end of each gets has the sequence number that the end
# expects next, as RFC 5961 wants it.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

N_FLOWS=500
# curl has no more at once
N_EACH=250
DEADLINE=$((5 * SLOW))

# slow_nginx NAMESPACE...: /slow/ is what has no end, some bytes a second
slow_nginx()
{
	local space

	make_big_files "$@"
	for space in "$@"; do
		cat >"$T_DIR/nginx-$space/more.conf" <<-END
		location /slow {
			alias $T_DIR/nginx-$space/files/big;
			limit_rate 1k;
		}
		END
	done
	start_nginx "$@"
}

start_downloads()
{
	local i

	for ((i = 1; i <= N_FLOWS / N_EACH; i++)); do
		start_bg cl1 "curl$i" curl -sS -Z --parallel-immediate \
			--parallel-max $N_EACH -o /dev/null \
			"${VIP_URL//[\[\]]/\\&}/slow?[1-$N_EACH]"
	done
}

# first_reset NAME: when, in milliseconds
first_reset()
{
	tcpdump -nn -tt -r "$T_DIR/$1.pcap" tcp 2>/dev/null |
		awk '/Flags \[R/ { printf "%.0f\n", $1 * 1000; exit }'
}

case_deadline()
{
	local begin i

	begin_anew
	SCHEDULER=rr apply_web 1 2 3
	start_downloads
	wait_for 60 is_counter http active $N_FLOWS
	capture cl1 eth0 client -s 128 tcp
	capture gw back server -s 128 tcp
	# Long enough for data of each
	pause 2
	expect "connections" $N_FLOWS "$(counter_of http active)"
	now_ms && begin=$REPLY
	for i in 1 2 3; do
		lb backend drain web "b$i" deadline ${DEADLINE}s
	done
	wait_for 60 is_counter http active 0
	expect "connections reset" $N_FLOWS "$(counter_of http reset_flows)"
	for i in 1 2 3; do
		wait_for 20 has_open "b$i" 8080 0
	done
	wait_for 20 have_ended
	stop_capture client
	stop_capture server
	for i in client server; do
		[ "$(first_reset $i)" -ge $((begin + 1000 * DEADLINE)) ] ||
			fail "a reset before the deadline"
	done
	expect "clients" "$N_FLOWS exact" "$(resets client 80 to)"
	expect "servers" "$N_FLOWS exact" "$(resets server 8080 from)"
}

# The clients, all of them by reset
have_ended()
{
	[ "$(in_ns cl1 ss -Htn state established "dport = :80" |
		wc -l)" = 0 ]
}

topo_up 3
slow_nginx b1 b2 b3
both_families "all are reset as they expect it, and not before" case_deadline
tap_done
