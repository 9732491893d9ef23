// SPDX-License-Identifier: GPL-2.0
/*
 * daemon_loss.c - tests of the loss accounting
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "../../userspace/daemon/loss.h"

#define SECOND 1000000000ULL

struct fixture {
	struct loss *loss;
	uint64_t suppressed, failed;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	fixture = (struct fixture){ .loss = loss_new() };
	*state = &fixture;
	return fixture.loss ? 0 : -1;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	loss_free(f->loss);
	return 0;
}

static void message(struct fixture *f, uint64_t seq, uint64_t now_ns)
{
	struct loss_report report = { .netns = 1, .seq = seq, .suppressed = f->suppressed, .failed = f->failed };

	loss_message(f->loss, &report, now_ns);
}

static void counters(struct fixture *f, uint64_t seq, uint64_t now_ns)
{
	struct loss_report report = { .netns = 1, .seq = seq, .suppressed = f->suppressed, .failed = f->failed };

	loss_counters(f->loss, &report, now_ns);
}

/* What is found at now, of one kind; nothing else may be found. */
static uint64_t found(struct fixture *f, enum loss_where wanted, uint64_t now_ns)
{
	enum loss_where where;
	uint64_t lost;

	if (!loss_take(f->loss, now_ns, false, &where, &lost))
		return 0;
	assert_int_equal(where, wanted);
	assert_false(loss_take(f->loss, now_ns, false, &where, &lost));
	return lost;
}

static void loss__numbers_in_order__nothing(void **state)
{
	struct fixture *f = *state;

	for (uint64_t seq = 100; seq < 400; seq++)
		message(f, seq, seq * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 1000 * SECOND), 0);
	assert_int_equal(loss_since(f->loss), 0);
}

static void loss__first_message__is_where_counting_starts(void **state)
{
	struct fixture *f = *state;

	f->suppressed = 50;
	f->failed = 7;
	message(f, 100000, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 100 * SECOND), 0);
	message(f, 100002, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 100 * SECOND), 1);
}

static void loss__hole__found_after_patience_not_before(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	message(f, 14, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, SECOND + LOSS_PATIENCE_NS - 1), 0);
	assert_int_equal(found(f, LOSS_NETLINK, SECOND + LOSS_PATIENCE_NS), 3);
	assert_int_equal(loss_since(f->loss), 3);
	assert_int_equal(loss_since(f->loss), 0);
}

static void loss__overtaken_message__fills_the_hole(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	message(f, 12, SECOND);
	message(f, 13, SECOND);
	message(f, 11, SECOND + 1000);
	message(f, 14, SECOND + 2000);
	assert_int_equal(found(f, LOSS_NETLINK, 10 * SECOND), 0);
}

static void loss__hole_beyond_the_window__found_at_once(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	message(f, 10 + 1000 + LOSS_WINDOW, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, SECOND), 1000);
	assert_int_equal(found(f, LOSS_NETLINK, 5 * SECOND), LOSS_WINDOW - 1);
}

static void loss__partly_filled_window__only_the_missing_count(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	message(f, 12, SECOND);
	message(f, 14, SECOND);
	message(f, 11 + LOSS_WINDOW + 3, SECOND); /* 11 and 13 fall out of the window, 12 and 14 had been seen */
	assert_int_equal(found(f, LOSS_NETLINK, SECOND), 2);
}

static void loss__given_up_then_arrived__not_counted_again(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	message(f, 12, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 3 * SECOND), 1);
	message(f, 11, 3 * SECOND);
	message(f, 13, 3 * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 9 * SECOND), 0);
}

static void loss__tail_missing__counters_reveal_it(void **state)
{
	struct fixture *f = *state;

	counters(f, 10, SECOND);
	counters(f, 15, 2 * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 2 * SECOND), 0);
	assert_int_equal(found(f, LOSS_NETLINK, 3 * SECOND), 5);
}

static void loss__slow_reader_that_moves_on__no_loss(void **state)
{
	struct fixture *f = *state;

	counters(f, 0, SECOND);
	counters(f, 100, SECOND);
	for (uint64_t seq = 1; seq <= 100; seq++) {
		message(f, seq, SECOND + seq * SECOND / 2);
		assert_int_equal(found(f, LOSS_NETLINK, SECOND + seq * SECOND / 2), 0);
	}
}

static void loss__failures_of_the_module__are_told_as_memory(void **state)
{
	struct fixture *f = *state;
	enum loss_where where;
	uint64_t lost;

	message(f, 10, SECOND);
	f->failed = 2;
	message(f, 16, SECOND);
	assert_true(loss_take(f->loss, 3 * SECOND, false, &where, &lost));
	assert_int_equal(where, LOSS_NETLINK);
	assert_int_equal(lost, 3);
	assert_int_equal(found(f, LOSS_MEMORY, 3 * SECOND), 2);
	assert_int_equal(loss_since(f->loss), 5);
}

static void loss__rate_limit__growth_is_told(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	f->suppressed = 40;
	message(f, 11, SECOND);
	assert_int_equal(found(f, LOSS_RATE, SECOND), 40);
}

static void loss__steady_growth__told_once_a_second(void **state)
{
	struct fixture *f = *state;
	unsigned int told = 0;
	uint64_t sum = 0;

	for (uint64_t i = 0; i < 100; i++) {
		uint64_t lost, now_ns = SECOND + i * SECOND / 20;

		f->suppressed += 3;
		message(f, 10 + i, now_ns);
		lost = found(f, LOSS_RATE, now_ns);
		told += lost > 0;
		sum += lost;
	}
	assert_in_range(told, 4, 5);
	sum += found(f, LOSS_RATE, 100 * SECOND);
	assert_int_equal(sum, 99 * 3);
}

static void loss__older_counts_out_of_order__do_not_shrink(void **state)
{
	struct fixture *f = *state;

	message(f, 10, SECOND);
	f->suppressed = 9;
	message(f, 12, SECOND);
	f->suppressed = 4;
	message(f, 11, SECOND);
	assert_int_equal(found(f, LOSS_RATE, SECOND), 9);
	f->suppressed = 9;
	message(f, 13, SECOND);
	assert_int_equal(found(f, LOSS_RATE, 9 * SECOND), 0);
}

static void loss__two_namespaces__counted_apart(void **state)
{
	struct fixture *f = *state;
	struct loss_report other = { .netns = 2, .seq = 5000 };

	message(f, 10, SECOND);
	loss_message(f->loss, &other, SECOND);
	message(f, 11, SECOND);
	other.seq = 5003;
	loss_message(f->loss, &other, SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 3 * SECOND), 2);
}

static void loss__more_namespaces_than_places__are_ignored(void **state)
{
	struct fixture *f = *state;

	for (uint32_t netns = 100; netns < 100 + 2 * LOSS_NAMESPACES; netns++) {
		struct loss_report report = { .netns = netns, .seq = 1 };

		loss_message(f->loss, &report, SECOND);
		report.seq = 2;
		loss_message(f->loss, &report, SECOND);
	}
	assert_int_equal(found(f, LOSS_NETLINK, 9 * SECOND), 0);
	for (uint32_t netns = 100; netns < 100 + 2 * LOSS_NAMESPACES; netns++) {
		struct loss_report report = { .netns = netns, .seq = 4 };

		loss_message(f->loss, &report, 9 * SECOND);
	}
	assert_int_equal(found(f, LOSS_NETLINK, 19 * SECOND), LOSS_NAMESPACES);
}

/* As in months of containers that come and go; what is polled stays, however quiet. */
static void loss__quiet_namespaces__make_room(void **state)
{
	struct fixture *f = *state;
	struct loss_report report = { .netns = 7, .seq = 3 };

	loss_counters(f->loss, &report, SECOND);
	for (report.netns = 100; report.netns < 100 + 2 * LOSS_NAMESPACES; report.netns++)
		loss_message(f->loss, &report, SECOND);
	report = (struct loss_report){ .netns = 1000, .seq = 1 };
	loss_message(f->loss, &report, LOSS_FORGET_NS + 2 * SECOND);
	report.seq = 3;
	loss_message(f->loss, &report, LOSS_FORGET_NS + 2 * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, LOSS_FORGET_NS + 9 * SECOND), 1);
	report = (struct loss_report){ .netns = 7, .seq = 5 };
	loss_message(f->loss, &report, LOSS_FORGET_NS + 9 * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, LOSS_FORGET_NS + 19 * SECOND), 1);
}

static void loss__restart__told_and_counted_afresh(void **state)
{
	struct fixture *f = *state;

	message(f, 1000, SECOND);
	loss_restart(f->loss);
	message(f, 1, SECOND);
	message(f, 2, SECOND);
	assert_int_equal(found(f, LOSS_RESTART, SECOND), 1);
	assert_int_equal(found(f, LOSS_NETLINK, 9 * SECOND), 0);
	message(f, 4, 9 * SECOND);
	assert_int_equal(found(f, LOSS_NETLINK, 19 * SECOND), 1);
}

static void loss__flush__finds_open_holes_at_once(void **state)
{
	struct fixture *f = *state;
	enum loss_where where;
	uint64_t lost;

	message(f, 10, SECOND);
	message(f, 13, SECOND);
	assert_true(loss_take(f->loss, SECOND, true, &where, &lost));
	assert_int_equal(lost, 2);
}

static void loss__totals__all_that_was_lost_and_what_may_still_come(void **state)
{
	struct fixture *f = *state;
	struct loss_totals totals;

	message(f, 10, SECOND);
	message(f, 14, SECOND);
	counters(f, 16, SECOND);
	totals = loss_totals(f->loss, 1);
	assert_int_equal(totals.missing, 5);
	assert_int_equal(totals.netlink, 0);
	f->failed = 1;
	f->suppressed = 9;
	counters(f, 16, SECOND);
	assert_true(found(f, LOSS_RATE, SECOND) == 9);
	loss_take(f->loss, 3 * SECOND, true, &(enum loss_where){ 0 }, &(uint64_t){ 0 });
	totals = loss_totals(f->loss, 1);
	assert_int_equal(totals.missing, 0);
	assert_int_equal(totals.netlink, 4);
	assert_int_equal(totals.memory, 1);
	assert_int_equal(totals.rate, 9);
	assert_int_equal(totals.late, 0);
	message(f, 12, 3 * SECOND);
	message(f, 9, 3 * SECOND); /* from before the counting */
	assert_int_equal(loss_totals(f->loss, 1).late, 1);
	assert_int_equal(loss_totals(f->loss, 2).netlink, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(loss__numbers_in_order__nothing),
		TEST(loss__first_message__is_where_counting_starts),
		TEST(loss__hole__found_after_patience_not_before),
		TEST(loss__overtaken_message__fills_the_hole),
		TEST(loss__hole_beyond_the_window__found_at_once),
		TEST(loss__partly_filled_window__only_the_missing_count),
		TEST(loss__given_up_then_arrived__not_counted_again),
		TEST(loss__tail_missing__counters_reveal_it),
		TEST(loss__slow_reader_that_moves_on__no_loss),
		TEST(loss__failures_of_the_module__are_told_as_memory),
		TEST(loss__rate_limit__growth_is_told),
		TEST(loss__steady_growth__told_once_a_second),
		TEST(loss__older_counts_out_of_order__do_not_shrink),
		TEST(loss__two_namespaces__counted_apart),
		TEST(loss__more_namespaces_than_places__are_ignored),
		TEST(loss__quiet_namespaces__make_room),
		TEST(loss__restart__told_and_counted_afresh),
		TEST(loss__flush__finds_open_holes_at_once),
		TEST(loss__totals__all_that_was_lost_and_what_may_still_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
