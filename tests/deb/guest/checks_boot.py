# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A machine that boots with our packages installed (by install.sh, in a chroot, where nothing can be started or loaded)."""

import os
import re

import machine
from machine import KERNEL, LOG, run, told, wait_for


def when(unit, property_name):
    """A unit's stamp, in microseconds since boot."""
    return int(told(f"systemctl show -p {property_name} --value {unit}"))


def the_module_is_there_before_daemon_and_network():
    wait_for("the daemon is active", machine.is_active)
    loaded = when("systemd-modules-load", "InactiveExitTimestampMonotonic"), when("systemd-modules-load", "ActiveEnterTimestampMonotonic")
    started = when("rstwhyd", "ExecMainStartTimestampMonotonic")
    print("modules", loaded, "daemon", started, flush=True)
    assert 0 < loaded[1] <= started
    assert os.path.exists(machine.MODULE) and told("systemctl is-failed systemd-modules-load") == "active"
    before = told("systemctl show -p After --value rstwhyd").split()
    assert {"systemd-modules-load.service", "systemd-journald.socket", "network-pre.target"} <= set(before), before


def the_daemon_had_not_to_wait():
    wait_for("the daemon is ready", lambda: "ready, NFLOG group 17" in machine.said_by_daemon())
    assert "waiting for module" not in machine.said_by_daemon()


def the_settings_of_sysctl_d_hold():
    """install.sh has put one there."""
    assert told("sysctl -n net.netfilter.nf_rstwhy_copy") == "99"


def the_boot_came_to_its_end_without_failed_units():
    """Nothing of ours failed, and multi-user.target was reached: this very check runs after it."""
    failed = told("systemctl list-units --failed --plain --no-legend")
    assert "rstwhy" not in failed and "modules-load" not in failed and "sysctl" not in failed, failed
    assert told("systemctl is-active multi-user.target") == "active"


def the_module_was_built_by_dkms_for_this_kernel():
    assert f", {KERNEL}, " in told("dkms status rstwhy") and "/updates/dkms/" in told("modinfo -n nf_rstwhy")


def a_reset_appears_in_the_log():
    machine.build_network()
    machine.a_reset_is_logged(7001)
    shown = told("rstwhy tail --no-follow") or told("rstwhy tail -n 5")
    assert "10.2.0.2:7001" in shown, shown
    run("rstwhy doctor")


def the_module_may_go_and_come_back():
    """Reloaded under the running daemon: it reads on with the new epoch."""
    pid = machine.main_pid()
    run("rmmod nf_rstwhy && modprobe nf_rstwhy")
    machine.a_reset_is_logged(7002)
    assert machine.main_pid() == pid


def settings_are_there_whenever_the_module_is_loaded():
    with open("/etc/sysctl.d/70-test.conf", "w") as file:
        file.write("net.netfilter.nf_rstwhy_copy = 98\nnet.netfilter.nf_rstwhy_resume_ms = 777\n")
    run("rmmod nf_rstwhy && modprobe nf_rstwhy")
    settled = lambda: told("sysctl -n net.netfilter.nf_rstwhy_copy net.netfilter.nf_rstwhy_resume_ms").split() == ["98", "777"]
    wait_for("the settings of sysctl.d", settled)
    os.unlink("/etc/sysctl.d/70-test.conf")
    machine.a_reset_is_logged(7006)


def rotated_logs_go_on():
    """Now, not tomorrow: logrotate as its timer runs it. The daemon follows."""
    run("logrotate --force /etc/logrotate.d/rstwhy")
    assert os.path.exists(LOG + ".1"), os.listdir("/var/log/rstwhy")
    machine.a_reset_is_logged(7003)
    assert told(f"stat -c %U {LOG}") == "rstwhy"


def without_systemd_the_init_script_serves():
    """What a machine without systemd does: the script itself, not handed over to systemctl."""
    run("systemctl stop rstwhyd")
    run("/etc/init.d/rstwhyd start", SYSTEMCTL_SKIP_REDIRECT="1")
    try:
        wait_for("ready in /var/log/rstwhyd.log", lambda: "ready, NFLOG group 17" in told("cat /var/log/rstwhyd.log"))
        assert "is running" in told("SYSTEMCTL_SKIP_REDIRECT=1 /etc/init.d/rstwhyd status")
        pid = told("cat /run/rstwhyd.pid")
        assert told(f"stat -c %U /proc/{pid}/stat; ps -o user= -p {pid}").split()[-1] == "rstwhy"
        machine.a_reset_is_logged(7004)
        run("logrotate --force /etc/logrotate.d/rstwhy")
        machine.a_reset_is_logged(7005)
    finally:
        run("/etc/init.d/rstwhyd stop", SYSTEMCTL_SKIP_REDIRECT="1")
    assert not os.path.exists("/run/rstwhyd.pid") and not os.path.exists(f"/proc/{pid}")
    run("systemctl start rstwhyd")


def a_kernel_that_takes_signed_modules_only_is_recognised():
    """As with Secure Boot, whose firmware is not here. It holds until this machine ends, so this comes last."""
    with open("/sys/module/module/parameters/sig_enforce", "w") as file:
        file.write("1")
    run("rmmod nf_rstwhy")
    status, said = run("modprobe nf_rstwhy", check=False)
    assert status != 0 and "Key was rejected by service" in said, said
    status, said = run("rstwhy doctor", check=False)
    assert status == 1 and re.search('^FAIL the kernel refused the module.*"Key was rejected by service"', said, re.M), said
    assert "mokutil --import /var/lib/dkms/mok.pub" in said, said


CHECKS = (
    the_module_is_there_before_daemon_and_network,
    the_daemon_had_not_to_wait,
    the_settings_of_sysctl_d_hold,
    the_boot_came_to_its_end_without_failed_units,
    the_module_was_built_by_dkms_for_this_kernel,
    a_reset_appears_in_the_log,
    the_module_may_go_and_come_back,
    settings_are_there_whenever_the_module_is_loaded,
    rotated_logs_go_on,
    without_systemd_the_init_script_serves,
    a_kernel_that_takes_signed_modules_only_is_recognised,
)
