/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kinds of items that a load balancer of Azure has.
 */
#ifndef LBCTL_KINDS_H
#define LBCTL_KINDS_H

#include "item.h"

#define FRONTENDS	"frontendIPConfigurations"
#define PROBES		"probes"
#define POOLS		"backendAddressPools"
#define RULES		"loadBalancingRules"
#define NAT_RULES	"inboundNatRules"
#define NAT_POOLS	"inboundNatPools"
#define OUTBOUND_RULES	"outboundRules"

extern const struct item_kind frontend_kind;
extern const struct item_kind probe_kind;
extern const struct item_kind pool_kind;
extern const struct item_kind rule_kind;
extern const struct item_kind nat_kind;
extern const struct item_kind outbound_kind;
extern const struct item_kind balancer_kind;

#endif /* LBCTL_KINDS_H */
