# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
# bench-tools      build/bench/daemon_feed and daemon_floor, and what callgrind needs
# sinks-check      what the daemon writes, read by rsyslog, journald, Prometheus, ulogd2 and tcpdump
# fleet-check      rsyslog into ClickHouse, and the queries
# bench-daemon     CPU a record against ulogd2, loss, latency, memory; report against wc, analyze against tshark

.PHONY: bench-tools bench-daemon sinks-check fleet-check
bench-tools: $(BUILD)/bench/daemon_feed $(BUILD)/bench/daemon_floor $(BUILD)/bench/daemon_unconfined.so

$(BUILD)/bench/daemon_unconfined.so: tests/bench/daemon_unconfined.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O2 -Wall -Wextra -Werror -fPIC -shared -o $@ $<

$(BUILD)/bench/daemon_feed: tests/bench/daemon_feed.c module/evidence.c module/evidence.h module/uapi/rstwhy.h
	@mkdir -p $(@D)
	$(CC) -std=c17 -O2 -g -Wall -Wextra -Wshadow -Wconversion -Werror -D_GNU_SOURCE -Imodule/uapi -o $@ $(filter %.c,$^)

$(BUILD)/bench/daemon_floor: tests/bench/daemon_floor.c userspace/daemon/group.c userspace/daemon/announce.c
	@mkdir -p $(@D)
	$(CC) -std=c17 -O2 -g -Wall -Wextra -Wshadow -Wconversion -Werror -D_GNU_SOURCE $(US_LIB_CFLAGS) -o $@ $^ $(US_DAEMON_LIBS)

sinks-check:
	@tests/sinks/run

fleet-check:
	@tests/fleet/run

bench-daemon:
	@tests/bench/daemon
