# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
In the guest, whose clock counts instructions (see run): what the module adds to a forwarded segment, and how long a reset takes
to become a line.

Segments are made by hand between two addresses that nobody has, so that no TCP stack answers and each round is the same: one
established flow, small segments, one CPU. What sending costs is in every cell alike and drops out in the differences.
"""

import json
import os
import statistics
import time

import daemon
import netns
import rawtcp
import topology
from connection import wait_until

CLIENT, SERVER = ("10.1.0.77", 40000), ("10.2.0.77", 443)
SEGMENTS, ROUNDS = 4000, 3
FORWARD = "table inet bench { chain f { type filter hook forward priority 0; ct state established accept; } }"
RULE = "table inet bench { chain r { type filter hook prerouting priority -150; tcp flags & rst == rst log group 17; } }"


def neighbours():
    """Both addresses are reachable, and what arrives for them is dropped on arrival."""
    for device, address, inner in (("lan", CLIENT[0], "client"), ("wan", SERVER[0], "server")):
        mac = netns.run("cat /sys/class/net/eth0/address", inner).strip()
        netns.run(f"ip neigh replace {address} lladdr {mac} dev {device} nud permanent")
        netns.nft("table netdev bench { chain i { type filter hook ingress device eth0 priority 0; ip protocol tcp drop; } }", inner)


def open_flow():
    """A handshake that conntrack believes, and the data segment that will be sent again and again."""
    rawtcp.send("client", rawtcp.segment(CLIENT, SERVER, 0x02, 1000, window=60000))
    rawtcp.send("server", rawtcp.segment(SERVER, CLIENT, 0x12, 5000, 1001, window=60000))
    rawtcp.send("client", rawtcp.segment(CLIENT, SERVER, 0x10, 1001, 5001, window=60000))
    data = rawtcp.segment(CLIENT, SERVER, 0x18, 1001, 5001, window=60000, payload=b"x" * 64)
    rawtcp.send("client", data)
    rawtcp.send("server", rawtcp.segment(SERVER, CLIENT, 0x10, 5001, 1065, window=60000))
    return rawtcp.segment(CLIENT, SERVER, 0x18, 1065, 5001, window=60000, payload=b"x" * 64)


def forwarded():
    with open("/sys/class/net/wan/statistics/tx_packets", encoding="ascii") as count:
        return int(count.read())


def one_round(data):
    """Guest nanoseconds, which are instructions, a segment."""
    packets = [data] * SEGMENTS
    before, start = forwarded(), time.monotonic_ns()
    rawtcp.send_many("client", packets)
    took = time.monotonic_ns() - start
    assert forwarded() - before >= SEGMENTS, f"of {SEGMENTS} segments {forwarded() - before} were forwarded"
    return took / SEGMENTS


def cell(rules, module):
    """The median round with these rules in the gateway, with or without the module."""
    for text in rules:
        netns.nft(text)
    if module:
        daemon.load_module()
    data = open_flow()
    one_round(data)
    figure = statistics.median(one_round(data) for _ in range(ROUNDS))
    if module:
        daemon.unload_module()
    netns.run("nft flush ruleset; conntrack -F 2>/dev/null || true")
    return figure


def slot():
    daemon.load_module()
    figures = {key: int(value) for key, value in daemon.counters().items() if key in ("slot_bytes", "flows_slots")}
    daemon.unload_module()
    return figures


def line_times(count=40):
    """Milliseconds from the hook (the record's ts) to the line in the log, for a verdict that waits for nothing."""
    netns.nft("table inet bench { chain f { type filter hook forward priority 0; tcp dport 81 reject with tcp reset; } }")
    daemon.load_module()
    logged = daemon.Daemon("/tmp")
    logged.wait_ready()
    times = []
    for i in range(count):
        rawtcp.send("client", rawtcp.segment((CLIENT[0], 20000 + i), (SERVER[0], 81), 0x02, 7, window=6000))
        wait_until("a line", lambda: os.path.exists(logged.log) and len(open(logged.log, "rb").readlines()) > len(times))
        seen = time.time()
        record = json.loads(open(logged.log, "rb").readlines()[-1])
        whole, _, fraction = record["ts"].rstrip("Z").partition(".")
        stamp = time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) + float("0." + fraction)
        times.append((seen - stamp) * 1000)
    logged.stop()
    daemon.unload_module()
    return statistics.median(times), max(times)


def main():
    os.environ["TZ"] = "UTC"
    time.tzset()
    topology.build(box=False)
    neighbours()
    cells = {
        "bare": cell([], False),
        "conntrack": cell([FORWARD], False),
        "rule": cell([FORWARD, RULE], False),
        "module": cell([FORWARD], True),
    }
    memory, (median, worst) = slot(), line_times()
    added = {"conntrack": cells["conntrack"] - cells["bare"], "rule": cells["rule"] - cells["conntrack"],
             "module": cells["module"] - cells["conntrack"]}
    result = {"instructions_per_segment": cells, "added": added, "memory": memory, "rst_to_line_ms": {"median": median, "max": worst}}
    lines = [
        "Added to a forwarded TCP segment (IPv4, one established flow, 64 bytes, one CPU), instructions:",
        f"  conntrack and one forward rule, over bare forwarding   {added['conntrack']:7.0f}",
        f"  the RST log rule in a prerouting chain, over that      {added['rule']:7.0f}",
        f"  nf_rstwhy, over that                                   {added['module']:7.0f}   ({added['module'] / added['rule']:.2f} of the rule)",
        f"Memory: {memory['slot_bytes']} bytes a slot, {memory['slot_bytes'] * 5 / 4:.0f} a flow (5 slots for 4 flows)",
        f"RST to log line, a verdict that need not wait: median {median:.1f} ms, worst {worst:.1f} ms",
    ]
    with open("/mnt/out/bench.txt", "w", encoding="ascii") as text:
        text.write("\n".join(lines) + "\n")
    with open("/mnt/out/bench.json", "w", encoding="ascii") as text:
        json.dump(result, text, indent=1)


main()
