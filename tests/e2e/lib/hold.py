#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds the packets that a rule puts into a queue, and lets them go.

    hold.py QUEUE

Says "listening", and "held" for each packet. SIGUSR1 lets those go that it
has, in the order in which they came, and later ones at once.
"""
import signal
import socket
import struct
import sys

NETLINK_NETFILTER = 12
SUBSYS_QUEUE = 3
MSG_VERDICT, MSG_CONFIG = 1, 2
NFQA_PACKET_HDR, NFQA_VERDICT_HDR = 1, 2
NFQA_CFG_CMD, NFQA_CFG_PARAMS = 1, 2
CMD_BIND, COPY_META = 1, 1
NLM_F_REQUEST_ACK = 5
NF_ACCEPT = 1


def attr(kind, data):
    """A netlink attribute."""
    head = struct.pack("=HH", 4 + len(data), kind)
    return head + data + b"\0" * (-len(data) % 4)


def packet_id(data):
    """The number of a packet, from the attributes of its message."""
    while True:
        size, kind = struct.unpack_from("=HH", data)
        if kind == NFQA_PACKET_HDR:
            return struct.unpack_from("!I", data, 4)[0]
        data = data[(size + 3) & ~3:]


class Queue:
    """The queue of a number."""

    def __init__(self, number):
        self.number = number
        self.held = []
        self.is_open = False
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_NETFILTER)
        self.sock.bind((0, 0))
        self.config(NFQA_CFG_CMD, struct.pack("!BBH", CMD_BIND, 0, 0))
        self.config(NFQA_CFG_PARAMS, struct.pack("!IB", 0, COPY_META))

    def send(self, kind, payload, flags=1):
        """Sends a message."""
        body = struct.pack("!BBH", 0, 0, self.number) + payload
        self.sock.send(struct.pack("=IHHII", 16 + len(body),
                                   SUBSYS_QUEUE << 8 | kind, flags, 0, 0)
                       + body)

    def config(self, kind, data):
        """Sets something; nothing is held yet, so the answer is the next."""
        self.send(MSG_CONFIG, attr(kind, data), NLM_F_REQUEST_ACK)
        err = struct.unpack_from("=i", self.sock.recv(65536), 16)[0]
        if err:
            sys.exit(f"the queue is refused: errno {-err}")

    def accept(self, number):
        """Lets a packet go."""
        self.send(MSG_VERDICT, attr(NFQA_VERDICT_HDR,
                                    struct.pack("!II", NF_ACCEPT, number)))

    def let_go(self, *_):
        """Lets all go."""
        self.is_open = True
        for number in self.held:
            self.accept(number)
        self.held = []

    def work(self):
        """Takes packets, for ever."""
        while True:
            data = self.sock.recv(65536)
            self.held.append(packet_id(data[20:]))
            print("held", flush=True)
            if self.is_open:
                self.let_go()


def main():
    """Holds what comes."""
    queue = Queue(int(sys.argv[1]))
    signal.signal(signal.SIGUSR1, queue.let_go)
    print("listening", flush=True)
    queue.work()


main()
