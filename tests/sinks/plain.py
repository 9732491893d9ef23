# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""nflog.plain_group: real connections, a plain log rule, no module. What each record says, what it cannot know, and what was lost."""

import os
import re
import socket
import struct

import gateway as g

GROUP = 18


def rule():
    """The rule as userspace/deploy/without-module.nft has it, in a ruleset of ours."""
    g.run("ip link set lo up")
    g.probe()
    g.run(["nft", "-f", g.DEPLOY + "/without-module.nft"])


def refused(family, host):
    client = socket.socket(family, socket.SOCK_STREAM)
    client.bind((host, 0))
    try:
        client.connect((host, 9))
    except ConnectionRefusedError:
        return client.getsockname()[1]
    raise AssertionError("the connection was to be refused")


def aborted(host="127.0.0.1"):
    """An established connection whose server closes with linger 0: (client's port, server's port)."""
    listener = socket.create_server((host, 0))
    client = socket.create_connection(listener.getsockname()[:2])
    server, _ = listener.accept()
    client.sendall(b"x")
    server.recv(1)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    ports = client.getsockname()[1], server.getsockname()[1]
    server.close()
    return ports


def judge(record, cause, *also):
    assert f"{record['class']}/{record['cause']}" == cause, record
    assert record["by"] == "unseen" and record["direction"] == "none", record
    assert any("not known" in sentence and "plain log rule" in sentence for sentence in record["evidence"]), record
    for name in ("gap_ms", "age_ms", "ct_state", "nat"):
        assert name not in record, f"{name} cannot be known: {record}"
    for other in also:
        assert other in record["also"], record


def of_port(records, port):
    found = [record for record in records if port in (record["client"]["port"], record["server"]["port"])]
    assert len(found) == 1, f"{len(found)} records of port {port}: {records}"
    return found[0]


def real_resets():
    daemon = g.Daemon(epoch=None, nflog__plain_group=GROUP, arguments=["--record", "/mnt/plain.pcap"])
    assert "not loaded" in g.text(daemon.messages), g.text(daemon.messages)
    four, six = refused(socket.AF_INET, "127.0.0.1"), refused(socket.AF_INET6, "::1")
    client_port, _ = aborted()
    records = daemon.wait_records(3)
    judge(of_port(records, four), "application/refused", "firewall-reject/gateway-rule")
    judge(of_port(records, six), "application/refused")
    assert of_port(records, six)["client"] == {"ip": "::1", "port": six} and of_port(records, six)["stage"] == "connect"
    judge(of_port(records, client_port), "unknown/no-history", "application/abort")
    assert "nf_rstwhy" in of_port(records, client_port)["advice"]
    assert len({record["id"] for record in records}) == 3 and of_port(records, four)["out"] == "lo"
    daemon.stop()
    live = g.text(daemon.log)
    g.run([g.BUILD + "/rstwhyd", "--replay", "/mnt/plain.pcap", "-s", "log.json=/mnt/replay.jsonl", "-s", "state.file=", "-s", "log.noise=all",
           "-s", "gateway.name=gw1"])
    assert g.text("/mnt/replay.jsonl") == live, "the replay differs"


def losses():
    """The daemon is stopped while more comes than its buffer takes: the hole in the kernel's numbers is told, exactly."""
    daemon = g.Daemon(epoch=None, nflog__plain_group=GROUP, nflog__buffer="4K", nflog__buffer_max="4K")
    refused(socket.AF_INET, "127.0.0.1")
    daemon.wait_records(1)
    os.kill(daemon.process.pid, 19)
    for _ in range(1500):
        refused(socket.AF_INET, "127.0.0.1")
    os.kill(daemon.process.pid, 18)
    # a hole shows by what comes behind it
    g.wait_until("the queue to be read", lambda: " 0 " in read_queue())
    refused(socket.AF_INET, "127.0.0.1")
    g.wait_until("a loss", lambda: any(record["kind"] == "loss" for record in daemon.records()))
    daemon.stop()
    records = daemon.records()
    lost = sum(record["lost"] for record in records if record["kind"] == "loss")
    assert all(record["where"] == "netlink" for record in records if record["kind"] == "loss"), records
    resets = sum(record["count"] for record in records if record["kind"] == "reset")
    assert lost > 0 and lost + resets == 1502, f"{lost} lost and {resets} resets of 1502"
    assert [record for record in records if record["kind"] == "reset"][-1]["lost_before"] in (0, lost)


def read_queue():
    """The group's line in /proc: its third number is what waits."""
    line = [words for words in (line.split() for line in g.text("/proc/net/netfilter/nfnetlink_log").splitlines()) if words[0] == str(GROUP)]
    return f" {line[0][2]} " if line else ""


def doctor():
    daemon = g.Daemon(epoch=None, nflog__plain_group=GROUP)
    said = g.run([g.BUILD + "/rstwhy", "doctor", "-s", f"nflog.plain_group={GROUP}", "-s", "user=root", "-s", f"log.json={daemon.log}"], check=False)
    assert re.search(r"plain log rules of NFLOG group 18 .*no silence, no history, not who sent", said), said
    assert re.search(rf"rstwhyd \(process {daemon.process.pid}\) reads NFLOG group 18", said), said
    daemon.stop()
    said = g.run([g.BUILD + "/rstwhy", "doctor", "-s", f"nflog.plain_group={GROUP}"], check=False)
    assert "nobody reads NFLOG group 18" in said, said


def other_packets():
    """A rule that logs more than resets: counted, told once, no records of it."""
    g.nft(f"table inet more {{\nchain o {{\ntype filter hook output priority 5\nip protocol tcp log prefix \"all \" group {GROUP}\n}}\n}}\n")
    daemon = g.Daemon(epoch=None, nflog__plain_group=GROUP)
    port = refused(socket.AF_INET, "127.0.0.1")
    records = daemon.wait_records(1)
    daemon.stop()
    judge(of_port(records, port), "application/refused")
    assert of_port(records, port)["count"] == 2, "both rules logged it"
    assert g.text(daemon.messages).count("no RST") == 1, g.text(daemon.messages)


rule()
real_resets()
losses()
doctor()
other_packets()
