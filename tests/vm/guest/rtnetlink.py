# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
What topology.py asks of `ip`, from this process: rtnetlink(7) messages. Under emulation a process costs half a second or more, and each
scenario's network would take a dozen.
"""

import contextlib
import os
import socket
import struct

import netns

_REQUEST_ACK, _CREATE_EXCL = 0x5, 0x600
_NEWLINK, _DELLINK, _NEWADDR, _NEWROUTE = 16, 17, 20, 24
_IFF_UP = 1
_IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 3, 18, 28
_INFO_KIND, _INFO_DATA, _VETH_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL, _IFA_F_NODAD = 1, 2, 2
_RTA_DST, _RTA_GATEWAY = 1, 5
_TABLE_MAIN, _PROTOCOL_BOOT, _UNICAST = 254, 3, 1


def _attribute(kind, value):
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data + bytes(-len(data) % 4)


def _name(text):
    return _attribute(_IFLA_IFNAME, text.encode() + b"\0")


def _link(index=0, flags=0):
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, flags, flags)


def _packed(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.inet_pton(family, address)


def _ask(kind, flags, body):
    """One request in the current namespace; its error is an OSError."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, socket.NETLINK_ROUTE) as kernel:
        kernel.send(struct.pack("=IHHII", 16 + len(body), kind, _REQUEST_ACK | flags, 1, 0) + body)
        error = struct.unpack_from("=i", kernel.recv(4096), 16)[0]
    if error:
        raise OSError(-error, f"rtnetlink message {kind}: {os.strerror(-error)}")


class Router:
    """The links, addresses and routes of one namespace."""

    def __init__(self, namespace=netns.GATEWAY):
        self.namespace = namespace

    def wire(self, name, peer, far):
        """A veth pair: `name` here, `peer` in the namespace `far`."""
        with open("/run/netns/" + far, "rb") as there, netns.inside(self.namespace):
            other = _link() + _name(peer) + _attribute(_IFLA_NET_NS_FD, struct.pack("=I", there.fileno()))
            data = _attribute(_INFO_KIND, b"veth\0") + _attribute(_INFO_DATA, _attribute(_VETH_PEER, other))
            _ask(_NEWLINK, _CREATE_EXCL, _link() + _name(name) + _attribute(_IFLA_LINKINFO, data))

    def up(self, device):
        with netns.inside(self.namespace):
            _ask(_NEWLINK, 0, _link(socket.if_nametoindex(device), _IFF_UP))

    def address(self, device, address, length):
        """IPv6 addresses are usable at once: no duplicate is looked for."""
        family, packed = _packed(address)
        with netns.inside(self.namespace):
            head = struct.pack("=BBBBI", family, length, _IFA_F_NODAD if family == socket.AF_INET6 else 0, 0, socket.if_nametoindex(device))
            _ask(_NEWADDR, _CREATE_EXCL, head + _attribute(_IFA_LOCAL, packed) + _attribute(_IFA_ADDRESS, packed))

    def route(self, gateway, network=None):
        """network as "10.2.0.0/24"; none: the default route."""
        family, via = _packed(gateway)
        prefix, length = (network or "0/0").split("/")
        head = struct.pack("=BBBBBBBBI", family, int(length), 0, 0, _TABLE_MAIN, _PROTOCOL_BOOT, 0, _UNICAST, 0)
        target = _attribute(_RTA_DST, _packed(prefix)[1]) if network else b""
        with netns.inside(self.namespace):
            _ask(_NEWROUTE, _CREATE_EXCL, head + target + _attribute(_RTA_GATEWAY, via))

    def remove(self, device):
        """A veth takes its peer with it. Not there: nothing to do."""
        with netns.inside(self.namespace), contextlib.suppress(OSError):
            _ask(_DELLINK, 0, _link(socket.if_nametoindex(device)))
