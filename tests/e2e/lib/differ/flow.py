# SPDX-License-Identifier: GPL-2.0-only
"""Flows as their two ends see them."""
import rawpkt
from rawpkt import ACK, RST, SYN, TCP, UDP

CLIENT, BACKEND = 0, 1
CLIENT_ADDRESS = {4: "198.51.100.2", 6: "2001:db8:c1::2"}
VIP = {4: "203.0.113.10", 6: "2001:db8:f::10"}
BACKEND_ADDRESS = {("b1", 4): "10.0.0.11", ("b1", 6): "fd00:b::11",
                   ("b2", 4): "10.0.0.12", ("b2", 6): "fd00:b::12"}
PORTS = {TCP: (80, 8080), UDP: (53, 5353)}
SIDES = ("client", "backend")
# Segment size and window scale. Selective acknowledgments are not agreed on:
# conntrack would judge the odd ones by what they say.
HANDSHAKE_OPTIONS = b"\x02\x04\x05\xb4\x01\x03\x03\x02"


class Flow:
    """A flow as its ends see it."""

    def __init__(self, rng, protocol, family, port):
        self.rng = rng
        self.protocol, self.family, self.port = protocol, family, port
        self.space = "cl1"
        self.backend = "b1"
        self.next = [0, 0]      # TCP: what the other end has received
        self.is_open = False
        self.is_known = False   # conntrack has seen it begin
        self.heard = [None, None]
        self.n_heard = [0, 0]   # what conntrack has taken for the flow's

    def __str__(self):
        word = "tcp" if self.protocol == TCP else "udp"
        return f"{word}{self.family}.{self.port}"

    def packet(self, side, protocol=None):
        """An empty packet from that side."""
        client = CLIENT_ADDRESS[self.family]
        vport, bport = PORTS[self.protocol]
        if side == CLIENT:
            packet = rawpkt.Packet(client, VIP[self.family],
                                   protocol or self.protocol)
            packet.sport, packet.dport = self.port, vport
        else:
            packet = rawpkt.Packet(
                BACKEND_ADDRESS[self.backend, self.family], client,
                protocol or self.protocol)
            packet.sport, packet.dport = bport, self.port
        self.vary(packet)
        return packet

    def vary(self, packet):
        """What may be anything in a packet that is not odd at all."""
        packet.ident = self.rng.randrange(1 << 16)
        packet.ttl = self.rng.choice((64, 64, 64, 255, 2, 3))
        packet.frag_off = self.rng.choice((0x4000, 0x4000, 0))
        if self.rng.random() < 0.5:
            packet.tos = self.rng.randrange(256)
            packet.label = self.rng.randrange(1 << 20)

    def segment(self, side, flags, size=0):
        """What is next in a connection."""
        packet = self.packet(side)
        packet.flags = flags
        packet.seq = self.next[side]
        packet.ack = self.next[1 - side] if flags & ACK else 0
        packet.payload = self.rng.randbytes(size)
        if flags & SYN:
            packet.tcp_options = HANDSHAKE_OPTIONS
        return packet

    def hear(self, side, frame):
        """A frame has come to that side.

        What is acknowledged from now on conntrack has to have taken in: what
        it leaves alone is not translated, SYN and RST it may ignore.
        """
        self.heard[side] = frame
        if not self.is_translated(side, frame):
            return
        self.n_heard[side] += 1
        if self.protocol != TCP:
            return
        seq, size, flags = frame.span()
        is_ignored = flags & RST or (flags & SYN and self.is_open)
        if seq == self.next[1 - side] and not is_ignored:
            self.next[1 - side] = (seq + size) % (1 << 32)

    def is_translated(self, side, frame):
        """Has conntrack taken the frame for the flow's?

        The first one tells who the backend is; that it comes by another's
        device tells nothing.
        """
        if side == CLIENT:
            return frame.src == rawpkt.pack_address(VIP[self.family])
        for name in ("b1", "b2"):
            address = BACKEND_ADDRESS[name, self.family]
            if frame.dst == rawpkt.pack_address(address):
                self.backend = name
                return True
        return False

    def source(self, side):
        """The host that this side sends from."""
        return self.space if side == CLIENT else self.backend
