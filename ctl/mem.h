/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory. lbctl changes nothing in itself that outlives it, and the kernel
 * drops the transaction of a client that dies: without memory, it just ends.
 */
#ifndef LBCTL_MEM_H
#define LBCTL_MEM_H

#include <stddef.h>

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

void *mem_zalloc(size_t size);
void *mem_grow(void *array, size_t *cap, size_t item_size);
char *mem_strdup(const char *text);
void *mem_need(void *ptr);
void mem_check(int err);
void mem_keep(void *ptr);

#endif /* LBCTL_MEM_H */
