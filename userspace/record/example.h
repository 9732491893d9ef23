/* SPDX-License-Identifier: GPL-2.0 */
/*
 * example.h - what a record of each cause looks like, for `rstwhy explain`
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_EXAMPLE_H
#define RSTWHY_EXAMPLE_H

#include "record.h"

/* An example record of that cause; borrows static strings only. */
void record_example(struct record *record, enum cause cause);

#endif
