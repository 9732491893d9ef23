# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Policies of a box that look like something else: on the first request, without a mark, on connects beyond a number, in mid-life."""

import netns
from actors import BOTH, forward_rule, half_dialled, masquerade, quiet_close, replace_server
from connection import receive, was_reset
from lab import scenario

# The machine's own slowness is no silence.
PATIENT = {"verdict.idle_min_ms": "6000"}
# Behind timestamps, and where there are none.
FIRST_WORD = "; ".join(f"tcp flags & psh == psh @th,{bits},32 0x4556494c reject with tcp reset" for bits in (256, 160))


@scenario("policy-on-first-request", box=True, families=BOTH)
def first_request(lab):
    """The box lets the connection be made and rejects the first request, as a filter of names does."""
    forward_rule(FIRST_WORD, "box")
    conn = lab.connect(lab.listen(4443))
    lab.silence(0.2)
    conn.client.sendall(b"EVIL.example.org" * 5)
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="request")


@scenario("policy-without-mark", box=True, families=BOTH, settings=PATIENT)
def unmarked(lab):
    """The same seconds later by a box whose TTL happens to be the host's: nothing but the history speaks. Not a full accept queue."""
    netns.sysctl("net.ipv4.ip_default_ttl", 63, "box")
    for which in ("all", "outer", "inner"):
        netns.sysctl(f"net.ipv6.conf.{which}.hop_limit", 63, "box")
    forward_rule(FIRST_WORD, "box")
    conn = lab.connect(lab.listen(4444))
    lab.silence(1.8)
    conn.client.sendall(b"EVIL.example.org" * 5)
    assert was_reset(conn.client)
    lab.expect(
        conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="request", confidence=0.3, accept=("unknown/ambiguous",),
        also=("firewall-reject/remote-policy",),
    )  # fmt: skip


@scenario("box-limits-connects", box=True, families=BOTH)
def limits(lab):
    """The box allows a client two connections at a time and refuses the third by RST; the first two live on."""
    netns.nft(
        "table inet filter { set busy { type inet_service; size 16; flags dynamic; } "
        "chain forward { type filter hook forward priority 0; ct state new tcp dport 5433 ct count over 2 reject with tcp reset; } }",
        "box",
    )
    listener = lab.listen(5433)
    conns = [lab.connect(listener) for _ in range(2)]
    for conn in conns:
        conn.exchange()
    _, near = half_dialled(lab, lab.address["server"], 5433)
    lab.seen_reset(near)
    for conn in conns:
        conn.exchange()
    lab.expect(near, "firewall-reject/remote-connect", (lab.address["server"], 5433), sender="server", by="transit", stage="connect")


@scenario("box-rule-comes-later", box=True, families=BOTH, settings=PATIENT)
def later(lab):
    """A rule of the box against this client comes in the middle of a busy connection; behind our NAT."""
    masquerade("masquerade")
    conn = lab.connect(lab.listen(4445))
    conn.exchange()
    lab.silence(0.6)
    conn.exchange()
    forward_rule("tcp dport 4445 reject with tcp reset", "box")
    conn.client.sendall(b"more")
    assert was_reset(conn.client)
    lab.expect(conn, "firewall-reject/remote-policy", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server)


@scenario("reboots-under-stream", families=BOTH, settings=PATIENT)
def reboots(lab):
    """The server reboots while a client streams to it: copies get no answer for seconds, then a stranger's."""
    conn = lab.connect(lab.listen(4446))
    conn.exchange()
    for _ in range(3):
        lab.silence(0.4)
        conn.exchange()

    def down():
        conn.client.sendall(b"next line")
        lab.silence(1.5)

    replace_server(down)
    assert was_reset(conn.client, 40)
    lab.expect(conn, "stale-state/host-lost", sender="server", by="transit", stage="established")


@scenario("client-reboots-under-push", families=BOTH, settings=PATIENT)
def client_reboots(lab):
    """A client's machine is replaced while the server pushes events: its answer is a stranger's."""
    conn = lab.connect(lab.listen(4447))
    conn.exchange()
    for _ in range(3):
        lab.silence(0.5)
        conn.server.sendall(b"event" * 10)
        receive(conn.client, 50)
    netns.run("ip -n client link set eth0 down")
    conn.server.sendall(b"event" * 10)
    lab.silence(1.2)
    quiet_close(conn.client)
    netns.run("ip -n client link set eth0 up")
    router = lab.address["lan"]
    if lab.family == 6:
        netns.run(f"ip -n client addr add {lab.address['client']}/64 dev eth0 nodad", check=False)
    netns.run(f"ip -n client route add default via {router}", check=False)
    assert was_reset(conn.server, 40)
    lab.expect(conn, "stale-state/host-lost", sender="client", by="transit", stage="established", reset_at=lab.seen_reset(conn.near).at)
