#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a new flow costs, in instructions from the client's socket to the
# backend's device, with 1 to 10,000 services. Fails if it grows by more than
# 2 %. The client sends to the last service; backends drop what they get.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"

FLOWS=20000
ALLOWED_PCT=2

document()
{
	local port

	echo '{"frontends":[{"name":"f","address":"203.0.113.10"}],'
	echo '"pools":[{"name":"p","backends":['
	echo '{"name":"b1","address":"10.0.0.11"},'
	echo '{"name":"b2","address":"10.0.0.12"}]}],"services":['
	for ((port = 1; port <= $1; port++)); do
		[ "$port" = 1 ] || echo ,
		echo "{\"name\":\"s$port\",\"frontend\":\"f\",\"protocol\":\"udp\",\"port\":$port,\"pool\":\"p\"}"
	done
	echo ']}'
}

# cost SERVICES: into $REPLY; from an address that has not been used yet
cost()
{
	local before after

	document "$1" | lb apply - >/dev/null
	# The first packets find neighbours and fill caches.
	in_ns cl1 newflows 198.51.100.250 203.0.113.10 "$1" 200 >/dev/null
	in_ns gw conntrack -F 2>/dev/null
	before=$(new_flows "$1")
	REPLY=$(in_ns cl1 newflows 198.51.100.2 203.0.113.10 "$1" $FLOWS)
	after=$(new_flows "$1")
	[ $((after - before)) = $FLOWS ] ||
		fail "$((after - before)) of $FLOWS flows were balanced"
}

# new_flows SERVICE
new_flows()
{
	in_ns gw awk -v name="s$1" '$1 == name { print $7 }' \
		/proc/net/nflb/services
}

topo_up 2
insert "$NFLB_RUN/nflb.ko"
for space in b1 b2; do
	tc -n $space qdisc add dev eth0 clsact
	tc -n $space filter add dev eth0 ingress protocol ip prio 1 \
		flower ip_proto udp action drop
done
sysctl -qw net.netfilter.nf_conntrack_buckets=262144
sysctl -qw net.netfilter.nf_conntrack_max=262144
printf '%10s %22s\n' services "instructions per flow"
first=
for services in 1 100 10000; do
	cost $services
	first=${first:-$REPLY}
	printf '%10s %22s\n' $services "$REPLY"
done
awk -v first="$first" -v last="$REPLY" -v allowed=$ALLOWED_PCT 'BEGIN {
	growth = (last / first - 1) * 100
	printf "growth %.2f %%, allowed %d %%\n", growth, allowed
	exit growth > allowed
}'
