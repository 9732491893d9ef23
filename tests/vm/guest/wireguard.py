# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
A WireGuard tunnel without wg(8): its netlink attributes, from include/uapi/linux/wireguard.h. The kernel makes the public keys.
"""

import contextlib
import os
import socket
import struct

import netns

_GENERIC, _CONTROLLER = 16, 16
_REQUEST, _ACK, _DUMP = 1, 4, 0x300
_ERROR, _DONE = 2, 3
_GET_FAMILY, _GET_DEVICE, _SET_DEVICE = 3, 0, 1
_FAMILY_ID, _FAMILY_NAME = 1, 2
IFNAME, PRIVATE_KEY, PUBLIC_KEY, LISTEN_PORT, PEERS = 2, 3, 4, 6, 8
PEER_PUBLIC_KEY, PEER_ENDPOINT, PEER_ALLOWED = 1, 4, 9
IP_FAMILY, IP_ADDRESS, IP_BITS = 1, 2, 3
PORT = 51820
NESTED = 0x8000


def attribute(kind, value):
    data = struct.pack("=HH", 4 + len(value), kind) + value
    return data + b"\0" * (-len(data) % 4)


def attributes(data):
    """Kind to value, of one level."""
    values = {}
    while len(data) >= 4:
        length, kind = struct.unpack_from("=HH", data)
        values[kind & 0x3FFF] = data[4:length]
        data = data[(length + 3) & ~3 :]
    return values


class Generic:
    """Generic netlink in a namespace, one question after the other."""

    def __init__(self, namespace):
        with netns.inside(namespace):
            self.sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _GENERIC)
        self.sock.settimeout(20 * netns.PATIENCE)

    def close(self):
        self.sock.close()

    def ask(self, family, command, payload, flags=_ACK):
        """The attributes of the last answer; OSError where the kernel refuses."""
        message = struct.pack("=BBH", command, 1, 0) + payload
        self.sock.send(struct.pack("=IHHII", 16 + len(message), family, _REQUEST | flags, 1, 0) + message)
        answer = {}
        while True:
            data = self.sock.recv(65536)
            while len(data) >= 16:
                length, kind = struct.unpack_from("=IH", data)
                if kind == _ERROR:
                    error = -struct.unpack_from("=i", data, 16)[0]
                    if error:
                        raise OSError(error, f"netlink: {os.strerror(error)}")
                    return answer
                if kind == _DONE:
                    return answer
                answer = attributes(data[20:length])
                data = data[(length + 3) & ~3 :]


class Device:
    """One end, that `ip link add NAME type wireguard` has made."""

    def __init__(self, namespace, name):
        self.name = attribute(IFNAME, name.encode() + b"\0")
        self.generic = Generic(namespace)
        found = self.generic.ask(_CONTROLLER, _GET_FAMILY, attribute(_FAMILY_NAME, b"wireguard\0"))
        self.family = struct.unpack("=H", found[_FAMILY_ID])[0]

    def close(self):
        self.generic.close()

    def set(self, *pieces):
        self.generic.ask(self.family, _SET_DEVICE, self.name + b"".join(pieces))

    def public_key(self):
        return self.generic.ask(self.family, _GET_DEVICE, self.name, _DUMP)[PUBLIC_KEY]

    def set_peer(self, public_key, endpoint):
        """A peer at this IPv4 address, to which everything may be sent."""
        everything = b""
        for number, family in enumerate((socket.AF_INET, socket.AF_INET6)):
            address = bytes(4 if family == socket.AF_INET else 16)
            one = attribute(IP_FAMILY, struct.pack("=H", family)) + attribute(IP_ADDRESS, address) + attribute(IP_BITS, b"\0")
            everything += attribute(number | NESTED, one)
        at = struct.pack("=H", socket.AF_INET) + struct.pack("!H", PORT) + socket.inet_aton(endpoint) + bytes(8)
        peer = attribute(PEER_PUBLIC_KEY, public_key) + attribute(PEER_ENDPOINT, at) + attribute(PEER_ALLOWED | NESTED, everything)
        self.set(attribute(PEERS | NESTED, attribute(0 | NESTED, peer)))


def join(name, ends):
    """ends: namespace to its own outer address, two of them. Each gets a key, and the other as its peer."""
    with contextlib.ExitStack() as stack:
        devices = [stack.enter_context(contextlib.closing(Device(namespace, name))) for namespace in ends]
        for device in devices:
            device.set(attribute(PRIVATE_KEY, os.urandom(32)), attribute(LISTEN_PORT, struct.pack("=H", PORT)))
        keys = [device.public_key() for device in devices]
        addresses = list(ends.values())
        for this, other in ((0, 1), (1, 0)):
            devices[this].set_peer(keys[other], addresses[other])
