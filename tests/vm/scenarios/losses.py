# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What gets lost is counted, and said in the log."""

import signal

import daemon
import netns
import rawtcp
from connection import wait_until
from lab import scenario


def stray_resets(lab, first, many):
    """RSTs of connections that nobody knows, one a client port: each is an event of its own."""
    server = (lab.address["server"], 443)
    packets = [
        rawtcp.segment(server, (lab.address["client"], first + i), rawtcp.RST | rawtcp.ACK, 1000 + i, 2000 + i) for i in range(many)
    ]
    rawtcp.send_many("server", packets)
    wait_until("all to cross", lambda: len([s for s in lab.lan.segments() if first <= s.dst[1] < first + many]) >= many)


def accounted(records):
    resets = sum(1 for r in records if r["kind"] == "reset")
    lost = {}
    for record in records:
        if record["kind"] == "loss":
            lost[record["where"]] = lost.get(record["where"], 0) + record["lost"]
    return resets, lost


def expect_balance(lab, total, where):
    """Every RST has a record, or is in a `loss` record."""

    def balanced():
        resets, lost = accounted(lab.daemon.records())
        return resets + sum(lost.values()) >= total

    try:
        wait_until("records and losses to add up", balanced, 20)
    finally:
        resets, lost = accounted(lab.daemon.records())
        lab.note(f"{total} RSTs: {resets} records, lost {lost}")
    assert lab.daemon.stop() == 0
    resets, lost = accounted(lab.daemon.records())
    assert resets + sum(lost.values()) == total, f"{total} RSTs, {resets} records and {lost} lost"
    assert set(lost) == {where}, f"lost {lost}, want all of them at {where}"


@scenario("loss-by-rate-limit", judged=False)
def by_rate(lab):
    daemon.load_module()
    lab.start_daemon()
    netns.sysctl("net.netfilter.nf_rstwhy_burst", 5)
    netns.sysctl("net.netfilter.nf_rstwhy_rate", 1)
    stray_resets(lab, 20000, 60)
    suppressed = daemon.counters()
    lab.note(f"suppressed: known {suppressed['suppressed_known']}, unknown {suppressed['suppressed_unknown']}")
    assert int(suppressed["suppressed_unknown"]) > 30
    netns.sysctl("net.netfilter.nf_rstwhy_rate", 0)
    stray_resets(lab, 30000, 1)
    expect_balance(lab, 61, "rate")


@scenario("loss-by-full-buffer", judged=False, settings={"nflog.buffer": "64K", "nflog.buffer_max": "64K"})
def by_buffer(lab):
    """The daemon is stopped while 3000 RSTs cross: its receive buffer overflows."""
    daemon.load_module()
    lab.start_daemon()
    lab.daemon.process.send_signal(signal.SIGSTOP)
    stray_resets(lab, 20000, 3000)
    lab.daemon.process.send_signal(signal.SIGCONT)
    wait_until("the daemon to catch up", lambda: accounted(lab.daemon.records())[0] > 0)
    stray_resets(lab, 40000, 1)
    expect_balance(lab, 3001, "netlink")


@scenario("flood-hides-nothing", judged=False)
def flood(lab):
    """A flood of RSTs of unknown flows exhausts their bucket, not that of the flows we know: a real one still gets its record."""
    from connection import linger_zero, was_reset

    daemon.load_module()
    lab.start_daemon()
    conn = lab.connect()
    conn.exchange()
    netns.sysctl("net.netfilter.nf_rstwhy_burst", 20)
    netns.sysctl("net.netfilter.nf_rstwhy_rate", 5)
    stray_resets(lab, 20000, 300)
    conn.exchange()  # a slow machine took seconds for these, which would be a silence
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)

    def found():
        return [r for r in lab.daemon.records() if r["kind"] == "reset" and r["client"]["port"] == conn.near[1]]

    record = wait_until("the real one's record", found)[0]
    assert f"{record['class']}/{record['cause']}" == "application/abort", record
    assert lab.daemon.stop() == 0
