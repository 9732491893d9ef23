// SPDX-License-Identifier: GPL-2.0
/*
 * learn_state.c - tests of the state file: kept, cut off, forged
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

#include "../../userspace/learn/state.h"

#include <dirent.h>
#include <errno.h>
#include <sys/stat.h>

#define NOW 1780000000ULL

static struct learn *l;
static char directory[64], file[96], why[STATE_WHY_MAX];

static int begin(void **state)
{
	(void)state;
	strcpy(directory, "/tmp/rstwhy-state-XXXXXX");
	l = learn_new(64, LEARN_HALF_LIFE_DAYS);
	if (!l || !mkdtemp(directory))
		return -1;
	snprintf(file, sizeof(file), "%s/paths.json", directory);
	return 0;
}

static int end(void **state)
{
	(void)state;
	learn_free(l);
	unlink(file);
	return rmdir(directory);
}

static struct learn *empty(void)
{
	struct learn *fresh = learn_new(64, LEARN_HALF_LIFE_DAYS);

	assert_non_null(fresh);
	return fresh;
}

static struct path path_of(unsigned int number, const char *in)
{
	struct path path = { .family = number % 2 ? 6 : 4, .side = number % 3 == 0, .port = (uint16_t)(443 + number) };

	path.prefix[0] = 0x20;
	path.prefix[2] = (uint8_t)number;
	memcpy(path.in, in, strlen(in));
	return path;
}

static void fill(unsigned int paths)
{
	for (unsigned int number = 0; number < paths; number++) {
		struct path path = path_of(number, number ? "eth1" : "a\"\\\x01\xff\xc3\x7f<");

		for (uint64_t peer = 1; peer <= 10; peer++) {
			learn_survived(l, &path, peer * 0x9e3779b97f4a7c15ULL, 300000 + peer, NOW + number);
			learn_killed(l, &path, peer * 0x9e3779b97f4a7c15ULL, 360000 + peer, NOW + number);
		}
	}
}

static char *content(size_t *len)
{
	static char text[1 << 17];
	FILE *in = fopen(file, "r");

	assert_non_null(in);
	*len = fread(text, 1, sizeof(text) - 1, in);
	text[*len] = '\0';
	fclose(in);
	return text;
}

static void put_content(const char *text, size_t len)
{
	FILE *out = fopen(file, "w");

	assert_non_null(out);
	assert_int_equal(fwrite(text, 1, len, out), len);
	fclose(out);
}

static void round_trip__everything__comes_back(void **state)
{
	struct learn *back = empty();

	(void)state;
	fill(20);
	assert_true(state_save(file, l));
	if (state_load(file, back, why) != STATE_READ)
		fail_msg("%s", why);
	assert_int_equal(learn_count(back), learn_count(l));
	for (size_t i = 0; i < learn_count(l); i++)
		assert_memory_equal(learn_at(back, i), learn_at(l, i), sizeof(struct learn_entry));
	learn_free(back);
}

static void round_trip__nothing_learned__comes_back(void **state)
{
	struct learn *back = empty();

	(void)state;
	assert_true(state_save(file, l));
	assert_int_equal(state_load(file, back, why), STATE_READ);
	assert_int_equal(learn_count(back), 0);
	learn_free(back);
}

static void save__over_an_old_one__leaves_one_private_file(void **state)
{
	struct stat st;
	struct dirent *entry;
	DIR *dir;
	int files = 0;

	(void)state;
	fill(2);
	assert_true(state_save(file, l));
	assert_true(state_save(file, l));
	assert_int_equal(stat(file, &st), 0);
	assert_int_equal(st.st_mode & 07, 0);
	dir = opendir(directory);
	while ((entry = readdir(dir)))
		files += entry->d_name[0] != '.';
	closedir(dir);
	assert_int_equal(files, 1);
}

static void save__a_link_in_the_way__is_not_followed(void **state)
{
	char temporary[128], target[128];

	(void)state;
	snprintf(temporary, sizeof(temporary), "%s.tmp", file);
	snprintf(target, sizeof(target), "%s/target", directory);
	assert_int_equal(symlink(target, temporary), 0);
	assert_true(state_save(file, l));
	assert_int_equal(access(target, F_OK), -1);
}

static void save__no_directory__errno_tells(void **state)
{
	(void)state;
	assert_false(state_save("/nonexistent/rstwhy/paths.json", l));
	assert_int_equal(errno, ENOENT);
}

static void save__cannot_be_written__the_old_one_stays(void **state)
{
	char kept[64];
	size_t len;

	(void)state;
	put_content("old", 3);
	/* the temporary name is a directory: it can be neither removed nor written */
	snprintf(kept, sizeof(kept), "%.50s.tmp", file);
	assert_int_equal(mkdir(kept, 0700), 0);
	assert_false(state_save(file, l));
	assert_int_equal(rmdir(kept), 0);
	assert_string_equal(content(&len), "old");
}

static void load__cut_at_each_byte__is_corrupt(void **state)
{
	size_t len;
	char *text;

	(void)state;
	fill(2);
	assert_true(state_save(file, l));
	text = content(&len);
	while (len > 0 && strchr("\n ", text[len - 1]))
		len--;
	for (size_t cut = 0; cut < len; cut++) {
		struct learn *back = empty();
		char *exact = malloc(cut + 1); /* so that ASan sees a byte too much */

		memcpy(exact, text, cut);
		if (state_parse(exact, cut, back, why))
			fail_msg("cut at %zu of %zu was accepted", cut, len);
		free(exact);
		learn_free(back);
	}
}

static void load__each_byte_changed__never_crashes_nor_breaks_bounds(void **state)
{
	size_t len;
	char *text;

	(void)state;
	fill(2);
	assert_true(state_save(file, l));
	text = content(&len);
	for (size_t at = 0; at < len; at++)
		for (unsigned int change = 1; change < 256; change += 37) {
			struct learn *back = empty();
			char old = text[at];

			text[at] = (char)(old ^ (char)change);
			state_parse(text, len, back, why);
			for (size_t i = 0; i < learn_count(back); i++) {
				assert_true(learn_at(back, i)->survived.peers <= BOUND_PEERS);
				assert_int_equal(learn_at(back, i)->path.in[EVENT_IFNAME - 1], 0);
			}
			text[at] = old;
			learn_free(back);
		}
}

#define PATH_HEAD "{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":443,\"side\":\"server\",\"in\":\"e\",\"last\":1,"
#define NO_SURVIVED "\"survived\":{\"samples\":0,\"peers\":[]},"
#define NO_KILLED "\"killed\":{\"samples\":0,\"peers\":[]}"

static void load__forged__is_corrupt(void **state)
{
	static const char *const texts[] = {
		"", "{}", "[]", "null", "1", "\"x\"", "{\"v\":1}", "{\"v\":1,\"paths\":{}}", "{\"v\":2,\"paths\":[]}", "{\"v\":\"1\",\"paths\":[]}",
		"{\"v\":1,\"paths\":[null]}", "{\"v\":1,\"paths\":[{}]}", "{\"v\":1,\"paths\":[]} x", "{\"v\":1,\"paths\":[]}{}",
		"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":-1,\"peers\":[]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":1,\"peers\":[[\"0123456789abcdef\",1]]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":1,\"peers\":[[\"0123456789abcde\",1,1]]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":1,\"peers\":[[\"0123456789abcdef\",9e99,1]]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":1,\"peers\":[[\"0123456789abcdef\",99999999999999999999,1]]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":1,\"peers\":[[\"0123456789abcdef\",1,9223372036854775807]]}}]}",
		PATH_HEAD NO_SURVIVED "\"killed\":{\"samples\":2,\"peers\":[[\"0123456789abcdef\",1,1],[\"0123456789abcdef\",1,1]]}}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.1/24\",\"port\":443,\"side\":\"server\",\"in\":\"e\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":65536,\"side\":\"server\",\"in\":\"e\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":1,\"side\":\"both\",\"in\":\"e\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":1,\"side\":\"server\",\"in\":\"0123456789abcdef\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":1,\"side\":\"server\",\"in\":\"a\\u0000b\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":1,\"side\":\"server\",\"in\":\"\xc2\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
		"{\"v\":1,\"paths\":[{\"prefix\":\"10.0.0.0/24\",\"port\":1,\"side\":\"server\",\"in\":\"\\u20ac\",\"last\":1," NO_SURVIVED NO_KILLED "}]}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct learn *back = empty();

		why[0] = '\0';
		if (state_parse(texts[i], strlen(texts[i]), back, why))
			fail_msg("%s was accepted", texts[i]);
		assert_int_not_equal(why[0], 0);
		learn_free(back);
	}
}

static void load__well_formed_by_hand__is_read(void **state)
{
	static const char text[] = PATH_HEAD NO_SURVIVED NO_KILLED ",\"later\":[1]}],\"other\":{}}\n\n";

	(void)state;
	if (!state_parse(text, sizeof(text) - 1, l, why))
		fail_msg("%s", why);
	assert_int_equal(learn_count(l), 1);
}

static void load__more_than_there_is_room__bounded(void **state)
{
	struct learn *small = learn_new(4, LEARN_HALF_LIFE_DAYS);

	(void)state;
	fill(20);
	assert_true(state_save(file, l));
	assert_int_equal(state_load(file, small, why), STATE_READ);
	assert_int_equal(learn_count(small), 4);
	learn_free(small);
}

static void load__not_a_plain_file__told(void **state)
{
	(void)state;
	assert_int_equal(state_load("/nonexistent/x", l, why), STATE_ABSENT);
	assert_int_equal(state_load(directory, l, why), STATE_UNREADABLE);
	assert_int_equal(state_load("/dev/zero", l, why), STATE_UNREADABLE);
	assert_int_equal(mkfifo(file, 0600), 0);
	assert_int_equal(state_load(file, l, why), STATE_UNREADABLE);
	assert_string_equal(why, "it is not a plain file");
}

static void load__huge__refused_unread(void **state)
{
	(void)state;
	put_content("x", 1);
	assert_int_equal(truncate(file, 1LL << 40), 0);
	assert_int_equal(state_load(file, l, why), STATE_CORRUPT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(round_trip__everything__comes_back),
		TEST(round_trip__nothing_learned__comes_back),
		TEST(save__over_an_old_one__leaves_one_private_file),
		TEST(save__a_link_in_the_way__is_not_followed),
		TEST(save__no_directory__errno_tells),
		TEST(save__cannot_be_written__the_old_one_stays),
		TEST(load__cut_at_each_byte__is_corrupt),
		TEST(load__each_byte_changed__never_crashes_nor_breaks_bounds),
		TEST(load__forged__is_corrupt),
		TEST(load__well_formed_by_hand__is_read),
		TEST(load__more_than_there_is_room__bounded),
		TEST(load__not_a_plain_file__told),
		TEST(load__huge__refused_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
