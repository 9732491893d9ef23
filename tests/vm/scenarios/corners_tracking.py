# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""With little or no conntrack: NOTRACK, off and to stay off; TPROXY; and several namespaces at once."""

import os
import socket

import daemon
import netns
from connection import Connection, linger_zero, wait_until, was_reset
from corner import abort, aborted, change, rejected, seen
from lab import scenario

BOTH = (4, 6)
NOTRACK = """
table inet raw {
	chain pre { type filter hook prerouting priority -300; notrack; }
	chain out { type filter hook output priority -300; notrack; }
}
"""


@scenario("notrack-abort", families=BOTH)
def notrack(lab):
    """Rules exempt everything from conntrack: the flow memory alone serves."""
    netns.nft(NOTRACK)
    conn = lab.connect()
    conn.exchange()
    aborted(lab, conn)


@scenario("notrack-rule-rejects", families=BOTH)
def notrack_reject(lab):
    """And a rule of ours rejects a living connection that conntrack does not know."""
    netns.nft(NOTRACK)
    conn = lab.connect()
    conn.exchange()
    rejected(lab, conn)


@scenario("notrack-box-forgot", box=True, families=BOTH)
def notrack_box(lab):
    """A silence on an untracked flow that a box did not survive: said, but with no more than 0.6."""
    netns.nft(NOTRACK)
    netns.nft("table inet box { chain forward { type filter hook forward priority 0; ct state invalid reject with tcp reset; } }", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    conn = lab.connect()
    conn.exchange()
    lab.silence(4)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    seen(lab, 1)
    lab.expect(
        conn, "idle-timeout/remote-on-next-packet", sender="server", by="transit", stage="established",
        gap_ms=lab.lan.gap(conn.near, woken),
    )  # fmt: skip
    if lab.verdicts:
        wait_until("the record", lab.daemon.records)
        assert lab.daemon.records()[0]["confidence"] <= 0.6, lab.daemon.records()[0]["confidence"]


def entries():
    with open("/proc/sys/net/netfilter/nf_conntrack_count", encoding="ascii") as text:
        return int(text.read())


@scenario("conntrack-stays-off", judged=False, families=BOTH)
def stays_off(lab):
    """No rule wants conntrack, so it is off; the module does not turn it on, unless it is told to, and then back."""
    netns.nft("flush ruleset")
    netns.run("conntrack -F", check=False)
    daemon.load_module()
    lab.start_daemon()

    def works(tracked):
        conn = lab.connect()
        conn.exchange()
        assert daemon.counters()["conntrack"] == ("on" if tracked else "off")
        assert (entries() > 0) == tracked, f"{entries()} conntrack entries"
        before = len(lab.daemon.records())
        abort(conn)
        wait_until("the record", lambda: len(lab.daemon.records()) > before)
        record = lab.daemon.records()[-1]
        assert (record["class"], record["cause"], record["count"]) == ("application", "abort", 1), record

    works(tracked=False)
    netns.sysctl("net.netfilter.nf_rstwhy_conntrack", 1)
    works(tracked=True)
    netns.sysctl("net.netfilter.nf_rstwhy_conntrack", 0)
    netns.run("conntrack -F", check=False)
    works(tracked=False)
    netns.sysctl("net.netfilter.nf_rstwhy_conntrack", 1)
    daemon.unload_module()  # what it held goes with it
    netns.run("conntrack -F", check=False)
    lab.connect().exchange()
    assert entries() == 0, "conntrack is still on"
    assert lab.daemon.stop() == 0


# ---- TPROXY: a program of the gateway speaks in the server's name

_TRANSPARENT = {4: (socket.SOL_IP, 19), 6: (socket.IPPROTO_IPV6, 75)}


def proxied(lab):
    """A connection from the client to the server's port 80 that ends in a socket of this gateway."""
    family, six = ("ip", "ip6")[lab.family == 6], "-6" if lab.family == 6 else "-4"
    netns.nft(
        f"table inet divert {{ chain pre {{ type filter hook prerouting priority -150; iifname lan tcp dport 80 tproxy {family} to :8100"
        " meta mark set 1 accept; } }"
    )
    change(
        lab,
        f"ip {six} rule add fwmark 1 lookup 100; ip {six} route add local default dev lo table 100",
        f"ip {six} rule del fwmark 1 lookup 100; ip {six} route flush table 100",
    )
    listener = lab.keep(socket.socket(socket.AF_INET if lab.family == 4 else socket.AF_INET6))
    listener.setsockopt(*_TRANSPARENT[lab.family], 1)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("0.0.0.0" if lab.family == 4 else "::", 8100))
    listener.listen(8)
    listener.settimeout(20)
    conn = lab.keep(Connection(listener, "client", lab.address["server"], 80))
    conn.exchange()
    return conn


@scenario("tproxy-proxy-aborts", families=BOTH)
def tproxy_aborts(lab):
    """The transparent proxy aborts: a socket of this gateway, in the server's name."""
    conn = proxied(lab)
    abort(conn)
    seen(lab, 1)
    lab.expect(conn, "application/abort", sender="server", by="gateway-socket", stage="established")


@scenario("tproxy-client-aborts", families=BOTH)
def tproxy_client(lab):
    aborted(lab, proxied(lab), by="client")


# ---- several namespaces


def inode(name):
    return os.stat("/run/netns/" + name if name != netns.GATEWAY else "/proc/1/ns/net").st_ino


def loss_free(*logs):
    for log in logs:
        assert not [r for r in log.records() if r["kind"] == "loss"], log.records()


@scenario("namespaces-to-the-first-reader", box=True, judged=False, families=BOTH)
def report_init(lab):
    """The box reports to the initial namespace's reader: a RST that crosses both is told of once by each, and each says where."""
    daemon.load_module()
    netns.sysctl("net.netfilter.nf_rstwhy_report_init", 1, "box")
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 1, "box")
    lab.start_daemon()
    for _ in range(2):
        conn = lab.connect()
        conn.exchange()
        abort(conn)
    wait_until("four records", lambda: len(lab.daemon.records()) >= 4)
    assert lab.daemon.stop() == 0
    records = lab.daemon.records()
    assert len(records) == 4, [r["kind"] for r in records]
    places = sorted(r["netns"] for r in records)
    assert places == sorted([inode("box")] * 2 + [inode(netns.GATEWAY)] * 2), places
    for record in records:
        assert (record["class"], record["cause"], record["count"]) == ("application", "abort", 1), record
        assert record["in"] == ("wan" if record["netns"] == inode(netns.GATEWAY) else ""), record["in"]
    loss_free(lab.daemon)


@scenario("namespaces-with-a-reader-each", box=True, judged=False)
def reader_each(lab):
    """Two namespaces, two readers: each gets its own, and nothing of the other's. A namespace that ends takes nothing along."""
    daemon.load_module()
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 1, "box")
    lab.start_daemon()
    wrapper = lab.directory + "/rstwhyd-in-box"
    with open(wrapper, "w", encoding="ascii") as script:
        script.write(f'#!/bin/sh\nexec ip netns exec box {daemon.PROGRAM} "$@"\n')
    os.chmod(wrapper, 0o755)
    os.makedirs(lab.directory + "/box")
    inner = daemon.Daemon(lab.directory + "/box", program=wrapper)
    lab.keep(inner.process)
    inner.wait_ready()
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    for log, where in ((lab.daemon, netns.GATEWAY), (inner, "box")):
        wait_until(f"the record of {where}", log.records)
        assert log.stop() == 0
        assert [(r["cause"], r["netns"]) for r in log.records()] == [("abort", inode(where))], log.records()
    loss_free(lab.daemon, inner)
