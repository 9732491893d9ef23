# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""This Debian machine: commands, its packages and services, and resets that cross it."""

import json
import os
import subprocess
import time

PATIENCE = 180  # seconds that anything but a build may take on an emulated machine whose host is busy
# Else a chroot: nothing can be started or loaded. The second is sysvinit's.
LIVE = os.path.isdir("/run/systemd/system") or os.path.exists("/run/initctl")
KERNEL = os.uname().release if LIVE else sorted(k for k in os.listdir("/lib/modules") if os.path.exists(f"/lib/modules/{k}/build"))[-1]
LOG = "/var/log/rstwhy/resets.jsonl"
MODULE = "/sys/module/nf_rstwhy"

# What files come and go without anybody's packages: state of apt, dpkg, systemd, journal, caches.
PASSING = (
    "/proc", "/sys", "/dev", "/run", "/tmp", "/mnt", "/root", "/var/tmp", "/var/cache", "/var/lib/apt", "/var/lib/dpkg", "/var/log/apt",
    "/var/log/journal", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/lib/systemd", "/var/lib/logrotate", "/var/lib/private",
    "/usr/lib/python3", "/etc/machine-id", "/etc/passwd-", "/etc/group-", "/etc/shadow-", "/etc/gshadow-",
)  # fmt: skip


class Skip(Exception):
    """A check that cannot be made here, and why."""


def needs_a_running_system():
    if not LIVE:
        raise Skip("in a chroot nothing is started or loaded; this is checked in the virtual machine")


def run(command, check=True, seconds=PATIENCE, quiet=False, **environment):
    """A shell command: (exit status, what it printed). What was run and said is in checks.log."""
    print("+", command, flush=True)
    done = subprocess.run(
        command, shell=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=seconds, text=True, errors="replace",
        stdin=subprocess.DEVNULL, env=dict(os.environ, DEBIAN_FRONTEND="noninteractive", **environment),
    )  # fmt: skip
    print("" if quiet else done.stdout, f"[{done.returncode}]", flush=True)
    assert not check or done.returncode == 0, f"{command}: exit {done.returncode}: {done.stdout[-300:]}"
    return done.returncode, done.stdout


def told(command):
    return run(command, check=False)[1].strip()


def wait_for(what, true, seconds=PATIENCE):
    """Until true() holds; a failure that names what did not come."""
    end = time.monotonic() + seconds
    while True:
        value = true()
        if value:
            return value
        assert time.monotonic() < end, f"not within {seconds} s: {what}"
        time.sleep(0.2)


def apt(arguments, **environment):
    """apt-get as an administrator runs it; without a network, so from files and the cache only."""
    options = "-y -q --no-install-recommends -o APT::Sandbox::User=root -o Dpkg::Use-Pty=0 -o Acquire::Retries=0"
    return run(f"apt-get {options} {arguments}", seconds=2400, **environment)[1]


def package_system_is_healthy():
    assert told("dpkg --audit") == "", "dpkg --audit has something to say"
    run("apt-get check -q")
    half = told("dpkg-query -W -f '${db:Status-Abbrev} ${Package}\\n' | grep -v '^.i ' | grep -v '^rc '")
    assert half == "", half


def files():
    """All paths on this machine but the passing ones."""
    skip = " -o ".join(f"-path {path}" for path in PASSING)
    return set(run(f"find / \\( {skip} \\) -prune -o -print", quiet=True)[1].splitlines())


def is_active():
    return told("systemctl is-active rstwhyd") == "active"


def main_pid():
    return int(told("systemctl show -p MainPID --value rstwhyd"))


def said_by_daemon():
    return told("journalctl -b --no-pager -o cat -u rstwhyd")


def loaded_version():
    try:
        with open(MODULE + "/version") as file:
            return file.read().strip()
    except OSError:
        return None


def build_network():
    """client - this machine - server, in namespaces."""
    steps = ["ip netns add client", "ip netns add server"]
    for net, name, wire in (("1", "client", "lan"), ("2", "server", "wan")):
        steps += [
            f"ip link add {wire} type veth peer name eth0 netns {name}",
            f"ip addr add 10.{net}.0.1/24 dev {wire}", f"ip link set {wire} up",
            f"ip -n {name} addr add 10.{net}.0.2/24 dev eth0", f"ip -n {name} link set eth0 up",
            f"ip -n {name} route add default via 10.{net}.0.1",
        ]  # fmt: skip
    steps += ["sysctl -q -w net.ipv4.ip_forward=1", "nft add table ip watch", "nft add chain ip watch f '{ type filter hook forward priority 0; }'"]
    steps += ["nft add rule ip watch f ct state established accept"]  # so that conntrack runs
    run(" && ".join(steps))


def refused_dial(port):
    """The client connects to a port of the server where nobody listens: a reset crosses us."""
    dial = f"import socket; s = socket.socket(); s.settimeout(20); print(s.connect_ex(('10.2.0.2', {port})))"
    assert told(f'ip netns exec client python3 -c "{dial}"') == "111", "the connection was to be refused"


def records(path=LOG):
    try:
        with open(path) as file:
            return [json.loads(line) for line in file if line.endswith("\n")]
    except OSError:
        return []


def a_reset_is_logged(port, path=LOG):
    """Make one, and find it in the log."""
    assert not any(r.get("server", {}).get("port") == port for r in records(path)), "choose another port: it has a record already"
    refused_dial(port)
    of_port = lambda: [r for r in records(path) if r.get("server") == {"ip": "10.2.0.2", "port": port}]
    record = wait_for(f"a record of the reset from port {port}", of_port)[0]
    print(record, flush=True)
    assert (record["kind"], record["sender"], record["client"]["ip"]) == ("reset", "server", "10.1.0.2"), record
