// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_config.c - tests of settings: values, files, and what is said of wrong ones
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "../../userspace/daemon/config.h"

struct fixture {
	struct config config;
	struct config_error error;
	char path[64];
};

static int set_up(void **state)
{
	static struct fixture fixture;
	int fd;

	memset(&fixture, 0, sizeof(fixture));
	config_defaults(&fixture.config);
	strcpy(fixture.path, "/tmp/rstwhy-config-XXXXXX");
	fd = mkstemp(fixture.path);
	*state = &fixture;
	return fd < 0 ? -1 : close(fd);
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	return unlink(f->path);
}

static bool load(struct fixture *f, const char *text)
{
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
	return config_load(&f->config, f->path, false, &f->error);
}

/* The error of loading text, without the file's name. */
static const char *error_of(struct fixture *f, const char *text)
{
	assert_false(load(f, text));
	assert_int_equal(strncmp(f->error.text, f->path, strlen(f->path)), 0);
	return f->error.text + strlen(f->path);
}

static bool set(struct fixture *f, const char *key, const char *value)
{
	return config_set(&f->config, key, value, &f->error);
}

static void config_defaults__are_those_of_the_design(void **state)
{
	struct fixture *f = *state;

	assert_int_equal(f->config.group, 17);
	assert_int_equal(f->config.buffer, 4 << 20);
	assert_int_equal(f->config.hold_ms, 1500);
	assert_int_equal(f->config.idle_min_ms, 10000);
	assert_int_equal(f->config.noise, NOISE_CAPPED);
	assert_true(f->config.payload);
	assert_string_equal(f->config.json, "/var/log/rstwhy/resets.jsonl");
	assert_string_equal(f->config.text, "");
	assert_string_equal(f->config.user, "rstwhy");
	assert_int_not_equal(f->config.gateway[0], 0);
	assert_int_equal(f->config.epoch, 0);
}

static void config_set__every_key_of_the_design__is_known(void **state)
{
	static const char *const pairs[][2] = {
		{ "nflog.group", "3" }, { "nflog.plain_group", "" }, { "nflog.buffer", "8M" }, { "nflog.buffer_max", "16M" },
		{ "verdict.hold_ms", "0" }, { "verdict.idle_min_ms", "500" }, { "log.json", "-" }, { "log.text", "/x" }, { "log.noise", "none" },
		{ "log.payload", "no" }, { "log.syslog", "no" }, { "log.journal", "no" }, { "ignore", ":80" }, { "metrics.file", "" },
		{ "state.file", "/var/lib/rstwhy/paths.json" }, { "hints.file", "/x" }, { "gateway.name", "gw1" }, { "user", "root" }, { "nflog.epoch", "7" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (!set(f, pairs[i][0], pairs[i][1]))
			fail_msg("%s", f->error.text);
	assert_int_equal(f->config.group, 3);
	assert_int_equal(f->config.buffer, 8 << 20);
	assert_int_equal(f->config.hold_ms, 0);
	assert_string_equal(f->config.json, "-");
	assert_int_equal(f->config.noise, NOISE_NONE);
	assert_false(f->config.payload);
	assert_int_equal(f->config.ignore.count, 1);
	assert_string_equal(f->config.gateway, "gw1");
}

static void config_set__values_out_of_range__refused(void **state)
{
	static const char *const pairs[][2] = {
		{ "nflog.group", "65536" }, { "nflog.group", "-1" }, { "nflog.group", "" }, { "nflog.group", "0x10" }, { "nflog.group", "1K" },
		{ "nflog.group", "99999999999" }, { "nflog.buffer", "4G" }, { "nflog.buffer", "1" }, { "nflog.buffer", "4MM" },
		{ "nflog.buffer", "M" }, { "verdict.hold_ms", "1.5" }, { "verdict.hold_ms", "600001" }, { "log.json", "x.json" },
		{ "log.noise", "ALL" }, { "log.noise", "" }, { "log.payload", "maybe" }, { "log.payload", "" }, { "gateway.name", "" },
		{ "gateway.name", "a\033[31m" }, { "gateway.name", "caf\xc3\xa9" }, { "user", "" }, { "nflog.epoch", "0" },
		{ "nflog.epoch", "12345678901234567890123" }, { "nflog.epoch", "xyz" }, { "nflog.epoch", "0x" }, { "ignore", "nonsense" },
		{ "state.file", "-" }, { "hints.file", "x.conf" }, { "nflog.plain_group", "65536" }, { "log.syslog", "maybe" }, { "log.syslog", "" },
		{ "metrics.file", "-" }, { "metrics.file", "x.prom" },
		{ "log.journal", "/a/socket/whose/name/is/longer/than/what/a/socket/address/has/room/for/which/is/a/hundred/and/seven/bytes/in/all" },
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
		if (set(f, pairs[i][0], pairs[i][1]))
			fail_msg("%s = \"%s\" was accepted", pairs[i][0], pairs[i][1]);
		assert_non_null(strstr(f->error.text, "; allowed: "));
		assert_int_equal(strncmp(f->error.text, pairs[i][0], strlen(pairs[i][0])), 0);
	}
}

static void config_set__sockets__yes_is_the_usual_one(void **state)
{
	struct fixture *f = *state;

	assert_true(set(f, "log.syslog", "yes"));
	assert_string_equal(f->config.syslog, "/dev/log");
	assert_true(set(f, "log.journal", "yes"));
	assert_string_equal(f->config.journal, "/run/systemd/journal/socket");
	assert_true(set(f, "log.syslog", "/run/x/log"));
	assert_string_equal(f->config.syslog, "/run/x/log");
	assert_true(set(f, "log.journal", "no"));
	assert_string_equal(f->config.journal, "");
}

static void config_set__plain_group__nothing_is_none(void **state)
{
	struct fixture *f = *state;

	assert_true(f->config.plain_group == CONFIG_NO_GROUP);
	assert_true(set(f, "nflog.plain_group", "18"));
	assert_int_equal(f->config.plain_group, 18);
	assert_true(config_check(&f->config, &f->error));
	assert_true(set(f, "nflog.plain_group", "17"));
	assert_false(config_check(&f->config, &f->error));
	assert_string_equal(f->error.text, "nflog.plain_group: 17 is nflog.group already; allowed: another group");
	assert_true(set(f, "nflog.plain_group", ""));
	assert_true(f->config.plain_group == CONFIG_NO_GROUP);
}

static void config_set__unknown_key__names_the_nearest(void **state)
{
	struct fixture *f = *state;

	assert_false(set(f, "nflog.gruop", "1"));
	assert_non_null(strstr(f->error.text, "nflog.gruop: there is no such key (nflog.group?)"));
	assert_false(set(f, "nflog", "1"));
	assert_false(set(f, "", "1"));
}

static void config_set__size_suffixes__scale(void **state)
{
	struct fixture *f = *state;

	assert_true(set(f, "nflog.buffer", "64K"));
	assert_int_equal(f->config.buffer, 65536);
	assert_true(set(f, "nflog.buffer", "2m"));
	assert_int_equal(f->config.buffer, 2 << 20);
	assert_true(set(f, "nflog.buffer", "5000"));
	assert_int_equal(f->config.buffer, 5000);
	assert_true(set(f, "nflog.buffer", "1024M"));
	assert_false(set(f, "nflog.buffer", "1025M"));
}

static void config_set__epoch__hexadecimal_or_decimal(void **state)
{
	struct fixture *f = *state;

	assert_true(set(f, "nflog.epoch", "5f0c2a71d3e8b604"));
	assert_true(f->config.epoch == 0x5f0c2a71d3e8b604ULL);
	assert_true(set(f, "nflog.epoch", "1122334455667788"));
	assert_true(f->config.epoch == 0x1122334455667788ULL);
	assert_true(set(f, "nflog.epoch", "0x10"));
	assert_true(f->config.epoch == 16);
	assert_true(set(f, "nflog.epoch", "10"));
	assert_true(f->config.epoch == 10);
}

static void config_assign__key_and_value__are_split_at_the_first_sign(void **state)
{
	struct fixture *f = *state;

	assert_true(config_assign(&f->config, "gateway.name=a=b", &f->error));
	assert_string_equal(f->config.gateway, "a=b");
	assert_false(config_assign(&f->config, "gateway.name", &f->error));
	assert_false(config_assign(&f->config, "=x", &f->error));
	assert_false(config_assign(&f->config, "", &f->error));
}

static void config_load__sections_and_dots__are_the_same(void **state)
{
	struct fixture *f = *state;

	assert_true(load(f, "# comment\nuser = root\nlog.noise = all\n[nflog]\ngroup = 5 ; inline\n\n[log]\njson =\n"));
	assert_string_equal(f->config.user, "root");
	assert_int_equal(f->config.noise, NOISE_ALL);
	assert_int_equal(f->config.group, 5);
	assert_string_equal(f->config.json, "");
}

static void config_load__wrong_value__file_line_key_and_what_is_allowed(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(error_of(f, "[nflog]\n\ngroup = x\n"), ":3: nflog.group: \"x\" is not possible; allowed: 0 to 65535");
}

/* Of a long list the whole says nothing. */
static void config_load__wrong_item_of_a_list__that_item_is_told(void **state)
{
	struct fixture *f = *state;

	assert_memory_equal(error_of(f, "ignore = 10.0.0.0/8, :80\n  10.0.0.5, 10.0.0.256, :443\n"), ":2: ignore: \"10.0.0.256\" is not possible; ", 42);
}

static void config_load__first_error__is_the_one_told(void **state)
{
	struct fixture *f = *state;

	assert_memory_equal(error_of(f, "[nflog]\ngroup = x\nbuffer = y\n"), ":2: nflog.group:", 16);
}

static void config_load__neither_key_nor_section__line_told(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(error_of(f, "[nflog]\ngroup = 1\nwhat is this\n"), ":3: this is neither key = value nor [section]");
}

static void config_load__given_twice__refused(void **state)
{
	struct fixture *f = *state;

	assert_string_equal(error_of(f, "[nflog]\ngroup = 1\n[log]\nnoise = all\n[nflog]\ngroup = 2\n"),
			    ":6: nflog.group: given twice; allowed: once");
}

static void config_load__list_in_indented_lines__is_one_list(void **state)
{
	struct fixture *f = *state;

	assert_true(load(f, "ignore = 10.0.0.0/8, ; the office\n  :80 ; probes\n  [::1]:443\nuser = root\n"));
	assert_int_equal(f->config.ignore.count, 3);
}

static void config_load__line_too_long__refused_not_split(void **state)
{
	struct fixture *f = *state;
	char text[2048] = "ignore = ";

	for (int i = 0; i < 100; i++)
		strcat(text, "10.0.0.1, ");
	strcat(text, "\n");
	assert_non_null(strstr(error_of(f, text), ":1: the line is too long"));
}

static void config_load__binary_rubbish__an_error_no_crash(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen(f->path, "w");

	assert_non_null(file);
	for (int i = 0; i < 4096; i++)
		fputc(i * 37 % 256, file);
	fclose(file);
	assert_false(config_load(&f->config, f->path, false, &f->error));
}

static void config_load__no_such_file__only_an_error_when_asked_for(void **state)
{
	struct fixture *f = *state;

	assert_true(config_load(&f->config, "/nonexistent/rstwhyd.conf", true, &f->error));
	assert_false(config_load(&f->config, "/dev/null/rstwhyd.conf", true, &f->error));
	assert_false(config_load(&f->config, "/nonexistent/rstwhyd.conf", false, &f->error));
	assert_string_equal(f->error.text, "/nonexistent/rstwhyd.conf: No such file or directory");
}

static void config_check__both_logs_in_one_file__refused(void **state)
{
	struct fixture *f = *state;

	strcpy(f->config.text, "-");
	strcpy(f->config.json, "-");
	assert_true(config_check(&f->config, &f->error));
	strcpy(f->config.json, "/var/log/rstwhy/resets.log");
	strcpy(f->config.text, f->config.json);
	assert_false(config_check(&f->config, &f->error));
	assert_memory_equal(f->error.text, "log.text: ", 10);
}

static void config_check__buffer_beyond_its_bound__refused(void **state)
{
	struct fixture *f = *state;

	assert_true(config_check(&f->config, &f->error));
	assert_true(set(f, "nflog.buffer", "128M"));
	assert_false(config_check(&f->config, &f->error));
	assert_non_null(strstr(f->error.text, "nflog.buffer"));
}

static void config_load__shipped_file__is_right_also_with_every_key_in_force(void **state)
{
	struct fixture *f = *state;
	FILE *file = fopen("userspace/deploy/rstwhyd.conf", "r");
	static char text[16384], line[256];
	unsigned int keys = 0;

	if (!file)
		skip(); /* run from elsewhere */
	while (fgets(line, sizeof(line), file)) {
		size_t word = line[0] == '#' ? strspn(line + 1, "abcdefghijklmnopqrstuvwxyz_") : 0;
		bool key = word > 0 && !strncmp(line + 1 + word, " =", 2);
		bool empty = !strncmp(line, "#epoch", 6) || !strncmp(line, "#name", 5);

		keys += key;
		strcat(text, key && !empty ? line + 1 : line);
	}
	fclose(file);
	if (!load(f, text))
		fail_msg("%s", f->error.text);
	assert_int_equal(keys, 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(config_defaults__are_those_of_the_design),
		TEST(config_set__every_key_of_the_design__is_known),
		TEST(config_set__values_out_of_range__refused),
		TEST(config_set__sockets__yes_is_the_usual_one),
		TEST(config_set__plain_group__nothing_is_none),
		TEST(config_set__unknown_key__names_the_nearest),
		TEST(config_set__size_suffixes__scale),
		TEST(config_set__epoch__hexadecimal_or_decimal),
		TEST(config_assign__key_and_value__are_split_at_the_first_sign),
		TEST(config_load__sections_and_dots__are_the_same),
		TEST(config_load__wrong_value__file_line_key_and_what_is_allowed),
		TEST(config_load__wrong_item_of_a_list__that_item_is_told),
		TEST(config_load__first_error__is_the_one_told),
		TEST(config_load__neither_key_nor_section__line_told),
		TEST(config_load__given_twice__refused),
		TEST(config_load__list_in_indented_lines__is_one_list),
		TEST(config_load__line_too_long__refused_not_split),
		TEST(config_load__binary_rubbish__an_error_no_crash),
		TEST(config_load__no_such_file__only_an_error_when_asked_for),
		TEST(config_check__both_logs_in_one_file__refused),
		TEST(config_check__buffer_beyond_its_bound__refused),
		TEST(config_load__shipped_file__is_right_also_with_every_key_in_force),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
