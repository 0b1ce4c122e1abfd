// SPDX-License-Identifier: GPL-2.0-only
/* Services: what is balanced, from where, to which pool. */

#include <linux/inetdevice.h>
#include <linux/log2.h>
#include <linux/slab.h>
#include <net/ipv6.h>

#include "addr.h"
#include "allow.h"
#include "nat.h"
#include "service.h"

static struct nflb_service *nflb_service_of(const struct nflb_object *object)
{
	return container_of(object, struct nflb_service, object);
}

static void nflb_service_free(struct nflb_object *object)
{
	struct nflb_service *service = nflb_service_of(object);

	nflb_account_put(service->account);
	nflb_allow_put(service->allow);
	nflb_nat_free(service->nat);
	kfree(service);
}

static const struct nflb_kind nflb_service_kind = {
	.name = "service",
	.free = nflb_service_free,
};

static void nflb_service_account_free(struct nflb_account *account)
{
	nflb_account_fini(account);
	kfree(account);
}

/**
 * nflb_service_account_alloc() - opens an account for a service
 * @name: name of the service
 *
 * Context: process, may sleep.
 * Return: the account with one reference, or NULL.
 */
struct nflb_account *nflb_service_account_alloc(const char *name)
{
	struct nflb_account *account;

	/* Flows have flags in the low bits; kmalloc() aligns powers of two. */
	account = kzalloc(roundup_pow_of_two(sizeof(*account)),
			  GFP_KERNEL_ACCOUNT);
	if (!account)
		return NULL;
	if (nflb_account_init(account, name, true,
			      nflb_service_account_free)) {
		kfree(account);
		return NULL;
	}
	return account;
}

/**
 * nflb_service_alloc() - makes a service that refers to nothing yet
 * @name: its name
 * @account: its account; a reference is taken
 *
 * Context: process, may sleep.
 * Return: the service with one reference, or NULL.
 */
struct nflb_service *nflb_service_alloc(const char *name,
					struct nflb_account *account)
{
	struct nflb_service *service;

	service = kzalloc(sizeof(*service), GFP_KERNEL_ACCOUNT);
	if (!service)
		return NULL;
	nflb_object_init(&service->object, &nflb_service_kind, name);
	nflb_account_get(account);
	service->account = account;
	service->probe = NFLB_NONE;
	service->n_tiers = 1;
	nflb_idle_init(&service->idle);
	return service;
}

/**
 * nflb_service_copy() - makes a service that says the same
 * @from: the service to copy
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the copy with one reference, or NULL.
 */
struct nflb_service *nflb_service_copy(const struct nflb_service *from)
{
	struct nflb_service *service;

	service = nflb_service_alloc(from->object.name, from->account);
	if (!service)
		return NULL;
	service->nat = from->nat ? nflb_nat_copy(from->nat) : NULL;
	if (from->nat && !service->nat) {
		nflb_object_put(&service->object);
		return NULL;
	}
	service->edition = from->edition;
	service->frontend = from->frontend;
	memcpy(service->tier, from->tier, sizeof(service->tier));
	service->n_tiers = from->n_tiers;
	service->probe = from->probe;
	service->protocol = from->protocol;
	service->is_slow = from->is_slow;
	service->new_flows = from->new_flows;
	service->all_down = from->all_down;
	service->on_down = from->on_down;
	service->affinity = from->affinity;
	service->affinity_prefix = from->affinity_prefix;
	service->allow = from->allow;
	if (service->allow)
		refcount_inc(&service->allow->ref);
	service->max_flows = from->max_flows;
	service->max_rate = from->max_rate;
	service->syn_proxy = from->syn_proxy;
	service->no_flow = from->no_flow;
	service->udp_mode = from->udp_mode;
	service->is_floating = from->is_floating;
	service->idle = from->idle;
	service->ports = from->ports;
	return service;
}

/**
 * nflb_service_word() - tells what to call a service in a sentence
 * @service: the service
 *
 * Return: the word.
 */
const char *nflb_service_word(const struct nflb_service *service)
{
	return service->nat ? "nat" : "service";
}

/**
 * nflb_service_is_nat() - tells nats from what is balanced
 * @object: head of one or the other
 *
 * Return: true if it is a nat.
 */
bool nflb_service_is_nat(const struct nflb_object *object)
{
	return nflb_service_of(object)->nat;
}

/**
 * nflb_service_is_balanced() - tells what is balanced from nats
 * @object: head of one or the other
 *
 * Return: true unless it is a nat.
 */
bool nflb_service_is_balanced(const struct nflb_object *object)
{
	return !nflb_service_is_nat(object);
}

/**
 * nflb_service_backend_port() - translates a port
 * @service: the service
 * @port: port at the frontend, one of the service's, host order
 *
 * Return: the port at the backend, host order.
 */
u16 nflb_service_backend_port(const struct nflb_service *service, u16 port)
{
	const struct nflb_ports *ports = &service->ports;

	if (!ports->backend_first)
		return port;
	if (!ports->backend_last)
		return ports->backend_first;
	return ports->backend_first + (port - ports->first);
}

/**
 * nflb_service_frontend_port() - takes back nflb_service_backend_port()
 * @service: the service, each of whose ports has one of its own at the backend
 * @port: port at the backend, host order
 *
 * Return: the port at the frontend, host order.
 */
u16 nflb_service_frontend_port(const struct nflb_service *service, u16 port)
{
	const struct nflb_ports *ports = &service->ports;

	if (!ports->backend_first)
		return port;
	return ports->first + (port - ports->backend_first);
}

/**
 * nflb_service_prefix() - tells by how much of it an address is a client's
 * @service: the service, with affinity
 * @family: family of the address
 *
 * Return: so many bits.
 */
u32 nflb_service_prefix(const struct nflb_service *service, u8 family)
{
	return service->affinity_prefix ?: family == AF_INET ? 32 : 128;
}

/**
 * nflb_service_client() - tells of a flow what those of its client share
 * @service: the service, with affinity
 * @tuple: the flow's tuple
 * @client: where that goes: as much of the source as matters and maybe the
 *	protocol; the rest is zero, whatever frontend and port the flow is for
 */
void nflb_service_client(const struct nflb_service *service,
			 const struct nflb_tuple *tuple,
			 struct nflb_tuple *client)
{
	u8 family = tuple->src.family;
	u32 prefix = nflb_service_prefix(service, family);

	memset(client, 0, sizeof(*client));
	client->src.family = family;
	client->dst.family = family;
	if (family == AF_INET)
		client->src.ip.ip = tuple->src.ip.ip & inet_make_mask(prefix);
	else
		ipv6_addr_prefix(&client->src.ip.in6, &tuple->src.ip.in6,
				 prefix);
	if (service->affinity == NFLB_AFFINITY_CLIENT_IP_PROTO)
		client->protocol = tuple->protocol;
}
