// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tracking: what conntrack learns of packets in the fast path.
 *
 * Most of what changes the state of a connection comes in an order that leaves
 * conntrack nothing to judge; the state that it would have then is set here.
 * Everything else is shown to it.
 */

#include <net/netfilter/nf_conntrack_acct.h>
#include <net/netfilter/nf_conntrack_core.h>
#include <net/netfilter/nf_conntrack_ecache.h>
#include <net/netfilter/nf_conntrack_l4proto.h>

#include "flow.h"
#include "net.h"
#include "track.h"
#include "way.h"

/**
 * nflb_track_tell_tcp() - tells conntrack what it has not seen of a connection
 * @way: the way of a packet that it is to judge
 * @pkt: what was read from that
 *
 * It judges resets by that. One right behind its sender's data is in order,
 * acknowledged or not.
 *
 * Context: softirq, under RCU.
 */
void nflb_track_tell_tcp(const struct nflb_way *way,
			 const struct nflb_packet *pkt)
{
	struct nf_conn *ct = way->fast->ct;

	nflb_fast_tell_tcp(way->fast);
	if (!(pkt->flags & TCPHDR_RST) || !READ_ONCE(way->dir->has_end) ||
	    pkt->seq != READ_ONCE(way->dir->seq_end))
		return;
	spin_lock(&ct->lock);
	ct->proto.tcp.seen[!way->dir->idx].td_maxack = pkt->seq;
	spin_unlock(&ct->lock);
}

/*
 * Shows the packet to conntrack, as PRE_ROUTING would. If false, *verdict is
 * what becomes of it.
 */
static bool nflb_track_show(struct nflb_net *nn, struct sk_buff *skb,
			    const struct nflb_packet *pkt,
			    const struct nflb_way *way, unsigned int *verdict)
{
	struct nf_conn *ct = way->fast->ct;
	enum ip_conntrack_info ctinfo;
	struct nf_hook_state state;

	if (pkt->protocol == IPPROTO_TCP)
		nflb_track_tell_tcp(way, pkt);
	nf_hook_state_init(&state, NF_INET_PRE_ROUTING,
			   pkt->family == AF_INET ? NFPROTO_IPV4 :
						    NFPROTO_IPV6,
			   skb->dev, NULL, NULL, nn->net, NULL);
	*verdict = nf_conntrack_in(skb, &state);
	return *verdict == NF_ACCEPT && nf_ct_get(skb, &ctinfo) == ct;
}

/* As conntrack's own table has it, in both directions. */
static u8 nflb_track_acked(u8 state)
{
	switch (state) {
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
		return TCP_CONNTRACK_CLOSE_WAIT;
	case TCP_CONNTRACK_LAST_ACK:
		return TCP_CONNTRACK_TIME_WAIT;
	default:
		return TCP_CONNTRACK_NONE;
	}
}

static u8 nflb_track_ended(u8 state)
{
	switch (state) {
	case TCP_CONNTRACK_ESTABLISHED:
		return TCP_CONNTRACK_FIN_WAIT;
	case TCP_CONNTRACK_FIN_WAIT:
	case TCP_CONNTRACK_CLOSE_WAIT:
		return TCP_CONNTRACK_LAST_ACK;
	default:
		return TCP_CONNTRACK_NONE;
	}
}

/*
 * Is the packet the backend's answer to the SYN that opened the flow? Without
 * that one's options, which express does not read, those of the answer mean
 * nothing; conntrack reads them of all other connections.
 */
static bool nflb_track_is_second(const struct nflb_way *way,
				 const struct nflb_packet *pkt)
{
	const struct nflb_fast_dir *orig = &way->fast->dir[IP_CT_DIR_ORIGINAL];

	return way->dir->idx == IP_CT_DIR_REPLY &&
	       nflb_flow_is_express(&way->fast->flow) &&
	       !(pkt->flags & TCPHDR_URG) && READ_ONCE(orig->has_end) &&
	       pkt->ack == READ_ONCE(orig->seq_end);
}

/* Does the packet end the handshake, as its client's answer to SYN and ACK? */
static bool nflb_track_is_third(const struct nflb_way *way,
				const struct nflb_packet *pkt)
{
	const struct nflb_fast_dir *reply = &way->fast->dir[IP_CT_DIR_REPLY];

	return way->dir->idx == IP_CT_DIR_ORIGINAL &&
	       test_bit(IPS_SEEN_REPLY_BIT, &way->fast->ct->status) &&
	       READ_ONCE(reply->has_end) &&
	       pkt->ack == READ_ONCE(reply->seq_end);
}

/* The next state, or TCP_CONNTRACK_NONE if conntrack is to judge that. */
static u8 nflb_track_next(const struct nflb_way *way,
			  const struct nflb_packet *pkt)
{
	const struct nf_conn *ct = way->fast->ct;
	u8 state = ct->proto.tcp.state;
	u8 step = nflb_packet_step(pkt);

	lockdep_assert_held(&ct->lock);
	if (step == (TCPHDR_SYN | TCPHDR_ACK) &&
	    state == TCP_CONNTRACK_SYN_SENT)
		return nflb_track_is_second(way, pkt) ?
			       TCP_CONNTRACK_SYN_RECV : TCP_CONNTRACK_NONE;
	/* It has let a SYN pass that it could make nothing of. */
	if (nflb_track_waits(ct) ||
	    ct->proto.tcp.last_flags & IP_CT_EXP_CHALLENGE_ACK)
		return TCP_CONNTRACK_NONE;
	if (step == TCPHDR_ACK && state == TCP_CONNTRACK_SYN_RECV)
		return nflb_track_is_third(way, pkt) ?
			       TCP_CONNTRACK_ESTABLISHED : TCP_CONNTRACK_NONE;
	if (!test_bit(IPS_ASSURED_BIT, &ct->status))
		return TCP_CONNTRACK_NONE;
	switch (step) {
	case TCPHDR_ACK:
		return nflb_track_acked(state);
	case TCPHDR_FIN | TCPHDR_ACK:
		return nflb_track_ended(state);
	default:
		return TCP_CONNTRACK_NONE;
	}
}

/* The time of what is left of a connection; of others see nflb_fast_renew(). */
static void nflb_track_note_state(const struct nflb_net *nn, struct nf_conn *ct,
				  u8 state)
{
	const struct nf_ip_net *proto = &nn->net->ct.nf_ct_proto;

	if (state == TCP_CONNTRACK_SYN_RECV) {
		set_bit(IPS_SEEN_REPLY_BIT, &ct->status);
		nf_conntrack_event_cache(IPCT_REPLY, ct);
	}
	if (state == TCP_CONNTRACK_ESTABLISHED) {
		set_bit(IPS_ASSURED_BIT, &ct->status);
		nf_conntrack_event_cache(IPCT_ASSURED, ct);
	}
	WRITE_ONCE(ct->timeout, nfct_time_stamp +
		   READ_ONCE(proto->tcp.timeouts[state]));
}

/* The windows are free. */
static void nflb_track_note_answer(struct ip_ct_tcp *tcp,
				   const struct nflb_packet *pkt)
{
	struct ip_ct_tcp_state *seen = &tcp->seen[IP_CT_DIR_REPLY];

	seen->td_end = pkt->seq + pkt->n_data;
	seen->td_maxend = seen->td_end;
	seen->td_maxwin = 1;
	tcp->last_index = NFLB_TRACK_SYNACK;
	tcp->last_dir = IP_CT_DIR_REPLY;
}

/* Goes on to the state that conntrack would go to. */
static bool nflb_track_follow_tcp(const struct nflb_net *nn,
				  const struct nflb_packet *pkt,
				  const struct nflb_way *way)
{
	struct nf_conn *ct = way->fast->ct;
	struct ip_ct_tcp *tcp = &ct->proto.tcp;
	u8 old, new;

	spin_lock(&ct->lock);
	old = tcp->state;
	new = nflb_track_next(way, pkt);
	if (new != TCP_CONNTRACK_NONE)
		WRITE_ONCE(tcp->state, new);
	if (new == TCP_CONNTRACK_SYN_RECV)
		nflb_track_note_answer(tcp, pkt);
	if (new == TCP_CONNTRACK_FIN_WAIT)
		tcp->seen[way->dir->idx].flags |= IP_CT_TCP_FLAG_CLOSE_INIT;
	if (new == TCP_CONNTRACK_ESTABLISHED)
		nflb_fast_free_windows(ct);
	spin_unlock(&ct->lock);
	if (new == TCP_CONNTRACK_NONE)
		return false;
	if (new != old)
		nf_conntrack_event_cache(IPCT_PROTOINFO, ct);
	nflb_track_note_state(nn, ct, new);
	return true;
}

/* The first answer; of others that come so late, conntrack sees some. */
static bool nflb_track_follow_udp(const struct nflb_way *way)
{
	struct nf_conn *ct = way->fast->ct;

	if (way->dir->idx != IP_CT_DIR_REPLY ||
	    test_and_set_bit(IPS_SEEN_REPLY_BIT, &ct->status))
		return false;
	nf_conntrack_event_cache(IPCT_REPLY, ct);
	return true;
}

/**
 * nflb_track_change() - makes a change of a flow's state known to conntrack
 * @nn: the namespace
 * @skb: the packet that makes it
 * @pkt: what was read from it
 * @way: its way
 * @verdict: where the verdict goes if conntrack does not take the packet for
 *	one of the flow
 *
 * Context: softirq, under RCU.
 * Return: true if the packet is to go on, else *@verdict is what becomes of it.
 */
bool nflb_track_change(struct nflb_net *nn, struct sk_buff *skb,
		       const struct nflb_packet *pkt,
		       const struct nflb_way *way, unsigned int *verdict)
{
	struct nf_conn *ct = way->fast->ct;
	bool is_known;

	is_known = pkt->protocol == IPPROTO_TCP ?
			   nflb_track_follow_tcp(nn, pkt, way) :
			   nflb_track_follow_udp(way);
	if (is_known)
		nf_ct_acct_update(ct, way->dir->idx, pkt->len);
	else if (!nflb_track_show(nn, skb, pkt, way, verdict))
		return false;
	nflb_fast_renew(way->fast);
	/* Not before the end of the slow path, otherwise. */
	nf_ct_deliver_cached_events(ct);
	if (nflb_trial_is_asked(&way->fast->trial))
		nflb_trial_see(way->fast, way->backend, way->dir->idx);
	*verdict = NF_DROP;
	return nflb_flow_goes_on(ct, &way->fast->flow, way->backend);
}
