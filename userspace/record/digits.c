// SPDX-License-Identifier: GPL-2.0
/*
 * digits.c - numbers as text, where there is room for the longest
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "digits.h"

#define DECIMAL_MOST 9e12 /* beyond this a double has no thousandths to print */

static unsigned int count_digits(uint64_t value)
{
	unsigned int count = 1;

	for (; value >= 10000; value /= 10000)
		count += 4;
	return count + (value >= 10) + (value >= 100) + (value >= 1000);
}

/* So many of its last digits, from the end. */
static char *put_digits(char *at, uint64_t value, unsigned int count)
{
	char *end = at + count;

	for (at = end; count >= 2; count -= 2, value /= 100)
		digits_two(at -= 2, (unsigned int)(value % 100));
	if (count)
		at[-1] = (char)('0' + value % 10);
	return end;
}

char *digits_u64(char *at, uint64_t value)
{
	return value < 1000 ? digits_small(at, (unsigned int)value) : put_digits(at, value, count_digits(value));
}

char *digits_padded(char *at, uint64_t value, unsigned int width)
{
	unsigned int count = count_digits(value);

	width = width < DIGITS_U64 ? width : DIGITS_U64;
	return put_digits(at, value, count > width ? count : width);
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

char *digits_decimal(char *at, double value)
{
	unsigned int fraction, width = 3;
	uint64_t thousandths;

	if (!(value > 0.0))
		value = 0.0;
	if (value > DECIMAL_MOST)
		value = DECIMAL_MOST;
	if ((double)(uint64_t)value == value)
		return digits_u64(at, (uint64_t)value);
	thousandths = (uint64_t)(value * 1000.0 + 0.5);
	at = digits_u64(at, thousandths / 1000);
	fraction = (unsigned int)(thousandths % 1000);
	if (fraction == 0)
		return at;
	for (; fraction % 10 == 0; fraction /= 10)
		width--;
	*at++ = '.';
	return digits_padded(at, fraction, width);
}
