#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Rules that a grep can see. One "ok" or "not ok" line each; exit 1 if one is broken.
set -uo pipefail
cd "$(dirname "$0")/.."
status=0

verdict() { # verdict NAME OFFENDERS
	if [ -z "$2" ]; then
		echo "ok $1"
	else
		echo "not ok $1 # $(echo $2)"
		status=1
	fi
}
sources() { find module userspace tests Kbuild Makefile .ci -type f \( "$@" \) 2>/dev/null | grep -v '__pycache__'; }

all() { sources -name '*.[chS]' -o -name '*.py' -o -name '*.sh' -o -name '*.mk' -o -name Kbuild -o -name Makefile -o -path '.ci/run' -o -path '*/vm/run' -o -path '*/vm/init'; }
verdict lint-spdx "$(all | xargs grep -L 'SPDX-License-Identifier: GPL-2.0')"
verdict lint-copyright "$(all | xargs grep -L 'Copyright')"
verdict lint-no-version-tests "$(grep -rlE 'LINUX_VERSION_CODE|KERNEL_VERSION' module --include='*.[ch]' 2>/dev/null | grep -v '^module/compat/')"
verdict lint-400-lines "$(all | xargs wc -l | awk '$1 > 400 && $2 != "total" { print $2 }')"
verdict lint-file-names "$(all | grep -E '/(util|utils|common|misc|manager|helpers?)[._]')"
verdict lint-nothing-kbuild-cleans "$(git ls-files 2>/dev/null | grep -E '\.(o|a|s|i|ko|mod)$')"
verdict lint-kbuild-is-relocatable "$(grep -nE '\$\(PWD\)|uname|\.\./.*\.o' Kbuild 2>/dev/null)"
verdict lint-top-level "$(git ls-files 2>/dev/null | cut -d/ -f1 | sort -u | grep -vxE 'Kbuild|Makefile|module|userspace|tests|dkms\.conf|README\.md|LICENSE|\.ci|\.gitignore|\.clang-format')"

# What systemd thinks of the unit's exposure: 2.0 and more is too much.
if ! command -v systemd-analyze >/dev/null; then
	echo "skip lint-unit-hardened # systemd-analyze is not on this machine (Debian: systemd)"
else
	for unit in userspace/deploy/*.service; do
		verdict "lint-unit-hardened-$(basename "$unit" .service)" "$(systemd-analyze security --offline=true --threshold=19 "$unit" 2>&1 >/dev/null ||
			systemd-analyze security --offline=true "$unit" 2>&1 | grep -a Overall)"
	done
fi
exit $status
