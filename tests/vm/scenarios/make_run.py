# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""make run on a machine whose kernel can load modules: this virtual machine is one."""

import os
import signal
import subprocess

import daemon
import netns
from connection import dial, wait_until
from lab import Skip, scenario

# The tree is put where it was built (tests/vm/in-root.sh), so that make finds everything up to date.
_SCRIPT = """
cp -a /mnt/rstwhy/tree /tmp/tree
mount --bind /tmp/tree /mnt/rstwhy
cd /mnt/rstwhy
exec make run W=1 KCFLAGS=-Werror
"""


@scenario("make-run-natively", judged=False, limit=600)
def natively(lab):
    """It builds, loads the module, starts the daemon in the foreground and shows the log; Ctrl-C ends it and unloads the module."""
    if not os.path.exists("/mnt/rstwhy/tree/build/nf_rstwhy.ko"):
        raise Skip("no tree with all built is here: nothing is built, or the kernel is another suite's, whose compiler the guest lacks")
    path = lab.directory + "/make-run.txt"
    with open(path, "wb") as out:
        command = ["unshare", "--mount", "sh", "-exc", _SCRIPT]
        run = lab.keep(netns.popen(command, stdout=out, stderr=out, stdin=subprocess.DEVNULL, start_new_session=True))

    def said():
        with open(path, encoding="utf-8", errors="replace") as text:
            return text.read()

    def ready():
        assert run.poll() is None, f"make run ended with {run.returncode}: {said()[-600:]}"
        return "rstwhyd: ready, NFLOG group 17" in said()

    wait_until("make run to be ready", ready, 500)
    try:
        dial("client", lab.address["server"], 9)
    except ConnectionRefusedError:
        pass
    wait_until("the line", lambda: "application/refused" in said())
    os.killpg(run.pid, signal.SIGINT)
    wait_until("make run to end", lambda: run.poll() is not None)
    wait_until("the module to be unloaded", lambda: not os.path.exists(daemon.PROC))
