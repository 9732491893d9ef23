# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Two gateways, a collector, ClickHouse: the files of userspace/deploy/fleet with other paths and ports, nothing else changed.
"""

import collections
import json
import os
import re
import sys
import urllib.error
import urllib.request

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + "/sinks")
import gateway as g  # noqa: E402

FLEET = g.DEPLOY + "/fleet"
SERVER = """<yandex>
<logger><level>warning</level><log>/mnt/ch/log</log><errorlog>/mnt/ch/errors</errorlog></logger>
<http_port>8123</http_port><tcp_port>9000</tcp_port><listen_host>127.0.0.1</listen_host>
<path>/mnt/ch/</path><tmp_path>/mnt/ch/tmp/</tmp_path><mark_cache_size>104857600</mark_cache_size>
<users_config>/mnt/ch/users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database>
</yandex>"""
USERS = """<yandex><profiles><default/></profiles><quotas><default/></quotas><users><default><password></password>
<networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>"""


def ask(query):
    """The answer's rows as dictionaries."""
    request = urllib.request.Request("http://127.0.0.1:8123/", data=(query + " FORMAT JSONEachRow").encode())
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return [json.loads(line) for line in answer.read().decode().splitlines()]
    except urllib.error.HTTPError as error:
        raise AssertionError(f"{query}: {error.read().decode()[:500]}") from error


def clickhouse():
    process = g.start(["clickhouse-server", "--config-file=/mnt/ch/config.xml"], "/mnt/ch.out")

    def answers():
        assert process.poll() is None, g.text("/mnt/ch.out") + g.text("/mnt/ch/errors")
        try:
            return urllib.request.urlopen("http://127.0.0.1:8123/ping", timeout=2).read()
        except OSError:
            return None

    g.wait_until("ClickHouse", answers, 60)
    return process


def schema():
    for statement in re.sub(r"--.*", "", g.text(FLEET + "/schema.sql")).split(";"):
        if statement.strip():
            urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8123/", data=statement.encode()), timeout=30).read()


def adapted(name, changes):
    text = g.text(f"{FLEET}/{name}")
    for old, new in changes.items():
        assert old in text, f"{name} has no {old}"
        text = text.replace(old, new)
    return text


def rsyslog(name, config):
    os.makedirs(f"/mnt/{name}", exist_ok=True)
    path = f"/mnt/{name}.conf"
    with open(path, "w", encoding="ascii") as file:
        file.write(f'global(workDirectory="/mnt/{name}" maxMessageSize="64k")\n' + config)
    g.run(["rsyslogd", "-N1", "-f", path])
    return g.start(["rsyslogd", "-n", "-f", path, "-i", f"/mnt/{name}.pid"], f"/mnt/{name}.out")


def collector():
    return rsyslog("collector", adapted("rsyslog-collector.conf", {
        'binary="/usr/share/rstwhy/fleet/rstwhy-to-clickhouse"': f'binary="{FLEET}/rstwhy-to-clickhouse --refused /mnt/refused.jsonl"',
        "/var/log/rstwhy-not-records.log": "/mnt/not-records.log", "/var/log/rstwhy-to-clickhouse.log": "/mnt/loader.log",
        'action.resumeInterval="5"': 'action.resumeInterval="1"',
    }))


def shipper(gateway):
    return rsyslog("ship-" + gateway, adapted("rsyslog-gateway.conf", {
        "/var/log/rstwhy/resets.jsonl": f"/mnt/{gateway}.jsonl", "collector.example": "127.0.0.1",
        'action.resumeInterval="10"': 'action.resumeInterval="1"',
    }))


def append(gateway, record):
    """A line that no traffic of this test makes: the log's form is fixed, so it may be written by hand."""
    with open(f"/mnt/{gateway}.jsonl", "a", encoding="ascii") as log:
        log.write(json.dumps(record, separators=(",", ":")) + "\n")


def logged(gateway):
    """The log's records."""
    return [json.loads(line) for line in g.text(f"/mnt/{gateway}.jsonl").splitlines()]


def make_logs():
    """gw1 sees idle kills of three servers at 350 s, gw2 some at 60 s, and both one and the same connection; all verdicts are rstwhyd's."""
    daemon = g.Daemon(name="gw1")
    g.feed(30, kind="idle", servers=3, gap=350012)
    g.feed(12, kind="mix", first=31, servers=2)
    daemon.wait_records(42)
    daemon.stop()
    daemon = g.Daemon(name="gw2")
    g.feed(10, kind="idle", first=1000, servers=5, gap=60100)
    daemon.wait_records(10)
    daemon.stop()


def arrived(count):
    g.wait_until(f"{count} rows in ClickHouse; the loader says: {g.text('/mnt/loader.log')[-500:]}",
                 lambda: ask("SELECT uniqExact(raw) AS n FROM rstwhy.records")[0]["n"] in (count, str(count)), 60)


def same(row, record):
    """What the row says is what the log says."""
    pairs = [("id", record.get("id", "")), ("ts", record["ts"]), ("gateway", record["gateway"]), ("kind", record["kind"]),
             ("class", record.get("class", "")), ("cause", record.get("cause", "")), ("by", record.get("by", "")),
             ("advice", record.get("advice", "")), ("gap_ms", record.get("gap_ms")), ("interface", record.get("in", "")),
             ("client_ip", record.get("client", {}).get("ip", "")), ("client_port", record.get("client", {}).get("port", 0)),
             ("server_ip", record.get("server", {}).get("ip", "")), ("server_port", record.get("server", {}).get("port", 0))]
    for name, value in pairs:
        assert row[name] == value, f"{name}: {row[name]!r} for {value!r}"
    assert row["time"] == record["ts"][:19].replace("T", " "), row["time"]
    assert json.loads(row["raw"]) == record
    if "evidence" in record:
        assert json.loads(row["evidence"]) == record["evidence"], row["evidence"]


def all_rows_are_right():
    rows = ask("SELECT * FROM rstwhy.records LIMIT 1 BY raw")
    by_raw = {json.dumps(json.loads(row["raw"]), sort_keys=True): row for row in rows}
    records = logged("gw1") + logged("gw2")
    assert len(rows) == len(records), f"{len(rows)} rows for {len(records)} records"
    for record in records:
        same(by_raw[json.dumps(record, sort_keys=True)], record)


def queries():
    """Name to rows."""
    parts = re.split(r"^-- name: (.*)$", g.text(FLEET + "/queries.sql"), flags=re.M)[1:]
    return {name: ask(query.strip().rstrip(";")) for name, query in zip(parts[::2], parts[1::2])}


def answers_are_right():
    records = [record for record in logged("gw1") + logged("gw2") if record["kind"] in ("reset", "silence")]
    answers = queries()
    idle = [record for record in records if record["class"] == "idle-timeout"]
    by_server = collections.Counter(record["server"]["ip"] for record in idle)
    paths = answers["which path kills idle flows, at what age, since when"]
    assert {row["server_ip"]: int(row["kills"]) for row in paths} == dict(by_server), paths
    for row in paths:
        here = [record for record in idle if record["server"]["ip"] == row["server_ip"]]
        assert row["since"] == min(record["ts"] for record in here)[:19].replace("T", " "), row
        assert sorted(row["seen_by"]) == sorted({record["gateway"] for record in here}), row
        assert row["age_from_s"] == min(round(record["gap_ms"] / 1000, 1) for record in here), row
    causes = {(row["class"], row["cause"]): int(row["resets"]) for row in answers["what resets connections, by cause"]}
    wanted = collections.Counter((record["class"], record["cause"]) for record in records if record["class"] != "noise")
    # the amendment turned one of them into another
    amended = next(record for record in logged("gw1") if record["kind"] == "amendment")
    first = next(record for record in records if record["id"] == amended["amends"])
    wanted[(first["class"], first["cause"])] -= 1
    wanted[(amended["class"], amended["cause"])] += 1
    assert causes == dict(+wanted), f"{causes} for {dict(+wanted)}"
    rules = {row["gateway"]: int(row["resets"]) for row in answers["which gateways reset by themselves (their rules, their conntrack)"]}
    assert rules == {"gw1": 4}, rules
    both = answers["one kill seen by several gateways (the same connection, within two seconds)"]
    assert len(both) == 1 and sorted(both[0]["gateways"]) == ["gw1", "gw2"] and len(both[0]["ids"]) == 2, both
    keepalive = {row["server_ip"]: row["keepalive_s"] for row in answers["the keepalive that would hold, by server (below the shortest kill)"]}
    assert keepalive["10.2.0.3"] == 48, keepalive
    lost = answers["what was lost, and where"]
    assert [(row["gateway"], row["lost_where"], row["records"]) for row in lost] == [("gw2", "netlink", 12)], lost
    hours = answers["when did it begin (idle kills an hour, by server)"]
    assert sum(int(row["kills"]) for row in hours) == len(idle), hours


def trace():
    """From a row back to the line on its gateway, by the id alone."""
    row = ask("SELECT id, gateway FROM rstwhy.verdicts WHERE cause = 'remote-on-next-packet' ORDER BY ts LIMIT 1")[0]
    lines = [line for line in g.text(f"/mnt/{row['gateway']}.jsonl").splitlines() if f'"id":"{row["id"]}"' in line]
    assert len(lines) == 1, lines


def by_hand():
    """Kinds that this traffic does not make, hostile text, a record of a later version; and one connection on both gateways."""
    reset = next(record for record in logged("gw1") if record["class"] == "application")
    append("gw1", {**reset, "kind": "amendment", "id": reset["id"] + "-a", "amends": reset["id"], "cause": "cancel"})
    same_one = next(record for record in logged("gw1") if record["cause"] == "remote-on-next-packet")
    append("gw2", {**same_one, "id": "feedface00000001-4026531840-1", "gateway": "gw2"})
    append("gw2", {"v": 1, "kind": "loss", "ts": "2026-11-22T10:12:13.123456Z", "gateway": "gw2", "lost": 12, "where": "netlink"})
    append("gw2", {"v": 1, "kind": "summary", "ts": "2026-11-22T10:12:13.123456Z", "gateway": "gw2", "source": "10.9.9.9", "class": "noise",
                   "cause": "probe", "from": "2026-11-22T10:11:13.123456Z", "to": "2026-11-22T10:12:13.123456Z", "count": 77})
    append("gw2", {**same_one, "id": "feedface00000001-4026531840-2", "gateway": "gw2", "class": "noise", "cause": "ignored", "new_key": {"a": [1]},
                   "client": {"ip": "2001:db8::1", "port": 65535}, "ts": "2026-11-22T10:12:14.000001Z",
                   "advice": "');DROP TABLE rstwhy.records;-- \\N \t \"} {\"id\":\"x\"}",
                   "rst": {**same_one["rst"], "payload": "\u0000\u00ff\u000a"}})


g.need("clickhouse-server", "rsyslogd")
g.network()
os.makedirs("/mnt/ch/tmp")
for name, text in (("config.xml", SERVER), ("users.xml", USERS)):
    with open("/mnt/ch/" + name, "w", encoding="ascii") as file:
        file.write(text)
server = clickhouse()
schema()
make_logs()
receiver = collector()
ships = [shipper("gw1"), shipper("gw2")]
arrived(52)

# ClickHouse goes away; what is logged meanwhile waits, and comes when it is back
g.stop(server)
by_hand()
g.wait_until("the loader to be refused", lambda: "will try again" in g.text("/mnt/loader.log"), 60)
server = clickhouse()
total = len(logged("gw1")) + len(logged("gw2"))
arrived(total)
assert ask("SELECT count() AS n FROM rstwhy.verdicts")[0]["n"] in (total - 3, str(total - 3)), "resets, silences, amendments less what they amend"
all_rows_are_right()
answers_are_right()
trace()

# a row that comes twice is one
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8123/", data=b"INSERT INTO rstwhy.records SELECT * FROM rstwhy.records"), timeout=30).read()
answers_are_right_again = ask("SELECT count() AS n FROM rstwhy.verdicts")[0]["n"]
assert answers_are_right_again in (total - 3, str(total - 3)), answers_are_right_again
urllib.request.urlopen(urllib.request.Request("http://127.0.0.1:8123/", data=b"OPTIMIZE TABLE rstwhy.records FINAL"), timeout=60).read()
assert int(ask("SELECT count() AS n FROM rstwhy.records")[0]["n"]) == total

# what is no record stops nobody
append("gw1", {"kind": "reset", "ts": "not a time", "id": "bad-row"})
with open("/mnt/gw1.jsonl", "a", encoding="ascii") as log:
    log.write("this is no JSON\n")
append("gw1", {**logged("gw2")[0], "id": "after-the-bad-ones", "gateway": "gw1"})
g.wait_until("the row behind the bad ones", lambda: ask("SELECT id FROM rstwhy.records WHERE id = 'after-the-bad-ones'"), 60)
assert "bad-row" in g.text("/mnt/refused.jsonl"), g.text("/mnt/loader.log")
g.wait_until("the line that is no JSON", lambda: "this is no JSON" in g.text("/mnt/not-records.log"))
print(f"{total} records of two gateways, {len(queries())} queries, ClickHouse {ask('SELECT version() AS v')[0]['v']}")
