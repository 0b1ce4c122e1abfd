# SPDX-License-Identifier: GPL-2.0-only
"""Sends the traffic of a seed through the gateway and says what came of it.

    python3 differ SEED STEPS PLAN

PLAN is "window" for TCP whose every packet is in its window, or "wild".
For each step there are, on stdout: what is sent; each packet that arrives, at
whom; what has changed in conntrack's table and in nflb's counters. The same
seed sends the same, so two outputs differ where the gateway has behaved
differently. Of the counters, slow_pkts is left to the caller.
"""
import random
import re
import subprocess
import sys
import time

import gateway
import oddities
import wires
from flow import BACKEND, CLIENT, Flow, PORTS, SIDES
from rawpkt import ACK, FIN, ICMP, ICMP6, PSH, RST, SYN, TCP, UDP

ICMP_ERRORS = {4: ((3, 0), (3, 1), (3, 3), (3, 4), (11, 0), (12, 0), (5, 0)),
               6: ((1, 0), (1, 4), (2, 0), (3, 0), (4, 1), (1, 99))}


def comparable(entry):
    """An entry without what depends on the time, or on what is not told apart.

    Conntrack calls a UDP flow assured after two seconds; until then it lives
    for a quarter of its service's time only. A packet that is dropped behind
    conntrack leaves the time-out of conntrack's own, of an established
    connection the long one if all is acknowledged: the fast path judges that
    by the last packet each way and conntrack by the furthest, and with packets
    that nobody receives, as here, they differ.
    """
    if entry.startswith("udp"):
        return re.sub("<[28] ", "<1 ", entry).replace("[ASSURED] ", "")
    return re.sub("<(8|9|10) ESTABLISHED", "ESTABLISHED", entry)


class Differ:
    """The run of a seed."""

    def __init__(self, seed, plan):
        self.rng = random.Random(f"{seed} {plan}")
        self.is_wild = plan == "wild"
        self.wires = wires.Wires()
        self.variables = gateway.variables()
        self.number = 0
        self.ports = self.rng.sample(range(20000, 60000), 1000)
        self.flows = [self.new_flow(protocol, family) for protocol in
                      (TCP, TCP, UDP) for family in (4, 6)]
        self.facts = {}
        self.entries = []
        self.note_facts()

    def new_flow(self, protocol, family):
        """A flow with a port that no other has had."""
        return Flow(self.rng, protocol, family, self.ports.pop())

    def renew(self, flow):
        """Puts a new flow in the place of one, and returns it."""
        new = self.new_flow(flow.protocol, flow.family)
        self.flows[self.flows.index(flow)] = new
        return new

    # What has happened

    def note_facts(self):
        """Tells what has changed in conntrack's table and nflb's counters."""
        self.entries = list(self.wires.entries())
        facts = dict.fromkeys([comparable(line) for line in self.entries]
                              + self.wires.counters())
        for line in facts:
            if line not in self.facts:
                print(f"  + {line}")
        for line in self.facts:
            if line not in facts:
                print(f"  - {line}")
        self.facts = facts

    def note_frame(self, space, frame):
        """Tells a flow what its ends have heard."""
        side = CLIENT if space.startswith("cl") else BACKEND
        sport, dport = frame.ports()
        for flow in self.flows:
            if flow.port in (sport, dport):
                flow.hear(side, frame)

    def note(self):
        """Tells what has come of what was sent."""
        lines = []
        for space, frame in self.wires.take():
            lines.append(f"  {space}: {frame}")
            self.note_frame(space, frame)
        for line in sorted(lines):
            print(line)
        self.note_facts()

    def step(self, title, sends):
        """Sends packets, each a host and a packet, and tells."""
        self.number += 1
        print(f"{self.number} {title}")
        for space, packet in sends:
            error = self.wires.wires[space].send(packet)
            if error:
                print(f"  {space} says {error}")
        self.wires.settle()
        self.note()

    def say(self, flow, side, packet, title):
        """A step of one packet.

        Without an entry, one from the backend would begin a flow of its own,
        whose ports the next one from the client had to avoid.
        """
        if side == BACKEND and not self.has_entry(flow):
            return
        self.step(f"{flow} {SIDES[side]} {title}",
                  [(flow.source(side), packet)])

    def has_entry(self, flow):
        """Whether conntrack has one: without, the client is to begin."""
        ports = f"sport={flow.port} dport={PORTS[flow.protocol][0]} "
        return any(ports in line for line in self.entries)

    def pick_side(self, flow):
        """Who sends next."""
        side = self.rng.randrange(2)
        return side if self.has_entry(flow) else CLIENT

    def pick_size(self):
        """How much."""
        return self.rng.choice((0, 1, 2, 3, 500, 1400, 1428, 1432, 1440, 1460,
                                self.rng.randrange(1400),
                                self.rng.randrange(1400)))

    # TCP

    def arrives(self, flow, side, packet, title):
        """A step of one packet, that the other end hears as the flow's."""
        n_before = flow.n_heard[1 - side]
        self.say(flow, side, packet, title)
        return flow.n_heard[1 - side] > n_before

    def open(self, flow):
        """A handshake; if it fails, the flow gives way to another."""
        flow.next = [self.rng.randrange(1 << 32), self.rng.randrange(1 << 32)]
        for side, flags in ((CLIENT, SYN), (BACKEND, SYN | ACK),
                            (CLIENT, ACK)):
            packet = flow.segment(side, flags)
            if not self.arrives(flow, side, packet, "opens"):
                self.renew(flow)
                return
            if self.rng.random() < 0.1:
                self.say(flow, side, packet, "opens again")
        flow.is_open = flow.is_known = True

    def talk(self, flow):
        """Data, mostly acknowledged."""
        side = self.pick_side(flow)
        packet = flow.segment(side, ACK | self.rng.choice((0, PSH)),
                              self.pick_size())
        self.say(flow, side, packet, "talks")
        if self.rng.random() < 0.6:
            self.say(flow, 1 - side, flow.segment(1 - side, ACK), "answers")

    def burst(self, flow):
        """Several packets at once, both ways."""
        sends = []
        offset = [0, 0]
        for _ in range(self.rng.randint(2, 6)):
            side = self.pick_side(flow)
            packet = flow.segment(side, ACK, self.pick_size())
            packet.seq = (packet.seq + offset[side]) % (1 << 32)
            offset[side] += len(packet.payload)
            sends.append((flow.source(side), packet))
        self.step(f"{flow} burst", sends)

    def can_reset(self, flow, side):
        """Says what makes all ways judge a reset alike; false if it is lost.

        The fast path takes one right behind its sender's data for what it is,
        conntrack only if the data is acknowledged or came just before. What
        gets lost behind conntrack, the fast path does not know of. Conntrack
        by itself takes any for right if it has not seen the connection begin.
        """
        if not flow.is_known:
            return False
        if self.rng.random() < 0.7:
            who, size, title = 1 - side, 0, "acknowledges all"
        else:
            who, size, title = side, 99, "talks before a reset"
        return self.arrives(flow, who, flow.segment(who, ACK, size), title)

    def reset(self, flow, side):
        """A reset that is not quite right, maybe, and one that is."""
        flags = RST | self.rng.choice((0, ACK))
        if self.rng.random() < 0.5 and self.can_reset(flow, side):
            packet = flow.segment(side, flags)
            packet.seq = (packet.seq + self.rng.choice((1, 1000, -1, -1000))
                          ) % (1 << 32)
            self.say(flow, side, packet, "resets wrongly")
            self.talk(flow)
        if self.can_reset(flow, side):
            self.say(flow, side, flow.segment(side, flags), "resets")

    def finish(self, flow, is_half):
        """One end closes, then the other one, which has more to say maybe."""
        side = self.pick_side(flow)
        for who in (side, 1 - side):
            packet = flow.segment(who, FIN | ACK, self.rng.choice((0, 9)))
            self.say(flow, who, packet, "closes")
            if is_half:
                self.say(flow, 1 - who, flow.segment(1 - who, ACK, 99),
                         "goes on")
            self.say(flow, 1 - who, flow.segment(1 - who, ACK),
                     "acknowledges")

    def close(self, flow):
        """The end of a connection, and what comes behind it.

        Maybe nothing ends it, until its port is used again.
        """
        kind = self.rng.choice(("finish", "half", "reset", "vanish"))
        if kind == "reset":
            self.reset(flow, self.pick_side(flow))
        elif kind != "vanish":
            self.finish(flow, kind == "half")
        if self.rng.random() < 0.3:
            self.talk(flow)
        flow.is_open = False

    def replace(self, flow):
        """In the place of a closed connection: its port again, or another."""
        if self.rng.random() < 0.5:
            flow = self.renew(flow)
        self.open(flow)

    # UDP

    def datagram(self, flow, side):
        """One of some size."""
        packet = flow.packet(side)
        packet.payload = self.rng.randbytes(self.pick_size())
        return packet

    def talk_udp(self, flow):
        """One, or several."""
        sends = []
        for _ in range(self.rng.choice((1, 1, 1, 4))):
            side = self.pick_side(flow)
            sends.append((flow.source(side), self.datagram(flow, side)))
        self.step(f"{flow} datagrams", sends)

    # Either

    def odd(self, flow):
        """A packet that is odd in some way."""
        side = self.pick_side(flow)
        packet = flow.packet(side)
        if flow.protocol == TCP:
            packet = flow.segment(side, ACK | PSH)
        packet.payload = self.rng.randbytes(self.rng.randint(20, 900))
        title = oddities.make_odd(self.rng, packet)
        if not packet.flags & RST or self.can_reset(flow, side):
            self.say(flow, side, packet, title)

    def wild(self, flow):
        """A packet that is far away from the window.

        The fast path judges a reset by the last packets, so there are others
        before one comes.
        """
        side = self.pick_side(flow)
        packet = flow.segment(side, ACK, self.rng.randint(0, 900))
        packet.seq = self.rng.randrange(1 << 32)
        packet.ack = self.rng.randrange(1 << 32)
        self.say(flow, side, packet, "wild")
        for side in (CLIENT, BACKEND):
            self.say(flow, side, flow.segment(side, ACK), "calms down")

    def icmp(self, flow):
        """An error about what one end has heard."""
        side = self.rng.randrange(2)
        frame = flow.heard[side]
        if not frame:
            return
        packet = flow.packet(side, ICMP if flow.family == 4 else ICMP6)
        packet.dst = frame.src
        kind, code = self.rng.choice(ICMP_ERRORS[flow.family])
        rest = self.rng.choice((b"\0\0\0\0", b"\0\0\x05\0"))
        size = self.rng.choice((28, 48, 200))
        packet.payload = bytes([kind, code, 0, 0]) + rest + frame.ip[:size]
        if self.rng.random() < 0.1:
            packet.checksum = "bad"
        self.say(flow, side, packet, f"error {kind}/{code}")

    # Around them

    def run(self, commands):
        """Runs commands in the gateway."""
        for command in commands:
            done = subprocess.run(command.split(), check=False,
                                  capture_output=True)
            if done.returncode:
                sys.exit(f"{command}: {done.stderr.decode()}")

    def settle(self):
        """Waits for the gateway to be itself again, and for all packets."""
        self.wires.settle_all({each.closed for each in self.variables
                               if each.value})

    def change(self, variable, value):
        """Sets a variable."""
        self.number += 1
        print(f"{self.number} {variable.name}: setting {value}")
        self.run(variable.change(value))
        self.settle()
        self.note()

    def vary(self, _):
        """Some variable."""
        changed = [each for each in self.variables if each.value]
        if changed and self.rng.random() < 0.6:
            self.change(self.rng.choice(changed), 0)
            return
        variable = self.rng.choice(self.variables)
        self.change(variable, self.rng.randrange(len(variable.settings)))

    def forget_neighbours(self, flow):
        """Of a device."""
        self.run([f"ip neigh flush dev {self.rng.choice(('cl1', 'back'))}"])
        self.talk_any(flow)
        self.settle()
        self.note()

    def device_down(self, flow):
        """And up again; meanwhile only backends have a device to send by."""
        for variable in self.variables[:gateway.N_OF_CL1]:
            if variable.value:
                self.change(variable, 0)
        self.run(["ip link set cl1 down"])
        packet = (flow.segment(BACKEND, ACK) if flow.protocol == TCP else
                  flow.packet(BACKEND))
        self.say(flow, BACKEND, packet, "cl1 is down")
        self.run(["ip link set cl1 up"])
        self.settle()
        self.note()

    def delete_entry(self, flow):
        """Conntrack's; the client is next."""
        word = "tcp" if flow.protocol == TCP else "udp"
        if not self.has_entry(flow):
            return
        self.run([f"conntrack -D -f ipv{flow.family} -p {word}"
                  f" --orig-port-src {flow.port}"])
        flow.is_known = False
        self.note_facts()

    def move_client(self, flow):
        """Its packets come in by another device."""
        flow.space = "cl2" if flow.space == "cl1" else "cl1"

    def odd_any(self, flow):
        """A packet that is not as it should be."""
        if self.is_wild and flow.is_open and self.rng.random() < 0.3:
            self.wild(flow)
        else:
            self.odd(flow)

    def talk_any(self, flow):
        """Goes on."""
        if flow.protocol == UDP:
            self.talk_udp(flow)
        elif flow.is_open:
            self.rng.choice((self.talk, self.burst))(flow)
        else:
            self.replace(flow)

    def end_any(self, flow):
        """Ends a connection; a UDP flow gives way to another."""
        if flow.protocol == UDP:
            self.renew(flow)
        elif flow.is_open:
            self.close(flow)

    def assure(self):
        """Conntrack knows that UDP flows are more than question and answer."""
        flows = [flow for flow in self.flows if flow.protocol == UDP]
        for flow in flows:
            self.talk_udp(flow)
        time.sleep(2.1)         # longer than conntrack waits
        for flow in flows:
            for side in (CLIENT, BACKEND):
                self.say(flow, side, self.datagram(flow, side), "at last")
            for line in self.entries:
                if f"port={flow.port} " in line:
                    print(line)

    def go(self, n_steps):
        """The whole run."""
        kinds = {self.talk_any: 50, self.odd_any: 40, self.end_any: 8,
                 self.icmp: 6, self.vary: 5, self.forget_neighbours: 1,
                 self.delete_entry: 1, self.device_down: 0.5,
                 self.move_client: 1}
        self.settle()
        while self.number < n_steps:
            kind, = self.rng.choices(list(kinds), kinds.values())
            kind(self.rng.choice(self.flows))
        for variable in self.variables:
            if variable.value:
                self.change(variable, 0)
        self.assure()


def main():
    """As the command line says."""
    seed, n_steps, plan = sys.argv[1:]
    Differ(seed, plan).go(int(n_steps))


main()
