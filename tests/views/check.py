#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""tail, top and report as programs: on a pipe, on a terminal, over rotated logs, with hostile ones, and with large ones.

    check.py        "ok" or "not ok" a check; exit 1 if one failed
"""

import collections
import gzip
import json
import os
import pty
import re
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
import fcntl

TOOL = os.path.abspath("build/rstwhy")
SAMPLE = "tests/logs/sample.py"
LIMIT = 30
failures = []


def check(name, good, why=""):
    print(f"{'ok' if good else 'not ok'} {name}" + (f" # {str(why)[:400]}" if not good else ""))
    if not good:
        failures.append(name)


def run(*arguments, status=0, **more):
    done = subprocess.run([TOOL, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)
    check("exit " + str(status) + ": rstwhy " + " ".join(os.path.basename(a) for a in arguments), done.returncode == status,
          f"{done.returncode} {done.stderr}")
    return done.stdout.decode()


def sample(*options):
    return subprocess.run([sys.executable, SAMPLE, *options], stdout=subprocess.PIPE, check=True).stdout


def utc(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def put(path, data, age=0):
    with open(path, "wb") as out:
        out.write(data)
    os.utime(path, (time.time() - age,) * 2)


class Rotated:
    """A log of three days as logrotate leaves it: today's, yesterday's, and one before that is gzipped."""

    def __init__(self, directory):
        self.log = directory + "/resets.jsonl"
        now = time.time()
        self.parts = [sample("--records", "400", "--hours", "20", "--seed", str(i), "--end", utc(now - i * 86400)) for i in range(3)]
        put(self.log, self.parts[0])
        put(self.log + ".1", self.parts[1], 86400)
        put(self.log + ".2.gz", gzip.compress(self.parts[2]), 2 * 86400)
        put(self.log + ".old", b"no log\n")
        put(directory + "/rstwhyd.conf", f"[log]\njson = {self.log}\n".encode())
        self.config = directory + "/rstwhyd.conf"

    def records(self, parts, passes):
        return [r for part in parts for r in map(json.loads, part.splitlines()) if passes(r)]


def since(rotated):
    harm = lambda r: r["kind"] == "loss" or r["class"] != "noise"
    lines = run("tail", "--json", "--no-follow", "--since", "1w", "-c", rotated.config).splitlines()
    check("tail --since reads rotated logs, oldest first", [json.loads(x) for x in lines] == rotated.records(rotated.parts[::-1], harm), len(lines))
    begin = time.time() - 30 * 3600
    lines = run("tail", "--json", "--no-follow", "--since", utc(begin), "-c", rotated.config).splitlines()
    want = rotated.records(rotated.parts[::-1], lambda r: harm(r) and r["ts"] >= utc(begin))
    check("and no older records", [json.loads(x) for x in lines] == want, len(lines))
    lines = run("tail", "--json", "--no-follow", "--since", "1w", "-n", "3", "-c", rotated.config).splitlines()
    check("with -n the last of them", [json.loads(x) for x in lines] == rotated.records(rotated.parts[:1], harm)[-3:], len(lines))
    lines = run("tail", "--json", "--no-follow", "-c", rotated.config).splitlines()
    check("without --since the last ten", len(lines) == 10)
    run("tail", "--since", "lunch", "-c", rotated.config, status=2)
    text = run("tail", "--no-follow", "-c", rotated.config)
    check("no colours on a pipe", "\033" not in text and "10.20." in text)


def count_of(text):
    return int(re.match(r"(\d+) resets", text).group(1))


def events(parts):
    verdicts, extra = {}, collections.Counter()
    for line in b"".join(parts).splitlines():
        record = json.loads(line)
        if record["kind"] == "summary":
            extra[record["class"]] += record["count"]
        elif record["kind"] != "loss":
            verdicts[record.get("amends", record["id"])] = record["class"]
    return collections.Counter(verdicts.values()) + extra


def report(rotated, directory):
    text = run("report", "-c", rotated.config, "--state", "/nonexistent")
    classes = events(rotated.parts)
    check("report adds the rotated logs up", count_of(text) == sum(classes.values()), f"{count_of(text)} {classes}")
    shown = {name: int(count) for name, count in re.findall(r"^  ([a-z-]+) +(\d+) +[\d.]+ %", text, re.M)}
    check("by class", all(shown[name] == classes[name] for name in shown) and len(shown) == 6, f"{shown} {classes}")
    one = run("report", rotated.log + ".2.gz", "--state", "/nonexistent")
    check("a gzipped one by its name", count_of(one) == sum(events(rotated.parts[2:]).values()))
    with open(rotated.log, "rb") as log:
        piped = run("report", "-", "--state", "/nonexistent", stdin=log)
    check("standard input", count_of(piped) == sum(events(rotated.parts[:1]).values()))
    selected = run("report", "--class", "idle-timeout", "--port", "443", rotated.log, "--state", "/nonexistent")
    want = [r for r in rotated.records(rotated.parts[:1], lambda r: r.get("class") == "idle-timeout" and r["server"]["port"] == 443)]
    check("a selection", count_of(selected) == len(want), selected[:80])
    put(directory + "/cut.gz", gzip.compress(rotated.parts[0])[:-200])
    run("report", directory + "/cut.gz", status=1)
    run("report", directory + "/absent", status=1)
    run("report", "--rows", "x", rotated.log, status=2)
    run("report", "--html", "/nonexistent/page.html", rotated.log, status=1)
    put(directory + "/page.html", b"old")
    run("report", "--html", directory + "/page.html", rotated.log)
    check("a page is replaced whole, and leaves nothing beside it",
          os.path.getsize(directory + "/page.html") > 10000 and not os.path.exists(directory + "/page.html.tmp"))


def settings(directory):
    """report and timeouts know from the daemon's settings where what it learned is."""
    log, state, config = directory + "/elsewhere.jsonl", directory + "/elsewhere.json", directory + "/elsewhere.conf"
    put(log, sample("--records", "200", "--state", state))
    put(config, f"[log]\njson = {log}\n[state]\nfile = {state}\n[hints]\nfile =\n".encode())
    check("timeouts: the daemon's state.file", "survive" in run("timeouts", "-c", config))
    check("report: the daemon's state.file", "\nlearned of timeouts" in run("report", "-c", config))
    check("report: of a log by its name, too", "\nlearned of timeouts" in run("report", "-c", config, log))
    put(config, b"[state]\nfile =\n")
    check("timeouts: nothing is kept", run("timeouts", "-c", config) == "")
    put(config, b"[nonsense]\nfile = x\n")
    run("timeouts", "-c", config, status=2)
    run("report", "-c", config, log, status=2)


def hostile(directory):
    path = directory + "/hostile.jsonl"
    put(path, sample("--records", "2000", "--hostile") + b"\x1b[31mnot a record\n{\"v\":1,\"kind\":\"reset\"}\n" + b"x" * 300000 + b"\n" + os.urandom(5000))
    for command in (("tail", "--no-follow", "-n", "500", "-f"), ("report",), ("top", "--once", "--window", "all", "-f")):
        text = run(*command, path)
        bad = [c for c in text if ord(c) < 32 and c != "\n" or 127 <= ord(c) < 160 or ord(c) in (0x202E, 0xFEFF)]
        check(f"{command[0]}: hostile text is escaped", not bad and len(text) > 500, bad[:5])


def memory_of(*arguments):
    """The greatest resident size in kB of one run."""
    done = subprocess.run([sys.executable, "-c", "import resource, subprocess, sys\n"
                           "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)\n"
                           "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)", TOOL, *arguments],
                          stdout=subprocess.PIPE, check=True, text=True)
    return int(done.stdout)


def many(count):
    """Resets between ever new hosts."""
    line = '{"v":1,"kind":"reset","id":"5f-1-%d","ts":"2026-11-%02dT%02d:00:00.000000Z","gateway":"gw%d","class":"application","cause":"abort","confidence":0.9,' \
           '"sender":"server","by":"transit","client":{"ip":"10.%d.%d.9","port":%d},"server":{"ip":"11.%d.%d.%d","port":%d},"gap_ms":%d,"count":1}\n'
    return "".join(line % (i, 1 + i % 28, i % 24, i % 1000, i >> 8 & 255, i & 255, i & 65535, i >> 16, i >> 8 & 255, i & 255, 1 + i % 65535, i)
                   for i in range(count)).encode()


def memory(directory):
    """What a log costs does not grow with it."""
    for count in (20000, 200000):
        put(f"{directory}/{count}.jsonl", many(count))
    for command in (("report", "--state", "/nonexistent"), ("top", "--once", "--window", "all", "-f")):
        small, large = (memory_of(*command, f"{directory}/{count}.jsonl") for count in (20000, 200000))
        check(f"{command[0]}: ten times the log, no more than a quarter more memory", large < small * 1.25 + 1024 and large < 64000, f"{small} {large} kB")


class Terminal:
    """A command on a terminal of its own; what it drew is kept as bytes."""

    def __init__(self, columns, lines, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):  # a check in the background inherits them ignored
                signal.signal(number, signal.SIG_DFL)
            environment = {k: v for k, v in os.environ.items() if k != "NO_COLOR"}
            os.execve(TOOL, [TOOL, *arguments], {**environment, "TERM": "xterm-256color"})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.drawn = b""

    def until(self, what):
        """Read on until the text is there, counted from the last call; False: it did not come in time."""
        end = time.monotonic() + LIMIT
        want = what.encode()
        while want not in self.drawn:
            if time.monotonic() > end or not select.select([self.fd], [], [], LIMIT)[0]:
                return False
            try:
                self.drawn += os.read(self.fd, 65536)
            except OSError:
                return False
        self.drawn = self.drawn[self.drawn.index(want) + len(want):]
        return True

    def key(self, keys):
        os.write(self.fd, keys.encode())

    def end(self):
        """The exit status, and what was drawn last."""
        rest = b""
        try:
            while select.select([self.fd], [], [], LIMIT)[0]:
                more = os.read(self.fd, 65536)
                if not more:
                    break
                rest += more
        except OSError:
            pass
        give_up = threading.Timer(LIMIT, os.kill, (self.pid, signal.SIGKILL))
        give_up.start()
        status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        give_up.cancel()
        os.close(self.fd)
        return status, self.drawn + rest


def top(directory):
    path = directory + "/live.jsonl"
    put(path, sample("--records", "500", "--hours", "0.05", "--end", utc(time.time())))
    terminal = Terminal(80, 24, "top", "-f", path, "--window", "1h")
    check("top: takes the other screen", terminal.until("\033[?1049h"))
    check("top: who resets whom", terminal.until("10.20.0.10:443 \u2192 10.1."))
    terminal.key("g")
    check("top: g groups by cause", terminal.until("by cause"))
    terminal.key("w")
    check("top: w goes to the next window", terminal.until(" all, by cause"))
    terminal.key("\r")
    check("top: Enter tells what a cause means", terminal.until("Another box in the path"))
    terminal.key("h")
    check("top: h helps", terminal.until("p pause"))
    record = json.loads(sample("--records", "1").splitlines()[0])
    record.update({"kind": "reset", "class": "stale-state", "cause": "nat-bypass", "ts": utc(time.time())[:-1] + ".000000Z"})
    with open(path, "a", encoding="ascii") as log:
        log.write(json.dumps(record) + "\n")
    terminal.key("hs")
    check("top: what comes is shown", terminal.until("nat-bypass"))
    terminal.key("\033[B\033[B\033[A")
    check("top: arrows select", terminal.until("\033[7m>"))
    terminal.key("q")
    status, drawn = terminal.end()
    check("top: q ends it, and the screen is as before", status == 0 and drawn.endswith(b"\033[?1049l"), f"{status} {drawn[-40:]}")
    for name, leave in (("SIGTERM", lambda terminal: os.kill(terminal.pid, signal.SIGTERM)), ("Ctrl-C", lambda terminal: terminal.key("\x03")),
                        ("Ctrl-\\", lambda terminal: terminal.key("\x1c"))):
        terminal = Terminal(80, 24, "top", "-f", path)
        terminal.until("resets")
        leave(terminal)
        status, drawn = terminal.end()
        check(f"top: {name}, too", status == 0 and drawn.endswith(b"\033[?1049l"), f"{status} {drawn[-40:]}")
    run("top", "-f", path, status=2, stdin=subprocess.DEVNULL)
    check("top --once: on a pipe, without colours", "\033" not in run("top", "--once", "-f", path))


def unknown_option():
    said = subprocess.run([TOOL, "tail", "--nonsense"], stderr=subprocess.PIPE, check=False).stderr.decode()
    check("an unknown option: it is rstwhy that says so", said.startswith("rstwhy tail: "), said)


def refused_and_absent(directory):
    """Who may not read the log is told who may; where there is none, where to look."""
    commands = (("tail", "--no-follow", "-f"), ("report", "--state", "/nonexistent"), ("top", "--once", "-f"))
    for command in commands:
        for user, path, words in ((65534, directory + "/live.jsonl", "adduser YOU rstwhy"), (0, directory + "/absent.jsonl", "rstwhy doctor")):
            done = subprocess.run([TOOL, *command, path], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, text=True, user=user)
            check(f"{command[0]}: a log that is {'not for everybody' if user else 'not there'}", words in done.stdout or
                  (command[0] == "top" and "waiting for it" in done.stdout), done.stdout)


def tail(directory):
    terminal = Terminal(80, 24, "tail", "-n", "1", "-f", directory + "/live.jsonl")
    check("tail: colours on a terminal", terminal.until("\033[1;35mstale-state/nat-bypass\033[0m"))
    with open(directory + "/live.jsonl", "r+", encoding="ascii") as log:
        last = log.readlines()[-1]
        log.write(last.replace("nat-bypass", "host-lost"))
    check("tail: what comes is shown", terminal.until("stale-state/host-lost"))
    os.kill(terminal.pid, signal.SIGINT)
    terminal.end()


def progress(directory):
    """On a terminal a long reading tells how far it is."""
    with open(directory + "/200000.jsonl", "rb") as log:
        line = log.read()
    put(directory + "/long.jsonl", line * 20)
    terminal = Terminal(80, 24, "report", directory + "/long.jsonl", "--state", "/nonexistent")
    status, drawn = terminal.end()
    check("report: tells how far it is", status == 0 and (b" GB, " in drawn), drawn[:200])
    terminal = Terminal(80, 24, "tail", "--no-follow", "-n", "2", "-f", directory + "/long.jsonl")
    status, drawn = terminal.end()
    told = drawn.rfind(b" records\033[K\r\033[K")
    check("tail: tells how far it is, and takes that away before it prints", status == 0 and 0 < told < drawn.find(b"application/abort"), drawn[-600:])
    os.unlink(directory + "/long.jsonl")


def main():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with tempfile.TemporaryDirectory(dir="build") as directory:
        directory = os.path.abspath(directory)
        os.mkdir(directory + "/rotated")
        rotated = Rotated(directory + "/rotated")
        since(rotated)
        report(rotated, directory)
        settings(directory)
        unknown_option()
        hostile(directory)
        memory(directory)
        top(directory)
        if os.geteuid() == 0:
            refused_and_absent(directory)
        tail(directory)
        progress(directory)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
