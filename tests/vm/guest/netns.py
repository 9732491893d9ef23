# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Network namespaces from one process: a socket belongs to the namespace it was made in, for good."""

import contextlib
import ctypes
import functools
import os
import re
import socket
import struct
import subprocess

_libc = ctypes.CDLL(None, use_errno=True)
_CLONE_NEWNET = 0x40000000
_MS_BIND, _MNT_DETACH = 0x1000, 2
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


def _check(done, what):
    if done != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{what}: {os.strerror(error)}")


FINIT_MODULE, DELETE_MODULE = 313, 176  # of x86-64; the C library has no names for these two


def system_call(number, *arguments):
    _check(_libc.syscall(number, *arguments), f"system call {number}")


@functools.lru_cache(maxsize=None)
def _prepare_names():
    """`ip` knows how to make /run/netns such that a name removed here is gone in the mount namespaces of its own `exec`, too. Once."""
    run("ip netns add first; ip netns del first")


def add(name):
    """As `ip netns add`, from this process."""
    _prepare_names()
    path = "/run/netns/" + name
    os.close(os.open(path, os.O_RDONLY | os.O_CREAT | os.O_EXCL, 0))
    try:
        _check(_libc.unshare(_CLONE_NEWNET), "unshare")
        _check(_libc.mount(b"/proc/thread-self/ns/net", path.encode(), b"none", _MS_BIND, None), path)
    finally:
        _setns("/proc/1/ns/net")


def remove(name):
    """As `ip netns del`. What runs in it keeps it alive."""
    path = "/run/netns/" + name
    _check(_libc.umount2(path.encode(), _MNT_DETACH), path)
    os.unlink(path)


def run(command, namespace=GATEWAY, check=True, **kwargs):
    """A shell command in a namespace (/sys stays the gateway's); its output as text. A failure carries that output."""
    with inside(namespace):
        done = subprocess.run(
            ["sh", "-ec", command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=90 * PATIENCE, **kwargs
        )
    if check and done.returncode != 0:
        raise RuntimeError(f"{namespace}: {command!r}: exit {done.returncode}: {done.stdout.strip()}")
    return done.stdout


def netem(how, namespace, device="eth0"):
    """What leaves by that device is delayed, lost, duplicated ("delay 80ms loss 1%"), and no longer as it was told before."""
    run(f"tc qdisc replace dev {device} root netem {how}", namespace)


@contextlib.contextmanager
def on_any_cpu():
    """What is started in this block is not pinned to the first CPU as the suite is."""
    pinned = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count()))
    try:
        yield
    finally:
        os.sched_setaffinity(0, pinned)


def popen(arguments, namespace=GATEWAY, **kwargs):
    with inside(namespace):
        return subprocess.Popen(arguments, **kwargs)


def sysctl(key, value, namespace=GATEWAY):
    with inside(namespace):
        with open("/proc/sys/" + key.replace(".", "/"), "w", encoding="ascii") as knob:
            knob.write(str(value))


@functools.lru_cache(maxsize=None)
def _nftables():
    """libnftables, what `nft` is made of: under emulation that program alone takes two seconds to start."""
    library = ctypes.CDLL("libnftables.so.1")
    library.nft_ctx_new.restype = ctypes.c_void_p
    library.nft_ctx_get_error_buffer.restype = ctypes.c_char_p
    for function, arguments in (("ctx_new", [ctypes.c_uint32]), ("run_cmd_from_buffer", [ctypes.c_void_p, ctypes.c_char_p])):
        getattr(library, "nft_" + function).argtypes = arguments
    for function in ("ctx_buffer_output", "ctx_buffer_error", "ctx_get_error_buffer", "ctx_free"):
        getattr(library, "nft_" + function).argtypes = [ctypes.c_void_p]
    return library


def nft(rules, namespace=GATEWAY):
    """Load rules; they may be written on one line, nft wants each brace on its own."""
    rules = re.sub(r"\}\s*", "\n}\n", re.sub(r"\{\s+", "{\n", rules)) + "\n"
    library = _nftables()
    with inside(namespace):
        context = library.nft_ctx_new(0)
        library.nft_ctx_buffer_output(context)
        library.nft_ctx_buffer_error(context)
        try:
            if library.nft_run_cmd_from_buffer(context, rules.encode()) != 0:
                raise RuntimeError(f"{namespace}: nft: {library.nft_ctx_get_error_buffer(context).decode()}")
        finally:
            library.nft_ctx_free(context)


def flush_conntrack():
    """As `conntrack -F` in the gateway: IPCTNL_MSG_CT_DELETE without a tuple."""
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 12) as kernel:
        kernel.send(struct.pack("=IHHII", 20, 0x0102, 5, 1, 0) + bytes(4))
        error = struct.unpack_from("=i", kernel.recv(4096), 16)[0]
    if error:
        raise OSError(-error, "flushing conntrack")


def exists(name):
    return os.path.exists("/run/netns/" + name)
