#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
report.py DIRECTORY...      results of "tests/vm/run --lab" (later directories replace what earlier ones have of the same scenario)

What was true against what was said: confusion matrices by cause and by class, precision and recall, calibration. On standard output;
with --out DIRECTORY also in DIRECTORY/report.txt and DIRECTORY/results.json.
"""

import argparse
import collections
import glob
import json
import os

BINS = [(0.0, 0.6), (0.6, 0.75), (0.75, 0.85), (0.85, 0.92), (0.92, 0.96), (0.96, 1.01)]


def load(directories):
    """Rows, and the scenarios that could not be made, with the reason."""
    rows, failed = {}, {}
    for directory in directories:
        for path in sorted(glob.glob(os.path.join(directory, "*", "judged.jsonl"))):
            name = os.path.basename(os.path.dirname(path))
            with open(path, encoding="utf-8") as lines:
                rows[name] = [json.loads(line) for line in lines]
        with open(os.path.join(directory, "results.tap"), encoding="utf-8", errors="replace") as lines:
            results = [line.rstrip("\n") for line in lines]
        planned = [line[5:] for line in results if line.startswith("plan ")]
        for name in planned:
            line = next((r for r in results if r.startswith(("ok " + name + " ", "not ok " + name + " ", "skip " + name + " "))), None)
            failed.pop(name, None)
            if line is None:
                failed[name] = "did not end"
            elif not line.startswith("ok "):
                failed[name] = line.split("#", 1)[-1].strip()
                rows.pop(name, None)
    return [row for name in sorted(rows) for row in rows[name]], failed


def class_of(verdict):
    return verdict.split("/")[0]


def cause_of(verdict):
    return verdict.split("/")[-1]


def said(row, name):
    """The truth as a label; a verdict that is as true counts as the truth."""
    return name(row["truth"]) if row["right"] else name(row["verdict"])


def is_right(row, name):
    return said(row, name) == name(row["truth"])


def share(part, whole):
    return f"{100.0 * part / whole:.1f} %" if whole else "-"


def full_matrix(rows, name):
    labels = sorted({name(r["truth"]) for r in rows} | {said(r, name) for r in rows})
    counts = collections.Counter((name(r["truth"]), said(r, name)) for r in rows)
    wide = max(len(label) for label in labels)
    lines = [" " * wide + "  " + " ".join(f"{label[:15]:>15}" for label in labels)]
    for truth in labels:
        cells = " ".join(f"{counts[truth, verdict] or '.':>15}" for verdict in labels)
        lines.append(f"{truth:<{wide}}  {cells}")
    return lines


def cause_table(rows):
    """The matrix by cause, its rows written out: most of thirty columns would be empty."""
    labels = sorted({cause_of(r["truth"]) for r in rows} | {said(r, cause_of) for r in rows})
    lines = [f"{'truth':<24}{'n':>4}{'right':>7}{'recall':>9}{'precision':>11}  verdicts"]
    for label in labels:
        mine = [r for r in rows if cause_of(r["truth"]) == label]
        right = sum(is_right(r, cause_of) for r in mine)
        called = [r for r in rows if said(r, cause_of) == label]
        precision = share(sum(is_right(r, cause_of) for r in called), len(called))
        verdicts = collections.Counter(said(r, cause_of) for r in mine)
        text = ", ".join(f"{verdict} {count}" for verdict, count in verdicts.most_common())
        lines.append(f"{label:<24}{len(mine):>4}{right:>7}{share(right, len(mine)):>9}{precision:>11}  {text}")
    return lines


def calibration(rows):
    lines = [f"{'confidence':<14}{'n':>5}{'mean':>8}{'right':>8}{'share':>9}"]
    for low, high in BINS:
        mine = [r for r in rows if r["confidence"] is not None and low <= r["confidence"] < high]
        if mine:
            right = sum(is_right(r, cause_of) for r in mine)
            mean = sum(r["confidence"] for r in mine) / len(mine)
            lines.append(f"{low:.2f} to {min(high, 1.0):.2f}  {len(mine):>5}{mean:>8.2f}{right:>8}{share(right, len(mine)):>9}")
    return lines


def false_idle(rows):
    """The worst mistake: a living connection, or one that an endpoint reset, called an idle kill (and its script does not accept that)."""
    return [r for r in rows if not r["right"] and class_of(r["truth"]) in ("application", "noise", "none") and class_of(r["verdict"]) == "idle-timeout"]


def wrong(rows):
    for row in rows:
        if not row["right"]:
            named = " (named in also)" if row["truth"] in row["also"] else ""
            more = " (a further record)" if row.get("extra") else ""
            yield f"{row['scenario']}: {row['truth']}, said {row['verdict']} {row['confidence']}{named}{more}"


def summary(rows, failed):
    total = len(rows)
    by_class, by_cause = (sum(is_right(r, name) for r in rows) for name in (class_of, cause_of))
    return {
        "scenarios": len({r["scenario"] for r in rows}), "judged": total, "class_right": by_class, "cause_right": by_cause,
        "false_idle": len(false_idle(rows)), "not_made": len(failed),
    }  # fmt: skip


def text(rows, failed):
    total = summary(rows, failed)
    out = [
        f"{total['scenarios']} scenarios, {total['judged']} verdicts: class right in {share(total['class_right'], total['judged'])}, cause in"
        f" {share(total['cause_right'], total['judged'])}; living or application-reset connections called an idle kill: {total['false_idle']}",
        "", "By class: rows what the script did, columns what the log said (\"none\": no record)", "", *full_matrix(rows, class_of),
        "", "By cause", "", *cause_table(rows),
        "", "Calibration: of the verdicts given with such confidence, so many were right", "", *calibration(rows),
    ]  # fmt: skip
    for title, lines in (
        ("Wrong", list(wrong(rows))),
        ("Right or not, other fields that differ", [f"{r['scenario']}: {'; '.join(r['faults'])}" for r in rows if r["faults"]]),
        ("FAILED: scenarios that could not be made", [f"{name}: {why}" for name, why in sorted(failed.items())]),
    ):
        if lines:
            out += ["", title, "", *lines]
    return "\n".join(out) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("directories", nargs="+")
    parser.add_argument("--out")
    arguments = parser.parse_args()
    rows, failed = load(arguments.directories)
    if not rows:
        raise SystemExit("report.py: nothing was judged")
    report = text(rows, failed)
    print(report, end="")
    if arguments.out:
        with open(arguments.out + "/report.txt", "w", encoding="utf-8") as out:
            out.write(report)
        with open(arguments.out + "/results.json", "w", encoding="utf-8") as out:
            json.dump({"summary": summary(rows, failed), "rows": rows, "failed": failed}, out, indent=1)
    raise SystemExit(1 if failed else 0)


if __name__ == "__main__":
    main()
