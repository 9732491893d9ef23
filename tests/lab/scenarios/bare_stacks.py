# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Ends that negotiate less than Linux does today: without timestamps, SACK or window scaling. The deaths are the ordinary ones."""

import deaths
import netns
from actors import BOTH, forgetful_box, masquerade
from lab import scenario


def without(*options, ends=("server",)):
    for namespace in ends:
        for option in options:
            netns.sysctl("net.ipv4.tcp_" + option, 0, namespace)


# ---- timestamps off: what goes on in a RST of a live socket is the packet's number alone, on IPv6 the flow label


@scenario("untimed-client-aborts", families=BOTH)
def untimed_abort(lab):
    without("timestamps", ends=("client",))
    deaths.aborts(lab, "client")


@scenario("untimed-leaves-unread", families=BOTH)
def untimed_unread(lab):
    masquerade()
    without("timestamps")
    deaths.leaves_unread(lab)


@scenario("untimed-crash", families=BOTH)
def untimed_crash(lab):
    masquerade("masquerade")
    without("timestamps", ends=("client", "server"))
    deaths.crashes(lab, 3)


@scenario("untimed-box-forgot", box=True, families=BOTH)
def untimed_forgot(lab):
    without("timestamps", ends=("client",))
    forgetful_box(2)
    deaths.box_forgot(lab, 3.4)


@scenario("untimed-late", families=BOTH)
def untimed_late(lab):
    without("timestamps")
    deaths.speaks_late(lab)


@scenario("untimed-cancel", families=BOTH)
def untimed_cancel(lab):
    without("timestamps")
    lab.delay("client", 20)
    deaths.cancels(lab)


# ---- SACK off


@scenario("sackless-abort", families=BOTH)
def sackless_abort(lab):
    without("sack")
    deaths.aborts(lab)


@scenario("sackless-crash")
def sackless_crash(lab):
    without("sack")
    deaths.crashes(lab, 5)


@scenario("sackless-box-forgot", box=True)
def sackless_forgot(lab):
    masquerade()
    without("sack")
    forgetful_box(2)
    deaths.box_forgot(lab, 3.6)


@scenario("sackless-cancel", families=BOTH)
def sackless_cancel(lab):
    without("sack", ends=("client", "server"))
    lab.delay("client", 20)
    deaths.cancels(lab)


# ---- window scaling off: 64 KB at most are under way


@scenario("unscaled-abort", families=BOTH)
def unscaled_abort(lab):
    without("window_scaling")
    deaths.aborts(lab)


@scenario("unscaled-crash", families=BOTH)
def unscaled_crash(lab):
    without("window_scaling", "timestamps", ends=("client",))
    deaths.crashes(lab, 4)


@scenario("unscaled-box-forgot", box=True, families=BOTH)
def unscaled_forgot(lab):
    without("window_scaling", "sack", "timestamps", ends=("client", "server"))
    forgetful_box(2)
    deaths.box_forgot(lab, 3.2)


@scenario("unscaled-late", families=BOTH)
def unscaled_late(lab):
    masquerade()
    without("window_scaling", "sack", "timestamps", ends=("client", "server"))
    deaths.speaks_late(lab)


@scenario("unscaled-cancel", families=BOTH)
def unscaled_cancel(lab):
    masquerade("masquerade")
    without("window_scaling")
    lab.delay("client", 20)
    deaths.cancels(lab)


@scenario("bare-hosts-gone", families=BOTH)
def bare_gone(lab):
    without("window_scaling", "sack", "timestamps")
    deaths.hosts_gone(lab)
