# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Hand-made TCP segments, sent from a namespace with any source address: for boxes, strangers and broken senders."""

import socket
import struct

import netns
from capture import ACK, RST  # noqa: F401 (scenarios use them together with segment())


def _sum16(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def _pack(address):
    return socket.inet_pton(socket.AF_INET6 if ":" in address else socket.AF_INET, address)


def segment(src, dst, flags, seq, ack=0, window=0, payload=b"", ttl=64, ipid=0, truncate=None, doff=5):
    """A whole IP packet. truncate cuts the TCP part to so many bytes; doff is written as given, right or wrong."""
    source, target = _pack(src[0]), _pack(dst[0])
    tcp = struct.pack("!HHIIBBHHH", src[1], dst[1], seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, doff << 4, flags, window, 0, 0) + payload
    if truncate is not None:
        tcp = tcp[:truncate]
    if len(tcp) >= 18:
        if len(source) == 4:
            pseudo = source + target + struct.pack("!BBH", 0, 6, len(tcp))
        else:
            pseudo = source + target + struct.pack("!IHBB", len(tcp), 0, 0, 6)
        checksum = ~_sum16(pseudo + tcp) & 0xFFFF
        tcp = tcp[:16] + struct.pack("!H", checksum) + tcp[18:]
    if len(source) == 4:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(tcp), ipid, 0x4000, ttl, 6, 0) + source + target
        header = header[:10] + struct.pack("!H", ~_sum16(header) & 0xFFFF) + header[12:]
    else:
        header = struct.pack("!IHBB", 6 << 28, len(tcp), 6, ttl) + source + target
    return header + tcp


def send(namespace, packet):
    """Out of the namespace by its own routing, as if it were forwarded or its own."""
    version = packet[0] >> 4
    with netns.inside(namespace):
        sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    with sock:
        if version == 4:
            sock.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))
        else:
            sock.sendto(packet, (socket.inet_ntop(socket.AF_INET6, packet[24:40]), 0))


def send_many(namespace, packets):
    """As send(), for many packets to one destination family, through one socket."""
    version = packets[0][0] >> 4
    with netns.inside(namespace):
        sock = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_RAW)
    with sock:
        for packet in packets:
            target = socket.inet_ntoa(packet[16:20]) if version == 4 else socket.inet_ntop(socket.AF_INET6, packet[24:40])
            sock.sendto(packet, (target, 0))
