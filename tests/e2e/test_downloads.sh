#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many downloads at once that a deadline ends: nobody is reset before it, and
# then the reset that each end of each gets has the sequence number that the end
# expects next, as RFC 5961 wants it. Of busy ones a server has sent what its
# client never gets, so the first reset is in the client's window, and another
# one is exact.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx)
# processors: 2
# once: a deadline is on every kernel (e2e/deadline), here it is many at once
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

N_FLOWS=500
# curl has no more at once
N_EACH=250
N_BUSY=20
DEADLINE=$((5 * SLOW))
# Seconds within which all are reset then
AT_ONCE=$((5 * SLOW))

# slow_nginx NAMESPACE...: /slow/ is what has no end, some bytes a second, and
# /busy/ the same faster; without a limit one connection can keep out others
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
		location /busy {
			alias $T_DIR/nginx-$space/files/big;
			limit_rate 200k;
		}
		END
	done
	start_nginx "$@"
}

# start_downloads PATH N
start_downloads()
{
	local i n

	for ((i = 0; i < $2; i += N_EACH)); do
		n=$(($2 - i < N_EACH ? $2 - i : N_EACH))
		start_bg cl1 "curl$i" curl -sS -Z --parallel-immediate \
			--parallel-max $n -o /dev/null \
			"${VIP_URL//[\[\]]/\\&}/$1?[1-$n]"
	done
}

# first_and_last NAME: when there were resets, in milliseconds
first_and_last()
{
	tcpdump -nn -tt -r "$T_DIR/$1.pcap" tcp 2>/dev/null | awk '
		/Flags \[R/ { last = $1; if (!first) first = $1 }
		END { printf "%.0f %.0f\n", first * 1000, last * 1000 }'
}

# cut_downloads PATH N: so many, by a deadline for all servers that has begun
# between $begin and $end; the first reset came at $first
cut_downloads()
{
	local i last

	begin_anew
	SCHEDULER=rr apply_web 1 2 3
	start_downloads "$1" "$2"
	wait_for 60 is_counter http active "$2"
	capture cl1 eth0 client -s 128 tcp
	capture gw back server -s 128 tcp
	# Long enough for data of each
	pause 2
	expect "connections" "$2" "$(counter_of http active)"
	now_ms && begin=$REPLY
	for i in 1 2 3; do
		lb backend drain web "b$i" deadline ${DEADLINE}s
	done
	now_ms && end=$REPLY
	wait_for 60 is_counter http active 0
	expect "connections reset" "$2" "$(counter_of http reset_flows)"
	for i in 1 2 3; do
		wait_for 20 has_open "b$i" 8080 0
	done
	wait_for 20 have_ended
	stop_capture client
	stop_capture server
	for i in server client; do
		read -r first last <<<"$(first_and_last $i)"
		echo "$i: from $((first - begin)) to $((last - end)) ms"
		[ "$first" -ge $((begin + 1000 * DEADLINE)) ] ||
			fail "a reset before the deadline"
		[ "$last" -le $((end + 1000 * (DEADLINE + AT_ONCE))) ] ||
			fail "a reset long after the deadline"
	done
}

case_slow()
{
	local begin end first

	cut_downloads slow $N_FLOWS
	expect "clients" "$N_FLOWS exact" "$(resets client 80 to)"
	expect "servers" "$N_FLOWS exact" "$(resets server 8080 from)"
}

# n_busy: how many had much for the client in the time between the drain and
# the resets
n_busy()
{
	tcpdump -nn -q -tt -r "$T_DIR/client.pcap" tcp src port 80 2>/dev/null |
		awk -v begin="$begin" -v end="$first" '
			$1 * 1000 >= begin && $1 * 1000 < end { n[$5] += $7 }
			END {
				for (to in n)
					n_busy += n[to] > 100000
				print n_busy + 0
			}'
}

# judge_resets: the clients'. The first one is in the window if it is of what the
# client has not acknowledged and the server has sent; one of them is exact if it
# is of what the client has acknowledged last, or been sent.
judge_resets()
{
	{
		tcpdump -nnS -r "$T_DIR/server.pcap" tcp src port 8080
		tcpdump -nnS -r "$T_DIR/client.pcap" tcp port 80
	} 2>/dev/null | awk '
		function after(a, b) {
			a = (a - b + 4294967296) % 4294967296
			return a && a < 2147483648
		}
		function note(of, end, number) {
			if (!((of, end) in max) || after(number, max[of, end]))
				max[of, end] = number
		}
		function judge(end, seq) {
			if (!(end in is_in))
				is_in[end] = !after(max["acked", end], seq) &&
					     !after(seq, max["sent", end])
			if (seq == max["acked", end] || seq == max["got", end])
				is_exact[end] = 1
		}
		{
			gsub(/[:,] /, " ")
			seq = $8 == "seq" ? $9 : ""
			ack = $8 == "ack" ? $9 : $11
			n = split(seq, range, ":")
		}
		$5 ~ /\.80$/ && $7 !~ /R/ { note("acked", $3, ack) }
		$3 ~ /\.80$/ && $7 ~ /R/ { judge($5, seq) }
		$3 ~ /\.80$/ && n == 2 { note("got", $5, range[2]) }
		$3 ~ /\.8080$/ && n == 2 { note("sent", $5, range[2]) }
		END {
			for (end in is_in)
				print is_in[end] ? "in-window" : "outside",
					end in is_exact ? "exact" : "inexact"
		}' | sort | uniq -c | awk '{ print $1, $2, $3 }'
}

case_busy()
{
	local begin end first

	cut_downloads busy $N_BUSY
	expect "busy ones" $N_BUSY "$(n_busy)"
	expect "clients" "$N_BUSY in-window exact" "$(judge_resets)"
	expect "servers" "$N_BUSY exact" "$(resets server 8080 from)"
}

# The clients, all of them by reset
have_ended()
{
	[ "$(in_ns cl1 ss -Htn state established "dport = :80" |
		wc -l)" = 0 ]
}

topo_up 3
slow_nginx b1 b2 b3
both_families "all are reset as they expect it, and not before" case_slow
both_families "busy ones are reset in their window" case_busy
tap_done
