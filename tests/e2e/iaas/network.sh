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

# network_up: the databases' hosts and origin, and no instance
network_up()
{
	local i

	topo_up 0
	topo_member origin sw 10.0.0 fd00:b 9
	topo_switch sd data 10.1.0 fd00:d
	for i in 1 2 3; do
		topo_member "db$i" sd 10.1.0 fd00:d $((10 + i))
	done
}
