# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Offloaded flows in conntrack zones: ahead of the flowtable a RST bears none, and its flow is looked for in those in use."""

import socket

import netns
from connection import wait_until
from corner import aborted
from flowtable import is_offloaded, offload, offloaded
from lab import scenario

BOTH = (4, 6)


def in_zone(rule):
    netns.nft("table inet zones { chain pre { type filter hook prerouting priority -300; %s } }" % rule)


@scenario("flowtable-zone-abort", families=BOTH)
def flowtable_zone(lab):
    in_zone("ct zone set 7;")
    offload(lab)
    aborted(lab, offloaded(lab))


@scenario("flowtable-zone-client-aborts", families=BOTH)
def flowtable_zone_client(lab):
    in_zone("ct zone set 7;")
    offload(lab)
    aborted(lab, offloaded(lab), by="client")


@scenario("flowtable-zone-per-direction-abort")
def flowtable_zone_direction(lab):
    """Only the original direction has a zone, and the fast path translates."""
    in_zone("iifname lan ct original zone set 9;")
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    offload(lab)
    conn = offloaded(lab)
    aborted(lab, conn, nat_client=conn.seen_by_server)


@scenario("flowtable-zone-same-tuple", families=BOTH)
def flowtable_zone_twin(lab):
    """The very same addresses and ports in zone 0 and in zone 7: the one in zone 7 lives, offloaded, and is the one that is told of."""
    listener = lab.listen()
    conn = lab.connect(listener)
    conn.exchange()
    conn.server.close()
    wait_until("the FIN", lambda: conn.client.recv(1) == b"")
    conn.client.close()
    in_zone("ct zone set 7;")
    offload(lab)

    def same_port(sock):
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((conn.near[0], conn.near[1]))

    again = lab.connect(listener, prepare=same_port)
    assert (again.near, again.far) == (conn.near, conn.far)
    again.exchange()
    wait_until("the flow to be offloaded", lambda: is_offloaded(again))
    again.exchange()
    aborted(lab, again)
