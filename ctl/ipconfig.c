// SPDX-License-Identifier: GPL-2.0-only
/*
 * What of the IP configuration of a backend has no counterpart. Interfaces and
 * scale sets have much alike.
 */
#include "ipconfig.h"

#include "item.h"

/* An empty list says nothing. */
static int take_foreign(struct item *item, const struct property *property,
			const json_t *value)
{
	if (json_is_array(value) && !json_array_size(value))
		return 0;
	return take_note(item, property, value);
}

static const struct property properties[] = {
	{ .name = "publicIPAddress", .take = take_foreign,
	  .remark = "what comes by it does not come by the gateway" },
	{ .name = "publicIPAddressConfiguration", .take = take_foreign,
	  .remark = "what comes by it does not come by the gateway" },
	{ .name = "applicationGatewayBackendAddressPools",
	  .take = take_foreign,
	  .remark = "application gateways are not imported" },
	{ .name = "applicationSecurityGroups", .take = take_foreign,
	  .remark = "who may reach a backend is up to firewalls" },
	{ .name = "gatewayLoadBalancer", .take = take_foreign,
	  .remark = "load balancers are not chained" },
	{ .name = "virtualNetworkTaps", .take = take_foreign,
	  .remark = "nobody gets copies of packets" },
	{ .name = "privateIPAddressPrefixLength", .take = take_foreign,
	  .remark = "a backend has one address" },
	{ .name = "loadBalancerBackendAddressPools", .take = take_nothing },
	{ .name = "loadBalancerInboundNatPools", .take = take_nothing },
	{ .name = "loadBalancerInboundNatRules", .take = take_nothing },
	{ .name = "primary", .take = take_nothing },
	{ .name = "privateIPAddress", .take = take_nothing },
	{ .name = "privateIPAddressVersion", .take = take_nothing },
	{ .name = "privateIPAllocationMethod", .take = take_nothing },
	{ .name = "privateLinkConnectionProperties", .take = take_nothing },
	{ .name = "subnet", .take = take_nothing },
	{ .name = NULL },
};

/**
 * ipconfig_note() - tells what of an IP configuration has no counterpart
 * @im: The import, whose way leads to it.
 * @json: The configuration.
 * @label: What has it.
 * @name: The name of what has it.
 *
 * Return: 0 or a negative number.
 */
int ipconfig_note(struct importer *im, const json_t *json, const char *label,
		  const char *name)
{
	const struct item_kind kind = {
		.label = label, .properties = properties,
	};
	struct item item = {
		.im = im, .kind = &kind, .name = name, .json = json,
	};

	return item_take_all(&item);
}
