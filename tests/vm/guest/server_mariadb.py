# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""MariaDB as Debian ships it, in the server's namespace, and its clients."""

import os
import struct

import servers
from connection import quick, receive

PORT = 3306
QUERY, PING = 3, 14
_CAPABILITIES = 0x0200 | 0x8000 | 0x80000  # protocol 4.1, its authentication, by a plugin


def mariadb(lab, **settings):
    """
    A MariaDB without tables, grants and InnoDB: sessions are all that is wanted of it, and these begin in a second. settings are
    those of my.cnf.
    """
    home = "/tmp/mariadb"
    os.makedirs(home + "/data/mysql", exist_ok=True)
    command = ["mariadbd", "--no-defaults", "--user=root", f"--datadir={home}/data", f"--socket={home}/sock", f"--pid-file={home}/pid"]
    command += ["--skip-grant-tables", "--skip-innodb", "--default-storage-engine=Aria", "--bind-address=*", f"--port={PORT}"]
    command += ["--skip-name-resolve", "--thread-handling=one-thread-per-connection"]
    command += [f"--{name.replace('_', '-')}={value}" for name, value in settings.items()]
    return servers.start(lab, command, PORT, home)


def message(sequence, payload):
    return struct.pack("<I", len(payload))[:3] + bytes([sequence]) + payload


def read_message(sock):
    """The payload of the server's next message; an error message is one."""
    head = receive(sock, 4)
    payload = receive(sock, head[0] | head[1] << 8 | head[2] << 16)
    if payload[:1] == b"\xff":
        raise AssertionError(f"MariaDB: {payload[3:]!r}")
    return payload


class MariadbClient(servers.Client):
    """The greeting is read. session: log in, as nobody in particular."""

    def __init__(self, lab, session=True):
        super().__init__(lab, PORT)
        greeting = read_message(self.sock)
        # its protocol's version, the server's version as text, the number of this session
        (self.number,) = struct.unpack_from("<I", greeting, greeting.index(b"\0", 1) + 1)
        if session:
            hello = struct.pack("<IIB23x", _CAPABILITIES, 1 << 24, 33) + b"root\0\0mysql_native_password\0"
            self.sock.sendall(message(1, hello))
            read_message(self.sock)

    def send(self, command, text=""):
        self.sock.sendall(message(0, bytes([command]) + text.encode()))

    def order(self, sql):
        """A statement without rows as its answer."""
        self.send(QUERY, sql)
        read_message(self.sock)
        quick(self.sock)

    def ping(self):
        self.send(PING)
        read_message(self.sock)
