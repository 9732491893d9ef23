# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Answers to what others sent in our addresses' names: noise/backscatter, in more forms than noise.py has. Nothing of ours dies."""

import deaths
import rawtcp
from actors import BOTH, masquerade
from capture import ACK, RST, SYN
from lab import scenario

ANSWERED_S = 0.3  # what was asked before the module came has been answered by then: a bare RST that comes earlier may be such an answer

STRANGERS = {4: "10.2.0.{}", 6: "fd00:2::{:x}"}
DARK = {4: "10.1.0.{}", 6: "fd00:1::{:x}"}


def answered(lab, victim, target, flags, number, **kwargs):
    """A server that somebody attacks in our name answers us."""
    rawtcp.send("server", rawtcp.segment(victim, target, flags, number if not flags & ACK else 0, number + 1 if flags & ACK else 0, **kwargs))
    reset = lab.seen_reset(target, lab.wan)
    lab.expect(target, "noise/backscatter", victim, reset_at=reset.at)


@scenario("backscatter-to-nobody", families=BOTH)
def dark(lab):
    """To addresses of our network that nobody has: refusals, and one bare RST."""
    lab.silence(ANSWERED_S)
    for i in (50, 51, 52):
        target = (DARK[lab.family].format(i), 1024 + 7 * i)
        answered(lab, (lab.address["server"], 443), target, RST if i == 51 else RST | ACK, 99887766 + i)


@scenario("backscatter-to-gateway", families=BOTH)
def to_gateway(lab):
    """To the gateway's own outer address, behind which a living connection is translated."""
    masquerade()
    conn = deaths.fresh(lab)
    for port in (33001, 33002):
        answered(lab, (lab.address["server"], 80), (lab.address["wan"], port), RST | ACK, 4711 + port)
    conn.exchange()


@scenario("backscatter-of-an-attack", families=BOTH)
def attack(lab):
    """Twelve servers that are attacked in our client's name, some by SYNs, some by ACKs, all within moments."""
    lab.silence(ANSWERED_S)
    for i in range(12):
        victim = (STRANGERS[lab.family].format(100 + i), (80, 443)[i % 2])
        answered(lab, victim, (lab.address["client"], 20000 + 13 * i), RST if i % 3 == 0 else RST | ACK, 1 << 20 + i % 8, ttl=50 + i)


@scenario("backscatter-beside-the-living", families=BOTH)
def beside_living(lab):
    """From a server that our client does talk to, on the port that it talks to, to another port of the client."""
    conn = deaths.fresh(lab)
    lab.silence(ANSWERED_S)
    near = (lab.address["client"], conn.near[1] ^ 0x101)
    answered(lab, conn.far, near, RST, 123456789)
    conn.exchange()


@scenario("backscatter-of-accepted-syns", families=BOTH)
def accepted(lab):
    """The attacked server accepts: SYN-ACKs come here, and our client's stack, which asked for nothing, answers them by RST."""
    lab.silence(ANSWERED_S)
    for port in (50021, 50022):
        near, far = (lab.address["client"], port), (lab.address["server"], 443)
        rawtcp.send("server", rawtcp.segment(far, near, SYN | ACK, 7000000 + port, 8000000 + port, 64240))
        lab.seen_reset(near)
        lab.expect(near, "noise/backscatter", far, accept=("noise/probe",), confidence=0.3)
