# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What may happen to a daemon that runs for years: it keeps working, says so once, and loses nothing that was written."""

import json
import os
import signal
import time

import daemon
import netns
import rawtcp
from connection import wait_until
from lab import scenario

HOSTILE = [b"\x1b[2J\x1b]0;owned\x07", b"idle\ntimeout\r\x00", b"\xe2\x80\xaegnp.exe", b"\xc2\x9b31m", b'","kind":"reset"}\n{"v":1', b"\xff\xfe\x80"]


def strays(lab, first, payloads=(b"",)):
    """A RST of a connection that nobody knows for each payload; returns when all have crossed."""
    server = (lab.address["server"], 443)
    rawtcp.send_many(
        "server",
        [
            rawtcp.segment(server, (lab.address["client"], first + i), rawtcp.RST | rawtcp.ACK, 1000 + i, 2000 + i, payload=payload)
            for i, payload in enumerate(payloads)
        ],
    )
    want = range(first, first + len(payloads))
    wait_until("all to cross", lambda: len({s.dst[1] for s in lab.lan.segments() if s.dst[1] in want}) == len(want))


def ports(records):
    return [r["client"]["port"] for r in records if r["kind"] == "reset"]


def wait_record(running, port):
    wait_until(f"the record of port {port}", lambda: port in ports(running.records()))


def status(running):
    """status.file as a dictionary."""
    try:
        with open(running.settings["status.file"], encoding="ascii") as lines:
            return {name: int(value) for name, value in (line.split() for line in lines)}
    except FileNotFoundError:
        return {}


def account(lab, want=0):
    """What rstwhy doctor --accounting says."""
    said = lab.daemon.accounting()
    lab.note(said)
    assert f"exit {want}" in said, said
    assert ("the sum holds, exactly" in said) == (want == 0), said
    return said


def once(running, words):
    said = running.said()
    assert said.count(words) == 1, f"{words!r} was said {said.count(words)} times: {said}"


@scenario("accounting-under-flood", judged=False, settings={"nflog.buffer": "64K", "nflog.buffer_max": "64K", "log.noise": "capped", "ignore": ":30007"}, limit=180)
def flood(lab):
    """Suppressed, lost on the way, ignored, summarized, held, written: every reset has its place, and a line that vanishes is noticed."""
    daemon.load_module()
    lab.start_daemon()
    strays(lab, 20000, [b""] * 40)
    lab.daemon.process.send_signal(signal.SIGSTOP)
    strays(lab, 21000, [b""] * 3000)
    lab.daemon.process.send_signal(signal.SIGCONT)
    strays(lab, 30000, [b""] * 20)
    netns.sysctl("net.netfilter.nf_rstwhy_burst", 5)
    netns.sysctl("net.netfilter.nf_rstwhy_rate", 1)
    strays(lab, 31000, [b""] * 200)
    wait_until("the account of all", lambda: status(lab.daemon).get("seen") == 3260 and status(lab.daemon)["missing"] == 0)
    wait_until("verdicts", lambda: status(lab.daemon)["held"] == 0)
    now = status(lab.daemon)
    lab.note(now)
    for name in ("written", "ignored", "lost_netlink", "suppressed"):
        assert now[name] > 0, f"{name} is 0: the scenario does not do what it should: {now}"
    assert now["told"] - now["received"] == now["lost_netlink"], now
    account(lab)
    assert lab.daemon.stop() == 0
    end = status(lab.daemon)
    assert end["running"] == 0 and end["held"] == 0 and end["pending"] == 0, end
    records = lab.daemon.records()
    counts = sum(r["count"] for r in records if r["kind"] in ("reset", "summary"))
    lost = sum(r["lost"] for r in records if r["kind"] == "loss")
    assert counts + end["ignored"] + lost == 3260, f"{counts} in records, {end['ignored']} ignored, {lost} lost, of 3260"
    account(lab)
    with open(lab.daemon.log, encoding="ascii") as lines:
        kept = lines.readlines()
    at = next(i for i, line in enumerate(kept) if '"kind":"reset"' in line)
    with open(lab.daemon.log, "w", encoding="ascii") as lines:
        lines.writelines(kept[:at] + [" " * (len(kept[at]) - 1) + "\n"] + kept[at + 1 :])
    assert "BREAKS in the log by 1:" in account(lab, 1)


@scenario("accounting-holds-while-held", judged=False, settings={"verdict.hold_ms": "8000"})
def held(lab):
    """What waits for its verdict is in the sum."""
    daemon.load_module()
    lab.start_daemon()
    conn = lab.connect()
    conn.exchange()
    server, client = (lab.address["server"], conn.far[1]), conn.near
    rawtcp.send("server", rawtcp.segment(server, client, rawtcp.RST, 12345))
    wait_until("it to be held", lambda: status(lab.daemon).get("held", 0) > 0)
    assert "1  still held" in account(lab)
    daemon.unload_module()
    daemon.load_module()
    strays(lab, 25000)
    wait_until("the account to begin anew", lambda: status(lab.daemon).get("held_before", 0) > 0, 15)
    wait_until("verdicts", lambda: status(lab.daemon)["held"] == 0, 20)
    account(lab)
    assert lab.daemon.stop() == 0


@scenario("confined", judged=False)
def confined(lab):
    """One capability in one set, no new privileges, a filter: and with it a full day's work."""
    home = "/tmp/confined"
    netns.run(f"rm -rf {home}; mkdir -p {home}; chown nobody {home}")
    daemon.load_module()
    lab.daemon = running = daemon.Daemon(
        home, {"user": "nobody", "nflog.buffer": "16K", "nflog.buffer_max": "4M"}, ["--record", f"{home}/run.pcap"]
    )
    running.wait_ready()
    with open(f"/proc/{running.process.pid}/status", encoding="ascii") as fields:
        have = {name: value.strip() for name, value in (line.split(":", 1) for line in fields.read().splitlines())}
    assert int(have["CapEff"], 16) == int(have["CapPrm"], 16) == 1 << 12, have
    assert all(int(have[f"Cap{name}"], 16) == 0 for name in ("Inh", "Amb", "Bnd")), have
    assert have["NoNewPrivs"] == "1" and have["Seccomp"] == "2", have
    strays(lab, 20000, HOSTILE)
    wait_record(running, 20000 + len(HOSTILE) - 1)
    os.rename(running.log, running.log + ".1")
    running.process.send_signal(signal.SIGHUP)
    wait_until("the log to be opened again", lambda: os.path.exists(running.log))
    daemon.unload_module()
    daemon.load_module()
    strays(lab, 21000)
    wait_record(running, 21000)
    running.process.send_signal(signal.SIGSTOP)
    strays(lab, 22000, [b""] * 300)
    running.process.send_signal(signal.SIGCONT)
    wait_until("the buffer to be doubled", lambda: "receive buffer overflowed" in running.said())
    strays(lab, 23000)
    wait_record(running, 23000)
    assert running.stop() == 0, running.said()
    for path in (running.log + ".1", running.log, running.text):
        with open(path, "rb") as text:
            strange = [b for b in text.read().decode().translate({ord(c): None for c in "→·×\n"}) if not " " <= b <= "~"]
        assert not strange, f"{path}: {strange[:5]}"
    tool = daemon.PROGRAM.replace("rstwhyd", "rstwhy")
    shown = netns.run(f"{tool} tail --no-follow --all -n 50 -f {running.log}.1")
    assert "\x1b" not in shown and "\\x1b[2J" in shown, shown
    replayed = netns.run(f"{daemon.PROGRAM} --replay {home}/run.pcap -s log.json=- -s log.noise=all -s verdict.idle_min_ms=800 2>/dev/null | grep -c reset")
    assert int(replayed) >= len(ports(running.records())), replayed


@scenario("disk-full", judged=False)
def disk_full(lab):
    """Said once, counted in the log when there is room again; no line is torn, and none that was written is gone."""
    home = lab.directory + "/small"
    netns.run(f"mkdir -p {home}; mount -t tmpfs -o size=64k tmpfs {home}")
    try:
        daemon.load_module()
        running = lab.daemon = daemon.Daemon(lab.directory, {"log.json": home + "/resets.jsonl", "log.text": ""})
        running.log = home + "/resets.jsonl"
        running.wait_ready()
        strays(lab, 20000)
        wait_record(running, 20000)
        netns.run(f"dd if=/dev/zero of={home}/filler bs=1k count=64 2>/dev/null || true")
        strays(lab, 21000, [b""] * 30)
        wait_until("the trouble to be told", lambda: "No space left on device; records are lost" in running.said())
        wait_until("verdicts", lambda: status(running).get("unwritten", 0) > 0 and status(running)["held"] == 0)
        os.unlink(home + "/filler")
        strays(lab, 22000)
        wait_record(running, 22000)
        wait_until("the end to be told", lambda: "can be written again" in running.said())
        once(running, "No space left on device; records are lost")
        records = running.records()
        lost = sum(r["lost"] for r in records if r["kind"] == "loss" and r["where"] == "log")
        assert 20000 in ports(records), "what was written is gone"
        assert len(ports(records)) + lost == 32, f"{len(ports(records))} records and {lost} lost, of 32"
        wait_until("the account", lambda: status(running)["held"] == 0 and status(running)["seen"] == 32)
        account(lab)
        assert running.stop() == 0
    finally:
        if lab.daemon:
            lab.daemon.kill()
        netns.run(f"umount -l {home}")


@scenario("log-directory-gone", judged=False)
def directory_gone(lab):
    """The open file is written on; a SIGHUP that cannot open a new one says so and changes nothing; one that can goes over."""
    home = lab.directory + "/logs"
    os.mkdir(home)
    daemon.load_module()
    running = lab.daemon = daemon.Daemon(lab.directory, {"log.json": home + "/resets.jsonl"})
    running.log = home + "/resets.jsonl"
    running.wait_ready()
    os.rename(home, home + ".gone")
    running.log = home + ".gone/resets.jsonl"
    strays(lab, 20000)
    wait_record(running, 20000)
    running.process.send_signal(signal.SIGHUP)
    wait_until("it to be told", lambda: "the logs stay as they were" in running.said())
    strays(lab, 21000)
    wait_record(running, 21000)
    os.mkdir(home)
    running.process.send_signal(signal.SIGHUP)
    running.log = home + "/resets.jsonl"
    wait_until("the new log", lambda: os.path.exists(running.log))
    strays(lab, 22000)
    wait_record(running, 22000)
    once(running, "the logs stay as they were")
    with open(running.log, "r+", encoding="ascii") as log:  # as logrotate's copytruncate
        log.truncate(0)
    strays(lab, 23000)
    wait_record(running, 23000)
    assert ports(running.records()) == [23000], running.records()
    assert "it was cut from outside" in account(lab)
    assert running.stop() == 0


@scenario("clock-set-back", judged=False)
def clock_back(lab):
    """Holds are over in time by the clock that cannot be set; records bear the new time."""
    daemon.load_module()
    running = lab.start_daemon()
    strays(lab, 20000)
    wait_record(running, 20000)
    now = time.time()
    try:
        time.clock_settime(time.CLOCK_REALTIME, now - 7200)
        conn = lab.connect()
        conn.exchange()
        rawtcp.send("server", rawtcp.segment((lab.address["server"], conn.far[1]), conn.near, rawtcp.RST, 12345))
        wait_record(running, conn.near[1])
        stamps = [r["ts"] for r in running.records() if r["kind"] == "reset"]
        assert stamps[-1] < stamps[0], f"the clock was set back, and yet {stamps}"
        assert running.stop() == 0
    finally:
        time.clock_settime(time.CLOCK_REALTIME, time.time() + 7200)


@scenario("killed-and-restarted", judged=False)
def killed(lab):
    """kill -9 loses what is held and nothing else; a state file that somebody spoilt is put aside, once, and learning begins anew."""
    daemon.load_module()
    running = lab.start_daemon()
    strays(lab, 20000, [b""] * 20)
    wait_until("the records", lambda: len(ports(running.records())) == 20)
    before = open(running.log, "rb").read()
    wait_until("the account", lambda: status(running).get("written") == 20)
    running.kill()
    assert "did not say goodbye" in account(lab)
    with open(running.settings["state.file"], "wb") as state:
        state.write(b'{"v":1,"paths":[{"prefix":"\x1b[2J"')
    running = lab.daemon = daemon.Daemon(lab.directory)
    wait_until("it to be ready again", lambda: running.said().count("ready, NFLOG group 17") == 2)
    strays(lab, 21000)
    wait_record(running, 21000)
    after = open(running.log, "rb").read()
    assert after.startswith(before), "what was written is not there any more"
    assert all(json.loads(line) for line in after.splitlines())
    once(running, "kept as")
    assert "\x1b" not in running.said()
    with open(running.settings["state.file"] + ".bad", "rb") as bad:
        assert bad.read().startswith(b'{"v":1,"paths":[{"prefix":"\x1b')
    account(lab)
    assert running.stop() == 0
