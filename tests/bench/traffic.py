# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""In the guest: flows through the gateway between addresses that nobody has, made by blast; and the settings a cell varies."""

import ctypes
import fcntl
import os
import socket
import struct
import subprocess
import time

import netns
import topology

BLAST = "/mnt/rstwhy/bin/blast"
SIDES = {"client": "lan", "server": "wan"}
LOG_GROUP = 17


def neighbours():
    """All addresses of both sides are reachable, and what arrives for them is dropped on arrival."""
    for inner, device in SIDES.items():
        mac = netns.run("ip -o link show eth0 | sed 's/.*ether //; s/ .*//'", inner).strip()
        number = 1 if inner == "client" else 2
        for last in range(77, 100):
            netns.run(f"ip neigh replace 10.{number}.0.{last} lladdr {mac} dev {device} nud permanent; "
                      f"ip neigh replace fd00:{number}::{last:x} lladdr {mac} dev {device} nud permanent")
        netns.nft("table netdev bench { chain i { type filter hook ingress device eth0 priority 0; meta l4proto tcp drop; } }", inner)


def gro(on):
    """Segments that follow each other become one packet on their way in."""
    value = ctypes.create_string_buffer(struct.pack("II", 0x2C, on))  # ETHTOOL_SGRO
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, 0x8946, struct.pack("16sP16x", b"lan", ctypes.addressof(value)))  # SIOCETHTOOL
    with open("/sys/class/net/lan/gro_flush_timeout", "w", encoding="ascii") as knob:
        knob.write("2000000" if on else "0")


def forwarded():
    with open("/sys/class/net/wan/statistics/tx_packets", encoding="ascii") as count:
        return int(count.read())


def blast(kind, flows, count, first=0, family=4, train=1, guise="", cpu=None):
    """Nanoseconds a frame: instructions, where the guest's clock counts them."""
    return float(start(kind, flows, count, first, family, train, guise, cpu).communicate(timeout=3000)[0])


def start(kind, flows, count, first=0, family=4, train=1, guise="", cpu=None):
    side = "server" if kind in ("synack", "reply") else "client"
    with open(f"/sys/class/net/{SIDES[side]}/address", encoding="ascii") as address:
        mac = address.read().strip()
    pin = ["taskset", "-c", str(cpu)] if cpu is not None else []
    words = pin + [BLAST, "eth0", mac, str(family), str(flows), kind, str(first), str(count), str(train)] + ([guise] if guise else [])
    return netns.popen(words, side, stdout=subprocess.PIPE, text=True)


def establish(flows, family=4, guise=""):
    """Handshakes, and data both ways, as conntrack wants them."""
    for kind in ("syn", "synack", "ack", "data", "reply"):
        blast(kind, flows, flows, family=family, guise=guise if kind in ("synack", "reply") else "")


def converse(flows, family=4, guise=""):
    """Both sides speak again: what was loaded meanwhile learns them."""
    for kind in ("data", "reply", "data"):
        blast(kind, flows, flows, family=family, guise=guise if kind == "reply" else "")


class Listener:
    """A reader bound to the log group, with room for all; it reads nothing, so that only the kernel's part is measured."""

    def __init__(self):
        self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
        self.sock.bind((0, 0))
        self.sock.setsockopt(socket.SOL_SOCKET, 33, 256 << 20)  # SO_RCVBUFFORCE
        self._config(1, b"\x01")  # NFULA_CFG_CMD: bind
        self._config(2, struct.pack("!IBB", 0xFFFF, 2, 0))  # NFULA_CFG_MODE: whole packets

    def _config(self, attribute, value):
        attr = struct.pack("HH", 4 + len(value), attribute) + value + b"\0" * (-len(value) % 4)
        body = struct.pack("!BBH", 0, 0, LOG_GROUP) + attr
        self.sock.send(struct.pack("IHHII", 16 + len(body), 4 << 8 | 1, 5, 1, 0) + body)
        answer = self.sock.recv(4096)
        code = struct.unpack_from("i", answer, 16)[0]
        assert code == 0, f"the log group cannot be bound: errno {-code}"

    def drain(self):
        """Bytes that were waiting."""
        time.sleep(0.3)
        total = 0
        self.sock.setblocking(False)
        try:
            while True:
                total += len(self.sock.recv(1 << 20))
        except BlockingIOError:
            return total
        finally:
            self.sock.setblocking(True)

    def close(self):
        self.sock.close()


def conntrack_room(most):
    netns.run("modprobe nf_conntrack")
    with open("/sys/module/nf_conntrack/parameters/hashsize", "w", encoding="ascii") as size:
        size.write(str(max(most, 65536)))
    netns.sysctl("net.netfilter.nf_conntrack_max", max(2 * most, 262144))


def build():
    topology.build(box=False)
    neighbours()
    assert os.path.exists(BLAST)
