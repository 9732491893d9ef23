# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""rstwhyd under test, and the module."""

import functools
import json
import os
import re
import signal
import subprocess

import netns
from connection import wait_until

MODULE = "/mnt/rstwhy/nf_rstwhy.ko"
PROGRAM = "/mnt/rstwhy/bin/rstwhyd"
PROC = "/proc/net/nf_rstwhy"


def have_module():
    return os.path.exists(MODULE)


def have_daemon():
    return os.path.exists(PROGRAM)


@functools.lru_cache(maxsize=None)
def load_dependencies(path):
    """Once: they stay, and under emulation each process costs a tenth of a second."""
    depends = netns.run(f"modinfo -F depends {path}").strip().replace(",", " ")
    if depends:
        netns.run(f"modprobe -a {depends}")


def load_module(parameters="", path=MODULE):
    """That very file, as insmod does; its dependencies by name."""
    load_dependencies(path)
    with open(path, "rb") as module:
        netns.system_call(netns.FINIT_MODULE, module.fileno(), parameters.encode(), 0)


def unload_module():
    """As rmmod; not loaded is no fault."""
    try:
        netns.system_call(netns.DELETE_MODULE, b"nf_rstwhy", os.O_NONBLOCK)
    except FileNotFoundError:
        pass


def counters():
    """/proc/net/nf_rstwhy as a dictionary: name to text."""
    values = {}
    with open(PROC, encoding="ascii") as lines:
        for line in lines:
            name, _, value = line.strip().partition(" ")
            values[name] = value.strip()
    return values


class Daemon:
    """One rstwhyd; its JSON log is directory/resets.jsonl, its messages directory/daemon.txt."""

    def __init__(self, directory, settings=(), arguments=(), program=PROGRAM):
        self.log = os.path.join(directory, "resets.jsonl")
        self.text = os.path.join(directory, "resets.txt")
        self.messages = os.path.join(directory, "daemon.txt")
        defaults = {
            "log.json": self.log,
            "log.text": self.text,
            "log.noise": "all",
            "verdict.idle_min_ms": "800",
            "user": "root",
            "state.file": os.path.join(directory, "paths.json"),
            "status.file": os.path.join(directory, "status"),
        }
        defaults.update(dict(settings))
        self.settings = defaults
        command = [program]
        for key, value in defaults.items():
            command += ["-s", f"{key}={value}"]
        with open(self.messages, "ab") as messages:
            with netns.on_any_cpu():
                self.process = subprocess.Popen(command + list(arguments), stdin=subprocess.DEVNULL, stdout=messages, stderr=messages)

    def said(self):
        with open(self.messages, encoding="utf-8", errors="replace") as messages:
            return messages.read()

    def wait_ready(self, group=17):
        def ready():
            if self.process.poll() is not None:
                raise AssertionError(f"rstwhyd ended with {self.process.returncode}: {self.said().strip()}")
            return re.search(rf"^rstwhyd: ready, NFLOG group {group}$", self.said(), re.M)

        wait_until("rstwhyd to say that it is ready", ready)

    def wait_exit(self):
        try:
            return self.process.wait(timeout=20 * netns.PATIENCE)
        except subprocess.TimeoutExpired as late:
            self.process.kill()
            raise AssertionError(f"rstwhyd did not end within {20 * netns.PATIENCE} s") from late

    def stop(self):
        """SIGTERM: it flushes what it holds and ends with 0."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait_exit()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()

    def accounting(self):
        """What rstwhy doctor --accounting says of the status file and the log, and "exit N"."""
        settings = " ".join(f"-s {key}={self.settings[key]}" for key in ("status.file", "log.json"))
        return netns.run(f"{PROGRAM.replace('rstwhyd', 'rstwhy')} doctor --accounting {settings} && echo exit 0 || echo exit $?")

    def records(self):
        """The log so far. A line that is not whole JSON fails the test: each record is one write of one line."""
        if not os.path.exists(self.log):
            return []
        return [json.loads(line) for line in wait_until("the log to end with a whole line", self._whole_lines).splitlines() if line]

    def _whole_lines(self):
        """One write of a line may cross a page, and the file grows page by page: a reader may come in between, for a moment."""
        with open(self.log, encoding="utf-8") as lines:
            text = lines.read()
        return text + "\n" if not text or text.endswith("\n") else None
