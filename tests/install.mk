# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# make install, install-module, uninstall. Included by the top-level Makefile.

SRCDIR := $(DESTDIR)/usr/src/rstwhy-$(VERSION)
UNITDIR ?= $(PREFIX)/lib/systemd/system

# What somebody may have edited is kept; the new one goes beside it.
keep = set -e; if test -e $(2); then install -m 644 $(1) $(2).new; else install -m 644 $(1) $(2); fi

# Everything but the module's build: a package's DESTDIR gets the DKMS tree, a real root also has DKMS build it.
install: userspace install-module
	install -d $(DESTDIR)$(PREFIX)/sbin $(DESTDIR)$(PREFIX)/bin
	install -m 755 $(BUILD)/rstwhyd $(DESTDIR)$(PREFIX)/sbin/rstwhyd
	install -m 755 $(BUILD)/rstwhy $(DESTDIR)$(PREFIX)/bin/rstwhy
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/rstwhy
	install -d $(DESTDIR)$(UNITDIR) $(DESTDIR)$(SYSCONFDIR)/rstwhy $(DESTDIR)$(SYSCONFDIR)/logrotate.d
	install -m 644 userspace/deploy/rstwhyd.service $(DESTDIR)$(UNITDIR)/
	set -e; for d in modules-load sysusers tmpfiles; do \
		install -d $(DESTDIR)$(PREFIX)/lib/$$d.d; install -m 644 userspace/deploy/$$d.conf $(DESTDIR)$(PREFIX)/lib/$$d.d/rstwhy.conf; done
	$(call keep,userspace/deploy/rstwhyd.conf,$(DESTDIR)$(SYSCONFDIR)/rstwhy/rstwhyd.conf)
	test -e $(DESTDIR)$(SYSCONFDIR)/logrotate.d/rstwhy || install -m 644 userspace/deploy/rstwhy.logrotate $(DESTDIR)$(SYSCONFDIR)/logrotate.d/rstwhy
	install -d $(DESTDIR)$(PREFIX)/share/rstwhy/fleet
	install -m 644 $(addprefix userspace/deploy/,without-module.nft rsyslog-rstwhy.conf prometheus-rules.yml grafana-dashboard.json) $(DESTDIR)$(PREFIX)/share/rstwhy/
	install -m 644 $(addprefix userspace/deploy/fleet/,schema.sql queries.sql rsyslog-gateway.conf rsyslog-collector.conf) $(DESTDIR)$(PREFIX)/share/rstwhy/fleet/
	install -m 755 userspace/deploy/fleet/rstwhy-to-clickhouse $(DESTDIR)$(PREFIX)/share/rstwhy/fleet/
	set -e; for f in userspace/man/*.[1-8]; do test ! -e "$$f" || { \
		install -d $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}; install -m 644 "$$f" $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/; }; done

	install -d $(DESTDIR)$(PREFIX)/share/bash-completion/completions $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions
	install -m 644 userspace/deploy/rstwhy.bash-completion $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rstwhy
	install -m 644 userspace/deploy/rstwhy.zsh-completion $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_rstwhy

# By DKMS where there is one, so that the module follows kernel upgrades; else into this kernel's modules.
install-module:
	@if [ -n "$(DESTDIR)" ] || command -v dkms >/dev/null; then \
		set -ex; rm -rf "$(SRCDIR)"; install -d "$(SRCDIR)"; cp -r Kbuild dkms.conf module "$(SRCDIR)/"; \
		if [ -z "$(DESTDIR)" ]; then \
			dkms remove rstwhy/$(VERSION) --all >/dev/null 2>&1 || true; \
			dkms install rstwhy/$(VERSION); \
		fi; \
	else \
		set -ex; $(MAKE) module; $(MAKE) -C "$(KDIR)" M="$(CURDIR)/$(BUILD)/module" modules_install; depmod; \
	fi

uninstall:
	-test -n "$(DESTDIR)" || dkms remove rstwhy/$(VERSION) --all
	rm -rf $(SRCDIR)
	rm -f $(DESTDIR)$(PREFIX)/lib/modules-load.d/rstwhy.conf $(DESTDIR)$(PREFIX)/lib/sysusers.d/rstwhy.conf
	rm -f $(DESTDIR)$(PREFIX)/lib/tmpfiles.d/rstwhy.conf
	rm -rf $(DESTDIR)$(PREFIX)/share/rstwhy
	rm -f $(DESTDIR)$(PREFIX)/sbin/rstwhyd $(DESTDIR)$(PREFIX)/bin/rstwhy $(DESTDIR)$(UNITDIR)/rstwhyd.service
	rm -f $(DESTDIR)$(PREFIX)/share/bash-completion/completions/rstwhy $(DESTDIR)$(PREFIX)/share/zsh/vendor-completions/_rstwhy
	set -e; for f in userspace/man/*.[1-8]; do rm -f $(DESTDIR)$(PREFIX)/share/man/man$${f##*.}/$${f##*/}; done
	@echo "kept: $(DESTDIR)$(SYSCONFDIR)/rstwhy"
