// SPDX-License-Identifier: GPL-2.0
/*
 * report_html.c - a report as one HTML page that needs nothing else
 *
 * Copyright (C) 2026 the rstwhy authors
 *
 * The page may run only the script that bears this page's nonce, and may load nothing (Content-Security-Policy). Data stands in a script
 * element of a type that is not run; the script makes text nodes of it, never markup.
 */
#include "page_assets.h"
#include "page_data.h"
#include "page_json.h"
#include "report.h"

#include <stdlib.h>
#include <sys/random.h>

#define NONCE_BYTES 16

/* Nobody who wrote into the log can know it. */
static void make_nonce(char text[2 * NONCE_BYTES + 1])
{
	unsigned char bytes[NONCE_BYTES] = { 0 };

	if (getrandom(bytes, sizeof(bytes), 0) != (ssize_t)sizeof(bytes))
		abort(); /* cannot be: so few bytes always come whole */
	for (size_t i = 0; i < NONCE_BYTES; i++)
		snprintf(text + 2 * i, 3, "%02x", bytes[i]);
}

/* For where scripts are off: the text. */
static void put_plain(const struct report *report, FILE *out)
{
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);

	if (!memory)
		return;
	report_text(report, memory);
	fclose(memory);
	fputs("<noscript><p>Scripts are off: this is the report as text.</p><pre>", out);
	page_put_text(out, text ? text : "");
	fputs("</pre></noscript>\n", out);
	free(text);
}

void report_html(const struct report *report, FILE *out)
{
	char nonce[2 * NONCE_BYTES + 1];

	make_nonce(nonce);
	fprintf(out,
		"<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
		"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'nonce-%s'; script-src 'nonce-%s'; "
		"base-uri 'none'; form-action 'none'\">\n"
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
		"<meta name=\"referrer\" content=\"no-referrer\">\n<title>TCP resets</title>\n<style nonce=\"%s\">\n",
		nonce, nonce, nonce);
	fputs(page_css, out);
	fputs("</style>\n</head>\n<body>\n<main id=\"page\"></main>\n", out);
	put_plain(report, out);
	fputs("<script type=\"application/json\" id=\"data\">", out);
	page_data(report, out);
	fprintf(out, "</script>\n<script nonce=\"%s\">\n", nonce);
	fputs(page_charts_js, out);
	fputs(page_js, out);
	fputs(page_rows_js, out);
	fputs("</script>\n</body>\n</html>\n", out);
}
