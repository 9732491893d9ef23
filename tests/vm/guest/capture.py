# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A capture of TCP at one interface, with the kernel's time stamps; what the scenarios take as truth about time."""

import dataclasses
import errno
import socket
import struct
import time

import netns

_SO_TIMESTAMPNS = 35
_SO_RCVBUFFORCE = 33
_ETH_P_ALL = 3
_SNAPLEN = 256
FIN, SYN, RST, PSH, ACK = 1, 2, 4, 8, 16


@dataclasses.dataclass
class Segment:
    at: float  # CLOCK_REALTIME
    device: str
    outgoing: bool
    family: int
    src: tuple  # (address, port)
    dst: tuple
    flags: int
    seq: int
    ack: int
    length: int  # payload
    ttl: int
    window: int
    ipid: int

    def end(self):
        return (self.seq + self.length + bool(self.flags & SYN) + bool(self.flags & FIN)) & 0xFFFFFFFF

    def __str__(self):
        letters = "".join(letter for letter, bit in (("S", SYN), ("F", FIN), ("R", RST), ("P", PSH), (".", ACK)) if self.flags & bit)
        way = ">" if self.outgoing else "<"
        return (
            f"{self.at:.6f} {self.device}{way} {self.src[0]}.{self.src[1]} > {self.dst[0]}.{self.dst[1]} [{letters}]"
            f" seq {self.seq} ack {self.ack} len {self.length} win {self.window} ttl {self.ttl} id {self.ipid}"
        )


def parse(frame, at, device, outgoing):
    """A Segment, or None for what is not a whole TCP header in a plain IPv4 or IPv6 packet."""
    kind = struct.unpack_from("!H", frame, 12)[0]
    data = frame[14:]
    if kind == 0x0800 and len(data) >= 20 and data[9] == 6:
        offset = (data[0] & 15) * 4
        total = struct.unpack_from("!H", data, 2)[0]
        src, dst = socket.inet_ntoa(data[12:16]), socket.inet_ntoa(data[16:20])
        family, ttl, ipid = 4, data[8], struct.unpack_from("!H", data, 4)[0]
    elif kind == 0x86DD and len(data) >= 40 and data[6] == 6:
        offset = 40
        total = 40 + struct.unpack_from("!H", data, 4)[0]
        src, dst = socket.inet_ntop(socket.AF_INET6, data[8:24]), socket.inet_ntop(socket.AF_INET6, data[24:40])
        family, ttl, ipid = 6, data[7], 0
    else:
        return None
    if len(data) < offset + 20:
        return None
    sport, dport, seq, ack, doff, flags, window = struct.unpack_from("!HHIIBBH", data, offset)
    length = max(0, total - offset - (doff >> 4) * 4)
    return Segment(at, device, outgoing, family, (src, sport), (dst, dport), flags, seq, ack, length, ttl, window, ipid)


class Capture:
    """Listens from its making on; segments() is everything until now."""

    def __init__(self, device, namespace=netns.GATEWAY):
        self.device = device
        with netns.inside(namespace):
            self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 96 << 20)
        self._socket.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        self._socket.bind((device, _ETH_P_ALL))
        self._socket.setblocking(False)
        self._frames = []
        self._segments = []

    def _drain(self):
        buffer = bytearray(_SNAPLEN)
        while True:
            try:
                length, ancillary, _, address = self._socket.recvmsg_into([buffer], 64, socket.MSG_TRUNC)
            except BlockingIOError:
                return
            except OSError as down:  # said once when the device goes down; it may come back
                if down.errno != errno.ENETDOWN:
                    raise
                continue
            at = time.time()
            for level, kind, value in ancillary:
                if level == socket.SOL_SOCKET and kind == _SO_TIMESTAMPNS:
                    seconds, nanoseconds = struct.unpack("qq", value[:16])
                    at = seconds + nanoseconds / 1e9
            frame = bytes(buffer[:length])
            self._frames.append((at, frame, length))
            segment = parse(frame, at, self.device, address[2] == 4)
            if segment:
                self._segments.append(segment)

    def segments(self):
        self._drain()
        return self._segments

    def of(self, endpoint):
        """The segments of the connection that has this (address, port) at one end."""
        return [s for s in self.segments() if endpoint in (s.src, s.dst)]

    def resets(self, endpoint):
        return [s for s in self.of(endpoint) if s.flags & RST]

    def gap(self, endpoint, at):
        """Milliseconds of silence between the last segment before and the first one after CLOCK_REALTIME `at`."""
        before = [s.at for s in self.of(endpoint) if s.at < at]
        after = [s.at for s in self.of(endpoint) if s.at >= at]
        if not before or not after:
            raise AssertionError(f"{self.device}: no segments on both sides of the silence for {endpoint}")
        return (min(after) - max(before)) * 1000.0

    def heard(self, payload):
        """Whether a frame with these bytes behind its IP header came by, TCP or not."""
        self._drain()
        return any(payload in frame[34:] for _, frame, _ in self._frames)

    def last(self, src):
        """The last segment that this endpoint sent (no RST): its end() and ack are the live sequence numbers."""
        return [s for s in self.segments() if s.src == src and not s.flags & RST][-1]

    def write_pcap(self, path):
        self._drain()
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for at, frame, length in self._frames:
                out.write(struct.pack("<IIII", int(at), int(at % 1 * 1e6), len(frame), length) + frame)

    def close(self):
        self._socket.close()
