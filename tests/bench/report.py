#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py KERNEL JSON FIGURES [FIGURES] - prints what measure.sh has written to
FIGURES as tables and writes it to JSON. The second FIGURES are of another run:
tells how far the two are apart. Ends with 1 if a figure is missing, or is not
the same in both runs."""

import json
import sys

# Two runs may be as far apart
REPEAT_PCT_MAX = 1
# A program that is started reads files: what it takes is not that exact.
NOT_EXACT = ("configure",)

# (workload, figure): what one unit of it is, in the order of the table
ROWS = {
    ("established", "oneway"): "packet, 64 B",
    ("large", "oneway"): "packet, 1,400 B",
    ("roundtrip", "roundtrip"): "packet and its answer",
    ("other", "oneway"): "packet that is for no VIP",
    ("first", "first"): "first packet of a flow",
    ("backends", "first"): "first packet, 1,000 backends",
    ("many", "first"): "many flows: first packet",
    ("many", "oneway"): "many flows: packet",
    ("many", "roundtrip"): "many flows: packet and answer",
    ("many", "memory"): "many flows: bytes per flow",
    ("million", "first"): "million flows: first packet",
    ("million", "oneway"): "million flows: packet",
    ("million", "roundtrip"): "million: packet and answer",
    ("million", "memory"): "million flows: bytes per flow",
    ("connect", "connect"): "TCP connection",
    ("request", "request"): "request on a connection",
    ("bulk", "bulk"): "MB on a connection",
    ("lookup", "services-1"): "first packet, 1 service",
    ("lookup", "services-100"): "first packet, 100 services",
    ("lookup", "services-10000"): "first packet, 10,000 services",
    ("lookup", "ranges-1"): "first packet, 1 port range",
    ("lookup", "ranges-10000"): "first packet, 10,000 ranges",
    ("lookup", "frontends-1"): "first packet, 1 frontend",
    ("lookup", "frontends-10000"): "first packet, 10,000 frontends",
    ("configure", "load"): "ms to load 5,000 backends",
    ("configure", "change"): "ms to change one of them",
}


def read_figures(path):
    """Lines of the file as dictionaries, those of errors among them."""
    names = ("subject", "family", "workload", "figure", "value", "spread_pct")
    figures = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            row = dict(zip(names, line.rstrip("\n").split("\t")))
            row["family"] = int(row["family"])
            if row["figure"] == "error":
                row["error"] = f"{row.pop('value')} {row.pop('spread_pct')}"
            else:
                row["value"] = float(row["value"])
                row["spread_pct"] = float(row["spread_pct"])
            figures.append(row)
    return figures


def key(row):
    return row["family"], row["workload"], row["figure"]


def floor_key(row):
    """Which row of the floor has the same packets"""
    family, workload, figure = key(row)
    if workload == "lookup":
        return family, "first", "first"
    if workload == "million":
        return family, "many", figure
    return family, workload, figure


def add_above_floor(figures):
    """What a row costs more than the same traffic at the floor."""
    floor = {key(row): row["value"] for row in figures
             if row["subject"] == "floor" and "value" in row}
    for row in figures:
        if "value" in row and floor_key(row) in floor:
            row["above_floor"] = round(row["value"] - floor[floor_key(row)], 1)


def cell(row):
    if row is None:
        return "-"
    if row["subject"] == "floor":
        return f"{row['value']:,.0f}"
    if "above_floor" in row:
        return f"{row['above_floor']:,.0f}"
    if row["workload"] == "configure":
        return f"{row['value']:,.0f}"
    return f"({row['value']:,.0f})"


def print_table(kernel, family, figures):
    of_family = [row for row in figures
                 if row["family"] == family and "value" in row]
    if not of_family:
        return
    found = {(row["subject"], *key(row)[1:]): row for row in of_family}
    subjects = list(dict.fromkeys(row["subject"] for row in of_family))
    print(f"# {kernel}, IPv{family}: instructions above the floor's, "
          "(all of them) where that was not measured")
    print(f"{'':30}" + "".join(f"{name:>11}" for name in subjects))
    for row, label in ROWS.items():
        cells = [found.get((name, *row)) for name in subjects]
        if any(cells):
            print(f"{label:30}" + "".join(f"{cell(c):>11}" for c in cells))
    print()


def add_repeat(figures, others):
    """How far the values are from those of another run."""
    value = {(row["subject"], *key(row)): row["value"] for row in others
             if "value" in row}
    for row in figures:
        other = value.get((row["subject"], *key(row)))
        if "value" in row and other is None:
            row["error"] = "has no value in the second run"
        elif row.get("value") and row["workload"] not in NOT_EXACT:
            row["repeat_pct"] = round(abs(other / row["value"] - 1) * 100, 3)


def print_repeat(figures):
    """How well they repeat; rows that do not are errors."""
    rows = [row for row in figures if "repeat_pct" in row]
    for row in rows:
        if row["repeat_pct"] > REPEAT_PCT_MAX:
            row["error"] = f"{row['repeat_pct']} % apart in two runs"
    apart = sorted(row["repeat_pct"] for row in rows)
    print(f"two runs: half of the rows are within {apart[len(apart) // 2]} %, "
          f"nine of ten within {apart[len(apart) * 9 // 10]} %, "
          f"all within {apart[-1]} %")


def write_json(path, kernel, figures):
    with open(path, "w", encoding="utf-8") as out:
        json.dump({"kernel": kernel, "unit": "instructions",
                   "figures": figures}, out, indent=1)
        out.write("\n")


def main():
    kernel, target, *sources = sys.argv[1:]
    figures, *others = [read_figures(source) for source in sources]
    add_above_floor(figures)
    for family in (4, 6):
        print_table(kernel, family, figures)
    if others:
        add_repeat(figures, others[0])
        print_repeat(figures)
    write_json(target, kernel, figures)
    errors = [row for row in figures if "error" in row]
    for row in errors:
        print("{subject}, IPv{family}, {workload}: {error}".format(**row))
    return 1 if errors or not figures else 0


if __name__ == "__main__":
    sys.exit(main())
