/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The map: a packet's steps in call order.
 *
 *   first packet of a flow, once, called by the NAT core
 *     PRE_ROUTING, LOCAL_OUT   nflb_bind_dst()	      bind.c
 *       of a connection?       nflb_stray_may_open()  stray.c
 *       what is it to us?      nflb_decide()	      core.c
 *         a frontend?          nflb_match_frontend() match.c
 *         which service?       nflb_match_service()  match.c
 *         from there, now?     nflb_allow_has()      allow.c
 *         which backend?       nflb_sched_pick()     sched.c
 *           the client's?      nflb_clients_pick()   client.c
 *           the port's?        nflb_nat_pick()       nat.h
 *           of which zone?     nflb_zone_keeps()     zone.c
 *         none, and a ping?    nflb_bind_ping()      bind.c
 *       translate              nflb_bind_translate() bind.c
 *       or route to it as it is nflb_floating_route() floating.c
 *     routing, the host's firewall		      (kernel)
 *     POST_ROUTING, LOCAL_IN   nflb_bind_src()	      bind.c
 *       leave room for the flow nflb_flow_attach()   flow.c
 *       hairpin?               nf_nat_masquerade_*() (kernel)
 *       not ours, but a backend's nflb_outbound_snat() outbound.c
 *         a free port          nflb_lease_find()     lease.c
 *     after all rules          nflb_bind_keep_src()  bind.c
 *     conntrack's last hook    nflb_flow_help()      flow.c
 *       open and confirm       nflb_flow_open()      flow.c
 *       source in use?         nflb_bind_settle_src() bind.c
 *
 *   every other packet of a flow
 *     the device's ingress	nflb_ingress()	      ingress.c
 *       a fast flow's?		nflb_fast_find_*()    fast.c
 *       its route, neighbour	nflb_way_find_neigh() way.h
 *       conntrack's part	nflb_track_change()   track.c
 *       idle from now on	nflb_fast_renew()     fast.h
 *       the first answer?	nflb_trial_see()      trial.c
 *       count			nflb_flow_charge()    flow.c
 *       translate, send	nflb_way_translate()  way.h
 *
 *     if not, and it is the first of an express service's
 *				nflb_express_open()   express.c
 *       the same decision	nflb_decide_backend() core.c
 *       its route		nflb_express_route()  express.c
 *       its record		nflb_fast_make()      fast.c
 *       entry and flow		nflb_flow_insert()    flow.c
 *
 *   if not, the slow path
 *     of a floating flow?	nflb_floating_pass()  floating.c
 *     conntrack, routing, nf_nat, firewall	      (kernel)
 *     conntrack's last hook    nflb_flow_help()      flow.c
 *       count			nflb_flow_charge()    flow.c
 *       idle from now on	nflb_fast_renew()     fast.h
 *       learn the way		nflb_fast_learn()     fast.c
 *       attach to the device	nflb_device_use()     device.c
 *
 *   a service is flooded with SYNs (synproxy.c)
 *     before conntrack		nflb_cookie_in()      cookie.c
 *       a SYN, or an ACK by one? nflb_cookie_is_due() cookie.c
 *       answer it by a cookie	nflb_cookie_answer()  cookie.c
 *       or make it a SYN again	nflb_segment_rewrite() segment.c
 *     the backend has answered nflb_cookie_out()     cookie.c
 *
 *   before conntrack, while some service is one-packet
 *     PRE_ROUTING, LOCAL_OUT   nflb_datagram()	      datagram.c
 *       to the frontend?	nflb_datagram_in()    datagram.c
 *         the same decision	nflb_decide_backend() core.c
 *       from a backend's port? nflb_owner_answer()   owner.c
 *       an error about one?	nflb_bounce()	      bounce.c
 *
 *   conntrack takes it for invalid, and some service wants to be spared that
 *     PRE_ROUTING		nflb_stray()	      stray.c
 *
 *   a flow that a backend has opened
 *     conntrack's last hook    nflb_outbound_help()  outbound.c
 *       count the port, confirm nflb_lease_hold()    lease.c
 *       idle from now on	nflb_times_renew()    times.c
 *       the flow is closed     nflb_lease_release()  lease.c
 *     idle for too long, reset	nflb_outlist_turn()   outlist.c
 *     its conntrack entry dies nflb_outbound_destroy()
 *
 *   an ICMP error says that a packet does not reach its backend
 *     POST_ROUTING		nflb_unreach()	      unreach.c
 *
 *   no packet for too long, and the service wants that to be told
 *     the wheel comes to it	nflb_wheel_work()     wheel.c
 *       reset both ends	nflb_reset_take()     reset.c
 *
 *   the flow's conntrack entry dies
 *     nflb_flow_destroy()			      flow.c
 *       without an answer?	nflb_trial_end()      trial.c
 *       or nobody has asked?	nflb_trial_miss()     trial.c
 */
#ifndef _NFLB_CORE_H
#define _NFLB_CORE_H

#include <linux/siphash.h>
#include <uapi/nflb.h>

#include "addr.h"
#include "sched.h"

struct nflb_backend;
struct nflb_pool;
struct nflb_recent;
struct nflb_service;
struct nflb_snapshot;

/**
 * struct nflb_decision - what becomes of a new flow
 * @verdict: enum nflb_verdict; tells how many of the fields below are set
 * @frontend: place of the frontend
 * @place: place of the service
 * @service: the service
 * @fallback: why @pool is not the service's, @gate not that of its probe, or
 *	the pick not of the zone that @pool prefers
 * @place_of_pool: place of the pool
 * @gate: gate that says which of the pool's backends may be picked
 * @pool: the pool
 * @choice: the scheduler's pick
 */
struct nflb_decision {
	enum nflb_verdict verdict;
	u32 frontend;
	u32 place;
	const struct nflb_service *service;
	enum nflb_fallback fallback;
	u32 place_of_pool;
	u32 gate;
	struct nflb_pool *pool;
	struct nflb_choice choice;
};

u64 nflb_tuple_hash(const struct nflb_tuple *tuple, const siphash_key_t *key);
void nflb_decide_service(const struct nflb_snapshot *snap,
			 const struct nflb_tuple *tuple,
			 struct nflb_decision *dec);
void nflb_decide_backend(const struct nflb_snapshot *snap,
			 struct nflb_recent *recent,
			 const struct nflb_tuple *tuple,
			 struct nflb_decision *dec);
void nflb_decide(const struct nflb_snapshot *snap, struct nflb_recent *recent,
		 const struct nflb_tuple *tuple, struct nflb_decision *dec);

bool nflb_decide_is_down(const struct nflb_snapshot *snap,
			 const struct nflb_service *service,
			 const struct nflb_backend *backend);
bool nflb_decide_fails(const struct nflb_snapshot *snap,
		       const struct nflb_service *service,
		       const struct nflb_backend *backend);
bool nflb_decide_may_serve(const struct nflb_snapshot *snap,
			   const struct nflb_service *service,
			   const struct nflb_backend *backend);
bool nflb_decide_may_keep(const struct nflb_snapshot *snap,
			  struct nflb_recent *recent,
			  const struct nflb_service *service,
			  const struct nflb_tuple *tuple,
			  const struct nflb_backend *backend);

#endif /* _NFLB_CORE_H */
