/* SPDX-License-Identifier: GPL-2.0 */
/*
 * page_assets.h - the style and the script of the report's page, as they are in page/
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_PAGE_ASSETS_H
#define RSTWHY_PAGE_ASSETS_H

/* Each ended by a NUL. */
extern const char page_css[], page_charts_js[], page_js[], page_rows_js[];

#endif
