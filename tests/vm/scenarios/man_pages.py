# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The examples of the manual pages that need the module; the others are tried by tests/man/check.py."""

import os
import signal
import subprocess

import daemon
import netns
import pages
from connection import wait_until
from lab import scenario

DIRECTORY = "/mnt/rstwhy/tree/userspace/man"


def try_one(lab, example):
    """Run it as a shell would; a daemon is stopped once it has printed what is expected."""
    path = lab.directory + "/example.txt"
    with open(path, "wb") as out:
        process = subprocess.Popen(["sh", "-c", "exec " + example.command if "&&" not in example.command else example.command],
                                   stdin=subprocess.DEVNULL, stdout=out, stderr=out)

    def said():
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()

    def over():
        return process.poll() is not None or (example.expect and example.expect in said())

    wait_until(f"{example.text} to end or to say {example.expect!r}", over, limit=60)
    stopped = process.poll() is None
    if stopped:
        process.send_signal(signal.SIGTERM)
    status = process.wait(timeout=20)
    if stopped and status == -signal.SIGTERM:
        status = 0  # it had said what it should, and was ended by this
    lab.note(f"{example.text}: exit {status}")
    return status, said()


def try_all(lab, page, ends=(0,)):
    tried = 0
    for example in pages.examples(DIRECTORY):
        if example.where != "vm" or example.page != page:
            continue
        status, said = try_one(lab, example)
        assert status in ends, f"{example.text}: exit {status}: {said[-500:]}"
        assert example.expect in said, f"{example.text}: {example.expect!r} is not in: {said[-500:]}"
        tried += 1
    assert tried, f"{page}: no example to try"


def install_module(directory):
    """Where modprobe finds it, as on an installed system: in a tree of its own, for depmod over all modules takes minutes under emulation."""
    modules = f"{directory}/lib/modules/$(uname -r)"
    netns.run(f"mkdir -p {modules} && cp {daemon.MODULE} {modules}/ && touch {modules}/modules.order {modules}/modules.builtin && depmod -b {directory}")
    os.environ["MODPROBE_OPTIONS"] = f"-d {directory}"


@scenario("man-examples-module", judged=False, limit=300)
def of_the_module(lab):
    daemon.load_module()
    install_module(lab.directory + "/root")
    netns.run("ip netns add web")
    try:
        try_all(lab, "nf_rstwhy.4")
    finally:
        del os.environ["MODPROBE_OPTIONS"]
        netns.run("ip netns del web")
    with open("/sys/module/nf_rstwhy/parameters/flows", encoding="ascii") as flows:
        assert int(flows.read()) >= 4096


@scenario("man-examples-daemon", judged=False, limit=300)
def of_the_daemon(lab):
    daemon.load_module()
    try_all(lab, "rstwhyd.8")
    assert os.path.getsize("/tmp/gateway.nflog") > 0


@scenario("man-examples-tool", judged=False, limit=300)
def of_the_tool(lab):
    """doctor tells of the loaded module; other findings of this machine make it end with 1."""
    daemon.load_module()
    lab.start_daemon()
    try_all(lab, "rstwhy.1", ends=(0, 1))
