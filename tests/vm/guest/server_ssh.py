# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""OpenSSH as Debian ships it: sshd in the server's namespace, ssh in the client's."""

import os
import subprocess

import netns
import servers
from capture import ACK, SYN

PORT = 22
_HOME = "/tmp/ssh"
_CONFIG = """
Port {port}
HostKey {home}/key
AuthorizedKeysFile {home}/key.pub
PermitRootLogin yes
StrictModes no
UsePAM no
UseDNS no
TCPKeepAlive no
PidFile none
"""


def sshd(lab, **settings):
    """An sshd that knows one key, which is its own too; settings are those of sshd_config."""
    os.makedirs(_HOME, exist_ok=True)
    os.makedirs("/run/sshd", exist_ok=True)
    if not os.path.exists(_HOME + "/key"):
        netns.run(f"ssh-keygen -q -t ed25519 -N '' -f {_HOME}/key")
    with open(_HOME + "/config", "w", encoding="ascii") as config:
        config.write(_CONFIG.format(port=PORT, home=_HOME) + "".join(f"{key} {value}\n" for key, value in settings.items()))
    return servers.start(lab, ["/usr/sbin/sshd", "-D", "-e", "-f", _HOME + "/config"], PORT, _HOME)


class SshSession:
    """A real ssh that has logged in and talks to a cat on the server. near and far are its connection's ends."""

    def __init__(self, lab):
        known = {s.src for s in _dialled(lab)}
        command = ["ssh", "-F", "none", "-i", _HOME + "/key", "-p", str(PORT), "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no"]
        command += ["-o", "UserKnownHostsFile=/dev/null", "-o", "TCPKeepAlive=no", "root@" + lab.address["server"], "cat"]
        with open(f"{lab.directory}/ssh.txt", "ab") as messages:
            self.process = lab.keep(netns.popen(command, "client", stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=messages))
        self.say(b"hello\n")
        answer = self.process.stdout.readline()
        assert answer == b"hello\n", f"ssh said {answer!r}"
        (self.near,) = {s.src for s in _dialled(lab)} - known
        self.far = (lab.address["server"], PORT)

    def say(self, text):
        self.process.stdin.write(text)
        self.process.stdin.flush()


def _dialled(lab):
    return [s for s in lab.lan.segments() if s.dst == (lab.address["server"], PORT) and s.flags & SYN and not s.flags & ACK]
