# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
What nobody could know from here: the connection was not seen before (unknown/no-history), or the fast path hid what happened
(unknown/offloaded). A verdict that is the script's real cause is as true, where it is one.
"""

import netns
import rawtcp
from actors import BOTH, forgetful_box, masquerade, quiet_close, reset_from
from capture import ACK, RST
from connection import receive, was_reset
from deaths import fresh, translated
from flowtable import FLOWTABLE, is_offloaded, offload, offloaded, quick_flowtable
from lab import scenario


def expect_nothing_known(lab, conn, sender, **kwargs):
    lab.expect(conn, "unknown/no-history", sender=sender, by="transit", nat_client=translated(conn), confidence=0.3, **kwargs)


# ---- the module came late


@scenario("late-module-client-aborts", late=True, families=BOTH)
def late_client(lab):
    conn = fresh(lab)
    lab.silence(0.3)
    lab.judge_from_here()
    reset_from(conn.client)
    assert was_reset(conn.server)
    expect_nothing_known(lab, conn, "client")


@scenario("late-module-behind-nat", late=True, families=BOTH)
def late_nat(lab):
    """Three busy connections of one pool; one is aborted, the others go on."""
    masquerade()
    listener = lab.listen()
    conns = [lab.connect(listener) for _ in range(3)]
    for conn in conns:
        conn.exchange()
    lab.silence(0.3)
    lab.judge_from_here()
    for conn in conns[1:]:
        conn.exchange()
    reset_from(conns[0].server)
    assert was_reset(conns[0].client)
    for conn in conns[1:]:
        conn.exchange()
    expect_nothing_known(lab, conns[0], "server")


@scenario("late-module-long-silent", late=True, box=True, families=BOTH)
def late_silent(lab):
    """Silent for seconds before and after the module came; then a box resets both ends. How long it was silent nobody here knows."""
    conn = fresh(lab)
    lab.silence(2)
    ends = ((conn.far, conn.near), (conn.near, conn.far))
    last = {src: lab.lan.last(src) for src, _ in ends}
    lab.judge_from_here()
    lab.silence(1.5)
    for src, dst in ends:
        rawtcp.send("box", rawtcp.segment(src, dst, RST, last[src].end(), ttl=255))
    assert was_reset(conn.client) and was_reset(conn.server)
    expect_nothing_known(lab, conn, "server", accept=("idle-timeout/remote-at-expiry",))


# ---- another path


def beside(lab):
    """A second wire from client to server that does not cross the gateway."""
    netns.run("ip link add beside netns client type veth peer name beside netns server")
    for namespace, other in (("client", "server"), ("server", "client")):
        netns.run(f"ip link set beside up; ip route add {lab.address[other]}/32 dev beside", namespace)


# Who opened a connection of which only the RST is seen cannot be known: no sender is expected below.


def comes_by_gateway(lab, namespace):
    """From now on what this end sends takes the way across the gateway."""
    other = "server" if namespace == "client" else "client"
    netns.run(f"ip route del {lab.address[other]}/32 dev beside", namespace)


@scenario("path-moved-then-abort")
def path_moved(lab):
    """The connection lived on another path; the server's route changes to us, and the first thing it says here is its abort."""
    beside(lab)
    conn = fresh(lab)
    comes_by_gateway(lab, "server")
    reset_from(conn.server)
    assert was_reset(conn.client)
    expect_nothing_known(lab, conn, "", reset_at=lab.seen_reset(conn.near, lab.wan).at)


@scenario("path-moved-client-aborts")
def path_moved_client(lab):
    beside(lab)
    conn = fresh(lab)
    comes_by_gateway(lab, "client")
    reset_from(conn.client)
    assert was_reset(conn.server)
    expect_nothing_known(lab, conn, "", reset_at=lab.seen_reset(conn.near).at)


@scenario("path-moved-host-lost")
def path_moved_lost(lab):
    """The client still speaks by the other path, to a server that has lost the connection and whose RST comes by us. It killed."""
    beside(lab)
    conn = fresh(lab)
    comes_by_gateway(lab, "server")
    quiet_close(conn.server)
    conn.client.sendall(b"where are you?")
    assert was_reset(conn.client)
    expect_nothing_known(lab, conn, "", reset_at=lab.seen_reset(conn.near, lab.wan).at, accept=("stale-state/host-lost",))


@scenario("one-way-server-aborts")
def one_way(lab):
    """All that the client sends takes the other path; of the server all is seen, also that its socket lived."""
    beside(lab)
    comes_by_gateway(lab, "server")
    conn = fresh(lab)
    conn.client.sendall(b"one more")
    receive(conn.server, 8)
    reset_from(conn.server)
    assert was_reset(conn.client)
    lab.seen_reset(conn.near)
    lab.expect(conn, "application/abort", sender="server", by="transit", accept=("unknown/no-history", "unknown/ambiguous"), confidence=0.3)


# ---- hidden by the fast path


@scenario("hidden-box-forgot", box=True, families=BOTH)
def hidden_short(lab):
    """A box forgot in a silence shorter than the flowtable's patience: what woke it went by in the fast path."""
    offload(lab)
    forgetful_box(2)
    conn = offloaded(lab)
    lab.silence(4)
    assert is_offloaded(conn)
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    lab.expect(conn, "unknown/offloaded", sender="server", by="transit", accept=("idle-timeout/remote-on-next-packet",), confidence=0.3)


@scenario("hidden-box-forgot-behind-nat", box=True, families=BOTH)
def hidden_nat(lab):
    """The flow left the flowtable in the silence; its beginning is not known."""
    masquerade()
    quick_flowtable()
    try:
        offload(lab)
        forgetful_box(2)
        conn = offloaded(lab)
        lab.silence(5)
        assert not is_offloaded(conn)
        conn.client.sendall(b"still there?")
        assert was_reset(conn.client)
        lab.expect(
            conn, "unknown/offloaded", sender="server", by="transit", stage="established", nat_client=translated(conn),
            accept=("idle-timeout/remote-on-next-packet",), confidence=0.3,
        )  # fmt: skip
    finally:
        netns.sysctl("net.netfilter.nf_flowtable_tcp_timeout", 30)


@scenario("hidden-host-lost", families=BOTH)
def hidden_lost(lab):
    """A busy offloaded connection, whose server loses it: the segment that its RST answers was not seen."""
    offload(lab)
    conn = offloaded(lab)
    quiet_close(conn.server)
    conn.client.sendall(b"where are you?")
    assert was_reset(conn.client)
    lab.expect(conn, "unknown/offloaded", sender="server", by="transit", accept=("stale-state/host-lost",), confidence=0.3)


@scenario("hidden-then-late-module", late=True, families=BOTH)
def hidden_late(lab):
    """The module comes when the flow is offloaded; all that it is shown is the RST that a box sends in the server's name."""
    netns.run("nft -f - <<'END'" + FLOWTABLE + "END")
    conn = offloaded(lab)
    last = lab.lan.last(conn.far)
    lab.judge_from_here()
    rawtcp.send("server", rawtcp.segment(conn.far, conn.near, RST | ACK, last.end(), last.ack, 500))
    assert was_reset(conn.client)
    lab.expect(conn, "unknown/offloaded", sender="server", by="transit", accept=("unknown/no-history",), confidence=0.3)
