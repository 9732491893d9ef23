# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Hosts whose packets start at another TTL: 128 as Windows', 255 as Solaris' and many an appliance's, 30 hops away or near."""

import deaths
import netns
from actors import BOTH, forgetful_box, forward_rule, half_dialled, masquerade, reset_from, stack
from connection import was_reset
from lab import scenario


def box_starts_at(ttl):
    netns.sysctl("net.ipv4.ip_default_ttl", ttl, "box")
    for which in ("all", "outer", "inner"):
        netns.sysctl(f"net.ipv6.conf.{which}.hop_limit", ttl, "box")


@scenario("ttl-128-refuses", families=BOTH)
def refuses_128(lab):
    stack("server", 128)
    deaths.refuses(lab)


@scenario("ttl-255-refuses", families=BOTH)
def refuses_255(lab):
    """Nobody knows this host yet, and its refusal looks as an appliance's would."""
    stack("server", 255)
    deaths.refuses(lab)


@scenario("ttl-255-refuses-and-lives", families=BOTH)
def refuses_known(lab):
    """A connection of the same host is alive."""
    masquerade("masquerade")
    stack("server", 255)
    conn = deaths.fresh(lab)
    deaths.refuses(lab)
    conn.exchange()


@scenario("ttl-255-late", families=BOTH)
def late_255(lab):
    stack("server", 255)
    deaths.speaks_late(lab)


@scenario("ttl-255-aborts", families=BOTH)
def aborts_255(lab):
    stack("server", 255, 0)
    deaths.aborts(lab)


@scenario("ttl-128-client-aborts")
def client_aborts(lab):
    masquerade()
    stack("client", 128)
    deaths.aborts(lab, "client")


@scenario("ttl-255-hosts-gone", families=BOTH)
def gone_255(lab):
    stack("server", 255)
    deaths.hosts_gone(lab)


@scenario("ttl-128-crash", families=BOTH)
def crash_128(lab):
    stack("server", 128)
    deaths.crashes(lab, 3)


@scenario("ttl-255-box-forgot", box=True, families=BOTH)
def forgot_255(lab):
    """The box is an ordinary Linux, the host behind it starts at 255."""
    stack("server", 255)
    forgetful_box(2)
    deaths.box_forgot(lab, 3.3)


@scenario("ttl-255-box-like-host", box=True, families=BOTH)
def box_like_host(lab):
    """Both start at 255, so that the box is one hop fresher, as another machine of the same make is."""
    masquerade()
    stack("server", 255)
    box_starts_at(255)
    forgetful_box(2)
    deaths.box_forgot(lab, 3.7)


@scenario("ttl-255-box-refuses", box=True, families=BOTH)
def box_refuses(lab):
    """The box's rule refuses; the box starts at 255, the host it stands before at 128."""
    stack("server", 128)
    box_starts_at(255)
    conn = deaths.fresh(lab)
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit")
    forward_rule("tcp dport 7302 reject with tcp reset", "box")
    lab.listen(7302)
    _, near = half_dialled(lab, lab.address["server"], 7302)
    lab.seen_reset(near)
    lab.expect(near, "firewall-reject/remote-connect", (lab.address["server"], 7302), sender="server", by="transit", stage="connect")
