# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
How long a reset takes to become a line that somebody else can read: from the stamp its sender put into the evidence, right before it was
sent, to the moment a reader woken by inotify(7) has the line. Certain verdicts, which are written at once.
"""

import ctypes
import os
import statistics
import subprocess
import time

import gateway as g

IN_MODIFY = 2
LIBC = ctypes.CDLL(None, use_errno=True)


class Follower:
    """Whole lines of a growing file, as soon as they are there."""

    def __init__(self, path):
        self.notify = LIBC.inotify_init1(os.O_CLOEXEC | os.O_NONBLOCK)
        assert self.notify >= 0 and LIBC.inotify_add_watch(self.notify, path.encode(), IN_MODIFY) >= 0, "inotify"
        self.file = open(path, "rb", buffering=0)
        self.rest = b""

    def lines(self):
        try:
            os.read(self.notify, 65536)
        except BlockingIOError:
            time.sleep(0.0001)
            return []
        data = self.rest + (self.file.read() or b"")
        *whole, self.rest = data.split(b"\n")
        return whole

    def close(self):
        os.close(self.notify)
        self.file.close()


def seconds_of_day(line):
    """Of "ts":"2026-11-22T10:12:13.123456Z"."""
    at = line.index(b'"ts":"') + 17
    return int(line[at:at + 2]) * 3600 + int(line[at + 3:at + 5]) * 60 + float(line[at + 6:at + 15])


def latency(rate, count):
    """Milliseconds from packet to line at this rate: median and 99th of a hundred."""
    daemon = g.Daemon(name="latency", nflog__buffer="64M", nflog__buffer_max="64M")
    follower = Follower(daemon.log)
    took = []
    feed = subprocess.Popen([g.BUILD + "/bench/daemon_feed", "--epoch", g.EPOCH, "--count", str(count), "--kind", "rule", f"--rate={rate}",
                             "--servers=4096", "--batch=" + ("1" if rate < 10000 else "32")], stdout=subprocess.DEVNULL)
    quiet = time.monotonic() + 5
    while len(took) < count and time.monotonic() < quiet:
        lines = follower.lines()
        now = time.time() % 86400
        took += [(now - seconds_of_day(line)) % 86400 * 1000 for line in lines if b'"kind":"reset"' in line]
        if lines:
            quiet = time.monotonic() + 5
    feed.wait()
    follower.close()
    daemon.stop()
    os.unlink(daemon.log)
    took.sort()
    assert took, "no line came"
    return {"rate": rate, "lines": len(took), "median_ms": round(statistics.median(took), 3), "p99_ms": round(took[len(took) * 99 // 100], 3)}
