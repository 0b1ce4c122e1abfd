/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A configuration from what describes a load balancer in Azure.
 */
#ifndef LBCTL_AZURE_H
#define LBCTL_AZURE_H

#include "addressbook.h"
#include "notes.h"
#include "source.h"

struct doc *azure_import(const struct source *source,
			 const struct source *parameters,
			 struct addressbook *book, struct notes *notes,
			 struct why *why);

#endif /* LBCTL_AZURE_H */
