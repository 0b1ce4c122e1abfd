#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Changes pool web at random and holds the kernel to a model of it.

    lifecycle.py UAPI-HEADER SEED STEPS VIP ADDRESS...

Runs in the gateway's namespace, with the servers of src/ behind it and
clients in namespace cl1. The pool has a backend b1, b2 ... for each ADDRESS.
There are services for TCP and UDP alike: port 9001, which probe p1 gates, 9002
of probe p2, and 9003 without a probe. After each change a new connection to
each service must come to a backend that the model says may have it, and soon
every datagram, of a socket that stays the same, too; connections that are open
stay where they are. On the last line stands what was done; what differs ends
it, with the seed.
"""
import collections
import os
import random
import select
import socket
import subprocess
import sys
import time

PORTS = {9001: "p1", 9002: "p2", 9003: None}
ADMIN = {"none": 0, "up": 1, "down": 2}
HEALTH = {"unknown": 0, "up": 1, "down": 2}
PATIENCE_SEC = 60
N_HELD = 12


class Differs(Exception):
    """The kernel is not as the model."""


class Backend:
    """What decides whether a backend gets new flows."""

    def __init__(self):
        self.weight = 1
        self.admin = "none"
        self.drain = 0
        self.health = {"p1": "unknown", "p2": "unknown"}

    def may_serve(self, probe, initial):
        """Whether a service that the probe gates may choose it."""
        if self.drain or not self.weight or self.admin == "down":
            return False
        if self.admin == "up" or not probe:
            return True
        state = self.health[probe]
        return (initial[probe] if state == "unknown" else state) == "up"


class Model:
    """The pool, by the words of the manual."""

    def __init__(self, n_backends):
        self.backends = {f"b{i + 1}": Backend() for i in range(n_backends)}
        self.initial = {"p1": "up", "p2": "down"}
        self.removed = {}

    def eligible(self, port):
        """Names of those that a new flow to a port may come to."""
        probe = PORTS[port]
        return {name for name, backend in self.backends.items()
                if backend.may_serve(probe, self.initial)}

    def add(self, name):
        """One that was removed in the same transaction is the same one."""
        self.backends[name] = Backend()
        if name in self.removed:
            self.backends[name].health = self.removed[name].health

    def remove(self, name):
        """It drains."""
        self.removed[name] = self.backends.pop(name)


class Kernel:
    """The kernel, behind genl.py."""

    def __init__(self, header):
        genl = os.path.join(os.path.dirname(__file__), "genl.py")
        self.genl = subprocess.Popen([genl, header], text=True, bufsize=1,
                                     stdin=subprocess.PIPE,
                                     stdout=subprocess.PIPE)

    def ask(self, request):
        """Must be taken."""
        self.genl.stdin.write(f"one {request}\n")
        answer = self.genl.stdout.readline().strip()
        if not answer.startswith("0"):
            raise Differs(f"{request}: {answer}")


class Client:
    """Sockets of the client's namespace."""

    def __init__(self, vip):
        self.vip = vip
        self.family = socket.AF_INET6 if ":" in vip else socket.AF_INET
        self.held = collections.deque()
        self.n_datagrams = 0
        self.udp = {}
        for port in PORTS:
            self.udp[port] = socket.socket(self.family, socket.SOCK_DGRAM)
            self.udp[port].connect((vip, port))

    def connect(self, port):
        """A new connection, and who answers it."""
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.settimeout(PATIENCE_SEC)
        sock.connect((self.vip, port))
        sock.sendall(b"?")
        who = sock.makefile("rb").readline().split()[0].decode()
        return sock, who

    def hold(self, sock, who):
        """Keeps it open; returns how many of the oldest were closed."""
        self.held.append((sock, who))
        while len(self.held) > N_HELD:
            self.held.popleft()[0].close()

    def check_held(self):
        """Those that are open go on."""
        for sock, who in self.held:
            sock.sendall(b"still there\n")
            got = sock.recv(64)
            if got != b"still there\n":
                raise Differs(f"a connection to {who} is over: {got!r}")

    def datagram(self, port, wait_sec):
        """Who answers one, or None."""
        self.n_datagrams += 1
        token = f"{self.n_datagrams}".encode()
        self.udp[port].send(token)
        until = time.monotonic() + wait_sec
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.udp[port]], [], [],
                                              left)[0]:
                return None
            # Who is not there any more may say so by ICMP
            try:
                who, _, said = self.udp[port].recv(2048).partition(b"\n")
            except ConnectionError:
                continue
            if said == token:
                return who.split()[0].decode()


class Run:
    """One run of random changes."""

    def __init__(self, header, seed, vip, addresses):
        self.random = random.Random(seed)
        self.addresses = dict(zip((f"b{i + 1}" for i in range(99)), addresses))
        self.model = Model(len(addresses))
        self.kernel = Kernel(header)
        with open("/run/netns/cl1", "rb") as space:
            self.enter(space.fileno())
        self.client = Client(vip)
        self.done = collections.Counter()

    @staticmethod
    def enter(space):
        """Sockets of this process are in that namespace from now on."""
        import ctypes
        if ctypes.CDLL(None, use_errno=True).setns(space, 0x40000000):
            raise OSError(ctypes.get_errno(), "setns")

    def name(self):
        """A backend that is there."""
        return self.random.choice(sorted(self.model.backends))

    def set(self, name, key, value, number):
        """One value of a backend."""
        self.kernel.ask(f"backend-set pool=web name={name} {key}#{number}")
        setattr(self.model.backends[name], key, value)

    def change_weight(self):
        """Mostly not 0."""
        weight = self.random.choice((0, 1, 1, 3))
        self.set(self.name(), "weight", weight, weight)

    def change_admin(self):
        """What the administrator says."""
        admin = self.random.choice(("none", "none", "up", "down"))
        self.set(self.name(), "admin", admin, ADMIN[admin])

    def change_drain(self):
        """Mostly off."""
        drain = self.random.choice((0, 0, 1))
        self.set(self.name(), "drain", drain, drain)

    def change_health(self):
        """What a probe says."""
        name = self.name()
        probe = self.random.choice(("p1", "p2"))
        state = self.random.choice(("up", "up", "down", "unknown"))
        self.kernel.ask(f"health-set pool=web backend={name} probe={probe} "
                        f"state#{HEALTH[state]}")
        self.model.backends[name].health[probe] = state

    def change_initial(self):
        """What counts before a probe has said anything."""
        probe = self.random.choice(("p1", "p2"))
        state = self.random.choice(("up", "down"))
        self.kernel.ask(f"probe-set name={probe} initial#{HEALTH[state]}")
        self.model.initial[probe] = state

    def change_members(self):
        """Removes one and lets it drain, or adds one that is not there."""
        away = sorted(set(self.addresses) - set(self.model.backends))
        if away and (len(away) > 1 or self.random.random() < 0.5):
            name = self.random.choice(away)
            self.kernel.ask(f"backend-new pool=web name={name} "
                            f"address@{self.addresses[name]}")
            self.model.add(name)
        else:
            name = self.name()
            self.kernel.ask(f"backend-del pool=web name={name}")
            self.model.remove(name)

    def change(self):
        """One change, or some in a transaction."""
        changes = (self.change_weight, self.change_admin, self.change_drain,
                   self.change_initial, self.change_members)
        if self.random.random() < 0.4:
            self.change_health()
            self.done["reports"] += 1
        elif self.random.random() < 0.8:
            self.random.choice(changes)()
            self.done["changes"] += 1
        else:
            self.kernel.ask("txn-begin")
            for _ in range(self.random.randint(2, 6)):
                self.random.choice(changes)()
            self.kernel.ask("txn-commit")
            self.done["transactions"] += 1
        self.model.removed.clear()

    def check_connection(self, port, keep):
        """A new one comes to one that may have it."""
        eligible = self.model.eligible(port)
        if not eligible:
            self.done["nobody"] += 1
            return
        sock, who = self.client.connect(port)
        if who not in eligible:
            raise Differs(f"TCP port {port}: {who} answers, eligible are "
                          f"{sorted(eligible)}")
        if keep:
            self.client.hold(sock, who)
        else:
            sock.close()
        self.done["connections"] += 1

    def check_datagrams(self, port):
        """Soon one that may have it answers, and then nobody else."""
        eligible = self.model.eligible(port)
        if not eligible:
            return
        until = time.monotonic() + PATIENCE_SEC
        while self.client.datagram(port, 1) not in eligible:
            self.done["datagrams elsewhere or lost"] += 1
            if time.monotonic() > until:
                raise Differs(f"UDP port {port}: eligible are "
                              f"{sorted(eligible)}")
        self.done["datagrams"] += 1

    def run(self, steps):
        """Changes, and looks what has become of it."""
        for step in range(steps):
            self.change()
            for port in PORTS:
                self.check_connection(port, step % 5 == 0)
            self.check_datagrams(self.random.choice(list(PORTS)))
            if step % 20 == 0:
                self.client.check_held()


def main():
    """Says how often what was done, or what differs."""
    header, seed, steps, vip, *addresses = sys.argv[1:]
    run = Run(header, int(seed), vip, addresses)
    try:
        run.run(int(steps))
    except (Differs, OSError) as why:
        sys.exit(f"seed {seed}: {type(why).__name__}: {why}")
    print(", ".join(f"{n} {what}" for what, n in sorted(run.done.items())))


main()
