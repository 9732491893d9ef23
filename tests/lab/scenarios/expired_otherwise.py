# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""This gateway forgets, in other ways than tests/vm's: other timeouts, other wakers, pools, other rules; and it is made to forget."""

import socket

import netns
from actors import BOTH, acknowledged, forgetful_box, forward_rule, masquerade
from connection import Connection, linger_zero, wait_until, was_reset
from lab import scenario

TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_"
STRICT = "ct state invalid reject with tcp reset"


def strict(established=None):
    forward_rule(STRICT)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    if established:
        netns.sysctl(TIMEOUT + "established", established)


def expect_rejected(lab, conn, **kwargs):
    lab.expect(conn, "idle-timeout/gateway-expired-reject", sender="gateway", by="gateway-reject", **kwargs)


@scenario("expired-half-closed", families=BOTH)
def half_closed(lab):
    """The client shut down its side and waits; the half-closed connection's own, shorter timeout runs out, and the answer is rejected."""
    strict()
    netns.sysctl(TIMEOUT + "close_wait", 2)
    try:
        conn = lab.connect()
        conn.exchange()
        conn.client.shutdown(socket.SHUT_WR)
        wait_until("the FIN", lambda: conn.server.recv(1, socket.MSG_PEEK) == b"")
        lab.silence(4.2)
        conn.server.sendall(b"the long answer")
        assert was_reset(conn.server)
        reset = lab.seen_reset(conn.near, lab.wan)
        expect_rejected(lab, conn, stage="closing", reset_at=reset.at)
    finally:
        netns.sysctl(TIMEOUT + "close_wait", 60)


@scenario("expired-by-policy", families=BOTH)
def policy(lab):
    """A timeout policy of a rule (ct timeout) for this port alone: three seconds; the sysctl says five days."""
    protocol = "ip" if lab.family == 4 else "ip6"
    rules = f"""table {protocol} short {{
        ct timeout brief {{
            protocol tcp
            l3proto {protocol}
            policy = {{ established : 3 }}
        }}
        chain early {{
            type filter hook prerouting priority -150
            tcp dport 5672 ct timeout set "brief"
        }}
    }}"""
    netns.run(f"nft -f - <<'END'\n{rules}\nEND")
    strict()
    conn = lab.connect(lab.listen(5672))
    conn.exchange()
    lab.silence(5.3)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_rejected(lab, conn, stage="established", gap_ms=lab.lan.gap(conn.near, woken))


@scenario("expired-probe-wakes", families=BOTH)
def probe(lab):
    """The server's keepalive comes after our timeout: its first probe is rejected."""
    strict(2)
    conn = lab.connect()
    conn.exchange()
    for option, value in ((socket.TCP_KEEPIDLE, 4), (socket.TCP_KEEPINTVL, 1), (socket.TCP_KEEPCNT, 5)):
        conn.server.setsockopt(socket.IPPROTO_TCP, option, value)
    conn.server.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    assert was_reset(conn.server)
    expect_rejected(lab, conn, stage="established", reset_at=lab.seen_reset(conn.near, lab.wan).at)


@scenario("expired-fin-wakes", families=BOTH)
def fin(lab):
    """The client's FIN is the first thing after our timeout."""
    strict(3)
    conn = lab.connect()
    conn.exchange()
    lab.silence(4.7)
    conn.client.close()
    lab.seen_reset(conn.near)
    expect_rejected(lab, conn)


@scenario("expired-pool-remapped", families=BOTH)
def pool(lab):
    """Six connections of a pool behind fully random NAT, all forgotten after a survived pause; four wake together, two later."""
    masquerade()
    netns.sysctl(TIMEOUT + "established", 3)
    listener = lab.listen(6432)
    conns = [lab.connect(listener) for _ in range(6)]
    for conn in conns:
        conn.exchange()
    lab.silence(1.5)
    for conn in conns:
        conn.exchange()
    lab.silence(4.8)
    for i, conn in enumerate(conns):
        if i == 4:
            lab.silence(1.5)
        conn.client.sendall(b"still there?")
    for conn in conns:
        assert was_reset(conn.client)
        lab.expect(
            conn, "idle-timeout/gateway-expired-remap", sender="server", by="transit", stage="established",
            nat_client=(conn.seen_by_server[0], 0),
        )  # fmt: skip


@scenario("expired-escapes-translation", families=BOTH)
def escapes(lab):
    """tcp_loose=0 and no rule against INVALID: what was forgotten leaves with the inner address, which the server does not know."""
    masquerade("masquerade")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    netns.sysctl(TIMEOUT + "established", 2)
    conn = lab.connect()
    conn.exchange()
    lab.silence(3.8)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/gateway-expired-remap", sender="server", by="transit", stage="established",
        nat_client=conn.seen_by_server, gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip


@scenario("expired-after-late-module", late=True, families=BOTH)
def late(lab):
    """The module comes when the connection lives; it speaks once more, and then our timeout is too short."""
    conn = lab.connect()
    conn.exchange()
    lab.judge_from_here()
    strict(3)
    conn.exchange()
    lab.silence(5)
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    expect_rejected(lab, conn, stage="established")


@scenario("expired-published-lives", families=BOTH)
def lives(lab):
    """A published port with tcp_loose=1: what was forgotten is translated just as before, and lives."""
    protocol, server = ("ip", lab.address["server"]) if lab.family == 4 else ("ip6", f"[{lab.address['server']}]")
    netns.nft(
        f"table inet pub {{ chain pre {{ type nat hook prerouting priority -100; {protocol} daddr {lab.address['lan']} tcp dport 443 dnat {protocol} to {server}:8443; }} }}"
    )
    netns.sysctl(TIMEOUT + "established", 2)
    conn = lab.connect(lab.listen(8443), address=lab.address["lan"], port=443)
    conn.exchange()
    lab.silence(3.7)
    conn.exchange()
    lab.no_reset()


# ---- made to forget


@scenario("address-changes", families=BOTH)
def address(lab):
    """The outer address changes under masquerade (a dynamic one does): the kernel throws the translations away."""
    masquerade("masquerade")
    listener = lab.listen(5222)
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    old = lab.address["wan"]
    new, length = ("10.2.0.77", 24) if lab.family == 4 else ("fd00:2::77", 64)
    netns.run(f"ip addr add {new}/{length} dev wan {'nodad' if lab.family == 6 else ''}; ip addr del {old}/{length} dev wan")
    if lab.family == 4:  # deleting the first address may have taken the other one with it
        netns.run(f"ip addr add {new}/{length} dev wan", check=False)
    lab.silence(0.7)
    for conn in conns:
        conn.client.sendall(b"I was not idle")
        assert was_reset(conn.client)
        lab.expect(
            conn, "stale-state/gateway-flushed", sender="server", by="transit", stage="established", nat_client=(conn.seen_by_server[0], 0)
        )  # fmt: skip


@scenario("rules-flushed", families=BOTH)
def rules_flushed(lab):
    """nft flush ruleset and conntrack -F: what was translated leaves with the inner address now."""
    masquerade("masquerade")
    listener = lab.listen(5223)
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    netns.run("nft flush ruleset; conntrack -F")
    for conn in conns:
        conn.client.sendall(b"I was not idle")
        assert was_reset(conn.client)
        lab.expect(
            conn, "stale-state/gateway-flushed", sender="server", by="transit", stage="established",
            nat_client=conn.seen_by_server,
        )  # fmt: skip


@scenario("one-deleted-strict", families=BOTH)
def one_deleted(lab):
    """conntrack -D of one of three busy connections; the rule that rejects INVALID answers the server's next segment."""
    strict()
    listener = lab.listen(5224)
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
        acknowledged(lab, conn)
    netns.run(f"conntrack -D -f ipv{lab.family} -p tcp --orig-port-src {conns[1].near[1]}")
    conns[1].server.sendall(b"I was not idle")
    assert was_reset(conns[1].server)
    conns[0].exchange()
    lab.expect(
        conns[1], "stale-state/gateway-flushed", sender="gateway", by="gateway-reject", stage="established",
        reset_at=lab.seen_reset(conns[1].near, lab.wan).at,
    )  # fmt: skip


@scenario("one-deleted-escapes", families=BOTH)
def deleted_escapes(lab):
    """conntrack -D of a busy masqueraded connection with tcp_loose=0: its next segment leaves with the inner address."""
    masquerade("masquerade")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0)
    conn = lab.connect(lab.listen(5227))
    conn.exchange()
    netns.run(f"conntrack -D -f ipv{lab.family} -p tcp --orig-port-src {conn.near[1]}")
    conn.client.sendall(b"I was not idle")
    assert was_reset(conn.client)
    lab.expect(
        conn, "stale-state/gateway-flushed", sender="server", by="transit", stage="established", nat_client=conn.seen_by_server
    )  # fmt: skip


@scenario("firewall-reloaded-lives", families=BOTH)
def reloaded(lab):
    """The rules are loaded anew, conntrack keeps its entries: nothing happens."""
    masquerade("masquerade")
    conn = lab.connect()
    conn.exchange()
    netns.run("nft flush ruleset")
    masquerade("masquerade")
    lab.silence(2.2)
    conn.exchange()
    lab.no_reset()


@scenario("gateway-process-aborts", families=BOTH, settings={"verdict.idle_min_ms": "6000"})
def own_process(lab):
    """A program of the gateway itself, connected to the server, aborts."""

    listener = lab.listen(5225)
    conn = lab.keep(Connection(listener, netns.GATEWAY, lab.address["server"], 5225))
    conn.exchange()
    lab.silence(1.4)
    linger_zero(conn.client)
    conn.client.close()
    assert was_reset(conn.server)
    lab.expect(conn, "application/abort", sender="client", by="gateway-socket", reset_at=lab.seen_reset(conn.near, lab.wan).at)


@scenario("gateway-process-box-forgot", box=True, families=BOTH)
def own_idle(lab):
    """A program of the gateway itself keeps an idle connection to the server, which the box forgets."""

    forgetful_box(2)
    listener = lab.listen(5226)
    conn = lab.keep(Connection(listener, netns.GATEWAY, lab.address["server"], 5226))
    conn.exchange()
    lab.silence(3.9)
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        reset_at=lab.seen_reset(conn.near, lab.wan).at,
    )  # fmt: skip
