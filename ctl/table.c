// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tables. In text, rows wait until the widths of the columns are known; a
 * table longer than ROWS_MAX is written piece by piece, widths only grow.
 */
#include "table.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "parse.h"
#include "print.h"

#define ROWS_MAX	4096
#define GAP		"  "

static const struct column *columns;
static unsigned int n_columns;
static unsigned int column_idx;
static unsigned int widths[TABLE_COLUMNS_MAX];
static char *cells;		/* of the waiting rows, each zero-terminated */
static size_t cells_len;
static size_t cells_cap;
static size_t n_rows;
static bool is_head_written;

static bool is_shown(const struct column *column)
{
	return !(column->flags & (print_is_json() ? COLUMN_TEXT : COLUMN_JSON));
}

static void cells_add(const char *text)
{
	size_t len = strlen(text) + 1;

	while (cells_len + len > cells_cap)
		cells = mem_grow(cells, &cells_cap, 1);
	memcpy(cells + cells_len, text, len);
	make_visible(cells + cells_len);
	cells_len += len;
}

static void write_cell(unsigned int idx, const char *text, bool is_last)
{
	bool is_right = columns[idx].flags & COLUMN_RIGHT;

	if (is_right)
		print_text("%*s", (int)widths[idx], text);
	else if (is_last)
		print_text("%s", text);
	else
		print_text("%-*s", (int)widths[idx], text);
	print_text("%s", is_last ? "\n" : GAP);
}

static unsigned int last_shown(void)
{
	unsigned int i, last = 0;

	for (i = 0; i < n_columns; i++)
		if (is_shown(&columns[i]))
			last = i;
	return last;
}

static void write_head(unsigned int last)
{
	unsigned int i;

	for (i = 0; i < n_columns; i++)
		if (is_shown(&columns[i]))
			write_cell(i, columns[i].head, i == last);
	is_head_written = true;
}

static void write_rows(void)
{
	unsigned int last = last_shown();
	const char *p = cells;
	unsigned int i;
	size_t row;

	if (!is_head_written)
		write_head(last);
	for (row = 0; row < n_rows; row++) {
		for (i = 0; i < n_columns; i++) {
			if (!is_shown(&columns[i]))
				continue;
			write_cell(i, p, i == last);
			p += strlen(p) + 1;
		}
	}
	cells_len = 0;
	n_rows = 0;
}

/**
 * table_begin() - opens a table
 * @key: Key of the array in the JSON object that is open.
 * @cols: The columns, ended by one without a key.
 */
void table_begin(const char *key, const struct column *cols)
{
	columns = cols;
	is_head_written = false;
	for (n_columns = 0; cols[n_columns].key; n_columns++) {
		assert(n_columns < TABLE_COLUMNS_MAX);
		widths[n_columns] = strlen(cols[n_columns].head);
	}
	if (print_is_json())
		json_begin_array(key, LAYOUT_LINES);
}

/**
 * table_end() - closes the table
 */
void table_end(void)
{
	if (print_is_json()) {
		json_end();
		return;
	}
	write_rows();
	free(cells);
	cells = NULL;
	cells_cap = 0;
}

/**
 * table_row() - begins a row; a cell for each column must follow
 */
void table_row(void)
{
	column_idx = 0;
	if (print_is_json())
		json_begin_object(NULL, LAYOUT_INLINE);
}

/**
 * table_row_end() - ends a row
 */
void table_row_end(void)
{
	assert(column_idx == n_columns);
	if (print_is_json()) {
		json_end();
		return;
	}
	if (++n_rows == ROWS_MAX)
		write_rows();
}

static void add_text(const char *text)
{
	unsigned int len = strlen(text);

	if (widths[column_idx] < len)
		widths[column_idx] = len;
	cells_add(text);
}

/* Moves on to the next column; NULL when this one is not to be shown. */
static const struct column *next_column(void)
{
	const struct column *column = &columns[column_idx];

	assert(column_idx < n_columns);
	return is_shown(column) ? column : NULL;
}

/**
 * cell_none() - a cell without a value: "-", or no key in JSON
 */
void cell_none(void)
{
	if (next_column() && !print_is_json())
		add_text("-");
	column_idx++;
}

/**
 * cell_string() - a cell with text
 * @value: The text; empty is shown as "-".
 */
void cell_string(const char *value)
{
	const struct column *column = next_column();

	if (column && print_is_json())
		json_string(column->key, value);
	else if (column)
		add_text(*value ? value : "-");
	column_idx++;
}

/**
 * cell_u64_as() - a cell with a number that has a text of its own
 * @value: The number, for JSON.
 * @text: The text, for all else.
 */
void cell_u64_as(uint64_t value, const char *text)
{
	const struct column *column = next_column();

	if (column && print_is_json())
		json_u64(column->key, value);
	else if (column)
		add_text(text);
	column_idx++;
}

/**
 * cell_u64() - a cell with a number
 * @value: The number.
 */
void cell_u64(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	cell_u64_as(value, text);
}

/**
 * cell_exact() - a cell with a number that is not to be rounded
 * @value: The number; a string in JSON whose readers would round it.
 */
void cell_exact(uint64_t value)
{
	if (!print_is_json())
		cell_u64(value);
	else
		json_exact(columns[column_idx++].key, value);
}

/**
 * cell_hex() - a cell with a number whose bits matter, a string in JSON
 * @value: The number.
 */
void cell_hex(uint64_t value)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%016llx", (unsigned long long)value);
	cell_string(text);
}

/**
 * cell_double() - a cell with a number with one decimal
 * @value: The number.
 */
void cell_double(double value)
{
	const struct column *column = next_column();
	char text[32];

	snprintf(text, sizeof(text), "%.1f", value);
	if (column && print_is_json())
		json_double(column->key, value);
	else if (column)
		add_text(text);
	column_idx++;
}

/**
 * cell_bool() - a cell with yes or no, true or false in JSON
 * @value: The value.
 */
void cell_bool(bool value)
{
	const struct column *column = next_column();

	if (column && print_is_json())
		json_bool(column->key, value);
	else if (column)
		add_text(value ? "yes" : "no");
	column_idx++;
}

/**
 * cell_ms() - a cell with a time
 * @ms: The time in milliseconds.
 */
void cell_ms(uint64_t ms)
{
	char text[TIME_TEXT_SIZE];

	cell_u64_as(ms, format_ms(ms, text));
}

/**
 * cell_bytes() - a cell with a size
 * @bytes: The size in bytes.
 */
void cell_bytes(uint64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = bytes;
	unsigned int i = 0;
	char text[32];

	while (value >= 1024 && i < 4) {
		value /= 1024;
		i++;
	}
	snprintf(text, sizeof(text), i ? "%.1f %s" : "%.0f %s", value,
		 units[i]);
	cell_u64_as(bytes, text);
}

/**
 * cell_begin_nested() - a cell whose JSON the caller writes itself
 *
 * Return: The key in JSON, NULL in text. cell_end_nested() must follow.
 */
const char *cell_begin_nested(void)
{
	const struct column *column = next_column();

	return column && print_is_json() ? column->key : NULL;
}

/**
 * cell_end_nested() - ends the cell that cell_begin_nested() began
 * @text: What it says in text; empty is shown as "-".
 */
void cell_end_nested(const char *text)
{
	if (next_column() && !print_is_json())
		add_text(*text ? text : "-");
	column_idx++;
}
