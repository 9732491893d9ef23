# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Who does things to connections in the laboratory: boxes, stacks, hosts that die. What a scenario did with these is its truth."""

import socket

import netns
import rawtcp
import topology
from capture import ACK, RST
from connection import endpoint, family_of, linger_zero, receive, wait_until

BOTH = (4, 6)
TCP_REPAIR = 19

_FORGETFUL = """
table inet box {{
	chain forward {{
		type filter hook forward priority 0
		ct state invalid {verdict}
	}}
}}
"""


def forgetful_box(timeout=2, verdict="reject with tcp reset"):
    """A second router that forgets idle connections after so many seconds, and then does this with what it does not know."""
    netns.nft(_FORGETFUL.format(verdict=verdict), "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", timeout, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")


def masquerade(how="masquerade fully-random", table="nat"):
    netns.nft("table inet %s { chain post { type nat hook postrouting priority 100; oifname wan %s; } }" % (table, how))


def publish(lab, port, to_port):
    """The gateway's own port leads to the server's."""
    protocol, server = ("ip", lab.address["server"]) if lab.family == 4 else ("ip6", f"[{lab.address['server']}]")
    rule = f"{protocol} daddr {lab.address['lan']} tcp dport {port} dnat {protocol} to {server}:{to_port};"
    netns.nft("table inet publish { chain pre { type nat hook prerouting priority -100; %s } }" % rule)


def forward_rule(rule, namespace=netns.GATEWAY):
    netns.nft("table inet filter { chain forward { type filter hook forward priority 0; %s; } }" % rule, namespace)


def stack(namespace, ttl=64, timestamps=1):
    """Another operating system's habits: Windows starts at 128 and has no timestamps."""
    netns.sysctl("net.ipv4.ip_default_ttl", ttl, namespace)
    netns.sysctl("net.ipv4.tcp_timestamps", timestamps, namespace)
    for which in ("all", "eth0"):
        netns.sysctl(f"net.ipv6.conf.{which}.hop_limit", ttl, namespace)


def windows(namespace):
    stack(namespace, 128, 0)


def quiet_close(sock):
    """The socket is gone and nobody is told: what a host's crash does to a connection."""
    sock.setsockopt(socket.IPPROTO_TCP, TCP_REPAIR, 1)
    sock.close()


def box_reset(lab, conn, towards, offset=0, flags=RST, namespace="box", **kwargs):
    """A RST with the exact sequence number (or so much beside it) to one end, in the other's name. After no translation only."""
    src, dst = (conn.far, conn.near) if towards == "client" else (conn.near, conn.far)
    last = lab.lan.last(src)
    rawtcp.send(namespace, rawtcp.segment(src, dst, flags, last.end() + offset, last.ack if flags & ACK else 0, **kwargs))


def half_dialled(lab, address, port, prepare=None):
    """A socket that is connecting; nobody waits for it."""
    with netns.inside("client"):
        sock = lab.keep(socket.socket(family_of(lab.family), socket.SOCK_STREAM))
    sock.setblocking(False)
    if prepare:
        prepare(sock)
    sock.connect_ex((address, port))
    # A socket that connects has its port, which may be asked for.
    return sock, endpoint(sock.getsockname())


def crossed(lab, near, what, condition, limit=20):
    """Wait until a segment of this connection has crossed that fits; the segment."""
    return wait_until(what, lambda: next((s for s in lab.lan.of(near) if condition(s)), None), limit)


def reads_late(lab, reader, writer, near):
    """
    One end fills most of the other's window, which reads it all 1.6 s later: that makes a window update, a bare acknowledgement that
    nobody answers.
    """
    name, sent = endpoint(reader.getsockname()), 0
    least = lab.lan.last(name).window * 3 // 10  # scaled or not
    while sent < 100000 and lab.lan.last(name).window > least:
        writer.sendall(bytes(5000))
        sent += 5000
        wait_until("what was sent", lambda size=sent: len(reader.recv(size, socket.MSG_PEEK)) == size)
        end = lab.lan.last(endpoint(writer.getsockname())).end()
        crossed(lab, near, "its acknowledgement", lambda s, end=end: s.src == name and s.ack == end)
    lab.silence(1.6)
    began = lab.now()
    receive(reader, sent)
    crossed(lab, near, "the window update", lambda s: s.src == name and s.at >= began and not s.length)


def acknowledged(lab, conn):
    """What the client sent last has crossed, and so has its acknowledgement."""
    wait_until("the acknowledgement", lambda: lab.lan.last(conn.far).ack == lab.lan.last(conn.near).end())


def reset_from(sock):
    linger_zero(sock)
    sock.close()


def replace_server(meanwhile=lambda: None):
    """The server's machine is exchanged for another one with its addresses: its name space is thrown away with all that lives in it."""
    netns.run("ip -n server link set eth0 netns 1 name spare")
    meanwhile()
    topology.kill_inside(["server"])
    netns.remove("server")
    netns.add("server")
    netns.run("ip link set spare netns server; ip -n server link set spare name eth0")
    topology.sysctls("server")
    topology.leaf("server", "wan")
