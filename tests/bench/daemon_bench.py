# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
rstwhyd and ulogd2 on the same messages: see `daemon`. CPU time is what the kernel accounts to the process (user and system), by
written record; it depends on who else runs by caches and clock rates only, yet by a factor of two: ratios of one run are what to compare.
"""

import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/sinks")
import daemon_latency  # noqa: E402
import gateway as g  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 200000
SIZES = (COUNT // 10, COUNT // 2, COUNT * 2)
RATES = (25000, 50000, 100000, 250000)
ROUNDS = 3
LATENCIES = ((100, 300), (1000, 3000), (40000, 80000))
BIG = {"nflog__buffer": "64M", "nflog__buffer_max": "64M"}
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


def cpu_times(process):
    """Of a running process: seconds as the scheduler has them; ticks in user and in kernel mode, as they were sampled."""
    fields = g.text(f"/proc/{process.pid}/stat").rsplit(")", 1)[1].split()
    return int(g.text(f"/proc/{process.pid}/schedstat").split()[0]) / 1e9, int(fields[11]), int(fields[12])


def cost(before, after, records):
    """Microseconds a record, and those of them in the kernel."""
    seconds, user, system = (b - a for a, b in zip(before, after))
    each = seconds / max(records, 1) * 1e6
    return {"cpu_us": round(each, 3), "kernel_us": round(each * system / max(user + system, 1), 3)}


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
    daemon = g.Daemon(name="bench", **BIG, **settings)
    idle_memory = memory_kib(daemon.process)
    before = cpu_times(daemon.process)
    sent, took = map(int, g.feed(count, kind=kind, rate=rate, servers=4096).split())
    settled(daemon.log, 3.0)
    after = cpu_times(daemon.process)
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
    return {"sent": sent, "rate": round(sent / took * 1e9), **cost(before, after, kinds.get("reset", 0)), "records": sum(kinds.values()), "kinds": kinds, "lost": lost, "bytes": size, "rss_kib": [idle_memory, peak]}


def ulogd(count, kind, rate):
    plugins = "\n".join(f'plugin="{directory}/{name}"' for directory, _, names in os.walk("/usr/lib") if directory.endswith("/ulogd")
                        for name in sorted(names) if re.match(r"ulogd_(inppkt_NFLOG|raw2packet_BASE|filter_IFINDEX|filter_IP2STR|output_JSON)\.so", name))
    with open("/mnt/ulogd.conf", "w", encoding="ascii") as config:
        config.write(ULOGD.format(plugins=plugins))
    process = g.start(["ulogd", "-c", "/mnt/ulogd.conf"], "/mnt/ulogd.out")
    g.wait_until("ulogd to bind the group", lambda: " 17 " in re.sub(r"\s+", " ", g.text("/proc/net/netfilter/nfnetlink_log")))
    before = cpu_times(process)
    sent, took = map(int, g.feed(count, kind=kind, rate=rate, servers=4096).split())
    settled("/mnt/ulogd.json")
    after = cpu_times(process)
    g.stop(process)
    written = lines("/mnt/ulogd.json")
    size = os.path.getsize("/mnt/ulogd.json")
    os.unlink("/mnt/ulogd.json")
    # what was lost on the way cost it nothing
    return {"sent": sent, "rate": round(sent / took * 1e9), **cost(before, after, written), "records": written, "lost": sent - written, "bytes": size}


def floor(count, rate):
    """What receiving the messages and writing lines of that length costs alone: see daemon_floor.c."""
    process = g.start([g.BUILD + "/bench/daemon_floor", "17", "/mnt/floor.lines"], "/mnt/floor.out")
    g.wait_until("daemon_floor to bind the group", lambda: " 17 " in re.sub(r"\s+", " ", g.text("/proc/net/netfilter/nfnetlink_log")))
    before = cpu_times(process)
    g.feed(count, kind="mix", rate=rate, servers=4096)
    settled("/mnt/floor.lines")
    after = cpu_times(process)
    g.stop(process)
    written = lines("/mnt/floor.lines")
    os.unlink("/mnt/floor.lines")
    return {"records": written, **cost(before, after, written)}


def record(count, kind):
    daemon = g.Daemon(name="record", nflog__buffer="64M", nflog__buffer_max="64M", arguments=["--record", f"/mnt/{kind}.pcap"])
    g.feed(count, kind=kind, rate=20000, servers=4096)
    settled(daemon.log, 3.0)
    daemon.stop()
    os.unlink(daemon.log)
    return f"/mnt/{kind}.pcap"


def replay(path, *prefix):
    command = [*prefix, g.BUILD + "/rstwhyd", "--replay", path, "-s", "log.json=/mnt/replay.jsonl", "-s", "log.noise=all", "-s", "state.file="]
    before = g.children_seconds()
    started = time.monotonic()
    said = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=True).stdout
    wall = time.monotonic() - started
    used = g.children_seconds() - before
    count = lines("/mnt/replay.jsonl")
    os.unlink("/mnt/replay.jsonl")
    return {"records": count, "cpu_us": round(used / count * 1e6, 3), "wall_s": round(wall, 3)}, said


def instructions(path):
    """callgrind: exact and repeatable."""
    result, said = replay(path, "env", f"LD_PRELOAD={g.BUILD}/bench/daemon_unconfined.so", "valgrind", "--tool=callgrind", f"--callgrind-out-file={os.environ['RSTWHY_BENCH_OUT']}/callgrind.out")
    return round(int(re.search(r"Collected : (\d+)", said)[1]) / result["records"])


def bare_write(lines_at_once):
    """What a line costs here in write() alone, when so many share one: the floor."""
    lines_in_all, line = 128000, b"x" * 900
    chunk = line * lines_at_once
    descriptor = os.open("/mnt/floor", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    before = os.times()
    for _ in range(lines_in_all // lines_at_once):
        os.write(descriptor, chunk)
    after = os.times()
    os.close(descriptor)
    os.unlink("/mnt/floor")
    return round((after.user + after.system - before.user - before.system) / lines_in_all * 1e6, 3)


def side_by_side(count):
    """In turns; of each the round that was disturbed least: what else runs on the machine only adds."""
    rounds = [{"rstwhyd": rstwhyd(count, "mix", 40000), "ulogd": ulogd(count, "mix", 40000), "floor": floor(count, 40000),
               "unheld": rstwhyd(count, "mix", 40000, verdict__hold_ms="0")} for _ in range(ROUNDS)]
    cell = {"count": count, **{name: min((one[name] for one in rounds), key=lambda one: one["cpu_us"]) for name in rounds[0]}}
    cell["of_ulogd"] = round(cell["rstwhyd"]["cpu_us"] / cell["ulogd"]["cpu_us"], 3)
    cell["of_ulogd_each_round"] = [round(one["rstwhyd"]["cpu_us"] / one["ulogd"]["cpu_us"], 3) for one in rounds]
    return cell


def recordings():
    cells = []
    for count in SIZES:
        path = record(count, "mix")
        cells.append({"count": count, **replay(path)[0]})
        os.unlink(path)
    return cells


def memory():
    """Resident KiB after so many connections that are held and learned from as long as there is room."""
    cells = {}
    for count in (0, 100000, 1000000):
        cells[str(count)] = rstwhyd(max(count, 1), "idle", 60000, verdict__hold_ms="60000")["rss_kib"][1 if count else 0]
    return cells


def main():
    g.need("ulogd", "valgrind")
    g.network()
    result = {"machine": {"cpus": os.cpu_count(), "load": os.getloadavg()[0], "kernel": os.uname().release}}
    result["sizes"] = [side_by_side(count) for count in SIZES]
    result["kinds"] = {kind: rstwhyd(SIZES[1], kind, 40000) for kind in ("rule", "idle", "abort")}
    result["recording"] = recordings()
    result["instructions_a_record"] = instructions(record(5000, "mix"))
    result["rates"] = [rstwhyd(rate * 4, "mix", rate) for rate in RATES]
    result["latency"] = [daemon_latency.latency(rate, count) for rate, count in LATENCIES]
    result["memory"] = memory()
    result["write_us"] = {str(n): bare_write(n) for n in (1, 8, 64)}
    tell(result)
    with open(os.environ["RSTWHY_BENCH_OUT"] + "/daemon.json", "w", encoding="ascii") as file:
        json.dump(result, file, indent=1)


def tell(result):
    print(f"CPU time a message, from the socket to the JSON line, at about 40,000 a second (load {result['machine']['load']:.1f} on "
          f"{result['machine']['cpus']} CPUs; of it, in the kernel)")
    for cell in result["sizes"]:
        for name, said in (("ulogd", "ulogd2"), ("rstwhyd", "rstwhyd"), ("unheld", "rstwhyd, hold_ms=0")):
            one = cell[name]
            print(f"  {cell['count']:7} mixed, {said:18} {one['cpu_us']:6.2f} us ({one['kernel_us']:5.2f})   {one['bytes'] / max(1, one['records']):5.0f} bytes a line, "
                  f"{one['lost']:.0f} lost" + (f", {one['cpu_us'] / cell['ulogd']['cpu_us']:.2f} of ulogd2" if name != "ulogd" else ""))
        print(f"  {cell['count']:7} received, and lines of 905 bytes written, nothing else: {cell['floor']['cpu_us']:.2f} us, "
              f"{cell['floor']['cpu_us'] / cell['ulogd']['cpu_us']:.2f} of ulogd2")
    peer = result["sizes"][1]["ulogd"]["cpu_us"]
    for kind, one in result["kinds"].items():
        print(f"  {one['sent']:7} {kind:5}, rstwhyd  {one['cpu_us']:6.2f} us ({one['kernel_us']:5.2f})   {one['bytes'] / max(1, one['records']):5.0f} bytes a line, "
              f"{one['lost']:.0f} lost, {one['cpu_us'] / peer:.2f} of ulogd2 on mixed ones")
    for cell in result["recording"]:
        print(f"  {cell['count']:7} mixed, from a recording {cell['cpu_us']:.2f} us, {1e6 / cell['cpu_us']:.0f} records a CPU-second")
    print(f"  instructions a record (recording, callgrind): {result['instructions_a_record']}")
    print("  write() alone, a line of 900 bytes: " + ", ".join(f"{us:.2f} us with {n} at once" for n, us in result["write_us"].items()))
    for cell, wanted in zip(result["rates"], RATES):
        print(f"Loss, asked for {wanted} a second, sent {cell['rate']} a second: {cell['lost']:.0f} of {cell['sent']}; {cell['cpu_us']:.2f} us a record")
    for cell in result["latency"]:
        print(f"Packet to line at {cell['rate']} a second: median {cell['median_ms']:.2f} ms, 99th of a hundred {cell['p99_ms']:.2f} ms ({cell['lines']} lines)")
    print("Resident memory, KiB, after so many connections: " + ", ".join(f"{count}: {kib}" for count, kib in result["memory"].items()))


main()
