#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows that are idle: for how long they may be is their service's own, whatever
# the sysctls say; then they end silently, or both ends are told.
#
#   cl1 --- gw (nflb) --- sw --- b1
#
# Both families wait at once: what is for one of them has its number in its
# name.
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

PORT=7000

# services [KEY-VALUES]: all$family, of any protocol, and tcp$family, of port 7001
services()
{
	local family

	for family in 4 6; do
		printf '{"name": "all%s", "frontend": "vip%s", "pool": "web%s",
			"protocol": "any"%s},' "$family" "$family" "$family" \
			"${1:+, $1}"
		printf '{"name": "tcp%s", "frontend": "vip%s", "pool": "web%s",
			"protocol": "tcp", "port": 7001,
			"backend_port": %s%s},' "$family" "$family" "$family" \
			"$PORT" "${1:+, $1}"
	done
}

# setup [KEY-VALUES]: of the services
setup()
{
	local services

	services=$(services "${1-}")
	begin_anew
	lb apply - <<-END
	{ "frontends": [{"name": "vip4", "address": "$VIP4"},
			{"name": "vip6", "address": "$VIP6"}],
	  "pools": [{"name": "web4", "slots": 251,
		     "backends": [$(FAMILY=4 backends_json 1)]},
		    {"name": "web6", "slots": 251,
		     "backends": [$(FAMILY=6 backends_json 1)]}],
	  "services": [${services%,}] }
	END
	: >"$T_DIR/ask.log"
	: >"$T_DIR/serve.log"
}

# tell NAME VERB [PORT]: to the client, for both families; it is done
tell()
{
	local vip n

	n=$(n_done "$1" "$2")
	for FAMILY in 4 6; do
		vip=VIP$FAMILY
		echo "$1$FAMILY $2 ${3:+${!vip} $3}" 1<>"$T_DIR/fifo"
	done
	wait_for 20 has_done "$1" "$2" $((n + 2))
}

# n_done NAME VERB: how often
n_done()
{
	grep -c "^$1[46] $2\$" "$T_DIR/ask.log" || true
}

has_done()
{
	[ "$(n_done "$1" "$2")" = "$3" ]
}

# expect_time WHAT LOW HIGH FAMILY PATTERN: seconds that conntrack gives to the
# flow whose line has PATTERN
expect_time()
{
	local seconds

	seconds=$(in_ns gw conntrack -L -f "ipv$4" 2>/dev/null |
		awk -v pattern="$5" '$0 ~ pattern { print $3 }')
	expect_between "$1, IPv$4" "$2" "$3" "$seconds"
}

# expect_times WHAT SECONDS PATTERN: as much, or somewhat less
expect_times()
{
	local family

	for family in 4 6; do
		expect_time "$1" $(($2 - 15 * SLOW)) "$2" $family "$3"
	done
}

drop_syns()
{
	in_ns b1 nft -f - <<-'END'
	table inet lose { chain input {
		type filter hook input priority 0
		tcp dport 7002 drop
	}; }
	END
}

# begin_flows: of each kind one
begin_flows()
{
	tell udp udp $PORT
	tell one open $PORT
	tell half open $PORT
	tell half shut
	tell syn syn 7002
}

# expect_all ESTABLISHED HALF-OPEN HALF-CLOSED UDP: in seconds
expect_all()
{
	begin_flows
	expect_times established "$1" "ESTABLISHED"
	expect_times half-open "$2" "SYN_SENT"
	tell syn close
	expect_times half-closed "$3" "_WAIT"
	expect_times "UDP, new" $(($4 / 4)) "^udp"
	# As conntrack has it
	pause 2.2
	tell udp say
	tell udp say
	expect_times UDP "$4" "^udp"
}

# As the manual has it
case_defaults()
{
	setup
	expect_all 240 60 60 120
}

case_times()
{
	setup '"idle_timeout_ms": 100000, "half_open_timeout_ms": 200000,
		"half_closed_timeout_ms": 300000, "udp_timeout_ms": 200000'
	expect_all 100 200 300 200
	for FAMILY in 4 6; do
		lb service set all$FAMILY idle-timeout 1000s udp-timeout 2000s
	done
	# Not before the next packet
	expect_times established 100 "ESTABLISHED"
	pause 0.1
	tell one say
	tell udp say
	expect_times "established, changed" 1000 "ESTABLISHED"
	expect_times "UDP, changed" 2000 "^udp"
}

# A rule's own time goes before
case_policy()
{
	setup '"idle_timeout_ms": 100000'
	in_ns gw nft -f - <<-'END'
	table inet own {
		ct timeout mine4 {
			protocol tcp; l3proto ip;
			policy = { established: 500 }
		}
		ct timeout mine6 {
			protocol tcp; l3proto ip6;
			policy = { established: 500 }
		}
		chain prerouting {
			type filter hook prerouting priority -150
			tcp dport 7001 meta nfproto ipv4 ct timeout set "mine4"
			tcp dport 7001 meta nfproto ipv6 ct timeout set "mine6"
		}
	}
	END
	tell own open 7001
	tell one open $PORT
	expect_times "the rule's" 500 "ESTABLISHED.*dport=7001"
	expect_times "the service's" 100 "ESTABLISHED.*dport=$PORT"
	in_ns gw nft delete table inet own
}

# reset_after FILE NAME: in milliseconds
reset_after()
{
	sed -n "s/^$2 reset //p" "$T_DIR/$1.log"
}

# expect_reset NAME: both ends, in time
expect_reset()
{
	local family

	for family in 4 6; do
		wait_for 15 grep -q "^$1$family reset" "$T_DIR/ask.log"
		wait_for 5 grep -q "^$family reset" "$T_DIR/serve.log"
		expect_between "client's time" $((1000 * IDLE - 100)) \
			$((1000 * (IDLE + 8 * SLOW))) \
			"$(reset_after ask "$1$family")"
		expect_between "server's time" $((1000 * IDLE - 100)) \
			$((1000 * (IDLE + 8 * SLOW))) \
			"$(reset_after serve "$family" | head -n 1)"
	done
}

# expect_alive NAME...
expect_alive()
{
	local name

	for name in "$@"; do
		! grep "^${name}[46] reset" "$T_DIR/ask.log" || fail "$name ended"
	done
}

# expect_counts N: connections reset for each service of any protocol
expect_counts()
{
	local family

	for family in 4 6; do
		wait_for 5 is_counter all$family idle_resets "$1"
		expect "all resets" "$1" "$(counter_of all$family reset_flows)"
		expect "of others" 0 "$(counter_of tcp$family idle_resets)"
	done
}

# left_ms FAMILY: the longest time that flows of the first service have left
left_ms()
{
	lb -j conns service "all$1" |
		sed -n 's/.*"timeout_ms": \([0-9]*\).*/\1/p' |
		sort -n | tail -n 1
}

# busy_is_fast: what it says and hears takes no slow packet
busy_is_fast()
{
	local before

	before=$(stat_of slow_pkts)
	tell busy say
	[ "$(stat_of slow_pkts)" = "$before" ]
}

case_reset()
{
	IDLE=$((4 * SLOW))
	setup "\"idle_timeout_ms\": $((1000 * IDLE)), \"tcp_reset\": true"
	for FAMILY in 4 6; do
		lb service set tcp$FAMILY tcp-reset off
	done
	capture cl1 eth0 client -s 128 tcp
	capture b1 eth0 server -s 128 tcp
	tell busy open $PORT
	tell one open $PORT
	for FAMILY in 4 6; do
		expect_between "time left" 1 $((1000 * IDLE)) \
			"$(left_ms $FAMILY)"
	done
	# Longer than that in all, and never so long without a word
	for _ in 1 2 3; do
		pause $((15 * SLOW / 10)).$((15 * SLOW % 10))
		if [ "$WAY" = slow ]; then
			tell busy say
		else
			wait_for 10 busy_is_fast
		fi
	done
	expect_reset one
	expect_alive busy
	expect_counts 1
	expect_reset busy
	expect_counts 2
	stop_capture client
	stop_capture server
	expect "resets to the client" "4 exact" "$(resets client $PORT to)"
	expect "resets to the server" "4 exact" "$(resets server $PORT from)"
	for FAMILY in 4 6; do
		wait_for 10 is_counter all$FAMILY active 0
	done
}

has_no_entry()
{
	! in_ns gw conntrack -L -f "ipv$1" 2>/dev/null | grep -q .
}

# n_resets NAME: of the capture
n_resets()
{
	captured "$1" | grep -c 'Flags \[R' || true
}

# Silently; what comes later begins anew, midway
case_silent()
{
	setup '"idle_timeout_ms": 1000'
	capture cl1 eth0 client tcp
	capture b1 eth0 server tcp
	tell one open 7001
	for FAMILY in 4 6; do
		wait_for 10 has_no_entry $FAMILY
	done
	expect_alive one
	tell one say
	for FAMILY in 4 6; do
		expect "resets" 0 "$(counter_of tcp$FAMILY reset_flows)"
	done
	stop_capture client
	stop_capture server
	expect "resets to the client" 0 "$(n_resets client)"
	expect "resets to the server" 0 "$(n_resets server)"
}

# Flows of the other kinds leave the table, too: the sysctls say otherwise
case_gone()
{
	local ms=$((1000 * SLOW))

	setup "\"idle_timeout_ms\": $ms, \"half_open_timeout_ms\": $ms,
		\"half_closed_timeout_ms\": $ms, \"udp_timeout_ms\": $ms"
	begin_flows
	# Nor is it asked for again
	tell syn close
	for FAMILY in 4 6; do
		wait_for 5 has_no_entry $FAMILY
		[ "$(counter_of all$FAMILY new_flows)" -ge 4 ]
		wait_for 5 is_counter all$FAMILY active 0
	done
}

# It is switched on, and the time made shorter, for flows without a packet
case_switched()
{
	IDLE=2
	setup '"idle_timeout_ms": 100000'
	tell one open $PORT
	for FAMILY in 4 6; do
		lb service set all$FAMILY idle-timeout 50s tcp-reset on
	done
	pause 0.6
	for FAMILY in 4 6; do
		lb service set all$FAMILY idle-timeout 2s
	done
	expect_reset one
	expect_counts 1
}

# Services that are removed leave their flows, and these keep their times
case_removed()
{
	IDLE=2
	setup '"idle_timeout_ms": 2000, "tcp_reset": true'
	tell one open $PORT
	for FAMILY in 4 6; do
		lb service del all$FAMILY
		lb service del tcp$FAMILY
	done
	expect_reset one
}

topo_up 1
mkfifo "$T_DIR/fifo"
for name in tcp_timeout_{syn_sent,syn_recv,established,fin_wait,close_wait} \
	tcp_timeout_{max_retrans,unacknowledged} udp_timeout{,_stream}; do
	names+=("net.netfilter.nf_conntrack_$name=7777")
done
in_ns gw sysctl -qw "${names[@]}"
drop_syns
start_bg b1 serve /usr/bin/python3 -B "$here/lib/idle.py" serve $PORT
start_bg cl1 ask /usr/bin/python3 -B "$here/lib/idle.py" ask "$T_DIR/fifo"
wait_for 20 grep -q listening "$T_DIR/serve.log"
tap_run "times are the manual's" case_defaults
tap_run "or the service's" case_times
[ "$WAY" = express ] || tap_run "a rule's time goes before" case_policy
tap_run "both ends are told" case_reset
tap_run "or it is silent" case_silent
tap_run "of whatever kind" case_gone
tap_run "switched on for flows that exist" case_switched
tap_run "of services that are removed" case_removed
tap_done
