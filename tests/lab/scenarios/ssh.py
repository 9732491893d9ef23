# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""sshd and ssh as they are: hung up on, fallen silent, killed, sent rubbish. What sshd does to its sockets was read off strace (9.2)."""

import os
import signal

import server_ssh
import servers
from actors import BOTH, crossed, masquerade
from capture import FIN
from connection import quick, receive, wait_until, was_reset
from deaths import outer_of
from lab import scenario
from server_ssh import PORT, SshSession

BANNER = b"SSH-2.0-client\r\n"


def expect_late(lab, near, far):
    lab.expect(
        near, "application/late-data", far, sender="server", by="transit", stage="closing", nat_client=outer_of(lab, near, PORT)
    )  # fmt: skip


def late(lab, client, say):
    crossed(lab, client.near, "the FIN", lambda s: s.src == client.far and s.flags & FIN)
    quick(client.sock)
    client.sock.sendall(say)
    assert was_reset(client.sock)
    expect_late(lab, client.near, client.far)


@scenario("ssh-login-grace", families=BOTH)
def grace(lab):
    """LoginGraceTime: the client has said who it is and nothing more; sshd ends, and then the client goes on."""
    server_ssh.sshd(lab, LoginGraceTime=3)
    client = servers.Client(lab, PORT)
    receive(client.sock, 8)
    client.sock.sendall(BANNER)
    late(lab, client, b"\0\0\0\x0c\x0a\x14 too late")


@scenario("ssh-too-many-startups")
def startups(lab):
    """MaxStartups: one is in the middle of logging in, the next is told so and hung up on, and then says who it is."""
    masquerade("masquerade")
    server_ssh.sshd(lab, MaxStartups="1:100:1")
    wait_until("sshd to be done with who asked whether it listens", lambda: len(servers.processes("sshd")) == 1)
    first = servers.Client(lab, PORT)
    receive(first.sock, 8)
    late(lab, servers.Client(lab, PORT), BANNER)


@scenario("ssh-sent-a-web-request", families=BOTH)
def web_request(lab):
    """sshd reads byte by byte; it has enough after the first line, and the rest stays unread."""
    server_ssh.sshd(lab)
    client = servers.Client(lab, PORT)
    receive(client.sock, 8)
    client.sock.sendall(b"GET / HTTP/1.1\r\nHost: server\r\n\r\n")
    assert was_reset(client.sock)
    lab.expect(
        client.near, "application/abort", client.far, sender="server", by="transit", accept=("application/request-rejected",)
    )  # fmt: skip


@scenario("ssh-suspended-client", families=BOTH, limit=240)
def suspended(lab):
    """
    ClientAliveInterval 2, CountMax 2: the laptop's ssh is frozen, though its kernel still acknowledges. sshd gives up and closes; ssh
    wakes and answers the questions that it finds.
    """
    server_ssh.sshd(lab, ClientAliveInterval=2, ClientAliveCountMax=2)
    session = SshSession(lab)
    session.process.send_signal(signal.SIGSTOP)
    crossed(lab, session.near, "the FIN", lambda s: s.src == session.far and s.flags & FIN, 60)
    session.process.send_signal(signal.SIGCONT)
    lab.seen_reset(session.near)
    expect_late(lab, session.near, session.far)


@scenario("ssh-all-killed", families=BOTH, limit=240)
def all_killed(lab):
    """All of sshd hangs while two type on, and is killed."""
    server_ssh.sshd(lab)
    sessions = [SshSession(lab) for _ in range(2)]
    running = servers.processes("sshd")
    for pid in running:
        servers.freeze(pid)
    for session in sessions:
        session.say(b"is anybody there?\n")
        crossed(lab, session.near, "the words", lambda s, near=session.near: s.src == near and s.length)
    lab.silence(1)
    for session in sessions:
        crossed(lab, session.near, "the acknowledgement", lambda s, session=session: s.src == session.far and s.ack == lab.wan.last(session.near).end())
    for pid in running:
        os.kill(pid, signal.SIGKILL)
    for session in sessions:
        lab.seen_reset(session.near)
        lab.expect(session.near, "application/crash", session.far, sender="server", by="transit", stage="established")
