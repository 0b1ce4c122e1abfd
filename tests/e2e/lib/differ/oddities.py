# SPDX-License-Identifier: GPL-2.0-only
"""What can be odd about a packet. Each function here makes one so."""
import rawpkt
from rawpkt import TCP, UDP

IP_OPTIONS = (
    b"\x01\x01\x01\x01",                                # no-operation
    b"\x07\x0b\x04" + b"\0" * 8 + b"\0",                # record route
    b"\x44\x0c\x0d\x00" + b"\0" * 8,                    # time stamp, full
    b"\x94\x04\x00\x00",                                # router alert
    b"\x83\x07\x04\x0a\x00\x00\x0b\0",                  # source route
    b"\x07\x03\x04\x00",                                # one that is broken
)
IPV6_EXTENSIONS = (
    (0, b"\x00\x01\x04\0\0\0\0"),                       # hop-by-hop, padding
    (0, b"\x00\x05\x02\0\0\x01\0"),                     # router alert
    (0, b"\x00\xc3\x04\0\0\0\0"),                       # option unknown
    (60, b"\x00\x01\x04\0\0\0\0"),                      # destination options
    (43, b"\x00\x04\x00\0\0\0\0"),                      # routing, at its end
)
TCP_OPTIONS = (
    b"\x01\x01\x08\x0a" + bytes(range(8)),              # time stamps
    b"\x01\x01\x05\x0a" + bytes(range(8)),              # selective ack
    b"\x02\x04\x05\xb4",                                # segment size
    b"\x08\x00\x01\x01",                                # one that is broken
    b"\x01" * 40,
)


def odd_ttl(rng, packet):
    packet.ttl = rng.choice((0, 1))


def bad_checksum(_, packet):
    packet.checksum = "bad"


def no_checksum(_, packet):
    packet.checksum = "none"


def partial_checksum(_, packet):
    packet.checksum = "partial"


def padding(rng, packet):
    packet.padding = rng.randbytes(rng.randint(1, 40))


def claims_more(rng, packet):
    packet.n_claimed = rng.randint(1, 100)


def claims_less(rng, packet):
    packet.n_claimed = -rng.randint(1, 30)


def cut_off(rng, packet):
    packet.n_cut = rng.randint(1, len(packet.payload) + 12)


def short(rng, packet):
    packet.n_cut = rng.randint(1, len(packet.payload) + 12)
    packet.n_claimed = -packet.n_cut


def any_flags(rng, packet):
    packet.flags = rng.randrange(512)


def ecn_flags(rng, packet):
    packet.flags |= rng.choice((0x40, 0x80, 0xc0, 0x100))


def urgent(rng, packet):
    packet.flags |= rawpkt.URG
    packet.urgent = rng.randrange(1 << 16)


def any_doff(rng, packet):
    packet.doff = rng.randrange(16)


def tcp_options(rng, packet):
    packet.tcp_options = rng.choice(TCP_OPTIONS)


def zero_window(_, packet):
    packet.window = 0


def wrong_udp_len(rng, packet):
    packet.udp_len = rng.choice((0, 7, 8, len(packet.payload) + 9,
                                 len(packet.payload) + 7))


def fragments(rng, packet):
    size = len(packet.payload) + 8
    at = sorted(rng.sample(range(8, size, 8), min(3, (size - 1) // 8)))
    packet.cuts = at[:rng.randint(1, 3)]
    packet.order = list(range(len(packet.cuts) + 1))
    if rng.random() < 0.5:
        rng.shuffle(packet.order)


def big(rng, packet):
    packet.payload = rng.randbytes(rng.randint(1200, 2800))


def gso(rng, packet):
    packet.payload = rng.randbytes(rng.randint(3000, 16000))
    packet.checksum = "partial"
    packet.gso_size = rng.choice((536, 900, 1200, 1448, 1460))


def eth_dst(rng, packet):
    packet.eth_dst = bytes.fromhex(rng.choice(
        ("ffffffffffff", "01005e000001", "020000009999")))


def ip_options(rng, packet):
    packet.options = rng.choice(IP_OPTIONS)


def header_sum(_, packet):
    packet.wrong_header_sum = True


def frag_bits(rng, packet):
    packet.frag_off = rng.choice((0, 0, 0x8000, 0xc000))


def extensions(rng, packet):
    packet.extensions = [rng.choice(IPV6_EXTENSIONS)]


ALL = (odd_ttl, odd_ttl, bad_checksum, no_checksum, partial_checksum,
       padding, claims_more, claims_less, cut_off, short, fragments, big, gso,
       eth_dst)
BY_FAMILY = {4: (ip_options, header_sum, frag_bits),
             6: (extensions,)}
BY_PROTOCOL = {TCP: (any_flags, any_flags, ecn_flags, urgent, any_doff,
                     tcp_options, zero_window),
               UDP: (wrong_udp_len, wrong_udp_len, no_checksum)}
# These need a packet that is otherwise plain
ALONE = (fragments, gso)


def pick(rng, packet):
    """A way to be odd."""
    return rng.choice(rng.choice((ALL, ALL, BY_FAMILY[packet.family],
                                  BY_PROTOCOL[packet.protocol])))


def make_odd(rng, packet):
    """Makes a packet odd in one way, or two; returns the words for it."""
    chosen = [pick(rng, packet)]
    second = pick(rng, packet)
    if rng.random() < 0.3 and not {chosen[0], second}.intersection(ALONE):
        chosen.append(second)
    for kind in chosen:
        kind(rng, packet)
    return " ".join(kind.__name__ for kind in chosen)
