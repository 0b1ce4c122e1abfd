# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The network of a scenario, made of namespaces:
#
#   cl1 eth0 ------- cl1 +----+
#     198.51.100.2       |    |             +----+--- b1 eth0 10.0.0.11
#     2001:db8:c1::2     | gw | back --- gw | sw |--- b2 eth0 10.0.0.12
#   cl2 eth0 ------- cl2 |    |             +----+--- ...     fd00:b::11 ...
#     192.0.2.2          +----+
#     2001:db8:c2::2
#
# gw is .1 and ::1 of each network and everyone's default route; nflb works in
# there. sw is a switch, so that backends reach one another without gw.
# VIPs (203.0.113.0/24, 2001:db8:f::/64) belong to no interface.

# shellcheck disable=SC2034 # the scenarios use them
{
	VIP4=203.0.113.10
	VIP6=2001:db8:f::10
	CLIENT4=198.51.100.2
	CLIENT6=2001:db8:c1::2
}
BACKENDS=()
topo_spaces=()

# in_ns NAMESPACE COMMAND...
in_ns()
{
	ip netns exec "$@"
}

# lb ARG...: lbctl in the gateway
lb()
{
	lbctl -n gw "$@"
}

# begin_anew: the gateway has no configuration and no flows
begin_anew()
{
	lb flush
	in_ns gw conntrack -F 2>/dev/null
}

# have_nflb: is the module in, and its tool there
have_nflb()
{
	[ -d /sys/module/nflb ] && type -P lbctl >/dev/null
}

# topo_space NAME ROUTER: a namespace whose addresses work at once. ROUTER is
# 1 where packets are passed on.
topo_space()
{
	ip netns add "$1"
	topo_spaces+=("$1")
	# shellcheck disable=SC2016 # expands in there
	in_ns "$1" bash -c '
		cd /proc/sys/net
		echo 0 >ipv6/conf/all/accept_dad
		echo 0 >ipv6/conf/default/accept_dad
		echo 0 >ipv4/conf/all/rp_filter
		echo 0 >ipv4/conf/default/rp_filter
		echo "$1" >ipv4/ip_forward
		echo "$1" >ipv6/conf/all/forwarding
		ip link set lo up' topo_space "$2"
}

# topo_host NAME PEER NET4 NET6 HOST: connects NAME to PEER, by a port that has
# NAME's name and is still down
topo_host()
{
	ip link add eth0 netns "$1" type veth peer name "$1" netns "$2"
	ip -n "$1" -batch - <<-END
		link set eth0 up
		addr add $3.$5/24 dev eth0
		addr add $4::$5/64 dev eth0 nodad
		route add default via $3.1
		route add default via $4::1
	END
}

# topo_client NAME NET4 NET6
topo_client()
{
	topo_space "$1" 0
	topo_host "$1" gw "$2" "$3" 2
	ip -n gw -batch - <<-END
		link set $1 up
		addr add $2.1/24 dev $1
		addr add $3::1/64 dev $1 nodad
	END
}

# topo_plug SWITCH PORT NET4 NET6: puts gw on a switch, by gw's PORT
topo_plug()
{
	ip -n "$1" -batch - <<-END
		link add gw type veth peer name $2 netns gw
		link set gw master br0 up
	END
	ip -n gw -batch - <<-END
		link set $2 up
		addr add $3.1/24 dev $2
		addr add $4::1/64 dev $2 nodad
	END
}

# topo_switch NAME PORT NET4 NET6: a switch with gw on it, by gw's PORT
topo_switch()
{
	topo_space "$1" 0
	ip -n "$1" -batch - <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set br0 up
	END
	topo_plug "$@"
}

# topo_member NAME SWITCH NET4 NET6 HOST: a host on a switch
topo_member()
{
	topo_space "$1" 0
	topo_host "$@"
	ip -n "$2" link set "$1" master br0 up
}

# topo_backend NUMBER: b<NUMBER>, at .1<NUMBER> of the backends' networks
topo_backend()
{
	topo_member "b$1" sw 10.0.0 fd00:b $((10 + $1))
	BACKENDS+=("b$1")
}

# topo_up [BACKENDS]: the network above with 4, or as many, backends
topo_up()
{
	local i

	topo_space gw 1
	topo_client cl1 198.51.100 2001:db8:c1
	topo_client cl2 192.0.2 2001:db8:c2
	topo_switch sw back 10.0.0 fd00:b
	for ((i = 1; i <= ${1-4}; i++)); do
		topo_backend "$i"
	done
}

topo_down()
{
	local space

	for space in "${topo_spaces[@]}"; do
		ip netns del "$space" 2>/dev/null
	done
	topo_spaces=()
	BACKENDS=()
}

# backend_addr NUMBER [FAMILY]
backend_addr()
{
	case ${2-$FAMILY} in
	4) echo "10.0.0.$((10 + $1))" ;;
	6) echo "fd00:b::$((10 + $1))" ;;
	esac
}

# use_family 4|6: sets what a case needs to be written once for both
use_family()
{
	local vip=VIP$1 client=CLIENT$1

	FAMILY=$1
	VIP=${!vip}
	CLIENT=${!client}
	VIP_URL=http://$VIP
	[ "$1" = 4 ] || VIP_URL="http://[$VIP]"
}

# both_families NAME FUNCTION [ARG]...: tap_run for IPv4, then for IPv6, with
# FAMILY, VIP, VIP_URL and CLIENT set and backend_addr to match
both_families()
{
	local family

	for family in 4 6; do
		use_family $family
		tap_run "$1, IPv$family" "${@:2}"
	done
}

# endpoint ADDRESS PORT: as lbctl and others want it
endpoint()
{
	case $1 in
	*:*) echo "[$1]:$2" ;;
	*) echo "$1:$2" ;;
	esac
}
