#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Conversations that are silent for long, over TCP and UDP.

    idle.py serve PORT      says again what it is told, and keeps its half of a
                            connection when the other one has been closed
    idle.py ask FIFO        does what lines of the fifo say, each with the name
                            of a conversation first

What a line says, and what is said when it is done:

    NAME open ADDRESS PORT  "NAME open": connected, and three words are answered
    NAME syn ADDRESS PORT   "NAME syn": a SYN has been sent
    NAME udp ADDRESS PORT   "NAME udp": a datagram is answered
    NAME say                "NAME say": a word is answered
    NAME shut               "NAME shut": no more is sent
    NAME close              "NAME close": it is over

Both say "NAME reset MS" when a connection is reset, so many milliseconds after
it was used last; a server's NAME is the family.
"""
import fcntl
import os
import selectors
import socket
import sys
import time

WAIT_S = 10


def say(*words):
    """A line, at once."""
    print(*words, flush=True)


class Talk:
    """One end of a conversation."""

    def __init__(self, name, sock):
        self.name = name
        self.sock = sock
        self.used = time.monotonic()

    def use(self):
        """Remembers when that was."""
        self.used = time.monotonic()

    def hear(self):
        """What has come; None when there is nothing more to come."""
        try:
            data = self.sock.recv(100)
        except ConnectionResetError:
            idle = time.monotonic() - self.used
            say(self.name, "reset", round(idle * 1000))
            return None
        self.use()
        return data or None

    def ask(self):
        """Says a word, and hears it again."""
        self.sock.settimeout(WAIT_S)
        self.sock.send(b"word")
        self.use()
        return self.hear()


def family_of(address):
    """By its notation."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


class Asker:
    """The client."""

    def __init__(self, path):
        self.talks = {}
        self.selector = selectors.DefaultSelector()
        self.fifo = os.open(path, os.O_RDWR)
        self.selector.register(self.fifo, selectors.EVENT_READ)

    def begin(self, name, kind, address):
        """A socket for a new conversation."""
        sock = socket.socket(family_of(address), kind)
        self.talks[name] = Talk(name, sock)
        return sock

    def do_open(self, name, address, port):
        """A connection that has carried something."""
        sock = self.begin(name, socket.SOCK_STREAM, address)
        sock.settimeout(WAIT_S)
        sock.connect((address, int(port)))
        for _ in range(3):
            self.do_say(name)
        self.selector.register(sock, selectors.EVENT_READ, self.talks[name])

    def do_syn(self, name, address, port):
        """A connection that does not come about."""
        sock = self.begin(name, socket.SOCK_STREAM, address)
        sock.setblocking(False)
        sock.connect_ex((address, int(port)))

    def do_udp(self, name, address, port):
        """A flow."""
        sock = self.begin(name, socket.SOCK_DGRAM, address)
        sock.connect((address, int(port)))
        self.do_say(name)

    def do_say(self, name):
        """A word."""
        if self.talks[name].ask() != b"word":
            raise OSError("another answer")

    def do_shut(self, name):
        """Closes one half."""
        self.talks[name].sock.shutdown(socket.SHUT_WR)

    def do_close(self, name):
        """Closes it."""
        self.talks.pop(name).sock.close()

    def obey(self, line):
        """Does what a line says."""
        name, verb, *rest = line.split()
        try:
            getattr(self, "do_" + verb)(name, *rest)
            say(name, verb)
        except OSError as err:
            say(name, "failed", err)

    def run(self):
        """Until somebody ends it."""
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    for line in os.read(self.fifo, 4096).splitlines():
                        self.obey(line.decode())
                elif key.data.hear() is None:
                    self.selector.unregister(key.fileobj)


class Server:
    """The server, of both families and protocols."""

    def __init__(self, port):
        self.selector = selectors.DefaultSelector()
        self.kept = []
        for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
            for family, any_addr in ((socket.AF_INET, "0.0.0.0"),
                                     (socket.AF_INET6, "::")):
                sock = socket.socket(family, kind)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                if family == socket.AF_INET6:
                    sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
                sock.bind((any_addr, port))
                if kind == socket.SOCK_STREAM:
                    sock.listen()
                self.selector.register(sock, selectors.EVENT_READ)

    def accept(self, sock):
        """A new connection."""
        conn = sock.accept()[0]
        family = 4 if sock.family == socket.AF_INET else 6
        self.selector.register(conn, selectors.EVENT_READ, Talk(family, conn))

    def answer(self, talk):
        """Says it again. What has ended on one half only, stays."""
        data = talk.hear()
        if data is None:
            self.selector.unregister(talk.sock)
            self.kept.append(talk)
        else:
            talk.sock.send(data)

    def run(self):
        """Until somebody ends it."""
        say("listening")
        while True:
            for key, _ in self.selector.select():
                sock = key.fileobj
                if key.data:
                    self.answer(key.data)
                elif sock.type == socket.SOCK_STREAM:
                    self.accept(sock)
                else:
                    sock.sendto(*sock.recvfrom(100))


# Who reads it may make it empty.
fcntl.fcntl(sys.stdout, fcntl.F_SETFL, os.O_WRONLY | os.O_APPEND)
if sys.argv[1] == "serve":
    Server(int(sys.argv[2])).run()
else:
    Asker(sys.argv[2]).run()
