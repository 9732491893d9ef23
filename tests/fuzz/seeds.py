#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Writes the committed inputs that the fuzz targets begin from: tests/fuzz/corpus/NAME/seed-*. Small and plain, one of each shape; the
fuzzer makes the rest. Files of other names (what was found once) are left alone. The layouts are those of module/uapi/rstwhy.h.
"""
import json
import os
import re
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
EPOCH = 0x1122334455667788
NETNS = 4026531840
START_NS = 1_000_000_000_000
BODY = 660
RST, RST_ACK, ACK, SYN, SYN_ACK, PSH_ACK, FIN_ACK = 0x04, 0x14, 0x10, 0x02, 0x12, 0x18, 0x11

TEXTS = [b"", b"idle timeout", b"[0x1234] BIG-IP: pool member down", b"denied by policy", b"\x33\xaa\x00\x0e\x00\x00\x00\x01",
         b"\x1b[2J\x1b]0;owned\x07", b"\xe2\x80\xae\xc2\x9b31m", b'","kind":"reset"}\n{"v":1', b"\xff\xfe\x00\x80"]


def tcp(flags, seq=1000, ack=2000, payload=b"", options=b"", ports=(443, 51234), win=0):
    options += b"\0" * (-len(options) % 4)
    return struct.pack("!HHIIBBHHH", *ports, seq, ack, (5 + len(options) // 4) << 4, flags, win, 0, 0) + options + payload


def ipv4(segment, ends=((10, 2, 0, 2), (10, 1, 0, 2)), ttl=63, fragment=0, proto=6):
    return struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(segment), 7, fragment, ttl, proto, 0) + bytes(ends[0]) + bytes(ends[1]) + segment


def ipv6(segment, extension=b"", following=6):
    ends = b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\1" + b"\x20\x01\x0d\xb8" + b"\0" * 11 + b"\2"
    return struct.pack("!IHBB", 6 << 28 | 0x12345, len(extension) + len(segment), following, 64) + ends + extension + segment


def packets():
    mptcp = bytes([30, 4, 0x80, 3])
    stamps = struct.pack("!BBBBII", 1, 1, 8, 10, 5, 6)
    yield "rst", ipv4(tcp(RST))
    yield "rst-ack-text", ipv4(tcp(RST_ACK, payload=TEXTS[1]))
    yield "mptcp", ipv4(tcp(RST_ACK, options=mptcp))
    yield "stamps", ipv4(tcp(ACK, options=stamps))
    yield "six", ipv6(tcp(RST))
    yield "six-hop-by-hop", ipv6(tcp(RST), bytes([6, 0, 1, 4, 0, 0, 0, 0]), 0)
    yield "six-fragment", ipv6(tcp(RST), bytes([6, 0, 0, 1, 0, 0, 0, 9]), 44)
    yield "fragment", ipv4(tcp(RST), fragment=0x2000)


def body(kind=1, seq=1, known=True, packet=b"", after=0, boottime_ns=START_NS, by=1):
    data = bytearray(BODY)
    six = packet[:1] and packet[0] >> 4 == 6
    data[0:8] = bytes([kind, 0, by, 1, 6 if six else 4, 1, after, 0])
    struct.pack_into("<QQQQQQIIIIII", data, 8, seq, EPOCH, max(seq - 1, 0), boottime_ns, boottime_ns + 10**18, 5, NETNS, 2, 0,
                     len(packet), len(packet), 0xffffffff)
    if known:
        struct.pack_into("<IBB", data, 240, 0x3f, 1, 0)
        struct.pack_into("<Q", data, 240 + 80, 600000)
        struct.pack_into("<QQQ", data, 240 + 152 + 16, 350000, 350000, 350000)
    return bytes(data)


def tail(major=1, length=BODY + 12):
    return struct.pack("!HHII", major, 1, length, magic())


def magic():
    with open(os.path.join(TOP, "module/uapi/rstwhy.h"), encoding="ascii") as header:
        for line in header:
            if line.startswith("#define RSTWHY_MAGIC"):
                return int(line.split()[2].rstrip("UuLl"), 16)
    sys.exit("no RSTWHY_MAGIC")


def attribute(kind, value):
    return struct.pack("=HH", 4 + len(value), kind) + value + b"\0" * (-len(value) % 4)


def message(payload, prefix=b"rstwhy dir=reply idle=0ms gap=350012ms by=transit\0"):
    return bytes([2, 0, 0, 17]) + attribute(1, b"\0" * 4) + attribute(10, prefix) + attribute(9, payload)


def note(text):
    return bytes([0, 0, 0, 0]) + attribute(10, b"rstwhy: " + text.encode() + b"\0")


NOTES = [f"recording epoch={EPOCH:016x} netns={NETNS} boottime={START_NS} realtime=1795000000000000000", f"epoch={EPOCH + 1:016x}",
         "interface index=2 name=eth0", f"counters sequence=9 suppressed=3 failed=1 boottime={START_NS} realtime=1", "clock boottime=5",
         "end boottime=7 realtime=8"]


def evidence(**kind):
    packet = kind.pop("packet", ipv4(tcp(RST)))
    return packet + body(packet=packet, **kind) + tail()


def nflog():
    for i, text in enumerate(NOTES):
        yield f"note-{i}", note(text)
    yield "evidence", message(evidence())
    yield "other-abi", message(ipv4(tcp(RST)) + body() + tail(major=9))
    yield "foreign", message(ipv4(tcp(RST)), b"my rule\0")


def bodies():
    for name, packet in packets():
        yield name, body(packet=packet) + packet
        yield name + "-unknown", body(packet=packet, known=False) + packet
    for kind in (2, 3, 4):
        yield f"kind-{kind}", body(kind=kind, packet=ipv4(tcp(PSH_ACK, payload=b"x")), after=kind) + ipv4(tcp(PSH_ACK, payload=b"x"))
    for by in range(2, 7):
        yield f"by-{by}", body(by=by, packet=ipv4(tcp(RST_ACK))) + ipv4(tcp(RST_ACK))


def payload():
    for i, text in enumerate(TEXTS):
        yield f"text-{i}", bytes([i & 31, 0x20, 0x08, i]) + text
        yield f"known-{i}", bytes([2 | 4, 0, 0, 0]) + text


def segment():
    for name, packet in packets():
        yield name, bytes([0]) + packet
        yield name + "-cut", bytes([9]) + packet[:44]


def step(op, flags, state=3, later=(10, 12), number=0, reply=False, length=0, misc=2):
    return bytes([op | number << 2 | (32 if reply else 0), flags, 0, 0, length, state, *later, 60, misc])


def flows():
    life = step(0, SYN, 1, misc=1) + step(0, SYN_ACK, 2, reply=True) + step(0, ACK, 3) + step(0, PSH_ACK, 3, length=20) + step(0, PSH_ACK, 3, reply=True, length=9)
    silence = step(0, PSH_ACK, 3, later=(200, 20), length=5)
    yield "life", life
    yield "idle-reset", life + silence + step(3, RST, reply=True) + step(0, ACK) + step(0, PSH_ACK, length=3)
    yield "survived", life + silence + step(0, ACK, reply=True)
    yield "closed", life + step(0, FIN_ACK) + step(0, FIN_ACK, reply=True) + step(0, ACK, 7)
    yield "refused", life + step(2, PSH_ACK, reply=True, length=7) + step(3, RST)
    yield "translated", life + step(0, ACK, misc=2 | 4 | 64) + step(3, RST, number=2)
    yield "many", b"".join(step(0, SYN, 1, number=n % 8, misc=n % 16) for n in range(24)) + step(3, 0xff)


def linked(link, packet):
    kind = b"\x86\xdd" if packet[0] >> 4 == 6 else b"\x08\x00"
    heads = {0: b"\2" * 12 + kind, 1: b"", 2: b"\0\4" + b"\0" * 12 + kind, 3: kind + b"\0" * 18, 4: b"\2\0\0\0", 5: b"\0\0\0\2", 7: b"", 8: b""}
    return heads[link] + packet


def talk():
    client, server = ((10, 1, 0, 2), (10, 2, 0, 2)), ((10, 2, 0, 2), (10, 1, 0, 2))
    up, down = (51234, 443), (443, 51234)
    yield 1, ipv4(tcp(SYN, 10, 0, ports=up), client)
    yield 1, ipv4(tcp(SYN_ACK, 20, 11, ports=down), server)
    yield 1, ipv4(tcp(ACK, 11, 21, ports=up), client)
    yield 1, ipv4(tcp(PSH_ACK, 11, 21, b"hello", ports=up), client)
    yield 1, ipv4(tcp(PSH_ACK, 21, 16, b"hi", ports=down), server)
    yield 40, ipv4(tcp(PSH_ACK, 16, 23, b"again", ports=up), client)
    yield 1, ipv4(tcp(RST, 23, 0, ports=down, payload=TEXTS[5]), server)


def frames():
    for link in (0, 1, 2, 3, 4, 5, 7):
        data = b"".join(struct.pack("!HBBB", len(linked(link, p)), later, 30, 0) + linked(link, p) for later, p in talk())
        yield f"link-{link}", bytes([link]) + data
    tagged = b"\2" * 12 + b"\x81\x00\x00\x05\x08\x00" + ipv4(tcp(RST))
    yield "vlan", bytes([0]) + struct.pack("!HBBB", len(tagged), 1, 20, 0) + tagged
    for name, data in nflog():
        yield "nflog-" + name, bytes([6]) + struct.pack("!HBBB", len(data), 1, 20, 0) + data


def capture():
    numbers = {0: 1, 1: 101, 2: 113, 3: 276, 4: 0, 5: 108, 7: 228}
    for link, number in numbers.items():
        data = struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 65535, number)
        for i, (later, packet) in enumerate(talk()):
            frame = linked(link, packet)
            data += struct.pack("<IIII", 1795000000 + i * later * 10, 0, len(frame), len(frame)) + frame
        yield f"pcap-{number}", data
    data = struct.pack("<IHHiIII", 0xa1b2c3d4, 2, 4, 0, 0, 262144, 239)
    for i, data_of in enumerate([note(NOTES[0]), message(evidence()), note(NOTES[5])]):
        data += struct.pack("<IIII", 1795000000 + i, 0, len(data_of), len(data_of)) + data_of
    yield "recording", data
    block = struct.pack("<IIIHHqI", 0x0a0d0d0a, 28, 0x1a2b3c4d, 1, 0, -1, 28) + struct.pack("<IIHHII", 1, 20, 1, 0, 0, 20)
    for _, packet in talk():
        frame = linked(0, packet) + b"\0" * (-len(linked(0, packet)) % 4)
        size = 32 + len(frame)
        block += struct.pack("<IIIIIII", 6, size, 0, 1, 2, len(frame), len(frame)) + frame + struct.pack("<I", size)
    yield "pcapng", block


def daemon():
    def sized(data):
        return struct.pack("!H", len(data)) + data
    counters = struct.pack("!H", 0) + bytes([3, 1, 1, 9, 28, 0, 0, 0])
    some = b"".join(sized(message(evidence(seq=n, boottime_ns=START_NS + n * 10**7))) for n in (1, 2, 4, 7))
    yield "train", some
    yield "lost", some + counters + counters
    yield "reloaded", some + struct.pack("!H", 0) + bytes([0, 0, 0, 1, 30, 0xff, 1, 0]) + some
    yield "kinds", b"".join(sized(message(evidence(seq=n, kind=n))) for n in (1, 2, 3, 4))
    yield "foreign", sized(message(b"x" * 40, b"rule\0")) + sized(message(evidence(packet=b"\x45"))) + counters


def records():
    reset = {"v": 1, "kind": "reset", "id": "5f-1-2", "ts": "2026-11-22T10:12:13.123456Z", "gateway": "g", "class": "idle-timeout", "cause": "remote-on-next-packet",
             "confidence": 0.9, "also": ["noise/ignored"], "stage": "request", "sender": "server", "by": "transit", "direction": "reply",
             "client": {"ip": "10.1.0.2", "port": 1}, "server": {"ip": "2001:db8::1", "port": 443}, "nat": {"client": {"ip": "1.2.3.4", "port": 5}},
             "gap_ms": 350000, "gap_min_ms": 1, "gap_max_ms": 9, "blind": True, "age_ms": 5000, "ct_state": "ESTABLISHED",
             "rst": {"flags": "R", "seq_match": "exact", "ttl": 63, "win": 0, "ipid": 0, "payload": "\x1b[31m\u202e"}, "count": 3, "related": ["a"],
             "in": "eth0", "out": "", "netns": 1, "evidence": ["one", "two\nthree"], "candidates": ["AWS"], "advice": "do", "lost_before": 2}
    yield "reset", reset
    for kind in ("amendment", "silence"):
        yield kind, dict(reset, kind=kind, amends="5f-1-1")
    yield "loss", {"v": 1, "kind": "loss", "ts": reset["ts"], "gateway": "g", "lost": 12, "where": "netlink"}
    yield "summary", {"v": 1, "kind": "summary", "ts": reset["ts"], "source": "10.0.0.1\x1b", "class": "noise", "cause": "ignored", "from": reset["ts"], "to": reset["ts"], "count": 9}


def record():
    for name, value in records():
        yield name, json.dumps(value).encode()


def state():
    bound = {"samples": 2, "peers": [["00000000000000aa", 350000, 1795000000]]}
    path = {"prefix": "10.2.0.0/24", "port": 443, "side": "server", "in": "eth1", "last": 1795000000, "survived": bound, "killed": bound}
    yield "one", json.dumps({"v": 1, "paths": [path]}).encode()
    yield "six", json.dumps({"v": 1, "paths": [dict(path, prefix="2001:db8::/64", side="client", **{"in": "\xe4\x1b"})]}).encode()
    yield "none", b'{"v":1,"paths":[]}'
    yield "newer", b'{"v":2,"paths":[]}'


def config():
    yield "some", b"# c\nignore = 10.0.0.0/8,\n  :22, [2001:db8::1]:443\nuser = root\n[nflog]\ngroup = 18\nbuffer=4M\n[log]\nnoise = all ; why\njson = -\n"
    yield "wrong", b"[nflog]\ngrup = 1\n"
    yield "neither", b"[nflog\nx\n"
    with open(os.path.join(TOP, "userspace/deploy/rstwhyd.conf"), "rb") as shipped:
        yield "shipped", b"\n".join(line[1:] if b" = " in line else line for line in shipped.read().splitlines() if line[:2] != b"# ")


def timeouts():
    yield "some", b"# c\n350 SN AWS NLB\n\n3600   SNB FortiGate  \n"
    yield "wrong", b"0 S x\n"
    yield "letters", b"60 SQ x\n"


def proc():
    yield "module", b"abi 1.0\nversion 0.1.0\nepoch 1122334455667788\nenabled 1\ngroup 17\nconntrack on\nflowtable built-in\nsequence 5\nrst_seen 9\nrst_told 7\nsuppressed_known 1\nsuppressed_unknown 1\nfailed 0\n"
    with open(os.path.join(TOP, "userspace/daemon/accounting.c"), encoding="ascii") as source:
        names = re.findall(r"FIELD\((\w+), (?:STATE|COUNT)\)", source.read())
    yield "account", "".join(f"{name} {i}\n" for i, name in enumerate(names)).encode()
    yield "readers", b"   17   1234     0 2 65535    100  1\n"


TARGETS = {"nflog": nflog, "evidence": bodies, "payload": payload, "segment": segment, "flows": flows, "frames": frames, "capture": capture,
           "daemon": daemon, "record": record, "state": state, "config": config, "timeouts": timeouts, "proc": proc}


def main():
    for target, make in TARGETS.items():
        directory = os.path.join(HERE, "corpus", target)
        os.makedirs(directory, exist_ok=True)
        for name in os.listdir(directory):
            if name.startswith("seed-"):
                os.unlink(os.path.join(directory, name))
        for name, data in make():
            with open(os.path.join(directory, "seed-" + name), "wb") as out:
                out.write(data)


main()
