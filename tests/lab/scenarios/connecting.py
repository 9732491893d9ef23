# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Connections that die before they carry anything: backlog-overflow, connect-abandoned, and noise/probe."""

import netns
import rawtcp
import servers
from actors import BOTH, crossed, half_dialled, masquerade, reset_from
from capture import ACK, RST, SYN
from connection import dial, endpoint, wait_until
from lab import scenario


def overflow(lab):
    """
    Three connect at once to a queue that has room for one, and tcp_abort_on_overflow: the handshake's third segment is answered by
    RST. (A smaller queue would send SYN cookies, and those swallow.)
    """
    netns.sysctl("net.ipv4.tcp_abort_on_overflow", 1, "server")
    listener = lab.listen(backlog=3)
    port = listener.getsockname()[1]
    for _ in range(3):
        lab.keep(dial("client", lab.address["server"], port))
    lab.delay("client", 60)
    dialled = [half_dialled(lab, lab.address["server"], port) for _ in range(3)]
    wait_until("two of three to be reset", lambda: sum(bool(lab.lan.resets(near)) for _, near in dialled) >= 2)
    for _, near in dialled:
        if lab.lan.resets(near):
            outer = next(s.src for s in lab.wan.segments() if s.flags & SYN and not s.flags & ACK and s.seq == lab.lan.of(near)[0].seq)
            lab.expect(
                near, "application/backlog-overflow", (lab.address["server"], port), sender="server", by="transit",
                nat_client=outer if outer != near else None,
            )  # fmt: skip


@scenario("overflow", families=BOTH)
def overflow_plain(lab):
    overflow(lab)


@scenario("overflow-behind-nat", families=BOTH)
def overflow_nat(lab):
    masquerade()
    overflow(lab)


def abandon(lab, patience):
    """The client gives up while its SYN's answer is on the way, or lost."""
    listener = lab.listen()
    sock, near = half_dialled(lab, lab.address["server"], listener.getsockname()[1])
    lab.silence(patience)
    sock.close()
    return near, listener.getsockname()[:2]


@scenario("abandoned-slow-server", families=BOTH)
def slow_server(lab):
    lab.delay("server", 1600)
    near, far = abandon(lab, 1.2)
    lab.seen_reset(near)
    lab.expect(near, "application/connect-abandoned", far, sender="client", by="transit", stage="connect")


@scenario("abandoned-behind-nat")
def slow_server_nat(lab):
    masquerade()
    lab.delay("server", 1600)
    near, far = abandon(lab, 1.2)
    lab.seen_reset(near)
    outer = next(s.src for s in lab.wan.segments() if s.flags & SYN and not s.flags & ACK)
    lab.expect(near, "application/connect-abandoned", far, sender="client", by="transit", stage="connect", nat_client=outer)


@scenario("abandoned-lossy-path", families=BOTH)
def lossy(lab):
    """The SYN-ACKs are lost before the client; when one gets through, it has gone."""
    netns.nft("table inet deaf { chain everything { type filter hook prerouting priority -300; meta l4proto tcp drop; } }", "client")
    near, far = abandon(lab, 1.5)
    netns.run("nft flush ruleset", "client")
    lab.seen_reset(near)
    lab.expect(near, "application/connect-abandoned", far, sender="client", by="transit", stage="connect")


def scanned(lab, ttls):
    listener = lab.listen()
    far = (lab.address["server"], listener.getsockname()[1])
    for port, ttl in enumerate(ttls, 41001):
        near = (lab.address["client"], port)
        rawtcp.send("client", rawtcp.segment(near, far, SYN, 77000 + port, 0, 1024, ttl=ttl))
        lab.seen_reset(near)
        lab.expect(near, "noise/probe", far, sender="client", by="transit")


@scenario("scan-by-syn", families=BOTH)
def scan(lab):
    """A port scanner's raw SYNs, whose SYN-ACKs meet a stack that never sent them."""
    scanned(lab, (64, 64))


@scenario("scan-with-its-own-ttl", families=BOTH)
def scan_ttl(lab):
    """The scanner chooses its SYNs' TTL (nmap: 37 to 59, masscan: 255); the RSTs have its host's."""
    scanned(lab, (43, 255))


@scenario("health-check-resets", families=BOTH)
def health_check(lab):
    """A load balancer connects, says nothing, and hangs up by RST."""
    listener = lab.listen()
    for _ in range(2):
        sock = dial("client", lab.address["server"], listener.getsockname()[1])
        near = endpoint(sock.getsockname())
        crossed(lab, near, "the third segment", lambda s: s.flags == ACK)
        reset_from(sock)
        lab.seen_reset(near)
        lab.expect(near, "noise/probe", (lab.address["server"], listener.getsockname()[1]), sender="client", by="transit", stage="accepted")


_CHECKER = """
defaults
	mode tcp
	timeout connect 5s
	timeout client 60s
	timeout server 60s
frontend local
	bind 127.0.0.1:9000
	default_backend far
backend far
	server one {address}:80 check inter 60s
"""


@scenario("health-check-of-haproxy", families=BOTH)
def haproxy_check(lab):
    """A real haproxy at the client checks nginx."""
    servers.nginx(lab)
    with open("/tmp/checker.cfg", "w", encoding="ascii") as config:
        config.write(_CHECKER.format(address=lab.address["server"]))
    lab.keep(netns.popen(["haproxy", "-db", "-f", "/tmp/checker.cfg"], "client"))
    reset = lab.seen_reset((lab.address["server"], 80), limit=30)
    near = reset.src if reset.dst[1] == 80 else reset.dst
    lab.expect(near, "noise/probe", (lab.address["server"], 80), sender="client", by="transit")


@scenario("scan-of-closed-ports", families=BOTH)
def scan_closed(lab):
    """A port scanner by connect(): port after port, nearly all closed."""
    for port in range(7600, 7612):
        try:
            dial("client", lab.address["server"], port).close()
        except ConnectionRefusedError:
            pass
    for reset in {s.src: s for s in lab.lan.segments() if s.flags & RST and 7600 <= s.src[1] < 7612}.values():
        lab.expect(reset.dst, "application/refused", reset.src, sender="server", by="transit", stage="connect", truth="noise/probe", reset_at=reset.at)
