/* SPDX-License-Identifier: GPL-2.0 */
/*
 * evidence.h - the trailer as bytes, and the prefix as text
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_EVIDENCE_H
#define RSTWHY_EVIDENCE_H

#include "freestanding.h"
#include "uapi/rstwhy.h"

void evidence_swap(struct rstwhy_evidence *ev);
void evidence_seal(struct rstwhy_evidence *ev);
int evidence_prefix(char *text, size_t size, const struct rstwhy_evidence *ev);

#endif
