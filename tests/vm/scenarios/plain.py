# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A gateway without the module, its resets told by plain log rules; and the module that is loaded later."""

import netns
import daemon
from connection import linger_zero, wait_until, was_reset
from lab import scenario

GROUP = 18
RULE = f"""
table inet rstwhy_plain {{
    chain passing {{
        type filter hook prerouting priority -150
        iifname != "lo" tcp flags & rst == rst log prefix "RST " group {GROUP} queue-threshold 1
    }}
}}
"""


def reset_once(lab):
    """A server aborts an established connection: the client's port."""
    conn = lab.connect()
    conn.exchange()
    port = conn.client.getsockname()[1]
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    return port


def of_port(running, port):
    """By either end: a packet alone does not tell which one the client is, and both ports are of the kernel's choice."""
    resets = [record for record in running.records() if record["kind"] == "reset"]
    return [record for record in resets if port in (record["client"]["port"], record["server"]["port"])]


@scenario("plain-then-module", judged=False)
def plain_then_module(lab):
    """Without the module the daemon does not wait: forwarded resets are told, as unseen. Loaded, the module's evidence is taken at once."""
    daemon.unload_module()
    netns.nft(RULE)
    running = daemon.Daemon(lab.directory, {"nflog.plain_group": str(GROUP)})
    lab.daemon = running
    running.wait_ready()
    assert "not loaded" in running.said(), running.said()
    port = reset_once(lab)
    wait_until("the plain record", lambda: of_port(running, port))
    record = of_port(running, port)[0]
    lab.note(f"without the module: {record}")
    assert record["by"] == "unseen" and record["in"] == "wan", record
    assert "gap_ms" not in record and "application/abort" in record["also"], record
    netns.run("nft delete table inet rstwhy_plain")
    daemon.load_module()
    port = reset_once(lab)
    wait_until("the module's record", lambda: of_port(running, port))
    record = of_port(running, port)[0]
    lab.note(f"with it: {record}")
    assert (record["by"], record["class"], record["cause"]) == ("transit", "application", "abort"), record
    assert running.stop() == 0
