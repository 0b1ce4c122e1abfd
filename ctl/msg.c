// SPDX-License-Identifier: GPL-2.0-only
/* Sentences for the person, on stderr. */
#include "msg.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "clock.h"

#define PROGRESS_STEP	512	/* a terminal need not see every object */
#define COMPLAINT_STEP_US	(60 * MS_PER_SEC * US_PER_MS)

static bool progress_is_shown;

/**
 * make_visible() - replaces what might steer a terminal
 * @text: The text, of somebody else; a question mark is for each such byte.
 */
void make_visible(char *text)
{
	for (; *text; text++) {
		if (!is_printable(*text))
			*text = '?';
	}
}

/**
 * because() - writes the sentence that says why something is not accepted
 * @why: Where it goes; what was there is lost.
 * @fmt: As for printf().
 *
 * Return: -EINVAL, for the caller to return.
 */
int because(struct why *why, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/**
 * because_of_errno() - writes the system's words for an error
 * @why: Where they go.
 * @err: Positive error number.
 *
 * Return: -@err, for the caller to return.
 */
int because_of_errno(struct why *why, int err)
{
	snprintf(why->text, sizeof(why->text), "%s", strerror(err));
	return -err;
}

/* Input may be hostile: no byte of it may steer the person's terminal. */
static void write_visibly(const char *text)
{
	const unsigned char *p;

	for (p = (const unsigned char *)text; *p; p++) {
		if (is_printable(*p))
			fputc(*p, stderr);
		else
			fprintf(stderr, "\\x%02x", *p);
	}
}

/**
 * complain() - writes one sentence to stderr
 * @fmt: As for printf(), without "lbctl: " and without a newline.
 */
void complain(const char *fmt, ...)
{
	char text[WHY_SIZE + 256];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	progress_end();
	fputs("lbctl: ", stderr);
	write_visibly(text);
	fputc('\n', stderr);
}

/**
 * excerpt() - shortens a value for a sentence
 * @text: The value as it was given.
 * @buf: Memory for the shortened value.
 *
 * Return: @text if it is short, else its beginning with "..." in @buf.
 */
const char *excerpt(const char *text, char buf[EXCERPT_SIZE])
{
	size_t keep = EXCERPT_SIZE - sizeof("...");

	if (strnlen(text, EXCERPT_SIZE) <= keep)
		return text;
	memcpy(buf, text, keep);
	memcpy(buf + keep, "...", sizeof("..."));
	return buf;
}

/**
 * progress() - shows on a terminal how far a long work is
 * @what: What is being done.
 * @done: Objects done.
 * @total: Objects to do; 0 when that is not known.
 */
void progress(const char *what, size_t done, size_t total)
{
	if (done == 0 || done % PROGRESS_STEP != 0 || !isatty(STDERR_FILENO))
		return;
	progress_is_shown = true;
	if (total)
		fprintf(stderr, "\r%s: %zu of %zu", what, done, total);
	else
		fprintf(stderr, "\r%s: %zu", what, done);
}

/**
 * progress_end() - takes the last progress() away
 */
void progress_end(void)
{
	if (!progress_is_shown)
		return;
	progress_is_shown = false;
	fputs("\r\033[K", stderr);
}

/**
 * may_complain() - says whether to complain again of what does not go away
 * @next_us: When, by the monotonic clock; is set if it is now.
 *
 * Return: true once a minute.
 */
bool may_complain(uint64_t *next_us)
{
	uint64_t now_us = clock_us();

	if (now_us < *next_us)
		return false;
	*next_us = now_us + COMPLAINT_STEP_US;
	return true;
}
