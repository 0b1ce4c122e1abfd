#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# limit: 900
#
# Whatever way packets take through nflb, the same ones arrive: traffic of all
# kinds is sent once for each mode of a service, packet by packet, while routes,
# neighbours, devices and MTUs change; what came to whom, conntrack's table and
# nflb's counters must be the same after every step.
#
#   cl1 ---+
#          gw (nflb) --- sw --- b1 b2
#   cl2 ---+
#
# The four hosts say nothing by themselves: lib/differ speaks for them. cl2
# is the client's other way, and where packets go to that nflb leaves alone.
. "$(dirname "$0")/lib.sh"
WAY=fast # all ways are compared
. "$here/lib/config.sh"

# Each is compared with the first.
MODES="slow fast express"
# Seed 3 has a connection that begins anew with the entry of one that has not
# ended. Others, for both plans: make test T=e2e/differential SEED=4,5,6
SEEDS_WINDOW=${NFLB_SEED:-3}
SEEDS_WILD=${NFLB_SEED:-1}
STEPS=300
# Those of the services, as tune_gateway has conntrack's, and as long
TIMES='"idle_timeout_ms": 80000000, "half_open_timeout_ms": 30000000,
	"half_closed_timeout_ms": 40000000, "udp_timeout_ms": 80000000'

# mode_key MODE: of a service
mode_key()
{
	case $1 in
	slow) echo '"fastpath": false' ;;
	fast) echo '"fastpath": true' ;;
	express) echo '"new_flows_mode": "express"' ;;
	esac
}

# services NAME PORT BACKEND-PORT PROTOCOL: of $mode, one for each family, each
# with a comma behind
services()
{
	local family

	for family in 4 6; do
		printf '{"name": "%s", "frontend": "vip%s", "pool": "web%s", ' \
			"$1$family" $family $family
		printf '"protocol": "%s", "port": %s, "backend_port": %s, ' \
			"$4" "$2" "$3"
		printf '%s, %s},' "$TIMES" "$(mode_key "$mode")"
	done
}

# pool FAMILY
pool()
{
	printf '{"name": "web%s", "slots": 251, "backends": [%s]}' "$1" \
		"$(FAMILY=$1 backends_json 1 2)"
}

# configure: with services of $mode
configure()
{
	local services

	services=$(services tcp 80 8080 tcp)$(services udp 53 5353 udp)
	begin_anew
	lb apply - <<-END
	{ "frontends": [{"name": "vip4", "address": "$VIP4"},
			{"name": "vip6", "address": "$VIP6"}],
	  "pools": [$(pool 4), $(pool 6)],
	  "services": [${services%,}] }
	END
}

# run_mode PLAN SEED: into $T_DIR/$mode.trace; slow packets into $n_slow
run_mode()
{
	local before

	configure
	before=$(stat_of slow_pkts)
	/usr/bin/python3 -B "$here/lib/differ" "$2" "$STEPS" "$1" \
		>"$T_DIR/$mode.trace"
	n_slow=$(($(stat_of slow_pkts) - before))
	echo "$mode: $n_slow slow packets"
}

# expect_same MODE: shows the first difference, with the step that it is in
expect_same()
{
	local line

	! cmp -s "$T_DIR/slow.trace" "$T_DIR/$1.trace" || return 0
	line=$(cmp "$T_DIR/slow.trace" "$T_DIR/$1.trace" | sed 's/.* //')
	echo "$1 is other than slow in line $line, in step"
	head -n "$line" "$T_DIR/slow.trace" | grep '^[0-9]' | tail -n 1
	diff -U 4 "$T_DIR/slow.trace" "$T_DIR/$1.trace" | head -n 60
	fail "$(keep_traces "$plan-$seed")"
}

# keep_traces NAME: where they can be read when the guest has gone
keep_traces()
{
	local file

	for file in "$T_DIR"/*.trace; do
		cp "$file" "$NFLB_RUN/$1-${file##*/}"
	done
	echo "the traces are ${NFLB_RUN#"$NFLB_TOP/"}/$1-*.trace"
}

# case_same PLAN SEED: the other modes differ from slow in nothing but that
# most packets do not go the slow path
case_same()
{
	local plan=$1 seed=$2 mode n_slow n_all_slow

	rm -f "$T_DIR"/*.trace
	mode=slow
	run_mode "$@"
	n_all_slow=$n_slow
	for mode in ${MODES#slow}; do
		run_mode "$@"
		expect_same "$mode"
		expect_between "slow packets" 1 $((n_all_slow / 2)) $n_slow
	done
}

# quiet SPACE: its kernel answers nothing but who has an address
quiet()
{
	in_ns "$1" nft -f - <<-END
	table netdev quiet { chain in {
		type filter hook ingress device eth0 priority 0
		icmpv6 type nd-neighbor-solicit accept
		icmpv6 type nd-neighbor-advert accept
		meta protocol ip drop
		meta protocol ip6 drop
	}; }
	END
}

# Time-outs of conntrack tell which of its reasons has set them, of which they
# have the usual order, and are never reached. Nothing that gw says is held back.
tune_gateway()
{
	in_ns gw sysctl -qw net.ipv4.icmp_ratemask=0 \
		net.ipv6.icmp.ratemask=127 net.ipv6.icmp.ratelimit=0 \
		net.ipv4.conf.all.send_redirects=0 \
		net.ipv4.conf.cl1.send_redirects=0 \
		net.ipv4.conf.cl2.send_redirects=0 \
		net.ipv6.conf.cl1.keep_addr_on_down=1 \
		net.netfilter.nf_conntrack_acct=1
	set_timeouts tcp_timeout_close=1 tcp_timeout_last_ack=2 \
		tcp_timeout_syn_recv=3 tcp_timeout_close_wait=4 \
		tcp_timeout_fin_wait=5 tcp_timeout_syn_sent=6 \
		tcp_timeout_time_wait=7 tcp_timeout_unacknowledged=8 \
		tcp_timeout_max_retrans=9 tcp_timeout_established=10 \
		udp_timeout=1 udp_timeout_stream=2 \
		icmp_timeout=1 icmpv6_timeout=1 generic_timeout=1
}

# set_timeouts NAME=NUMBER...: in units of 10,000 seconds
set_timeouts()
{
	local word

	for word in "$@"; do
		in_ns gw sysctl -qw "net.netfilter.nf_conntrack_${word}0000"
	done
}

# More addresses for the markers, and a way for what is not translated
add_ways()
{
	ip -n cl1 addr add 198.51.100.100/24 dev eth0
	ip -n cl1 addr add 2001:db8:c1::100/64 dev eth0 nodad
	ip -n cl2 addr add 192.0.2.100/24 dev eth0
	ip -n cl2 addr add 2001:db8:c2::100/64 dev eth0 nodad
	ip -n b1 addr add 10.0.0.100/24 dev eth0
	ip -n b1 addr add fd00:b::100/64 dev eth0 nodad
	ip -n gw route add $VIP4 via 192.0.2.2
	ip -n gw route add $VIP6 via 2001:db8:c2::2
}

# Clients send what is too big for the backends' network.
widen_clients()
{
	local space

	for space in cl1 cl2; do
		ip -n $space link set eth0 mtu 3000
		ip -n gw link set $space mtu 3000
	done
}

# Of the whole kernel: conntrack's table is read after each step, and a big one
# takes long; that there is no route is told as often as it is so.
table=/sys/module/nf_conntrack/parameters/hashsize
error_cost=/proc/sys/net/ipv4/route/error_cost
read -r table_size <$table
read -r error_cost_before <$error_cost
echo 1024 >$table
echo 0 >$error_cost
topo_up 2
for space in cl1 cl2 b1 b2; do
	quiet $space
done
add_ways
widen_clients
tune_gateway
for seed in ${SEEDS_WINDOW//,/ }; do
	tap_run "seed $seed, in the window" case_same window "$seed"
done
in_ns gw sysctl -qw net.netfilter.nf_conntrack_tcp_be_liberal=1
for seed in ${SEEDS_WILD//,/ }; do
	tap_run "seed $seed, out of the window" case_same wild "$seed"
done
echo "$table_size" >$table
echo "$error_cost_before" >$error_cost
tap_done
