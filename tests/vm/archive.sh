# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
# Debian's archive, as apt on this machine knows it, for root.sh and kernel-root.sh. Sourced.

# archive_sources SUITE KIND...
# One "deb" line for each of apt's sources that is Debian's own, made to serve SUITE; on another Debian release the same hosts have
# it as well. KIND: "" the suite itself, -security, -updates. Prints nothing where apt has no Debian source.
archive_sources() {
	local suite=$1 list
	shift
	list=$(archive_list "$suite" "$@")
	if [ -z "$list" ]; then
		apt-get update -q >/dev/null
		list=$(archive_list "$suite" "$@")
	fi
	[ -z "$list" ] || echo "$list"
}

archive_list() {
	local suite=$1
	shift
	apt-get indextargets --format '$(ORIGIN)|$(SITE)|$(RELEASE)' 'Created-By: Packages' |
	awk -F'|' -v suite="$suite" -v kinds=" $(printf 'x%s ' "$@")" '
		$1 == "Debian" && $3 ~ /^[a-z]+(-security|-updates)?$/ {
			kind = $3; sub(/^[a-z]+/, "", kind)
			line = "deb " $2 " " suite kind " main"
			if (index(kinds, " x" kind " ") && !seen[line]++) print line
		}'
}

# The options of mmdebstrap that are the same for every root: how this machine reaches its archive (proxies, retries), as far as
# apt knows; nothing that only people read; no modules for screens and sound. Sets the array archive_options.
archive_mmdebstrap_options() {
	local line
	archive_options=(--mode=root --variant=apt --aptopt='Acquire::Languages "none"' --aptopt='DPkg::Use-Pty "0"'
		--dpkgopt='force-unsafe-io'
		--dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*'
		--dpkgopt='path-exclude=/lib/modules/*/kernel/drivers/gpu/*' --dpkgopt='path-exclude=/lib/modules/*/kernel/sound/*')
	while IFS= read -r line; do
		archive_options+=("--aptopt=$line")
	done < <(apt-config dump --format '%F "%v";%n' Acquire | grep -E '^Acquire::(http|https)::(Proxy|Timeout)|^Acquire::Retries' | grep -v '"";$')
}
