# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""nginx, haproxy and PostgreSQL as Debian ships them, each in the server's namespace, with settings of their own below /tmp."""

import os
import signal
import struct
import subprocess

import netns
from connection import dial, endpoint, receive, wait_until

_NGINX = """
user root;
daemon off;
worker_processes 1;
pid {home}/nginx.pid;
error_log {home}/error.log;
events {{ worker_connections 100; }}
http {{
	access_log off;
	keepalive_timeout 3600;
	reset_timedout_connection on;
	{more}
	server {{
		listen 80;
		listen [::]:80;
		root {home}/www;
		location /secret {{ return 444; }}
	}}
}}
"""

_HAPROXY = """
defaults
	mode http
	timeout connect 5s
	timeout client 3600s
	timeout server 3600s
	timeout http-keep-alive 3600s
frontend web
	bind :8080
	bind :::8080 v6only
	default_backend nginx
frontend picky
	mode tcp
	bind :8081
	bind :::8081 v6only
	tcp-request connection reject
	default_backend nginx
backend nginx
	mode http
	server one 127.0.0.1:80
"""

_POSTGRES = "/usr/lib/postgresql/15/bin/postgres"


def start(lab, arguments, port, home, answers=None):
    """
    A server's process in its namespace, once it answers on that port, by this scenario's IP: asked inside that namespace, so that it does
    not cross the gateway. What it says is in home/server.log.
    """
    answers = answers or (lambda port: dial("server", lab.address["server"], port).close())
    with open(home + "/server.log", "wb") as log:
        process = lab.keep(netns.popen(arguments, "server", stdin=subprocess.DEVNULL, stdout=log, stderr=log))

    def up():
        if process.poll() is not None:
            with open(home + "/server.log", encoding="utf-8", errors="replace") as said:
                raise AssertionError(f"{arguments[0]} ended: {said.read()[-500:]}")
        try:
            answers(port)
            return True
        except (OSError, AssertionError):
            return False

    wait_until(f"{arguments[0]} to listen", up, 60)
    return process


def processes(name):
    """The ids of the running programs of this name."""
    found = []
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as comm:
                if comm.read().strip() == name:
                    found.append(int(pid))
        except OSError:
            pass
    return found


def _state(task):
    with open(task + "/stat", encoding="ascii", errors="replace") as stat:
        return stat.read().rsplit(")", 1)[1].split()[0]


def freeze(pid):
    """SIGSTOP, and all its threads have stopped: what is sent to it now it does not read."""
    os.kill(pid, signal.SIGSTOP)
    tasks = f"/proc/{pid}/task/"
    wait_until(f"{pid} to stop", lambda: all(_state(tasks + task) == "T" for task in os.listdir(tasks)))


def probes_gone(port):
    """Nobody is connected to that port any more: a server that counts its clients has forgotten those that start() made."""
    wait_until("the first connections to be gone", lambda: not netns.run(f"ss -Htna state connected '( sport = :{port} )'", "server"))


def nginx(lab, more=""):
    """nginx on port 80; `more` are settings of its http block."""
    home = "/tmp/nginx"
    os.makedirs(home + "/www", exist_ok=True)
    with open(home + "/www/index.html", "w", encoding="ascii") as page:
        page.write("<p>hello</p>\n")
    with open(home + "/www/big", "wb") as big:
        big.truncate(64 << 20)
    with open(home + "/nginx.conf", "w", encoding="ascii") as config:
        config.write(_NGINX.format(home=home, more=more))
    return start(lab, ["nginx", "-c", home + "/nginx.conf", "-e", home + "/error.log"], 80, home)


def haproxy(lab):
    """haproxy on port 8080 in front of nginx; on 8081 it rejects whoever connects."""
    nginx(lab)
    home = "/tmp/haproxy"
    os.makedirs(home, exist_ok=True)
    with open(home + "/haproxy.cfg", "w", encoding="ascii") as config:
        config.write(_HAPROXY.format())
    return start(lab, ["haproxy", "-db", "-f", home + "/haproxy.cfg"], 8080, home)


def postgres(lab):
    """The cluster that Debian's package made, copied up by the overlay; anybody may connect, without a password."""
    home = "/tmp/postgres"
    os.makedirs(home, exist_ok=True)
    os.chmod(home, 0o777)
    with open(home + "/hba", "w", encoding="ascii") as hba:
        hba.write("host all all 0.0.0.0/0 trust\nhost all all ::/0 trust\n")
    settings = {
        "config_file": "/etc/postgresql/15/main/postgresql.conf", "hba_file": home + "/hba", "listen_addresses": "*", "ssl": "off",
        "unix_socket_directories": home, "fsync": "off", "tcp_keepalives_idle": "0", "shared_buffers": "16MB", "jit": "off",
    }  # fmt: skip
    command = [_POSTGRES, "-D", "/var/lib/postgresql/15/main"]
    for key, value in settings.items():
        command += ["-c", f"{key}={value}"]
    return start(lab, ["setpriv", "--reuid=postgres", "--regid=postgres", "--init-groups"] + command, 5432, home, _accepts_sessions)


class Client:
    """One client connection across the gateway."""

    def __init__(self, lab, port, prepare=None):
        self.sock = lab.keep(dial("client", lab.address["server"], port, prepare))
        self.near = endpoint(self.sock.getsockname())
        self.far = endpoint(self.sock.getpeername())


class HttpClient(Client):
    def request(self, path="/index.html"):
        self.sock.sendall(f"GET {path} HTTP/1.1\r\nHost: server\r\n\r\n".encode())

    def get(self, path="/index.html"):
        """A whole answer, the connection kept alive."""
        self.request(path)
        head = b""
        while b"\r\n\r\n" not in head:
            head += receive(self.sock, 1)
        length = [int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")][0]
        receive(self.sock, length)


def _until_ready(sock):
    """Read messages until ReadyForQuery; an error message is one."""
    kind = b""
    while kind != b"Z":
        kind, length = struct.unpack("!cI", receive(sock, 5))
        text = receive(sock, length - 4)
        if kind == b"E":
            raise AssertionError(f"PostgreSQL: {text!r}")


def _begin_session(sock):
    body = struct.pack("!I", 196608) + b"user\0postgres\0database\0postgres\0\0"
    sock.sendall(struct.pack("!I", len(body) + 4) + body)
    _until_ready(sock)


def _accepts_sessions(port):
    with dial("server", "127.0.0.1", port) as sock:
        _begin_session(sock)


class PostgresClient(Client):
    def __init__(self, lab):
        super().__init__(lab, 5432)
        _begin_session(self.sock)

    def send_query(self, sql):
        body = sql.encode() + b"\0"
        self.sock.sendall(b"Q" + struct.pack("!I", len(body) + 4) + body)

    def query(self, sql):
        self.send_query(sql)
        _until_ready(self.sock)
