/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where programs of probes may lie. Definitions of probes come from whoever
 * may configure the namespace, who need not be one who may run programs here:
 * so the agent is told where those are that it may run.
 */
#ifndef LBCTL_EXECDIR_H
#define LBCTL_EXECDIR_H

#include "msg.h"

int execdir_check(const char *dir, struct why *why);
int execdir_allows(const char *dir, const char *program, struct why *why);

#endif /* LBCTL_EXECDIR_H */
