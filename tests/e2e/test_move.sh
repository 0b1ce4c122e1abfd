#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Flows without a connection leave a backend that may not have new ones, and
# only such flows do. Datagrams from one port are one flow, whatever socket
# sends them.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (servers, talkers)
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

# A client that sends a datagram each millisecond: none goes to who has failed
# once that is known, and when there is somebody again, they do get there
case_stream()
{
	local first others before name

	setup
	start_bg cl1 stream traffic stream "$VIP" 82
	wait_for 10 streams_to b1 b2 b3
	first=$(awk '$2 != "lost" { print $2; exit }' "$T_DIR/stream.log")
	others="b1 b2 b3"
	others=${others/$first/}
	make_deaf "$first"
	wait_for 10 streams_to lost
	goes_down "$first"
	# shellcheck disable=SC2086 # a list of words
	wait_for 10 streams_to $others
	before=$(packets_to "$first")
	wait_for 10 has_had $(($(counter_of udp in_pkts) + 300))
	expect "datagrams to who is down" "$before" "$(packets_to "$first")"
	# shellcheck disable=SC2086
	wait_for 10 streams_to $others

	in_ns "$first" nft delete table inet deaf
	for name in b1 b2 b3; do
		lb backend del web "$name"
	done
	wait_for 10 streams_to lost
	lb backend add web b3 "$(backend_addr 3)"
	wait_for 10 streams_to b3
	stop_bg stream
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
tap_done
