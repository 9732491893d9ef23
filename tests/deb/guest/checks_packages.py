# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
The life of our packages: what goes wrong first, then install, upgrade, remove and purge. On a running machine, and in a chroot: there DKMS
builds natively, which is quick, and what needs a running system is left out.
"""

import glob
import os
import time

import machine
from machine import KERNEL, LIVE, MODULE, apt, needs_a_running_system, run, told, wait_for

DEBS = "/mnt/rstwhy/debs/"
HEADERS = f"/lib/modules/{KERNEL}/build"
state = {}


def deb(which, package):
    """The file of a package: which is good, better (a higher version) or broken (its module does not compile; between the two)."""
    (path,) = glob.glob(f"{DEBS}{which}/{package}_*.deb")
    return path


def version_of(which):
    return told(f"dpkg-deb -f {deb(which, 'nf-rstwhy-dkms')} Version")


def doctor(*words):
    """The doctor is not content, and says these words. It speaks of the running kernel: not in a chroot."""
    if not LIVE:
        return
    status, text = run("rstwhy doctor", check=False)
    assert status != 0, "the doctor finds nothing"
    for word in words:
        assert word in text, f"the doctor does not say {word!r}"


def what_we_depend_on_comes_first():
    """So that what is left in the end can be compared with what was there before us."""
    if LIVE:
        machine.build_network()
    apt("install dkms " + " ".join(glob_dependencies()))
    state["before"] = machine.files()
    state["accounts"] = accounts()


def glob_dependencies():
    wanted = told(f"dpkg-deb -f {deb('good', 'rstwhy')} Depends").split(",")
    return [alternatives.split("|")[0].split("(")[0].strip() for alternatives in wanted]


def accounts():
    names = []
    for path in ("/etc/passwd", "/etc/group", "/etc/shadow"):
        with open(path) as file:
            names += [path + " " + line.split(":")[0] for line in file]
    return sorted(names)


def without_the_module_the_daemon_waits_and_apt_goes_on():
    """apt returns at once, though the daemon will wait for its module for ever; systemd holds it for started."""
    apt("install " + deb("good", "rstwhy"))
    machine.package_system_is_healthy()
    if LIVE:
        wait_for("the daemon is active", machine.is_active)
        wait_for("the daemon says what it waits for", lambda: "waiting for module nf_rstwhy" in machine.said_by_daemon())
    assert told("stat -c '%U %a' /var/log/rstwhy") == "rstwhy 750"
    doctor("no module nf_rstwhy for the running kernel " + KERNEL)


def without_headers_the_packages_stay_healthy():
    os.rename(HEADERS, HEADERS + ".away")
    apt("install " + deb("good", "nf-rstwhy-dkms"))
    machine.package_system_is_healthy()
    doctor("linux-headers-" + KERNEL)
    assert not LIVE or (machine.is_active() and not os.path.exists(MODULE))


def with_headers_back_the_doctors_fix_works():
    """The command that the doctor gave; the module comes late, and the same daemon takes it up. The reset is in the log."""
    os.rename(HEADERS + ".away", HEADERS)
    pid = LIVE and machine.main_pid()
    began = time.monotonic()
    run(f"dkms install rstwhy/{version_of('good')} -k {KERNEL}", seconds=2400)
    print(f"DKMS took {time.monotonic() - began:.0f} s", flush=True)
    if not LIVE:
        return
    run("modprobe nf_rstwhy")
    wait_for("the daemon is ready", lambda: "ready, NFLOG group 17" in machine.said_by_daemon())
    assert machine.main_pid() == pid, "the daemon was started anew"
    machine.a_reset_is_logged(7001)


def a_module_that_does_not_compile_is_no_broken_package():
    """An upgrade of the module alone brings a source that cannot be built: apt goes on, the old one works on, and the reason is at hand."""
    running = machine.loaded_version()
    said = apt("install " + deb("broken", "nf-rstwhy-dkms"))
    machine.package_system_is_healthy()
    assert "nf-rstwhy-dkms: the module could not be built" in said
    log = f"/var/lib/dkms/rstwhy/{version_of('broken')}/build/make.log"
    assert log in said and "broken on purpose" in told(f"cat {log}")
    apt("install " + deb("good", "rstwhy-dbgsym"))  # apt goes on
    apt("purge rstwhy-dbgsym")
    machine.package_system_is_healthy()
    if LIVE:
        assert machine.loaded_version() == running
        machine.a_reset_is_logged(7006)


def the_doctor_says_why_it_was_not_built():
    """Of a version that is not the doctor's own."""
    needs_a_running_system()
    broken = version_of("broken")
    doctor("broken on purpose", f"/var/lib/dkms/rstwhy/{broken}/build/make.log", f"dkms install rstwhy/{broken} -k {KERNEL}")


def an_upgrade_brings_the_new_ones():
    """Module and daemon are the new ones at once, settings that were edited stay."""
    with open("/etc/rstwhy/rstwhyd.conf", "a") as file:
        file.write("\n[gateway]\nname = night-shift\n")
    pid = LIVE and machine.main_pid()
    apt(f"-o Dpkg::Options::=--force-confold install {deb('better', 'nf-rstwhy-dkms')} {deb('better', 'rstwhy')}")
    machine.package_system_is_healthy()
    better = version_of("better")
    assert told(f"modinfo -k {KERNEL} -F version nf_rstwhy") == better and better in told("rstwhy version")
    assert glob.glob("/usr/src/rstwhy-*") == [f"/usr/src/rstwhy-{better}"]
    assert [name for name in os.listdir("/var/lib/dkms/rstwhy") if name[0].isdigit()] == [better]
    if not LIVE:
        return
    assert machine.loaded_version() == better, machine.loaded_version()
    assert machine.is_active() and machine.main_pid() != pid
    machine.a_reset_is_logged(7007)
    assert machine.records()[-1]["gateway"] == "night-shift"


def removed_but_not_purged_keeps_what_is_somebodys():
    """By policy: settings and logs. No program, no module, no service."""
    apt("remove rstwhy nf-rstwhy-dkms")
    machine.package_system_is_healthy()
    assert not os.path.exists(MODULE), "the module is still loaded"
    assert run(f"modinfo -k {KERNEL} nf_rstwhy", check=False)[0] != 0, "a module file is left"
    assert not LIVE or (not machine.is_active() and run("pgrep -x rstwhyd", check=False)[0] != 0)
    ours = machine.files() - state["before"]
    ours -= {path for path in ours if path.startswith(("/etc/", "/var/log/rstwhy", "/var/lib/rstwhy"))}
    assert not ours, f"left behind: {sorted(ours)}"
    assert not LIVE or machine.records(), "the log is gone"
    assert os.path.exists("/etc/rstwhy/rstwhyd.conf") and os.path.isdir("/var/log/rstwhy")


def purged_leaves_nothing():
    apt("purge rstwhy nf-rstwhy-dkms")
    machine.package_system_is_healthy()
    assert "rstwhy" not in told("dpkg -l | cat")
    left = machine.files() - state["before"]
    assert not left, f"left behind: {sorted(left)}"
    assert accounts() == state["accounts"], set(accounts()) ^ set(state["accounts"])
    gone = state["before"] - machine.files()
    assert not gone, f"taken along: {sorted(gone)}"
    if LIVE:
        assert "rstwhy" not in told("systemctl list-unit-files; lsmod").replace("rstwhy-test", "")


CHECKS = (
    what_we_depend_on_comes_first,
    without_the_module_the_daemon_waits_and_apt_goes_on,
    without_headers_the_packages_stay_healthy,
    with_headers_back_the_doctors_fix_works,
    a_module_that_does_not_compile_is_no_broken_package,
    the_doctor_says_why_it_was_not_built,
    an_upgrade_brings_the_new_ones,
    removed_but_not_purged_keeps_what_is_somebodys,
    purged_leaves_nothing,
)
