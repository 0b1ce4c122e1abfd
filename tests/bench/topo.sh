# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The network of a benchmark, as short as it can be:
#
#   cl eth0 ----------- front gw back ----------- eth0 be
#     198.51.100.2, .1            10.8.0.1, .2
#     2001:db8:c1::2, ::1         fd00:b8::1, ::2
#     198.18.0.0/15: clients      10.9.0.0/16: backends
#     2001:db8:c2::/64            fd00:b9::/64
#
# All clients are addresses of cl and all backends addresses of be, on the
# gateway's link. Neighbours are written down, so that nobody asks for them
# while it is measured. VIPs are routed to gw. Sourced after e2e/lib.sh.

MAC_CL=02:00:00:00:00:01 MAC_FRONT=02:00:00:00:00:02
MAC_BACK=02:00:00:00:00:03 MAC_BE=02:00:00:00:00:04
# TCP may send all that is there from the first packet on: how far its window
# would have opened by then, and so the size of packets, is chance.
TCP_WINDOW="initcwnd 100 initrwnd 100"

# backend NUMBER FAMILY: its address, in $REPLY
backend()
{
	case $2 in
	4) REPLY=10.9.$(($1 / 250)).$(($1 % 250 + 1)) ;;
	6) printf -v REPLY 'fd00:b9::%x' $(($1 + 1)) ;;
	esac
}

# neighbours N: that gw has of these backends, for ip -batch
neighbours()
{
	local i family

	for ((i = 0; i < $1; i++)); do
		for family in 4 6; do
			backend $i $family
			echo "neigh replace $REPLY lladdr $MAC_BE dev back nud permanent"
		done
	done
}

bench_link()
{
	ip link add front netns gw address $MAC_FRONT type veth \
		peer name eth0 netns cl address $MAC_CL
	ip link add back netns gw address $MAC_BACK type veth \
		peer name eth0 netns be address $MAC_BE
	# Link-local addresses are announced now and then; there are none.
	ip -n cl link set eth0 addrgenmode none up
	ip -n be link set eth0 addrgenmode none up
	ip -n gw link set front addrgenmode none up
	ip -n gw link set back addrgenmode none up
}

bench_client()
{
	ip -n cl -batch - <<-END
		addr add 198.51.100.2/24 dev eth0
		addr add 2001:db8:c1::2/64 dev eth0 nodad
		route add local 198.18.0.0/15 dev lo
		route add local 2001:db8:c2::/64 dev lo
		neigh add 198.51.100.1 lladdr $MAC_FRONT dev eth0 nud permanent
		neigh add 2001:db8:c1::1 lladdr $MAC_FRONT dev eth0 nud permanent
		route add default via 198.51.100.1 $TCP_WINDOW
		route add default via 2001:db8:c1::1 $TCP_WINDOW
	END
	# A local route to an address does not make it one to bind(), in IPv6.
	in_ns cl sysctl -qw net.ipv6.ip_nonlocal_bind=1
}

bench_backend()
{
	ip -n be -batch - <<-END
		addr add 10.8.0.2/16 dev eth0
		addr add fd00:b8::2/64 dev eth0 nodad
		route add local 10.9.0.0/16 dev lo
		route add local fd00:b9::/64 dev lo
		neigh add 10.8.0.1 lladdr $MAC_BACK dev eth0 nud permanent
		neigh add fd00:b8::1 lladdr $MAC_BACK dev eth0 nud permanent
		route add default via 10.8.0.1 $TCP_WINDOW
		route add default via fd00:b8::1 $TCP_WINDOW
	END
}

# bench_gateway BACKENDS
bench_gateway()
{
	ip -n gw -batch - <<-END
		addr add 198.51.100.1/24 dev front
		addr add 2001:db8:c1::1/64 dev front nodad
		addr add 10.8.0.1/16 dev back
		addr add fd00:b8::1/64 dev back nodad
		neigh add 198.51.100.2 lladdr $MAC_CL dev front nud permanent
		neigh add 2001:db8:c1::2 lladdr $MAC_CL dev front nud permanent
		route add 198.18.0.0/15 via 198.51.100.2 $TCP_WINDOW
		route add 2001:db8:c2::/64 via 2001:db8:c1::2 $TCP_WINDOW
		route add 10.9.0.0/16 dev back $TCP_WINDOW
		route add fd00:b9::/64 dev back $TCP_WINDOW
		$(neighbours "$1")
	END
}

# TCP remembers figures of each destination. Without that, connections through a
# gateway that routes repeated to 0.2 % in five networks of 6.1, and with it to 2 %.
forget_metrics()
{
	local space

	for space in cl gw be; do
		in_ns $space sysctl -qw net.ipv4.tcp_no_metrics_save=1
	done
}

# UDP ends where it arrives: what meter sends has no socket to go to.
bench_sinks()
{
	local space

	for space in cl be; do
		tc -n $space -batch - <<-END
			qdisc add dev eth0 clsact
			filter add dev eth0 ingress protocol ip prio 1 flower ip_proto udp action drop
			filter add dev eth0 ingress protocol ipv6 prio 2 flower ip_proto udp action drop
		END
		# Neither end waits for the other while it fills a buffer.
		in_ns $space sysctl -qw net.ipv4.tcp_rmem="4096 1048576 6291456" \
			net.ipv4.tcp_wmem="4096 1048576 4194304"
	done
}

# The kernel's tables of neighbours begin with eight chains, and it is chance
# which are long. They grow with what is in them and never shrink.
grow_neighbour_tables()
{
	local i

	topo_space crowd 0
	ip -n crowd link add d0 type dummy
	ip -n crowd link set d0 up
	for ((i = 0; i < 2000; i++)); do
		printf 'neigh add 10.1.%d.%d lladdr %s dev d0 nud permanent\n' \
			$((i / 250)) $((i % 250 + 1)) $MAC_BE
		printf 'neigh add fd00:c::%x lladdr %s dev d0 nud permanent\n' \
			$((i + 1)) $MAC_BE
	done | ip -n crowd -batch -
	topo_down
}

# bench_up BACKENDS: the network above, until topo_down
bench_up()
{
	topo_space cl 0
	topo_space gw 1
	topo_space be 0
	bench_link
	bench_client
	bench_backend
	bench_gateway "$1"
	bench_sinks
	forget_metrics
}
