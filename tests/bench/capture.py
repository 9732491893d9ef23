# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
capture.py FILE SEGMENTS: a pcap of so many TCP segments: connections of 50 segments (handshake, requests of 200 bytes, answers of 1,000),
64 of them at a time, each ended by a RST. Headers are right, checksums included.
"""

import struct
import sys

SEGMENTS = 50
AT_ONCE = 64
SYN, RST, PSH, ACK = 2, 4, 8, 16


def total(data):
    return sum(struct.unpack(f">{len(data) // 2}H", data))


def fold(value):
    while value >> 16:
        value = (value & 0xffff) + (value >> 16)
    return value ^ 0xffff


class Connection:
    def __init__(self, number):
        self.ends = [(bytes([10, 1, number >> 16 & 255, number >> 8 & 255]), 10000 + number % 50000), (bytes([10, 2, 0, number % 250 + 1]), 443)]
        self.next = [1000, 5000]
        self.ipid = [1, 1]
        self.at = 0

    def segment(self, who, flags, size=0):
        (source, sport), (target, dport) = self.ends[who], self.ends[1 - who]
        ack = self.next[1 - who] if flags & ACK else 0
        tcp = struct.pack(">HHIIBBHHH", sport, dport, self.next[who], ack, 0x50, flags, 0 if flags & RST else 500, 0, 0)
        pseudo = source + target + struct.pack(">HH", 6, len(tcp) + size)
        tcp = tcp[:16] + struct.pack(">H", fold(total(tcp) + total(pseudo))) + tcp[18:]
        ip = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(tcp) + size, self.ipid[who], 0x4000, 64 - who, 6, 0) + source + target
        ip = ip[:10] + struct.pack(">H", fold(total(ip))) + ip[12:]
        self.ipid[who] += 1
        self.next[who] += size + (1 if flags & SYN else 0)
        return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01\x08\0" + ip + tcp + bytes(size)

    def step(self):
        """The next segment; the last is a RST."""
        at, self.at = self.at, self.at + 1
        if at < 3:
            return self.segment(at % 2, (SYN, SYN | ACK, ACK)[at])
        if at == SEGMENTS - 1:
            return self.segment(1, RST | ACK)
        if at % 4 == 3:
            return self.segment(0, PSH | ACK, 200)
        if at % 4 == 1:
            return self.segment(1, PSH | ACK, 1000)
        return self.segment(1 if at % 4 == 0 else 0, ACK)


def write(path, segments):
    """How many resets there are."""
    now, number, resets, living = 1764000000000000, 0, 0, []
    with open(path, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 65535, 1))
        for i in range(segments):
            if len(living) < AT_ONCE:
                living.append(Connection(number))
                number += 1
            connection = living[i % len(living)]
            frame = connection.step()
            now += 100
            file.write(struct.pack("<IIII", now // 1000000, now % 1000000, len(frame), len(frame)) + frame)
            if connection.at == SEGMENTS:
                living.remove(connection)
                resets += 1
    return resets


if __name__ == "__main__":
    write(sys.argv[1], int(sys.argv[2]))
