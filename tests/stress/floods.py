# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Floods and numbered traffic through the gateway, for the scenarios of tests/stress.

Forged clients are 198.18.0.0/16 and fd00:18::/64 behind the client, forged servers 198.19.0.0/16 and fd00:19::/64 behind the server;
both ends swallow what comes for them.
"""

import contextlib
import json
import os
import re
import signal
import subprocess

import netns
from connection import wait_until

HERE = os.path.dirname(os.path.abspath(__file__))
DEBUG = "rstwhy-debug" in os.uname().release
RATE = 400  # numbered segments a second; less where that loses some without the module
SYSCTL = "net.netfilter.nf_rstwhy_"
_DONE = re.compile(r"(\d+) packets, (\d+) ms")


def given(name, otherwise):
    """A count that the run was started with (STRESS_PACKETS and others)."""
    path = os.path.join(HERE, "settings")
    if os.path.exists(path):
        with open(path, encoding="ascii") as lines:
            values = dict(line.split() for line in lines)
        return int(values.get(name, otherwise))
    return otherwise


PACKETS = given("packets", 20000)
FLOWS = given("flows", 2000)
LOADS = given("loads", 10)
CALM = min(5000, PACKETS)  # of a flood while the rate is found that loses nothing without the module


def figure(lab, what, value):
    """A line of build/stress/figures.txt: the scenario, what, and how much. At once also outside, for who watches."""
    for directory in (lab.directory, "/mnt/out"):
        with open(f"{directory}/figures.txt", "a", encoding="utf-8") as out:
            out.write(f"{lab.spec['name']}\t{what}\t{value}\n")


def _mac_inside(namespace):
    return json.loads(netns.run("ip -j link show eth0", namespace))[0]["address"]


def prepare(lab):
    """No captures (they would hold millions of packets), ways to the forged ends, a long queue, and a count of what went through."""
    for capture in (lab.lan, lab.wan):
        capture.close()
    lab.lan = lab.wan = None
    for family, client, server, both in ((4, "198.18.0.0/16", "198.19.0.0/16", "198.18.0.0/15"), (6, "fd00:18::/64", "fd00:19::/64", "fd00:18::/31")):
        ip = f"ip -{family}"
        addresses = {4: ("10.1.0.2", "10.2.0.2"), 6: ("fd00:1::2", "fd00:2::2")}[family]
        netns.run(f"{ip} route replace {client} via {addresses[0]}; {ip} route replace {server} via {addresses[1]}")
        for end in ("client", "server"):
            netns.run(f"{ip} route replace blackhole {both}", end)
        for device, end, address in (("lan", "client", addresses[0]), ("wan", "server", addresses[1])):
            netns.run(f"{ip} neigh replace {address} lladdr {_mac_inside(end)} dev {device} nud permanent")
    netns.sysctl("net.core.netdev_max_backlog", 20000)
    netns.nft(
        """
        table inet stress {
            counter through { }
            chain forward { type filter hook forward priority 10; ip daddr 198.18.0.0/15 counter name "through"; ip6 daddr fd00:18::/31 counter name "through"; }
        }
        """
    )


def through():
    """How many packets to the forged ends the gateway forwarded so far."""
    listed = json.loads(netns.run("nft -j list counter inet stress through"))
    return next(item["counter"]["packets"] for item in listed["nftables"] if "counter" in item)


def _ends():
    def mac(device):
        with open(f"/sys/class/net/{device}/address", encoding="ascii") as text:
            return text.read().strip()

    return [f"/run/netns/client,eth0,{mac('lan')}", f"/run/netns/server,eth0,{mac('wan')}"]


def _on_cpu(number):
    def pin():
        os.sched_setaffinity(0, {number % os.cpu_count()})

    return pin


def start_flood(lab, shape, count, *options, cpu=1):
    """A flood in the background; a process for end_flood()."""
    family = ["-6"] if lab.family == 6 else []
    command = ["flood", *family, *options, shape, str(count), *_ends()]
    return lab.keep(subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=_on_cpu(cpu)))


def end_flood(process):
    """Wait for it; (packets, milliseconds, what it printed)."""
    printed, said = process.communicate()
    found = _DONE.search(said)
    assert process.returncode == 0 and found, f"flood ended with {process.returncode}: {said.strip()}"
    return int(found.group(1)), int(found.group(2)), printed


def flood(lab, shape, count, *options, cpu=1):
    return end_flood(start_flood(lab, shape, count, *options, cpu=cpu))


class Numbered:
    """Numbered segments of a living connection, until stop()."""

    def __init__(self, lab, rate):
        family = ["-6"] if lab.family == 6 else []
        self.process = lab.keep(
            subprocess.Popen(["numbered", str(rate), *_ends(), *family], stdout=subprocess.PIPE, text=True, preexec_fn=_on_cpu(0))
        )
        assert self.process.stdout.readline() == "begun\n", "the numbered traffic did not begin"

    def stop(self):
        """The counts: sent, received, lost, reordered, missed, slowest_us."""
        self.process.send_signal(signal.SIGTERM)
        words = self.process.communicate()[0].split()
        return dict(zip(words[::2], map(int, words[1::2])))


def is_unharmed(counts):
    return counts["lost"] == counts["reordered"] == counts["missed"] == 0


def calm_rate(lab, hardship):
    """The rate at which numbered traffic loses nothing under hardship() while the module is not loaded."""
    rate = RATE
    while True:
        numbered = Numbered(lab, rate)
        hardship()
        counts = numbered.stop()
        lab.note(f"without the module, {rate}/s: {counts}")
        if is_unharmed(counts):
            return rate
        rate //= 2
        assert rate >= 10, f"numbered traffic is harmed without the module already: {counts}"


@contextlib.contextmanager
def unharmed(lab, what, rate):
    """While the block runs, numbered traffic at this rate loses and reorders nothing."""
    numbered = Numbered(lab, rate)
    yield
    counts = numbered.stop()
    figure(lab, f"numbered traffic under {what}", " ".join(f"{name} {value}" for name, value in counts.items()))
    assert counts["sent"] > 0, "no numbered traffic was sent"
    assert is_unharmed(counts), f"numbered traffic under {what} was harmed: {counts}"


def told(lab, what, packets, milliseconds):
    figure(lab, what, f"{packets} packets in {milliseconds / 1000:.1f} s, {packets * 1000 // max(1, milliseconds)}/s")


def count_lines(path, state):
    """Whole lines in a growing file, reading each byte once: state is a dictionary that the caller keeps."""
    if os.path.exists(path):
        with open(path, "rb") as log:
            log.seek(state.get("at", 0))
            text = log.read()
        state["at"] = state.get("at", 0) + len(text)
        state["lines"] = state.get("lines", 0) + text.count(b"\n")
    return state.get("lines", 0)


def wait_for_lines(path, state, lines, limit=120):
    wait_until(f"{lines} lines in {path}", lambda: count_lines(path, state) >= lines, limit)


def accounted(lab):
    """The daemon has ended: each reset that the module saw has its place in records, summaries, losses and the rest, to the last one."""
    said = lab.daemon.accounting()
    lab.note(said)
    assert "exit 0" in said and "the sum holds, exactly" in said, said
    seen = next(line.split()[0] for line in said.splitlines() if "resets seen by the module" in line)
    figure(lab, "resets seen and accounted for, exactly", seen)
