# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The network of the architecture, around that of lib/topo.sh: the databases
# have a link of their own, so that they see who asks them, and one another
# without the gateway.
#
#   cl1 (load)  ---- +----+      +----+--- b1 ... b6 10.0.0.11 ... (instances)
#                    | gw | back | sw |--- origin    10.0.0.9
#   cl2 (mirror) --- |    |      +----+
#                    |    | data +----+--- db1 db2 db3 10.1.0.11 ...
#                    +----+      | sd |
#                                +----+

# db_switch: sd, with gw on it
db_switch()
{
	topo_space sd 0
	ip -n sd -batch - <<-END
		link add br0 type bridge forward_delay 0 mcast_snooping 0
		link set br0 up
		link add gw type veth peer name data netns gw
		link set gw master br0 up
	END
	ip -n gw -batch - <<-END
		link set data up
		addr add 10.1.0.1/24 dev data
		addr add fd00:d::1/64 dev data nodad
	END
}

# network_up: the databases' hosts and origin, and no instance
network_up()
{
	local i

	topo_up 0
	topo_space origin 0
	topo_host origin sw 10.0.0 fd00:b 9
	ip -n sw link set origin master br0 up
	db_switch
	for i in 1 2 3; do
		topo_space "db$i" 0
		topo_host "db$i" sd 10.1.0 fd00:d $((10 + i))
		ip -n sd link set "db$i" master br0 up
	done
}
