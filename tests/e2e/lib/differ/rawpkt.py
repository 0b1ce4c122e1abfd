# SPDX-License-Identifier: GPL-2.0-only
"""Packets byte by byte: how they are built, wrong ones included, and told."""
import socket
import struct
import zlib

TCP, UDP, ICMP, ICMP6, FRAGMENT = 6, 17, 1, 58, 44
FIN, SYN, RST, PSH, ACK, URG = 1, 2, 4, 8, 16, 32
ETHERTYPE = {4: 0x0800, 6: 0x86dd}
# struct virtio_net_hdr
VNET = struct.Struct("=BBHHHH")
ICMP_ERRORS = (3, 5, 11, 12)
NEEDS_CSUM, DATA_VALID = 1, 2
GSO_TYPE = {(TCP, 4): 1, (TCP, 6): 4, (UDP, 4): 5, (UDP, 6): 5}


def pack_address(text):
    """The bytes of an address."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return socket.inet_pton(family, text)


def add_up(data, total=0):
    """One's complement sum, not inverted."""
    data += b"\0" * (len(data) % 2)
    total += sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return total


class Packet:
    """An IP packet to be. Whoever makes it may change any attribute."""

    def __init__(self, src, dst, protocol):
        self.family = 6 if ":" in src else 4
        self.src, self.dst = pack_address(src), pack_address(dst)
        self.protocol = protocol
        self.ttl, self.tos, self.ident, self.label = 64, 0, 0, 0
        self.frag_off = 0x4000          # flags, too; IPv4
        self.options = b""              # IPv4's
        self.extensions = []            # IPv6's: number, bytes from the third
        self.sport = self.dport = 0
        self.seq = self.ack = self.flags = self.urgent = 0
        self.window = 0xffff
        self.tcp_options = b""
        self.payload = b""              # ICMP: from the type on
        self.checksum = "good"          # bad, none, partial
        self.wrong_header_sum = False
        self.gso_size = 0
        self.doff = self.udp_len = None
        self.n_claimed = 0              # bytes more than there are
        self.n_cut = 0                  # bytes that the end lacks
        self.padding = b""              # behind the packet
        self.cuts = []                  # offsets of fragments, but the first
        self.order = []                 # of the fragments
        self.eth_dst = None

    def pseudo_sum(self, size):
        """Of the pseudo header."""
        head = struct.pack("!II", size, self.protocol)
        return add_up(self.src + self.dst + head)

    def l4_header(self):
        """The header with a checksum of 0, and where that stands."""
        if self.protocol == TCP:
            doff = self.doff
            if doff is None:
                doff = 5 + len(self.tcp_options) // 4
            return struct.pack("!HHIIHHHH", self.sport, self.dport, self.seq,
                               self.ack, doff << 12 | self.flags, self.window,
                               0, self.urgent) + self.tcp_options, 16
        if self.protocol == UDP:
            size = self.udp_len
            if size is None:
                size = 8 + len(self.payload)
            return struct.pack("!HHHH", self.sport, self.dport, size, 0), 6
        return b"", 2

    def l4(self):
        """What is behind the IP header."""
        head, at = self.l4_header()
        data = head + self.payload
        total = self.pseudo_sum(len(data))
        if self.protocol == ICMP:
            total = 0
        if self.checksum == "none":
            return data
        if self.checksum != "partial":
            total = add_up(data, total) ^ 0xffff
        if self.checksum == "bad":
            total ^= 0x0101
        if not total and self.protocol == UDP:
            total = 0xffff
        return data[:at] + struct.pack("!H", total) + data[at + 2:]

    def ipv4(self, data, frag_off):
        """An IPv4 packet."""
        size = 20 + len(self.options)
        head = struct.pack("!BBHHHBBH", 4 << 4 | size // 4, self.tos,
                           max(0, size + len(data) + self.n_claimed),
                           self.ident,
                           frag_off, self.ttl, self.protocol, 0)
        head += self.src + self.dst + self.options
        total = add_up(head) ^ 0xffff ^ self.wrong_header_sum << 4
        return head[:10] + struct.pack("!H", total) + head[12:] + data

    def ipv6(self, data, extensions):
        """An IPv6 packet."""
        number = self.protocol
        for kind, body in reversed(extensions):
            data = bytes([number]) + body + data
            number = kind
        return struct.pack("!IHBB", 6 << 28 | self.tos << 20 | self.label,
                           max(0, len(data) + self.n_claimed), number,
                           self.ttl) + self.src + self.dst + data

    def fragment(self, data, at, end):
        """One of the pieces of data."""
        is_last = end == len(data)
        if self.family == 4:
            return self.ipv4(data[at:end], at // 8 | (not is_last) << 13)
        body = struct.pack("!xHI", at | (not is_last), self.ident)
        return self.ipv6(data[at:end],
                         self.extensions + [(FRAGMENT, body)])

    def packets(self):
        """The packet as bytes, or its fragments."""
        data = self.l4()
        if self.cuts:
            ends = [0] + self.cuts + [len(data)]
            pieces = [self.fragment(data, at, end)
                      for at, end in zip(ends, ends[1:])]
            return [pieces[i] for i in self.order]
        whole = (self.ipv4(data, self.frag_off) if self.family == 4
                 else self.ipv6(data, self.extensions))
        return [whole[:len(whole) - self.n_cut] + self.padding]

    def vnet(self):
        """What a device may leave to others to do."""
        if self.checksum != "partial":
            return VNET.pack(0, 0, 0, 0, 0, 0)
        head, at = self.l4_header()
        l4 = 34 + len(self.options) if self.family == 4 else 54
        kind = GSO_TYPE[self.protocol, self.family] if self.gso_size else 0
        return VNET.pack(NEEDS_CSUM, kind, l4 + len(head), self.gso_size, l4,
                         at)

    def frames(self, eth_dst, eth_src):
        """What goes to an AF_PACKET socket with PACKET_VNET_HDR."""
        head = self.vnet() + (self.eth_dst or eth_dst) + eth_src
        head += struct.pack("!H", ETHERTYPE[self.family])
        return [head + packet for packet in self.packets()]


class Seen:
    """A frame that was captured."""

    def __init__(self, data):
        self.vnet, frame = data[:VNET.size], data[VNET.size:]
        self.eth, self.ip = frame[:14], frame[14:]
        self.family = {0x0800: 4, 0x86dd: 6}.get(
            struct.unpack_from("!H", self.eth, 12)[0])
        self.protocol, self.l4, self.src, self.dst = 0, b"", b"", b""
        if self.family == 4:
            self.read_ipv4()
        elif self.family == 6:
            self.read_ipv6()

    def read_ipv4(self):
        """Finds what matters."""
        self.protocol = self.ip[9]
        self.l4 = self.ip[(self.ip[0] & 15) * 4:]
        self.src, self.dst = self.ip[12:16], self.ip[16:20]

    def read_ipv6(self):
        """Finds what matters."""
        self.protocol = self.ip[6]
        self.l4 = self.ip[40:]
        self.src, self.dst = self.ip[8:24], self.ip[24:40]

    def is_noise(self):
        """Is it what hosts say by themselves: about neighbours, groups?"""
        if not self.family or self.eth[0] & 1:
            return True
        return self.protocol == ICMP6 and self.l4[0] in range(130, 138)

    def ports(self):
        """Source and destination."""
        if self.protocol not in (TCP, UDP) or len(self.l4) < 4:
            return 0, 0
        return struct.unpack_from("!HH", self.l4)

    def span(self):
        """TCP: the sequence number, how many it takes, and the flags."""
        seq, _, word = struct.unpack_from("!IIH", self.l4 + b"\0" * 20, 4)
        return seq, (len(self.l4) - (word >> 12) * 4 + bool(word & SYN)
                     + bool(word & FIN)), word & 0x1ff

    def is_router_error(self):
        """An ICMP error that the gateway has made: it is not forwarded."""
        return (self.family == 4 and self.protocol == ICMP
                and self.ip[8] == 64 and self.l4[0] in ICMP_ERRORS)

    def normalise(self):
        """Drops what each packet that a router makes has anew.

        And that somebody has verified the checksum: where conntrack sees a
        packet twice, it says so, and rightly.
        """
        self.vnet = bytes([self.vnet[0] & ~DATA_VALID]) + self.vnet[1:]
        if self.family == 6 and self.protocol == FRAGMENT:
            self.ip = self.ip[:44] + b"ID--" + self.ip[48:]
        if self.is_router_error():
            self.ip = (self.ip[:4] + b"ID" + self.ip[6:10] + b"CS"
                       + self.ip[12:])

    def __str__(self):
        """A line that is the same for the same packet only."""
        family = socket.AF_INET6 if self.family == 6 else socket.AF_INET
        src, dst = (socket.inet_ntop(family, address)
                    for address in (self.src, self.dst))
        sport, dport = self.ports()
        head, rest = self.ip[:80].hex(), self.ip[80:]
        return (f"{src}.{sport} > {dst}.{dport} protocol {self.protocol}"
                f" bytes {len(self.ip)} vnet {self.vnet.hex()}"
                f" eth {self.eth.hex()} ip {head} {zlib.crc32(rest):08x}")
