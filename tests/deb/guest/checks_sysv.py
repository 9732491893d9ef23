# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
A machine without systemd: Debian with sysvinit, systemd's packages gone, ours installed (in a chroot, where nothing can be started).
What is done here is what its administrator does: the init script, by its name or by service(8).
"""

import glob
import os

import machine
from machine import LOG, run, told, wait_for

SCRIPT = "/etc/init.d/rstwhyd"
PIDFILE = "/run/rstwhyd.pid"
MESSAGES = "/var/log/rstwhyd.log"
SETTINGS = "/etc/rstwhy/rstwhyd.conf"
READY = "ready, NFLOG group 17"


def pid():
    with open(PIDFILE) as file:
        return int(file.read())


def messages():
    return told(f"cat {MESSAGES}")


def daemons():
    return sorted(map(int, told("pgrep -x rstwhyd").split()))


def status_is(expected, words):
    status, text = run(f"{SCRIPT} status", check=False)
    assert (status, words in text) == (expected, True), f"status {status}, {text}"


def starts(command="start"):
    """The script returns 0 and the daemon comes up: one, of the pid file, ready, by its own user."""
    before = messages().count(READY)
    run(f"{SCRIPT} {command}")
    wait_for("ready in " + MESSAGES, lambda: messages().count(READY) > before)
    assert daemons() == [pid()], f"{daemons()}, pid file {pid()}"
    assert told(f"ps -o user= -p {pid()}") == "rstwhy"


def nothing_of_systemd_is_here():
    with open("/proc/1/comm") as file:
        assert file.read().strip() == "init"
    assert not os.path.exists("/run/systemd/system") and run("command -v systemctl systemd-tmpfiles", check=False)[0] != 0


def booting_starts_it():
    """sysvinit has run the script: the module loaded by kmod's script, settings by procps', directories there, nobody waited."""
    wait_for("ready in " + MESSAGES, lambda: READY in messages())
    assert "waiting for module" not in messages() and daemons() == [pid()]
    assert glob.glob("/etc/rc2.d/S*rstwhyd") and os.path.exists(machine.MODULE)
    assert told("sysctl -n net.netfilter.nf_rstwhy_copy") == "99"
    assert told("stat -c '%U %a' /var/log/rstwhy /var/lib/rstwhy /run/rstwhy").split("\n") == ["rstwhy 750", "rstwhy 750", "rstwhy 755"]
    status_is(0, "rstwhyd is running")


def a_reset_appears_in_the_log():
    machine.build_network()
    machine.a_reset_is_logged(7001)
    assert "10.2.0.2:7001" in told("rstwhy tail --no-follow")
    run("rstwhy doctor")


def started_twice_it_runs_once():
    before = pid()
    run(f"{SCRIPT} start")
    assert daemons() == [before] and pid() == before


def reload_reads_the_settings_again():
    before = pid()
    with open(SETTINGS, "a") as file:
        file.write("\n[gateway]\nname = night-shift\n")
    run(f"{SCRIPT} reload")
    wait_for("the daemon says that it has", lambda: "logs opened again" in messages())
    machine.a_reset_is_logged(7002)
    assert (machine.records()[-1]["gateway"], pid()) == ("night-shift", before)


def rotated_logs_go_on():
    run("logrotate --force /etc/logrotate.d/rstwhy")
    assert os.path.exists(LOG + ".1") and os.path.exists(MESSAGES + ".1.gz")
    machine.a_reset_is_logged(7003)
    assert told(f"stat -c %U {LOG}") == "rstwhy"


def restart_starts_anew():
    before = pid()
    starts("restart")
    assert pid() != before
    machine.a_reset_is_logged(7004)


def stop_stops_and_writes_what_is_held():
    """A verdict that would wait for another minute is in the log when the script returns."""
    run(f"cp {SETTINGS} /root/kept")
    with open(SETTINGS, "a") as file:
        file.write("\n[verdict]\nhold_ms = 60000\n")
    starts("restart")
    machine.refused_dial(7005)
    wait_for("it has come to the daemon", lambda: "1  still held" in told("rstwhy doctor --accounting") or machine.records()[-1]["server"]["port"] == 7005)
    run("service rstwhyd stop")
    assert machine.records()[-1]["server"]["port"] == 7005 and daemons() == [] and not os.path.exists(PIDFILE)
    status_is(3, "rstwhyd is not running")
    run(f"{SCRIPT} stop")  # which it is
    assert run(f"{SCRIPT} reload", check=False)[0] != 0
    run(f"cp /root/kept {SETTINGS}")
    starts()


def a_stale_pid_file_is_no_obstacle():
    """Killed without a chance to tidy up; and a pid file that names a process of somebody else's, which must live on."""
    run(f"kill -KILL {pid()}")
    wait_for("it is gone", lambda: daemons() == [])
    status_is(1, "rstwhyd is not running")
    starts()
    run(f"{SCRIPT} stop")
    with open(PIDFILE, "w") as file:
        file.write(f"{os.getpid()}\n")
    status_is(1, "rstwhyd is not running")
    run(f"{SCRIPT} stop")  # and this program goes on
    with open(PIDFILE, "w") as file:
        file.write(f"{os.getpid()}\n")
    starts()
    machine.a_reset_is_logged(7006)


def without_the_module_it_waits():
    """The module cannot be loaded (its file is away); it comes later, and the same daemon takes it up."""
    file = told("modinfo -n nf_rstwhy")
    run(f"{SCRIPT} stop && rmmod nf_rstwhy && mv {file} /root/")
    run(f"{SCRIPT} start")
    wait_for("it says what it waits for", lambda: "waiting for module nf_rstwhy" in messages())
    status_is(0, "rstwhyd is running")
    before = pid()
    code, said = run("rstwhy doctor", check=False)
    assert code == 1 and "the module nf_rstwhy is not loaded" in said and "systemctl" not in said
    run(f"mv /root/{os.path.basename(file)} {file}")
    ready = messages().count(READY)
    run("modprobe nf_rstwhy")
    wait_for("ready", lambda: messages().count(READY) > ready)
    machine.a_reset_is_logged(7007)
    assert pid() == before


def settings_are_there_whenever_the_module_is_loaded():
    """Where udev runs: by its rule, with sysctl(8)."""
    run("pgrep -x 'systemd-udevd|udevd'")
    with open("/etc/sysctl.d/70-test.conf", "w") as file:
        file.write("net.netfilter.nf_rstwhy_copy = 98\n")
    run("rmmod nf_rstwhy && modprobe nf_rstwhy")
    wait_for("the settings of sysctl.d", lambda: told("sysctl -n net.netfilter.nf_rstwhy_copy") == "98")


def wrong_settings_are_refused_with_their_place():
    run(f"{SCRIPT} stop && cp {SETTINGS} /root/kept && echo 'nflog.grp = 1' >>{SETTINGS}")
    code, said = run(f"{SCRIPT} start", check=False)
    assert code != 0 and f"{SETTINGS}:" in said and daemons() == []
    run(f"cp /root/kept {SETTINGS}")
    starts()


def an_upgrade_restarts_it():
    (better,) = glob.glob("/mnt/rstwhy/debs/better/rstwhy_*.deb")
    before = pid()
    ready = messages().count(READY)
    machine.apt("-o Dpkg::Options::=--force-confold install " + better)
    machine.package_system_is_healthy()
    wait_for("ready again", lambda: messages().count(READY) > ready)
    assert pid() != before and daemons() == [pid()]
    assert told(f"dpkg-deb -f {better} Version") in told("rstwhy version")
    machine.a_reset_is_logged(7008)


def removed_it_is_gone():
    machine.apt("purge rstwhy nf-rstwhy-dkms")
    machine.package_system_is_healthy()
    assert daemons() == [] and not os.path.exists(machine.MODULE)
    left = told("ls -d /etc/rc?.d/*rstwhy* /etc/init.d/rstwhy* /run/rstwhy* /var/log/rstwhy* /var/lib/rstwhy /etc/rstwhy 2>/dev/null")
    assert not left and run("getent passwd rstwhy", check=False)[0] != 0, left


CHECKS = (
    nothing_of_systemd_is_here,
    booting_starts_it,
    a_reset_appears_in_the_log,
    started_twice_it_runs_once,
    reload_reads_the_settings_again,
    rotated_logs_go_on,
    restart_starts_anew,
    stop_stops_and_writes_what_is_held,
    a_stale_pid_file_is_no_obstacle,
    without_the_module_it_waits,
    settings_are_there_whenever_the_module_is_loaded,
    wrong_settings_are_refused_with_their_place,
    an_upgrade_restarts_it,
    removed_it_is_gone,
)
