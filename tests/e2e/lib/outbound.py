#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Flows that many hosts open at little cost, and who is seen at their end.

    outbound.py SPACE ADDRESS

Listens in namespace SPACE on all addresses, and sends to ADDRESS there. It is
told what to do on stdin, a line each, and answers in a line.

    spray SOCKETS PORTS SPACE...    a datagram from each of so many sockets in
                                    each of the namespaces to each of so many
                                    ports: who has been seen
    again                           from all of them once more
    fragments SPACE                 one that needs several packets: its size,
                                    and who was seen
    fill CONNECTIONS SPACE          opens connections, waits until they are
    more SPACE                      begins to open one more
    swap                            closes one, waits for that one more
"""
import collections
import ctypes
import os
import selectors
import socket
import sys

FIRST_PORT = 7000
PORTS_MAX = 64
LIBC = ctypes.CDLL(None, use_errno=True)


def enter(space):
    """Goes on in a network namespace."""
    with open(f"/run/netns/{space}", "rb") as file:
        if LIBC.setns(file.fileno(), 0):
            sys.exit(f"{space}: {os.strerror(ctypes.get_errno())}")


class Hosts:
    """Sockets in namespaces."""

    def __init__(self, space, address):
        self.address = address
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.senders = []
        self.former = []
        self.connections = []
        self.extra = None
        self.sinks = selectors.DefaultSelector()
        enter(space)
        for port in range(FIRST_PORT, FIRST_PORT + PORTS_MAX):
            sock = socket.socket(self.family, socket.SOCK_DGRAM)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            sock.bind((address, port))
            sock.setblocking(False)
            self.sinks.register(sock, selectors.EVENT_READ, port)
        self.listener = socket.socket(self.family, socket.SOCK_STREAM)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((address, FIRST_PORT))
        self.listener.listen(64)

    def seen(self):
        """What has come: (host's name, size) by (address, port, own port)."""
        came = {}
        # What was sent has come by now, or never does: there are no queues.
        while events := self.sinks.select(0.2):
            for key, _ in events:
                try:
                    while True:
                        data, peer = key.fileobj.recvfrom(65536)
                        name = data.split(b" ", 1)[0].decode()
                        came[(*peer[:2], key.data)] = (name, len(data))
                except BlockingIOError:
                    pass
        return came

    def report(self):
        """How many flows, by which ports of whom, from which addresses."""
        ports = collections.defaultdict(set)
        addresses = collections.Counter()
        came = self.seen()
        for (address, port, _), (name, _) in came.items():
            ports[name].add((address, port))
            addresses[address] += 1
        blocks = [{(a, p // 8) for a, p in of} for of in ports.values()]
        n_shared = sum(map(len, blocks)) - len(set().union(*blocks))
        counts = " ".join(str(len(ports[name])) for name in sorted(ports))
        return f"{len(came)} flows, ports {counts}, " \
               f"{len(addresses)} addresses, {n_shared} blocks shared"

    def spray(self, n_sockets, n_ports, *spaces):
        """Sends from new sockets."""
        # Those before stay: conntrack knows their ports for some time yet.
        self.former += self.senders
        self.senders = []
        for space in spaces:
            enter(space)
            for _ in range(int(n_sockets)):
                sock = socket.socket(self.family, socket.SOCK_DGRAM)
                self.senders.append((space.encode() + b" ", sock,
                                     int(n_ports)))
        return self.again()

    def again(self):
        """Sends from all sockets."""
        for data, sock, n_ports in self.senders:
            for i in range(n_ports):
                sock.sendto(data, (self.address, FIRST_PORT + i))
        return self.report()

    def fragments(self, space):
        """Sends what does not fit into a packet."""
        enter(space)
        with socket.socket(self.family, socket.SOCK_DGRAM) as sock:
            sock.sendto(space.encode() + b" " + bytes(3000),
                        (self.address, FIRST_PORT))
        return " ".join(f"{size} from {address}"
                        for (address, *_), (_, size) in self.seen().items())

    def connect(self, space):
        """Begins to open a connection."""
        enter(space)
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.setblocking(False)
        sock.connect_ex((self.address, FIRST_PORT))
        return sock

    def accept(self):
        """Waits until a connection has been opened."""
        self.listener.settimeout(20)
        return self.listener.accept()

    def fill(self, n_connections, space):
        """Opens connections."""
        for pair in self.connections:
            pair[0].close()
            pair[1].close()
        self.connections = []
        ports = set()
        for _ in range(int(n_connections)):
            sock = self.connect(space)
            peer, name = self.accept()
            ports.add(name[:2])
            self.connections.append((sock, peer))
        return f"{len(ports)} ports"

    def more(self, space):
        """Begins to open one more."""
        self.extra = self.connect(space)
        return "begun"

    def swap(self):
        """Closes a connection for the one more."""
        for sock in self.connections.pop():
            sock.close()
        try:
            self.connections.append((self.extra, self.accept()[0]))
        except TimeoutError:
            return "still waiting"
        return "open"


def main():
    """Does what it is told."""
    hosts = Hosts(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        word, *args = line.split()
        print(getattr(hosts, word)(*args), flush=True)


main()
