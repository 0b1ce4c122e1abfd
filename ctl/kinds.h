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
extern const struct item_kind outbound_kind;
extern const struct item_kind balancer_kind;

int take_frontend(struct item *item, const struct property *property,
		  const json_t *value);
int take_pool(struct item *item, const struct property *property,
	      const json_t *value);
int take_port(struct item *item, const struct property *property,
	      const json_t *value);
int take_port_number(struct item *item, const struct property *property,
		     const json_t *value, json_int_t *port);

#endif /* LBCTL_KINDS_H */
