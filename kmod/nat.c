// SPDX-License-Identifier: GPL-2.0-only
/* Inbound NAT: services whose ports each lead to one backend. */

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "drain.h"
#include "nat.h"
#include "pool.h"

/**
 * nflb_nat_alloc() - makes a nat without ports
 *
 * Context: process, may sleep.
 * Return: the nat, or NULL.
 */
struct nflb_nat *nflb_nat_alloc(void)
{
	struct nflb_nat *nat;

	nat = kzalloc(sizeof(*nat), GFP_KERNEL_ACCOUNT);
	if (nat)
		nat->quarantine_ms = NFLB_QUARANTINE_MS;
	return nat;
}

/**
 * nflb_nat_free() - frees a nat that no packet can see
 * @nat: the nat, or NULL
 *
 * Context: process, may sleep.
 */
void nflb_nat_free(struct nflb_nat *nat)
{
	if (!nat)
		return;
	kvfree(nat->port);
	kvfree(nat->place);
	kfree(nat);
}

/**
 * nflb_nat_copy() - makes a nat that gives everybody the same port
 * @from: the nat to copy
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: the copy, to be settled, or NULL.
 */
struct nflb_nat *nflb_nat_copy(const struct nflb_nat *from)
{
	struct nflb_nat *nat = nflb_nat_alloc();

	if (!nat)
		return NULL;
	strscpy(nat->backend, from->backend, sizeof(nat->backend));
	nat->quarantine_ms = from->quarantine_ms;
	if (nflb_nat_inherit(nat, from)) {
		nflb_nat_free(nat);
		return NULL;
	}
	return nat;
}

/* Ports that both ranges have stay as they are. */
static void nflb_nat_keep(const struct nflb_nat *nat,
			  struct nflb_nat_port *port, u32 first, u32 n_ports)
{
	u32 from = max(nat->first, first);
	u32 to = min(nat->first + nat->n_ports, first + n_ports);

	if (from < to)
		memcpy(&port[from - first], &nat->port[from - nat->first],
		       (to - from) * sizeof(*port));
}

/**
 * nflb_nat_fit() - gives a nat other ports
 * @nat: the nat of a candidate
 * @first: first port
 * @n_ports: number of ports
 *
 * Who has one of them keeps it.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nat_fit(struct nflb_nat *nat, u32 first, u32 n_ports)
{
	struct nflb_nat_port *port;

	if (nat->first == first && nat->n_ports == n_ports)
		return 0;
	port = kvcalloc(n_ports, sizeof(*port), GFP_KERNEL_ACCOUNT);
	if (!port)
		return -ENOMEM;
	nflb_nat_keep(nat, port, first, n_ports);
	kvfree(nat->port);
	nat->port = port;
	nat->first = first;
	nat->n_ports = n_ports;
	return 0;
}

static void nflb_nat_clear(struct nflb_nat_port *port)
{
	*port = (struct nflb_nat_port) { .member = NFLB_NONE };
}

/**
 * nflb_nat_inherit() - gives a nat the ports of another one
 * @nat: the nat of a candidate
 * @from: the other
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_nat_inherit(struct nflb_nat *nat, const struct nflb_nat *from)
{
	int err = nflb_nat_fit(nat, from->first, from->n_ports);

	if (!err)
		memcpy(nat->port, from->port,
		       from->n_ports * sizeof(*nat->port));
	return err;
}

/**
 * nflb_nat_pin() - says whose a port is
 * @nat: the nat of a candidate, a range
 * @place: place of the port
 * @name: name of the backend; the port that it has had is free
 *
 * Context: process, under cfg_mutex.
 * Return: NULL, or the name of another backend that the transaction has given
 * the port.
 */
const char *nflb_nat_pin(struct nflb_nat *nat, u32 place, const char *name)
{
	struct nflb_nat_port *port = &nat->port[place];
	u32 i;

	if (port->is_pinned && strcmp(port->name, name))
		return port->name;
	for (i = 0; i < nat->n_ports; i++) {
		if (!strcmp(nat->port[i].name, name))
			nflb_nat_clear(&nat->port[i]);
	}
	nflb_nat_clear(port);
	port->is_pinned = true;
	strscpy(port->name, name, sizeof(port->name));
	return NULL;
}

/**
 * nflb_nat_is_kept() - tells whether a port is in quarantine
 * @port: the port
 *
 * Context: any.
 * Return: true if it is kept for a backend that has left.
 */
bool nflb_nat_is_kept(const struct nflb_nat_port *port)
{
	return port->free_at && time_before64(get_jiffies_64(), port->free_at);
}

/* Finds the backend of a port; one that has left keeps it for a time. */
static void nflb_nat_find_member(struct nflb_nat *nat, u32 place,
				 const struct nflb_pool *pool)
{
	struct nflb_nat_port *port = &nat->port[place];

	port->is_pinned = false;
	port->member = NFLB_NONE;
	if (!port->name[0])
		return;
	port->member = nflb_pool_find(pool, port->name);
	if (port->member != NFLB_NONE) {
		port->free_at = 0;
		nat->place[port->member] = place;
		return;
	}
	if (!port->free_at)
		port->free_at = nflb_drain_until(nat->quarantine_ms);
	if (!nflb_nat_is_kept(port))
		nflb_nat_clear(port);
}

/* Gives those without a port the lowest ones that nobody has. */
static void nflb_nat_allot(struct nflb_nat *nat, const struct nflb_pool *pool)
{
	u32 place = 0;
	u32 pos;

	for (pos = 0; pos < nat->n_members; pos++) {
		if (nat->place[pos] != NFLB_NONE)
			continue;
		while (place < nat->n_ports && nat->port[place].name[0])
			place++;
		if (place == nat->n_ports) {
			nat->n_unmapped++;
			continue;
		}
		nat->port[place].member = pos;
		strscpy(nat->port[place].name,
			pool->member[pos].backend->account.name,
			sizeof(nat->port[place].name));
		nat->place[pos] = place;
	}
}

static int nflb_nat_settle_one(struct nflb_nat *nat,
			       const struct nflb_pool *pool)
{
	if (strcmp(nat->port[0].name, nat->backend)) {
		nflb_nat_clear(&nat->port[0]);
		strscpy(nat->port[0].name, nat->backend,
			sizeof(nat->port[0].name));
	}
	nflb_nat_find_member(nat, 0, pool);
	return nat->port[0].member == NFLB_NONE ? -ENOENT : 0;
}

/**
 * nflb_nat_settle() - gives each backend that is to have a port one
 * @nat: the nat of a candidate
 * @pool: its pool, as it will be published
 *
 * Who has a port keeps it, also after having left for less than the quarantine.
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0; -ENOENT if the pool has not the only backend; or -ENOMEM.
 */
int nflb_nat_settle(struct nflb_nat *nat, const struct nflb_pool *pool)
{
	u32 *place;
	u32 i;

	/* Never without memory: a pool may have no members. */
	place = kvmalloc_array(pool->n_members + 1, sizeof(*place),
			       GFP_KERNEL_ACCOUNT);
	if (!place)
		return -ENOMEM;
	memset32(place, NFLB_NONE, pool->n_members + 1);
	kvfree(nat->place);
	nat->place = place;
	nat->n_members = pool->n_members;
	nat->n_unmapped = 0;
	if (nat->backend[0])
		return nflb_nat_settle_one(nat, pool);
	for (i = 0; i < nat->n_ports; i++)
		nflb_nat_find_member(nat, i, pool);
	nflb_nat_allot(nat, pool);
	return 0;
}

/**
 * nflb_nat_wants() - tells whether a backend is to have a port
 * @nat: the nat
 * @name: name of the backend, one of the pool's
 *
 * Return: true unless the nat is for another one only.
 */
bool nflb_nat_wants(const struct nflb_nat *nat, const char *name)
{
	return !nat->backend[0] || !strcmp(nat->backend, name);
}

/**
 * nflb_nat_next_free() - tells when a port is free that somebody waits for
 * @nat: the nat, settled
 *
 * Return: the moment, in jiffies; 0 if nobody waits, or for no port.
 */
u64 nflb_nat_next_free(const struct nflb_nat *nat)
{
	u64 next = 0, free_at;
	u32 i;

	for (i = 0; nat->n_unmapped && i < nat->n_ports; i++) {
		free_at = nat->port[i].free_at;
		if (free_at && (!next || time_before64(free_at, next)))
			next = free_at;
	}
	return next;
}
