# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""What rstwhyd makes of wrong settings, a busy group, an absent module, and of messages that are not the module's."""

import os
import subprocess

import daemon
import netns
from connection import dial, linger_zero, wait_until, was_reset
from lab import scenario


def run_once(*arguments):
    """rstwhyd with these arguments, to its end: (exit status, what it said)."""
    done = subprocess.run([daemon.PROGRAM, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=30)
    return done.returncode, done.stdout


def refused_once(lab, port=9):
    try:
        dial("client", lab.address["server"], port)
    except ConnectionRefusedError:
        return
    raise AssertionError("the connection was to be refused")


def ends(lab, arguments, status, *words):
    have, said = run_once(*arguments)
    lab.note(f"{arguments}: exit {have}: {said.strip()}")
    assert have == status, f"{arguments}: exit {have}, want {status}: {said.strip()}"
    for word in words:
        assert word in said, f"{arguments}: {word!r} is not in: {said.strip()}"
    assert "ready" not in said, f"{arguments}: said it was ready: {said.strip()}"


@scenario("settings-wrong", judged=False)
def settings_wrong(lab):
    """Each is told with file, line and key, and ends with 2, before anything is bound."""
    daemon.load_module()
    path = lab.directory + "/wrong.conf"
    cases = [
        ("[verdict]\nhold_ms = banana\n", 2, "hold_ms"),
        ("[nflog]\n\ngroup = 70000\n", 3, "group"),
        ("[nflog]\ngroup = 17x\n", 2, "group"),
        ("[log]\nnoise = loud\n", 2, "noise"),
        ("# a comment\n[log]\ncolour = yes\n", 3, "colour"),
        ("[ignore]\nthis line is nothing\n", 2, ""),
    ]
    for text, line, key in cases:
        with open(path, "w", encoding="ascii") as config:
            config.write(text)
        ends(lab, ["-c", path], 2, f"{path}:{line}", key)
    ends(lab, ["-c", lab.directory + "/absent.conf"], 2, "absent.conf")
    ends(lab, ["-s", "verdict.hold_ms=-1"], 2, "verdict.hold_ms")
    ends(lab, ["-s", "no.such=1"], 2, "no.such")
    ends(lab, ["-s", "nflog.group"], 2, "nflog.group")
    ends(lab, ["--no-such-option"], 2)
    ends(lab, ["surplus"], 2, "surplus")


@scenario("log-not-writable", judged=False)
def log_not_writable(lab):
    """Told before anything is bound: the group stays free for another reader."""
    daemon.load_module()
    blocked = lab.directory + "/a-file"
    open(blocked, "w", encoding="ascii").close()
    for path in (lab.directory + "/absent/resets.jsonl", blocked + "/resets.jsonl", lab.directory):
        ends(lab, ["-s", f"log.json={path}", "-s", "user=root"], 1, path)
    unwritable = lab.directory + "/roots-own"
    os.mkdir(unwritable, 0o700)
    ends(lab, ["-s", f"log.json={unwritable}/resets.jsonl", "-s", "user=nobody"], 1, unwritable)


@scenario("second-reader", judged=False)
def second_reader(lab):
    """A group has one reader: the second one is told who has it, and the first goes on."""
    daemon.load_module()
    first = lab.start_daemon()
    ends(lab, ["-s", f"log.json={lab.directory}/second.jsonl", "-s", "user=root"], 1, "17", str(first.process.pid))
    refused_once(lab)
    wait_until("the first reader's record", first.records)
    assert first.stop() == 0


@scenario("module-comes-later", judged=False)
def module_later(lab):
    """The daemon starts without the module: it says what it waits for, and is ready once the module is loaded."""
    waiting = daemon.Daemon(lab.directory)
    lab.daemon = waiting
    wait_until("the message", lambda: "waiting" in waiting.said() and "nf_rstwhy" in waiting.said())
    assert "ready" not in waiting.said()
    daemon.load_module()
    waiting.wait_ready()
    refused_once(lab)
    wait_until("the record", waiting.records)
    assert waiting.stop() == 0


@scenario("other-log-rule")
def other_log_rule(lab):
    """Another rule logs to our group, with a prefix that mimics ours: none of it is taken for evidence."""
    netns.nft(
        """
        table inet other {
            chain forward {
                type filter hook forward priority 5
                meta l4proto tcp log prefix "rstwhy dir=reply idle=0ms gap=350012ms by=transit" group 17
                tcp flags rst log prefix "rstwhy " group 17
            }
        }
        """
    )
    for _ in range(5):
        conn = lab.connect()
        conn.exchange()
        conn.close()
    conn = lab.connect()
    conn.exchange()
    linger_zero(conn.server)
    conn.server.close()
    assert was_reset(conn.client)
    wait_until("the daemon to say that there is another rule", lambda: not lab.daemon or "another log rule" in lab.daemon.said())
    lab.expect(conn, "application/abort", sender="server", by="transit")


@scenario("ignored-as-configured", settings={"ignore": ":9"})
def ignored(lab):
    """`ignore` keeps health checkers out of the log."""
    for _ in range(3):
        refused_once(lab)
    refused_once(lab, 10)
    reset = lab.seen_reset((lab.address["server"], 10))
    lab.expect(reset.dst, "application/refused", (lab.address["server"], 10), sender="server", by="transit")


@scenario("unprivileged", judged=False)
def unprivileged(lab):
    """Once the sockets are open the daemon is somebody else, without capabilities it does not need, and still writes."""
    daemon.load_module()
    home = "/tmp/unprivileged"
    os.makedirs(home, exist_ok=True)
    netns.run(f"chown nobody {home}")
    lab.daemon = running = daemon.Daemon(home, {"user": "nobody"})
    running.wait_ready()
    with open(f"/proc/{running.process.pid}/status", encoding="ascii") as status:
        fields = dict(line.split(":", 1) for line in status.read().splitlines())
    assert "0" not in fields["Uid"].split(), f"still root: {fields['Uid']}"
    lab.note(f"effective capabilities {fields['CapEff'].strip()}")
    assert int(fields["CapEff"], 16) & ~(1 << 12) == 0, f"keeps capabilities {fields['CapEff']}"  # CAP_NET_ADMIN at most
    refused_once(lab)
    wait_until("the record", running.records)
    os.rename(home + "/resets.jsonl", home + "/resets.jsonl.1")
    running.process.send_signal(1)
    wait_until("the log to be reopened", lambda: os.path.exists(home + "/resets.jsonl"))
    refused_once(lab)
    wait_until("a record in the new file", running.records)
    assert running.stop() == 0


@scenario("terminated-while-holding", judged=False)
def terminated(lab):
    """SIGTERM writes what is still held."""
    daemon.load_module()
    running = daemon.Daemon(lab.directory, {"verdict.hold_ms": "10000"})
    lab.daemon = running
    running.wait_ready()
    for _ in range(2):
        conn = lab.connect()
        conn.exchange()
        linger_zero(conn.server)
        conn.server.close()
        assert was_reset(conn.client)
    wait_until("the module to have told", lambda: int(daemon.counters()["rst_told"]) >= 2)
    lab.silence(0.5)  # the kernel's flush time, and more
    assert running.stop() == 0
    assert len(running.records()) == 2, f"{len(running.records())} records after SIGTERM, want 2"
