#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The module enforces what uapi/nflb.yaml says: each attribute of a request
has a policy with the limits of its checks, named by the same constants, and
each request has the privilege and the policy of its operation. Everything in
the specification has a doc."""

import os
import re

import yaml

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
SPEC = "uapi/nflb.yaml"
POLICIES = "kmod/netlink_policy.c"
REQUESTS = "kmod/netlink.c"
TYPES = {"u32": "NLA_U32", "u64": "NLA_U64", "flag": "NLA_FLAG",
         "string": "NLA_NUL_STRING", "binary": "NLA_BINARY"}
ADMIN = "GENL_UNS_ADMIN_PERM"


def constant(*words):
    return "_".join(("NFLB",) + words).upper().replace("-", "_")


def fields(text):
    """The .field = value pairs of an initializer."""
    return dict(re.findall(r"\.(\w+) = ([^,}]+?)\s*[,}]", text + ","))


class Code:
    """What the source says, by regular expressions that know its style."""

    def __init__(self, text):
        text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
        self.ranges = {
            name: fields(body) for name, body in re.findall(
                r"netlink_range_validation (\w+) = {(.*?)};", text, re.S)}
        self.macros = dict(re.findall(
            r"^#define (NFLB_POLICY_\w+) (.*)$", text, re.M))
        self.policies = {
            name: dict(re.findall(
                r"\[(NFLB_A_\w+)\] =\s*(.*?),\s*(?=\[|$)", body, re.S))
            for name, body in re.findall(
                r"nla_policy nflb_(\w+)_policy\[.*?\] = {(.*?)};", text, re.S)}
        self.requests = dict(self.find_requests(text))

    @staticmethod
    def find_requests(text):
        """Command -> (is for administrators, its policy)"""
        table = re.search(r"genl_ops nflb_ops\[\] = {(.*?)\n};", text, re.S)[1]
        for cmd, policy in re.findall(
                r"NFLB_WRITE\((\w+), \w+, (\w+)\)", table):
            yield cmd, (True, policy)
        for cmd, policy in re.findall(r"NFLB_READ\((\w+), (\w+)\)", table):
            yield cmd + "_GET", (False, policy)
        for body in re.findall(r"\t{\n(.*?)\n\t}", table, re.S):
            entry = fields(body)
            # Without attributes there is nothing that a policy could say.
            policy = None if entry.get("maxattr") == "0" else \
                re.sub(r"nflb_(\w+)_policy", r"\1", entry["policy"])
            yield (entry["cmd"].replace("NFLB_CMD_", ""),
                   (entry.get("flags") == ADMIN, policy))

    def limits(self, policy):
        """A policy as (type, least, most)"""
        policy = self.macros.get(policy, policy)
        call = re.match(r"NLA_POLICY_(\w+)\((.*)\)$", policy)
        if not call:
            entry = fields(policy)
            return entry.get("type"), None, entry.get("len")
        args = [arg.strip() for arg in call[2].split(",")]
        if call[1] == "MIN":
            return args[0], args[1], None
        if call[1] == "MAX":
            return args[0], None, args[1]
        if call[1] == "FULL_RANGE":
            limits = self.ranges[args[1].lstrip("&")]
            return args[0], limits.get("min"), limits.get("max")
        return tuple(args)


def wanted(attr, enums):
    """What the specification wants of an attribute, as Code.limits()"""
    checks = attr.get("checks", {})
    least = checks.get("min", checks.get("min-len"))
    most = checks.get("max", checks.get("max-len"))
    if "enum" in attr:
        last = enums[attr["enum"]]["entries"][-1]["name"]
        return TYPES[attr["type"]], None, constant(attr["enum"], last)

    def name(limit):
        return constant(limit) if isinstance(limit, str) and \
            not limit.isdigit() else None if limit is None else str(limit)
    return TYPES[attr["type"]], name(least), name(most)


def undocumented(node, where=""):
    """Names of the parts of the specification that have no doc"""
    if isinstance(node, list):
        for item in node:
            yield from undocumented(item, where)
    elif isinstance(node, dict):
        where = "%s/%s" % (where, node.get("name", ""))
        if "name" in node and node.get("type") != "pad" and \
                "doc" not in node:
            yield where
        for key, value in node.items():
            if key in ("definitions", "entries", "attribute-sets",
                       "attributes", "operations", "list"):
                yield from undocumented(value, where)


def check_requests(spec, code, asked):
    """Privilege and policy by operation; fills asked[set] with attributes"""
    known = set()
    for oper in spec["operations"]["list"]:
        requests = [oper[mode].get("request", {"attributes": []})
                    for mode in ("do", "dump") if mode in oper]
        if not requests:
            continue
        cmd = oper["name"].upper().replace("-", "_")
        known.add(cmd)
        attrs = sum((request["attributes"] for request in requests), [])
        asked.setdefault(oper["attribute-set"], set()).update(attrs)
        is_admin, policy = code.requests.get(cmd, (None, None))
        if is_admin is None:
            yield "%s: not in nflb_ops" % oper["name"]
        elif is_admin != ("uns-admin-perm" in oper.get("flags", [])):
            yield "%s: %s or not" % (oper["name"], ADMIN)
        elif attrs and policy != oper["attribute-set"]:
            yield "%s: has the policy of %s" % (oper["name"], policy)
    for cmd in sorted(set(code.requests) - known):
        yield "%s: in nflb_ops, but no request" % cmd


def check_attributes(spec, code, asked):
    enums = {d["name"]: d for d in spec["definitions"]}
    for group in spec["attribute-sets"]:
        policy = dict(code.policies.get(group["name"], {}))
        for attr in group["attributes"]:
            name = constant("a", group["name"], attr["name"])
            said = policy.pop(name, None)
            if attr["name"] not in asked.get(group["name"], ()):
                if said:
                    yield "%s: has a policy, but is in no request" % name
                continue
            want = wanted(attr, enums)
            have = code.limits(said) if said else "no policy"
            if have != want:
                yield "%s: %s has %s, %s wants %s" % (
                    name, POLICIES, have, SPEC, want)
            if attr["type"] == "string" and not want[2]:
                yield "%s: in a request, but without max-len" % name
        for name in policy:
            yield "%s: %s does not know it" % (name, SPEC)


def main():
    os.chdir(TOP)
    with open(SPEC, encoding="utf-8") as file:
        spec = yaml.safe_load(file)
    text = ""
    for name in POLICIES, REQUESTS:
        with open(name, encoding="utf-8") as file:
            text += file.read()
    code = Code(text)
    asked = {}
    findings = ["%s: has no doc" % name for name in undocumented(spec)]
    findings += check_requests(spec, code, asked)
    findings += check_attributes(spec, code, asked)
    for finding in findings:
        print(finding)
    return bool(findings)


if __name__ == "__main__":
    raise SystemExit(main())
