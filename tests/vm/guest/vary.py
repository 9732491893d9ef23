# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
"""
Another world for each scenario, by chance: hosts that speak TCP otherwise, wires that take time, other ports, longer conversations.
What a scenario does, and hence its truth, stays; whoever judges by the laboratory's own habits instead fails. What a scenario sets by
itself, it sets afterwards, so that it has what it asks for.
"""

import random

import netns

PORTS = (21, 22, 25, 80, 110, 143, 443, 465, 587, 993, 1433, 1521, 1883, 3000, 3306, 5432, 5672, 6379, 6443, 8080, 8443, 9092, 9200, 11211, 27017, 30443)
SIZES = (1, 20, 100, 517, 1400, 2000, 9000, 30000)
# (sysctl below net.ipv4, values); the usual one is there several times. A TTL is IPv6's hop limit, too.
HABITS = (
    ("tcp_timestamps", (1, 1, 1, 0)), ("tcp_sack", (1, 1, 1, 0)), ("tcp_window_scaling", (1, 1, 1, 0)), ("tcp_ecn", (2, 2, 1, 0)),
    ("ip_default_ttl", (64, 64, 128, 255)), ("tcp_slow_start_after_idle", (1, 0)), ("tcp_congestion_control", ("cubic", "reno")),
    ("ip_local_port_range", ("32768 60999", "1024 65535", "49152 65535")),
)  # fmt: skip
DEVICES = {"client": ("eth0",), "server": ("eth0",), "box": ("outer", "inner")}
DELAYS = (0, 0, 0, 1, 5, 20, 45)  # ms, of what that end sends by that device


class Variation:
    """What chance chose for one scenario: the same for the same seed and name, whichever scenarios ran before."""

    def __init__(self, seed, name):
        self.chance = random.Random(f"{seed}/{name}")
        self.told = []

    def hosts(self, names):
        """Sets up these namespaces, which stand already."""
        for name in names:
            for knob, values in HABITS:
                value = self.chance.choice(values)
                netns.sysctl("net.ipv4." + knob, value, name)
                self.told.append(f"{name} {knob} {value}")
                if knob == "ip_default_ttl":
                    for which in ("all", "default") + DEVICES[name]:
                        netns.sysctl(f"net.ipv6.conf.{which}.hop_limit", value, name)
            for device in DEVICES[name]:
                delay = self.chance.choice(DELAYS)
                if delay:
                    netns.netem(f"delay {delay}ms", name, device)
                    self.told.append(f"{name} {device} delay {delay} ms")

    def port(self):
        """For a listener that takes any; 0 is any that the kernel takes."""
        return self.chance.choice(PORTS + (0,) * 8)

    def sizes(self):
        """Of one exchange of any size: a list of (question's, answer's)."""
        return [(self.chance.choice(SIZES), self.chance.choice(SIZES)) for _ in range(self.chance.choice((1, 1, 2, 5)))]
