// SPDX-License-Identifier: GPL-2.0-only
/* Edits of what concerns the fast path as a whole. */

#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "edit.h"
#include "snapshot.h"

/**
 * nflb_device_name_is_reserved() - tells names that mean something else
 * @name: a name
 *
 * Return: true if no device of ours may be called that.
 */
bool nflb_device_name_is_reserved(const char *name)
{
	return !strcmp(name, ".") || !strcmp(name, "..") ||
	       !strcmp(name, "auto") || !strcmp(name, "none");
}

/**
 * nflb_device_name_is_valid() - tells how network devices may be called
 * @name: a name
 *
 * Return: false also for a comma, which separates them in lists.
 */
bool nflb_device_name_is_valid(const char *name)
{
	const char *c;

	for (c = name; *c; c++) {
		if (!isascii(*c) || !isgraph(*c) || strchr("/:,", *c))
			return false;
	}
	return c != name && c - name < IFNAMSIZ;
}

/**
 * nflb_fastpath_name() - adds the name of a device to a list
 * @set: the list
 * @name: the name
 * @why: where refusals go
 *
 * Return: 0 or a negative errno.
 */
int nflb_fastpath_name(struct nflb_device_set *set, const char *name,
		       const struct nflb_why *why)
{
	if (!nflb_device_name_is_valid(name))
		return nflb_refuse(why, -EINVAL, NFLB_A_FASTPATH_DEVICE,
				   "device \"%s\": allowed are 1 to %u visible characters, no / : ,",
				   name, NFLB_DEVICE_MAX);
	if (nflb_device_name_is_reserved(name))
		return nflb_refuse(why, -EINVAL, NFLB_A_FASTPATH_DEVICE,
				   "device \"%s\": this word is reserved",
				   name);
	if (nflb_device_set_has(set, name))
		return nflb_refuse(why, -EEXIST, NFLB_A_FASTPATH_DEVICE,
				   "device %s is in the list already", name);
	if (set->n_names == NFLB_DEVICES_MAX)
		return nflb_refuse(why, -ERANGE, NFLB_A_FASTPATH_DEVICE,
				   "device %s: allowed are %u devices at most",
				   name, NFLB_DEVICES_MAX);
	strscpy(set->name[set->n_names++], name, IFNAMSIZ);
	return 0;
}

/**
 * nflb_fastpath_set() - changes what concerns the fast path as a whole
 * @edit: the edit
 * @data: struct nflb_device_set, its names made by nflb_fastpath_name()
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno.
 */
int nflb_fastpath_set(const struct nflb_edit *edit, const void *data)
{
	const struct nflb_device_set *set = data;
	bool is_list = set->devices == NFLB_DEVICES_LIST;

	if (is_list && !set->n_names)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_FASTPATH_DEVICES,
				   "devices list needs 1 to %u devices",
				   NFLB_DEVICES_MAX);
	if (!is_list && set->n_names)
		return nflb_refuse(edit->why, -EINVAL, NFLB_A_FASTPATH_DEVICE,
				   "device %s: only a list has devices",
				   set->name[0]);
	edit->cand->devices = *set;
	return 0;
}
