#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Passive health: a backend that fails new flows is ejected for a time.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
. "$here/lib/traffic.sh"

# setup EJECT-AFTER BACKEND...: services http, of TCP, and udp of pool web, which
# ejects for a minute; all servers work
setup()
{
	local i

	for i in 1 2 3 4; do
		[ -e "$T_DIR/server-b$i.pid" ] || start_server "$i"
		[ ! -e "$T_DIR/block-b$i" ] || unblock "$i"
	done
	begin_anew
	WEB_PORTS='"port": 80, "backend_port": 7000' MORE_SERVICES='
		{"name": "udp", "frontend": "web-ip", "protocol": "udp",
		"port": 82, "backend_port": 7000, "pool": "web"},' \
		SCHEDULER=rr apply_web "${@:2}"
	lb pool set web eject-after "$1" eject-time 1m
	# With express, the first flow is the one that asks for the devices.
	ask cl1 tcp 80 flows $(($# - 1)) >"$T_DIR/warm"
	: >"$T_DIR/monitor.log"
}

# start_server NUMBER, stop_server NUMBER
start_server()
{
	start_bg "b$1" "server-b$1" traffic serve "b$1" -- tcp/7000 udp/7000
	wait_for 20 grep -q listening "$T_DIR/server-b$1.log"
}

stop_server()
{
	stop_bg "server-b$1" KILL
}

# answers PROTOCOL PORT N [KEYWORD VALUE]...: who answers N flows, or how they
# fail, each with a number
answers()
{
	ask cl1 "$1" "$2" flows "$3" "${@:4}" |
		awk '{ print $1 == "error" ? $2 : $1 }' | sort | uniq -c |
		awk '{ printf "%s%s %s", separator, $1, $2; separator = ", " }
			END { print "" }'
}

# is_told PATTERN: by the monitor
is_told()
{
	grep -q "$1" "$T_DIR/monitor.log"
}

# is_ejected BACKEND REASON MILLISECONDS: the monitor has said so
is_ejected()
{
	is_told "\"eject\", .*\"backend\": \"$1\", .*\"active\": true, \"reason\": \"Down_Passive_$2\", \"time_ms\": $3}"
}

has_come_back()
{
	is_told "\"eject\", .*\"backend\": \"$1\", .*\"active\": false"
}

# block NUMBER STATEMENT...: what becomes of SYNs to a server
block()
{
	: >"$T_DIR/block-b$1"
	in_ns "b$1" nft -f - <<-END
		table inet block {
			chain input {
				type filter hook input priority 0
				tcp dport 7000 tcp flags syn ${*:2}
			}
		}
	END
}

unblock()
{
	rm "$T_DIR/block-b$1"
	in_ns "b$1" nft delete table inet block
}

# The server is gone: three connections are refused, no other goes there
case_refused()
{
	setup 3 1 2 3
	stop_server 1
	expect "who answers" "3 ECONNREFUSED, 3 b2, 3 b3" "$(answers tcp 80 9)"
	wait_for 10 is_ejected b1 Refused 60000
	expect "who answers then" "6 b2, 6 b3" "$(answers tcp 80 12)"
	expect "state" ejected "$(of_backend b1 state)"
	expect "why" Down_Passive_Refused "$(of_backend b1 ejected)"
	expect "failed connects" 3 "$(of_backend b1 failed)"
	expect "failed connects of the service" 3 \
		"$(counter_of http failed_connects)"
	lb health show | grep -E "^web +b1 .* - +down .* Down_Passive_Refused +ejected, back in"
	lb health show | grep -E "^web +b2 .* - +up "
	# Whoever knows better has it back at once; twice as long, then
	lb backend set web b1 admin up
	wait_for 10 has_come_back b1
	lb backend set web b1 admin none
	expect "who answers after that" "3 ECONNREFUSED, 3 b2, 3 b3" \
		"$(answers tcp 80 9)"
	wait_for 10 is_ejected b1 Refused 120000
	start_server 1
	lb pool set web eject-after 0
	wait_for 10 is_backend b1 state up
	expect "who answers" "3 b1, 3 b2, 3 b3" "$(answers tcp 80 9)"
}

# When its time is over, it is tried again
case_time()
{
	setup 1 1 2
	lb pool set web eject-time 500ms
	block 1 reject with tcp reset
	answers tcp 80 2
	wait_for 10 is_ejected b1 Refused 500
	unblock 1
	wait_for 10 has_come_back b1
	expect "who answers" "2 b1, 2 b2" "$(answers tcp 80 4)"
}

# ask_all N TIMEOUT: all at a time
ask_all()
{
	local i pids=()

	for ((i = 0; i < $1; i++)); do
		ask cl1 tcp 80 timeout "$2" >"$T_DIR/answer-$i" &
		pids+=($!)
	done
	wait "${pids[@]}"
	cat "$T_DIR"/answer-*
	rm "$T_DIR"/answer-*
}

# A flow fails once, whether its SYN comes again or not
case_unanswered()
{
	setup 3 1 2
	block 1 drop
	expect "silent" 3 "$(ask_all 6 1500 | grep -c '^error')"
	wait_for 10 is_ejected b1 Unanswered 60000
	expect "who answers" "4 b2" "$(answers tcp 80 4)"
	expect "failed connects" 3 "$(of_backend b1 failed)"
	in_ns gw conntrack -D -p tcp >/dev/null 2>&1
	expect "failed connects, at their end" 3 "$(of_backend b1 failed)"
}

# By an error of ICMP; who is connected already stays, whatever on-down says,
# as long as no probe says more
case_unreachable()
{
	local who

	setup 2 1 2
	lb service set http on-down reset
	hold held cl1 tcp 80 flows 2
	block 1 reject with icmpx host-unreachable
	# Whom the error meets while he still sends has his SYN come again, which
	# goes to b2 then.
	who=$(answers tcp 80 4)
	[[ $who =~ ^[12]\ EHOSTUNREACH,\ [23]\ b2$ ]] || fail "$who"
	wait_for 10 is_ejected b1 Unreachable 60000
	expect "who answers" "4 b2" "$(answers tcp 80 4)"
	expect "healthy" 1 "$(lb -j service show http | jq .services[0].healthy)"
	expect "held with who is ejected" 1 "$(n_open b1 7000)"
	expect "held with another" 1 "$(n_open b2 7000)"
	release held
}

# Who has not been answered is, by another, when he asks again
case_asked_again()
{
	setup 3 1 2
	block 1 drop
	expect "who answers" "0 6 0 0" "$(ask_all 6 $((10000 * SLOW)) | shares)"
	expect "failed connects" 3 "$(of_backend b1 failed)"
	is_ejected b1 Unanswered 60000
}

# Datagrams, each of which may fail, until their flow is answered; it leaves
case_udp()
{
	local who

	setup 2 1 2
	for CLIENT_PORT in {45001..45020}; do
		[ "$(peer)" != b1 ] || break
	done
	stop_server 1
	ask cl1 udp 82 from $CLIENT_PORT
	ask cl1 udp 82 from $CLIENT_PORT
	expect "failed connects, after an answer" 0 "$(of_backend b1 failed)"
	for CLIENT_PORT in {45021..45022}; do
		who=$(answers udp 82 1 from $CLIENT_PORT)
		[ "$who" = "1 b2" ] || break
	done
	expect "refused" "1 ECONNREFUSED" "$who"
	expect "ejected after one" - "$(of_backend b1 ejected)"
	ask cl1 udp 82 from $CLIENT_PORT
	wait_for 10 is_ejected b1 Unreachable 60000
	wait_for 10 has_left b1
}

# Who is due, but needed, is ejected when another comes back; who leaves the pool
# while it is ejected is so no more
case_due()
{
	local time=$((2000 * SLOW))

	setup 1 1 2
	lb pool set web eject-time ${time}ms
	block 1 reject with tcp reset
	answers tcp 80 2
	wait_for 10 is_ejected b1 Refused $time
	lb pool set web eject-time 1m
	unblock 1
	block 2 reject with tcp reset
	expect "who answers" "1 ECONNREFUSED" "$(answers tcp 80 1)"
	wait_for 10 has_come_back b1
	wait_for 10 is_ejected b2 Refused 60000
	lb backend del web b2
	wait_for 10 has_come_back b2
}

# Who is down by the probe is not ejected, and begins anew when it is up
case_probe()
{
	local i

	setup 1 1 2 3
	lb probe add tcp-up tcp
	lb service set http probe tcp-up
	lb service del udp
	for i in 1 2 3; do
		lb health set web "b$i" tcp-up up
	done
	lb service set http all-down all
	for i in 1 2 3; do
		lb health set web "b$i" tcp-up down
		block "$i" reject with tcp reset
	done
	expect "who answers" "5 ECONNREFUSED" "$(answers tcp 80 5)"
	expect "ejected" "- - -" "$(ejected)"
	for i in 1 2 3; do
		unblock "$i"
		lb health set web "b$i" tcp-up up
	done
	expect "who answers" "1 b1, 1 b2, 1 b3" "$(answers tcp 80 3)"
	expect "ejected" "- - -" "$(ejected)"
}

# At least one stays, and as many as the threshold says; and who is ejected
# comes back when the others are too few.
case_cap()
{
	local i

	setup 1 1 2 3 4
	lb pool set web panic 100
	block 1 reject with tcp reset
	block 2 reject with tcp reset
	expect "all are needed" "2 ECONNREFUSED, 1 b3, 1 b4" \
		"$(answers tcp 80 4)"
	expect "ejected" "- - - -" "$(ejected)"
	# One of the two is due, and can be spared now
	lb pool set web panic 75
	wait_for 10 have_ejected 1
	lb pool set web panic 50
	wait_for 10 have_ejected 2
	block 3 reject with tcp reset
	block 4 reject with tcp reset
	lb pool set web panic 0
	answers tcp 80 4
	wait_for 10 have_ejected 3
	for i in 1 2 3 4; do
		unblock "$i"
	done
	# The one that is left goes
	lb backend set web "$(who_stays)" admin down
	wait_for 10 have_ejected 2
	expect "answers" 2 "$(answers tcp 80 2 | cut -d ' ' -f 1)"
}

# ejected: the reason of each backend
ejected()
{
	lb backend show web | awk '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == "EJECTED") n = i }
		NR > 1 { printf "%s%s", separator, $n; separator = " " }
		END { print "" }'
}

have_ejected()
{
	[ "$(ejected | grep -o Refused | wc -l)" = "$1" ]
}

who_stays()
{
	lb backend show web | awk '/ up / { print $2 }'
}

# A client that gives up says nothing of the server
case_abort()
{
	setup 1 1 2
	block 1 drop
	block 2 drop
	in_ns cl1 "$here/lib/abort.py" "$CLIENT" "$VIP" 80 8
	wait_for 10 is_counter http new_flows 10
	wait_for 10 is_counter http active 0
	expect "failed connects" 0 "$(counter_of http failed_connects)"
	expect "ejected" "- -" "$(ejected)"
}

# In a row means that none has been answered between
case_row()
{
	setup 3 1 2
	block 1 reject with tcp reset
	expect "two" "2 ECONNREFUSED, 2 b2" "$(answers tcp 80 4)"
	unblock 1
	expect "one that is answered" "1 b1, 1 b2" "$(answers tcp 80 2)"
	block 1 reject with tcp reset
	expect "two again" "2 ECONNREFUSED, 2 b2" "$(answers tcp 80 4)"
	expect "ejected" "- -" "$(ejected)"
	expect "failed connects" 4 "$(of_backend b1 failed)"
	answers tcp 80 2
	wait_for 10 is_ejected b1 Refused 60000
}

# How soon a SYN is answered, and that p2c goes by it
case_connect()
{
	local one two

	in_ns b1 tc qdisc replace dev eth0 root netem delay 30ms
	setup 3 1 2
	answers tcp 80 4
	one=$(of_backend b1 connect-us)
	two=$(of_backend b2 connect-us)
	expect_between "connect time of b1, in us" 25000 1000000 "$one"
	expect_between "that of b2" 1 "$((one - 1))" "$two"
	expect "as JSON" "$one" "$(lb -j stats | jq '.backends[] |
		select(.name == "b1") | .connect_us')"
	lb health show | grep -E "^web +b1 .* up .* $one "
	lb pool set web scheduler p2c eject-after 0
	expect "who answers" "20 b2" "$(answers tcp 80 20)"
	lb -j explain tcp "$(endpoint "$CLIENT" 1)" "$(endpoint "$VIP" 80)" |
		grep '"backend": "b2"'
}

# The monitor says what it hears when it does
listens_to_changes()
{
	lb frontend add probe-of-monitor "$(backend_addr 99)" 2>/dev/null
	lb frontend del probe-of-monitor 2>/dev/null
	is_told probe-of-monitor
}

topo_up 4
modprobe sch_netem
for i in 1 2 3 4; do
	in_ns b$i sh -c 'echo 0 >/proc/sys/net/ipv4/icmp_ratelimit
		echo 0 >/proc/sys/net/ipv6/icmp/ratelimit'
done
use_family 4
start_bg gw monitor lbctl -j monitor
wait_for 10 listens_to_changes
both_families "the server is gone: refused" case_refused
[ "$WAY" = express ] ||
	WAY=express both_families "refused, express" case_refused
both_families "a firewall: unanswered" case_unanswered
both_families "a client that asks again" case_asked_again
both_families "an error of ICMP" case_unreachable
both_families "datagrams" case_udp
both_families "a client that gives up" case_abort
both_families "how soon they answer" case_connect
# Of what comes after a failure, no family knows
use_family 4
tap_run "its time is over" case_time
tap_run "not too many" case_cap
tap_run "due, but needed" case_due
tap_run "down by the probe" case_probe
tap_run "in a row" case_row
stop_bg monitor
tap_done
