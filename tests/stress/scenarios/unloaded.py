# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What is left when all is over, and whether it was looked for at all."""

import os
import time

import daemon
import netns
from floods import figure
from lab import Skip, scenario


def in_debugfs(name):
    netns.run("mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug", check=False)
    return f"/sys/kernel/debug/{name}"


@scenario("races-looked-for", judged=False, last=True)
def races(lab):
    """KCSAN's own count of the accesses that it watched. Its reports are complaints on the console, of which races.awk picks ours."""
    path = in_debugfs("kcsan")
    if not os.path.exists(path):
        raise Skip("this kernel has no KCSAN (make stress boots one that has)")
    with open(path, encoding="ascii") as lines:
        counts = dict(line.strip().split(": ") for line in lines if ": " in line)
    lab.note(f"{counts}")
    figure(lab, "accesses watched by KCSAN, races it found, the kernel's own included", f"{counts['setup_watchpoints']}, {counts['data_races']}")
    assert counts["enabled"] == "1", "KCSAN has switched itself off"
    assert int(counts["setup_watchpoints"]) > 10000, f"KCSAN watched {counts['setup_watchpoints']} accesses only"


@scenario("unloaded-without-a-leak", judged=False, last=True, limit=600)
def leaks(lab):
    """kmemleak after everything, with the module unloaded: it has nothing."""
    leaks_file = in_debugfs("kmemleak")
    if not os.path.exists(leaks_file):
        raise Skip("this kernel has no kmemleak (make stress boots one that has)")
    daemon.unload_module()

    def scan():
        with open(leaks_file, "w", encoding="ascii") as out:
            out.write("scan")
        with open(leaks_file, encoding="ascii", errors="replace") as lines:
            return lines.read()

    time.sleep(6)  # kmemleak believes nothing younger than five seconds
    scan()
    found = scan()
    lab.note(found)
    figure(lab, "kmemleak after unload", f"{found.count('unreferenced object')} objects")
    assert not found.strip(), f"kmemleak: {found[:300]}"
