/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The prober: checks every target when it is due, and reports to the kernel
 * what that makes of the backend.
 */
#ifndef LBCTL_PROBER_H
#define LBCTL_PROBER_H

#include "checker.h"
#include "target.h"

/**
 * struct prober_figures - what the prober has done
 * @n_rounds: Rounds of checks begun.
 * @n_lacks: Checks that this machine could not make.
 * @late_sum_us: From when rounds were due to when they began, in all.
 * @late_max_us: The longest of these times.
 */
struct prober_figures {
	uint64_t n_rounds;
	uint64_t n_lacks;
	uint64_t late_sum_us;
	uint64_t late_max_us;
};

/**
 * struct prober - the prober
 * @nl: Connection for requests.
 * @claim: Number of the claim that it reports under; 0 as long as it has none,
 *         and nothing to check.
 * @is_superseded: The claim is over, the kernel says.
 * @checker: The checks under way.
 * @gates: The gates.
 * @targets: The targets.
 * @heap: Targets by the time of their next round.
 * @figures: What it has done.
 * @is_outdated: The configuration has changed since it was read: what is known
 *               by a name may be another thing now, so what is found out is
 *               kept until it has been read anew.
 * @complain_us: When it may complain again of what it cannot do for a while.
 * @err: Negative error number if it cannot go on, or 0.
 */
struct prober {
	struct nl *nl;
	uint32_t claim;
	bool is_superseded;
	struct checker checker;
	struct gates gates;
	struct targets targets;
	struct due_heap heap;
	struct prober_figures figures;
	bool is_outdated;
	uint64_t complain_us;
	int err;
};

void prober_init(struct prober *prober, struct nl *nl, int epoll_fd);
void prober_end(struct prober *prober);
void prober_stop(struct prober *prober);
int prober_reload(struct prober *prober);
void prober_hear(struct prober *prober, const struct nl_attrs *report);
void prober_run(struct prober *prober);
uint64_t prober_next_us(const struct prober *prober);

#endif /* LBCTL_PROBER_H */
