/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the suites share.
 */
#ifndef TEST_HELPER_H
#define TEST_HELPER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
/* cmocka.h needs those before it. */
#include <cmocka.h>

#include "doc.h"
#include "mem.h"
#include "source.h"

#define CASE(function) cmocka_unit_test(function)
#define RUN(cases) cmocka_run_group_tests(cases, NULL, NULL)

struct doc *parse(const char *text, struct why *why);
struct doc *parse_bytes(const char *text, size_t len, struct why *why);
struct doc *parse_list(const char *text, const char *pool, struct why *why);
struct doc *parse_good(const char *text);
char *exported(struct doc *doc);
void capture_begin(void);
char *capture_end(void);

#endif /* TEST_HELPER_H */
