/* SPDX-License-Identifier: GPL-2.0 */
/*
 * digits.h - numbers as text, where there is room for the longest
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * Each function puts a number at `at`, without a NUL byte behind it, and returns where the text ends. No locale.
 */
#ifndef RSTWHY_DIGITS_H
#define RSTWHY_DIGITS_H

#include <stdint.h>
#include <string.h>

#define DIGITS_U64     20 /* at most so many characters each */
#define DIGITS_U32     10
#define DIGITS_HEX     16
#define DIGITS_DECIMAL 24

/* Below 100: two digits. At a time, they cost half the divisions. */
static inline char *digits_two(char *at, unsigned int value)
{
	static const char pairs[] = "0001020304050607080910111213141516171819202122232425262728293031323334353637383940414243444546474849"
				    "5051525354555657585960616263646566676869707172737475767778798081828384858687888990919293949596979899";

	memcpy(at, pairs + (size_t)value * 2, 2);
	return at + 2;
}

/* Below 1000, as most numbers of a record are. */
static inline char *digits_small(char *at, unsigned int value)
{
	if (value < 10) {
		*at = (char)('0' + value);
		return at + 1;
	}
	if (value < 100)
		return digits_two(at, value);
	*at = (char)('0' + value / 100);
	return digits_two(at + 1, value % 100);
}

/* From 10 up. */
char *digits_more(char *at, uint64_t value);

static inline char *digits_u64(char *at, uint64_t value)
{
	if (value > 9)
		return digits_more(at, value);
	*at = (char)('0' + value);
	return at + 1;
}

/* width digits at least and DIGITS_U64 at most, zeros in front. */
char *digits_padded(char *at, uint64_t value, unsigned int width);
/* The same in lower-case hexadecimal, up to DIGITS_HEX. */
char *digits_hex(char *at, uint64_t value, unsigned int width);
/* From 0 up, with at most three decimals, trailing zeros left out: "350412", "0.3". */
char *digits_decimal(char *at, double value);

#endif
