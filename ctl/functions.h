/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of Azure's templates that need nothing but their arguments.
 */
#ifndef LBCTL_FUNCTIONS_H
#define LBCTL_FUNCTIONS_H

#include "expression.h"

json_t *function_call(const struct call *call);

#endif /* LBCTL_FUNCTIONS_H */
