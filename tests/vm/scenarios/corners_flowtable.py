# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""Flows in a software flowtable: what passes there meets no IP hook, and from Linux 6.14 on not even their RSTs do."""

import errno

import daemon
import netns
import rawtcp
from connection import wait_until, was_reset
from corner import abort, aborted, seen
from flowtable import INGRESS, is_offloaded, looked_at, offload, offloaded, quick_flowtable
from lab import scenario

BOTH = (4, 6)

# The box in the path keeps a connection two seconds, and rejects what it does not know.
FORGETFUL = """
table inet box {
	chain forward {
		type filter hook forward priority 0
		ct state invalid reject with tcp reset
	}
}
"""


def make_forgetful():
    netns.run("nft -f - <<'END'" + FORGETFUL + "END", "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_timeout_established", 2, "box")
    netns.sysctl("net.netfilter.nf_conntrack_tcp_loose", 0, "box")


def told(text):
    """The module's answer to a word about a device: an errno, 0 for none."""
    try:
        with open(INGRESS, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as refused:
        return refused.errno
    return 0


@scenario("flowtable-abort", families=BOTH)
def flowtable_abort(lab):
    """The server aborts an offloaded connection: a live socket, of an established connection, seen once."""
    offload(lab)
    aborted(lab, offloaded(lab))


@scenario("flowtable-client-aborts", families=BOTH)
def flowtable_client(lab):
    offload(lab)
    aborted(lab, offloaded(lab), by="client")


@scenario("flowtable-translated-abort", families=BOTH)
def flowtable_translated(lab):
    """The same behind NAT: the fast path translates, too."""
    netns.nft("table inet nat { chain post { type nat hook postrouting priority 100; oifname wan masquerade fully-random; } }")
    offload(lab)
    conn = offloaded(lab)
    aborted(lab, conn, nat_client=conn.seen_by_server)


@scenario("flowtable-abort-after-seconds")
def flowtable_later(lab):
    """Five seconds of traffic in the fast path only, then an abort: of silence there was none, and none may be claimed."""
    offload(lab)
    conn = offloaded(lab)
    for _ in range(10):
        lab.silence(0.5)
        conn.exchange()
    assert is_offloaded(conn)
    aborted(lab, conn)


@scenario("flowtable-close", families=BOTH)
def flowtable_close(lab):
    """An offloaded connection is closed as it should be: nothing to report."""
    offload(lab)
    conn = offloaded(lab)
    conn.client.close()
    wait_until("the FIN", lambda: conn.server.recv(1) == b"")
    conn.server.close()
    lab.no_reset()


@scenario("flowtable-late-data", families=BOTH)
def flowtable_late_data(lab):
    """The client has closed; what the server sends then is answered by a RST."""
    offload(lab)
    conn = offloaded(lab)
    conn.client.close()
    wait_until("the FIN", lambda: conn.server.recv(1) == b"")
    conn.server.sendall(b"too late")
    assert was_reset(conn.server)
    seen(lab, 1)
    lab.expect(conn, "application/late-data", sender="client", by="transit", accept=("application/cancel",))


@scenario("flowtable-zone-late-data", families=BOTH)
def flowtable_zone(lab):
    """The same in a conntrack zone, of which nothing tells ahead of the flowtable: the FIN is remembered all the same."""
    netns.nft("table inet zones { chain pre { type filter hook prerouting priority -300; ct zone set 7; } }")
    flowtable_late_data(lab)


@scenario("flowtable-forged", box=True, families=BOTH)
def flowtable_forged(lab):
    """A forged RST that is ignored, on an offloaded flow: that the connection went on is seen, wherever it goes on."""
    offload(lab)
    conn = offloaded(lab)
    rawtcp.send("box", rawtcp.segment(conn.far, conn.near, rawtcp.RST, lab.lan.last(conn.far).end() + 500))
    lab.seen_reset(conn.near)
    for _ in range(3):
        conn.exchange(1000)
    seen(lab, 1)
    lab.expect(conn, "noise/ignored", sender="server", by="transit")


@scenario("flowtable-box-forgot", box=True)
def flowtable_box(lab):
    """
    Half of the traffic before the silence was hidden, the flow left the flowtable in it: its end is exact, its beginning is not
    known. That is said, and no cause is guessed.
    """
    quick_flowtable()
    offload(lab)
    make_forgetful()
    conn = offloaded(lab)
    lab.silence(5)
    assert not is_offloaded(conn)
    woken = lab.now()
    conn.client.sendall(b"still there?")
    assert was_reset(conn.client)
    netns.sysctl("net.netfilter.nf_flowtable_tcp_timeout", 30)
    seen(lab, 1)
    lab.note(f"silent {lab.lan.gap(conn.near, woken):.0f} ms")
    lab.expect(conn, "unknown/offloaded", sender="server", by="transit", stage="established")


@scenario("flowtable-devices-followed", judged=False)
def devices_followed(lab):
    """Devices are looked at while a flowtable has them, and only by the word of who may."""
    daemon.load_module()
    lab.start_daemon()
    assert looked_at() == []
    offload(lab)
    netns.run("nft delete table inet fast")
    wait_until("the devices to be left alone", lambda: looked_at() == [])
    offload(lab)
    assert lab.daemon.stop() == 0  # it would take back at once what no flowtable has
    netns.run("ip link add extra type dummy")
    assert told("+extra\n") == 0 and "extra" in looked_at()
    netns.run("ip link del extra")
    assert "extra" not in looked_at()
    lab.start_daemon()
    for text, why in (("+nowhere", errno.ENODEV), ("lan", errno.EINVAL), ("-", errno.EINVAL), ("-lo", errno.ENOENT), ("+lan", errno.EEXIST)):
        assert told(text) == why, f"{text}: errno {told(text)}, want {why}"
    # the root of a user namespace, in a network namespace that is its own
    attempt = f'import os; os.write(os.open("{INGRESS}", os.O_WRONLY), b"+lo")'
    said = netns.run(f"unshare -rn python3 -c '{attempt}'", check=False)
    assert "Operation not permitted" in said, said
    # the module goes and comes back: the daemon tells the new one
    daemon.unload_module()
    daemon.load_module()
    wait_until("the new module to be told", lambda: looked_at() == ["lan", "wan"])
    conn = offloaded(lab)
    abort(conn)
    wait_until("the record", lab.daemon.records)
    netns.sysctl("net.netfilter.nf_rstwhy_enable", 0)
    assert looked_at() == []
    assert lab.daemon.stop() == 0
