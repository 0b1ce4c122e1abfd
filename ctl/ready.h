/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tells the service manager how things stand.
 */
#ifndef LBCTL_READY_H
#define LBCTL_READY_H

void ready_tell(const char *state);

#endif /* LBCTL_READY_H */
