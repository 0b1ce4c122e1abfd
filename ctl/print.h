/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The only way to stdout. A command describes what it shows once; whether
 * that becomes text or JSON is decided here.
 */
#ifndef LBCTL_PRINT_H
#define LBCTL_PRINT_H

#include <stdbool.h>
#include <stdint.h>

#include "msg.h"

/**
 * enum print_layout - how the members of a JSON container are laid out
 * @LAYOUT_LINES: One member on each line.
 * @LAYOUT_INLINE: All on the line of the container.
 */
enum print_layout {
	LAYOUT_LINES,
	LAYOUT_INLINE,
};

void print_init(bool as_json);
bool print_is_json(void);
void print_one_line_each(void);
int print_finish(void);
void print_flush(void);
void print_clear_screen(void);

__printf(1, 2) void print_text(const char *fmt, ...);

void json_begin_object(const char *key, enum print_layout layout);
void json_begin_array(const char *key, enum print_layout layout);
void json_end(void);
void json_string(const char *key, const char *value);
void json_u64(const char *key, uint64_t value);
void json_exact(const char *key, uint64_t value);
void json_double(const char *key, double value);
void json_bool(const char *key, bool value);

#endif /* LBCTL_PRINT_H */
