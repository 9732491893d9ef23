# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The examples of the manual pages, and what they are tried with."""

import collections
import os
import re
import struct

ALL = ("rstwhy.1", "rstwhyd.8", "rstwhyd.conf.5", "nf_rstwhy.4")
TOOL = "build/rstwhy"
DAEMON = "build/rstwhyd"

# where: host, vm, or "" (none was said); text as the page shows it; command without its prompt; expect: what it prints, or ""
Example = collections.namedtuple("Example", "page where expect text command is_file")


def unescape(text):
    return re.sub(r"\\e", r"\\", text.replace("\\-", "-").replace("\\&", ""))


def examples(directory="userspace/man/"):
    found = []
    for page in ALL:
        with open(os.path.join(directory, page), encoding="utf-8") as file:
            text = file.read()
        where = expect = ""
        block = None
        for line in text[text.index(".Sh EXAMPLES"):].splitlines():
            comment = re.match(r'\.\\" (test|expect): (.*)', line)
            if comment and comment.group(1) == "test":
                where, expect = comment.group(2), ""
            elif comment:
                expect = comment.group(2)
            elif line.startswith(".Dl "):
                shown = unescape(line[4:])
                found.append(Example(page, where, expect, shown, re.sub(r"^[$#] ", "", shown), False))
                where = expect = ""
            elif line.startswith(".Bd "):
                block = []
            elif line == ".Ed":
                found.append(Example(page, where, expect, "\n".join(block) + "\n", "", True))
                where, block = "", None
            elif block is not None:
                block.append(unescape(line))
    return found


def segment(source, target, ports, numbers, flags):
    tcp = struct.pack("!HHIIBBHHH", *ports, *numbers, 0x50, flags, 64240, 0, 0)
    address = bytes(int(part) for host in (source, target) for part in host.split("."))
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 7, 0x4000, 64, 6, 0) + address
    total = sum(struct.unpack("!10H", ip))
    total = (total & 0xFFFF) + (total >> 16)
    return ip[:10] + struct.pack("!H", 0xFFFF & ~(total + (total >> 16))) + ip[12:] + tcp


def refused_capture():
    """A SYN and the RST that refuses it, as pcap of raw IP."""
    capture = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 101)
    packets = (segment("10.1.0.2", "10.2.0.2", (40000, 81), (1000, 0), 0x02), segment("10.2.0.2", "10.1.0.2", (81, 40000), (0, 1001), 0x14))
    for at, packet in enumerate(packets):
        capture += struct.pack("<IIII", 1795342200, 500 * at, len(packet), len(packet)) + packet
    return capture
