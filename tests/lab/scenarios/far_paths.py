# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Far servers: 80 ms of path, an odd lost segment. The machine's own slowness is no silence: idle begins at six seconds where nothing is meant to be."""

import deaths
import netns
from actors import BOTH, forgetful_box, forward_rule, half_dialled, masquerade
from lab import scenario

PATIENT = {"verdict.idle_min_ms": "6000"}


def far(lab, milliseconds=80, loss=0, device="eth0", namespace="server"):
    lossy = f" loss {loss}%" if loss else ""
    netns.netem(f"delay {milliseconds}ms{lossy}", namespace, device)


@scenario("far-abort", families=BOTH)
def abort(lab):
    far(lab)
    deaths.aborts(lab)


@scenario("far-lossy-abort", families=BOTH, settings=PATIENT)
def lossy_abort(lab):
    """One in a hundred is lost, in both directions, behind NAT."""
    masquerade()
    far(lab, 80, 1)
    far(lab, 5, 1, namespace="client")
    deaths.leaves_unread(lab)


@scenario("far-client-aborts", families=BOTH)
def client_aborts(lab):
    """The client is what is far: our wire to it has the 80 ms."""
    far(lab, 80, namespace="client")
    deaths.aborts(lab, "client")


@scenario("far-box-forgot", box=True, families=BOTH)
def box_near(lab):
    """The box is beside us, the host 80 ms behind it."""
    far(lab)
    forgetful_box(2)
    deaths.box_forgot(lab, 3.5)


@scenario("far-box-is-far-too", box=True, families=BOTH)
def box_far(lab):
    """The box stands at the far end: what it answers takes as long as what the host does."""
    masquerade()
    far(lab, 80, 1, device="outer", namespace="box")
    forgetful_box(2)
    deaths.box_forgot(lab, 3.5)


@scenario("far-hosts-gone", families=BOTH, settings=PATIENT)
def gone(lab):
    far(lab)
    deaths.hosts_gone(lab)


@scenario("far-lossy-hosts-gone", families=BOTH, settings=PATIENT)
def lossy_gone(lab):
    far(lab, 80, 1)
    deaths.hosts_gone(lab, 6)


@scenario("far-late", families=BOTH)
def late(lab):
    far(lab)
    deaths.speaks_late(lab)


@scenario("far-crash", families=BOTH)
def crash(lab):
    """Variable delay: 80 ms give or take 10."""
    netns.netem("delay 80ms 10ms", "server")
    deaths.crashes(lab, 5)


@scenario("far-cancel", families=BOTH, settings=PATIENT)
def cancel(lab):
    masquerade("masquerade")
    far(lab)
    deaths.cancels(lab)


@scenario("far-refuses", families=BOTH)
def refuses(lab):
    far(lab)
    deaths.refuses(lab)


@scenario("far-box-refuses", box=True, families=BOTH)
def box_refuses(lab):
    """The host, known by a living connection, is 80 ms away, the box that refuses is not; its TTL is the host's."""
    far(lab)
    netns.sysctl("net.ipv4.ip_default_ttl", 63, "box")
    for which in ("all", "outer", "inner"):
        netns.sysctl(f"net.ipv6.conf.{which}.hop_limit", 63, "box")
    conn = deaths.fresh(lab)
    forward_rule("tcp dport 7303 reject with tcp reset", "box")
    lab.listen(7303)
    _, near = half_dialled(lab, lab.address["server"], 7303)
    lab.seen_reset(near)
    lab.expect(near, "firewall-reject/remote-connect", (lab.address["server"], 7303), sender="server", by="transit", stage="connect")
    conn.exchange()
