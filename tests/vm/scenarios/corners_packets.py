# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Odd packets: IPv6 extension headers, fragments, merged segments (GRO, TSO)."""

import struct

import netns
import rawtcp
from connection import dial, wait_until, was_reset
from corner import abort, aborted, change, seen
from lab import scenario

BOTH = (4, 6)
HOP_BY_HOP, ROUTING, FRAGMENT, DESTINATION, TCP = 0, 43, 44, 60, 6

# Each as a receiver takes it: padding only; a route that is at its end; an only fragment. RFC 8200 sections 4.3 to 4.6.
EXTENSION = {
    HOP_BY_HOP: b"\x00\x01\x04\0\0\0\0",
    DESTINATION: b"\x00\x01\x04\0\0\0\0",
    ROUTING: b"\x00\xfd\x00\0\0\0\0",  # type 253, for experiments: ignored at segments left 0
    FRAGMENT: b"\x00\0\0\0\0\0\x07",
}


def extended(packet, kinds):
    """An IPv6 packet with these extension headers behind its fixed one."""
    chain = b""
    for this, following in zip(kinds, list(kinds[1:]) + [TCP]):
        chain += bytes([following]) + EXTENSION[this]
    length = len(packet) - 40 + len(chain)
    return packet[:4] + struct.pack("!HB", length, kinds[0]) + packet[7:40] + chain + packet[40:]


def refuse_by_hand(lab, kinds):
    """The server's own refusal is kept back; one with these extension headers takes its place."""
    netns.nft("table inet mute { chain out { type filter hook output priority 0; ip6 nexthdr tcp tcp flags & rst == rst drop; } }", "server")
    server = (lab.address["server"], 9)

    def answer_the_syn():
        syns = [s for s in lab.wan.segments() if s.dst == server and s.flags & 2]
        if syns:
            packet = rawtcp.segment(server, syns[0].src, rawtcp.RST | rawtcp.ACK, 0, syns[0].seq + 1)
            rawtcp.send("server", extended(packet, kinds))
        return syns

    def in_background(sock):
        sock.setblocking(False)
        try:
            sock.connect(server)
        except BlockingIOError:
            pass
        wait_until("the SYN", answer_the_syn)
        sock.setblocking(True)
        sock.settimeout(20)

    near = []

    def prepare(sock):
        in_background(sock)
        near.append(sock.getsockname()[:2])

    try:
        dial("client", *server, prepare)
    except (ConnectionRefusedError, ConnectionAbortedError):
        pass
    seen(lab, 1)
    lab.expect(near[0], "application/refused", server, sender="server", by="transit", stage="connect", accept=("firewall-reject/remote-connect",))


@scenario("extension-headers-refused", families=(6,))
def extension_headers(lab):
    """A refusal behind hop-by-hop options, destination options and a routing header."""
    refuse_by_hand(lab, (HOP_BY_HOP, DESTINATION, ROUTING))


@scenario("only-fragment-refused", families=(6,))
def atomic_fragment(lab):
    """A refusal in an "atomic" fragment (RFC 6946), behind destination options."""
    refuse_by_hand(lab, (DESTINATION, FRAGMENT))


def fragments(packet, at):
    """The packet in two, cut at `at` bytes (a multiple of 8) behind the IP header."""
    if packet[0] >> 4 == 4:
        header, rest = packet[:20], packet[20:]

        def piece(data, offset, more):
            flags = (0x2000 if more else 0) | offset // 8
            whole = header[:2] + struct.pack("!HHH", 20 + len(data), 4711, flags) + header[8:10] + b"\0\0" + header[12:]
            return whole[:10] + struct.pack("!H", ~rawtcp._sum16(whole) & 0xFFFF) + whole[12:] + data

    else:
        header, rest = packet[:40], packet[40:]

        def piece(data, offset, more):
            fragment = struct.pack("!BBHI", TCP, 0, offset | bool(more), 4711)
            return header[:4] + struct.pack("!HB", len(data) + 8, FRAGMENT) + header[7:] + fragment + data

    return piece(rest[:at], 0, True), piece(rest[at:], at, False)


TEXT = b"administrator closed this session; policy violation. " * 20


def reset_in_pieces(lab, conn, at):
    last = lab.lan.last(conn.near)
    packet = rawtcp.segment(conn.near, conn.far, rawtcp.RST | rawtcp.ACK, last.end(), last.ack, 0, TEXT)
    for piece in fragments(packet, at):
        rawtcp.send("client", piece)
    assert was_reset(conn.server)


@scenario("fragmented-reset", families=BOTH)
def fragmented(lab):
    """A RST with a text, in two fragments; conntrack puts them together before anybody looks."""
    conn = lab.connect()
    conn.exchange()
    reset_in_pieces(lab, conn, 600)
    seen(lab, 1)
    lab.expect(conn, "firewall-reject/remote-policy", sender="client", by="transit", stage="established")


@scenario("fragmented-reset-untracked", families=BOTH, tracked=False)
def fragmented_untracked(lab):
    """The same where conntrack is off: the first fragment says it all, and its checksum is that of more than there is."""
    conn = lab.connect()
    conn.exchange()
    reset_in_pieces(lab, conn, 600)
    seen(lab, 1)
    lab.expect(conn, "firewall-reject/remote-policy", sender="client", by="transit", stage="established")


@scenario("merged-segments-abort", families=BOTH)
def merged(lab):
    """GRO on both wires, and segments of 64 KB through them; then the server aborts with all of it delivered."""
    change(lab, "ethtool -K lan gro on; ethtool -K wan gro on; ethtool -K wan rx-gro-list on || true", "true")
    conn = lab.connect()
    conn.exchange()
    for _ in range(4):
        conn.exchange(300000)
    aborted(lab, conn)


@scenario("big-tcp-abort", families=(6,))
def big(lab):
    """Segments beyond 64 KB (BIG TCP): their IP length field is 0."""
    size = "gso_max_size 180000 gro_max_size 180000 gso_ipv4_max_size 180000 gro_ipv4_max_size 180000"
    six = " ".join(size.split()[:4])
    for device, where in (("lan", netns.GATEWAY), ("wan", netns.GATEWAY), ("eth0", "client"), ("eth0", "server")):
        netns.run(f"ip link set {device} {size} 2>/dev/null || ip link set {device} {six} 2>/dev/null || true", where)
    conn = lab.connect()
    conn.exchange()
    for _ in range(4):
        conn.exchange(400000)
    abort(conn)  # first: to read the capture takes a slow machine many seconds, which would be a silence
    seen(lab, 1)
    lab.note(f"largest segment {max(s.length for s in lab.wan.of(conn.near))} bytes")
    lab.expect(conn, "application/abort", sender="server", by="transit", stage="established")
