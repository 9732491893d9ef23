# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What a scenario is given: the network, the module, the daemon, captures, and the expectations it states."""

import dataclasses
import json
import os
import time

import daemon
import netns
import topology
from capture import RST, Capture
from connection import Connection, listen, wait_until
from judge import RECORDING, TRUTH, Expectation, judge, write_judged

SCENARIOS = []
USUAL_LIMIT = 120  # seconds

# Makes conntrack run in the gateway, as it does on any real one.
TRACK = """
table inet track {
	chain forward { type filter hook forward priority -1; ct state established accept; }
}
"""


def scenario(name, box=False, families=(4,), settings=None, tracked=True, judged=True, late=False, last=False, limit=USUAL_LIMIT):
    """
    Registers a scenario; it runs once per address family. settings are rstwhyd's, added to the defaults. tracked: the gateway
    has a rule that uses conntrack. judged: the log is compared at the end; else the scenario does its own checks and starts
    module and daemon by itself. late: the scenario calls judge_from_here() when its connections live already. last: it looks at what all others
    left behind, in each guest that runs a part of them. limit in seconds.
    """

    def register(function):
        for family in families:
            suffix = "-ipv6" if family == 6 else ""
            SCENARIOS.append(
                {
                    "name": name + suffix, "function": function, "box": box, "family": family, "settings": settings or {},
                    "tracked": tracked, "judged": judged, "late": late, "last": last, "limit": limit,
                }
            )  # fmt: skip
        return function

    return register


class Skip(Exception):
    """The scenario cannot run here; the text says why."""


class Lab:
    def __init__(self, spec, directory):
        self.spec = spec
        self.family = spec["family"]
        self.directory = directory
        self.address = topology.ADDRESS[self.family]
        self.verdicts = daemon.have_module() and daemon.have_daemon()
        self.daemon = self.lan = self.wan = None
        self.expectations = []
        self.allowed = set()
        self.closing = []
        self.notes = []
        self.variation = spec.get("variation")
        os.makedirs(directory, exist_ok=True)

    # ---- set-up and end

    def set_up(self):
        topology.build(self.spec["box"])
        if self.variation:
            self.variation.hosts(("client", "server") + (("box",) if self.spec["box"] else ()))
            self.notes += [f"varied: {what}" for what in self.variation.told]
        if self.spec["tracked"]:
            netns.nft(TRACK)
        self.lan, self.wan = Capture("lan"), Capture("wan")
        if self.spec["judged"] and not self.spec.get("late"):
            self.judge_from_here()

    def judge_from_here(self):
        """Module and daemon start now. What the lab measures is recorded, so that tests/lab/rejudge can judge it again."""
        if self.verdicts:
            daemon.load_module()
            self.start_daemon(arguments=["--record", f"{self.directory}/{RECORDING}"] if self.spec.get("measured") else [])

    def start_daemon(self, **kwargs):
        self.daemon = daemon.Daemon(self.directory, self.spec["settings"], **kwargs)
        self.daemon.wait_ready()
        return self.daemon

    def tear_down(self):
        if self.daemon:
            self.daemon.kill()
        for thing in reversed(self.closing):
            try:
                if hasattr(thing, "terminate"):
                    thing.kill()
                    thing.wait()
                else:
                    thing.close()
            except OSError:
                pass
        for capture in filter(None, (self.lan, self.wan)):
            capture.write_pcap(f"{self.directory}/{capture.device}.pcap")
            with open(f"{self.directory}/{capture.device}.txt", "w", encoding="ascii") as out:
                shown = [s for s in capture.segments() if s.length < 1000]
                out.writelines(f"{s}\n" for s in shown[:60])
            capture.close()
        with open(f"{self.directory}/notes.txt", "w", encoding="utf-8") as out:
            out.writelines(f"{note}\n" for note in self.notes)
        if os.path.exists(daemon.PROC):
            with open(f"{self.directory}/counters.txt", "w", encoding="ascii") as out:
                out.writelines(f"{name} {value}\n" for name, value in daemon.counters().items())
        try:
            if daemon.have_module():
                daemon.unload_module()
        finally:
            topology.tear_down()

    # ---- traffic

    def keep(self, thing):
        """Closed (or killed) when the scenario ends, whatever happens."""
        self.closing.append(thing)
        return thing

    def listen(self, port=0, **kwargs):
        if not port and self.variation:
            try:
                return self.keep(listen("server", self.address["server"], self.variation.port(), **kwargs))
            except OSError:
                pass  # the scenario has a listener there
        return self.keep(listen("server", self.address["server"], port, **kwargs))

    def connect(self, listener=None, prepare=None, address=None, port=None):
        """A connection from the client to a listener of the server namespace (or by another address that leads there)."""
        listener = listener or self.listen()
        port = port or listener.getsockname()[1]
        connection = self.keep(Connection(listener, "client", address or self.address["server"], port, prepare))
        connection.variation = self.variation
        return connection

    def silence(self, seconds):
        """The only sleep of a scenario: nobody says anything."""
        time.sleep(seconds)

    def delay(self, namespace, milliseconds):
        """What that end sends takes this long: on a wire without length nothing would ever be in flight."""
        netns.netem(f"delay {milliseconds}ms", namespace)

    def now(self):
        """CLOCK_REALTIME, as the captures have it."""
        return time.time()

    def note(self, text):
        self.notes.append(text)

    # ---- expectations

    def expect(self, near, verdict, server=None, **kwargs):
        """One record for the connection whose client end is `near` (a Connection, or its (address, port))."""
        if isinstance(near, Connection):
            near, server = near.near, server or near.far
        if "reset_at" not in kwargs:
            resets = [s.at for s in self.lan.resets(near)]
            if resets:
                kwargs["reset_at"] = min(resets)
        self.expectations.append(Expectation(near=near, verdict=verdict, server=server, **kwargs))
        self.note(f"expect {near[0]}:{near[1]} {verdict} {kwargs}")

    def allow(self, *names):
        """Records of these kinds or class/cause may come as well."""
        self.allowed.update(names)

    def seen_reset(self, endpoint, capture=None, limit=20):
        """Wait for a RST of this endpoint's connection to cross the gateway; the segment."""
        capture = capture or self.lan
        return wait_until(f"a RST at {capture.device} for {endpoint}", lambda: (capture.resets(endpoint) or [None])[0], limit)

    def no_reset(self):
        """The traffic went as the scenario means it: no RST anywhere."""
        found = [s for capture in (self.lan, self.wan) for s in capture.segments() if s.flags & RST]
        assert not found, f"a RST that was not meant: {found[0]}"

    def write_truth(self):
        """What the script did, for tests/lab/rejudge."""
        truth = {
            "scenario": self.spec["name"], "settings": self.daemon.settings, "allowed": sorted(self.allowed),
            "expectations": [dataclasses.asdict(expectation) for expectation in self.expectations],
        }  # fmt: skip
        with open(f"{self.directory}/{TRUTH}", "w", encoding="utf-8") as out:
            json.dump(truth, out, indent=1)

    def finish(self):
        """Wait for the records, let the daemon flush and end, and compare. Returns the faults."""
        if not self.spec["judged"] or not self.verdicts:
            return []
        want = sum(1 for e in self.expectations if e.verdict != "none")
        try:
            if want:
                wait_until("records", lambda: len([r for r in self.daemon.records() if r["kind"] in ("reset", "silence")]) >= want, 12)
            else:
                time.sleep(2.5)  # longer than verdict.hold_ms: what is held too long to be wanted shows up
        except AssertionError as late:
            self.note(str(late))
        status = self.daemon.stop()
        records = self.daemon.records()
        write_judged(self.directory, self.spec["name"], records, self.expectations, self.allowed)
        if self.spec.get("measured"):
            self.write_truth()
        faults = judge(records, self.expectations, self.allowed)
        if self.spec.get("measured"):  # the lab: a wrong verdict is an entry in the matrix
            self.notes += [f"wrong: {fault}" for fault in faults]
            faults = []
        if status != 0:
            faults.append(f"rstwhyd ended with {status}: {self.daemon.said().strip()[-300:]}")
        return faults
