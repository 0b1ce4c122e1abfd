/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is checked: a backend, and a gate before it.
 */
#ifndef LBCTL_TARGET_H
#define LBCTL_TARGET_H

#include "due.h"
#include "gate.h"

/**
 * struct target - a backend that is checked
 * @due: When its next round of checks begins.
 * @gate: The gate.
 * @backend: Name of the backend.
 * @address: Its address.
 * @tally: What the rounds have said.
 * @reported: What the kernel has.
 * @reported_share: The same of @share, or 0 if that is not known.
 * @reported_us: When we said so, by the monotonic clock; 0 if we did not.
 * @check: The check under way, or NULL between rounds.
 * @port_idx: Which of the gate's ports that is.
 * @draining_port: The first one in this round that said it drains, or 0.
 * @share: What its application wants, as a percentage, by the last round that
 *         passed; 0 if there was none.
 * @least_share: The least that is wanted in this round.
 * @rtt_us: The longest of this round.
 * @is_overdue: A round should have begun, but the one before goes on.
 * @is_unsaid: The kernel has yet to be told what the last round said.
 * @unsaid: What that was.
 * @prober: Whose it is.
 */
struct target {
	struct due due;
	const struct gate *gate;
	char *backend;
	struct address address;
	struct tally tally;
	enum nflb_health reported;
	uint32_t reported_share;
	uint64_t reported_us;
	struct check *check;
	size_t port_idx;
	uint16_t draining_port;
	uint32_t share;
	uint32_t least_share;
	uint64_t rtt_us;
	bool is_overdue;
	bool is_unsaid;
	struct check_result unsaid;
	struct prober *prober;
};

/**
 * struct targets - all targets, sorted
 * @items: The targets.
 * @n: How many.
 * @cap: Room in @items.
 */
struct targets {
	struct target **items;
	size_t n;
	size_t cap;
};

/**
 * target_of() - finds the target that is due
 * @due: The part of it that is in a heap.
 *
 * Return: The target.
 */
static inline struct target *target_of(struct due *due)
{
	return (struct target *)((char *)due - offsetof(struct target, due));
}

int targets_read(struct nl *nl, const struct gates *gates,
		 struct targets *targets);
void targets_free(struct targets *targets);
void targets_inherit(struct targets *targets, struct targets *old);
struct target *targets_find(const struct targets *targets, const char *pool,
			    const char *backend, const char *probe);

#endif /* LBCTL_TARGET_H */
