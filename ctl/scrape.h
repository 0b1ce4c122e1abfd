/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A server for one page, /metrics, in somebody's event loop.
 */
#ifndef LBCTL_SCRAPE_H
#define LBCTL_SCRAPE_H

#include <stdio.h>

#include "parse.h"

struct scrape;

/**
 * typedef scrape_write_fn - writes the page
 * @out: Where to.
 * @arg: What scrape_open() was given.
 *
 * Return: 0 or a negative error number.
 */
typedef int (*scrape_write_fn)(FILE *out, void *arg);

struct scrape *scrape_open(const struct endpoint *at, scrape_write_fn write,
			   void *arg, struct why *why);
void scrape_close(struct scrape *scrape);
int scrape_fd(const struct scrape *scrape);
void scrape_run(struct scrape *scrape);
bool scrape_is_busy(const struct scrape *scrape);

#endif /* LBCTL_SCRAPE_H */
