# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What came in, kept and judged again: rstwhyd --record and --replay, rstwhy analyze, rstwhy timeouts."""

import json
import os
import subprocess

import daemon
import netns
from connection import linger_zero, was_reset
from lab import scenario

TOOL = "/mnt/rstwhy/bin/rstwhy"
FORGETFUL_BOX = """
table inet box { chain f { type filter hook forward priority 0; ct state invalid reject with tcp reset; ct state established accept; } }
"""


def read(path):
    with open(path, "rb") as file:
        return file.read()


def run(*arguments):
    done = subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    assert done.returncode == 0, f"{arguments}: exit {done.returncode}: {done.stderr.decode()}"
    return done.stdout


def resets_of_three_kinds(lab):
    """A box that forgot, an abort, a port nobody listens on."""
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    netns.nft(FORGETFUL_BOX, "box")
    idle, aborted = lab.connect(), lab.connect()
    idle.exchange()
    aborted.exchange()
    linger_zero(aborted.server)
    aborted.server.close()
    assert was_reset(aborted.client)
    lab.silence(4)
    idle.client.sendall(b"still there?")
    assert was_reset(idle.client)


@scenario("recorded-and-replayed", box=True, judged=False)
def recorded(lab):
    """The records of a run and of its replay are the same bytes; tcpdump reads the recording."""
    daemon.load_module()
    recording, again = lab.directory + "/recording.nflog", lab.directory + "/again.jsonl"
    lab.start_daemon(arguments=["--record", recording])
    resets_of_three_kinds(lab)
    assert lab.daemon.stop() == 0, lab.daemon.said()
    live = read(lab.daemon.log)
    verdicts = sorted(f"{r['class']}/{r['cause']}" for r in lab.daemon.records() if r["kind"] == "reset")
    assert verdicts == ["application/abort", "idle-timeout/remote-on-next-packet"], verdicts
    settings = ["log.noise=all", "verdict.idle_min_ms=800", "user=root", "log.text=", f"log.json={again}"]
    run(daemon.PROGRAM, *[word for s in settings for word in ("-s", s)], "--replay", recording)
    assert read(again) == live, f"live:\n{live.decode()}\nreplayed:\n{read(again).decode()}"
    assert run("tcpdump", "-nr", recording).count(b"\n") >= 3


@scenario("capture-analyzed", box=True, judged=False)
def analyzed(lab):
    """The same resets from an ordinary capture taken beside the gateway, without its view."""
    daemon.load_module()
    lab.start_daemon()
    resets_of_three_kinds(lab)
    path = lab.directory + "/lan-now.pcap"
    lab.lan.write_pcap(path)
    lines = [json.loads(line) for line in run(TOOL, "analyze", "--json", "--idle-min-ms", "800", path).splitlines()]
    verdicts = sorted(f"{r['class']}/{r['cause']}" for r in lines if r["kind"] == "reset")
    lab.note(f"offline: {verdicts}")
    assert verdicts == ["application/abort", "idle-timeout/remote-on-next-packet"], verdicts
    gap = [r["gap_ms"] for r in lines if r["cause"] == "remote-on-next-packet"][0]
    assert 3900 <= gap <= 30000, gap
    assert lab.daemon.stop() == 0


@scenario("path-learned", box=True, judged=False, settings={"state.file": "/tmp/paths.json"}, limit=180)
def learned(lab):
    """Three clients killed after 4 s by one path: rstwhy timeouts names it, also after a restart."""
    daemon.load_module()
    if os.path.exists("/tmp/paths.json"):
        os.unlink("/tmp/paths.json")
    netns.run("for n in 3 4 5; do ip addr add 10.1.0.$n/24 dev eth0; done", "client")
    lab.start_daemon()
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    netns.nft(FORGETFUL_BOX, "box")
    listener = lab.listen()
    conns = [lab.connect(listener, prepare=lambda sock, n=n: sock.bind((f"10.1.0.{n}", 0))) for n in (3, 4, 5)]
    for conn in conns:
        conn.exchange()
    lab.silence(4)
    for conn in conns:
        conn.client.sendall(b"still there?")
        assert was_reset(conn.client)
    assert lab.daemon.stop() == 0
    shown = run(TOOL, "timeouts", "-f", "/tmp/paths.json", "--json").decode()
    lab.note(shown)
    rows = [json.loads(line) for line in shown.splitlines()]
    assert len(rows) == 1, rows
    text = run(TOOL, "timeouts", "-f", "/tmp/paths.json").decode()
    lab.note(text)
    assert "10.2.0" in text, text
