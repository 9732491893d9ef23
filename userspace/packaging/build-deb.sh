#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   build-deb.sh [-v VERSION] [-o DIRECTORY] [-B FILE]
#
# Builds the Debian packages rstwhy and nf-rstwhy-dkms from a copy of the tree, and has lintian look at them: its errors and warnings fail.
#   -v VERSION     under another version than the tree's (to try an upgrade)
#   -o DIRECTORY   where the packages go (build/deb)
#   -B FILE        for tests: with a line that does not compile at the end of this source file of the module
# For the Debian release it is run on: the programs are linked against its libraries. The maintainer named in them is a placeholder of a
# domain that can never be (RFC 2606), unless DEBEMAIL (and DEBFULLNAME) tell who builds them, as for Debian's own tools.
set -euo pipefail
top=$(cd "$(dirname "$0")/../.." && pwd)
version= output=$top/build/deb broken=
while getopts v:o:B: option; do
	case $option in
	v) version=$OPTARG ;;
	o) output=$(realpath -m "$OPTARG") ;;
	B) broken=$OPTARG ;;
	*) sed -n '5,13s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
	esac
done

work=$output/work log=$output/build.log
mkdir -p "$output"
rm -rf "$work"
rm -f "$output"/*.deb "$output"/*.buildinfo "$output"/*.changes
tree=$work/rstwhy
mkdir -p "$tree"
(cd "$top" && tar cf - --exclude='*.o' Kbuild Makefile LICENSE README.md dkms.conf module userspace $(find tests -name "*.mk")) | tar xf - -C "$tree"
mv "$tree/userspace/packaging/debian" "$tree/debian"

tree_version=$(sed -n 's/^PACKAGE_VERSION="\(.*\)"/\1/p' "$top/dkms.conf")
if [ -n "$version" ] && [ "$version" != "$tree_version" ]; then
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$version\"/" "$tree/dkms.conf"
	sed -i "s/^MODULE_VERSION(.*/MODULE_VERSION(\"$version\");/" "$tree/module/main.c"
	sed -i "s/^#define RSTWHY_VERSION .*/#define RSTWHY_VERSION \"$version\"/" "$tree/userspace/version.h"
	{
		printf 'rstwhy (%s) unstable; urgency=medium\n\n  * The tree as it is, under this version.\n\n' "$version"
		sed -n '/^ -- /{p;q}' "$tree/debian/changelog" | sed 's/  .*//' | tr -d '\n'
		printf '  %s\n\n' "$(date -R)"
		cat "$tree/debian/changelog"
	} >"$work/changelog"
	mv "$work/changelog" "$tree/debian/changelog"
fi
if [ -n "${DEBEMAIL:-}" ]; then
	who="${DEBFULLNAME:-the rstwhy authors} <$DEBEMAIL>"
	[[ $who =~ ^[^\|\&\\]+\ \<[^\ @\|\&\\]+@[^\ @\|\&\\]+\>$ ]] || { echo "deb: DEBFULLNAME, DEBEMAIL: \"$who\" is no name with an address" >&2; exit 2; }
	sed -i "s|the rstwhy authors <maintainers@rstwhy.invalid>|$who|" "$tree/debian/control" "$tree/debian/changelog"
fi
[ -z "$broken" ] || echo '#error broken on purpose, by a test' >>"$tree/$broken"

echo "deb: building in ${work#"$top/"}"
if ! (cd "$tree" && dpkg-buildpackage --build=binary --no-sign --jobs=2) >"$log" 2>&1; then
	tail -n 30 "$log" >&2
	echo "deb: building failed; all of it: $log" >&2
	exit 1
fi
mv "$work"/*.deb "$work"/*.changes "$work"/*.buildinfo "$output/"
# Run by root in a directory of root's: lintian need not mind. What is overridden says why in debian/*.lintian-overrides.
# While there are no man pages (userspace/man), lintian need not say so for each program; said here once.
unsaid=()
if ! compgen -G "$top/userspace/man/*.[1-8]" >/dev/null; then
	unsaid=(--suppress-tags no-manual-page)
	echo "deb: no man pages in userspace/man: lintian's no-manual-page is not asked for" >&2
fi
if ! lintian "${unsaid[@]}" --allow-root --fail-on error,warning --display-info "$output"/*.changes >"$output/lintian.txt" 2>&1; then
	cat "$output/lintian.txt" >&2
	echo "deb: lintian objects" >&2
	exit 1
fi
rm -rf "$work"
(cd "$output" && ls -- *.deb | sed "s|^|deb: ${output#"$top/"}/|")
echo "deb: lintian has neither errors nor warnings"
