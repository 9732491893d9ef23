# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
`rstwhy report` against `wc -l` on the same log, and `rstwhy analyze` against tshark on the same capture, each at three sizes: CPU time
(user and system), files in memory. See `daemon`.
"""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/sinks")
import capture  # noqa: E402
import gateway as g  # noqa: E402

LINES = (20000, 100000, 400000)
SEGMENTS = (20000, 100000, 400000)
ROUNDS = 3


def cpu(command):
    """The least CPU time of some rounds, and what was written to standard output."""
    least, output = None, b""
    for _ in range(ROUNDS):
        before = g.children_seconds()
        output = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True).stdout
        used = g.children_seconds() - before
        least = used if least is None else min(least, used)
    return least, output


def speed(path, command):
    used, output = cpu(command)
    return round(os.path.getsize(path) / 1e6 / used, 1), output


def write_log(lines):
    """A log of mixed resets, written by the daemon from packets."""
    daemon = g.Daemon(name="log", nflog__buffer="64M", nflog__buffer_max="64M")
    g.feed(lines, kind="mix", rate=20000, servers=4096)
    daemon.stop()
    return daemon.log


def report(lines):
    path = write_log(lines)
    cell = {"lines": int(g.run(["wc", "-l", path]).split()[0]), "mb": round(os.path.getsize(path) / 1e6, 1)}
    cell["wc_mb_s"], _ = speed(path, ["wc", "-l", path])
    cell["report_mb_s"], text = speed(path, [g.BUILD + "/rstwhy", "report", path])
    assert text, "report says nothing"
    cell["wc_over_report"] = round(cell["wc_mb_s"] / cell["report_mb_s"], 1)
    os.unlink(path)
    return cell


def analyze(segments):
    path = "/mnt/capture.pcap"
    resets = capture.write(path, segments)
    cell = {"segments": segments, "resets": resets, "mb": round(os.path.getsize(path) / 1e6, 1)}
    cell["analyze_mb_s"], text = speed(path, [g.BUILD + "/rstwhy", "analyze", "--json", path])
    found = text.count(b'"kind":"reset"')
    assert found == resets, f"analyze tells of {found} resets of {resets}"
    cell["tshark_mb_s"], text = speed(path, ["tshark", "-n", "-r", path, "-Y", "tcp.flags.reset == 1"])
    found = text.count(b"\n")
    assert found == resets, f"tshark shows {found} resets of {resets}"
    cell["analyze_over_tshark"] = round(cell["analyze_mb_s"] / cell["tshark_mb_s"], 1)
    os.unlink(path)
    return cell


def main():
    g.need("tshark")
    g.network()
    result = {"machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0]}, "report": [report(n) for n in LINES],
              "analyze": [analyze(n) for n in SEGMENTS]}
    print(f"MB of the file a CPU-second (load {result['machine']['load']:.1f} on {result['machine']['cpus']} CPUs)")
    for cell in result["report"]:
        print(f"  log of {cell['mb']:6.1f} MB, {cell['lines']:6} lines:       wc -l {cell['wc_mb_s']:7.0f}   rstwhy report  {cell['report_mb_s']:6.0f}   "
              f"wc is {cell['wc_over_report']:.1f} times as fast")
    for cell in result["analyze"]:
        print(f"  capture of {cell['mb']:6.1f} MB, {cell['segments']:6} segments: tshark {cell['tshark_mb_s']:6.1f}   rstwhy analyze {cell['analyze_mb_s']:6.0f}   "
              f"{cell['analyze_over_tshark']:.1f} times as fast")
    with open(os.environ["RSTWHY_BENCH_OUT"] + "/tool.json", "w", encoding="ascii") as file:
        json.dump(result, file, indent=1)


main()
