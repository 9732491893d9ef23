# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""redis as Debian ships it, in the server's namespace, and its clients."""

import os

import servers
from connection import quick

PORT = 6379


def redis(lab, **settings):
    """A redis that keeps nothing on disk; settings are those of redis.conf, "-" written "_"."""
    home = "/tmp/redis"
    os.makedirs(home, exist_ok=True)
    command = ["redis-server", "--port", str(PORT), "--bind", "0.0.0.0", "::", "--protected-mode", "no", "--save", "", "--dir", home]
    command += ["--enable-debug-command", "yes", "--tcp-keepalive", "0"]
    for name, value in settings.items():
        command += ["--" + name.replace("_", "-"), str(value)]
    return servers.start(lab, command, PORT, home)


class RedisClient(servers.Client):
    def __init__(self, lab, prepare=None):
        super().__init__(lab, PORT, prepare)

    def send(self, command):
        self.sock.sendall(command.encode() + b"\r\n")

    def line(self):
        """One line of an answer, without its type and its end."""
        text = b""
        while not text.endswith(b"\r\n"):
            quick(self.sock)
            piece = self.sock.recv(1)
            if not piece:
                raise AssertionError("redis closed the connection")
            text += piece
        quick(self.sock)
        assert not text.startswith(b"-"), f"redis: {text!r}"
        return text[1:-2].decode()

    def ask(self, command):
        self.send(command)
        return self.line()
