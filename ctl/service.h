/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef LBCTL_SERVICE_H
#define LBCTL_SERVICE_H

#include "verbs.h"

extern const struct command service_verbs[];

int services_each(struct nl *nl, nl_reply_fn on_reply, void *arg);
extern const struct view service_view;

#endif /* LBCTL_SERVICE_H */
