/* SPDX-License-Identifier: GPL-2.0 */
/*
 * log_trouble.h - why a log cannot be read, for whom it meets first
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_LOG_TROUBLE_H
#define RSTWHY_LOG_TROUBLE_H

/* In words, by errno, with what helps where that is known. */
const char *log_trouble(int error);

#endif
