#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""What holds for every text file of the tree: licence, white space, no path of
one machine, functions of C that fit a screen or two, documented where others
use them."""

import os
import re
import sys

TOP = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
FUNCTION_MAX = 60

# No sources, or no place for a comment
NO_LICENCE = ("README.md", ".gitignore", ".shellcheckrc", ".json")

MACHINE_PATH = re.compile(r"(?<![\w.])/(work|home|root)/|/tmp/[k]\b")
DEFINITION = re.compile(r"^(?!static |typedef |extern )[a-z][\w ]*[ *]\w+\(")
# `struct x {`; a declaration or the type of a variable is none
COMPOUND = re.compile(r"^(struct|union|enum) \w+ {$")


def sources():
    """The files of the tree, with their lines."""
    for folder, folders, files in os.walk("."):
        folders[:] = sorted(set(folders) - {".git", "__pycache__"})
        if folder == ".":
            folders.remove("build")
        for name in sorted(files):
            path = os.path.normpath(os.path.join(folder, name))
            if path == "COPYING":
                continue
            with open(path, encoding="utf-8", newline="") as file:
                yield path, file.read()


def check_licence(path, text):
    if path.endswith(NO_LICENCE):
        return
    head = text.split("\n", 2)[:2]
    if not any("SPDX-License-Identifier: " in line for line in head):
        yield 1, "no SPDX-License-Identifier in line 1 or 2"


def check_lines(path, text):
    if "\r" in text:
        yield 1, "carriage return"
    if not text.endswith("\n") or text.endswith("\n\n"):
        yield text.count("\n"), "ends with no newline, or with an empty line"
    for number, line in enumerate(text.split("\n"), 1):
        if line != line.rstrip():
            yield number, "white space at the end"
        if re.match(r" +\t", line):
            yield number, "spaces before a tab"
        if MACHINE_PATH.search(line):
            yield number, "path of some machine"


def functions(lines):
    """First and last line of each function body, counted from 0."""
    start = None
    for number, line in enumerate(lines):
        if line == "{":
            start = number
        elif line == "}" and start is not None:
            yield start, number
            start = None


def signature(lines, number):
    """The line where the signature before line number starts."""
    while number > 0 and lines[number - 1] and \
            not re.match(r"[#}/]| \*|.*;$", lines[number - 1]):
        number -= 1
    return number


def is_documented(lines, number):
    if not lines[number - 1].endswith("*/"):
        return False
    while number > 0 and not lines[number - 1].startswith("/*"):
        number -= 1
    return lines[number - 1] == "/**"


def check_c(path, text):
    if not path.endswith((".c", ".h")):
        return
    lines = text.split("\n")
    for start, end in functions(lines):
        first = signature(lines, start)
        if end - start - 1 > FUNCTION_MAX:
            yield first + 1, "function of %d lines, allowed are %d" % (
                end - start - 1, FUNCTION_MAX)
        if path.startswith(("kmod/", "ctl/")) and \
                DEFINITION.match(lines[first]) and \
                " main(" not in lines[first] and \
                not is_documented(lines, first):
            yield first + 1, "function has no kernel-doc"
    for number, line in enumerate(lines):
        if path.startswith("kmod/") and COMPOUND.match(line) and \
                not is_documented(lines, number):
            yield number + 1, "%s has no kernel-doc" % line[:-2]


def main():
    os.chdir(TOP)
    found = False
    for path, text in sources():
        for check in check_licence, check_lines, check_c:
            for number, what in check(path, text):
                print("%s:%d: %s" % (path, number, what))
                found = True
    return found


sys.exit(main())
