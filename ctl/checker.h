/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks of all kinds: which of them are made how.
 */
#ifndef LBCTL_CHECKER_H
#define LBCTL_CHECKER_H

#include "check.h"
#include "exec.h"
#include "udp.h"

/**
 * struct checker - checks of all kinds
 * @checks: Those by libcurl.
 * @udp: Those by datagrams.
 * @exec: Those by programs.
 */
struct checker {
	struct checks *checks;
	struct udp_checks *udp;
	struct exec_checks *exec;
};

void checker_init(struct checker *checker, int epoll_fd);
void checker_end(struct checker *checker);
struct check *checker_begin(struct checker *checker,
			    const struct check_spec *spec,
			    check_done_fn on_done, void *arg);
void checker_ready(struct checker *checker, int fd, uint32_t events);
void checker_expire(struct checker *checker, uint64_t now_us);
uint64_t checker_next_us(const struct checker *checker);

#endif /* LBCTL_CHECKER_H */
