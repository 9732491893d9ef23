# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Blind SYN, FIN, RST and data segments into real, living connections: they live on, and their true end is told as what it is."""

import daemon
import floods
from connection import linger_zero, was_reset
from floods import PACKETS, figure
from lab import scenario

CONNECTIONS = 16
KINDS = ["blind-syn", "blind-fin", "blind-rst", "blind-data"]


def write_living(lab, connections):
    """Their ends, and the numbers that each side sends next, as the gateway saw them."""
    path = f"{lab.directory}/living"
    with open(path, "w", encoding="ascii") as out:
        for conn in connections:
            client, server = lab.wan.last(conn.near), lab.wan.last(conn.far)
            out.write(f"{conn.near[0]} {conn.near[1]} {conn.far[0]} {conn.far[1]} {client.end()} {server.end()}\n")
    return path


def verdicts_about(records, conn):
    """What was said of the connection, but for what calls itself noise."""
    ends = {conn.near, conn.far}
    own = [r for r in records if r["kind"] == "reset" and {(r["client"]["ip"], r["client"]["port"]), (r["server"]["ip"], r["server"]["port"])} == ends]
    return [f"{r['class']}/{r['cause']}" for r in own if r["class"] != "noise"]


@scenario("blind-segments-into-real-connections", judged=False, families=(4, 6), limit=1800)
def into_real(lab):
    """After the flood each connection still carries data both ways; then its server aborts it, and one record says so."""
    daemon.load_module()
    # The aborts come out of a pause of seconds, which tests may call idle and this one does not.
    lab.spec["settings"] = {"log.noise": "all", "verdict.idle_min_ms": "10000"}
    lab.start_daemon()
    connections = [lab.connect() for _ in range(CONNECTIONS)]
    for conn in connections:
        conn.exchange()
    living = write_living(lab, connections)
    floods.prepare(lab)
    for number, shape in enumerate(KINDS):
        packets, took, _ = floods.flood(lab, shape, PACKETS // len(KINDS), "-s", str(20 + number), "-l", living)
        floods.told(lab, f"{shape} into {CONNECTIONS} real connections", packets, took)
    for conn in connections:
        conn.exchange()
    lab.silence(3)
    for conn in connections:
        linger_zero(conn.server)
        conn.server.close()
        assert was_reset(conn.client)
    assert lab.daemon.stop() == 0, "rstwhyd did not end well"
    floods.accounted(lab)
    records = lab.daemon.records()
    told = [verdicts_about(records, conn) for conn in connections]
    right = sum(one == ["application/abort"] for one in told)
    lab.note(f"{told}")
    figure(lab, "aborts told as such, and nothing else", f"{right} of {CONNECTIONS}")
    assert right == CONNECTIONS, f"of {CONNECTIONS} aborts after blind segments {right} were told right: {told}"
