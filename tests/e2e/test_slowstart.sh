#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Slow start: a backend that may get new flows again gets its share by and by.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
#
# A ramp of an hour stays at its first twentieth for three minutes.
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

STANDARD=80 EXPRESS=81
FROM=20000 # a case that asks has ports of its own, lest flows clash
FLOWS=100

# setup SCHEDULER SLOW-START: services http and udp, with an express one each,
# of pool web, that probe p gates
setup()
{
	local name service more=

	begin_anew
	for service in tcp-80 tcp-81 udp-80 udp-81; do
		more+="{\"name\": \"$service\", \"frontend\": \"web-ip\",
			\"protocol\": \"${service%-*}\", \"port\": ${service#*-},
			\"backend_port\": 7000, \"pool\": \"web\",
			\"probe\": \"p\"},"
	done
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES=$more WEB_PORTS='"port": 82, "backend_port": 7000' \
		SCHEDULER=$1 apply_web 1 2 3 4
	for name in tcp-81 udp-81; do
		lb service set $name new-flows express
	done
	lb pool set web slow-start "$2"
}

# come_back BACKEND: goes down and up again
come_back()
{
	report down "$1"
	report up "$1"
}

# share_of BACKEND: "-" if it is all, as health and backend show say
share_of()
{
	local share

	share=$(of_backend "$1" share)
	expect "share, as JSON" "$(lb -j backend show web "$1" |
		jq -r '.backends[0].share // "-"')" "$share"
	expect "share, by probe" "$(lb -j health show | jq -r --arg name "$1" \
		'.health[] | select(.backend == $name) | .share // "-"')" "$share"
	echo "$share"
}

# has_share BACKEND AT-LEAST, but not all
has_share()
{
	local share

	share=$(of_backend "$1" share)
	[ "$share" != - ] && [ "$share" -ge "$2" ]
}

# explained PROTOCOL PORT: "BACKEND RAMPING" for each flow
explained()
{
	local src dst i

	src=$(endpoint "$CLIENT" "")
	dst=$(endpoint "$VIP" "$2")
	for ((i = FROM; i < FROM + FLOWS; i++)); do
		echo "$1 $src$i $dst"
	done | lb explain - | cut -d ' ' -f 7,12
}

# Who is eligible all the time has all of his flows, and the rest
case_maglev()
{
	setup maglev 1h
	expect "share of who has served" - "$(share_of b4)"
	explained tcp $STANDARD >"$T_DIR/before"
	come_back b4
	expect "share" 5 "$(share_of b4)"
	explained tcp $STANDARD >"$T_DIR/ramping"
	paste -d ' ' "$T_DIR/before" "$T_DIR/ramping" | sort | uniq -c
	# $1 before, $3 now instead of $4
	paste -d ' ' "$T_DIR/before" "$T_DIR/ramping" | awk '
		$1 != "b4" && ($3 != $1 || $4 != "-") { exit 1 }
		$3 == "b4" && $4 != "-" { exit 1 }
		$3 != $1 && $4 != "b4" { exit 1 }'
	expect_between "flows of b4" 0 8 "$(grep -c '^b4' "$T_DIR/ramping")"
	expect_between "others instead" 6 45 \
		"$(grep -c ' b4$' "$T_DIR/ramping")"
	lb pool set web slow-start off
	expect "share" - "$(share_of b4)"
	explained tcp $STANDARD | diff "$T_DIR/before" -
}

# case_flows PROTOCOL PORT: each flow gets as explained
case_flows()
{
	setup maglev 1h
	come_back b4
	explained "$1" "$2" >"$T_DIR/explained"
	# The first flow tells on which device the hook is wanted
	ask cl1 "$1" "$2" >"$T_DIR/first"
	ask cl1 "$1" "$2" flows $FLOWS from $FROM >"$T_DIR/answers"
	expect "share" 5 "$(share_of b4)"
	cut -d ' ' -f 1 "$T_DIR/explained" >"$T_DIR/wanted"
	cut -d ' ' -f 1 "$T_DIR/answers" | diff "$T_DIR/wanted" -
	expect_between "passed over" 6 45 \
		"$(grep -c ' b4$' "$T_DIR/explained")"
	[ "$2" != $EXPRESS ] ||
		[ "$(stat_of express_flows)" -ge $FLOWS ]
}

# Where the algorithm does not know the flow, too; and if there is nobody else
# they serve by their weights
case_scheduler()
{
	local b1 b2 b3 b4

	lb pool set web scheduler "$1"
	report up b1 b2 b3
	lb pool set web slow-start off
	lb pool set web slow-start 1h
	come_back b4
	read -r b1 b2 b3 b4 < <(ask cl1 tcp $STANDARD flows 40 | shares)
	expect_between "flows of b4 with $1" 0 7 "$b4"
	expect_between "flows of b1 with $1" 2 28 "$b1"
	expect "flows" 40 $((b1 + b2 + b3 + b4))
	come_back b1
	report down b2 b3
	read -r b1 b2 b3 b4 < <(ask cl1 tcp $STANDARD flows 40 | shares)
	expect_between "flows of b1, that ramps as b4, with $1" 6 34 "$b1"
	expect "flows" 40 $((b1 + b4))
	expect "shares of b1 and b4" "- -" "$(share_of b1) $(share_of b4)"
}

case_schedulers()
{
	local scheduler

	setup rr 1h
	for scheduler in rr wrr lc wlc random maglev; do
		case_scheduler $scheduler
	done
}

# p2c goes by how soon a backend answers, too, so others' shares are not
# determined; but that of b4, which answers the soonest and ramps
case_p2c()
{
	local b1 b2 b3 b4 name

	for name in b1 b2 b3; do
		in_ns $name tc qdisc replace dev eth0 root netem delay 20ms
	done
	setup p2c off
	read -r b1 b2 b3 b4 < <(ask cl1 tcp $STANDARD flows 40 | shares)
	expect_between "flows of b4" 8 40 "$b4"
	lb pool set web slow-start 1h
	come_back b4
	expect "share of b4" 5 "$(of_backend b4 share)"
	read -r b1 b2 b3 b4 < <(ask cl1 tcp $STANDARD flows 40 | shares)
	expect_between "flows of b4 while it ramps" 0 7 "$b4"
	expect "flows" 40 $((b1 + b2 + b3 + b4))
	for name in b1 b2 b3; do
		in_ns $name tc qdisc del dev eth0 root
	done
}

# In words, of one flow that it does not take
case_words()
{
	local port

	setup maglev 1h
	come_back b4
	port=$((FROM - 1 + $(explained tcp $STANDARD | grep -n ' b4$' |
		head -n 1 | cut -d : -f 1)))
	lb explain tcp "$(endpoint "$CLIENT" $port)" \
		"$(endpoint "$VIP" $STANDARD)" | tee "$T_DIR/words"
	grep -x "instead   of b4, which by its slow start gets 5 % of its share" \
		"$T_DIR/words"
	expect "other reasons" 1 "$(grep -c ^instead "$T_DIR/words")"
	expect "as JSON" "b4 b4 5" "$(lb -j explain tcp \
		"$(endpoint "$CLIENT" $port)" "$(endpoint "$VIP" $STANDARD)" |
		jq -r '"\(.first_choice) \(.ramping) \(.ramping_share)"')"
}

# It grows, until it is all; who goes down meanwhile begins anew
case_time()
{
	local share

	setup maglev 60s
	come_back b4
	wait_for 60 has_share b4 10
	# Other changes of the pool do not matter
	lb backend set web b1 weight 2
	share=$(of_backend b4 share)
	expect_between "share after a change" 10 99 "$share"
	come_back b4
	expect_between "share anew" 5 9 "$(of_backend b4 share)"
	lb pool set web slow-start 1s
	wait_for 20 is_backend b4 share -
	expect "share, at last" - "$(share_of b4)"
}

# Whose ramp has ended is among those who take what another does not yet
case_end()
{
	setup maglev 10s
	report down b2 b3
	come_back b4
	wait_for 60 is_backend b4 share -
	come_back b1
	explained tcp $STANDARD >"$T_DIR/ramping"
	sort "$T_DIR/ramping" | uniq -c
	[ "$(grep -c '^b4 b1$' "$T_DIR/ramping")" -gt 0 ]
	report up b2 b3
	explained tcp $STANDARD >"$T_DIR/ramping"
	[ "$(grep -c '^b4 b2$' "$T_DIR/ramping")" -gt 0 ]
}

# Who comes later gets less than who came first, though nobody is settled
case_furthest()
{
	setup maglev 60s
	report down b1 b2 b3 b4
	report up b1
	expect "share of who is alone" - "$(share_of b1)"
	pause 12
	report up b2 b3
	expect_between "share of the second" 5 60 "$(of_backend b2 share)"
	expect "share of the first" - "$(share_of b1)"
	explained tcp $STANDARD | cut -d ' ' -f 1 | sort | uniq -c |
		tee "$T_DIR/shares"
	expect_between "flows of the first" 45 90 \
		"$(awk '$2 == "b1" { print $1 }' "$T_DIR/shares")"
}

# By the administrator's word as well: new, drained no more, up again
case_admin()
{
	setup rr 1h
	lb backend drain web b1
	lb backend set web b1 drain off
	lb backend set web b2 admin down
	lb backend set web b2 admin none
	lb backend del web b3 now
	lb backend add web b3 "$(backend_addr 3)"
	expect "shares" "5 5 5 -" \
		"$(for i in 1 2 3 4; do share_of b$i; done | paste -sd ' ')"
	# Without a probe, too
	lb service set http probe none
	for i in tcp-80 tcp-81 udp-80 udp-81; do
		lb service set $i probe none
	done
	expect "shares without a probe" "5 5 5 -" "$(for i in 1 2 3 4; do
		of_backend b$i share; done | paste -sd ' ')"
}

topo_up 4
modprobe sch_netem
serve b1 b2 b3 b4 -- tcp/7000 udp/7000
both_families "explained in words" case_words
both_families "time, and once more" case_time
both_families "who has come to all of its share" case_end
both_families "who came first, and who later" case_furthest
both_families "who is eligible by the administrator's word" case_admin
both_families "maglev moves no flow of others" case_maglev
for protocol in tcp udp; do
	both_families "standard flows, $protocol" case_flows $protocol $STANDARD
	both_families "express flows, $protocol" case_flows $protocol $EXPRESS
done
both_families "every scheduler but p2c" case_schedulers
both_families "p2c" case_p2c
tap_done
