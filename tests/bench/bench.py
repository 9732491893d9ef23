# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
In the guest: what the RST log rule, `conntrack -E` and the module add to a forwarded segment and to a reset, side by side on the
same flows; and how long a reset takes to become a line. Where the clock counts instructions (see run), nanoseconds are
instructions; on two CPUs they are only good for a ratio. What sending costs is in every column alike and drops out in the
differences.
"""

import json
import os
import statistics
import subprocess
import time

import daemon
import line_times
import netns
import traffic

FORWARD = "table inet bench { chain f { type filter hook forward priority 0; ct state established accept; } }"
RULE = "table inet logrst { chain r { type filter hook prerouting priority -150; tcp flags & rst == rst log group 17; } }"
NAT = "table ip nat { chain p { type nat hook postrouting priority 100; oifname wan masquerade; } }"
COLUMNS = ("nothing", "rule", "events", "module")
ROUNDS = 3
SIZES = (300, 3000, 12000)  # flows, where only one at a time is slow; the cells of the table have 1, 10,000 and the most


def load_without_silences(parameters=""):
    """The module, as busy flows meet it: each rests while the others speak, on a slow machine for longer than resume_ms."""
    daemon.load_module(parameters)
    netns.sysctl("net.netfilter.nf_rstwhy_resume_ms", 60000)


class Cell:
    """One row of the table: traffic, and how it differs from the base cell."""

    def __init__(self, name, flows=10000, family=4, train=1, nat=False, parameters="", note=""):
        self.name, self.flows, self.family, self.train, self.nat = name, flows, family, train, nat
        self.parameters, self.note = parameters, note
        self.guise = "10.2.0.1" if nat else ""

    def begin(self):
        netns.nft(FORWARD)
        traffic.conntrack_room(self.flows)
        if self.nat:
            netns.nft(NAT)
        traffic.establish(self.flows, self.family, self.guise)
        traffic.gro(self.train > 1)

    def end(self):
        traffic.gro(False)
        netns.run("nft flush ruleset; conntrack -F 2>/dev/null || true")

    def one_round(self, number):
        count = max(4000, min(self.flows, 20000))
        traffic.blast("data", self.flows, count, number * count, self.family, self.train)  # the first in 17 s is looked at whole
        before = traffic.forwarded()
        took = traffic.blast("data", self.flows, count, number * count, self.family, self.train)
        least = count // self.train
        assert traffic.forwarded() - before >= least, f"{self.name}: {traffic.forwarded() - before} of {least} went through"
        return took

    def column(self, column):
        """The round with this in the gateway that was disturbed least: what else happens in the guest only adds."""
        listener = None
        if column == "rule":
            netns.nft(RULE)
        if column == "events":
            listener = subprocess.Popen(["conntrack", "-E", "-p", "tcp"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            time.sleep(0.5)
        if column == "module":
            load_without_silences(self.parameters)
            traffic.converse(self.flows, self.family, self.guise)
        figure = min(self.one_round(i) for i in range(ROUNDS))
        if column == "rule":
            netns.run("nft delete table inet logrst")
        if listener:
            listener.kill()
            listener.wait()
        if column == "module":
            self.memory = {key: int(value) for key, value in daemon.counters().items() if key.startswith("flows_") and value.isdigit()}
            daemon.unload_module()
        return figure

    def measure(self):
        self.begin()
        figures = {column: self.column(column) for column in COLUMNS}
        self.end()
        added = {column: figures[column] - figures["nothing"] for column in COLUMNS[1:]}
        return {"cell": self.name, "flows": self.flows, "note": self.note, "per_segment": figures, "added": added, "memory": self.memory}


def bare():
    """Forwarding without conntrack."""
    traffic.blast("data", 1, 4000)
    return min(traffic.blast("data", 1, 4000) for _ in range(ROUNDS))


def silence(flows):
    """Every segment ends a silence: the module's slow path. Its answers come after each round."""
    netns.nft(FORWARD)
    traffic.establish(flows)
    figures = {}
    for column in ("nothing", "module"):
        if column == "module":
            daemon.load_module()
            traffic.converse(flows)
        rounds = []
        for _ in range(ROUNDS):
            time.sleep(1.5)
            rounds.append(traffic.blast("data", flows, flows))
            traffic.blast("reply", flows, flows)
        figures[column] = min(rounds)
    daemon.unload_module()
    netns.run("nft flush ruleset; conntrack -F 2>/dev/null || true")
    return {"flows": flows, "module": figures["module"] - figures["nothing"]}


def resets(flows):
    """From the hook to the queued message: what a RST costs beyond what it costs anyway; a reader is bound, and its queue is long."""
    netns.nft(FORWARD)
    listener = traffic.Listener()
    figures, told = {}, {}
    for column in ("nothing", "rule", "module"):
        if column == "rule":
            netns.nft(RULE)
        if column == "module":
            daemon.load_module()
            netns.sysctl("net.netfilter.nf_rstwhy_rate", 0)
        netns.run("conntrack -F 2>/dev/null || true")
        traffic.establish(flows)
        figures[column] = traffic.blast("rst", flows, flows)
        told[column] = listener.drain()
        if column == "rule":
            netns.run("nft delete table inet logrst")
    counters = daemon.counters()
    daemon.unload_module()
    listener.close()
    netns.run("nft flush ruleset; conntrack -F 2>/dev/null || true")
    assert int(counters["rst_told"]) == flows and told["rule"] > flows * 40 and not told["nothing"], (counters, told)
    return {"flows": flows, "rule": figures["rule"] - figures["nothing"], "module": figures["module"] - figures["nothing"], "bytes_queued": told}


def two_cpus(flows=5000, rounds=9):
    """Both CPUs forward, each its own flows; columns alternate, so that what else the machine does meets all of them alike."""
    netns.nft(FORWARD)
    traffic.establish(2 * flows)
    ratios = {"rule": [], "module": []}

    def once():
        running = [traffic.start("data", 2 * flows, flows, cpu * flows, cpu=cpu) for cpu in (0, 1)]
        return max(float(one.communicate(timeout=600)[0]) for one in running)

    def both():
        once()  # code that was just loaded is translated first
        return once()

    for _ in range(rounds):
        plain = both()
        netns.nft(RULE)
        ratios["rule"].append(both() / plain)
        netns.run("nft delete table inet logrst")
        load_without_silences()
        traffic.converse(2 * flows)
        ratios["module"].append(both() / plain)
        daemon.unload_module()
    return {name: statistics.median(values) for name, values in ratios.items()}


def cells(options):
    many = options["many"]
    rows = [
        Cell("base"),
        Cell("IPv6", family=6),
        Cell("1 flow", flows=1),
        Cell("GRO", train=16, note="a frame; 16 segments in a row"),
        Cell("NAT", nat=True),
    ]
    if many:
        rows.append(Cell(f"{many} flows", flows=many, parameters=f"flows={many}"))
    return [row for row in rows if not options["only"] or row.name.split()[-1] in options["only"] or row.name in options["only"]]


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    with open("/mnt/rstwhy/bench.options", encoding="ascii") as text:
        options = json.load(text)
    traffic.build()
    if options["cpus"] == 2:
        result = {"two_cpus": two_cpus()}
    else:
        before = bare()
        result = {"bare": before, "cells": [cell.measure() for cell in cells(options)], "silence": [silence(flows) for flows in SIZES],
                  "reset": [resets(flows) for flows in SIZES], "rst_to_line_ms": line_times.measure()}
    with open(f"/mnt/out/result.{options['cpus']}.json", "w", encoding="ascii") as text:
        json.dump(result, text, indent=1)


main()
