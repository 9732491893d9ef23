# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Established idle flows in memory while floods of every kind go by: none is forgotten, none is taken for younger or livelier than it is."""

import re
import time

import daemon
import floods
import netns
from floods import FLOWS, PACKETS, figure
from lab import scenario

BATCH = 1000
BLIND = ["blind-syn", "blind-fin", "blind-rst", "blind-data"]
# Each kind of blind segments goes into so many flows of its own; the others only live beside the floods.
ATTACKED = min(200, FLOWS // 5)
_RECORD = re.compile(
    r'"class":"([a-z-]+)","cause":"([a-z-]+)".*?"client":\{"ip":"([^"]+)","port":(\d+)\},"server":\{"ip":"([^"]+)","port":(\d+)\}'
)


def value_of(line, key):
    found = re.search(rf'"{key}":([0-9.]+)', line)
    return float(found.group(1)) if found else None


def records_of_servers(path):
    """(client end) to [(class/cause, idle_ms, gap_ms, age_ms)] of what is not noise: the resets that the script means."""
    records = {}
    with open(path, encoding="utf-8") as log:
        for line in log:
            if '"kind":"reset"' not in line or '"class":"noise"' in line:
                continue
            found = _RECORD.search(line)
            if found and found.group(6) == "443":
                silence = (value_of(line, "idle_ms"), value_of(line, "gap_ms"), value_of(line, "age_ms"))
                records.setdefault((found.group(3), int(found.group(4))), []).append((f"{found.group(1)}/{found.group(2)}", *silence))
    return records


def reset_all(lab, flows):
    """The servers reset every flow, no faster than the daemon writes. Returns when the first and the last went out."""
    netns.sysctl(floods.SYSCTL + "rate", 0)
    state = {}
    first = time.monotonic()
    for begin in range(0, flows, BATCH):
        many = min(BATCH, flows - begin)
        before = floods.count_lines(lab.daemon.log, state)
        floods.flood(lab, "resets", many, "-f", str(begin))
        floods.wait_for_lines(lab.daemon.log, state, before + many, 120)
    return first, time.monotonic()


def group_of(end):
    """Which flood went into the flow, by its client's port."""
    number = end[1] - 2000
    first = end[0] in ("198.18.0.1", "fd00:18::1")
    return BLIND[number // ATTACKED] if first and number < ATTACKED * len(BLIND) else "beside"


def check_silences(lab, flows, made, reset):
    """
    Each flow has its record, and its silence is that between its making and its reset: nothing refreshed or forgot it. Of the blind RSTs one in
    65536 hits the window by chance, and might kill: some flows may have a record of that as well.
    """
    hits = 3 + (PACKETS >> 15)
    records = records_of_servers(lab.daemon.log)
    least, most = (reset[0] - made[1]) * 1000 - 100, (reset[1] - made[0]) * 1000 + 100
    verdicts, right, wrong = {}, {}, []
    for end, found in records.items():
        group = group_of(end)
        if group == "blind-rst" and len(found) > 1 and hits:
            hits -= 1
            found = found[-1:]
        if len(found) == 1 and all(found[0][1:]) and all(least <= value <= most for value in found[0][1:]):
            right[group] = right.get(group, 0) + 1
            verdicts[group, found[0][0]] = verdicts.get((group, found[0][0]), 0) + 1
        else:
            wrong.append((group, end, found))
    lab.note(f"silences from {least:.0f} to {most:.0f} ms; right {right}; wrong: {wrong[:40]}")
    for group in ["beside"] + BLIND:
        among = ", ".join(f"{name[1]} {count}" for name, count in sorted(verdicts.items()) if name[0] == group)
        wanted = ATTACKED if group in BLIND else flows - ATTACKED * len(BLIND)
        figure(lab, f"idle flows remembered ({group})", f"{right.get(group, 0)} of {wanted}, silent for {least / 1000:.0f} s or more; {among}")
    # In a flood of a million random RSTs some have a port that would be an idle flow's, and are none of them: each flow counts, not each record.
    known = sum(right.values())
    assert known == flows, f"{flows - known} of {flows} idle flows without their own history: {wrong[:3]}"
    assert len({name[1] for name in verdicts}) == 1, f"the same fate, told differently: {verdicts}"


def pour(lab, rate, shape, count, *options):
    with floods.unharmed(lab, shape, rate):
        packets, took, _ = floods.flood(lab, shape, count, *options)
    floods.told(lab, shape, packets, took)


@scenario("floods-beside-idle-flows", judged=False, families=(4, 6), limit=3600)
def beside(lab):
    """RST, SYN, ACK and handshake floods from forged tuples, blind segments into living flows; then every idle flow is reset."""
    floods.prepare(lab)
    netns.sysctl("net.netfilter.nf_conntrack_max", FLOWS + max(FLOWS, 60000))
    rate = floods.calm_rate(lab, lambda: floods.flood(lab, "ack", floods.CALM, "-s", "77"))
    netns.run("conntrack -F", check=False)
    daemon.load_module(f"flows={FLOWS + FLOWS // 4}")
    lab.spec["settings"] = {"log.noise": "capped", "log.text": ""}
    lab.start_daemon()
    begun = time.monotonic()
    packets, took, _ = floods.flood(lab, "flows", FLOWS)
    made = (begun, time.monotonic())
    floods.told(lab, f"{FLOWS} flows with data made", packets, took)
    for number, shape in enumerate(["rst", "syn", "ack"]):
        pour(lab, rate, shape, PACKETS, "-s", str(2 + number))
    pour(lab, rate, "handshakes", PACKETS // 3, "-f", str(2 * FLOWS))  # other clients than the idle flows'
    for number, shape in enumerate(BLIND):
        living = f"{lab.directory}/{shape}"
        with open(living, "w", encoding="ascii") as out:
            out.write(floods.flood(lab, "living", ATTACKED, "-f", str(number * ATTACKED))[2])
        pour(lab, rate, shape, PACKETS, "-s", str(9 + number), "-l", living)
    lab.note("\n".join(f"{name} {value}" for name, value in daemon.counters().items()))
    lab.silence(5)  # a RST on the heels of a forged segment might well be its answer
    reset = reset_all(lab, FLOWS)
    assert lab.daemon.stop() == 0, "rstwhyd did not end well"
    floods.accounted(lab)
    check_silences(lab, FLOWS, made, reset)
