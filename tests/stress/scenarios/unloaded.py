# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What is left when all is over. Scenarios run in the order of their files' names: this one is last."""

import os
import time

import daemon
import netns
from floods import figure
from lab import Skip, scenario


@scenario("unloaded-without-a-leak", judged=False, limit=600)
def leaks(lab):
    """kmemleak after everything, with the module unloaded: it has nothing."""
    leaks_file = "/sys/kernel/debug/kmemleak"
    netns.run("mountpoint -q /sys/kernel/debug || mount -t debugfs debugfs /sys/kernel/debug", check=False)
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
