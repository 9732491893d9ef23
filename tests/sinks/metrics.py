# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""metrics.file: promtool has nothing to say against it, node exporter and Prometheus read it, our alerts fire on it."""

import json
import os
import re
import threading
import urllib.parse
import urllib.request

import gateway as g

FILE = "/mnt/run/rstwhy.prom"
COLLECTOR = "/mnt/collector"


def samples():
    return dict(line.rsplit(" ", 1) for line in g.text(FILE).splitlines() if not line.startswith("#"))


def sample(name):
    return float(samples().get(name, "-1"))


def promtool():
    said = g.run(f"promtool check metrics <{FILE}")
    assert said == "", f"promtool: {said}"


def exporter():
    """As Debian's is set up: a directory of .prom files, ours linked into it. Another user reads it."""
    os.mkdir(COLLECTOR)
    os.symlink(FILE, COLLECTOR + "/rstwhy.prom")
    g.start(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "prometheus-node-exporter", "--collector.disable-defaults",
             "--collector.textfile", f"--collector.textfile.directory={COLLECTOR}", "--web.listen-address=127.0.0.1:9100"], "/mnt/exporter.out")

    def page():
        try:
            return urllib.request.urlopen("http://127.0.0.1:9100/metrics", timeout=5).read().decode()
        except OSError:
            return None

    seen = g.wait_until("node exporter", page)
    assert 'rstwhy_resets_total{cause="remote-on-next-packet",class="idle-timeout"} 2' in seen, seen
    assert "node_textfile_scrape_error 0" in seen, seen
    return page


def query(expression):
    address = "http://127.0.0.1:9090/api/v1/query?" + urllib.parse.urlencode({"query": expression})
    try:
        answer = json.load(urllib.request.urlopen(address, timeout=5))
    except OSError:
        return []
    assert answer["status"] == "success", answer
    return [(row["metric"], float(row["value"][1])) for row in answer["data"]["result"]]


def prometheus():
    config = f"""
global: {{scrape_interval: 1s, evaluation_interval: 1s}}
rule_files: ["{g.DEPLOY}/prometheus-rules.yml"]
scrape_configs: [{{job_name: node, static_configs: [{{targets: ["127.0.0.1:9100"]}}]}}]
"""
    with open("/mnt/prometheus.yml", "w", encoding="ascii") as file:
        file.write(config)
    g.run("promtool check config /mnt/prometheus.yml")
    g.start(["prometheus", "--config.file=/mnt/prometheus.yml", "--storage.tsdb.path=/mnt/tsdb", "--web.listen-address=127.0.0.1:9090"], "/mnt/prometheus.out")
    rows = g.wait_until("Prometheus to have scraped", lambda: query('rstwhy_resets_total{cause="remote-on-next-packet"}'), 60)
    assert rows[0][1] == 2, rows
    # nothing refers to what is not there: each name in dashboard and rules is one of the file's
    names = {re.match(r"[a-z_]+", name)[0] for name in samples()}
    for path in (g.DEPLOY + "/grafana-dashboard.json", g.DEPLOY + "/prometheus-rules.yml"):
        used = set(re.findall(r"rstwhy_[a-z_]+", g.text(path)))
        assert used and used <= names, f"{path}: {used - names}"


def dashboard():
    with open(g.DEPLOY + "/grafana-dashboard.json", encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    expressions = [target["expr"] for panel in panels for target in panel.get("targets", [])]
    assert len(expressions) >= 6
    for expression in expressions:
        query(expression.replace("$__rate_interval", "5m").replace("$instance", ".*"))


def atomic(daemon):
    """A reader never sees half a file, whenever it looks."""
    torn, over = [], threading.Event()

    def read():
        while not over.is_set():
            text = g.text(FILE)
            if text and not (text.endswith("\n") and "rstwhy_build_info{" in text):
                torn.append(text)

    reader = threading.Thread(target=read)
    reader.start()
    inodes = {os.stat(FILE).st_ino}
    g.wait_until("two rewrites", lambda: inodes.add(os.stat(FILE).st_ino) or len(inodes) >= 2, 60)
    over.set()
    reader.join()
    assert not torn, torn[0]
    assert os.listdir("/mnt/run") == ["rstwhy.prom"], os.listdir("/mnt/run")
    assert daemon.process.poll() is None


g.need("promtool")
g.network()
os.mkdir("/mnt/run")
g.run(f"promtool check rules {g.DEPLOY}/prometheus-rules.yml")
g.run(f"cd {g.DEPLOY} && promtool test rules prometheus-rules-test.yml")
running = g.Daemon(metrics__file=FILE)
g.wait_until("the first file", lambda: os.path.exists(FILE))
promtool()
assert sample('rstwhy_resets_total{class="idle-timeout",cause="remote-on-next-packet"}') == 0
before = len(samples())
g.feed(6)
running.wait_records(6)
# verdicts that wait are counted later than others, perhaps in the next file
g.wait_until("the counts", lambda: sample('rstwhy_records_total{kind="reset"}') == 6)
assert sample('rstwhy_resets_total{class="firewall-reject",cause="gateway-rule"}') == 2
assert sample('rstwhy_resets_total{class="idle-timeout",cause="remote-on-next-packet"}') == 2
assert sample('rstwhy_idle_gap_seconds_bucket{le="600"}') == 2
promtool()
# 5000 servers: no more series than the bound
g.feed(5000, kind="idle", first=7, servers=5000)
g.wait_until("all to be counted", lambda: sample('rstwhy_resets_total{class="idle-timeout",cause="remote-on-next-packet"}') == 5002, 60)
assert len(samples()) == before + 64, f"{len(samples()) - before} more series"
promtool()
atomic(running)
running.stop()

g.need("prometheus", "prometheus-node-exporter")
running = g.Daemon(metrics__file=FILE)
g.feed(6)
g.wait_until("the counts", lambda: sample('rstwhy_records_total{kind="reset"}') == 6)
exporter()
prometheus()
dashboard()
running.stop()
