/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks by programs: exit status 0 is up.
 */
#ifndef LBCTL_EXEC_H
#define LBCTL_EXEC_H

#include "check.h"

struct exec_checks;

struct exec_checks *exec_checks_new(void);
void exec_checks_allow(struct exec_checks *checks, const char *dir);
void exec_checks_free(struct exec_checks *checks);
int exec_checks_fd(const struct exec_checks *checks);
struct check *exec_check_begin(struct exec_checks *checks,
			       const struct check_spec *spec,
			       check_done_fn on_done, void *arg);
void exec_checks_ready(struct exec_checks *checks);
void exec_checks_expire(struct exec_checks *checks, uint64_t now_us);
uint64_t exec_checks_next_us(const struct exec_checks *checks);

#endif /* LBCTL_EXEC_H */
