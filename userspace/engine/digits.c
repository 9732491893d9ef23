// SPDX-License-Identifier: GPL-2.0
/*
 * digits.c - numbers as text, where there is room for the longest
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "digits.h"

#define DECIMAL_MOST 9e12 /* beyond this a double has no thousandths to print */

/* Below 10,000: four digits, zeros in front. */
static inline char *four(char *at, unsigned int value)
{
	return digits_two(digits_two(at, value / 100), value % 100);
}

/* Below 10,000, zeros left out. */
static inline char *up_to_four(char *at, unsigned int value)
{
	return value < 1000 ? digits_small(at, value) : four(at, value);
}

/* Below 100,000,000, zeros left out. */
static inline char *up_to_eight(char *at, unsigned int value)
{
	return value < 10000 ? up_to_four(at, value) : four(up_to_four(at, value / 10000), value % 10000);
}

/* The last eight digits. */
static inline char *eight(char *at, uint64_t value)
{
	unsigned int last = (unsigned int)(value % 100000000);

	return four(four(at, last / 10000), last % 10000);
}

char *digits_more(char *at, uint64_t value)
{
	if (value < 100000000)
		return up_to_eight(at, (unsigned int)value);
	if (value / 100000000 < 100000000)
		return eight(up_to_eight(at, (unsigned int)(value / 100000000)), value);
	return eight(eight(up_to_four(at, (unsigned int)(value / 10000000000000000)), value / 100000000), value);
}

char *digits_padded(char *at, uint64_t value, unsigned int width)
{
	char digits[DIGITS_U64];
	size_t len = (size_t)(digits_u64(digits, value) - digits), zeros;

	width = width < DIGITS_U64 ? width : DIGITS_U64;
	zeros = len < width ? width - len : 0;
	memset(at, '0', zeros);
	memcpy(at + zeros, digits, len);
	return at + zeros + len;
}

char *digits_hex(char *at, uint64_t value, unsigned int width)
{
	unsigned int count = (67 - (unsigned int)__builtin_clzll(value | 1)) / 4;
	char *end;

	width = width < DIGITS_HEX ? width : DIGITS_HEX;
	end = at + (count > width ? count : width);
	for (char *digit = end; digit > at; value >>= 4)
		*--digit = "0123456789abcdef"[value & 15];
	return end;
}

/* Below 1000, behind a point, zeros at the end left out; nothing of nothing. */
static inline char *put_thousandths(char *at, unsigned int value)
{
	if (value == 0)
		return at;
	*at++ = '.';
	*at++ = (char)('0' + value / 100);
	if (value % 100 == 0)
		return at;
	*at++ = (char)('0' + value / 10 % 10);
	if (value % 10 == 0)
		return at;
	*at++ = (char)('0' + value % 10);
	return at;
}

char *digits_decimal(char *at, double value)
{
	int64_t whole; /* signed: what the processor converts by itself */
	uint64_t thousandths;

	if (!(value > 0.0))
		value = 0.0;
	if (value > DECIMAL_MOST)
		value = DECIMAL_MOST;
	whole = (int64_t)value;
	if ((double)whole == value) /* as most are */
		return digits_u64(at, (uint64_t)whole);
	thousandths = (uint64_t)(int64_t)(value * 1000.0 + 0.5);
	return put_thousandths(digits_u64(at, thousandths / 1000), (unsigned int)(thousandths % 1000));
}
