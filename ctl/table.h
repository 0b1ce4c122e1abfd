/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tables: rows of cells, one call for each cell. Text gets aligned columns
 * under a header line and units, JSON an array of objects and raw numbers.
 */
#ifndef LBCTL_TABLE_H
#define LBCTL_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#define TABLE_COLUMNS_MAX	56

/**
 * enum column_flags - what is special about a column
 * @COLUMN_RIGHT: Numbers, aligned at their last digit.
 * @COLUMN_JSON: Only in JSON.
 * @COLUMN_TEXT: Only in text.
 */
enum column_flags {
	COLUMN_RIGHT = 1 << 0,
	COLUMN_JSON = 1 << 1,
	COLUMN_TEXT = 1 << 2,
};

/**
 * struct column - one column of a table
 * @key: Key in JSON.
 * @head: Header line in text.
 * @flags: Of enum column_flags.
 */
struct column {
	const char *key;
	const char *head;
	unsigned int flags;
};

void table_begin(const char *key, const struct column *columns);
void table_end(void);
void table_row(void);
void table_row_end(void);

void cell_none(void);
void cell_string(const char *value);
void cell_u64_as(uint64_t value, const char *text);
void cell_u64(uint64_t value);
void cell_exact(uint64_t value);
void cell_hex(uint64_t value);
void cell_double(double value);
void cell_bool(bool value);
void cell_ms(uint64_t ms);
void cell_bytes(uint64_t bytes);
const char *cell_begin_nested(void);
void cell_end_nested(const char *text);

#endif /* LBCTL_TABLE_H */
