# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The module under odd circumstances: broken segments, unloading under traffic, switched off, without conntrack, by DKMS."""

import os
import subprocess
import sys

import daemon
import netns
import rawtcp
from capture import Capture
from connection import dial, endpoint, linger_zero, wait_until, was_reset
from lab import Skip, scenario

BOTH = (4, 6)


def refused_once(lab, port=9):
    try:
        dial("client", lab.address["server"], port)
    except ConnectionRefusedError:
        return
    raise AssertionError("the connection was to be refused")


@scenario("broken-segments", judged=False, families=BOTH)
def broken(lab):
    """Truncated and malformed segments are forwarded unharmed, and counted."""
    daemon.load_module()
    lab.start_daemon()
    heard = lab.keep(Capture("eth0", "server"))
    client, server = (lab.address["client"], 5000), (lab.address["server"], 6000)
    cases = {
        "cut to 7 bytes": {"truncate": 7},
        "cut to 13 bytes": {"truncate": 13},
        "cut to 19 bytes": {"truncate": 19},
        "header length 0": {"doff": 0},
        "header length below 20": {"doff": 4},
        "header length beyond the packet": {"doff": 15},
        "an option without end": {"doff": 6, "payload": b"\x05\xff\x01\x01"},
    }
    before = int(daemon.counters()["malformed"])
    for number, shape in enumerate(cases.values()):
        packet = rawtcp.segment((client[0], client[1] + number), server, rawtcp.RST | rawtcp.ACK, 7, 7, 100, **shape)
        rawtcp.send("client", packet)
        tail = packet[20 if lab.family == 4 else 40 :]
        wait_until(f"a segment {list(cases)[number]} to arrive", lambda tail=tail: heard.heard(tail))
    counted = int(daemon.counters()["malformed"]) - before
    lab.note(f"{counted} of {len(cases)} counted as malformed")
    assert counted >= 6, f"malformed rose by {counted}, want 6 at least"
    # and all goes on as before
    conn = lab.connect()
    conn.exchange()
    assert lab.daemon.stop() == 0


_TRAFFIC = """
import socket, struct, sys
address, port = sys.argv[1], int(sys.argv[2])
family = socket.AF_INET6 if ":" in address else socket.AF_INET
count = 0
while True:
    sock = socket.socket(family)
    sock.settimeout(20)
    sock.connect((address, port))
    sock.sendall(b"x" * 1000)
    assert sock.recv(1)
    if count % 2:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()
    count += 1
    print(count, flush=True)
"""

_ECHO = """
import socketserver, sys, socket
class Echo(socketserver.BaseRequestHandler):
    def handle(self):
        try:
            while self.request.recv(4096):
                self.request.sendall(b"y")
        except OSError:
            pass
class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    address_family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
    def handle_error(self, *_):
        pass
Server((sys.argv[1], int(sys.argv[2])), Echo).serve_forever()
"""


def start_traffic(lab):
    """Connections one after the other, every second one aborted. Returns a function that tells how many there were."""
    # on all CPUs: here races are wanted
    with netns.on_any_cpu():
        lab.keep(netns.popen([sys.executable, "-c", _ECHO, lab.address["server"], "7200"], "server"))

    def listening():
        try:
            dial("client", lab.address["server"], 7200).close()
            return True
        except OSError:
            return False

    wait_until("the echo server", listening)
    path = lab.directory + "/traffic"
    with open(path, "wb") as out:
        arguments = [sys.executable, "-c", _TRAFFIC, lab.address["server"], "7200"]
        with netns.on_any_cpu():
            process = lab.keep(netns.popen(arguments, "client", stdout=out, stderr=subprocess.STDOUT))

    def count():
        with open(path, encoding="ascii") as lines:
            text = lines.read()
        assert process.poll() is None, f"the traffic broke: {text[-400:]}"
        return text.count("\n")

    return count


@scenario("unloaded-under-traffic", judged=False, families=BOTH, limit=240)
def unload(lab):
    """Ten times loaded and unloaded while connections come and go; none of them breaks, the kernel has nothing to say."""
    count = start_traffic(lab)
    for _ in range(10):
        daemon.load_module()
        now = count()
        wait_until("traffic with the module", lambda now=now: count() > now + 3)
        daemon.unload_module()
        now = count()
        wait_until("traffic without it", lambda now=now: count() > now + 1)


@scenario("unloaded-below-the-daemon", judged=False, limit=240)
def reload(lab):
    """The daemon runs on while the module goes and comes back with another epoch: what the new one says is heard."""
    daemon.load_module()
    lab.start_daemon()
    count = start_traffic(lab)

    def epochs():
        return len({r["id"].split("-")[0] for r in lab.daemon.records() if r["kind"] == "reset"})

    for load in range(1, 4):
        wait_until(f"records of load {load}", lambda load=load: epochs() == load)
        daemon.unload_module()
        now = count()
        wait_until("traffic without the module", lambda now=now: count() > now + 2)
        daemon.load_module()
    wait_until("records of the last load", lambda: epochs() == 4)
    assert lab.daemon.stop() == 0


@scenario("switched-off")
def switched_off(lab):
    """nf_rstwhy_enable=0: nothing is reported; 1 again: it is."""
    if lab.verdicts:
        netns.sysctl("net.netfilter.nf_rstwhy_enable", 0)
    for _ in range(3):
        refused_once(lab)
    if lab.verdicts:
        netns.sysctl("net.netfilter.nf_rstwhy_enable", 1)
    refused_once(lab, 10)
    reset = lab.seen_reset((lab.address["server"], 10))
    lab.expect(reset.dst, "application/refused", (lab.address["server"], 10), sender="server", by="transit", stage="connect")


@scenario("switched-off-forgets", box=True, judged=False)
def switched_off_forgets(lab):
    """Switching off gives back the memory's places: nothing finds those flows again, and assured ones would keep them for days."""
    daemon.load_module()
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 1, "box")

    def used():
        have = daemon.counters()
        return int(have["flows_used"]), int(have["flows_guests"])

    conn = lab.connect()
    conn.exchange()
    wait_until("the flow to be remembered in both namespaces", lambda: used() == (2, 1))
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 0, "box")
    assert used() == (1, 0), used()
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 0)
    assert used() == (0, 0), used()
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 1)
    conn.exchange()
    assert used() == (1, 0), used()


@scenario("epoch-of-each-namespace", judged=False)
def epochs_apart(lab):
    """Whoever makes a namespace is its root: the epoch shown there is not the one that makes evidence genuine here."""
    daemon.load_module()
    there = netns.run("unshare -rn grep ^epoch /proc/self/net/nf_rstwhy").split()[1]
    assert len(there) == 16 and int(there, 16), there
    assert there != daemon.counters()["epoch"], "a stranger's namespace shows this one's epoch"
    assert "epoch" not in netns.run("setpriv --reuid 65534 cat /proc/net/nf_rstwhy"), "shown without CAP_NET_ADMIN"


@scenario("without-conntrack", tracked=False, families=BOTH)
def without_conntrack(lab):
    """No rule uses conntrack in this gateway, so there is none: the flow memory alone serves."""
    refused_once(lab)
    reset = lab.seen_reset((lab.address["server"], 9))
    lab.expect(reset.dst, "application/refused", (lab.address["server"], 9), sender="server", by="transit", stage="connect")
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")


@scenario("without-conntrack-but-a-chain-there", tracked=False)
def chain_there(lab):
    """The same, while a chain of the ruleset stands where conntrack would: it is not taken for it."""
    netns.nft("table inet early { chain pre { type filter hook prerouting priority -200; } }")
    without_conntrack(lab)


@scenario("gateways-own-port", families=BOTH)
def own_port(lab):
    """A closed port of the gateway itself: its own stack refuses."""
    try:
        dial("client", lab.address["lan"], 9)
    except ConnectionRefusedError:
        pass
    reset = lab.seen_reset((lab.address["lan"], 9))
    lab.expect(endpoint(reset.dst), "application/refused", (lab.address["lan"], 9), by="gateway-stack", stage="connect")


@scenario("dkms-module-loads", judged=False)
def dkms(lab):
    """What `dkms install` made of a copy of the tree (tests/vm/dkms.sh) loads and works."""
    path = "/mnt/rstwhy/dkms/nf_rstwhy.ko"
    if not os.path.exists(path):
        raise Skip("tests/vm/dkms.sh has not run")
    daemon.load_module(path=path)
    lab.start_daemon()
    refused_once(lab)
    wait_until("the record", lab.daemon.records)
    assert lab.daemon.stop() == 0


@scenario("tool-answers", judged=False)
def tool(lab):
    """The tool's commands: version, explain, doctor, tail on a real log."""
    daemon.load_module()
    lab.start_daemon()
    refused_once(lab)
    wait_until("the record", lab.daemon.records)
    log = lab.daemon.log
    assert "1.0" in netns.run("rstwhy version")
    assert "listen" in netns.run("rstwhy explain refused")
    assert "no-such-cause" in netns.run("rstwhy explain no-such-cause || true")
    lab.note(netns.run("rstwhy doctor; echo exit $?", check=False))
    lab.note(netns.run(f"timeout 3 rstwhy tail -f {log} || timeout 3 rstwhy tail {log}; echo exit $?", check=False))
    assert lab.daemon.stop() == 0
