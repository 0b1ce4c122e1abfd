// SPDX-License-Identifier: GPL-2.0-only
/*
 * The match: from a tuple to its service.
 *
 * One look-up tells whether the address is a frontend at all. Then exact
 * port, port range, any port and any protocol are tried in this order. All
 * but ranges are keys of one hash index; ranges of one frontend and protocol
 * do not overlap, so a binary search finds the only one that can match.
 */

#include <linux/mm.h>
#include <linux/slab.h>

#include "match.h"
#include "snapshot.h"

static u64 nflb_match_pack(u32 frontend, u8 protocol, u16 port)
{
	return (u64)frontend << 24 | (u32)protocol << 16 | port;
}

static u32 nflb_match_hash(u32 frontend, u8 protocol, u16 port)
{
	return nflb_key_hash(nflb_match_pack(frontend, protocol, port));
}

/**
 * nflb_match_frontend() - finds the frontend with an address
 * @snap: the configuration
 * @addr: the address
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_match_frontend(const struct nflb_snapshot *snap,
			const struct nflb_addr *addr)
{
	u32 hash = nflb_addr_hash(addr);
	u32 at, pos;

	nflb_index_for_each(&snap->vips, hash, at, pos) {
		if (nflb_addr_equal(&nflb_snapshot_frontend(snap, pos)->addr,
				    addr))
			return pos;
	}
	return NFLB_NONE;
}

/**
 * nflb_match_key() - finds the service with exactly this key
 * @snap: the configuration
 * @frontend: place of the frontend
 * @protocol: IP protocol number, 0 for the service of any protocol
 * @port: port in host order, 0 for the service of any port
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_match_key(const struct nflb_snapshot *snap, u32 frontend, u8 protocol,
		   u16 port)
{
	u32 hash = nflb_match_hash(frontend, protocol, port);
	const struct nflb_service *service;
	u32 at, pos;

	nflb_index_for_each(&snap->keys, hash, at, pos) {
		service = nflb_snapshot_service(snap, pos);
		if (service->frontend == frontend &&
		    service->protocol == protocol &&
		    service->ports.first == port)
			return pos;
	}
	return NFLB_NONE;
}

/* The first range that does not end before that. */
static u32 nflb_range_lower_bound(const struct nflb_snapshot *snap, u64 end)
{
	u32 low = 0, high = snap->n_ranges;
	u32 mid;

	while (low < high) {
		mid = low + (high - low) / 2;
		if (snap->range[mid].end < end)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/**
 * nflb_match_overlap() - finds a range that overlaps another one
 * @snap: the configuration
 * @frontend: place of the frontend
 * @protocol: IP protocol number
 * @first: first port of the other range
 * @last: last port of the other range
 *
 * Context: under RCU or cfg_mutex.
 * Return: place of a service whose range has a port of the other, or
 * NFLB_NONE.
 */
u32 nflb_match_overlap(const struct nflb_snapshot *snap, u32 frontend,
		       u8 protocol, u16 first, u16 last)
{
	u64 end = nflb_match_pack(frontend, protocol, first);
	u32 i = nflb_range_lower_bound(snap, end);
	const struct nflb_range *range = &snap->range[i];

	if (i == snap->n_ranges || range->end >> 16 != end >> 16 ||
	    range->first > last)
		return NFLB_NONE;
	return range->service;
}

/**
 * nflb_match_service() - finds the service of a new flow
 * @snap: the configuration
 * @frontend: place of the frontend
 * @protocol: IP protocol number
 * @port: destination port in host order, 0 for a protocol without ports
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_match_service(const struct nflb_snapshot *snap, u32 frontend,
		       u8 protocol, u16 port)
{
	u32 pos = NFLB_NONE;

	if (nflb_protocol_has_ports(protocol)) {
		pos = nflb_match_key(snap, frontend, protocol, port);
		if (pos == NFLB_NONE && snap->n_ranges)
			pos = nflb_match_overlap(snap, frontend, protocol,
						 port, port);
		if (pos == NFLB_NONE)
			pos = nflb_match_key(snap, frontend, protocol, 0);
	}
	if (pos == NFLB_NONE)
		pos = nflb_match_key(snap, frontend, 0, 0);
	return pos;
}

/**
 * nflb_match() - finds the service of a flow by its first packet
 * @snap: the configuration
 * @tuple: what the packet said
 *
 * Context: under RCU or cfg_mutex.
 * Return: its place, or NFLB_NONE.
 */
u32 nflb_match(const struct nflb_snapshot *snap,
	       const struct nflb_tuple *tuple)
{
	u32 frontend = nflb_match_frontend(snap, &tuple->dst);

	if (frontend == NFLB_NONE)
		return NFLB_NONE;
	return nflb_match_service(snap, frontend, tuple->protocol,
				  tuple->dst_port);
}

/**
 * nflb_match_is_sure() - tells whether a service is the one of a flow
 * @snap: the configuration
 * @service: the service, one of the configuration's
 * @t: tuple of the flow's first packet
 *
 * It costs less than to find out, in the cases that are the most usual.
 *
 * Context: under RCU or cfg_mutex.
 * Return: true if nflb_match() finds just that one. False says nothing.
 */
bool nflb_match_is_sure(const struct nflb_snapshot *snap,
			const struct nflb_service *service,
			const struct nf_conntrack_tuple *t)
{
	const struct nflb_addr *addr;
	u16 port = ntohs(t->dst.u.all);

	addr = &nflb_snapshot_frontend(snap, service->frontend)->addr;
	if (service->protocol != t->dst.protonum ||
	    port < service->ports.first || port > service->ports.last ||
	    addr->family != t->src.l3num ||
	    !nf_inet_addr_cmp(&addr->ip, &t->dst.u3))
		return false;
	/* An exact port comes before the range that it is in. */
	return !nflb_service_is_range(service) ||
	       nflb_match_key(snap, service->frontend, service->protocol,
			      port) == NFLB_NONE;
}

static int nflb_range_grow(struct nflb_snapshot *cand)
{
	u32 n = max(16U, 2 * cand->n_ranges_alloc);
	struct nflb_range *range;

	range = kvmalloc_array(n, sizeof(*range), GFP_KERNEL_ACCOUNT);
	if (!range)
		return -ENOMEM;
	if (cand->n_ranges)
		memcpy(range, cand->range, cand->n_ranges * sizeof(*range));
	kvfree(cand->range);
	cand->range = range;
	cand->n_ranges_alloc = n;
	return 0;
}

static int nflb_range_insert(struct nflb_snapshot *cand, u32 pos,
			     const struct nflb_service *service)
{
	struct nflb_range range = {
		.end = nflb_match_pack(service->frontend, service->protocol,
				      service->ports.last),
		.service = pos,
		.first = service->ports.first,
	};
	int err;
	u32 i;

	if (cand->n_ranges == cand->n_ranges_alloc) {
		err = nflb_range_grow(cand);
		if (err)
			return err;
	}
	i = nflb_range_lower_bound(cand, range.end);
	memmove(&cand->range[i + 1], &cand->range[i],
		(cand->n_ranges - i) * sizeof(range));
	cand->range[i] = range;
	cand->n_ranges++;
	return 0;
}

/*
 * Thousands of services may have the same pool and backend port. An index does
 * not bear that many of one key, so those of TCP are dealt out to some. Those
 * that are one-packet have one key more: of them no two have the same port.
 */
#define NFLB_N_ANSWER_KEYS 32
#define NFLB_ONE_PACKET_KEY NFLB_N_ANSWER_KEYS

/**
 * struct nflb_answer - a service that is looked for by what backends answer
 * @protocol: IPPROTO_TCP, or IPPROTO_UDP for those that are one-packet
 * @pool: place of a pool that it has, for a backup maybe
 * @first: it has this port at the backends, in host order, or one after it
 * @last: up to this one
 * @but: place of a service that it is not, or NFLB_NONE
 */
struct nflb_answer {
	u8 protocol;
	u32 pool;
	u16 first;
	u16 last;
	u32 but;
};

static void nflb_match_backend_ports(const struct nflb_service *service,
				     u16 *first, u16 *last)
{
	*first = nflb_service_backend_port(service, service->ports.first);
	*last = nflb_service_backend_port(service, service->ports.last);
}

/*
 * By which port of the backend a service is found, 0 for a range. One of any
 * port is not: its backends use all of their ports for themselves, too. Nor is
 * a floating one, which they answer from the frontend's address.
 */
static u32 nflb_match_answer_hash(const struct nflb_snapshot *snap, u32 pos,
				  u32 pool)
{
	const struct nflb_service *service = nflb_snapshot_service(snap, pos);
	u8 key = NFLB_ONE_PACKET_KEY;
	u16 first, last;

	if (!nflb_service_is_one_packet(service))
		key = pos % NFLB_N_ANSWER_KEYS;
	nflb_match_backend_ports(service, &first, &last);
	return nflb_match_hash(pool, key, first == last ? first : 0);
}

static bool nflb_match_has_answers(const struct nflb_service *service)
{
	if (service->is_floating)
		return false;
	return (service->protocol == IPPROTO_TCP ||
		nflb_service_is_one_packet(service)) &&
	       nflb_service_backend_port(service, service->ports.first);
}

static bool nflb_match_is_answer(const struct nflb_service *service,
				 const struct nflb_answer *answer)
{
	u16 first, last;

	nflb_match_backend_ports(service, &first, &last);
	return service->protocol == answer->protocol &&
	       nflb_service_has_pool(service, answer->pool) &&
	       answer->first <= last && answer->last >= first;
}

/* By one key: those of that port, or of a range. */
static u32 nflb_match_find_answer(const struct nflb_snapshot *snap,
				  const struct nflb_answer *answer, u8 key,
				  u16 port)
{
	u32 hash = nflb_match_hash(answer->pool, key, port);
	u32 at, pos;

	nflb_index_for_each(&snap->answers, hash, at, pos) {
		if (pos != answer->but &&
		    nflb_match_is_answer(nflb_snapshot_service(snap, pos),
					 answer))
			return pos;
	}
	return NFLB_NONE;
}

static u32 nflb_match_one_packet(const struct nflb_snapshot *snap,
				 const struct nflb_answer *answer)
{
	u32 pos = NFLB_NONE;

	if (answer->first == answer->last)
		pos = nflb_match_find_answer(snap, answer, NFLB_ONE_PACKET_KEY,
					     answer->first);
	if (pos == NFLB_NONE && snap->n_ranges)
		pos = nflb_match_find_answer(snap, answer, NFLB_ONE_PACKET_KEY,
					     0);
	return pos;
}

/**
 * nflb_match_answer() - finds a service whose backends answer from a port
 * @snap: the configuration
 * @protocol: IPPROTO_TCP, or IPPROTO_UDP for those that are one-packet
 * @pool: place of their pool
 * @port: the port in host order
 *
 * Context: under RCU or cfg_mutex.
 * Return: place of a service that has the pool, for a backup maybe, or
 * NFLB_NONE.
 */
u32 nflb_match_answer(const struct nflb_snapshot *snap, u8 protocol, u32 pool,
		      u16 port)
{
	const struct nflb_answer answer = {
		.protocol = protocol,
		.pool = pool,
		.first = port,
		.last = port,
		.but = NFLB_NONE,
	};
	u32 pos = NFLB_NONE;
	u8 i;

	if (protocol == IPPROTO_UDP)
		return nflb_match_one_packet(snap, &answer);
	for (i = 0; pos == NFLB_NONE && i < 2 * NFLB_N_ANSWER_KEYS; i++)
		pos = nflb_match_find_answer(snap, &answer, i / 2,
					     i % 2 ? port : 0);
	return pos;
}

/**
 * nflb_match_rival() - finds a service that has the answers of another one
 * @snap: the configuration
 * @pos: place of the other one, which is one-packet, as both are
 * @pool: place of a pool whose backends both may have
 *
 * A range may have a rival of one port that is found only the other way round.
 *
 * Context: under RCU or cfg_mutex.
 * Return: place of a service that has the pool and one of its backend ports, or
 * NFLB_NONE.
 */
u32 nflb_match_rival(const struct nflb_snapshot *snap, u32 pos, u32 pool)
{
	struct nflb_answer answer = {
		.protocol = IPPROTO_UDP,
		.pool = pool,
		.but = pos,
	};

	nflb_match_backend_ports(nflb_snapshot_service(snap, pos),
				 &answer.first, &answer.last);
	return nflb_match_one_packet(snap, &answer);
}

static int nflb_match_add_answers(struct nflb_snapshot *cand, u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	int err = 0;
	u32 hash;
	int i;

	if (!nflb_match_has_answers(service))
		return 0;
	for (i = 0; !err && i < service->n_tiers; i++) {
		hash = nflb_match_answer_hash(cand, pos, service->tier[i].pool);
		err = nflb_index_insert(&cand->answers, hash, pos);
	}
	return err;
}

static void nflb_match_remove_answers(struct nflb_snapshot *cand, u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	u32 hash;
	int i;

	if (!nflb_match_has_answers(service))
		return;
	for (i = 0; i < service->n_tiers; i++) {
		hash = nflb_match_answer_hash(cand, pos, service->tier[i].pool);
		nflb_index_remove(&cand->answers, hash, pos);
	}
}

/**
 * nflb_match_add() - lets a service be found
 * @cand: the candidate
 * @pos: place of the service, whose ports nobody else has
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or -ENOMEM.
 */
int nflb_match_add(struct nflb_snapshot *cand, u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	int err;

	err = nflb_match_add_answers(cand, pos);
	if (err)
		return err;
	if (nflb_service_is_range(service))
		return nflb_range_insert(cand, pos, service);
	return nflb_index_insert(&cand->keys,
				 nflb_match_hash(service->frontend,
						 service->protocol,
						 service->ports.first), pos);
}

/**
 * nflb_match_remove() - takes back nflb_match_add()
 * @cand: the candidate
 * @pos: place of the service, unchanged since
 *
 * Context: process, under cfg_mutex.
 */
void nflb_match_remove(struct nflb_snapshot *cand, u32 pos)
{
	const struct nflb_service *service = nflb_snapshot_service(cand, pos);
	u32 i;

	nflb_match_remove_answers(cand, pos);
	if (!nflb_service_is_range(service)) {
		nflb_index_remove(&cand->keys,
				  nflb_match_hash(service->frontend,
						  service->protocol,
						  service->ports.first), pos);
		return;
	}
	i = nflb_range_lower_bound(cand, nflb_match_pack(service->frontend,
							 service->protocol,
							 service->ports.last));
	cand->n_ranges--;
	memmove(&cand->range[i], &cand->range[i + 1],
		(cand->n_ranges - i) * sizeof(*cand->range));
}
