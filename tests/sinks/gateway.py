# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
A gateway natively, without the module: namespaces of our own (see run), resets with real trailers through an nft log rule, rstwhyd.

Whoever uses this has network, mount and process namespaces for itself; all processes started here are stopped by their ids.
"""

import atexit
import json
import os
import re
import resource
import signal
import subprocess
import time

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("RSTWHY_BUILD", TOP + "/build")
DEPLOY = TOP + "/userspace/deploy"
WORK = "/mnt"
EPOCH = "5f0c2a71d3e8b604"
SKIP = 77
running = []


def run(command, check=True, **more):
    """A shell command's output; its failure is ours."""
    done = subprocess.run(command, shell=isinstance(command, str), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          stdin=subprocess.DEVNULL if "input" not in more else None, **more)
    assert not check or done.returncode == 0, f"{command}: {done.returncode}: {done.stdout.strip()}"
    return done.stdout


def skip(reason):
    print(reason)
    raise SystemExit(SKIP)


def need(*programs):
    for program in programs:
        if subprocess.run(["sh", "-c", f"command -v {program}"], stdout=subprocess.DEVNULL, check=False).returncode != 0:
            skip(f"{program} is not on this machine, and apt could not install it")


def wait_until(what, condition, seconds=30):
    """What the condition returns once it is true."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < end, f"waited {seconds} s for {what}"
        time.sleep(0.05)


def start(command, output, **more):
    """A process that is stopped by its id at the end."""
    with open(output, "ab") as out:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, **more)
    running.append(process)
    return process


def stop(process, how=signal.SIGTERM):
    if process.poll() is None:
        process.send_signal(how)
    try:
        status = process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        status = process.wait()
    if process in running:
        running.remove(process)
    return status


@atexit.register
def stop_all():
    for process in list(reversed(running)):
        stop(process)


def children_seconds():
    """CPU time of all processes that were waited for; times(2) has it only in hundredths."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def text(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def nft(rules):
    run(["nft", "-f", "-"], input=rules)


def probe():
    """Whether this kernel can do it without modules."""
    done = subprocess.run(["nft", "-f", "-"], input="table inet p {\nchain o {\ntype filter hook output priority 0\ntcp flags & rst == rst log group 99\n}\n}\n"
                          "delete table inet p\n", text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode != 0:
        skip(f"this kernel has no nft log rules to groups without modules: {done.stdout.strip().splitlines()[0]}")


def prefix():
    """What the module would write as the prefix of an idle timeout."""
    return run([BUILD + "/bench/daemon_feed", "--epoch", EPOCH, "--kind", "idle", "--prefix"]).strip()


def network():
    """10/8 leads to a device, and what is sent there is logged to group 17 and goes no further."""
    run("ip link set lo up; ip link add d0 type veth peer name d1; ip link set d0 up; ip link set d1 up; "
        "ip addr add 10.9.9.9/32 dev d0; ip route add 10.0.0.0/8 dev d0")
    probe()
    nft(f'table inet feed {{\nchain o {{\ntype filter hook output priority 0\noifname "d0" ip protocol tcp log prefix "{prefix()}" group 17 drop\n}}\n}}\n')


def feed(count, kind="mix", first=1, **more):
    options = [f"--{key}={value}" for key, value in more.items()]
    return run([BUILD + "/bench/daemon_feed", "--epoch", EPOCH, "--count", str(count), "--kind", kind, "--first", str(first), *options])


class Daemon:
    """One rstwhyd that takes our packets for the module's."""

    def __init__(self, name="gw1", arguments=(), epoch=EPOCH, **settings):
        self.log = f"{WORK}/{name}.jsonl"
        self.messages = f"{WORK}/{name}.messages"
        for old in (self.log, self.messages):
            if os.path.exists(old):
                os.unlink(old)
        values = {"user": "root", "log.json": self.log, "state.file": "", "gateway.name": name, "log.noise": "all"}
        if epoch:
            values["nflog.epoch"] = epoch
        values.update({key.replace("__", "."): value for key, value in settings.items()})
        command = [BUILD + "/rstwhyd"]
        for key, value in values.items():
            command += ["-s", f"{key}={value}"]
        self.process = start(command + list(arguments), self.messages)
        wait_until("rstwhyd to be ready: " + text(self.messages), self.ready)

    def ready(self):
        assert self.process.poll() is None, f"rstwhyd ended: {text(self.messages)}"
        return re.search("^rstwhyd: ready, NFLOG group", text(self.messages), re.M)

    def records(self):
        lines = text(self.log).split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def wait_records(self, count):
        wait_until(f"{count} records", lambda: len(self.records()) >= count)
        return self.records()

    def stop(self):
        assert stop(self.process) == 0, f"rstwhyd did not end well: {text(self.messages)}"
