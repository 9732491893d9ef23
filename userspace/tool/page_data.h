/* SPDX-License-Identifier: GPL-2.0 */
/*
 * page_data.h - a report as the data of its page
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_PAGE_DATA_H
#define RSTWHY_PAGE_DATA_H

#include "page_json.h"
#include "report.h"

/* One JSON object; page/page.js reads it. Changes the lines kept for the table. */
void page_data(const struct report *report, FILE *out);

/* page_rows.c: the member "rows" of it, the latest first. */
void page_rows(struct page_json *json, struct last_lines *last);

#endif
