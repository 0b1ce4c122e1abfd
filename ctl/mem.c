// SPDX-License-Identifier: GPL-2.0-only
/* Memory that is there, or the end. */
#include "mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "msg.h"

#define FIRST_CAP	16

/**
 * mem_need() - ends lbctl when memory was short
 * @ptr: What an allocating function returned.
 *
 * Return: @ptr, which is not NULL.
 */
void *mem_need(void *ptr)
{
	if (ptr)
		return ptr;
	complain("out of memory");
	exit(EXIT_REFUSED);
}

/**
 * mem_check() - ends lbctl when memory was short
 * @err: What a function returned that fails for nothing else; 0 if it did not.
 */
void mem_check(int err)
{
	if (err)
		mem_need(NULL);
}

/**
 * mem_zalloc() - allocates zeroed memory
 * @size: Bytes.
 *
 * Return: The memory; free() it.
 */
void *mem_zalloc(size_t size)
{
	return mem_need(calloc(1, size));
}

/**
 * mem_grow() - doubles an array
 * @array: The array, or NULL.
 * @cap: Number of items that it has room for; updated.
 * @item_size: Size of an item in bytes.
 *
 * Return: The array at its new place; free() it.
 */
void *mem_grow(void *array, size_t *cap, size_t item_size)
{
	size_t wanted = *cap ? 2 * *cap : FIRST_CAP;

	if (wanted > SIZE_MAX / 2 / item_size)
		return mem_need(NULL);
	*cap = wanted;
	return mem_need(realloc(array, wanted * item_size));
}

/**
 * mem_strdup() - copies a string
 * @text: The string.
 *
 * Return: The copy; free() it.
 */
char *mem_strdup(const char *text)
{
	return mem_need(strdup(text));
}

/**
 * mem_keep() - frees nothing
 * @ptr: What is another one's, as what tdestroy() finds in a tree may be.
 */
void mem_keep(void *ptr)
{
	(void)ptr;
}
