/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the supported kernels, 6.1 to 6.12, and nothing else:
 * the only file that may look at a kernel version or test for a macro of one.
 */
#ifndef _NFLB_COMPAT_H
#define _NFLB_COMPAT_H

#include <linux/netfilter_ipv6.h>
#include <linux/netlink.h>
#include <linux/version.h>
#include <net/genetlink.h>
#include <net/tcp.h>

/* 6.5 took skb_gso_validate_network_len() out of skbuff.h. */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 5, 0)
#include <net/gso.h>
#endif

/*
 * 6.3 gave struct netlink_ext_ack a buffer of its own for formatted messages.
 * Before that, a message must outlive the request in some other place.
 */
#ifdef NL_SET_ERR_MSG_FMT
#define NFLB_EXTACK_BUF(extack) ((extack)->_msg_buf)
#endif

/**
 * nflb_dump_attrs() - finds the attributes of a dump request
 * @cb: the dump
 *
 * 6.6 moved them into a struct genl_info.
 *
 * Return: attributes by id.
 */
static inline struct nlattr **nflb_dump_attrs(struct netlink_callback *cb)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 6, 0)
	return genl_info_dump(cb)->attrs;
#else
	return genl_dumpit_info(cb)->attrs;
#endif
}

/**
 * nflb_cookie_check_ipv4() - looks whether an ACK has a cookie
 * @iph: its IP header
 * @th: its TCP header
 *
 * 6.8 reads the cookie from that itself.
 *
 * Return: the size of segments that the cookie says, or 0.
 */
static inline int nflb_cookie_check_ipv4(const struct iphdr *iph,
					 const struct tcphdr *th)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return __cookie_v4_check(iph, th);
#else
	return __cookie_v4_check(iph, th, ntohl(th->ack_seq) - 1);
#endif
}

/**
 * nflb_cookie_check_ipv6() - looks whether an ACK has a cookie
 * @ip6h: its IPv6 header
 * @th: its TCP header
 *
 * Return: the size of segments that the cookie says, or 0.
 */
static inline int nflb_cookie_check_ipv6(const struct ipv6hdr *ip6h,
					 const struct tcphdr *th)
{
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 8, 0)
	return nf_cookie_v6_check(ip6h, th);
#else
	return nf_cookie_v6_check(ip6h, th, ntohl(th->ack_seq) - 1);
#endif
}

#endif /* _NFLB_COMPAT_H */
