// SPDX-License-Identifier: GPL-2.0
/*
 * proc.c - fuzz: what the kernel and the daemon leave in files of names and numbers
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "shown.h"

#include "../../userspace/daemon/accounting.h"
#include "../../userspace/daemon/module_state.h"
#include "../../userspace/daemon/nflog_peer.h"

#include <string.h>

#define TEXT_MOST 8192

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char text[TEXT_MOST];
	static struct module_state state;
	struct accounting account;
	uint32_t portid;

	size = size < sizeof(text) ? size : sizeof(text) - 1;
	memcpy(text, data, size);
	text[size] = '\0';
	module_state_parse(text, &state);
	must(memchr(state.version, '\0', sizeof(state.version)) && memchr(state.conntrack, '\0', sizeof(state.conntrack)));
	nflog_peer_parse(text, 17, &portid);
	if (accounting_parse(text, &account))
		for (enum accounting_link link = 0; link < ACCOUNTING_LINKS; link++) {
			char says[ACCOUNTING_SAYS_MAX];

			accounting_gap(&account, link, says);
			shown_message(says);
		}
	return 0;
}
