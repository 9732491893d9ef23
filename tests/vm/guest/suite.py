# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Runs the scenarios in the guest. Result lines go to /mnt/out/results.tap (see watch.sh): plan, ok, not ok, skip, done.

    suite.py [-k PATTERN[,PATTERN]] [--keep]      --keep: leave the network of a failed scenario standing (shell)
"""

import glob
import importlib.util
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import traceback

HERE = os.path.dirname(os.path.abspath(__file__))
LABORATORY = os.path.join(HERE, "..", "laboratory")
STRESS = os.path.join(HERE, "..", "stress")
sys.path[:0] = [HERE, LABORATORY, STRESS]

import daemon  # noqa: E402
import lab  # noqa: E402
import netns  # noqa: E402
import topology  # noqa: E402
from vary import Variation  # noqa: E402

OUT = "/mnt/out"
SO_TIMESTAMP = 29  # the socket module has no name for it
COMPLAINTS = re.compile("BUG:|WARNING:|Oops|KASAN|UBSAN|Call Trace|leaked|refcount|unregister_netdevice|general protection")


class TooLong(BaseException):
    """Raised by the alarm: a scenario may not hang the suite."""


def load_from(directory):
    """Registers the scenarios of a directory, and returns them."""
    known = len(lab.SCENARIOS)
    for path in sorted(glob.glob(os.path.join(directory, "*.py"))):
        name = os.path.basename(path)[:-3]
        spec = importlib.util.spec_from_file_location("scenario_" + name, path)
        spec.loader.exec_module(importlib.util.module_from_spec(spec))
    return lab.SCENARIOS[known:]


def given(name):
    with open("/mnt/rstwhy/" + name, encoding="utf-8") as text:
        return text.read().strip()


def fits(name, pattern):
    """Has one of the pattern's words in it, and none of those that begin with "!"."""
    words = [word for word in pattern.split(",") if word]
    wanted, unwanted = [w for w in words if w[0] != "!"], [w[1:] for w in words if w[0] == "!"]
    return (not wanted or any(w in name for w in wanted)) and not any(w in name for w in unwanted)


def load_scenarios(mode, pattern):
    """
    The suite's own, and of tests/lab and tests/stress the quick ones or those that are asked for; all that are judged in mode "lab". In
    mode "stress" those of tests/stress, and beside them what the file "beside" names: "suite", "all" (of tests/lab too), or a pattern.
    """
    part, parts = (int(number) for number in given("part").split("/"))
    quick = given("quick").split()
    own = load_from(os.path.join(HERE, "..", "scenarios"))
    measured = load_from(os.path.join(LABORATORY, "scenarios"))
    stress = load_from(os.path.join(STRESS, "scenarios"))
    if mode == "stress":
        for spec in stress:
            spec["once"] = True  # no second try
        beside = given("beside")
        if beside == "suite":
            own += [spec for spec in measured if spec["name"] in quick]
        elif beside not in ("", "none"):
            own = [spec for spec in own + measured if beside == "all" or fits(spec["name"], beside)]
        else:
            own = []
        wanted = [spec for spec in own + stress if fits(spec["name"], pattern)]
        return [spec for spec in wanted if not spec["last"]][part - 1 :: parts] + [spec for spec in wanted if spec["last"]]
    if mode == "lab":
        measured += [spec for spec in own if spec["judged"]]
        for spec in measured:
            spec["measured"] = True
            if given("vary"):
                spec["variation"] = Variation(given("vary"), spec["name"])
        own = []
    else:
        measured += stress
        if not pattern:
            measured = [spec for spec in measured if spec["name"] in quick]
    return [spec for spec in own + measured if fits(spec["name"], pattern)][part - 1 :: parts]


def report(line):
    with open(OUT + "/results.tap", "a", encoding="utf-8") as results:
        results.write(line.replace("\n", " ") + "\n")


class KernelLog:
    """What the kernel says from now on, by /dev/kmsg."""

    def __init__(self):
        self._log = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
        os.lseek(self._log, 0, os.SEEK_END)

    def complaints(self):
        """Since the last time; not the kernel's own data races."""
        lines = []
        while True:
            try:
                record = os.read(self._log, 8192).decode(errors="replace")
            except BlockingIOError:
                break
            except BrokenPipeError:  # overwritten before it was read; the console has it
                continue
            stamp, _, text = record.partition(";")
            lines.append(f"[{int(stamp.split(',')[2]) / 1e6:12.6f}] {text.splitlines()[0]}")
        if not any(COMPLAINTS.search(line) for line in lines):
            return []
        done = subprocess.run(
            ["awk", "-v", "live=1", "-f", f"{HERE}/races.awk"], input="\n".join(lines) + "\n", stdout=subprocess.PIPE, text=True, check=True
        )
        return [line for line in done.stdout.splitlines() if COMPLAINTS.search(line)]


def run_one(spec, keep):
    """The faults of one scenario, or a Skip."""
    place = lab.Lab(spec, f"/tmp/scenarios/{spec['name']}")
    faults = []

    def expired(*_):
        raise TooLong(f"took longer than {spec['limit'] * netns.PATIENCE} s")

    signal.signal(signal.SIGALRM, expired)
    signal.alarm(spec["limit"] * netns.PATIENCE)
    try:
        place.set_up()
        spec["function"](place)
        faults = place.finish()
    except lab.Skip:
        raise
    except (Exception, TooLong) as error:  # pylint: disable=broad-except
        place.note(traceback.format_exc())
        faults = [f"{type(error).__name__}: {error}"]
        if place.daemon and place.daemon.process.poll() not in (None, 0):
            faults.append(f"rstwhyd died: {place.daemon.process.returncode}")
    finally:
        signal.alarm(0)
        if keep and faults:
            sys.exit("\n".join(faults))
        signal.alarm(60 * netns.PATIENCE)
        try:
            place.tear_down()
        except (Exception, TooLong) as error:  # pylint: disable=broad-except
            faults.append(f"tear-down: {type(error).__name__}: {error}")
        signal.alarm(0)
        shutil.copytree(place.directory, f"{OUT}/{spec['name']}", copy_function=shutil.copyfile)  # no copystat: each call crosses to the host
    return faults


def run_again(spec, faults):
    """
    Emulated machines on busy hosts stall for tens of seconds: a failed scenario has one second try. The first one's fault is printed
    with the result, and its directory kept as NAME.first: what needs second tries again and again is a defect.
    """
    os.rename(f"{OUT}/{spec['name']}", f"{OUT}/{spec['name']}.first")
    shutil.rmtree(f"/tmp/scenarios/{spec['name']}", ignore_errors=True)
    return run_one(spec, False), f", SECOND TRY; the first: {'; '.join(faults[:3])}"


def hold_hooks():
    """
    A namespace of no name whose rules hang on every hook, and a socket that wants time stamps; all stand as long as what is returned does.
    Without them each scenario that is the first to use a hook, or the last, has the kernel patch its own code (static keys), and emulated
    CPUs trip over what another one patches: an int3 oops now and then, in functions that are none of ours.
    """
    netns.add("hooks")
    chain = "chain {0} {{ type filter hook {0} {1} priority 500; }}"
    netns.nft("table inet hold { " + " ".join(chain.format(hook, "") for hook in ("prerouting", "input", "forward", "output", "postrouting")) + " }", "hooks")
    for hook in ("ingress", "egress"):
        try:
            netns.nft("table netdev hold { " + chain.format(hook, "device lo") + " }", "hooks")
        except RuntimeError:
            pass  # this kernel has no such hook, hence no code to patch
    held = open("/run/netns/hooks", encoding="ascii"), socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    held[1].setsockopt(socket.SOL_SOCKET, SO_TIMESTAMP, 1)
    netns.remove("hooks")
    return held


def main():
    arguments = sys.argv[1:]
    keep = "--keep" in arguments
    if "-k" in arguments:
        pattern = arguments[arguments.index("-k") + 1]
    else:
        pattern = given("pattern")
    wanted = load_scenarios(given("mode"), pattern)
    for spec in wanted:
        report(f"plan {spec['name']}")
    # On several CPUs veth reorders segments of one connection, which makes resets of its own. Traffic stays on the first one;
    # the daemon, and traffic that is meant to race, run on the others.
    os.sched_setaffinity(0, {0})
    netns.run("modprobe -a nf_conntrack nf_tables veth; sysctl -qw kernel.printk_ratelimit=0")
    topology.tear_down()
    _held = hold_hooks()
    log = KernelLog()
    for spec in wanted:
        began = time.monotonic()
        if spec["limit"] > lab.USUAL_LIMIT:
            report(f"limit {spec['name']} {spec['limit'] * netns.PATIENCE}")
        try:
            if not spec["judged"] and not (daemon.have_module() and daemon.have_daemon()):
                raise lab.Skip("module or daemon not built")
            faults, first = run_one(spec, keep), ""
            if faults and not spec.get("measured") and not spec.get("once"):
                faults, first = run_again(spec, faults)
        except lab.Skip as skip:
            report(f"skip {spec['name']} # {skip}")
            continue
        faults += [f"kernel: {line}" for line in log.complaints()]
        took = time.monotonic() - began
        if faults:
            report(f"not ok {spec['name']} # {'; '.join(faults[:6])}")
        else:
            report(f"ok {spec['name']} # {took:.1f} s{first}")
    report("done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
