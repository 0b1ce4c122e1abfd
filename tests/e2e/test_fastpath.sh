#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Established flows take the fast path, and what changes around them is
# noticed at once.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 (nginx, echo at port 9000; at port
#   9001 a server that resets after its answer)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # whose ways it is about

# Not balanced by rr when two flows must reach the same backend
configure()
{
	begin_anew
	WEB_PORTS='"port": 9000' MORE_SERVICES='
		{"name": "reset", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 9001},
		{"name": "www", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 80, "backend_port": 8080},' \
		apply_web "$@"
}

# attach: flows of cl1 find the hook on their devices from now on
attach()
{
	talk_open first cl1 "$VIP" 9000
	wait_for 10 carries first
	talk_close first
	in_ns gw conntrack -D -p tcp -s "$CLIENT" >/dev/null 2>&1 || true
}

# never_heard NAME WORD
never_heard()
{
	! grep -q "$2" "$T_DIR/$1.out" || fail "$1 has heard $2"
}

# Of the first connections some packets may find devices without the hook.
case_connection()
{
	local before

	configure 1
	attach
	before=$(stat_of slow_pkts)
	talk_open one cl1 "$VIP" 9000
	for word in a b c d e f; do
		talk_say one "$word"
	done
	talk_close one
	wait_for 10 is_counter http active 0
	expect_between "slow packets of a connection" 2 4 \
		$(($(stat_of slow_pkts) - before))
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep -qE 'TIME_WAIT|CLOSE'
}

case_counters()
{
	local slow pkts

	configure 1
	attach
	slow=$(stat_of slow_pkts)
	head -c 2000000 /dev/urandom >"$T_DIR/nginx-b1/files/big"
	http_get cl1 "$VIP_URL/files/big" -o "$T_DIR/got"
	cmp "$T_DIR/nginx-b1/files/big" "$T_DIR/got"
	wait_for 10 is_counter www active 0
	slow=$(($(stat_of slow_pkts) - slow))
	pkts=$(($(counter_of www in_pkts) + $(counter_of www out_pkts)))
	echo "$slow of $pkts packets were slow"
	[ "$pkts" -ge 1000 ] && [ "$slow" -le 10 ]
	[ "$(counter_of www out_bytes)" -ge 2000000 ]
}

# The slow path and conntrack keep what it needs to follow the connection.
case_conntrack()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep ESTABLISHED | grep -q ASSURED
	# By hand: the next packet finds no flow and is as one of a new one,
	# which the same backend gets.
	in_ns gw conntrack -D -p tcp -s "$CLIENT" 2>/dev/null >/dev/null
	expect "directions" 0 "$(stat_of fast_directions)"
	talk_say one after
	talk_close one
}

# start_resetter NAMESPACE
start_resetter()
{
	start_bg "$1" "resetter-$1" python3 -c '
import socket, struct
server = socket.create_server(("::", 9001), family=socket.AF_INET6,
                              dualstack_ipv6=True)
while True:
    connection, _ = server.accept()
    connection.sendall(connection.recv(100))
    if connection.recv(100):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                              struct.pack("ii", 1, 0))
    connection.close()'
	wait_for 10 listens "$1" 9001
}

# Sequence numbers begin anywhere: of some connections, they wrap around.
case_reset()
{
	local i

	configure 1
	attach
	for i in 1 2 3; do
		talk_to_resetter
		wait_for 10 is_counter reset active 0
		in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
			awk '$3 > 10 { exit 1 }' || fail "an entry stays"
		in_ns gw conntrack -D -p tcp -s "$CLIENT" >/dev/null 2>&1 ||
			true
	done
}

# Neither direction takes the fast path when one cannot: conntrack sees the end
case_reset_half()
{
	local via i

	configure 1
	attach
	via=$(ip -n cl1 -6 -br addr show dev eth0 scope link |
		awk '{ sub("/.*", "", $3); print $3 }')
	ip -n gw route add "$CLIENT/32" via inet6 "$via" dev cl1
	for i in 1 2 3; do
		talk_to_resetter
		wait_for 10 is_counter reset active 0
	done
	ip -n gw route del "$CLIENT/32"
}

# Its client says whether it was reset, and not after a time-out
talk_to_resetter()
{
	in_ns cl1 timeout $((20 * SLOW)) python3 -c '
import socket, sys
connection = socket.create_connection((sys.argv[1], 9001))
for word in b"one", b"two":
    connection.sendall(word)
    try:
        answer = connection.recv(100)
    except ConnectionResetError:
        answer = None
sys.exit(answer is not None)' "$VIP"
}

# What conntrackd on another gateway needs to know
case_events()
{
	configure 1
	attach
	start_bg gw events conntrack -E -p tcp -s "$CLIENT"
	pause 1
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	talk_close one
	for word in SYN_SENT SYN_RECV ESTABLISHED FIN_WAIT TIME_WAIT ASSURED; do
		wait_for 10 grep -q "$word" "$T_DIR/events.log"
	done
	stop_bg events INT
}

# After conntrack -D the flow is picked up in the middle.
case_picked_up()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	in_ns gw conntrack -D -p tcp -s "$CLIENT" >/dev/null 2>&1
	for word in a b c; do
		talk_say one "$word"
	done
	wait_for 10 carries one
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep ESTABLISHED | grep -q ASSURED
	talk_close one
}

case_removed_now()
{
	configure 1 2
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	lb backend del web "$(talk_peer one)" now
	expect "directions" 0 "$(stat_of fast_directions)"
	talk_close one
}

case_route()
{
	local target

	configure 1
	attach
	target=$(backend_addr 1)
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	wait_for 10 carries one
	ip -n gw route add blackhole "$target"
	echo lost >"$T_DIR/one.in"
	pause 1
	never_heard one lost
	ip -n gw route del blackhole "$target"
	wait_for 20 grep -q lost "$T_DIR/one.out"
	wait_for 10 carries one
	talk_close one
}

# In the clients' network, but not theirs: the kernel gives them the route that
# they had, which is to be asked for anew.
case_other_route()
{
	local other=198.51.100.128/25

	[ $FAMILY = 4 ] || other=2001:db8:c1:0:8000::/65
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	wait_for 10 carries one
	ip -n gw route add blackhole "$other"
	wait_for 10 carries one
	ip -n gw route del blackhole "$other"
	wait_for 10 carries one
	talk_close one
}

# What is too big is answered by the slow path, both ways.
case_mtu()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	ip -n gw link set cl1 mtu 1300
	talk_say one "$(head -c 4000 /dev/zero | tr '\0' x)"
	ip -n gw link set cl1 mtu 1500
	wait_for 10 carries one
	talk_close one
}

case_device()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	talk_say one before
	ip -n gw link del cl1
	wait_for 20 in_ns gw test ! -e /sys/class/net/cl1
	talk_close one
	topo_host cl1 gw 198.51.100 2001:db8:c1 2
	ip -n gw -batch - <<-END
		link set cl1 up
		addr add 198.51.100.1/24 dev cl1
		addr add 2001:db8:c1::1/64 dev cl1 nodad
	END
	talk_open two cl1 "$VIP" 9000
	wait_for 10 carries two
	talk_close two
}

# A rule in forward sees the first packets only; on ingress, all.
case_rules()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	in_ns gw nft -f - <<-END
	table netdev t { chain c {
		type filter hook ingress device cl1 priority 0
		tcp dport 9000 counter drop
	}; }
	END
	echo lost >"$T_DIR/one.in"
	pause 1
	never_heard one lost
	in_ns gw nft delete table netdev t
	wait_for 20 grep -q lost "$T_DIR/one.out"
	talk_close one
}

# Of one connection, from its begin to its end
case_without()
{
	configure 1
	attach
	lb service set http fastpath off
	talk_open one cl1 "$VIP" 9000
	goes_slow one
	expect "directions" 0 "$(stat_of fast_directions)"

	lb service set http fastpath on
	wait_for 10 carries one
	expect "directions" 2 "$(stat_of fast_directions)"
	# More than the window that conntrack has seen
	talk_say one "$(head -c 100000 /dev/zero | tr '\0' x)"

	lb service set http fastpath off
	goes_slow one
	lb service set http fastpath on
	wait_for 10 carries one
	lb service set http fastpath off
	goes_slow one
	talk_close one
	wait_for 10 is_counter http active 0
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep -qE 'TIME_WAIT|CLOSE'
}

# Conntrack takes a reset only for what it is if it knows all that was said.
case_without_reset()
{
	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	talk_say one "$(head -c 100000 /dev/zero | tr '\0' x)"
	lb service set http fastpath off
	goes_slow one
	talk_say one "$(head -c 100000 /dev/zero | tr '\0' y)"
	in_ns cl1 ss -K "dport = :9000" >/dev/null
	wait_for 10 is_counter http active 0
}

case_unpublished()
{
	local generation

	configure 1
	attach
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	generation=$(stat_of generation)
	genl_start gw
	genl_expect 0 a txn-begin
	genl_expect 0 a service-set name=http "fastpath#0"
	wait_for 10 carries one
	genl_expect 0 a txn-abort
	wait_for 10 carries one

	genl_expect 0 a txn-begin
	genl_expect 0 a service-set name=http "fastpath#0"
	genl_expect "EEXIST name pool web exists already" a pool-new name=web
	genl_expect "ECANCELED - a change of this transaction was refused" \
		a txn-commit
	wait_for 10 carries one

	genl_expect 0 a txn-begin
	genl_expect 0 a service-set name=http "fastpath#0"
	genl_expect 0 a service-set name=http "port#9000"
	wait_for 10 carries one
	genl_expect "0 1#$((generation + 1)) 2#2" a txn-commit
	goes_slow one
	talk_close one
}

topo_up 2
start_nginx b1 b2
start_talkers b1 b2
start_resetter b1
both_families "a connection's packets" case_connection
both_families "every packet is counted once" case_counters
both_families "conntrack -L and -D" case_conntrack
both_families "a reset" case_reset
use_family 4
tap_run "a reset by way of a neighbour of IPv6" case_reset_half
both_families "conntrack -E" case_events
both_families "a flow is picked up in the middle" case_picked_up
both_families "a backend is removed now" case_removed_now
both_families "a route changes" case_route
both_families "another's route changes" case_other_route
both_families "an MTU changes" case_mtu
both_families "a device leaves" case_device
both_families "rules on ingress" case_rules
both_families "a service without the fast path" case_without
both_families "a reset after the fast path" case_without_reset
both_families "what is not published changes no packet's way" case_unpublished
tap_done
