/* SPDX-License-Identifier: GPL-2.0 */
/*
 * command.h - the subcommands of rstwhy
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#ifndef RSTWHY_COMMAND_H
#define RSTWHY_COMMAND_H

/* Exit statuses. */
#define STATUS_OK 0
#define STATUS_FAILED 1
#define STATUS_USAGE 2

/* argv[0] is the subcommand's name. Each returns the exit status. */
int command_tail(int argc, char **argv);
int command_top(int argc, char **argv);
int command_report(int argc, char **argv);
int command_doctor(int argc, char **argv);
int command_explain(int argc, char **argv);
int command_timeouts(int argc, char **argv);
int command_analyze(int argc, char **argv);
int command_version(int argc, char **argv);

/* "rstwhy: ..." on standard error. */
__attribute__((format(printf, 1, 2))) void complain(const char *format, ...);

#endif
