# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
rstwhyd and ulogd2 on the same messages: see `daemon`. CPU time is what the kernel accounts to the process (user and system), so it does
not depend on who else runs, but for caches and clock rates; ratios of one run are what to compare.
"""

import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/sinks")
import gateway as g  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200000
TICKS = os.sysconf("SC_CLK_TCK")
ULOGD = """[global]
logfile="/mnt/ulogd.log"
loglevel=5
{plugins}
stack=in:NFLOG,base:BASE,ifi:IFINDEX,str:IP2STR,out:JSON
[in]
group=17
netlink_socket_buffer_size=67108864
netlink_socket_buffer_maxsize=67108864
netlink_qthreshold=64
netlink_qtimeout=2
[out]
file="/mnt/ulogd.json"
"""


def cpu_seconds(process):
    """(user, system) of a running process."""
    fields = g.text(f"/proc/{process.pid}/stat").rsplit(")", 1)[1].split()
    return int(fields[11]) / TICKS, int(fields[12]) / TICKS


def memory_kib(process):
    status = g.text(f"/proc/{process.pid}/status")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1])


def lines(path):
    return int(g.run(["wc", "-l", path]).split()[0]) if os.path.exists(path) else 0


def settled(path, seconds=1.0):
    """How many lines there are once no more come."""
    have, since = -1, time.monotonic()
    while time.monotonic() - since < seconds:
        now = os.path.getsize(path) if os.path.exists(path) else 0
        if now != have:
            have, since = now, time.monotonic()
        time.sleep(0.1)
    return lines(path)


def rstwhyd(count, kind, rate, **settings):
    """One live run: CPU seconds, records, losses, memory."""
    daemon = g.Daemon(name="bench", nflog__buffer="64M", nflog__buffer_max="64M", **settings)
    idle_memory = memory_kib(daemon.process)
    before = sum(cpu_seconds(daemon.process))
    sent, took = map(int, g.feed(count, kind=kind, rate=rate, servers=4096).split())
    settled(daemon.log, 3.0)
    used = cpu_seconds(daemon.process)
    peak = memory_kib(daemon.process)
    daemon.stop()
    kinds = {}
    lost = 0
    with open(daemon.log, encoding="ascii") as log:
        for line in log:
            word = line[15:line.index('"', 15)]
            kinds[word] = kinds.get(word, 0) + 1
            if word == "loss":
                lost += json.loads(line).get("lost", 0)
    size = os.path.getsize(daemon.log)
    os.unlink(daemon.log)
    return {"sent": sent, "rate": round(sent / took * 1e9), "cpu_us": round((sum(used) - before) / sent * 1e6, 3), "user_us": round(used[0] / sent * 1e6, 3),
            "records": sum(kinds.values()), "kinds": kinds, "lost": lost, "bytes": size, "rss_kib": [idle_memory, peak]}


def ulogd(count, kind, rate):
    plugins = "\n".join(f'plugin="{directory}/{name}"' for directory, _, names in os.walk("/usr/lib") if directory.endswith("/ulogd")
                        for name in sorted(names) if re.match(r"ulogd_(inppkt_NFLOG|raw2packet_BASE|filter_IFINDEX|filter_IP2STR|output_JSON)\.so", name))
    with open("/mnt/ulogd.conf", "w", encoding="ascii") as config:
        config.write(ULOGD.format(plugins=plugins))
    process = g.start(["ulogd", "-c", "/mnt/ulogd.conf"], "/mnt/ulogd.out")
    g.wait_until("ulogd to bind the group", lambda: " 17 " in re.sub(r"\s+", " ", g.text("/proc/net/netfilter/nfnetlink_log")))
    before = sum(cpu_seconds(process))
    sent, took = map(int, g.feed(count, kind=kind, rate=rate, servers=4096).split())
    settled("/mnt/ulogd.json")
    used = cpu_seconds(process)
    g.stop(process)
    written = lines("/mnt/ulogd.json")
    size = os.path.getsize("/mnt/ulogd.json")
    os.unlink("/mnt/ulogd.json")
    return {"sent": sent, "rate": round(sent / took * 1e9), "cpu_us": round((sum(used) - before) / sent * 1e6, 3), "user_us": round(used[0] / sent * 1e6, 3),
            "records": written, "lost": sent - written, "bytes": size}


def record(count, kind):
    daemon = g.Daemon(name="record", nflog__buffer="64M", nflog__buffer_max="64M", arguments=["--record", f"/mnt/{kind}.pcap"])
    g.feed(count, kind=kind, rate=20000, servers=4096)
    settled(daemon.log, 3.0)
    daemon.stop()
    os.unlink(daemon.log)
    return f"/mnt/{kind}.pcap"


def replay(path, *prefix):
    command = [*prefix, g.BUILD + "/rstwhyd", "--replay", path, "-s", "log.json=/mnt/replay.jsonl", "-s", "log.noise=all", "-s", "state.file="]
    before = os.times()
    started = time.monotonic()
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
    wall = time.monotonic() - started
    after = os.times()
    count = lines("/mnt/replay.jsonl")
    os.unlink("/mnt/replay.jsonl")
    used = after.children_user + after.children_system - before.children_user - before.children_system
    return {"records": count, "cpu_us": round(used / count * 1e6, 3), "wall_s": round(wall, 3)}, said


def instructions(path):
    """callgrind: exact and repeatable."""
    result, said = replay(path, "env", f"LD_PRELOAD={g.BUILD}/bench/daemon_unconfined.so", "valgrind", "--tool=callgrind", f"--callgrind-out-file={os.environ['RSTWHY_BENCH_OUT']}/callgrind.out")
    return round(int(re.search(r"Collected : (\d+)", said)[1]) / result["records"])


def bare_write():
    """What one write() of such a line costs here: the floor under one write a record."""
    line, count = b"x" * 900, 100000
    descriptor = os.open("/mnt/floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    before = os.times()
    for _ in range(count):
        os.write(descriptor, line)
    after = os.times()
    os.close(descriptor)
    os.unlink("/mnt/floor")
    return round((after.system - before.system) / count * 1e6, 3)


def main():
    g.need("ulogd", "valgrind")
    g.network()
    result = {"machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "kernel": os.uname().release}, "count": COUNT}
    result["live"] = {kind: rstwhyd(COUNT, kind, 40000) for kind in ("rule", "idle", "abort", "mix")}
    result["ulogd"] = ulogd(COUNT, "mix", 40000)
    result["replay"] = {}
    for kind in ("rule", "idle", "mix"):
        path = record(min(COUNT, 100000), kind)
        result["replay"][kind] = replay(path)[0]
        if kind == "mix":
            small = record(5000, kind)
            result["instructions_a_record"] = instructions(small)
    result["at_100000"] = rstwhyd(COUNT * 3, "mix", 100000)
    result["memory"] = {str(n): rstwhyd(n, "idle", 60000, verdict__hold_ms="60000")["rss_kib"][1] if n else result["live"]["mix"]["rss_kib"][0]
                        for n in (0, 100000, 1000000)}
    result["write_us"] = bare_write()
    tell(result)
    with open(os.environ["RSTWHY_BENCH_OUT"] + "/daemon.json", "w", encoding="ascii") as file:
        json.dump(result, file, indent=1)


def tell(result):
    peer = result["ulogd"]["cpu_us"]
    print(f"CPU time a message, from the socket to the JSON line ({COUNT} messages at about 40,000 a second, "
          f"load {result['machine']['load']:.1f} on {result['machine']['cpus']} CPUs):")
    print(f"  ulogd2 (NFLOG to JSON)            {peer:7.2f} us   {result['ulogd']['bytes'] / max(1, result['ulogd']['records']):5.0f} bytes a line, {result['ulogd']['lost']} lost")
    for kind, cell in result["live"].items():
        print(f"  rstwhyd, {kind:24} {cell['cpu_us']:7.2f} us   {cell['bytes'] / max(1, cell['records']):5.0f} bytes a line, {cell['lost']:.0f} lost, {cell['cpu_us'] / peer:.2f} of ulogd2")
    for kind, cell in result["replay"].items():
        print(f"  rstwhyd, recording, {kind:13} {cell['cpu_us']:7.2f} us   {1e6 / cell['cpu_us']:.0f} records a CPU-second")
    print(f"  instructions a record (recording, mix, callgrind): {result['instructions_a_record']}")
    fast = result["at_100000"]
    print(f"At {fast['rate']} a second, {fast['sent']} messages: {fast['lost']:.0f} lost; {fast['kinds']}")
    print(f"  one write() of a line alone (system time): {result['write_us']:.2f} us")
    print("Resident memory, KiB, after so many connections, held as long as there is room: " +
          ", ".join(f"{count}: {kib}" for count, kib in result["memory"].items()))


main()
