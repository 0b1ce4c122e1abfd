// SPDX-License-Identifier: GPL-2.0-only
/* What interfaces and scale sets say of inbound NAT. */
#include "pairing.h"

#include <ctype.h>
#include <string.h>

#include "expression.h"
#include "kinds.h"
#include "mem.h"

/**
 * pairing_key() - says by what name something of inbound NAT is found
 * @im: The import.
 * @balancer: The load balancer that has it.
 * @name: Its name in Azure.
 * @key: Where the key goes: the name that it has here, in small letters, as
 *       case means nothing in Azure.
 */
void pairing_key(const struct importer *im, const char *balancer,
		 const char *name, char key[NFLB_NAME_MAX + 1])
{
	importer_name(im, balancer, name, key);
	for (; *key; key++)
		*key = tolower((unsigned char)*key);
}

/* Empty for what is of a load balancer that the document does not have */
static int read_key(struct importer *im, const json_t *reference,
		    const char *collection, char key[NFLB_NAME_MAX + 1])
{
	char balancer[IMPORT_NAME_MAX + 1], name[IMPORT_NAME_MAX + 1];
	const char *id;

	*key = '\0';
	if (importer_need_id(im, reference, &id))
		return -1;
	if (!importer_id_part(id, "loadBalancers", balancer) ||
	    !importer_id_part(id, collection, name))
		return importer_fail(im, "the id of one of the %s of a load balancer is needed",
				     collection);
	if (resources_find(im->resources, TYPE_LB, balancer, id))
		pairing_key(im, balancer, name, key);
	return 0;
}

/* As for pools, only without any load balancer there is something to say. */
static void note_balancer(struct importer *im, const char *label,
			  const char *name, const char *what)
{
	char cut[EXCERPT_SIZE];

	if (!im->n_balancers)
		notes_add(im->notes, "%s \"%s\": its inbound NAT %s are left out: their load balancer is not in the document",
			  label, excerpt(name, cut), what);
}

/**
 * pairing_of_interface() - keeps that an interface has a rule
 * @im: The import, whose way leads to the reference.
 * @reference: The rule.
 * @name: Name of the interface as a backend.
 * @address: Its address, or NULL.
 *
 * Return: 0 or a negative number.
 */
int pairing_of_interface(struct importer *im, const json_t *reference,
			 const char *name, const json_t *address)
{
	char key[NFLB_NAME_MAX + 1], ours[NFLB_NAME_MAX + 1];
	json_t *target;

	if (read_key(im, reference, NAT_RULES, key))
		return -1;
	note_balancer(im, "interface", name, "rules");
	if (!*key)
		return 0;
	importer_name(im, NULL, name, ours);
	target = mem_need(json_pack("{s:s}", "name", ours));
	if (json_is_string(address))
		mem_check(json_object_set(target, "address",
					  (json_t *)address));
	mem_check(json_object_set_new(im->nat_targets, key, target));
	return 0;
}

static json_t *pair(const struct importer *im, const char *key,
		    const struct object *pool)
{
	json_t *pairing = mem_need(json_pack("{s:s,s:{}}", "pool",
					     object_name(pool), "sets"));

	mem_check(json_object_set_new(im->nat_pools, key, pairing));
	return pairing;
}

/**
 * pairing_add() - keeps that a NAT pool is for a scale set's instances
 * @im: The import.
 * @key: Key of the NAT pool.
 * @set: Name of the scale set.
 * @pool: The pool that these instances are in.
 *
 * Return: true, or false if it is for those of another pool already.
 */
bool pairing_add(struct importer *im, const char *key, const char *set,
		 const struct object *pool)
{
	json_t *pairing = json_object_get(im->nat_pools, key) ?:
			  pair(im, key, pool);
	char ours[NFLB_NAME_MAX + 1];

	if (strcmp(pairing_text(pairing, "pool"), object_name(pool)) != 0)
		return false;
	importer_name(im, NULL, set, ours);
	mem_check(json_object_set_new(json_object_get(pairing, "sets"), ours,
				      json_true()));
	return true;
}

/**
 * pairing_of_scale_set() - keeps that the instances of a scale set have ports
 * @im: The import, whose way leads to the reference.
 * @reference: The NAT pool.
 * @set: Name of the scale set.
 * @pool: The pool that these instances are in, or NULL.
 *
 * Return: 0 or a negative number.
 */
int pairing_of_scale_set(struct importer *im, const json_t *reference,
			 const char *set, const struct object *pool)
{
	char key[NFLB_NAME_MAX + 1], cut[EXCERPT_SIZE];

	if (read_key(im, reference, NAT_POOLS, key))
		return -1;
	note_balancer(im, "scale set", set, "pools");
	if (*key && pool && !pairing_add(im, key, set, pool))
		notes_add(im->notes, "scale set \"%s\": in pool \"%s\" its instances have no ports of inbound NAT pool %s: a nat has one pool",
			  excerpt(set, cut), object_name(pool), key);
	return 0;
}

/**
 * pairing_of_rule() - says which interface has a rule
 * @im: The import.
 * @name: Name of the rule in Azure, of the load balancer that is being read.
 *
 * Return: An object with a name and perhaps an address, or NULL.
 */
const json_t *pairing_of_rule(const struct importer *im, const char *name)
{
	char key[NFLB_NAME_MAX + 1];

	pairing_key(im, im->balancer, name, key);
	return json_object_get(im->nat_targets, key);
}

/**
 * pairing_of_nat_pool() - says for whom a NAT pool is
 * @im: The import.
 * @name: Name of the NAT pool in Azure, of the load balancer that is being
 *        read.
 *
 * Return: An object with a pool and the scale sets, or NULL.
 */
const json_t *pairing_of_nat_pool(const struct importer *im, const char *name)
{
	char key[NFLB_NAME_MAX + 1];

	pairing_key(im, im->balancer, name, key);
	return json_object_get(im->nat_pools, key);
}

/**
 * pairing_keep_nat() - keeps which nat a rule or a NAT pool has become
 * @im: The import.
 * @collection: The collection that has it.
 * @name: Its name in Azure, of the load balancer that is being read.
 * @ours: Name of the nat.
 */
void pairing_keep_nat(struct importer *im, const char *collection,
		      const char *name, const char *ours)
{
	json_t *nats = json_object_get(im->nats, collection);
	char key[NFLB_NAME_MAX + 1];

	if (!nats) {
		nats = mem_need(json_object());
		mem_check(json_object_set_new(im->nats, collection, nats));
	}
	pairing_key(im, im->balancer, name, key);
	mem_check(json_object_set_new(nats, key, expression_text(ours)));
}

/**
 * pairing_nat() - says which nat a rule or a NAT pool has become
 * @im: The import.
 * @collection: The collection that has it.
 * @name: Its name in Azure, of the load balancer that is being read.
 *
 * Return: Name of the nat, or NULL.
 */
const char *pairing_nat(const struct importer *im, const char *collection,
			const char *name)
{
	char key[NFLB_NAME_MAX + 1];

	pairing_key(im, im->balancer, name, key);
	return pairing_text(json_object_get(im->nats, collection), key);
}

/**
 * pairing_text() - takes a text of what is kept
 * @json: What is kept.
 * @key: The key of the text.
 *
 * Return: The text, or NULL.
 */
const char *pairing_text(const json_t *json, const char *key)
{
	return json_string_value(json_object_get(json, key));
}
