/* SPDX-License-Identifier: GPL-2.0 */
/*
 * reload.h - SIGHUP: new settings, new log files
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_RELOAD_H
#define RSTWHY_RELOAD_H

#include "serve.h"

/* Read the settings again and open the logs again. What is wrong is said, and what was in force stays. */
void reload(struct serve *serve);

#endif
