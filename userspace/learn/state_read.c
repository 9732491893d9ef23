// SPDX-License-Identifier: GPL-2.0
/*
 * state_read.c - what was learned, from a file that may hold anything
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "state.h"

#include <errno.h>
#include <fcntl.h>
#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH	     8 /* ours has six levels */
#define SECONDS_MOST (1ULL << 36)

static bool get_number(struct json_object *value, uint64_t most, uint64_t *number)
{
	int64_t n = json_object_is_type(value, json_type_int) ? json_object_get_int64(value) : -1;

	if (n < 0 || (uint64_t)n > most)
		return false;
	*number = (uint64_t)n;
	return true;
}

static bool member_number(struct json_object *o, const char *key, uint64_t most, uint64_t *number)
{
	return get_number(json_object_object_get(o, key), most, number);
}

static bool is_object(struct json_object *value)
{
	return json_object_is_type(value, json_type_object);
}

static bool is_array(struct json_object *value)
{
	return json_object_is_type(value, json_type_array);
}

/* NULL: no string, or one with a NUL in it. */
static const char *get_text(struct json_object *value)
{
	const char *text = json_object_is_type(value, json_type_string) ? json_object_get_string(value) : NULL;

	return text && strlen(text) == (size_t)json_object_get_string_len(value) ? text : NULL;
}

static bool get_peer_number(struct json_object *value, uint64_t *peer)
{
	const char *text = get_text(value);

	if (!text || strlen(text) != 16 || strspn(text, "0123456789abcdef") != 16)
		return false;
	*peer = strtoull(text, NULL, 16);
	return true;
}

static bool get_peer(struct json_object *value, struct bound_peer *peer)
{
	return is_array(value) && json_object_array_length(value) == 3 &&
	       get_peer_number(json_object_array_get_idx(value, 0), &peer->peer) &&
	       get_number(json_object_array_get_idx(value, 1), LEARN_GAP_MOST_MS, &peer->gap_ms) &&
	       get_number(json_object_array_get_idx(value, 2), SECONDS_MOST, &peer->seen_s);
}

static bool holds_peer(const struct bound *b, uint64_t peer)
{
	for (uint32_t i = 0; i < b->peers; i++)
		if (b->peer[i].peer == peer)
			return true;
	return false;
}

static bool get_bound(struct json_object *value, struct bound *b)
{
	struct json_object *peers = is_object(value) ? json_object_object_get(value, "peers") : NULL;
	uint64_t samples;

	if (!is_array(peers) || json_object_array_length(peers) > BOUND_PEERS ||
	    !member_number(value, "samples", UINT32_MAX, &samples))
		return false;
	b->samples = (uint32_t)samples;
	for (size_t i = 0; i < json_object_array_length(peers); i++) {
		struct bound_peer peer;

		if (!get_peer(json_object_array_get_idx(peers, i), &peer) || holds_peer(b, peer.peer))
			return false;
		b->peer[b->peers++] = peer;
	}
	return true;
}

/* One escape was one byte when it was written, and is up to U+00FF now. */
static bool get_interface(struct json_object *value, char in[EVENT_IFNAME])
{
	const char *text = get_text(value);
	size_t len = 0;

	for (; text && *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x80) {
			text++;
			if (c < 0xc2 || c > 0xc3 || (*text & 0xc0) != 0x80)
				return false;
			c = (unsigned char)((c & 3) << 6 | (*text & 0x3f));
		}
		if (len == EVENT_IFNAME - 1)
			return false;
		in[len++] = (char)c;
	}
	return text != NULL;
}

static bool get_side(struct json_object *value, uint8_t *side)
{
	const char *text = get_text(value);

	if (!text)
		return false;
	*side = !strcmp(text, path_side_name(PATH_CLIENT)) ? PATH_CLIENT : PATH_SERVER;
	return !strcmp(text, path_side_name(*side));
}

static bool get_path(struct json_object *o, struct path *path)
{
	const char *prefix = get_text(json_object_object_get(o, "prefix"));
	uint64_t port;

	if (!prefix || !path_prefix_parse(prefix, path) || !member_number(o, "port", UINT16_MAX, &port))
		return false;
	path->port = (uint16_t)port;
	return get_side(json_object_object_get(o, "side"), &path->side) &&
	       get_interface(json_object_object_get(o, "in"), path->in);
}

static bool get_entry(struct json_object *o, struct learn_entry *e)
{
	memset(e, 0, sizeof(*e));
	return is_object(o) && get_path(o, &e->path) && member_number(o, "last", SECONDS_MOST, &e->last_s) &&
	       get_bound(json_object_object_get(o, "survived"), &e->survived) &&
	       get_bound(json_object_object_get(o, "killed"), &e->killed);
}

static bool get_paths(struct json_object *root, struct learn *l, char why[STATE_WHY_MAX])
{
	struct json_object *paths = is_object(root) ? json_object_object_get(root, "paths") : NULL;
	struct learn_entry e;
	uint64_t version;

	if (!is_array(paths) || !member_number(root, "v", UINT32_MAX, &version)) {
		snprintf(why, STATE_WHY_MAX, "this is not what rstwhyd writes there");
		return false;
	}
	if (version != 1) {
		snprintf(why, STATE_WHY_MAX, "it is of version %llu, known is 1", (unsigned long long)version);
		return false;
	}
	for (size_t i = 0; i < json_object_array_length(paths); i++) {
		if (!get_entry(json_object_array_get_idx(paths, i), &e)) {
			snprintf(why, STATE_WHY_MAX, "path %zu of it is not right", i + 1);
			return false;
		}
		learn_put(l, &e);
	}
	return true;
}

/* The document, and nothing behind it. */
static bool is_whole(struct json_tokener *tokener, const char *text, size_t len)
{
	size_t end = json_tokener_get_parse_end(tokener);

	if (json_tokener_get_error(tokener) != json_tokener_success)
		return false;
	while (end < len && strchr(" \t\r\n", text[end]) && text[end])
		end++;
	return end == len;
}

bool state_parse(const char *text, size_t len, struct learn *l, char why[STATE_WHY_MAX])
{
	struct json_tokener *tokener = len < STATE_SIZE_MOST ? json_tokener_new_ex(DEPTH) : NULL;
	struct json_object *root = tokener ? json_tokener_parse_ex(tokener, text, (int)len) : NULL;
	bool good = root && is_whole(tokener, text, len);

	if (!good)
		snprintf(why, STATE_WHY_MAX, "it is cut off, or not JSON");
	else
		good = get_paths(root, l, why);
	json_object_put(root);
	if (tokener)
		json_tokener_free(tokener);
	return good;
}

/* The whole of a plain file; NULL: errno tells, EFBIG where it is too large and EINVAL where it is no file. */
static char *read_file(const char *file, size_t *len)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	struct stat st;
	char *text = NULL;
	ssize_t got = 0;

	*len = 0;
	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode))
		errno = EINVAL;
	else if (st.st_size >= (off_t)STATE_SIZE_MOST)
		errno = EFBIG;
	else
		text = malloc((size_t)st.st_size + 1);
	while (text && *len < (size_t)st.st_size && (got = read(fd, text + *len, (size_t)st.st_size - *len)) > 0)
		*len += (size_t)got;
	close(fd);
	if (got >= 0)
		return text;
	free(text);
	return NULL;
}

enum state_result state_load(const char *file, struct learn *l, char why[STATE_WHY_MAX])
{
	size_t len;
	char *text = read_file(file, &len);
	bool good;

	if (!text) {
		if (errno == ENOENT)
			return STATE_ABSENT;
		snprintf(why, STATE_WHY_MAX, "%s", errno == EINVAL ? "it is not a plain file" : strerror(errno));
		return errno == EFBIG ? STATE_CORRUPT : STATE_UNREADABLE;
	}
	good = state_parse(text, len, l, why);
	free(text);
	return good ? STATE_READ : STATE_CORRUPT;
}
