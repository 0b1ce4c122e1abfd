#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Changes pool web at random and holds the kernel to a model of it.

    lifecycle.py UAPI-HEADER SEED STEPS VIP ADDRESS...

Runs in the gateway's namespace, with the servers of src/ behind it and
clients in namespace cl1. The pool has a backend b1, b2 ... for each ADDRESS.
There are services for TCP and UDP alike, which reject what nobody may have:
port 9001, which probe p1 gates, 9002 of probe p2, and 9003 without a probe.
After each change a new connection to each service must come to a backend that
the model says may have it, or be refused, and soon every datagram, of a socket
that stays the same, too; connections that are open stay where they are.
Meanwhile another process opens connections all the time: each must come to one
that could have it at some moment of its handshake. What the kernel shows of its
backends must be what the model knows of them. On the last line stands what was
done; what differs ends it, with the seed.
"""
import collections
import json
import math
import multiprocessing
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
# For what is sure to come
PATIENCE_SEC = 60
# Datagrams are to go elsewhere at once; a worker of the kernel sees to it.
MOVE_SEC = 2 * (8 if os.environ.get("NFLB_K") == "debug" else 1)
# Whom a flow comes to that is refused
NOBODY = "nobody"
N_HELD = 12
COMPARE_STEPS = 10


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

    def state(self):
        """In a word, as it is shown."""
        if self.drain:
            return "draining"
        if self.admin != "none":
            return self.admin
        said = self.health.values()
        return next((word for word in ("down", "unknown") if word in said),
                    "up")

    def shown(self):
        """What lbctl has to say of it."""
        return {"weight": self.weight, "admin": self.admin,
                "drain": bool(self.drain), "state": self.state(),
                "health": self.health}


class Model:
    """The pool, by the words of the manual."""

    def __init__(self, n_backends):
        self.backends = {f"b{i + 1}": Backend() for i in range(n_backends)}
        self.initial = {"p1": "up", "p2": "down"}
        self.removed = {}

    def eligible(self, port):
        """Names of those that a new flow to a port may come to, or NOBODY."""
        probe = PORTS[port]
        return {name for name, backend in self.backends.items()
                if backend.may_serve(probe, self.initial)} or {NOBODY}

    def add(self, name):
        """One that was removed in the same transaction is the same one."""
        self.backends[name] = Backend()
        if name in self.removed:
            self.backends[name].health = self.removed[name].health

    def remove(self, name):
        """It drains."""
        self.removed[name] = self.backends.pop(name)


class History:
    """Who was eligible when."""

    def __init__(self):
        self.states = []

    def add(self, since, model):
        """The model has changed, and the kernel some time since then."""
        if self.states:
            self.states[-1][1] = time.monotonic()
        self.states.append([since, math.inf, {port: model.eligible(port)
                                              for port in PORTS}])

    def eligible(self, port, since, until):
        """Those that were it at any moment between."""
        names = set()
        for begin, end, eligible in reversed(self.states):
            if end < since:
                break
            if begin <= until:
                names |= eligible[port]
        return names


class Kernel:
    """The kernel, behind genl.py and lbctl."""

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

    @staticmethod
    def backends():
        """What it shows of those that the pool has, and who leaves."""
        shown = subprocess.run(["lbctl", "-n", "gw", "-j", "backend", "show",
                                "web"], check=True, stdout=subprocess.PIPE)
        members, leaving = {}, set()
        for item in json.loads(shown.stdout)["backends"]:
            if item["state"] == "leaving":
                leaving.add(item["name"])
            else:
                members[item["name"]] = {key: item[key] for key in
                                         Backend().shown()}
        return members, leaving


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
        """A new connection, or None if it is refused."""
        sock = socket.socket(self.family, socket.SOCK_STREAM)
        sock.settimeout(PATIENCE_SEC)
        try:
            sock.connect((self.vip, port))
        except ConnectionRefusedError:
            sock.close()
            return None
        return sock

    @staticmethod
    def peer(sock):
        """Who answers it."""
        if not sock:
            return NOBODY
        sock.sendall(b"?")
        return sock.makefile("rb").readline().split()[0].decode()

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
        """Who answers one, NOBODY if it is refused, or None."""
        self.n_datagrams += 1
        token = f"{self.n_datagrams}".encode()
        # What has become of those before
        self.udp[port].getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.udp[port].send(token)
        until = time.monotonic() + wait_sec
        while True:
            left = until - time.monotonic()
            if left <= 0 or not select.select([self.udp[port]], [], [],
                                              left)[0]:
                return None
            try:
                who, _, said = self.udp[port].recv(2048).partition(b"\n")
            except ConnectionRefusedError:
                return NOBODY
            if said == token:
                return who.split()[0].decode()


class Load(multiprocessing.Process):
    """Connects all the time."""

    def __init__(self, vip):
        super().__init__(daemon=True)
        self.vip = vip
        self.answers, self.mouth = os.pipe()
        os.set_blocking(self.answers, False)
        self.rest = ""

    def run(self):
        """Says who answered, and between which moments he was chosen."""
        client = Client(self.vip)
        while True:
            for port in PORTS:
                since, sock = time.monotonic(), None
                try:
                    sock = client.connect(port)
                    until = time.monotonic()
                    who = client.peer(sock)
                except OSError as why:
                    until, who = time.monotonic(), repr(why)
                if sock:
                    sock.close()
                os.write(self.mouth, f"{port}\t{since}\t{until}\t{who}\n"
                         .encode())
                # A client has so many ports, and each waits for a minute
                time.sleep(0.002)

    def said(self):
        """What it has said that was not heard yet."""
        try:
            text = self.rest + os.read(self.answers, 1 << 16).decode()
        except BlockingIOError:
            return
        *lines, self.rest = text.split("\n")
        for line in lines:
            port, since, until, who = line.split("\t")
            yield int(port), who, float(since), float(until)


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
        self.history = History()
        self.history.add(0, self.model)
        self.load = Load(vip)
        self.load.start()

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
        since = time.monotonic()
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
        self.history.add(since, self.model)

    def check_connection(self, port, keep):
        """A new one comes to one that may have it."""
        eligible = self.model.eligible(port)
        sock = self.client.connect(port)
        who = self.client.peer(sock)
        if who not in eligible:
            raise Differs(f"TCP port {port}: {who} answers, eligible are "
                          f"{sorted(eligible)}")
        self.done["connections" if sock else "connections refused"] += 1
        if keep and sock:
            self.client.hold(sock, who)
        elif sock:
            sock.close()

    def check_datagrams(self, port):
        """Soon one that may have it answers, and then nobody else."""
        eligible = self.model.eligible(port)
        until = time.monotonic() + MOVE_SEC
        who = self.client.datagram(port, MOVE_SEC / 10)
        while who not in eligible:
            self.done["datagrams elsewhere" if who else "datagrams lost"] += 1
            if time.monotonic() > until:
                raise Differs(f"UDP port {port}: {who} answers, eligible are "
                              f"{sorted(eligible)}")
            who = self.client.datagram(port, MOVE_SEC / 10)
        then = self.client.datagram(port, PATIENCE_SEC)
        if then != who:
            raise Differs(f"UDP port {port}: {who} answers, and then {then}")
        self.done["datagrams refused" if who == NOBODY else "datagrams"] += 1

    def check_load(self):
        """Who answered the others' connections could have them."""
        for port, who, since, until in self.load.said():
            eligible = self.history.eligible(port, since, until)
            if who not in eligible:
                raise Differs(f"load, TCP port {port}: {who} answers, eligible "
                              f"were {sorted(eligible)}")
            self.done["load refused" if who == NOBODY else "load"] += 1
        if not self.load.is_alive():
            raise Differs("the load has ended")

    def check_kernel(self):
        """It shows what the model knows."""
        want = {name: backend.shown() for name, backend in
                self.model.backends.items()}
        got, leaving = self.kernel.backends()
        for name in sorted(want.keys() | got.keys()):
            if want.get(name) != got.get(name):
                raise Differs(f"{name} is {want.get(name)}, but shown is "
                              f"{got.get(name)}")
        if leaving & want.keys():
            raise Differs(f"{sorted(leaving & want.keys())} leave and stay")
        self.done["looks"] += 1

    def run(self, steps):
        """Changes, and looks what has become of it."""
        for step in range(steps):
            self.change()
            for port in PORTS:
                self.check_connection(port, step % 5 == 0)
            self.check_datagrams(self.random.choice(list(PORTS)))
            self.check_load()
            if step % COMPARE_STEPS == 0:
                self.check_kernel()
            if step % 20 == 0:
                self.client.check_held()
        self.check_kernel()
        self.check_load()
        if not self.done["load"]:
            raise Differs("nobody has answered the load")


def main():
    """Says how often what was done, or what differs."""
    header, seed, steps, vip, *addresses = sys.argv[1:]
    run = Run(header, int(seed), vip, addresses)
    try:
        run.run(int(steps))
    except (Differs, OSError, subprocess.CalledProcessError) as why:
        sys.exit(f"seed {seed}: {type(why).__name__}: {why}")
    print(", ".join(f"{n} {what}" for what, n in sorted(run.done.items())))


main()
