# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""log.journal through a real systemd-journald, in a mount namespace with a /run of its own."""

import json
import os

import gateway as g

JOURNALD = "/usr/lib/systemd/systemd-journald"
SOCKET = "/run/systemd/journal/socket"


def private_run():
    g.run("mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/journal /run/log/journal && mount -t tmpfs tmpfs /var/log")
    if not g.text("/etc/machine-id").strip():
        g.run("echo 0123456789abcdef0123456789abcdef >/mnt/machine-id && mount --bind /mnt/machine-id /etc/machine-id")


def journald():
    process = g.start([JOURNALD], "/mnt/journald.out")
    g.wait_until("journald's socket: " + g.text("/mnt/journald.out"), lambda: process.poll() is not None or os.path.exists(SOCKET))
    if process.poll() is not None:
        g.skip("systemd-journald does not run in this namespace: " + g.text("/mnt/journald.out").strip())
    return process


def entries():
    # _TRANSPORT=journal: what came by the native protocol
    said = g.run("journalctl -o json --no-pager _TRANSPORT=journal MESSAGE_ID=9d7b1f2c6a3e4f58b0c4e2a17d95f3c6", check=False)
    return [json.loads(line) for line in said.splitlines() if line.startswith("{")]


def judge(entry, record):
    assert entry["SYSLOG_IDENTIFIER"] == "rstwhyd" and entry["_COMM"] == "rstwhyd", entry
    assert entry["PRIORITY"] == ("6" if record["class"] in ("application", "noise") else "5"), entry
    assert entry["MESSAGE"].startswith(f"{record['class']}/{record['cause']}: "), entry
    expected = {
        "KIND": record["kind"], "TS": record["ts"], "GATEWAY": "gw1", "CLASS": record["class"], "CAUSE": record["cause"],
        "BY": record["by"], "SENDER": record["sender"], "STAGE": record["stage"],
        "CLIENT_IP": record["client"]["ip"], "CLIENT_PORT": str(record["client"]["port"]),
        "SERVER_IP": record["server"]["ip"], "SERVER_PORT": str(record["server"]["port"]),
    }
    for name, value in expected.items():
        assert entry["RSTWHY_" + name] == value, f"{name}: {entry['RSTWHY_' + name]} for {value}"
    if "gap_ms" in record:
        assert float(entry["RSTWHY_GAP_MS"]) == record["gap_ms"]
    evidence = entry["RSTWHY_EVIDENCE"]
    assert (evidence if isinstance(evidence, list) else [evidence]) == record["evidence"], entry


def compare(records):
    g.wait_until(f"{len(records)} entries", lambda: len(entries()) >= len(records))
    by_id = {entry["RSTWHY_ID"]: entry for entry in entries()}
    for record in records:
        judge(by_id[record["id"]], record)
    assert len(entries()) == len(records)


if not os.path.exists(JOURNALD):
    g.skip("there is no systemd-journald on this machine")
g.need("journalctl")
g.network()
private_run()
server = journald()
daemon = g.Daemon(log__journal="yes")
g.feed(6)
compare(daemon.wait_records(6))
assert any(record["cause"] == "remote-on-next-packet" for record in daemon.records())
found = g.run("journalctl -o cat --no-pager RSTWHY_CAUSE=remote-on-next-packet")
assert len(found.splitlines()) == 2 and "silent 350 s" in found, found

# it is restarted, as upgrades do
g.stop(server)
os.unlink(SOCKET)
server = journald()
g.feed(6, first=7)
compare(daemon.wait_records(12))
daemon.stop()
