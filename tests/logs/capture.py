#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A capture (pcap, raw IP) as one takes it between a client and its servers, made up: always the same bytes.

    capture.py >FILE.pcap

Three connections: one is killed by a load balancer after 350.4 s of silence, to one port nobody listens, and one request is refused.
"""

import struct
import sys

FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16
BEGIN = 1795342333  # 2026-11-22T10:12:13Z


def checksum(data):
    total = sum(struct.unpack(f"!{(len(data) + 1) // 2}H", data + b"\0" * (len(data) % 2)))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def segment(source, destination, flags, seq, ack, data, ttl, stamps):
    options = b"\1\1\10\12" + struct.pack("!II", *stamps) if stamps else b""
    if flags & SYN:
        options += b"\2\4\5\xb4"
    window = 0 if flags & RST else 64240
    head = struct.pack("!HHIIBBHHH", source[1], destination[1], seq, ack, (20 + len(options)) << 2, flags, window, 0, 0) + options
    ends = bytes(map(int, source[0].split("."))) + bytes(map(int, destination[0].split(".")))
    whole = head + data
    check = checksum(ends + struct.pack("!HH", 6, len(whole)) + whole)
    whole = whole[:16] + struct.pack("!H", check) + whole[18:]
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(whole), 0 if flags & RST else seq & 0xFFFF, 0x4000, ttl, 6, 0) + ends
    return ip[:10] + struct.pack("!H", checksum(ip)) + ip[12:] + whole


class Connection:
    """Its segments, in seconds since BEGIN."""

    def __init__(self, frames, client, server):
        self.frames, self.ends = frames, {"client": client, "server": server}
        self.next = {"client": 1000, "server": 900000}

    def send(self, at, by, flags, data=b"", ttl=None, plain=False):
        to = "server" if by == "client" else "client"
        seq = self.next[by]
        ack = self.next[to] if flags & ACK else 0
        stamps = None if plain else (int(at * 1000) + 7, int(at * 1000) if flags & ACK else 0)
        ttl = ttl or (64 if by == "client" else 61)
        self.frames.append((at, segment(self.ends[by], self.ends[to], flags, seq, ack, data, ttl, stamps)))
        self.next[by] = seq + len(data) + (1 if flags & (SYN | FIN) else 0)

    def open(self, at):
        self.send(at, "client", SYN)
        self.send(at + 0.011, "server", SYN | ACK)
        self.send(at + 0.0112, "client", ACK)


def frames():
    made = []
    idle = Connection(made, ("10.1.0.2", 51234), ("10.2.0.2", 443))
    idle.open(0)
    idle.send(0.02, "client", PSH | ACK, b"x" * 200)
    idle.send(0.032, "server", PSH | ACK, b"y" * 900)
    idle.send(0.0322, "client", ACK)
    idle.send(350.432, "client", PSH | ACK, b"x" * 120)
    idle.send(350.4323, "server", RST, ttl=254, plain=True)
    nobody = Connection(made, ("10.1.0.7", 40112), ("10.2.0.9", 8080))
    nobody.send(12, "client", SYN)
    nobody.next["server"] = 0
    nobody.send(12.011, "server", RST | ACK, plain=True)
    request = Connection(made, ("10.1.0.8", 36050), ("10.2.0.4", 80))
    request.open(60)
    request.send(60.012, "client", PSH | ACK, b"\x16\x03\x01" + b"z" * 300)
    request.send(60.025, "server", RST | ACK)
    return sorted(made, key=lambda frame: frame[0])


def main():
    out = sys.stdout.buffer
    out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101))  # raw IP
    for at, data in frames():
        seconds, micros = divmod(round((BEGIN + at) * 1e6), 1000000)
        out.write(struct.pack("<IIII", seconds, micros, len(data), len(data)) + data)


if __name__ == "__main__":
    main()
