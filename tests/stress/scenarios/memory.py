# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Memory that cannot be had: while loading, while a namespace is made, while resets are told. Needs the debug kernel's fault injection."""

import ctypes
import os

import daemon
import floods
import netns
from floods import DEBUG, PACKETS, figure
from lab import Skip, scenario

_FAULTS = "/sys/kernel/debug"
_libc = ctypes.CDLL(None, use_errno=True)
_FINIT_MODULE = 313
_CLONE_NEWNET = 0x40000000
MODULES = (0xFFFFFFFFA0000000, 0xFFFFFFFFFF000000)  # where modules lie on x86-64; all else is built in here


def set_faults(which, **values):
    for name, value in values.items():
        with open(f"{_FAULTS}/{which}/{name.replace('_', '-')}", "w", encoding="ascii") as knob:
            knob.write(str(value))


def prepare(probability):
    """Only allocations that our module asked for, directly or by what it calls."""
    if not DEBUG:
        raise Skip("this kernel has no fault injection (make stress boots one that has)")
    netns.run("mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug")
    for which in ("failslab", "fail_page_alloc"):
        start, end = (hex(address) for address in MODULES)
        set_faults(which, verbose=0, require_start=start, require_end=end, times=-1, ignore_gfp_wait="N", probability=probability)
    set_faults("fail_page_alloc", min_order=0, ignore_gfp_highmem="N")


def finish():
    for which in ("failslab", "fail_page_alloc"):
        set_faults(which, probability=0)


def with_the_nth_failing(nth, action):
    """In a child: the nth allocation fails. True when there was one; the action's success besides."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        knob = os.open("/proc/self/fail-nth", os.O_RDWR)
        os.write(knob, b"%d" % nth)
        done = action()
        left = int(os.pread(knob, 32, 0))
        os.write(knob, b"0")
        os.write(writer, b"%d %d" % (left == 0, done))
        os._exit(0)
    os.close(writer)
    failed, done = os.read(reader, 100).split()
    os.close(reader)
    os.waitpid(child, 0)
    return failed == b"1", done == b"1"


@scenario("allocations-fail-at-load", judged=False, limit=1200)
def load(lab):
    """Each allocation of loading fails once: the module does not load, and leaves nothing; then it loads."""
    prepare(0)
    floods.prepare(lab)
    with open(daemon.MODULE, "rb") as image:
        fd = image.fileno()
        refused = survived = 0
        for nth in range(1, 500):
            failed, loaded = with_the_nth_failing(nth, lambda: _libc.syscall(_FINIT_MODULE, fd, b"flows=4096", 0) == 0)
            daemon.unload_module()
            refused += failed and not loaded
            survived += failed and loaded
            if not failed:
                break
    finish()
    lab.note(f"{refused} refused, {survived} loaded all the same")
    figure(lab, "allocations of loading that failed, one by one", f"{refused + survived}: {refused} refused the load, {survived} were not needed")
    assert not failed and loaded, "it did not load without a failure"
    assert refused >= 5, f"only {refused} allocations failed"


@scenario("allocations-fail-in-namespaces", judged=False, limit=1200)
def namespace(lab):
    """Each of our allocations for a new namespace fails once: there is no such namespace, and nothing is left; then there is one."""
    prepare(0)
    floods.prepare(lab)
    daemon.load_module("flows=4096")
    refused = 0
    for nth in range(1, 200):
        failed, made = with_the_nth_failing(nth, lambda: _libc.unshare(_CLONE_NEWNET) == 0)
        refused += failed and not made
        if not failed:
            break
    finish()
    figure(lab, "allocations for a namespace that failed, one by one", refused)
    assert not failed and made, "no namespace could be made without a failure"
    assert refused >= 3, f"only {refused} allocations failed"


@scenario("allocations-fail-under-resets", judged=False, families=(4, 6), limit=1800)
def resets(lab):
    """Every tenth allocation below our hooks fails: what could not be told is counted, the packets go on."""
    prepare(0)
    floods.prepare(lab)
    rate = floods.calm_rate(lab, lambda: floods.flood(lab, "rst", floods.CALM, "-s", "9"))
    daemon.load_module()
    netns.sysctl(floods.SYSCTL + "rate", 0)
    lab.spec["settings"] = {"log.noise": "capped"}
    lab.start_daemon()
    prepare(10)
    with floods.unharmed(lab, "failing allocations", rate):
        floods.told(lab, "resets, a tenth of allocations failing", *floods.flood(lab, "rst", PACKETS // 2, "-s", "3")[:2])
    finish()
    counted = daemon.counters()
    figure(lab, "resets that could not be told for lack of memory", f"{counted['failed']} of {counted['rst_seen']}, counted")
    assert int(counted["failed"]) > PACKETS // 2 // 50, f"failed {counted['failed']}"
    told = sum(int(counted[f"{kind}_told"]) for kind in ("rst", "after", "silence", "survived"))
    assert int(counted["sequence"]) == told + int(counted["failed"]), f"not all accounted for: {counted}"
    assert int(counted["rst_seen"]) <= int(counted["rst_told"]) + int(counted["failed"]), f"not all accounted for: {counted}"
    assert lab.daemon.stop() == 0
    floods.accounted(lab)
