/* SPDX-License-Identifier: GPL-2.0 */
/*
 * terminal.h - text of others on a terminal
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_TERMINAL_H
#define RSTWHY_TERMINAL_H

#include <stdio.h>

/* Print so that no terminal takes it for more than text: all but printable ASCII as \xXX. */
void terminal_text(FILE *to, const char *text);

#endif
