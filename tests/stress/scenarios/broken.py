# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Malformed, truncated, option-bombed and fragmented segments: the gateway does with each what it does without the module."""

import daemon
import floods
import netns
from floods import PACKETS, figure
from lab import scenario


def pour(lab, shape):
    netns.run("conntrack -F", check=False)
    before = floods.through()
    packets, took, _ = floods.flood(lab, shape, PACKETS, "-s", "5")
    return packets, took, floods.through() - before


@scenario("malformed-flood", judged=False, families=(4, 6), limit=1800)
def malformed(lab):
    """The same broken packets without the module and with it: as many go through."""
    floods.prepare(lab)
    rate = floods.calm_rate(lab, lambda: floods.flood(lab, "malformed", floods.CALM, "-s", "5"))
    _, _, without = pour(lab, "malformed")
    daemon.load_module()
    lab.spec["settings"] = {"log.noise": "capped"}
    lab.start_daemon()
    netns.run("conntrack -F", check=False)
    numbers = floods.through()
    with floods.unharmed(lab, "malformed segments", rate):
        packets, took, _ = floods.flood(lab, "malformed", PACKETS, "-s", "5")
    with_module = floods.through() - numbers - numbered_share(lab)
    floods.told(lab, "malformed", packets, took)
    counted = daemon.counters()
    figure(lab, "forwarded without the module, with it", f"{without}, {with_module} of {packets}")
    figure(lab, "counted as malformed", counted["malformed"])
    assert without == with_module, f"of {packets} broken packets {without} went through without the module, {with_module} with it"
    assert int(counted["malformed"]) > PACKETS // 20, "too few were counted as malformed"
    assert lab.daemon.stop() == 0
    floods.accounted(lab)


def numbered_share(lab):
    """What of the count was numbered traffic: its segments, an acknowledgement for every 64th, and its handshake of six."""
    with open(f"{lab.directory}/figures.txt", encoding="utf-8") as lines:
        words = [line for line in lines if "numbered traffic" in line][-1].split("\t")[2].split()
    sent = int(words[words.index("sent") + 1])
    return sent + (sent + 63) // 64 + 6


@scenario("fragment-flood", judged=False, families=(4, 6), limit=1800)
def fragments(lab):
    """Fragments that cut the header, overlap, come backwards or never: conntrack's business, survived."""
    floods.prepare(lab)
    rate = floods.calm_rate(lab, lambda: floods.flood(lab, "fragments", floods.CALM, "-s", "6"))
    daemon.load_module()
    lab.spec["settings"] = {"log.noise": "capped"}
    lab.start_daemon()
    with floods.unharmed(lab, "fragments", rate):
        packets, took, _ = floods.flood(lab, "fragments", PACKETS, "-s", "6")
    floods.told(lab, "fragments", packets, took)
    figure(lab, "resets seen in them", daemon.counters()["rst_seen"])
    assert int(daemon.counters()["rst_seen"]) > 0, "no reset was put together from fragments"
    assert lab.daemon.stop() == 0
    floods.accounted(lab)
