# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Hairpin NAT, and conntrack zones. (NAT of one side or both: rules.py, expiry.py, box.py.)"""

import netns
from connection import Connection, listen, was_reset
from corner import aborted, seen
from lab import scenario

BOTH = (4, 6)
BESIDE = {4: "10.1.0.3", 6: "fd00:1::3"}  # a server on the client's own wire


@scenario("hairpin-abort", families=BOTH)
def hairpin(lab):
    """A published port of the gateway leads back to where the client sits: every packet crosses the same wire twice."""
    family, beside, public = ("ip", "ip6")[lab.family == 6], BESIDE[lab.family], lab.address["lan"]
    netns.run(f"ip addr add {beside}/{24 if lab.family == 4 else 64} dev eth0 {'' if lab.family == 4 else 'nodad'}", "client")
    to = beside if lab.family == 4 else f"[{beside}]"
    netns.nft(
        f"""table inet nat {{
            chain pre {{ type nat hook prerouting priority -100; {family} daddr {public} tcp dport 443 dnat {family} to {to}:8443; }}
            chain post {{ type nat hook postrouting priority 100; iifname lan oifname lan masquerade fully-random; }}
        }}"""
    )
    listener = lab.keep(listen("client", beside, 8443))
    conn = lab.keep(Connection(listener, "client", public, 443, lambda sock: sock.bind((lab.address["client"], 0))))
    conn.exchange()
    aborted(lab, conn, nat_client=conn.seen_by_server, nat_server=(beside, 8443))


def in_zones(rule):
    netns.nft("table inet zones { chain pre { type filter hook prerouting priority -300; %s } }" % rule)


@scenario("zones-abort", families=BOTH)
def zones(lab):
    """Both wires belong to conntrack zone 7."""
    in_zones("ct zone set 7;")
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn)


@scenario("zones-per-direction-abort", families=BOTH)
def zones_per_direction(lab):
    """Only the original direction has a zone, as where several tenants share addresses and NAT tells them apart."""
    in_zones("iifname lan ct original zone set 7;")
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn, nat_client=conn.seen_by_server)


@scenario("zones-client-aborts", families=BOTH)
def zones_client(lab):
    """The same from the side that has the zone."""
    in_zones("iifname lan ct original zone set 7;")
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn, by="client", nat_client=conn.seen_by_server)


@scenario("zones-expired", families=BOTH)
def zones_expired(lab):
    """The entry of a zone expires; what comes then is NEW in that zone again, and a rule rejects NEW without SYN."""
    in_zones("ct zone set 7;")
    netns.nft(
        "table inet filter { chain forward { type filter hook forward priority 0; ct state new tcp flags & syn != syn reject with tcp reset; } }"
    )
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    seen(lab, 1)
    lab.expect(
        conn, "idle-timeout/gateway-expired-reject", sender="gateway", by="gateway-reject", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip
