# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""log.syslog through a real rsyslog: by the input that userspace/deploy/rsyslog-rstwhy.conf makes, and by /dev/log itself."""

import os
import re

import gateway as g

TEMPLATE = r"""
template(name="seen" type="string" string="%PRI%|%PROTOCOL-VERSION%|%HOSTNAME%|%APP-NAME%|%PROCID%|%MSGID%|%timereported:::date-rfc3339%|%STRUCTURED-DATA%|%msg%\n")
"""


def private_dev():
    """A /dev of our own, so that /dev/log can be made there."""
    g.run("mkdir /mnt/dev && mount -t tmpfs tmpfs /mnt/dev && cd /mnt/dev && mknod null c 1 3 && mknod zero c 1 5 && "
          "mknod urandom c 1 9 && mknod random c 1 8 && chmod 666 null zero urandom random && mount --rbind /mnt/dev /dev")


def rsyslog(config, name, sock):
    path = f"/mnt/{name}.conf"
    with open(path, "w", encoding="ascii") as file:
        file.write(config)
    process = g.start(["rsyslogd", "-n", "-f", path, "-i", f"/mnt/{name}.pid"], f"/mnt/{name}.out")
    g.wait_until("rsyslog's socket", lambda: os.path.exists(sock))
    return process


def parameters(data):
    """RFC 5424: the element's id, and its parameters as a list of pairs, unescaped."""
    found = re.fullmatch(r'\[(\S+)((?: \S+?="(?:[^"\\\]]|\\.)*")*)\]', data)
    assert found, f"this is no structured data: {data}"
    pairs = re.findall(r' (\S+?)="((?:[^"\\\]]|\\.)*)"', found[2])
    return found[1], [(name, re.sub(r'\\(["\\\]])', r"\1", value)) for name, value in pairs]


def judge(line, record):
    pri, version, host, app, procid, msgid, stamp, data, message = line.split("|", 8)
    assert (version, host, app, msgid) == ("1", "gw1", "rstwhyd", record["kind"]), line
    assert int(pri) >> 3 == 3, f"facility of {pri}"
    assert procid.isdigit()
    assert stamp[:19] == record["ts"][:19], f"{stamp} for {record['ts']}"
    element, pairs = parameters(data)
    assert element == "rstwhy@32473"
    values = dict(pairs)
    assert values["id"] == record["id"] and values["cause"] == record["cause"] and values["class"] == record["class"]
    assert values["client_ip"] == record["client"]["ip"] and values["server_port"] == str(record["server"]["port"])
    assert [value for name, value in pairs if name == "evidence"] == record["evidence"]
    assert message.startswith(f"{record['class']}/{record['cause']}: "), message


def compare(seen, records):
    lines = {parameters(line.split("|", 8)[7])[1][1][1]: line for line in seen}
    for record in records:
        judge(lines[record["id"]], record)


def lines_of(path):
    """Ours; rsyslog tells of its own start, too."""
    return [line for line in g.text(path).splitlines() if "rstwhyd" in line]


def shipped_input():
    """As an operator would: the file of ours in rsyslog.d. The reader is restarted in between; nothing is lost, nothing comes twice."""
    shipped = g.text(g.DEPLOY + "/rsyslog-rstwhy.conf").replace("/run/rstwhy-log", "/mnt/run-log").replace("/var/log/rstwhy-syslog.log", "/mnt/shipped.log")
    assert "/mnt/run-log" in shipped and "/mnt/shipped.log" in shipped
    watched = shipped.replace('ruleset(name="rstwhy") {', 'ruleset(name="rstwhy") {\naction(type="omfile" file="/mnt/seen" template="seen")')
    config = 'module(load="imuxsock" SysSock.Use="off")\n' + TEMPLATE + watched
    reader = rsyslog(config, "shipped", "/mnt/run-log")
    daemon = g.Daemon(log__syslog="/mnt/run-log")
    g.feed(6)
    records = daemon.wait_records(6)
    g.wait_until("six messages", lambda: len(lines_of("/mnt/seen")) >= 6)
    compare(lines_of("/mnt/seen"), records)
    g.stop(reader)
    reader = rsyslog(config, "shipped", "/mnt/run-log")
    g.feed(6, first=7)
    records = daemon.wait_records(12)
    g.wait_until("twelve messages", lambda: len(lines_of("/mnt/seen")) >= 12)
    compare(lines_of("/mnt/seen"), records)
    daemon.stop()
    g.stop(reader)
    assert len(lines_of("/mnt/seen")) == 12, g.text("/mnt/seen")
    assert len([line for line in lines_of("/mnt/shipped.log") if " rstwhyd " in line and " [rstwhy@32473 " in line]) == 12, g.text("/mnt/shipped.log")


def dev_log():
    """`yes` is /dev/log. Without a reader records are lost there, and the reader is told how many, first of all."""
    private_dev()
    daemon = g.Daemon(log__syslog="yes")
    assert "/dev/log" in g.text(daemon.messages), g.text(daemon.messages)
    g.feed(3)
    daemon.wait_records(3)
    config = 'module(load="imuxsock" SysSock.UseSpecialParser="off" SysSock.IgnoreTimestamp="off")\n' + TEMPLATE + '\naction(type="omfile" file="/mnt/seen2" template="seen")\n'
    reader = rsyslog(config, "devlog", "/dev/log")
    g.feed(3, first=4)
    records = daemon.wait_records(6)
    g.wait_until("the messages", lambda: len(lines_of("/mnt/seen2")) >= 4)
    seen = lines_of("/mnt/seen2")
    loss = dict(parameters(seen[0].split("|", 8)[7])[1])
    assert (loss["kind"], loss["lost"], loss["where"]) == ("loss", "3", "syslog"), seen[0]
    assert seen[0].startswith("28|1|gw1|rstwhyd|"), seen[0]
    compare(seen[1:], records[3:])
    assert "takes records again" in g.text(daemon.messages)
    daemon.stop()
    g.stop(reader)


g.need("rsyslogd")
g.network()
shipped_input()
dev_log()
