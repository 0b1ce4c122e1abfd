// SPDX-License-Identifier: GPL-2.0-only
/* What becomes of a new flow. */

#include <linux/ktime.h>

#include "allow.h"
#include "client.h"
#include "core.h"
#include "match.h"
#include "nat.h"
#include "ramp.h"
#include "recent.h"
#include "snapshot.h"
#include "zone.h"

/*
 * SipHash with a round a word and three at the end, as hash tables have it: it
 * must keep those who do not know the key from choosing their backend, no more.
 * How many words there are is known by the family, which is one in a pool.
 */
static __always_inline u64 nflb_hash_words(const u64 *word, int n_words,
					   const siphash_key_t *key)
{
	u64 a = SIPHASH_CONST_0 ^ key->key[0];
	u64 b = SIPHASH_CONST_1 ^ key->key[1];
	u64 c = SIPHASH_CONST_2 ^ key->key[0];
	u64 d = SIPHASH_CONST_3 ^ key->key[1];
	int i;

	for (i = 0; i < n_words; i++) {
		d ^= word[i];
		SIPHASH_PERMUTATION(a, b, c, d);
		a ^= word[i];
	}
	c ^= 0xff;
	for (i = 0; i < 3; i++)
		SIPHASH_PERMUTATION(a, b, c, d);
	return a ^ b ^ c ^ d;
}

/**
 * nflb_tuple_hash() - hashes what a flow is known by
 * @tuple: the 5-tuple, or the 3-tuple of protocols without ports
 * @key: key of the pool that it is hashed for
 *
 * Return: the hash, the same on every machine: gateways must agree, across
 * versions too; the vectors in tests/kunit/ pin it.
 */
u64 nflb_tuple_hash(const struct nflb_tuple *tuple, const siphash_key_t *key)
{
	const struct in6_addr *src = &tuple->src.ip.in6;
	const struct in6_addr *dst = &tuple->dst.ip.in6;
	u64 word[5];

	word[0] = (u64)tuple->protocol << 32 | (u32)tuple->src_port << 16 |
		  tuple->dst_port;
	if (tuple->src.family == AF_INET) {
		word[1] = (u64)ntohl(tuple->src.ip.ip) << 32 |
			  ntohl(tuple->dst.ip.ip);
		return nflb_hash_words(word, 2, key);
	}
	word[1] = nflb_in6_word(src, 0);
	word[2] = nflb_in6_word(src, 2);
	word[3] = nflb_in6_word(dst, 0);
	word[4] = nflb_in6_word(dst, 2);
	return nflb_hash_words(word, 5, key);
}

/*
 * A packet may be asked for twice: for what express has not been able to open,
 * the slow path decides again. And of two first datagrams of one flow on two
 * CPUs, conntrack keeps both only if both were given the same backend.
 */
static bool nflb_pick_is_repeated(const struct nflb_decision *dec, u8 protocol)
{
	return nflb_service_is_express(dec->service) ||
	       (protocol != IPPROTO_TCP && protocol != IPPROTO_SCTP);
}

/* A ramp may have come by the flow when the second packet comes, or a limit. */
static bool nflb_pick_may_differ(const struct nflb_pool *pool, u32 gate)
{
	const struct nflb_ramp *ramp = READ_ONCE(pool->ramp[gate]);

	return !pool->sched->is_stable || pool->room ||
	       (ramp && !nflb_ramp_has_ended(ramp, NFLB_RECENT_JIFFIES));
}

/*
 * A scheduler that would give two answers is asked once, the second time the
 * answer is found among the recent picks.
 */
static void nflb_pick(const struct nflb_snapshot *snap,
		      struct nflb_recent *recent, u8 protocol,
		      struct nflb_decision *dec)
{
	if (recent && nflb_pick_may_differ(dec->pool, dec->gate) &&
	    nflb_pick_is_repeated(dec, protocol)) {
		nflb_recent_pick(recent, snap->generation, dec->pool, dec->gate,
				 &dec->choice);
		return;
	}
	nflb_sched_pick(dec->pool, dec->gate, &dec->choice);
}

/* Says which pool's backends may be picked, and by which gate. */
static void nflb_decide_among(const struct nflb_snapshot *snap,
			      struct nflb_decision *dec,
			      const struct nflb_tier *tier)
{
	dec->place_of_pool = tier->pool;
	dec->pool = nflb_snapshot_pool(snap, tier->pool);
	dec->gate = tier->gate;
}

/*
 * All flows of a client are one to those who choose by a hash, be it the
 * scheduler, a zone or a ramp. The others are asked once.
 */
static noinline void nflb_pick_for_client(const struct nflb_snapshot *snap,
					  struct nflb_recent *recent,
					  const struct nflb_tuple *tuple,
					  struct nflb_decision *dec)
{
	struct nflb_tuple client __uninitialized;

	nflb_service_client(dec->service, tuple, &client);
	dec->choice.hash = nflb_tuple_hash(&client, &dec->pool->key);
	if (dec->pool->clients)
		nflb_clients_pick(dec->pool, dec->gate, &dec->choice);
	else
		nflb_pick(snap, recent, tuple->protocol, dec);
}

/* The port says which one, and the scheduler is not asked. */
static noinline void nflb_pick_mapped(const struct nflb_tuple *tuple,
				      struct nflb_decision *dec)
{
	u32 pos = nflb_nat_pick(dec->service->nat, tuple->dst_port);

	nflb_choice_init(&dec->choice);
	if (pos != NFLB_NONE &&
	    nflb_pool_is_eligible(dec->pool, dec->gate, pos))
		dec->choice.member = pos;
}

static bool nflb_decide_pick(const struct nflb_snapshot *snap,
			     struct nflb_recent *recent,
			     const struct nflb_tuple *tuple,
			     struct nflb_decision *dec)
{
	dec->choice.full = NFLB_NONE;
	if (!dec->pool->n_members)
		return false;
	dec->choice.kept = NFLB_NONE;
	dec->choice.evicts = false;
	if (unlikely(dec->service->nat)) {
		nflb_pick_mapped(tuple, dec);
	} else if (unlikely(dec->service->affinity)) {
		nflb_pick_for_client(snap, recent, tuple, dec);
	} else {
		dec->choice.hash = nflb_tuple_hash(tuple, &dec->pool->key);
		nflb_pick(snap, recent, tuple->protocol, dec);
	}
	return dec->choice.member != NFLB_NONE;
}

/*
 * Nobody of the pool is eligible, or all are full: who else may serve? Who is
 * full is up, so that is no reason to leave probes out of account.
 */
static noinline bool nflb_decide_fallback(const struct nflb_snapshot *snap,
					  struct nflb_recent *recent,
					  const struct nflb_tuple *tuple,
					  struct nflb_decision *dec)
{
	const struct nflb_service *service = dec->service;
	const struct nflb_choice own = dec->choice;
	int i;

	dec->fallback = NFLB_FALLBACK_BACKUP;
	for (i = 1; i < service->n_tiers; i++) {
		nflb_decide_among(snap, dec, &service->tier[i]);
		if (nflb_decide_pick(snap, recent, tuple, dec))
			return true;
	}
	dec->fallback = NFLB_FALLBACK_ALL;
	nflb_decide_among(snap, dec, &service->tier[0]);
	dec->gate = 0;
	if (own.full == NFLB_NONE && service->all_down == NFLB_ALL_DOWN_ALL &&
	    nflb_decide_pick(snap, recent, tuple, dec))
		return true;
	dec->fallback = NFLB_FALLBACK_NONE;
	/* A backup's choice has places that @dec->pool may not have. */
	dec->choice = own;
	return false;
}

/* Says which service is decided for, of which nothing else is known yet. */
static void nflb_decide_for(const struct nflb_snapshot *snap,
			    const struct nflb_service *service,
			    struct nflb_decision *dec)
{
	dec->verdict = NFLB_VERDICT_NO_BACKEND;
	dec->service = service;
	dec->fallback = NFLB_FALLBACK_NONE;
	nflb_decide_among(snap, dec, &service->tier[0]);
}

/* Does the service want the flow? Nothing is counted before it is opened. */
static noinline enum nflb_verdict
nflb_decide_guard(const struct nflb_service *service,
		  const struct nflb_tuple *tuple)
{
	const struct nflb_account *account = service->account;

	if (service->allow && !nflb_allow_has(service->allow, &tuple->src))
		return NFLB_VERDICT_NOT_ALLOWED;
	if (nflb_account_is_full(account))
		return NFLB_VERDICT_MAX_FLOWS;
	if (service->max_rate &&
	    !nflb_bucket_has(&account->new_flows, ktime_get_ns()))
		return NFLB_VERDICT_MAX_RATE;
	return NFLB_VERDICT_NO_BACKEND;
}

/**
 * nflb_decide_service() - decides which service a new flow is for
 * @snap: the configuration
 * @tuple: what the first packet says
 * @dec: the frontend, or NFLB_NONE; the rest of the decision goes there, with
 *	the verdict NFLB_VERDICT_NO_BACKEND until nflb_decide_backend() has
 *	found one, if it is to be asked
 *
 * Context: softirq or process, under RCU.
 */
void nflb_decide_service(const struct nflb_snapshot *snap,
			 const struct nflb_tuple *tuple,
			 struct nflb_decision *dec)
{
	u32 pos;

	dec->verdict = NFLB_VERDICT_NO_FRONTEND;
	if (dec->frontend == NFLB_NONE)
		return;

	dec->verdict = NFLB_VERDICT_NO_SERVICE;
	pos = nflb_match_service(snap, dec->frontend, tuple->protocol,
				 tuple->dst_port);
	if (pos == NFLB_NONE)
		return;

	dec->place = pos;
	nflb_decide_for(snap, nflb_snapshot_service(snap, pos), dec);
	if (unlikely(nflb_service_is_guarded(dec->service)))
		dec->verdict = nflb_decide_guard(dec->service, tuple);
}

static bool nflb_decide_is_spilled(const struct nflb_decision *dec)
{
	return unlikely(dec->pool->prefer_zone) && !dec->service->nat &&
	       !nflb_zone_has(dec->pool, dec->choice.member);
}

/**
 * nflb_decide_backend() - decides which backend a new flow goes to
 * @snap: the configuration
 * @recent: recent picks of the namespace, or NULL
 * @tuple: what the first packet says
 * @dec: what nflb_decide_service() has decided, a service; the rest of the
 *	decision goes there
 *
 * Context: softirq or process, under RCU.
 */
void nflb_decide_backend(const struct nflb_snapshot *snap,
			 struct nflb_recent *recent,
			 const struct nflb_tuple *tuple,
			 struct nflb_decision *dec)
{
	if (likely(nflb_decide_pick(snap, recent, tuple, dec))) {
		dec->verdict = NFLB_VERDICT_PICKED;
		if (unlikely(nflb_pool_is_panicking(dec->pool, dec->gate)))
			dec->fallback = NFLB_FALLBACK_PANIC;
		else if (nflb_decide_is_spilled(dec))
			dec->fallback = NFLB_FALLBACK_SPILL;
	} else if (nflb_decide_fallback(snap, recent, tuple, dec)) {
		dec->verdict = NFLB_VERDICT_PICKED;
	} else if (dec->choice.full != NFLB_NONE) {
		dec->verdict = NFLB_VERDICT_FULL;
	}
}

/**
 * nflb_decide() - decides what becomes of a new flow
 * @snap: the configuration
 * @recent: recent picks of the namespace, or NULL
 * @tuple: what the first packet says
 * @dec: where the decision goes; @dec->choice.is_dry is set by the caller
 *
 * The only way to a backend; explain goes the same in two steps.
 *
 * Context: softirq or process, under RCU.
 */
void nflb_decide(const struct nflb_snapshot *snap, struct nflb_recent *recent,
		 const struct nflb_tuple *tuple, struct nflb_decision *dec)
{
	dec->frontend = nflb_match_frontend(snap, &tuple->dst);
	nflb_decide_service(snap, tuple, dec);
	if (dec->verdict == NFLB_VERDICT_NO_BACKEND)
		nflb_decide_backend(snap, recent, tuple, dec);
}

/**
 * nflb_decide_may_serve() - tells whether a new flow may go to a backend
 * @snap: the configuration
 * @service: the flow's service
 * @backend: the backend
 *
 * What nflb_decide_backend() would pick from has it now, or might have it if
 * health is just changing.
 *
 * Context: softirq or process, under RCU.
 * Return: true if so.
 */
bool nflb_decide_may_serve(const struct nflb_snapshot *snap,
			   const struct nflb_service *service,
			   const struct nflb_backend *backend)
{
	const struct nflb_pool *pool;
	u32 gate;
	int i;

	for (i = 0; i < service->n_tiers; i++) {
		pool = nflb_snapshot_tier(snap, service, i);
		gate = service->tier[i].gate;
		if (nflb_pool_offers(pool, gate, backend))
			return true;
		/* Those that are eligible may be full, or have been. */
		if (nflb_pool_n_eligible(pool, gate) && !pool->room)
			return false;
	}
	pool = nflb_snapshot_tier(snap, service, 0);
	return service->all_down == NFLB_ALL_DOWN_ALL &&
	       !nflb_pool_n_eligible(pool, service->tier[0].gate) &&
	       nflb_pool_offers(pool, 0, backend);
}

static bool nflb_decision_is(const struct nflb_decision *dec, u32 pos,
			     const struct nflb_backend *backend)
{
	return pos != NFLB_NONE && dec->pool->member[pos].backend == backend;
}

/*
 * Would a flow be given the backend again that it has? One that has as many as
 * it may has that one among them.
 */
static bool nflb_decide_repeats(const struct nflb_snapshot *snap,
				struct nflb_recent *recent,
				const struct nflb_service *service,
				const struct nflb_tuple *tuple,
				const struct nflb_backend *backend)
{
	struct nflb_decision dec = { .choice.is_dry = true };

	nflb_decide_for(snap, service, &dec);
	nflb_decide_backend(snap, recent, tuple, &dec);
	if (dec.verdict != NFLB_VERDICT_PICKED)
		return dec.verdict == NFLB_VERDICT_FULL;
	return nflb_decision_is(&dec, dec.choice.member, backend) ||
	       nflb_decision_is(&dec, dec.choice.full, backend);
}

/**
 * nflb_decide_may_keep() - tells whether a backend may go on to serve a flow
 * @snap: the configuration
 * @recent: recent picks of the namespace, or NULL
 * @service: the flow's service
 * @tuple: what its first packet said; it has no connection
 * @backend: the backend
 *
 * Context: softirq or process, under RCU.
 * Return: true if so.
 */
bool nflb_decide_may_keep(const struct nflb_snapshot *snap,
			  struct nflb_recent *recent,
			  const struct nflb_service *service,
			  const struct nflb_tuple *tuple,
			  const struct nflb_backend *backend)
{
	if (!nflb_decide_may_serve(snap, service, backend))
		return false;
	return !nflb_service_is_hashed(service) ||
	       nflb_decide_repeats(snap, recent, service, tuple, backend);
}

typedef bool (*nflb_pool_says_fn)(const struct nflb_pool *pool, u32 gate,
				 const struct nflb_backend *backend);

/* Is a backend barred, by what its pool says of it? */
static bool nflb_decide_is_barred(const struct nflb_snapshot *snap,
				  const struct nflb_service *service,
				  const struct nflb_backend *backend,
				  nflb_pool_says_fn says)
{
	int i;

	for (i = 0; i < service->n_tiers; i++) {
		if (says(nflb_snapshot_tier(snap, service, i),
			 service->tier[i].gate, backend))
			return !nflb_decide_may_serve(snap, service, backend);
	}
	return false;
}

/**
 * nflb_decide_is_down() - tells whether a service's backend is down
 * @snap: the configuration
 * @service: the service
 * @backend: the backend
 *
 * Context: softirq or process, under RCU.
 * Return: true if probe or administrator say so, and it may not serve for want
 * of others either.
 */
bool nflb_decide_is_down(const struct nflb_snapshot *snap,
			 const struct nflb_service *service,
			 const struct nflb_backend *backend)
{
	return nflb_decide_is_barred(snap, service, backend, nflb_pool_is_down);
}

/**
 * nflb_decide_fails() - tells whether a service's new flows to a backend fail
 * @snap: the configuration
 * @service: the service
 * @backend: the backend
 *
 * Context: softirq or process, under RCU.
 * Return: true if that is known (nflb_pool_fails()), and it may not serve for
 * want of others either.
 */
bool nflb_decide_fails(const struct nflb_snapshot *snap,
		       const struct nflb_service *service,
		       const struct nflb_backend *backend)
{
	return nflb_decide_is_barred(snap, service, backend, nflb_pool_fails);
}
