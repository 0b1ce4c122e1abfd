/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What in a configuration is allowed, but is seldom what somebody wants.
 */
#ifndef LBCTL_LINT_H
#define LBCTL_LINT_H

#include "doc.h"

/**
 * lint_fn - takes a finding
 * @obj: The object that it is about.
 * @sentence: What is so and what comes of it, without a full stop.
 * @arg: From the caller.
 */
typedef void lint_fn(const struct object *obj, const char *sentence, void *arg);

void lint_doc(const struct doc *doc, lint_fn *found, void *arg);

#endif /* LBCTL_LINT_H */
