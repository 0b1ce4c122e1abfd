#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py KERNEL FIGURES JSON - prints what measure.sh has written to FIGURES
as a table and writes it to JSON. Ends with 1 if a figure is missing."""

import json
import sys

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
    ("connect", "connect"): "TCP connection",
    ("request", "request"): "request on a connection",
    ("bulk", "bulk"): "MB on a connection",
    ("lookup", "services-1"): "first packet, 1 service",
    ("lookup", "services-100"): "first packet, 100 services",
    ("lookup", "services-10000"): "first packet, 10,000 services",
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
    if row["workload"] == "lookup":
        return row["family"], "first", "first"
    return key(row)


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
    return f"{row['above_floor']:,.0f}" if "above_floor" in row else \
        f"({row['value']:,.0f})"


def print_table(kernel, family, figures):
    of_family = [row for row in figures
                 if row["family"] == family and "value" in row]
    if not of_family:
        return
    found = {(row["subject"], *key(row)[1:]): row for row in of_family}
    subjects = list(dict.fromkeys(row["subject"] for row in of_family))
    print(f"# {kernel}, IPv{family}: instructions above the floor's")
    print(f"{'':30}" + "".join(f"{name:>11}" for name in subjects))
    for row, label in ROWS.items():
        cells = [found.get((name, *row)) for name in subjects]
        if any(cells):
            print(f"{label:30}" + "".join(f"{cell(c):>11}" for c in cells))
    print()


def main():
    kernel, source, target = sys.argv[1:]
    figures = read_figures(source)
    add_above_floor(figures)
    for family in (4, 6):
        print_table(kernel, family, figures)
    with open(target, "w", encoding="utf-8") as out:
        json.dump({"kernel": kernel, "unit": "instructions",
                   "figures": figures}, out, indent=1)
        out.write("\n")
    errors = [row for row in figures if "error" in row]
    for row in errors:
        print("{subject}, IPv{family}, {workload}: {error}".format(**row))
    return 1 if errors or not figures else 0


if __name__ == "__main__":
    sys.exit(main())
