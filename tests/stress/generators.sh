#!/bin/sh
# SPDX-License-Identifier: GPL-2.0
# Copyright (C) 2026 the rstwhy authors
#
#   generators.sh DIRECTORY      builds flood and numbered into DIRECTORY (inside the guest root: tests/vm/build.sh)
set -e
to=$(realpath "$1")
cd "$(dirname "$0")"
for program in flood numbered; do
	gcc -std=gnu17 -D_GNU_SOURCE -O2 -Wall -Wextra -Wshadow -Wconversion -Werror -o "$to/$program" $program.c shapes.c broken.c packet.c wire.c
done
