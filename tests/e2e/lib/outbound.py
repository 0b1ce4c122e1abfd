#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Flows that many hosts open at little cost, and who is seen at their end.

    outbound.py SPACE ADDRESS

Listens in namespace SPACE on all addresses, and sends to ADDRESS there. It is
told what to do on stdin, a line each, and answers in a line.

    spray SOCKETS PORTS SPACE...    a datagram from each of so many sockets in
                                    each of the namespaces to each of so many
                                    ports: who has been seen, and how many of
                                    these flows had another address or port
                                    when they were seen first
    again                           from all of them once more
    open CONNECTIONS PORTS SPACE... begins to open so many connections from each
                                    of the namespaces to each of so many ports:
                                    who has been seen, and how many connections
                                    have not come about
    talk                            a word each way on all that are open: how
                                    many have heard it
    keep BUSY OVER IDLE SLACK       has so many of them say a word now and then,
                                    and the others nothing, until so many have
                                    been reset, or for so many seconds and some
                                    more: how many callers were, and how many of
                                    those that they have called
    close                           closes them
    fragments SPACE                 one that needs several packets: its size,
                                    and who was seen
    fill CONNECTIONS SPACE          opens connections, waits until they are
    more SPACE STEP                 begins to open one more, whose first sequence
                                    number comes so far after theirs
    swap GUARD SLACK                closes one, waits for that one more: whether
                                    it has waited so many seconds, and then only
                                    for its next SYN and that many seconds more
"""
import collections
import contextlib
import ctypes
import itertools
import os
import resource
import selectors
import socket
import sys
import time

FIRST_PORT = 7000
PORTS_MAX = 64
FILES_MAX = 20000
WAIT_S = 20
RCVBUF = 8 << 20
LIBC = ctypes.CDLL(None, use_errno=True)
# What the module socket lacks, of asm/socket.h and linux/tcp.h
SO_RCVBUFFORCE = 33
TCP_REPAIR = 19
TCP_REPAIR_QUEUE = 20
TCP_QUEUE_SEQ = 21
TCP_SEND_QUEUE = 2


def enter(space):
    """Goes on in a network namespace."""
    with open(f"/run/netns/{space}", "rb") as file:
        if LIBC.setns(file.fileno(), 0):
            sys.exit(f"{space}: {os.strerror(ctypes.get_errno())}")


def begin_at(sock, sequence):
    """Has a connection begin with a sequence number."""
    for option, value in ((TCP_REPAIR, 1), (TCP_REPAIR_QUEUE, TCP_SEND_QUEUE),
                          (TCP_QUEUE_SEQ, sequence), (TCP_REPAIR, 0)):
        sock.setsockopt(socket.IPPROTO_TCP, option, value)


def next_syn(begun, moment):
    """When, from a moment on, a connection asks again at the latest."""
    pause = 1
    at = begun + pause
    while at < moment:
        pause *= 2
        at += pause
    return at


class Hosts:
    """Sockets in namespaces."""

    def __init__(self, space, address):
        self.address = address
        self.family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.numbers = itertools.count()
        self.places = {}
        self.senders = []
        self.former = []
        self.callers = []
        self.called = []
        self.peers = {}
        self.reset = set()
        self.opened = 0
        self.connections = []
        self.sequence = 1 << 20
        self.extra = None
        self.begun = 0
        self.sinks = selectors.DefaultSelector()
        self.doors = selectors.DefaultSelector()
        enter(space)
        for port in range(FIRST_PORT, FIRST_PORT + PORTS_MAX):
            self.listen(port)

    def listen(self, port):
        """Takes what is sent to a port."""
        sock = socket.socket(self.family, socket.SOCK_DGRAM)
        sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, RCVBUF)
        sock.bind((self.address, port))
        sock.setblocking(False)
        self.sinks.register(sock, selectors.EVENT_READ, port)
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self.address, port))
        sock.listen(256)
        self.doors.register(sock, selectors.EVENT_READ, port)

    def seen(self):
        """What has come, by (address, port, own port)."""
        came = {}
        # What was sent has come by now, or never does: there are no queues.
        while events := self.sinks.select(0.2):
            for key, _ in events:
                try:
                    while True:
                        data, peer = key.fileobj.recvfrom(65536)
                        came[(*peer[:2], key.data)] = data
                except BlockingIOError:
                    pass
        return came

    def report(self, came):
        """How many flows, by which ports of whom, from which addresses."""
        ports = collections.defaultdict(set)
        addresses = collections.Counter()
        n_moved = 0
        for (*place, target), data in came.items():
            name, number = data.split()
            ports[name].add(tuple(place))
            addresses[place[0]] += 1
            n_moved += place != self.places.setdefault((number, target), place)
        blocks = [{(a, p // 8) for a, p in of} for of in ports.values()]
        n_shared = sum(map(len, blocks)) - len(set().union(*blocks))
        counts = " ".join(str(len(ports[name])) for name in sorted(ports))
        return f"{len(came)} flows, ports {counts}, " \
               f"{len(addresses)} addresses, {n_shared} blocks shared, " \
               f"{n_moved} moved"

    def word(self, space):
        """What a socket says, which no other does."""
        return f"{space} {next(self.numbers)}".encode()

    def spray(self, n_sockets, n_ports, *spaces):
        """Sends from new sockets."""
        # Those before stay: conntrack knows their ports for some time yet.
        self.former += self.senders
        self.senders = []
        for space in spaces:
            enter(space)
            for _ in range(int(n_sockets)):
                sock = socket.socket(self.family, socket.SOCK_DGRAM)
                self.senders.append((self.word(space), sock, int(n_ports)))
        return self.again()

    def again(self):
        """Sends from all sockets."""
        for data, sock, n_ports in self.senders:
            for i in range(n_ports):
                sock.sendto(data, (self.address, FIRST_PORT + i))
        return self.report(self.seen())

    def fragments(self, space):
        """Sends what does not fit into a packet."""
        enter(space)
        with socket.socket(self.family, socket.SOCK_DGRAM) as sock:
            sock.sendto(bytes(3000), (self.address, FIRST_PORT))
        return " ".join(f"{len(data)} from {address}"
                        for (address, *_), data in self.seen().items())

    def connect(self, port, sequence=0):
        """Begins to open a connection."""
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        if sequence:
            begin_at(sock, sequence)
        sock.setblocking(False)
        sock.connect_ex((self.address, port))
        return sock

    def call(self, n_connections, n_ports, space):
        """Begins to open connections."""
        enter(space)
        for i in range(n_ports):
            for _ in range(n_connections):
                yield self.word(space), self.connect(FIRST_PORT + i)

    def answer(self):
        """Takes connections, as long as there are any: what they say."""
        came = {}
        while events := self.doors.select(0.2):
            for key, _ in events:
                sock, peer = key.fileobj.accept()
                sock.settimeout(WAIT_S)
                self.called.append(sock)
                came[(*peer[:2], key.data)] = sock
        return came

    def open(self, n_connections, n_ports, *spaces):
        """Opens connections, as far as they come about."""
        callers = []
        for space in spaces:
            callers += self.call(int(n_connections), int(n_ports), space)
        came = self.answer()
        # Each is idle from some moment after this on.
        self.opened = time.monotonic()
        n_waiting = 0
        for word, sock in callers:
            try:
                sock.send(word)
            except BlockingIOError:
                n_waiting += 1
                sock.close()
                continue
            sock.settimeout(WAIT_S)
            self.callers.append((word, sock))
        said = {place: sock.recv(100) for place, sock in came.items()}
        self.peers.update({said[place]: sock for place, sock in came.items()})
        return f"{self.report(said)}, {n_waiting} waiting"

    def talk(self):
        """Says a word, and hears it again."""
        n_heard = 0
        for word, sock in self.callers:
            sock.send(word)
        with contextlib.suppress(OSError):
            for sock in self.called:
                sock.send(sock.recv(100))
            for word, sock in self.callers:
                n_heard += sock.recv(100) == word
        return f"{n_heard} heard"

    def exchange(self, word, sock):
        """Says a word on a connection, and hears it again."""
        sock.send(word)
        peer = self.peers[word]
        peer.send(peer.recv(100))
        if sock.recv(100) != word:
            raise ValueError(word)

    def n_reset(self, socks):
        """How many of some have been reset."""
        for sock in socks:
            sock.setblocking(False)
            try:
                sock.recv(1, socket.MSG_PEEK)
            except BlockingIOError:
                pass
            except ConnectionResetError:
                # It says so once.
                self.reset.add(sock)
            sock.settimeout(WAIT_S)
        return len(self.reset.intersection(socks))

    def keep(self, n_busy, n_over, idle, slack):
        """Has some connections go on, and waits for the end of others."""
        n_over = int(n_over)
        free = self.opened + float(idle)
        until = time.monotonic() + float(idle) + float(slack)
        while time.monotonic() < until:
            for caller in self.callers[:int(n_busy)]:
                self.exchange(*caller)
            calling = self.n_reset([sock for _, sock in self.callers])
            called = self.n_reset(self.called)
            if calling + called and time.monotonic() < free:
                return "too soon"
            if calling >= n_over and called >= n_over:
                break
            time.sleep(0.1)
        return f"{calling} and {called} reset"

    def close(self):
        """Closes what open has opened."""
        for sock in [sock for _, sock in self.callers] + self.called:
            sock.close()
        self.callers = []
        self.called = []
        self.peers = {}
        self.reset = set()
        return "closed"

    def accept(self):
        """Waits until a connection has been opened."""
        if not (events := self.doors.select(WAIT_S)):
            raise TimeoutError
        return events[0][0].fileobj.accept()

    def fill(self, n_connections, space):
        """Opens connections."""
        for pair in self.connections:
            pair[0].close()
            pair[1].close()
        self.connections = []
        # After those before, so that these may have their ports
        self.sequence += 1 << 20
        ports = set()
        enter(space)
        for _ in range(int(n_connections)):
            sock = self.connect(FIRST_PORT, self.sequence)
            peer, name = self.accept()
            ports.add(name[:2])
            self.connections.append((sock, peer))
        return f"{len(ports)} ports"

    def more(self, space, step):
        """Begins to open one more."""
        enter(space)
        self.extra = self.connect(FIRST_PORT, self.sequence + int(step))
        self.begun = time.monotonic()
        return "begun"

    def swap(self, guard, slack):
        """Closes a connection for the one more."""
        closed = time.monotonic()
        for sock in self.connections.pop():
            sock.close()
        try:
            self.connections.append((self.extra, self.accept()[0]))
        except TimeoutError:
            return "still waiting"
        took = time.monotonic() - closed
        free = closed + int(guard)
        if closed + took < free:
            return f"too soon, after {took:.2f} s"
        # Conntrack has seen it close some moments later.
        if closed + took > next_syn(self.begun, free + 0.1) + int(slack):
            return f"too late, after {took:.2f} s"
        return "in time"


def main():
    """Does what it is told."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (FILES_MAX, FILES_MAX))
    hosts = Hosts(sys.argv[1], sys.argv[2])
    for line in sys.stdin:
        word, *args = line.split()
        print(getattr(hosts, word)(*args), flush=True)


main()
