/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks by datagrams, echo requests among them: one is sent, and its answer
 * waited for, or a word of the network's that it has not come where it should.
 */
#ifndef LBCTL_UDP_H
#define LBCTL_UDP_H

#include "check.h"

struct udp_checks;

struct udp_checks *udp_checks_new(void);
void udp_checks_free(struct udp_checks *checks);
int udp_checks_fd(const struct udp_checks *checks);
struct check *udp_check_begin(struct udp_checks *checks,
			      const struct check_spec *spec,
			      check_done_fn on_done, void *arg);
void udp_checks_ready(struct udp_checks *checks);
void udp_checks_expire(struct udp_checks *checks, uint64_t now_us);
uint64_t udp_checks_next_us(const struct udp_checks *checks);

#endif /* LBCTL_UDP_H */
