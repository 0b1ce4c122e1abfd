/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A list of addresses as text: sorted and with commas between them, so that
 * equal ones are equal.
 */
#ifndef LBCTL_ADDRESSES_H
#define LBCTL_ADDRESSES_H

#include "nflb.h"
#include "parse.h"

/**
 * struct addresses - a list of addresses while it is being made
 * @address: The addresses.
 * @n: How many.
 */
struct addresses {
	struct address address[NFLB_SNAT_ADDRESSES_MAX];
	unsigned int n;
};

int addresses_add(struct addresses *addresses, const struct address *address,
		  struct why *why);
int addresses_add_text(struct addresses *addresses, const char *text,
		       struct why *why);
char *addresses_text(struct addresses *addresses);
int addresses_parse(const char *text, char **canonical, struct why *why);
const char *addresses_next(const char *text, struct address *address);

#endif /* LBCTL_ADDRESSES_H */
