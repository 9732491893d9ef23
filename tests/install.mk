# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# make install, install-programs, install-module, uninstall. Included by the top-level Makefile.

SRCDIR := $(DESTDIR)/usr/src/rstwhy-$(VERSION)
UNITDIR ?= $(PREFIX)/lib/systemd/system
MAN_PAGES := $(wildcard userspace/man/*.[1-8])

# What somebody may have edited is kept; the new one goes beside it.
keep = set -e; if test -e $(2); then install -m 644 $(1) $(2).new; else install -m 644 $(1) $(2); fi

# Everything but the module's build: a package's DESTDIR gets the DKMS tree, a real root also has DKMS build it.
install: install-programs install-module

install-programs: userspace
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/rstwhyd $(DESTDIR)$(PREFIX)/sbin/rstwhyd
	install -m 755 $(BUILD)/rstwhy $(DESTDIR)$(PREFIX)/bin/rstwhy
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/rstwhy $(DESTDIR)$(SYSCONFDIR)/logrotate.d
	install -m 644 userspace/deploy/rstwhyd.service $(DESTDIR)$(UNITDIR)/
	set -e; for d in sysusers tmpfiles; do \
		install -d $(DESTDIR)$(PREFIX)/lib/$$d.d; install -m 644 userspace/deploy/$$d.conf $(DESTDIR)$(PREFIX)/lib/$$d.d/rstwhy.conf; done
	$(call keep,userspace/deploy/rstwhyd.conf,$(DESTDIR)$(SYSCONFDIR)/rstwhy/rstwhyd.conf)
	$(call keep,userspace/deploy/known-timeouts.conf,$(DESTDIR)$(SYSCONFDIR)/rstwhy/known-timeouts.conf)
	test -e $(DESTDIR)$(SYSCONFDIR)/logrotate.d/rstwhy || install -m 644 userspace/deploy/rstwhy.logrotate $(DESTDIR)$(SYSCONFDIR)/logrotate.d/rstwhy
	install -d $(DESTDIR)$(PREFIX)/share/rstwhy/fleet
	install -m 644 $(addprefix userspace/deploy/,README.md without-module.nft rsyslog-rstwhy.conf prometheus-rules.yml grafana-dashboard.json) $(DESTDIR)$(PREFIX)/share/rstwhy/
	install -m 644 $(addprefix userspace/deploy/fleet/,schema.sql queries.sql rsyslog-gateway.conf rsyslog-collector.conf) $(DESTDIR)$(PREFIX)/share/rstwhy/fleet/
	install -m 755 userspace/deploy/fleet/rstwhy-to-clickhouse $(DESTDIR)$(PREFIX)/share/rstwhy/fleet/
	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
	install -m 644 userspace/deploy/rstwhy.bash-completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rstwhy
	install -m 644 userspace/deploy/rstwhy.zsh-completion $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_rstwhy
	set -e; for f in $(MAN_PAGES); do install -D -m 644 $$f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done

# The DKMS tree, and what goes with a loaded module: at boot, and its settings.
install-module-source:
	rm -rf $(SRCDIR)
	install -d $(SRCDIR)
	cp -r Kbuild dkms.conf module $(SRCDIR)/
	install -D -m 644 userspace/deploy/modules-load.conf $(DESTDIR)$(PREFIX)/lib/modules-load.d/rstwhy.conf
	install -D -m 644 userspace/deploy/rstwhy.udev $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-rstwhy.rules
	install -d $(DESTDIR)$(SYSCONFDIR)/sysctl.d
	$(call keep,userspace/deploy/sysctl.conf,$(DESTDIR)$(SYSCONFDIR)/sysctl.d/60-rstwhy.conf)

# By DKMS where there is one, so that the module follows kernel upgrades; else into this kernel's modules.
install-module: install-module-source
	@if [ -n "$(DESTDIR)" ]; then :; \
	elif command -v dkms >/dev/null; then \
		set -ex; dkms remove rstwhy/$(VERSION) --all >/dev/null 2>&1 || true; \
		dkms install rstwhy/$(VERSION); \
	else \
		set -ex; $(MAKE) module; $(MAKE) -C "$(KDIR)" M="$(CURDIR)/$(BUILD)/module" modules_install; depmod; \
	fi

# A settings file that nobody touched goes, too.
untouched = if cmp -s $(1) $(2); then rm -f $(2); fi

uninstall:
	-test -n "$(DESTDIR)" || ! command -v dkms >/dev/null || dkms remove rstwhy/$(VERSION) --all
	rm -rf $(SRCDIR)
	set -e; for d in modules-load sysusers tmpfiles; do rm -f $(DESTDIR)$(PREFIX)/lib/$$d.d/rstwhy.conf; done
	rm -f $(DESTDIR)$(PREFIX)/lib/udev/rules.d/60-rstwhy.rules
	rm -f $(DESTDIR)$(PREFIX)/sbin/rstwhyd $(DESTDIR)$(PREFIX)/bin/rstwhy $(DESTDIR)$(UNITDIR)/rstwhyd.service
	rm -rf $(DESTDIR)$(PREFIX)/share/rstwhy
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rstwhy $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_rstwhy
	set -e; for f in $(MAN_PAGES); do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done
	$(call untouched,userspace/deploy/rstwhy.logrotate,$(DESTDIR)$(SYSCONFDIR)/logrotate.d/rstwhy)
	$(call untouched,userspace/deploy/sysctl.conf,$(DESTDIR)$(SYSCONFDIR)/sysctl.d/60-rstwhy.conf)
	@echo "kept: $(DESTDIR)$(SYSCONFDIR)/rstwhy, the logs in /var/log/rstwhy, what was learned in /var/lib/rstwhy"
