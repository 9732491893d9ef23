// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_accounting.c - tests of the sum over all resets, and of where it says that it breaks
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/tool/doctor_accounting.h"

void complain(const char *format, ...);
void complain(const char *format, ...)
{
	(void)format;
}

/* 1000 seen: 100 suppressed, 50 lost, 3 malformed, the rest judged; 20 messages of other kinds, 2 of them lost. */
static struct accounting balanced(void)
{
	return (struct accounting){
		.pid = 1, .running = 1, .seen = 1000, .told = 900, .other_told = 20, .suppressed = 104, .failed = 0, .received = 850,
		.other_received = 18, .lost_netlink = 50, .missing = 2, .malformed = 3, .fed = 847, .written = 700, .summarized = 90,
		.ignored = 20, .unlogged = 7, .unwritten = 5, .pending = 15, .held = 10,
	};
}

static int64_t gap(const struct accounting *a, enum accounting_link link)
{
	char says[ACCOUNTING_SAYS_MAX] = "";
	int64_t found = accounting_gap(a, link, says);

	assert_true(says[0]);
	return found;
}

static void assert_gaps(const struct accounting *a, int64_t module, int64_t group, int64_t daemon, int64_t whole)
{
	assert_int_equal(gap(a, ACCOUNTING_MODULE), module);
	assert_int_equal(gap(a, ACCOUNTING_GROUP), group);
	assert_int_equal(gap(a, ACCOUNTING_DAEMON), daemon);
	assert_int_equal(gap(a, ACCOUNTING_WHOLE), whole);
}

static void accounting__all_in_its_place__exact(void **state)
{
	struct accounting a = balanced();

	(void)state;
	assert_gaps(&a, 0, 0, 0, 0);
	assert_int_equal(accounting_unsent(&a), 100);
	assert_int_equal(accounting_lost(&a), 50);
}

static void accounting__record_vanishes__within_the_daemon(void **state)
{
	struct accounting a = balanced();

	(void)state;
	a.written--;
	assert_gaps(&a, 0, 0, 1, 1);
	a = balanced();
	a.held += 2;
	assert_gaps(&a, 0, 0, -2, -2);
}

static void accounting__loss_not_found__between_module_and_daemon(void **state)
{
	struct accounting a = balanced();

	(void)state;
	a.lost_netlink -= 4;
	assert_gaps(&a, 0, 4, 0, 0);
	a = balanced();
	a.late = 1; /* and received after all, but counted as lost, too */
	assert_gaps(&a, 0, 1, 0, 0);
	a.lost_netlink++;
	assert_gaps(&a, 0, 0, 0, 0);
}

static void accounting__more_unsent_than_explained__within_the_module(void **state)
{
	struct accounting a = balanced();

	(void)state;
	a.seen += 5; /* 105 not sent, 104 held back */
	assert_gaps(&a, 1, 0, 0, 0);
	a.failed = 1;
	assert_gaps(&a, 0, 0, 0, 0);
	a.seen = a.told - 1;
	assert_int_equal(gap(&a, ACCOUNTING_MODULE), -1);
}

static void accounting__received_but_not_judged__within_the_daemon(void **state)
{
	struct accounting a = balanced();

	(void)state;
	a.fed -= 2;
	a.written -= 2;
	assert_int_equal(gap(&a, ACCOUNTING_DAEMON), 2);
}

static void accounting__plain_rules_and_other_namespaces__stand_on_the_left(void **state)
{
	struct accounting a = balanced();

	(void)state;
	a.elsewhere = 4;
	a.early = 3;
	a.fed += 4 + 3 + 6;
	a.written += 4 + 3 + 6;
	assert_int_equal(accounting_plain(&a), 6);
	assert_gaps(&a, 0, 0, 0, 0);
}

static void accounting__since__counts_are_differences_and_gauges_are_not(void **state)
{
	struct accounting base = balanced(), now = balanced(), a;

	(void)state;
	now.seen += 11;
	now.told += 11;
	now.received += 11;
	now.fed += 11;
	now.written += 8;
	now.held += 3;
	a = accounting_since(&base, &now);
	assert_int_equal(a.seen, 11);
	assert_int_equal(a.written, 8);
	assert_int_equal(a.held, 13);
	assert_int_equal(a.held_before, 10);
	assert_int_equal(a.pending_before, 15);
	a.missing = 0;
	assert_gaps(&a, 0, 0, 0, 0);
}

static void accounting__as_text__comes_back(void **state)
{
	char text[ACCOUNTING_TEXT_MAX], *line;
	struct accounting a = balanced(), b;
	size_t len;

	(void)state;
	a.epoch = UINT64_MAX;
	len = accounting_format(&a, text);
	assert_int_equal(len, strlen(text));
	assert_true(accounting_parse(text, &b));
	assert_memory_equal(&a, &b, sizeof(a));
	line = strstr(text, "held_before");
	line[0] = 'H';
	assert_false(accounting_parse(text, &b));
	assert_false(accounting_parse("", &b));
	assert_false(accounting_parse("seen x\n\x1b[2J", &b));
}

/* What is shown, as a string for the caller to free. */
static char *shown(const struct accounting *a, const struct log_sums *log, unsigned int broken)
{
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);

	assert_int_equal(accounting_show(to, a, log), broken);
	fclose(to);
	return text;
}

static void doctor__exact_sum__says_so(void **state)
{
	struct accounting a = balanced();
	char *text = shown(&a, NULL, 0);

	(void)state;
	assert_non_null(strstr(text, "         1000  resets seen by the module\n=          700  sum of count over records\n"));
	assert_non_null(strstr(text, "the sum holds, exactly"));
	free(text);
}

static void doctor__broken_sum__says_where(void **state)
{
	const struct log_sums log = { .same_file = true, .whole = true, .records = 699, .summaries = 90 };
	struct accounting a = balanced();
	char *text;

	(void)state;
	a.lost_netlink = 49;
	text = shown(&a, NULL, 1);
	assert_non_null(strstr(text, "BREAKS between module and daemon by 1: "));
	free(text);
	a = balanced();
	a.log_written = 700;
	a.log_summarized = 90;
	text = shown(&a, &log, 1);
	assert_non_null(strstr(text, "BREAKS in the log by 1: "));
	assert_non_null(strstr(text, "the sum does not hold"));
	free(text);
}

static void doctor__log__resets_and_summaries_of_what_the_daemon_told_of(void **state)
{
	static const char before[] = "{\"v\":1,\"kind\":\"reset\",\"count\":100}\n";
	static const char text[] = "{\"v\":1,\"kind\":\"reset\",\"count\":3}\n"
				   "{\"v\":1,\"kind\":\"amendment\",\"count\":3}\n"
				   "{\"v\":1,\"kind\":\"silence\",\"count\":1}\n"
				   "{\"v\":1,\"kind\":\"loss\",\"lost\":9}\n"
				   "\x1b[31m not a record \n"
				   "{\"v\":1,\"kind\":\"summary\",\"count\":20}\n"
				   "{\"v\":1,\"kind\":\"reset\",\"count\":1}\n";
	static const char after[] = "{\"v\":1,\"kind\":\"reset\",\"count\":500}\n";
	struct log_sums sums = { 0 };
	FILE *file = tmpfile();

	(void)state;
	fputs(before, file);
	fputs(text, file);
	fputs(after, file); /* since the daemon last told */
	log_sums_read(file, strlen(before), strlen(text), &sums);
	assert_int_equal(sums.records, 4);
	assert_int_equal(sums.summaries, 20);
	fclose(file);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(accounting__all_in_its_place__exact),
		cmocka_unit_test(accounting__record_vanishes__within_the_daemon),
		cmocka_unit_test(accounting__loss_not_found__between_module_and_daemon),
		cmocka_unit_test(accounting__more_unsent_than_explained__within_the_module),
		cmocka_unit_test(accounting__received_but_not_judged__within_the_daemon),
		cmocka_unit_test(accounting__plain_rules_and_other_namespaces__stand_on_the_left),
		cmocka_unit_test(accounting__since__counts_are_differences_and_gauges_are_not),
		cmocka_unit_test(accounting__as_text__comes_back),
		cmocka_unit_test(doctor__exact_sum__says_so),
		cmocka_unit_test(doctor__broken_sum__says_where),
		cmocka_unit_test(doctor__log__resets_and_summaries_of_what_the_daemon_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
