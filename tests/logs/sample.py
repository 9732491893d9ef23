#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""A log as a busy gateway writes it, made up: the same seed gives the same bytes.

    sample.py [--records N] [--hours H] [--end TIME] [--seed S] [--hostile] [--state FILE] >resets.jsonl

The mix: connections that boxes with known timeouts kill, an incident (a backend crashes), a deploy, scans, noise and its summaries,
losses, amendments, silences. --state also writes the paths that the daemon would have learned. --hostile puts markup, script and
control characters wherever a record has text from the network or from a configuration.
"""

import argparse
import datetime
import json
import random
import sys

# server, port, interface, share, what happens there
SITES = (
    ("10.20.0.10", 443, "wan", 30, "nlb"),
    ("10.20.0.11", 5432, "wan", 12, "asa"),
    ("10.20.1.5", 6379, "dmz", 8, "mixed"),
    ("10.20.1.6", 8080, "dmz", 16, "app"),
    ("10.20.2.7", 9092, "wan", 9, "azure"),
    ("2001:db8:20::25", 443, "wan", 8, "nlb"),
    ("203.0.113.80", 80, "wan", 10, "web"),
    ("198.51.100.9", 22, "wan", 4, "scan"),
    ("10.20.9.9", 3306, "dmz", 3, "gateway"),
)

# per kind of site: weight, class, cause, idle timeout in seconds (0: none)
MIXES = {
    "nlb": ((60, "idle-timeout", "remote-on-next-packet", 350), (15, "application", "cancel", 0), (10, "application", "abort", 0),
            (5, "noise", "after-close", 0), (5, "unknown", "ambiguous", 0)),
    "asa": ((50, "idle-timeout", "remote-at-expiry", 3600), (20, "idle-timeout", "keepalive-expired", 7200), (20, "application", "abort", 0),
            (5, "stale-state", "host-lost", 0)),
    "mixed": ((20, "idle-timeout", "endpoint-timer", 300), (40, "application", "abort", 0), (20, "stale-state", "gateway-flushed", 0)),
    "app": ((40, "application", "request-rejected", 0), (30, "application", "refused", 0), (20, "application", "backlog-overflow", 0),
            (10, "application", "late-data", 0)),
    "azure": ((70, "idle-timeout", "silent-drop", 240), (20, "idle-timeout", "remote-on-next-packet", 240), (10, "application", "cancel", 0)),
    "web": ((25, "firewall-reject", "remote-policy", 0), (15, "firewall-reject", "remote-connect", 0), (25, "application", "cancel", 0),
            (25, "noise", "ignored", 0), (10, "firewall-reject", "injected", 0)),
    "scan": ((70, "noise", "probe", 0), (20, "noise", "backscatter", 0), (10, "unknown", "no-history", 0)),
    "gateway": ((50, "idle-timeout", "gateway-expired-remap", 432000), (30, "firewall-reject", "gateway-rule", 0),
                (20, "firewall-reject", "gateway-invalid", 0)),
}

STAGES = {"refused": "connect", "remote-connect": "connect", "gateway-rule": "connect", "probe": "connect", "connect-abandoned": "connect",
          "request-rejected": "request", "late-data": "closing", "after-close": "closed", "backlog-overflow": "accepted"}

HOSTILE = (
    "</script><script>window.hurt=1</script>",
    "<img src=x onerror=\"window.hurt=1\">",
    "'\"><svg/onload=window.hurt=1>",
    "\u001b[31mred\u009b2J\r\n\u202eevil <!-- ${window.hurt=1} `-->\u0000cut",
    "]]><![CDATA[&lt;b&gt;&#x3c;script&#x3e;\\u003c\\",
)


def stamp(seconds):
    return datetime.datetime.fromtimestamp(seconds, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class Maker:
    def __init__(self, options):
        self.options = options
        self.random = random.Random(options.seed)
        self.sequence = 0
        self.killed = {}

    def text(self, plain):
        if not self.options.hostile or self.random.random() < 0.5:
            return plain
        return self.random.choice(HOSTILE)

    def host(self, address, port):
        return {"ip": address, "port": port}

    def client(self, server):
        r = self.random
        if ":" in server:
            return f"2001:db8:{r.choice((1, 2)):x}::{r.randrange(1, 60):x}"
        return f"10.{r.choice((1, 1, 1, 2, 7))}.{r.randrange(3)}.{int(r.betavariate(1, 4) * 250) + 1}"

    def gap_ms(self, cause, timeout):
        r = self.random
        if timeout == 0:
            return r.uniform(5, 1500) if r.random() < 0.3 else None
        if cause in ("remote-at-expiry", "endpoint-timer"):
            return timeout * 1000 + r.uniform(0, 400)
        if cause == "keepalive-expired":
            return timeout * 1000 + r.uniform(0, 900)
        return timeout * 1000 * (1 + r.expovariate(6))

    def head(self, kind, seconds):
        self.sequence += 1
        return {"v": 1, "kind": kind, "id": f"5f0c2a71d3e8{self.options.seed:04x}-4026531840-{self.sequence}", "ts": stamp(seconds), "gateway": self.text("gw1")}

    def reset(self, seconds, site, choice=None):
        r = self.random
        address, port, interface, _, kind = site
        mix = MIXES[kind]
        if choice is None:
            choice = r.choices(mix, [row[0] for row in mix])[0]
        _, klass, cause, timeout = choice
        by_client = cause in ("cancel", "keepalive-expired", "connect-abandoned", "probe")
        gateway = cause in ("gateway-rule", "gateway-invalid")
        gap = self.gap_ms(cause, timeout)
        client = self.client(address)
        record = self.head("silence" if cause == "silent-drop" else "reset", seconds)
        record.update({
            "class": klass, "cause": cause, "confidence": round(min(0.99, max(0.4, r.gauss(0.9, 0.07))), 2),
            "also": ["application/crash"] if cause == "abort" and r.random() < 0.5 else [],
            "stage": STAGES.get(cause, "established"),
            "sender": "client" if by_client else "gateway" if gateway else "server",
            "by": "gateway-reject" if gateway else "transit", "direction": "original" if by_client else "reply",
            "client": self.host(client, r.randrange(32768, 60999)), "server": self.host(address, port),
        })
        if r.random() < 0.15 and ":" not in address:
            record["nat"] = {"client": self.host("192.0.2.1", r.randrange(1024, 65535))}
        if gap is not None:
            record["gap_ms"] = round(gap, 3)
            if klass == "idle-timeout":
                self.killed.setdefault((address, port, interface), []).append((client, int(gap), int(seconds)))
        record.update({"idle_ms": round(r.uniform(0.1, 40), 3), "ct_idle_ms": 0, "ct_timeout_before_gap_ms": 432000000,
                       "ct_timeout_at_rst_ms": 300000, "ct_state": "ESTABLISHED", "age_ms": round((gap or 0) + r.expovariate(1 / 60000), 0)})
        if record["kind"] == "reset":
            record["rst"] = {"flags": r.choice(("R", "RA")), "seq_match": "exact", "ttl": r.choice((63, 64, 247)), "win": 0, "ipid": 0,
                             "payload": self.text("") if r.random() < 0.98 else self.text("blocked by policy 17")}
        sentence = {"idle-timeout": f"silent {0 if gap is None else gap / 1000:.1f} s, then the next segment of the client was answered by RST in 1.3 ms",
                    "application": "the RST is from a live socket of the server: its timestamps go on"}.get(klass, "marks of a box: TTL 247")
        record.update({"count": 1 if r.random() < 0.9 else r.randrange(2, 6), "related": [], "in": self.text("lan" if by_client else interface),
                       "out": "", "netns": 4026531840, "evidence": [self.text(sentence), "the RST's TTL is 64, segments of the server have 63"],
                       "candidates": [self.text(f"AWS NLB {timeout} s")] if timeout == 350 else [],
                       "advice": self.text("Set TCP keepalive on one end below that box's idle timeout, or raise the timeout on the box."),
                       "lost_before": 0})
        return record

    def amendment(self, seconds, record):
        again = dict(record)
        again.update(self.head("amendment", seconds))
        again.update({"ts": record["ts"], "amends": record["id"], "class": "application", "cause": "crash", "also": []})
        return again

    def loss(self, seconds):
        return {"v": 1, "kind": "loss", "ts": stamp(seconds), "gateway": "gw1", "lost": self.random.randrange(1, 400),
                "where": self.random.choice(("netlink", "rate"))}

    def summary(self, seconds):
        return {"v": 1, "kind": "summary", "ts": stamp(seconds), "gateway": "gw1", "class": "noise", "cause": "probe",
                "source": "203.0.113.%d" % self.random.randrange(1, 9), "from": stamp(seconds - 60), "to": stamp(seconds),
                "count": self.random.randrange(20, 300)}

    def times(self):
        """Arrivals: a day's rhythm, an incident at two thirds and a deploy at one third."""
        r, count, span = self.random, self.options.records, self.options.hours * 3600
        moments = []
        while len(moments) < count:
            at = r.random() * span
            if r.random() < 0.35 + 0.65 * max(0.0, 1 - abs((at / 3600 % 24) - 13) / 9):
                moments.append((at, None))
        for i in range(count // 30):
            moments[i] = (span * 2 / 3 + r.expovariate(1 / 40), "crash")
        for i in range(count // 30, count // 20):
            moments[i] = (span / 3 + r.uniform(0, 600), "refused")
        return sorted(((min(at, span - 1), what) for at, what in moments), key=lambda moment: moment[0])

    def lines(self):
        r, begin = self.random, self.options.end - self.options.hours * 3600
        weights = [site[3] for site in SITES]
        for at, what in self.times():
            seconds, dice = begin + at, r.random()
            if what == "crash":
                record = self.reset(seconds, SITES[3], (1, "application", "abort", 0))
                yield record
                if dice < 0.5:
                    yield self.amendment(seconds + 2, record)
            elif what == "refused":
                yield self.reset(seconds, SITES[3], (1, "application", "refused", 0))
            elif dice < 0.002:
                yield self.loss(seconds)
            elif dice < 0.02:
                yield self.summary(seconds)
            else:
                yield self.reset(seconds, r.choices(SITES, weights)[0])

    def bound(self, samples):
        peers = {}
        for client, gap, seconds in samples:
            if client not in peers or gap < peers[client][0]:
                peers[client] = (gap, seconds)
        best = sorted((gap, seconds, client) for client, (gap, seconds) in peers.items())[:8]
        return {"samples": len(samples), "peers": [["%016x" % (hash_of(client)), gap, seconds] for gap, seconds, client in best]}

    def state(self):
        paths = []
        for (address, port, interface), samples in self.killed.items():
            shorter = [(client, int(min(s[1] for s in samples) * 0.8), seconds) for client, _, seconds in samples[:200]]
            prefix = address[: address.rindex(":")] + ":/64" if ":" in address else address.rsplit(".", 1)[0] + ".0/24"
            paths.append({"prefix": prefix, "port": port, "side": "server", "in": interface, "last": samples[-1][2],
                          "survived": self.bound(shorter), "killed": self.bound(samples)})
        return {"v": 1, "paths": paths}


def hash_of(text):
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001B3 & 0xFFFFFFFFFFFFFFFF
    return value


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, default=30000)
    parser.add_argument("--hours", type=float, default=48)
    parser.add_argument("--end", type=moment, default=moment("2026-11-22T12:00:00+00:00"))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--hostile", action="store_true")
    parser.add_argument("--state")
    options = parser.parse_args()
    maker = Maker(options)
    for record in maker.lines():
        sys.stdout.write(json.dumps(record, separators=(",", ":")) + "\n")
    if options.state:
        with open(options.state, "w", encoding="ascii") as file:
            json.dump(maker.state(), file)


if __name__ == "__main__":
    main()
