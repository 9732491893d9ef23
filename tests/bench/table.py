# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""On the host: one table of what the guests measured, and build/bench/bench.json. table.py DIRECTORY"""

import json
import os
import sys


def load(directory, name):
    path = os.path.join(directory, name)
    if not os.path.exists(path):
        return None
    with open(path, encoding="ascii") as text:
        return json.load(text)


GOAL = 0.5
WHY = {
    "base": "what is left: two hooks called, registers saved, one look-up, the timeout converted",
    "IPv6": "five words to hash, not two",
}


def reasons(cell):
    ratio = cell["added"]["module"] / cell["added"]["rule"]
    why = [cell["note"]] if cell["note"] else []
    missing = cell["flows"] - cell["memory"]["flows_used"]
    if missing > 0:
        why.append(f"{missing} of them are not remembered")
    if ratio > 0.9 * GOAL:
        why.append(f"{'close to the goal' if ratio <= GOAL else 'over the goal'} of {GOAL}" + (", above the rule" if ratio > 1 else ""))
        why.append(WHY.get(cell["cell"], ""))
    return "; ".join(word for word in why if word)


def sizes(rows, column):
    return ", ".join(f"{row[column]:.0f}" for row in rows)


def lines_of_cells(one):
    base = one["cells"][0]
    yield "Instructions added to a forwarded TCP segment (64 bytes of data, one CPU; 10,000 flows, IPv4, where nothing else is said)"
    if base["cell"] == "base":
        yield f"  conntrack and one forward rule, over bare forwarding: {base['per_segment']['nothing'] - one['bare']:.0f}; over that:"
    yield f"  {'':16}{'RST log rule':>14}{'conntrack -E':>14}{'nf_rstwhy':>12}{'of the rule':>13}"
    for cell in one["cells"]:
        added = cell["added"]
        share = f"{added['module'] / added['rule']:.2f}"
        yield f"  {cell['cell']:16}{added['rule']:14.0f}{added['events']:14.0f}{added['module']:12.0f}{share:>13}  {reasons(cell)}".rstrip()
    silence, reset = one["silence"], one["reset"]
    flows = ", ".join(f"{row['flows']:,}" for row in silence)
    yield f"  a segment that ends a silence of resume_ms (1 s) or more, of {flows} flows: nf_rstwhy {sizes(silence, 'module')}"
    yield f"Instructions from a RST's hook to its queued message, {flows} flows: RST log rule {sizes(reset, 'rule')}, nf_rstwhy " + \
        f"{sizes(reset, 'module')} (look before conntrack, memory, checksum, local address, evidence; " + \
        f"{reset[-1]['bytes_queued']['module'] / reset[-1]['bytes_queued']['rule']:.1f} times the bytes)"
    late = one["rst_to_line_ms"]
    yield f"RST to log line, a verdict that need not wait: median {late['median']:.1f} ms, worst {late['max']:.1f} ms (guest time)"


def lines_of_two(two):
    ratios = two["two_cpus"]
    yield "Time a segment on two CPUs, both forwarding, as a ratio to conntrack alone (plain emulation, medians of alternating rounds):"
    yield f"  RST log rule {ratios['rule']:.3f}, nf_rstwhy {ratios['module']:.3f}"


def main():
    directory = sys.argv[1]
    one, two, memory = (load(directory, name) for name in ("result.1.json", "result.2.json", "flowmem.json"))
    if one:
        print("\n".join(lines_of_cells(one)))
    if two:
        print("\n".join(lines_of_two(two)))
    with open(os.path.join(directory, "bench.json"), "w", encoding="ascii") as text:
        json.dump({"one_cpu": one, "two_cpus": two and two["two_cpus"], "flowmem": memory}, text, indent=1)
    return 0 if one and two else 1


sys.exit(main())
