/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Files with what a check makes itself known by: certificates and keys.
 */
#ifndef LBCTL_CREDENTIAL_H
#define LBCTL_CREDENTIAL_H

#include "parse.h"

int credential_check(const char *word, const char *path, struct why *why);

#endif /* LBCTL_CREDENTIAL_H */
