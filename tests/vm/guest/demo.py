# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""make run, in the guest: a gateway between a client and servers, connections that die of all sorts of causes, and the log as it is written."""

import os
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)

import daemon  # noqa: E402
import lab as laboratory  # noqa: E402
import netns  # noqa: E402
import servers  # noqa: E402
import topology  # noqa: E402
from connection import dial, linger_zero, receive, wait_until, was_reset  # noqa: E402

INTRODUCTION = """
  client 10.1.0.2 ---- this gateway (nf_rstwhy, rstwhyd) ---- a second router ---- nginx, haproxy, PostgreSQL 10.2.0.2

  Lines with # say what is being done to a connection; rstwhyd does not know that. The lines between them are its log
  (log.text): when, class/cause, who sent the reset, to whom, for which server, how long it had been silent, how sure it is.
  Silences are shortened to seconds here. Ctrl-C ends it.
"""


class Stage:
    """The network of a Lab, and the daemon with its log on the terminal."""

    def __init__(self):
        spec = {"family": 4, "box": True, "tracked": True, "judged": False, "settings": {}}
        self.lab = laboratory.Lab(spec, "/tmp/demo")
        self.lab.set_up()
        daemon.load_module()
        netns.nft("table inet box { chain forward { type filter hook forward priority 0; ct state invalid reject with tcp reset; } }", "box")
        netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
        servers.haproxy(self.lab)
        servers.postgres(self.lab)
        self.daemon = subprocess.Popen(
            [
                daemon.PROGRAM, "-s", "log.text=-", "-s", "log.json=/tmp/demo/resets.jsonl", "-s", "state.file=", "-s", "verdict.idle_min_ms=800",
                "-s", "user=root",
            ]
        )  # fmt: skip
        wait_until("the daemon", lambda: os.path.exists("/tmp/demo/resets.jsonl"))

    def lines(self):
        with open("/tmp/demo/resets.jsonl", "rb") as log:
            return log.read().count(b"\n")


def say(text):
    dim, plain = ("\033[2m", "\033[0m") if os.path.exists("/mnt/rstwhy/terminal") else ("", "")
    print(f"{dim}# {text}{plain}", flush=True)


def act_refused(stage):
    say("the client connects to a port nobody listens on")
    try:
        dial("client", stage.lab.address["server"], 4444)
    except ConnectionRefusedError:
        pass


def act_rule(stage):
    say("a rule of this gateway rejects port 8080, where haproxy listens")
    netns.nft("table inet demo { chain forward { type filter hook forward priority 0; tcp dport 8080 reject with tcp reset; } }")
    try:
        dial("client", stage.lab.address["server"], 8080)
    except ConnectionRefusedError:
        pass
    netns.run("nft delete table inet demo")


def act_box(stage):
    say("a database session falls silent for 4 s; the second router forgets connections after 2 s")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    client = servers.PostgresClient(stage.lab)
    client.query("select 1")
    time.sleep(4)
    client.send_query("select 2")
    was_reset(client.sock)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 432000, "box")


def act_remap(stage):
    say("a kept-alive HTTP connection falls silent for 4 s; this gateway's own NAT entries live 2 s, its ports are random")
    netns.nft("table inet demo { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 1, "box")
    client = servers.HttpClient(stage.lab, 8080)
    client.get()
    time.sleep(4)
    client.request()
    was_reset(client.sock)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 432000)
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")
    netns.run("nft delete table inet demo")


def act_cancel(stage):
    say("the client gives up a download from nginx half way")
    client = servers.HttpClient(stage.lab, 80)
    client.request("/big")
    receive(client.sock, 200000)
    wait_until("data", lambda: len(client.sock.recv(65536, 2)) == 65536)
    client.sock.close()


def act_abort(stage):
    say("a server closes with linger 0 in the middle of a conversation")
    conn = stage.lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    was_reset(conn.client)


def act_rejected(stage):
    say("nginx resets a request it will not take (return 444)")
    client = servers.HttpClient(stage.lab, 80)
    client.request("/secret")
    was_reset(client.sock)


ACTS = (act_refused, act_box, act_abort, act_rule, act_remap, act_cancel, act_rejected)


def main():
    with open("/mnt/rstwhy/seconds", encoding="ascii") as given:
        limit = int(given.read().strip() or 60)
    print(INTRODUCTION, flush=True)
    netns.run("modprobe -a nf_conntrack nf_tables veth")
    topology.tear_down()
    stage = Stage()
    began = time.monotonic()
    rounds = 0
    while rounds == 0 or time.monotonic() - began < limit:
        act = ACTS[rounds % len(ACTS)]
        lines = stage.lines()
        act(stage)
        try:
            wait_until("a line", lambda lines=lines: stage.lines() > lines, 5)
        except AssertionError:
            say("no line came for that one")
        time.sleep(0.5)
        rounds += 1
    stage.daemon.send_signal(signal.SIGTERM)
    stage.daemon.wait()
    say(f"{rounds} connections died, {stage.lines()} records; the module's counters:")
    print(netns.run("cat /proc/net/nf_rstwhy"))
    stage.lab.tear_down()


if __name__ == "__main__":
    try:
        main()
    except Exception as error:  # pylint: disable=broad-except
        print(f"demo: {type(error).__name__}: {error}", flush=True)
        raise
