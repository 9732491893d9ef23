# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""In the guest: milliseconds from the hook (the record's ts) to the line in the log, for a verdict that waits for nothing."""

import json
import os
import statistics
import time

import daemon
import netns
import rawtcp
from connection import wait_until

CLIENT, SERVER = "10.1.0.77", "10.2.0.77"


def measure(count=40):
    netns.nft("table inet bench { chain f { type filter hook forward priority 0; tcp dport 81 reject with tcp reset; } }")
    daemon.load_module()
    logged = daemon.Daemon("/tmp")
    logged.wait_ready()
    times = []
    for i in range(count):
        rawtcp.send("client", rawtcp.segment((CLIENT, 20000 + i), (SERVER, 81), 0x02, 7, window=6000))
        wait_until("a line", lambda: os.path.exists(logged.log) and len(open(logged.log, "rb").readlines()) > len(times))
        seen = time.time()
        record = json.loads(open(logged.log, "rb").readlines()[-1])
        whole, _, fraction = record["ts"].rstrip("Z").partition(".")
        stamp = time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + fraction)
        times.append((seen - stamp) * 1000)
    logged.stop()
    daemon.unload_module()
    netns.run("nft flush ruleset")
    return {"median": statistics.median(times), "max": max(times)}
