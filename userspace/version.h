/* SPDX-License-Identifier: GPL-2.0 */
/*
 * version.h - the version of the programs; dkms.conf and the module have the same
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_VERSION_H
#define RSTWHY_VERSION_H

#define RSTWHY_VERSION "0.1.0"

#endif
