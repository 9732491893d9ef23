# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""rstwhy doctor on a gateway that has real faults: it finds each, and its fix, run as printed, takes the finding away."""

import os
import re
import socket
import struct
import time

import gateway as g

TIMEOUT = "net.netfilter.nf_conntrack_tcp_timeout_established"
PATHS = '{"v":1,"paths":[{"prefix":"10.2.0.0/24","port":443,"side":"server","in":"","last":%d,"survived":{"samples":0,"peers":[]},' \
        '"killed":{"samples":3,"peers":[["0000000000000001",400000,%d],["0000000000000002",400000,%d],["0000000000000003",400000,%d]]}}]}\n'


def doctor():
    """What it says, a finding with its fix ("" none) each."""
    said = g.run([g.BUILD + "/rstwhy", "doctor", "-s", "user=root", "-s", "log.json=/mnt/resets.jsonl", "-s", "state.file=/mnt/paths.json"], check=False)
    return re.findall(r"^(?:OK  |WARN|FAIL) (.*)\n(?:     fix: (.*)\n)?", said, re.M)


def found(words):
    """The fix of the finding that has these words."""
    fixes = [fix for text, fix in doctor() if words in text]
    assert len(fixes) == 1, f"{len(fixes)} findings with {words!r}: {doctor()}"
    return fixes[0]


def mended(words, command):
    g.run(command)
    assert not [text for text, _ in doctor() if words in text], f"after {command!r}: {doctor()}"


def rules_that_reject_invalid():
    g.nft('table inet filter {\nchain forward {\ntype filter hook forward priority 0\nct state established accept\n'
          'ct state { invalid, untracked } counter log prefix "bad reject " reject with tcp reset comment "a reject"\n}\n}\n')
    mended("rejects INVALID", found("rejects INVALID").split("   (")[0])
    kept = g.run("nft list chain inet filter forward")
    assert 'log prefix "bad reject " drop' in kept and "established accept" in kept and kept.count("ct state") == 2, kept


def timeouts():
    g.run(f"sysctl -q -w {TIMEOUT}=600")
    mended("conntrack forgets a connection after 600 s", found("conntrack forgets").split("   (")[0])
    now = int(time.time())
    with open("/mnt/paths.json", "w", encoding="ascii") as file:
        file.write(PATHS % (now, now, now, now))
    command = re.search(r"sysctl -w \S+=\d+", found("soonest 10.2.0.0/24 port 443, after 400.0 s")).group()
    mended("learned paths", command)


def another_reader():
    """Its socket's port is no process id, as that of the second group of one program."""
    reader = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12)
    reader.bind((0x70000001, 0))
    bind = struct.pack("=BBH", 0, 0, socket.htons(17)) + struct.pack("=HHB3x", 5, 1, 1)
    reader.send(struct.pack("=IHHII", 16 + len(bind), 4 << 8 | 1, 5, 1, 0) + bind)
    assert struct.unpack_from("=i", reader.recv(4096), 16) == (0,)
    assert "nf_rstwhy_group=18" in found(f"another program reads NFLOG group 17: {g.text('/proc/self/comm').strip()} (process {os.getpid()})")
    reader.close()
    assert "rstwhyd" in found("nobody reads NFLOG group 17")


g.run("ip link set lo up")
g.probe()
assert "sysctl" not in str(doctor()), doctor()
rules_that_reject_invalid()
timeouts()
another_reader()
