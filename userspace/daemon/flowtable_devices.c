// SPDX-License-Identifier: GPL-2.0
/*
 * flowtable_devices.c - a set of device names: from nftables' messages, and against what the module has
 *
 * Copyright (C) 2026 the rstwhy authors
 */
#include "flowtable_devices.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdio.h>
#include <string.h>

#define DEVICE_PREFIX 2 /* NFTA_DEVICE_PREFIX: not in the headers of Debian 12 */

bool flowtable_devices_have(const struct flowtable_devices *devices, const char *name)
{
	for (size_t i = 0; i < devices->count; i++)
		if (!strcmp(devices->name[i], name))
			return true;
	return false;
}

void flowtable_devices_add(struct flowtable_devices *devices, const char *name)
{
	size_t len = strlen(name);

	if (len == 0 || len >= IF_NAMESIZE || strpbrk(name, "/\n ") || flowtable_devices_have(devices, name))
		return;
	if (devices->count == FLOWTABLE_DEVICES_MOST) {
		devices->dropped++;
		return;
	}
	memcpy(devices->name[devices->count++], name, len + 1);
}

void flowtable_devices_lines(struct flowtable_devices *devices, const char *text)
{
	char name[IF_NAMESIZE];
	size_t len;

	for (; *text; text += len + (text[len] == '\n')) {
		len = strcspn(text, "\n");
		if (len >= sizeof(name))
			continue;
		memcpy(name, text, len);
		name[len] = '\0';
		flowtable_devices_add(devices, name);
	}
}

/* The last attribute of a kind. */
struct search {
	uint16_t type;
	const struct nlattr *found;
};

static int on_searched(const struct nlattr *attr, void *user)
{
	struct search *search = user;

	if (mnl_attr_get_type(attr) == search->type)
		search->found = attr;
	return MNL_CB_OK;
}

static const struct nlattr *nested(const struct nlattr *nest, uint16_t type)
{
	struct search search = { .type = type };

	mnl_attr_parse_nested(nest, on_searched, &search);
	return search.found;
}

struct taking {
	struct flowtable_devices *devices;
	flowtable_devices_prefix *prefix;
};

static int on_device(const struct nlattr *attr, void *user)
{
	struct taking *taking = user;
	size_t len = mnl_attr_get_payload_len(attr);
	char name[IF_NAMESIZE];

	if (len == 0 || len > IF_NAMESIZE)
		return MNL_CB_ERROR;
	snprintf(name, sizeof(name), "%.*s", (int)len, (const char *)mnl_attr_get_payload(attr));
	if (mnl_attr_get_type(attr) == NFTA_DEVICE_NAME)
		flowtable_devices_add(taking->devices, name);
	else if (mnl_attr_get_type(attr) == DEVICE_PREFIX && taking->prefix)
		taking->prefix(taking->devices, name);
	return MNL_CB_OK;
}

bool flowtable_devices_parse(struct flowtable_devices *devices, const struct nlmsghdr *message, flowtable_devices_prefix *prefix)
{
	struct search hook = { .type = NFTA_FLOWTABLE_HOOK };
	struct taking taking = { devices, prefix };
	const struct nlattr *list;

	if (mnl_nlmsg_get_payload_len(message) < sizeof(struct nfgenmsg))
		return false;
	mnl_attr_parse(message, sizeof(struct nfgenmsg), on_searched, &hook);
	if (!hook.found)
		return false;
	list = nested(hook.found, NFTA_FLOWTABLE_HOOK_DEVS);
	return !list || mnl_attr_parse_nested(list, on_device, &taking) == MNL_CB_OK;
}
