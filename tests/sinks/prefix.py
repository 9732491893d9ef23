# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""The module's messages, read by those who know nothing of it: ulogd2 shows prefix and packet, tcpdump reads group and recording."""

import json
import os
import re

import gateway as g

PLUGINS = "/usr/lib/x86_64-linux-gnu/ulogd"
ULOGD = """[global]
logfile="/mnt/ulogd.log"
loglevel=3
{plugins}
stack=in:NFLOG,base:BASE,ifi:IFINDEX,str:IP2STR,out:JSON
[in]
group=17
[out]
file="/mnt/ulogd.json"
sync=1
"""


def ulogd():
    plugins = "\n".join(f'plugin="{directory}/{name}"' for directory, _, names in os.walk("/usr/lib") if directory.endswith("/ulogd")
                        for name in sorted(names) if re.match(r"ulogd_(inppkt_NFLOG|raw2packet_BASE|filter_IFINDEX|filter_IP2STR|output_JSON)\.so", name))
    assert "output_JSON" in plugins, "ulogd2's JSON output is not installed"
    with open("/mnt/ulogd.conf", "w", encoding="ascii") as config:
        config.write(ULOGD.format(plugins=plugins))
    process = g.start(["ulogd", "-c", "/mnt/ulogd.conf"], "/mnt/ulogd.out")
    g.wait_until("ulogd to bind the group", lambda: " 17 " in re.sub(r"\s+", " ", g.text("/proc/net/netfilter/nfnetlink_log")))
    g.feed(3, kind="idle")
    lines = g.wait_until("ulogd's lines", lambda: [line for line in g.text("/mnt/ulogd.json").splitlines() if line.endswith("}")][2:] and g.text("/mnt/ulogd.json").splitlines())
    g.stop(process)
    for line in lines:
        seen = json.loads(line)
        assert seen["oob.prefix"] == g.prefix(), seen
        assert (seen["src_ip"], seen["src_port"], seen["dest_ip"]) == ("10.2.0." + seen["src_ip"].split(".")[3], 443, "10.1.0.1"), seen
        assert seen["tcp.rst"] == 1, seen


def tcpdump_live():
    process = g.start(["tcpdump", "-n", "-l", "-e", "-XX", "-c", "3", "-i", "nflog:17"], "/mnt/tcpdump.out")
    g.wait_until("tcpdump to listen", lambda: "listening on nflog:17" in g.text("/mnt/tcpdump.out"))
    g.feed(3, kind="idle")
    assert process.wait(timeout=30) == 0, g.text("/mnt/tcpdump.out")
    g.running.remove(process)
    seen = g.text("/mnt/tcpdump.out")
    assert len(re.findall(r"family IPv4 \(2\), length \d+: 10\.2\.0\.\d+\.443 > 10\.1\.0\.1\.1000\d: Flags \[R\]", seen)) == 3, seen
    shown = "".join(re.findall(r"^\t0x[0-9a-f]+:  .{40} (.*)$", seen, re.M))
    assert shown.count(g.prefix().replace(" ", ".")) == 3, f"the prefix is not in: {shown}"


def tcpdump_recording():
    daemon = g.Daemon(arguments=["--record", "/mnt/recording.pcap"])
    g.feed(3, kind="idle")
    daemon.wait_records(3)
    daemon.stop()
    seen = g.run("tcpdump -n -r /mnt/recording.pcap 2>/dev/null")
    assert len(re.findall(r"IP 10\.2\.0\.\d+\.443 > 10\.1\.0\.1\.1000\d: Flags \[R\]", seen)) == 3, seen
    with open("/mnt/recording.pcap", "rb") as recording:
        assert recording.read().count(g.prefix().encode()) == 3


g.need("ulogd", "tcpdump")
g.network()
assert re.fullmatch(r"rstwhy dir=reply idle=\d+ms gap=350012ms by=transit", g.prefix()), g.prefix()
ulogd()
tcpdump_live()
tcpdump_recording()
