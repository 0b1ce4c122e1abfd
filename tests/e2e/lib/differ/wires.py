# SPDX-License-Identifier: GPL-2.0-only
"""Hosts that say only what they are told to, and hear all that comes by."""
import ctypes
import os
import re
import select
import socket
import struct
import subprocess
import sys
import time

import rawpkt

ETH_P_ALL = 3
SOL_PACKET = 263
PACKET_VNET_HDR, PACKET_IGNORE_OUTGOING = 15, 23
CLONE_NEWNET = 0x40000000
MARKER_PORT = 7
MARKER = struct.pack("!HH", MARKER_PORT, MARKER_PORT)
# Lost markers are sent again; this is when to give up, at any speed
PATIENCE_SEC = 300
HOSTS = {"cl1": "cl1", "cl2": "cl2", "b1": "back", "b2": "back"}
NOT_COMPARED = ("slow_pkts", "express_flows", "fast_directions",
                "fast_devices", "generation")
MARKED = {
    ("cl1", 4): "198.51.100.100", ("cl1", 6): "2001:db8:c1::100",
    ("cl2", 4): "192.0.2.100", ("cl2", 6): "2001:db8:c2::100",
    ("b1", 4): "10.0.0.100", ("b1", 6): "fd00:b::100",
}
MARKED_PATHS = [(space, family) for space in ("cl1", "cl2")
                for family in (4, 6)]


def enter(space):
    """Makes a namespace this process's: sockets keep the one they began in."""
    with open(f"/run/netns/{space}", "rb") as file:
        if ctypes.CDLL(None).setns(file.fileno(), CLONE_NEWNET):
            sys.exit(f"no way into {space}")


def mac_of(space, device):
    """A device's address."""
    text = subprocess.run(["ip", "-n", space, "link", "show", device],
                          check=True, capture_output=True).stdout.decode()
    return bytes.fromhex(re.search(r"ether ([\w:]+)", text)[1]
                         .replace(":", ""))


def read_again(file):
    """The lines of a file of /proc, as they are now."""
    file.seek(0)
    text = b""
    while chunk := file.read(1 << 16):
        text += chunk
    return text.decode().splitlines()


class Wire:
    """A host's device."""

    def __init__(self, space):
        enter(space)
        self.space = space
        self.mac = mac_of(space, "eth0")
        self.gateway = mac_of("gw", HOSTS[space])
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
        self.sock.setsockopt(SOL_PACKET, PACKET_VNET_HDR, 1)
        self.sock.setsockopt(SOL_PACKET, PACKET_IGNORE_OUTGOING, 1)
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 1 << 24)
        self.sock.bind(("eth0", ETH_P_ALL))
        self.seen = []
        self.marker = -1

    def send(self, packet):
        """Puts a packet on the wire; returns what the device says to that."""
        return " ".join(self.put(frame) for frame in
                        packet.frames(self.gateway, self.mac)).strip()

    def put(self, frame):
        """Puts a frame on the wire; returns what the device says to that."""
        try:
            self.sock.send(frame)
        except OSError as error:
            return error.strerror
        return ""

    def hear(self):
        """Takes what has come."""
        while True:
            try:
                data = self.sock.recv(70000, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            except OSError:
                continue        # that the device went down is told once
            if MARKER in (data[44:48], data[64:68]):
                self.marker, = struct.unpack("!I", data[-4:])
                continue
            frame = rawpkt.Seen(data)
            if not frame.is_noise():
                self.seen.append(frame)


class Wires:
    """All hosts, and how to know that nothing is on its way any more.

    This process keeps to one CPU. A veth device queues what is sent to it for
    the CPU that sends, first come, first served: so does the whole path, and
    what has been sent is there, or lost, once a marker comes back that was
    sent later.
    """

    def __init__(self):
        os.sched_setaffinity(0, {0})
        self.wires = {space: Wire(space) for space in HOSTS}
        enter("gw")
        self.conntrack = open("/proc/self/net/nf_conntrack", "rb",
                              buffering=0)
        self.tables = [open(f"/proc/self/net/nflb/{name}", "rb", buffering=0)
                       for name in ("services", "backends", "stats")]
        self.at_first = dict(self.stats())
        self.n_markers = 0
        self.templates = {}

    def template(self, source, target, family):
        """A marker, but for the number at its end."""
        packet = rawpkt.Packet(MARKED[source, family], MARKED[target, family],
                               rawpkt.UDP)
        packet.sport = packet.dport = MARKER_PORT
        packet.checksum = "none"
        packet.payload = b"mark"
        wire = self.wires[source]
        frame, = packet.frames(wire.gateway, wire.mac)
        return frame[:-4]

    def mark(self, source, target, family):
        """Sends a marker until it arrives."""
        end = time.monotonic() + PATIENCE_SEC
        path = source, target, family
        if path not in self.templates:
            self.templates[path] = self.template(*path)
        wire = self.wires[target]
        self.n_markers += 1
        frame = self.templates[path] + struct.pack("!I", self.n_markers)
        while time.monotonic() < end:
            self.wires[source].put(frame)
            for _ in range(10):
                wire.hear()
                if wire.marker == self.n_markers:
                    return
                select.select([wire.sock], [], [], 0.1)
        sys.exit(f"markers from {source} to {target} are lost, IPv{family}")

    def settle(self):
        """Waits until what has been sent is there."""
        self.mark("cl2", "b1", 4)
        self.mark("b1", "cl2", 4)

    def settle_all(self, closed):
        """Waits until all paths work again, except those that are closed."""
        for space, family in MARKED_PATHS:
            if (space, family) not in closed:
                self.mark(space, "b1", family)
                self.mark("b1", space, family)

    def take(self):
        """What has come since the last time: host and frame."""
        for space, wire in self.wires.items():
            wire.hear()
            for frame in wire.seen:
                frame.normalise()
                yield space, frame
            wire.seen = []

    def stats(self):
        """nflb's totals: word and number."""
        for line in read_again(self.tables[2]):
            word, number = line.split()
            if word not in NOT_COMPARED:
                yield word, int(number)

    def counters(self):
        """nflb's, but for those that tell one path from the other."""
        return [line for file in self.tables[:2]
                for line in read_again(file)] + [
            f"{word} {number - self.at_first[word]}"
            for word, number in self.stats()]

    def entries(self):
        """Conntrack's, but for markers'; time-outs in units of 10,000 s."""
        for line in read_again(self.conntrack):
            if f"port={MARKER_PORT} " in line:
                continue
            words = line.split()
            words[4] = f"<{-(-int(words[4]) // 10000)}"
            yield " ".join(word for word in words[2:]
                           if not word.startswith("use="))
