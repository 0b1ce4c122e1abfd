// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kinds of items that a load balancer of Azure has: a table for each, a
 * line for each property. What a property means, and what it is when it is not
 * there, is as Azure has it: that differs from our own defaults.
 */
#include "kinds.h"

#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "mem.h"
#include "nocase.h"

#define PORT_ANY		0
#define INTERVAL_DEFAULT	"15s"
#define HTTP_TIMEOUT_MAX_MS	30000

static bool is_in_balancer(const struct importer *im, const char *id)
{
	char name[IMPORT_NAME_MAX + 1];

	return !*im->balancer || !importer_id_part(id, "loadBalancers", name) ||
	       nocase_equal(name, im->balancer);
}

/* The last name of an id that must be of something in this load balancer */
static const struct object *find_referred(struct item *item,
					  const struct property *property,
					  const json_t *value,
					  enum object_kind kind)
{
	const struct object *obj = NULL;
	char name[IMPORT_NAME_MAX + 1];
	const char *id;

	if (item_needs(item, property, value, JSON_OBJECT) ||
	    importer_need_id(item->im, value, &id))
		return NULL;
	if (importer_id_part(id, property->collection, name) &&
	    is_in_balancer(item->im, id))
		obj = importer_find(item->im, kind, item->im->balancer, name);
	if (!obj)
		item_fail(item, property->name, value,
			  "this load balancer has none with this id");
	return obj;
}

static int take_reference(struct item *item, const struct property *property,
			  const json_t *value, enum object_kind kind)
{
	const struct object *obj;

	obj = find_referred(item, property, value, kind);
	return obj ? item_set(item, property->field, object_name(obj)) : -1;
}

/**
 * take_frontend() - takes a property that refers to a frontend
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_frontend(struct item *item, const struct property *property,
		  const json_t *value)
{
	return take_reference(item, property, value, KIND_FRONTEND);
}

/* Of several frontends, which are addresses here */
static int take_frontends(struct item *item, const struct property *property,
			  const json_t *value)
{
	char text[NFLB_SNAT_ADDRESSES_MAX * ADDRESS_TEXT_SIZE] = "";
	char one[ADDRESS_TEXT_SIZE];
	const struct object *obj;
	const json_t *reference;
	size_t i, len = 0;

	if (item_needs(item, property, value, JSON_ARRAY))
		return -1;
	if (json_array_size(value) > NFLB_SNAT_ADDRESSES_MAX)
		return item_fail(item, property->name, value,
				 "a snat has at most 16 addresses");
	json_array_foreach((json_t *)value, i, reference) {
		obj = find_referred(item, property, reference, KIND_FRONTEND);
		if (!obj)
			return -1;
		format_address(&obj->values[FRONTEND_ADDRESS].address, one);
		len += snprintf(text + len, sizeof(text) - len, "%s%s",
				i ? "," : "", one);
	}
	return item_set(item, property->field, text);
}

/**
 * take_pool() - takes a property that refers to a pool
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_pool(struct item *item, const struct property *property,
	      const json_t *value)
{
	return take_reference(item, property, value, KIND_POOL);
}

/* Tools show the only pool a second time, as a list of one. */
static int take_pools(struct item *item, const struct property *property,
		      const json_t *value)
{
	if (item_needs(item, property, value, JSON_ARRAY))
		return -1;
	if (json_array_size(value) > 1)
		item_note(item, property->name, value, property->remark);
	if (!json_array_size(value) || object_is_given(item->obj, SERVICE_POOL))
		return 0;
	return take_reference(item, property, json_array_get(value, 0),
			      KIND_POOL);
}

/* What is up when nobody is up is said by the probe there, by the rule here. */
static int take_probe(struct item *item, const struct property *property,
		      const json_t *value)
{
	const struct object *probe;

	probe = find_referred(item, property, value, KIND_PROBE);
	if (!probe || item_set(item, SERVICE_PROBE, object_name(probe)))
		return -1;
	if (!json_object_get(item->im->open_probes, object_name(probe)))
		return 0;
	return item_set(item, SERVICE_ALL_DOWN, "all");
}

/**
 * take_port_number() - takes a property that is a port, or 0
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 * @port: Where the port goes.
 *
 * Return: 0 or a negative number.
 */
int take_port_number(struct item *item, const struct property *property,
		     const json_t *value, json_int_t *port)
{
	if (item_needs(item, property, value, JSON_INTEGER))
		return -1;
	*port = json_integer_value(value);
	if (*port >= 0 && *port <= NFLB_PORT_MAX)
		return 0;
	return item_fail(item, property->name, value, "allowed 0..65535");
}

/**
 * take_port() - takes the port of a frontend, or the first one of a range
 * @item: The item.
 * @property: The property.
 * @value: Its value.
 *
 * Return: 0 or a negative number.
 */
int take_port(struct item *item, const struct property *property,
	      const json_t *value)
{
	return take_port_number(item, property, value, &item->port);
}

static int take_backend_port(struct item *item,
			     const struct property *property,
			     const json_t *value)
{
	return take_port_number(item, property, value, &item->backend_port);
}

static int take_outbound(struct item *item, const struct property *property,
			 const json_t *value)
{
	item->is_outbound_off = json_is_true(value);
	return item_needs(item, property, value, JSON_TRUE);
}

static int take_tracking(struct item *item, const struct property *property,
			 const json_t *value)
{
	item->is_tracked = json_is_true(value);
	return item_needs(item, property, value, JSON_TRUE);
}

/* Of a frontend it goes for all of its rules. */
static int take_all_tracking(struct item *item,
			     const struct property *property,
			     const json_t *value)
{
	if (take_tracking(item, property, value))
		return -1;
	if (item->is_tracked)
		mem_check(json_object_set_new(item->im->tracked_frontends,
					      object_name(item->obj),
					      json_true()));
	return 0;
}

static int take_floating(struct item *item, const struct property *property,
			 const json_t *value)
{
	item->is_floating = json_is_true(value);
	return item_needs(item, property, value, JSON_TRUE);
}

/* The address itself is in the document only if its resource is, too. */
static const json_t *public_address(const struct importer *im,
				    const json_t *value)
{
	const json_t *address = importer_property(value, "ipAddress");
	const char *id = importer_id(value);
	const struct resource *found;
	char name[IMPORT_NAME_MAX + 1];

	if (address || !id || !importer_id_part(id, "publicIPAddresses", name))
		return address;
	found = resources_find(im->resources, TYPE_ADDRESS, name, id);
	return found ? importer_property(found->json, "ipAddress") : NULL;
}

static int take_public(struct item *item, const struct property *property,
		       const json_t *value)
{
	const json_t *address;

	mem_check(json_object_set_new(item->im->public_frontends,
				      object_name(item->obj), json_true()));
	if (item->address)
		return 0;
	if (item_needs(item, property, value, JSON_OBJECT))
		return -1;
	address = public_address(item->im, value);
	return address ? take_address(item, property, address) : 0;
}

static int finish_frontend(struct item *item)
{
	char cut[EXCERPT_SIZE];

	if (item->address)
		return item_set(item, FRONTEND_ADDRESS, item->address);
	return importer_fail(item->im, "frontend \"%s\": its address is not known, \"map %.80s=ADDRESS\" gives it",
			     excerpt(item->name, cut),
			     object_name(item->obj));
}

/* As many results in a row either way */
static int take_threshold(struct item *item, const struct property *property,
			  const json_t *value)
{
	struct property fall = *property;

	fall.field = PROBE_FALL;
	if (take_number(item, property, value))
		return -1;
	return take_number(item, &fall, value);
}

static int take_all_down(struct item *item, const struct property *property,
			 const json_t *value)
{
	bool is_open;

	if (item_needs(item, property, value, JSON_STRING))
		return -1;
	is_open = nocase_equal(json_string_value(value), "AllProbedUp");
	if (is_open)
		mem_check(json_object_set_new(item->im->open_probes,
					      object_name(item->obj),
					      json_true()));
	if (is_open || nocase_equal(json_string_value(value), "AllProbedDown"))
		return 0;
	return item_fail(item, property->name, value,
			 "allowed AllProbedUp, AllProbedDown");
}

static int set_default(struct item *item, int field, const char *text)
{
	if (object_is_given(item->obj, field))
		return 0;
	return item_set(item, field, text);
}

static int take_n_probes(struct item *item, const struct property *property,
			 const json_t *value)
{
	return item_needs(item, property, value, JSON_INTEGER);
}

/* It is as if it were not there, which not everybody knows. */
static void note_n_probes(struct item *item)
{
	const json_t *n = importer_property(item->json, "numberOfProbes");
	uint64_t fall = item->obj->values[PROBE_FALL].number;

	if (json_is_integer(n) && (uint64_t)json_integer_value(n) != fall)
		item_note(item, "numberOfProbes", n,
			  "Azure takes no notice of it, only of probeThreshold");
}

/* An answer may take until the next probe, and over HTTP half a minute. */
static int finish_probe(struct item *item)
{
	const struct value *values = item->obj->values;
	uint64_t ms;
	char text[24];

	if (set_default(item, PROBE_INTERVAL, INTERVAL_DEFAULT) ||
	    set_default(item, PROBE_RISE, "1") ||
	    set_default(item, PROBE_FALL, "1"))
		return -1;
	note_n_probes(item);
	ms = values[PROBE_INTERVAL].number;
	if (ms > HTTP_TIMEOUT_MAX_MS &&
	    values[PROBE_TYPE].number != NFLB_PROBE_TYPE_TCP)
		ms = HTTP_TIMEOUT_MAX_MS;
	snprintf(text, sizeof(text), "%llums", (unsigned long long)ms);
	return item_set(item, PROBE_TIMEOUT, text);
}

static int set_port(struct item *item, int field, json_int_t port)
{
	char text[24];

	snprintf(text, sizeof(text), "%lld", (long long)port);
	if (port == PORT_ANY)
		return item_set(item, field,
				field == SERVICE_PORT ? "any" : "same");
	return item_set(item, field, text);
}

/* Azure translates what backends open, beside a public address, unasked. */
static void note_outbound(struct item *item)
{
	const char *frontend = item->obj->values[SERVICE_FRONTEND].text;

	if (!item->is_outbound_off &&
	    json_object_get(item->im->public_frontends, frontend))
		item_note(item, "disableOutboundSnat", json_false(),
			  "what backends open keeps their own address");
}

/* Azure hashes each datagram of UDP anew, unless it is to track them. */
static int set_udp_mode(struct item *item)
{
	const struct value *values = item->obj->values;

	if (values[SERVICE_PROTOCOL].number == IPPROTO_TCP ||
	    item->is_tracked ||
	    json_object_get(item->im->tracked_frontends,
			    values[SERVICE_FRONTEND].text))
		return 0;
	return item_set(item, SERVICE_UDP_MODE, "hashed");
}

/* There, the port may be another where the address stays. */
static int set_backend_port(struct item *item)
{
	if (item->is_floating && item->backend_port != PORT_ANY &&
	    item->backend_port != item->port) {
		item_note(item, "enableFloatingIP", json_true(),
			  "with another port, backends get packets to their own address");
		item->is_floating = false;
	}
	return set_port(item, SERVICE_BACKEND_PORT,
			item->is_floating ? PORT_ANY : item->backend_port);
}

static int set_floating(struct item *item)
{
	return item->is_floating ? item_set(item, SERVICE_FLOATING, "on") : 0;
}

static int finish_rule(struct item *item)
{
	const struct object *obj = item->obj;
	char cut[EXCERPT_SIZE];

	if (!object_is_given(obj, SERVICE_POOL)) {
		notes_add(item->im->notes, "rule \"%s\": it has no pool and is left out",
			  excerpt(item->name, cut));
		item->is_left_out = true;
		return 0;
	}
	note_outbound(item);
	if (set_udp_mode(item))
		return -1;
	if (obj->values[SERVICE_PROTOCOL].number)
		return set_port(item, SERVICE_PORT, item->port) ?:
		       set_backend_port(item) ?: set_floating(item);
	if (item->port == PORT_ANY && item->backend_port == PORT_ANY)
		return set_floating(item);
	return importer_fail(item->im, "rule \"%s\": protocol All goes with port 0 only",
			     excerpt(item->name, cut));
}

static const struct property frontend_properties[] = {
	{ .name = "privateIPAddress", .take = take_address },
	{ .name = "publicIPAddress", .take = take_public },
	{ .name = "publicIPPrefix", .take = take_note,
	  .remark = "a frontend has one address" },
	{ .name = "gatewayLoadBalancer", .take = take_note,
	  .remark = "load balancers are not chained" },
	{ .name = "zones", .take = take_usual, .usual = "[]",
	  .remark = "the gateway is where it is" },
	{ .name = "enableConnectionTracking", .take = take_all_tracking },
	{ .name = "privateIPAddressVersion", .take = take_nothing },
	{ .name = "privateIPAllocationMethod", .take = take_nothing },
	{ .name = "subnet", .take = take_nothing },
	{ .name = RULES, .take = take_nothing },
	{ .name = NAT_RULES, .take = take_nothing },
	{ .name = NAT_POOLS, .take = take_nothing },
	{ .name = OUTBOUND_RULES, .take = take_nothing },
	{ .name = NULL },
};

const struct item_kind frontend_kind = {
	.label = "frontend", .collection = FRONTENDS, .kind = KIND_FRONTEND,
	.properties = frontend_properties, .finish = finish_frontend,
};

static const struct twin probe_protocols[] = {
	{ "Tcp", "tcp", NULL },
	{ "Http", "http", NULL },
	{ "Https", "https", NULL },
	{ NULL, NULL, NULL },
};

static const struct property probe_properties[] = {
	{ .name = "protocol", .take = take_word,
	  .is_required = true, .field = PROBE_TYPE,
	  .words = probe_protocols },
	{ .name = "port", .take = take_number,
	  .is_required = true, .field = PROBE_PORT },
	{ .name = "requestPath", .take = take_text, .field = PROBE_PATH },
	{ .name = "intervalInSeconds", .take = take_seconds,
	  .field = PROBE_INTERVAL },
	{ .name = "probeThreshold", .take = take_threshold,
	  .field = PROBE_RISE },
	{ .name = "numberOfProbes", .take = take_n_probes },
	{ .name = "noHealthyBackendsBehavior", .take = take_all_down },
	{ .name = RULES, .take = take_nothing },
	{ .name = NULL },
};

const struct item_kind probe_kind = {
	.label = "probe", .collection = PROBES, .kind = KIND_PROBE,
	.properties = probe_properties, .finish = finish_probe,
};

static const struct property pool_properties[] = {
	{ .name = "drainPeriodInSeconds", .take = take_usual, .usual = "0",
	  .remark = "\"backend drain\" takes a deadline each time" },
	{ .name = "syncMode", .take = take_usual, .usual = "\"Manual\"",
	  .remark = "\"pool sync\" makes a pool that of a list" },
	{ .name = "tunnelInterfaces", .take = take_usual, .usual = "[]",
	  .remark = "backends are reached by routing" },
	{ .name = "loadBalancerBackendAddresses", .take = take_nothing },
	{ .name = "backendIPConfigurations", .take = take_nothing },
	{ .name = "virtualNetwork", .take = take_nothing },
	{ .name = RULES, .take = take_nothing },
	{ .name = NAT_RULES, .take = take_nothing },
	{ .name = "outboundRule", .take = take_nothing },
	{ .name = OUTBOUND_RULES, .take = take_nothing },
	{ .name = NULL },
};

const struct item_kind pool_kind = {
	.label = "pool", .collection = POOLS, .kind = KIND_POOL,
	.properties = pool_properties,
};

static const struct twin rule_protocols[] = {
	{ "Tcp", "tcp", NULL },
	{ "Udp", "udp", NULL },
	{ "All", "any", NULL },
	{ "Quic", "udp", "flows are told apart by addresses and ports" },
	{ NULL, NULL, NULL },
};

static const struct twin distributions[] = {
	{ "Default", "none", NULL },
	{ "SourceIP", "client-ip", NULL },
	{ "SourceIPProtocol", "client-ip-proto", NULL },
	{ NULL, NULL, NULL },
};

static const struct property rule_properties[] = {
	{ .name = "frontendIPConfiguration", .take = take_frontend,
	  .is_required = true,
	  .field = SERVICE_FRONTEND, .collection = FRONTENDS },
	{ .name = "protocol", .take = take_word, .is_required = true,
	  .field = SERVICE_PROTOCOL, .words = rule_protocols },
	{ .name = "frontendPort", .take = take_port, .is_required = true },
	{ .name = "backendPort", .take = take_backend_port },
	{ .name = "backendAddressPool", .take = take_pool,
	  .field = SERVICE_POOL,
	  .collection = POOLS },
	{ .name = "backendAddressPools", .take = take_pools,
	  .field = SERVICE_POOL,
	  .collection = POOLS,
	  .remark = "a service has one pool, which is the first" },
	{ .name = "probe", .take = take_probe, .collection = PROBES },
	{ .name = "loadDistribution", .take = take_word,
	  .field = SERVICE_AFFINITY, .words = distributions },
	{ .name = "idleTimeoutInMinutes", .take = take_minutes,
	  .field = SERVICE_IDLE_TIMEOUT },
	{ .name = "enableTcpReset", .take = take_switch,
	  .field = SERVICE_TCP_RESET },
	{ .name = "enableFloatingIP", .take = take_floating },
	{ .name = "disableOutboundSnat", .take = take_outbound },
	{ .name = "enableConnectionTracking", .take = take_tracking },
	{ .name = NULL },
};

const struct item_kind rule_kind = {
	.label = "rule", .collection = RULES, .kind = KIND_SERVICE,
	.properties = rule_properties, .finish = finish_rule,
};

/* Without a number, or with 0, backends have as many as the table says. */
static int take_ports(struct item *item, const struct property *property,
		      const json_t *value)
{
	if (json_is_integer(value) && !json_integer_value(value))
		return 0;
	return take_number(item, property, value);
}

static int finish_outbound(struct item *item)
{
	const struct object *owner = doc_key_owner(item->im->doc, item->obj);

	if (!owner)
		return set_default(item, SNAT_PORTS, "azure");
	item_note(item, "backendAddressPool",
		  importer_property(item->json, "backendAddressPool"),
		  "a pool has one snat, the rule is left out");
	item->is_left_out = true;
	return 0;
}

static const struct twin outbound_protocols[] = {
	{ "Tcp", "tcp", NULL },
	{ "Udp", "udp", NULL },
	{ "All", "any", NULL },
	{ NULL, NULL, NULL },
};

static const struct property outbound_properties[] = {
	{ .name = FRONTENDS, .take = take_frontends, .is_required = true,
	  .field = SNAT_ADDRESS, .collection = FRONTENDS },
	{ .name = "backendAddressPool", .take = take_pool,
	  .is_required = true,
	  .field = SNAT_POOL, .collection = POOLS },
	{ .name = "protocol", .take = take_word, .is_required = true,
	  .field = SNAT_PROTOCOL, .words = outbound_protocols },
	{ .name = "allocatedOutboundPorts", .take = take_ports,
	  .field = SNAT_PORTS },
	{ .name = "idleTimeoutInMinutes", .take = take_minutes,
	  .field = SNAT_IDLE_TIMEOUT },
	{ .name = "enableTcpReset", .take = take_switch,
	  .field = SNAT_TCP_RESET },
	{ .name = NULL },
};

const struct item_kind outbound_kind = {
	.label = "outbound rule", .collection = OUTBOUND_RULES,
	.kind = KIND_SNAT, .properties = outbound_properties,
	.finish = finish_outbound,
};

/* Only what is not usual is worth a sentence. */
static int take_sku(struct item *item, const struct property *property,
		    const json_t *value)
{
	const json_t *name = nocase_get(value, "name", NULL);
	const json_t *tier = nocase_get(value, "tier", NULL);

	if ((json_is_string(name) &&
	     nocase_equal(json_string_value(name), "Gateway")) ||
	    (json_is_string(tier) &&
	     nocase_equal(json_string_value(tier), "Global")))
		item_note(item, property->name, value, property->remark);
	return 0;
}

static const struct property balancer_properties[] = {
	{ .name = "sku", .take = take_sku,
	  .remark = "there is one kind of load balancer" },
	{ .name = "extendedLocation", .take = take_note,
	  .remark = "the gateway is where it is" },
	{ .name = FRONTENDS, .take = take_nothing },
	{ .name = PROBES, .take = take_nothing },
	{ .name = POOLS, .take = take_nothing },
	{ .name = RULES, .take = take_nothing },
	{ .name = NAT_RULES, .take = take_nothing },
	{ .name = NAT_POOLS, .take = take_nothing },
	{ .name = OUTBOUND_RULES, .take = take_nothing },
	{ .name = NULL },
};

const struct item_kind balancer_kind = {
	.label = "load balancer", .properties = balancer_properties,
};
