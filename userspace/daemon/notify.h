/* SPDX-License-Identifier: GPL-2.0 */
/*
 * notify.h - telling systemd how we are
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_NOTIFY_H
#define RSTWHY_NOTIFY_H

/* Send sd_notify(3)'s one datagram, "READY=1" and the like, where NOTIFY_SOCKET names a socket. */
void notify(const char *state);

#endif
