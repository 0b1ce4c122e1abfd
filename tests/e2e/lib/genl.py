#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""Speaks nflb's generic netlink, wrongly if asked to.

    genl.py UAPI-HEADER

Each line of stdin is a request: SOCKET COMMAND [ATTRIBUTE]...
    SOCKET      any word; each is a socket of its own, opened when first used
    COMMAND     as in uapi/nflb.yaml: frontend-new, txn-begin ...;
                close closes the socket; die ends this program at once;
                dump COMMAND asks for all objects and reads a first part of
                them, rest reads the others
    ATTRIBUTE   NAME=TEXT, NAME#NUMBER (u32), NAME@ADDRESS, NAME:HEX or NAME!
                (a flag); NAME is as in uapi/nflb.yaml
Each answer is a line: 0, or the errno's name, the attribute that the refusal
is about or -, and its sentence. Attributes of a reply come after the 0, those
with 4 bytes as ID#NUMBER; with dump and rest it is the number of objects, and
"interrupted" if the kernel says that they do not belong together.
"""
import errno
import os
import re
import signal
import socket
import struct
import sys

NETLINK_GENERIC = 16
SOL_NETLINK = 270
NETLINK_CAP_ACK = 10
NETLINK_EXT_ACK = 11
NLM_F_REQUEST = 1
NLM_F_ACK = 4
NLM_F_DUMP_INTR = 0x10
NLM_F_DUMP = 0x300
NLM_F_ACK_TLVS = 0x200
NLMSG_DONE = 3
ERR_MSG, ERR_OFFS, ERR_MISS_TYPE = 1, 2, 5
SETS = ("txn", "frontend", "probe", "pool", "backend", "service", "health",
        "explain", "flow", "info", "fastpath", "agent", "snat",
        "outbound", "plan")


def read_header(path):
    """Numbers of the commands and attributes, by name as in C."""
    names = {}
    with open(path, encoding="ascii") as header:
        text = header.read()
    for body in re.findall(r"^enum \{\n(.*?)^\};", text, re.M | re.S):
        for i, name in enumerate(re.findall(r"^\t(NFLB_\w+)\b", body, re.M)):
            names.setdefault(name, i + 1)
    return names


def attr(kind, data):
    """A netlink attribute."""
    head = struct.pack("=HH", 4 + len(data), kind)
    return head + data + b"\0" * (-len(data) % 4)


def attrs_of(data):
    """The attributes in data, by kind."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            break
        found[kind & 0x3fff] = data[4:size]
        data = data[(size + 3) & ~3:]
    return found


def address(text):
    """The bytes of an address."""
    family = socket.AF_INET6 if ":" in text else socket.AF_INET
    return socket.inet_pton(family, text)


class Client:
    """A netlink socket."""

    def __init__(self, names):
        self.names = names
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                  NETLINK_GENERIC)
        self.sock.bind((0, 0))
        self.sock.setsockopt(SOL_NETLINK, NETLINK_CAP_ACK, 1)
        self.sock.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.seq = 0
        self.family = 16
        reply = self.call(3, 1, attr(2, b"nflb\0"))[1]
        self.family = struct.unpack("=H", attrs_of(reply)[1])[0]

    def send(self, cmd, version, payload, flags):
        """Sends a request."""
        self.seq += 1
        body = struct.pack("=BBH", cmd, version, 0) + payload
        self.sock.send(struct.pack("=IHHII", 16 + len(body), self.family,
                                   NLM_F_REQUEST | flags, self.seq, 0) + body)

    def call(self, cmd, version, payload):
        """Returns errno, payload of the reply, and what explains the errno."""
        self.send(cmd, version, payload, NLM_F_ACK)
        reply = b""
        while True:
            for kind, flags, data in self.messages():
                if kind != 2:
                    reply = data[4:]
                    continue
                err = -struct.unpack_from("=i", data)[0]
                why = data[20:] if flags & NLM_F_ACK_TLVS else b""
                return err, reply, attrs_of(why)

    def messages(self):
        """What one receive brings."""
        data = self.sock.recv(65536)
        while len(data) >= 16:
            size, kind, flags = struct.unpack_from("=IHH", data)
            yield kind, flags, data[16:size]
            data = data[(size + 3) & ~3:]

    def part(self):
        """Reads a part of a dump; is there nothing behind it?"""
        count, flags, is_done = 0, 0, False
        for kind, more, _ in self.messages():
            flags |= more
            is_done = kind == NLMSG_DONE
            count += not is_done
        text = " interrupted" if flags & NLM_F_DUMP_INTR else ""
        return count, text, is_done

    def dump(self, cmd):
        """Asks for all objects; says how many came with the first part."""
        self.send(self.number(cmd), 1, b"", NLM_F_DUMP)
        count, text, is_done = self.part()
        return f"0 {count}{text}{' done' if is_done else ''}"

    def rest(self):
        """Says how many objects came with the other parts."""
        count, text, is_done = 0, "", False
        while not is_done:
            more, word, is_done = self.part()
            count += more
            text = text or word
        return f"0 {count}{text}"

    def number(self, cmd):
        """The number of a command."""
        return self.names["NFLB_CMD_" + cmd.upper().replace("-", "_")]

    def attr_id(self, cmd, name):
        """The number of an attribute of a command."""
        which = next((s for s in SETS if f"{cmd}-".startswith(s + "-")), "txn")
        word = f"NFLB_A_{which}_{name}".upper().replace("-", "_")
        return int(name) if name.isdigit() else self.names[word]

    def attr(self, cmd, word):
        """An attribute as it stands in a request, with its name."""
        name, how, text = re.match(r"([\w-]+)([=#@:!])(.*)$", word).groups()
        data = {
            "=": lambda: text.encode() + b"\0",
            "#": lambda: struct.pack("=I", int(text, 0)),
            "@": lambda: address(text),
            ":": lambda: bytes.fromhex(text),
            "!": lambda: b"",
        }[how]()
        return attr(self.attr_id(cmd, name), data), name

    def request(self, cmd, words):
        """Sends a request, says how it went."""
        if cmd == "dump":
            return self.dump(*words)
        if cmd == "rest":
            return self.rest()
        payload, places = b"", {}
        for word in words:
            places[20 + len(payload)], name = None, word
            data, name = self.attr(cmd, word)
            places[20 + len(payload)] = name
            payload += data
        err, reply, why = self.call(self.number(cmd), 1, payload)
        if not err:
            return " ".join(["0"] + [f"{k}#{struct.unpack('=I', v)[0]}" for
                                     k, v in attrs_of(reply).items()
                                     if len(v) == 4])
        where = "-"
        if ERR_OFFS in why:
            where = places.get(struct.unpack("=I", why[ERR_OFFS])[0], "?")
        if ERR_MISS_TYPE in why:
            missing = struct.unpack("=I", why[ERR_MISS_TYPE])[0]
            where = f"missing {missing}"
        text = why.get(ERR_MSG, b"").rstrip(b"\0").decode()
        return f"{errno.errorcode[err]} {where} {text}".rstrip()


def main():
    """Answers line by line."""
    names = read_header(sys.argv[1])
    clients = {}
    for line in sys.stdin:
        name, cmd, *words = line.split()
        if cmd == "die":
            os.kill(os.getpid(), signal.SIGKILL)
        if cmd == "close":
            clients.pop(name).sock.close()
            print("0", flush=True)
            continue
        if name not in clients:
            clients[name] = Client(names)
        print(clients[name].request(cmd, words), flush=True)


main()
