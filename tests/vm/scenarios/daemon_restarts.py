# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""kill -9 in the middle of it, and directories that go and come back below what is not the log."""

import json
import os

import daemon
import netns
import rawtcp
from connection import wait_until
from lab import scenario

KILLS, EACH = 5, 1500


def strays(lab, first, many):
    """A RST of a connection that nobody knows for each port."""
    server, client = (lab.address["server"], 443), lab.address["client"]
    rawtcp.send_many("server", [rawtcp.segment(server, (client, first + i), rawtcp.RST | rawtcp.ACK, 1000 + i, 2000 + i) for i in range(many)])


def content(path):
    with open(path, "rb") as log:
        return log.read()


def parsed(lines):
    """The records of the lines that are whole, and how many are not."""
    records, torn = [], 0
    for line in lines.splitlines():
        try:
            records.append(json.loads(line))
        except ValueError:
            torn += 1
    return records, torn


def ports(records):
    return [r["client"]["port"] for r in records if r["kind"] == "reset"]


def wait_more(running, size):
    wait_until("the log to grow", lambda: os.path.exists(running.log) and os.path.getsize(running.log) > size)


@scenario("killed-amid-flood", judged=False, limit=300)
def killed(lab):
    """Five times in the middle of writing: what is in the log stays, no record is torn for good or there twice, each start goes on."""
    daemon.load_module()
    netns.sysctl("net.netfilter.nf_rstwhy_rate", 0)
    kept = b""
    for number in range(KILLS):
        running = lab.daemon = daemon.Daemon(lab.directory)
        wait_until("it to be ready", lambda number=number: running.said().count("ready, NFLOG group 17") == number + 1)
        assert content(running.log).startswith(kept), "what was written is not there any more"
        size = os.path.getsize(running.log)
        strays(lab, 2000 + number * EACH, EACH)
        wait_more(running, size + 10000)
        running.kill()
        kept = content(running.log)
    with open(lab.daemon.log, "ab") as log:  # and once for certain
        log.write(b'{"v":1,"kind":"reset","id":"5f0c2a71d3e8b604-40265')
    kept = content(lab.daemon.log)
    running = lab.daemon = daemon.Daemon(lab.directory)
    wait_until("it to be ready", lambda: running.said().count("ready, NFLOG group 17") == KILLS + 1)
    strays(lab, 60000, 1)
    wait_until("the last one's record", lambda: 60000 in ports(parsed(content(running.log))[0]))
    assert running.stop() == 0
    after = content(running.log)
    assert after.startswith(kept + b"\n"), "what was written is not there any more, or half a line was gone on with"
    records, torn = parsed(after)
    told = ports(records)
    lab.note(f"{len(told)} records in {KILLS} lives and one, {torn} torn lines")
    assert 1 <= torn <= KILLS + 1, f"{torn} torn lines"
    said = running.said().count(os.path.basename(running.log) + ": its last line is not whole")
    assert said == torn, running.said()
    assert len(told) == len(set(told)), "a record is there twice"
    assert len(told) > KILLS * 5, f"{len(told)} records only"


@scenario("directories-gone-and-back", judged=False)
def gone(lab):
    """Those of metrics.file, status.file and state.file: each is told of once, the log goes on, and all three are written again."""
    home = lab.directory + "/kept"
    os.mkdir(home)
    daemon.load_module()
    names = {"metrics.file": "metrics.prom", "status.file": "status", "state.file": "paths.json"}
    running = lab.daemon = daemon.Daemon(lab.directory, {key: f"{home}/{name}" for key, name in names.items()})
    running.wait_ready()
    strays(lab, 20000, 1)
    wait_until("the metrics", lambda: os.path.exists(home + "/metrics.prom") and os.path.exists(home + "/status"))
    os.rename(home, home + ".gone")
    strays(lab, 21000, 1)
    for key in ("metrics.file", "status.file"):
        wait_until(f"{key} to be told of", lambda key=key: any(key in line and "cannot be written" in line for line in running.said().splitlines()))
    strays(lab, 22000, 1)
    wait_until("the records", lambda: {20000, 21000, 22000} <= set(ports(running.records())))
    lab.silence(3)
    said = [line for line in running.said().splitlines() if "cannot be written" in line]
    assert len(said) == 2, f"each once, please: {said}"
    os.mkdir(home)
    strays(lab, 23000, 1)
    wait_until("both to be written again", lambda: os.path.exists(home + "/metrics.prom") and os.path.exists(home + "/status"))
    wait_until("the record", lambda: 23000 in ports(running.records()))
    wait_until("the account", lambda: "the sum holds, exactly" in running.accounting())
    assert running.stop() == 0
