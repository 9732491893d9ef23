# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Network namespaces from one process: a socket belongs to the namespace it was made in, for good."""

import contextlib
import ctypes
import os
import re
import subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
# Our own kernels (tests/stress/kernel.sh) check so much that all takes several times as long: so may every bounded wait.
PATIENCE = 5 if "-rstwhy-" in os.uname().release else 1
GATEWAY = "gateway"  # the virtual machine's initial namespace


def _setns(path):
    fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if _libc.setns(fd, _CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns", path)
    finally:
        os.close(fd)


@contextlib.contextmanager
def inside(name):
    """What is opened in this block belongs to the namespace `name`."""
    if name == GATEWAY:
        yield
        return
    _setns("/run/netns/" + name)
    try:
        yield
    finally:
        _setns("/proc/1/ns/net")


def run(command, namespace=GATEWAY, check=True, **kwargs):
    """A shell command in a namespace; its output as text. A failure carries that output."""
    prefix = [] if namespace == GATEWAY else ["ip", "netns", "exec", namespace]
    done = subprocess.run(
        prefix + ["sh", "-ec", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90 * PATIENCE, **kwargs
    )
    if check and done.returncode != 0:
        raise RuntimeError(f"{namespace}: {command!r}: exit {done.returncode}: {done.stdout.strip()}")
    return done.stdout


def any_cpu():
    """For preexec_fn: undo the suite's pinning to the first CPU."""
    os.sched_setaffinity(0, range(os.cpu_count()))


def popen(arguments, namespace=GATEWAY, **kwargs):
    prefix = [] if namespace == GATEWAY else ["ip", "netns", "exec", namespace]
    return subprocess.Popen(prefix + arguments, **kwargs)


def sysctl(key, value, namespace=GATEWAY):
    with inside(namespace):
        with open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as knob:
            knob.write(str(value))


def nft(rules, namespace=GATEWAY):
    """Load rules; they may be written on one line, nft wants each brace on its own."""
    rules = re.sub(r"\}\s*", "\n}\n", re.sub(r"\{\s+", "{\n", rules))
    run("nft -f - <<'END'\n" + rules + "\nEND", namespace)


def exists(name):
    return os.path.exists("/run/netns/" + name)
