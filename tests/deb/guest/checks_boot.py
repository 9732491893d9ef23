# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A machine that boots with our packages installed (by install.sh, in a chroot, where nothing can be started or loaded)."""

import os

import machine
from machine import KERNEL, told, wait_for


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


def the_module_may_go_and_come_back():
    """Reloaded under the running daemon: it reads on with the new epoch."""
    pid = machine.main_pid()
    machine.run("rmmod nf_rstwhy && modprobe nf_rstwhy")
    machine.a_reset_is_logged(7002)
    assert machine.main_pid() == pid


CHECKS = (
    the_module_is_there_before_daemon_and_network,
    the_daemon_had_not_to_wait,
    the_settings_of_sysctl_d_hold,
    the_boot_came_to_its_end_without_failed_units,
    the_module_was_built_by_dkms_for_this_kernel,
    a_reset_appears_in_the_log,
    the_module_may_go_and_come_back,
)
