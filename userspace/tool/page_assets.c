// SPDX-License-Identifier: GPL-2.0
/*
 * page_assets.c - the style and the script of the report's page, as they are in page/
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The assembler reads the files, from the top directory; userspace.mk knows that this file depends on them.
 */
#include "page_assets.h"

#define ASSET(name, file)                                            \
	__asm__(".pushsection .rodata\n"                             \
		".globl " #name "\n" #name ":\n"                     \
		".incbin \"userspace/tool/page/" file "\"\n"         \
		".byte 0\n"                                          \
		".popsection\n")

ASSET(page_css, "page.css");
ASSET(page_charts_js, "charts.js");
ASSET(page_js, "page.js");
ASSET(page_rows_js, "rows.js");
