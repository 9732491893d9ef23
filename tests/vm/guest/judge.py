# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What a scenario expects of the log, and the comparison."""

import dataclasses
import datetime
import json

GAP_TOLERANCE_MS = 100.0
TS_TOLERANCE_S = 0.1
# What a measured scenario leaves in its directory: what rstwhyd got, what the script did, and how the records compare.
RECORDING, TRUTH, JUDGED = "in.nflog", "truth.json", "judged.jsonl"
CLASSES = {"idle-timeout", "firewall-reject", "application", "stale-state", "noise", "unknown"}
ACTORS = {"transit", "gateway-reject", "gateway-stack", "gateway-raw", "gateway-socket", "unseen"}
STAGES = {"connect", "accepted", "request", "established", "closing", "closed", "unknown"}
NEEDED = {"v", "kind", "id", "ts", "gateway", "class", "cause", "confidence", "stage", "sender", "by", "direction", "client", "server", "count", "evidence"}


@dataclasses.dataclass
class Expectation:
    near: tuple  # the client's own (address, port): how the record is found
    verdict: str  # class/cause
    server: tuple  # what the client connected to
    sender: str = ""
    by: str = ""
    stage: str = ""
    also: tuple = ()
    gap_ms: float = None  # measured truth
    nat_client: tuple = None  # (address, port); a port of 0 is any
    nat_server: tuple = None
    count: int = 0  # at least
    confidence: float = 0.5  # at least
    reset_at: float = None  # CLOCK_REALTIME of the first RST, measured
    kind: str = "reset"  # of the record
    truth: str = ""  # what the script did, where the first record alone cannot tell it (an amendment does)
    accept: tuple = ()  # verdicts that are as true as the expected one
    order: int = 0  # which of the connection's records, for events after one another

    def true_verdict(self):
        return self.truth or self.verdict

    def is_right(self, verdict):
        return verdict == self.true_verdict() or verdict in self.accept


def endpoint_of(record, side):
    end = record.get(side) or {}
    return (end.get("ip"), end.get("port"))


def matches(record, near):
    """Found by either end, so that swapped ends show as a wrong field and not as a missing record."""
    ends = [endpoint_of(record, "client"), endpoint_of(record, "server")]
    ends += [endpoint_of(record.get("nat") or {}, side) for side in ("client", "server")]
    return near in ends


def schema_faults(record):
    """What no record may look like, whatever it is about."""
    faults = []
    if record.get("kind") not in ("reset", "amendment", "silence", "loss", "summary"):
        return [f"kind {record.get('kind')!r}"]
    if record.get("v") != 1:
        faults.append(f"v {record.get('v')!r}")
    if record["kind"] not in ("reset", "amendment"):
        return faults
    faults += [f"no {key}" for key in sorted(NEEDED - record.keys())]
    if record.get("class") not in CLASSES:
        faults.append(f"class {record.get('class')!r}")
    if record.get("by") not in ACTORS:
        faults.append(f"by {record.get('by')!r}")
    if record.get("stage") not in STAGES:
        faults.append(f"stage {record.get('stage')!r}")
    if not 0 <= record.get("confidence", -1) <= 1:
        faults.append(f"confidence {record.get('confidence')!r}")
    if not record.get("evidence"):
        faults.append("no evidence in words")
    if record.get("rst", {}).get("flags") not in ("R", "RA"):
        faults.append(f"rst.flags {record.get('rst', {}).get('flags')!r}")
    return faults


def _time_of(record):
    return datetime.datetime.strptime(record["ts"], "%Y-%m-%dT%H:%M:%S.%f%z").timestamp()


def _nat_faults(record, expected):
    faults = []
    nat = record.get("nat") or {}
    for side, want in (("client", expected.nat_client), ("server", expected.nat_server)):
        have = endpoint_of(nat, side) if side in nat else None
        if want is None:
            if have is not None:
                faults.append(f"nat.{side} {have}, want none")
        elif have is None or have[0] != want[0] or (want[1] and have[1] != want[1]):
            faults.append(f"nat.{side} {have}, want {want}")
    return faults


def verdict_of(record):
    return f"{record['class']}/{record['cause']}"


def amended(record, records):
    """The last word about a record: its latest amendment, or itself."""
    later = [r for r in records if r.get("kind") == "amendment" and r.get("amends") == record.get("id")]
    return later[-1] if later else record


def own_records(records, near):
    """The indices of the records of a connection, in their order."""
    return [i for i, r in enumerate(records) if r.get("kind") in ("reset", "silence") and matches(r, near)]


def compare(record, expected):
    """The faults of the one record of a connection."""
    faults = []

    def same(name, have, want):
        if want and have != want:
            faults.append(f"{name} {have}, want {want}")

    if verdict_of(record) not in expected.accept:
        same("verdict", verdict_of(record), expected.verdict)
    same("kind", record["kind"], expected.kind)
    same("client", endpoint_of(record, "client"), expected.near)
    same("server", endpoint_of(record, "server"), expected.server)
    same("sender", record.get("sender"), expected.sender)
    same("by", record.get("by"), expected.by)
    same("stage", record.get("stage"), expected.stage)
    faults += _nat_faults(record, expected)
    faults += [f"also lacks {one}" for one in expected.also if one not in record.get("also", [])]
    if record.get("confidence", 0) < expected.confidence:
        faults.append(f"confidence {record.get('confidence')}, want {expected.confidence} or more")
    if record.get("count", 0) < expected.count:
        faults.append(f"count {record.get('count')}, want {expected.count} or more")
    if expected.gap_ms is not None:
        have = record.get("gap_ms")
        if have is None or abs(have - expected.gap_ms) > GAP_TOLERANCE_MS:
            faults.append(f"gap_ms {have}, measured {expected.gap_ms:.1f}")
    if expected.reset_at is not None and abs(_time_of(record) - expected.reset_at) > TS_TOLERANCE_S:
        faults.append(f"ts {record['ts']} is {(_time_of(record) - expected.reset_at) * 1000:.0f} ms off the RST")
    return faults


def judge(records, expectations, allowed=()):
    """All faults of a log: wrong, missing, doubled and surplus records. `allowed` are kinds or class/cause that may come besides."""
    faults, used, seen = [], set(), set()
    for record in records:
        faults += schema_faults(record)
        if record.get("id") and record["id"] in seen:
            faults.append(f"id {record['id']} twice")
        seen.add(record.get("id"))
    for expected in expectations:
        own = own_records(records, expected.near)
        used.update(own)
        label = f"{expected.near[0]}:{expected.near[1]}"
        want = sum(1 for e in expectations if e.near == expected.near)
        if len(own) != want:
            verdicts = ", ".join(verdict_of(records[i]) for i in own)
            faults.append(f"{label}: {len(own)} records ({verdicts}), want {want}, of {expected.verdict}")
        if len(own) > expected.order:
            faults += [f"{label}: {fault}" for fault in compare(records[own[expected.order]], expected)]
    for i, record in enumerate(records):
        name = f"{record.get('class')}/{record.get('cause')}" if record.get("class") else record.get("kind")
        if i in used or name in allowed or record.get("kind") in allowed:
            continue
        if record.get("kind") == "amendment" and any(matches(record, e.near) for e in expectations):
            continue
        faults.append(f"nobody expected: {record.get('kind')} {name} {endpoint_of(record, 'client')} > {endpoint_of(record, 'server')}")
    return faults


def _row(expected, record, records):
    """One judged record; without a record the verdict is "none"."""
    last = amended(record, records) if record else {}
    verdict = verdict_of(last) if record else "none"
    faults = [f for f in compare(record, expected) if not f.startswith(("verdict", "confidence"))] if record else []
    return {
        "truth": expected.true_verdict(), "verdict": verdict, "right": expected.is_right(verdict),
        "confidence": last.get("confidence"), "also": last.get("also", []), "first": verdict_of(record) if record else "none",
        "id": last.get("id"), "faults": faults,
    }  # fmt: skip


def measure(records, expectations, allowed=()):
    """What was true against what was said, a row a record: for every expectation, and for each record that nobody expected."""
    rows, used = [], set()
    for expected in expectations:
        own = own_records(records, expected.near)
        chosen = own[expected.order] if len(own) > expected.order else None
        rows.append(_row(expected, None if chosen is None else records[chosen], records))
        used.add(chosen)
    nears = [e.near for e in expectations]
    for i, record in enumerate(records):
        if i in used or record.get("kind") not in ("reset", "silence") or verdict_of(record) in allowed or record["kind"] in allowed:
            continue
        verdict = verdict_of(amended(record, records))
        rows.append(
            {
                "truth": "none", "verdict": verdict, "right": False, "confidence": record.get("confidence"), "also": record.get("also", []),
                "first": verdict_of(record), "id": record.get("id"), "faults": [], "extra": any(matches(record, near) for near in nears),
            }
        )  # fmt: skip
    return rows or [{"truth": "none", "verdict": "none", "right": True, "confidence": None, "also": [], "first": "none", "id": None, "faults": []}]


def write_judged(directory, scenario, records, expectations, allowed):
    with open(f"{directory}/{JUDGED}", "w", encoding="utf-8") as out:
        for row in measure(records, expectations, allowed):
            out.write(json.dumps({"scenario": scenario, **row}) + "\n")
