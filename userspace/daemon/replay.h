/* SPDX-License-Identifier: GPL-2.0 */
/*
 * replay.h - a recording instead of the group
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_REPLAY_H
#define RSTWHY_REPLAY_H

#include "serve.h"

#define REPLAY_DAMAGED 1
#define REPLAY_UNUSABLE 2

/*
 * Feed options->replay through the same intake as a live run, until its end. The intake is made here; the rest of serve is in
 * place. Returns the exit status; a damaged recording is judged up to the damage.
 */
int replay_run(struct serve *serve);

#endif
