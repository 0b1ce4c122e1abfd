/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages for the person: sentences on stderr, and the buffer in which the
 * parts of lbctl say why something was not accepted.
 */
#ifndef LBCTL_MSG_H
#define LBCTL_MSG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Lets the compiler check arguments: place of the format and of the first. */
#define __printf(fmt, args) __attribute__((format(printf, fmt, args)))

#define WHY_SIZE	640
#define EXCERPT_SIZE	68

/* Exit statuses, also returned by every command function. */
enum {
	EXIT_OK = 0,
	EXIT_REFUSED = 1,
	EXIT_USAGE = 2,
	EXIT_CUT = 3,	/* of flows, by a deadline */
	EXIT_PARTIAL = 4,	/* of what was to be imported */
};

/**
 * struct why - one sentence that says what is wrong
 * @text: The sentence, lower case, without a full stop.
 */
struct why {
	char text[WHY_SIZE];
};

/**
 * is_printable() - says whether a character can be shown as it is
 * @c: The character.
 *
 * Return: true for ASCII from space to tilde, which steers no terminal.
 */
static inline bool is_printable(char c)
{
	return c >= ' ' && c <= '~';
}

void make_visible(char *text);
__printf(2, 3) int because(struct why *why, const char *fmt, ...);
int because_of_errno(struct why *why, int err);
__printf(1, 2) void complain(const char *fmt, ...);
bool may_complain(uint64_t *next_us);
const char *excerpt(const char *text, char buf[EXCERPT_SIZE]);
void progress(const char *what, size_t done, size_t total);
void progress_end(void);

#endif /* LBCTL_MSG_H */
