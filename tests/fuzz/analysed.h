/* SPDX-License-Identifier: GPL-2.0 */
/*
 * analysed.h - the offline analyser under a fuzzer
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Its tables are too large to be made for each input: one of each link type serves ANALYSED_INPUTS inputs. What does not fail again
 * alone fails again with the same seed.
 */
#ifndef RSTWHY_ANALYSED_H
#define RSTWHY_ANALYSED_H

#include "../../userspace/offline/analysis.h"

#define ANALYSED_INPUTS 16384

/* A new input begins. */
void analysed_begin(void);

/* The analyser of a link type that link_known(); its records are checked. */
struct analysis *analysed_by(int link);

/* The input ends: what is held is handed out. */
void analysed_end(void);

#endif
