#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
abort.py SOURCE ADDRESS PORT N: a client that gives up: N times a SYN, and right
behind it a reset, from the ports 30001 to 30000 + N.
"""
import ipaddress
import socket
import struct
import sys

SYN, RST = 2, 4
CHECKSUM_AT = 16


def checksum(data):
    """Over 16-bit words, see RFC 1071."""
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def segment(ends, ports, seq, flags):
    """A TCP header without options, from one end to the other."""
    head = struct.pack("!HHIIBBHHH", *ports, seq, 0, 5 << 4, flags, 65535, 0,
                       0)
    pseudo = b"".join(end.packed for end in ends)
    pseudo += struct.pack("!II", len(head), socket.IPPROTO_TCP)
    head = bytearray(head)
    struct.pack_into("!H", head, CHECKSUM_AT, checksum(pseudo + head))
    return bytes(head)


def main(source, address, port, n):
    """Sends them all."""
    ends = [ipaddress.ip_address(end) for end in (source, address)]
    family = socket.AF_INET if ends[0].version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_TCP) as sock:
        for i in range(1, n + 1):
            ports = (30000 + i, port)
            sock.sendto(segment(ends, ports, 1000, SYN), (address, 0))
            sock.sendto(segment(ends, ports, 1001, RST), (address, 0))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4]))
