# SPDX-License-Identifier: GPL-2.0-only
"""What changes around flows while they go on."""


class Variable:
    """Something about the gateway that is changed and changed back."""

    def __init__(self, name, settings, closed=()):
        self.name, self.settings = name, settings
        self.closed = closed    # path of markers, if it is not 0
        self.value = 0

    def change(self, value):
        """Returns the commands for that."""
        old, self.value = self.value, value
        return self.settings[old][1] + self.settings[value][0]


def route(target, *ways):
    """A route of its own to an address: none at first."""
    return Variable(f"route to {target}", [([], [])] + [
        ([f"ip route add {way.format(target)}"], [f"ip route del {target}"])
        for way in ways])


def one_of(name, *commands, closed=()):
    """The first is what there is at first."""
    return Variable(name, [([command], []) for command in commands], closed)


def neighbour(address, device):
    """A MAC address that is nobody's."""
    return Variable(f"neighbour {address}", [([], []), (
        [f"ip neigh replace {address} lladdr 02:00:00:00:77:77 nud permanent"
         f" dev {device}"], [f"ip neigh del {address} dev {device}"])])


# How many of variables() have to do with cl1
N_OF_CL1 = 7
OFFLOADS = "ethtool -K {} tx {} tso {} gso {}"


def variables():
    """All of them, those that cl1 has to do with first."""
    return [
        route("198.51.100.2", "{} via 192.0.2.2", "{} via 198.51.100.100",
              "{} dev cl1 mtu lock 1000", "{} dev cl1 mtu 1200",
              "unreachable {}"),
        route("2001:db8:c1::2", "{} via 2001:db8:c2::2",
              "{} via 2001:db8:c1::100", "{} dev cl1 mtu lock 1300",
              "prohibit {}"),
        neighbour("198.51.100.2", "cl1"),
        neighbour("2001:db8:c1::2", "cl1"),
        one_of("cl1's MTU", "ip link set cl1 mtu 3000",
               "ip link set cl1 mtu 1300", "ip link set cl1 mtu 1500"),
        one_of("cl1 forwards IPv4", "sysctl -q net.ipv4.conf.cl1.forwarding=1",
               "sysctl -q net.ipv4.conf.cl1.forwarding=0",
               closed=("cl1", 4)),
        one_of("cl1's offloads", OFFLOADS.format("cl1", "on", "on", "on"),
               OFFLOADS.format("cl1", "off", "off", "off"),
               OFFLOADS.format("cl1", "on", "off", "off")),
        route("10.0.0.11", "{} via 10.0.0.12", "{} dev back mtu lock 1000",
              "blackhole {}"),
        route("fd00:b::12", "{} via fd00:b::11", "{} dev back mtu lock 1300",
              "blackhole {}"),
        neighbour("10.0.0.12", "back"),
        neighbour("fd00:b::11", "back"),
        one_of("back's MTU", "ip link set back mtu 1500",
               "ip link set back mtu 1400"),
        one_of("back's offloads", OFFLOADS.format("back", "on", "on", "on"),
               OFFLOADS.format("back", "off", "off", "off")),
    ]
