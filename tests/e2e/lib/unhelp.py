#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
#
# unhelp.py SOURCE PORT DESTINATION PORT SECONDS - again and again deletes
# conntrack's entry of a UDP flow, waits for the next one and takes its helper
# from it, as root may by ctnetlink; in no time, it takes it from the one that is
# there. Prints how often that worked.

import socket
import struct
import sys
import time

CTA_TUPLE_ORIG, CTA_HELP = 1, 5
NEW, DELETE = 0, 2
REQUEST_ACK = 1 | 4


def attr(kind, data, nested=False):
    size = 4 + len(data)
    head = struct.pack("=HH", size, kind | (0x8000 if nested else 0))
    return head + data + b"\0" * (-size % 4)


def tuple_of(source, sport, destination, dport):
    family = socket.AF_INET6 if ":" in source else socket.AF_INET
    first = 3 if family == socket.AF_INET6 else 1
    addresses = attr(first, socket.inet_pton(family, source)) + attr(
        first + 1, socket.inet_pton(family, destination))
    ports = (attr(1, bytes([socket.IPPROTO_UDP]))
             + attr(2, struct.pack("!H", sport))
             + attr(3, struct.pack("!H", dport)))
    body = attr(1, addresses, True) + attr(2, ports, True)
    return family, attr(CTA_TUPLE_ORIG, body, True)


def ask(sock, family, command, body):
    body = struct.pack("=BBH", family, 0, 0) + body
    sock.send(struct.pack("=IHHII", 16 + len(body), 1 << 8 | command,
                          REQUEST_ACK, 1, 0) + body)
    return struct.unpack_from("=i", sock.recv(65536), 16)[0]


def main():
    source, sport, destination, dport, seconds = sys.argv[1:]
    family, entry = tuple_of(source, int(sport), destination, int(dport))
    no_helper = attr(CTA_HELP, attr(1, b"\0"), True)
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    sock.bind((0, 0))
    end = time.time() + float(seconds)
    taken = 0
    if float(seconds) == 0:
        taken = int(ask(sock, family, NEW, entry + no_helper) == 0)
    while time.time() < end:
        ask(sock, family, DELETE, entry)
        for _ in range(50):
            time.sleep(0.0005)
            if ask(sock, family, NEW, entry + no_helper) == 0:
                taken += 1
                break
    print(taken)


main()
