/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files behind netlink.h share. No other file includes this.
 */
#ifndef LBCTL_NL_INTERNAL_H
#define LBCTL_NL_INTERNAL_H

#include <linux/netlink.h>
#include <sys/types.h>

#include "netlink.h"

#define NL_RECV_SIZE	65536	/* the kernel fills what the reader offers */
#define NL_BATCH_SIZE	32768	/* well below the default send buffer */

struct mnl_socket;

/**
 * struct nl - a connection
 * @socket: libmnl's socket.
 * @family_id: Number of the nflb family in this kernel.
 * @group_id: Number of its multicast group.
 * @seq: Sequence number of the last request.
 * @refusal: Why the kernel refused last.
 * @batch: Requests of a stream that wait to be sent.
 * @batch_len: Their bytes.
 * @offsets: Where each begins in @batch.
 * @n_batch: How many they are.
 * @batch_seq: Sequence number of the first.
 * @stream_seq: Sequence number of the stream's first request.
 * @n_waiting: Requests of the stream that are not yet answered.
 * @recv_buf: For what comes in.
 */
struct nl {
	struct mnl_socket *socket;
	uint16_t family_id;
	uint32_t group_id;
	uint32_t seq;
	struct nl_refusal refusal;
	alignas(8) uint8_t batch[NL_BATCH_SIZE + NL_MSG_SIZE];
	size_t batch_len;
	size_t offsets[NL_STREAM_MAX];
	size_t n_batch;
	uint32_t batch_seq;
	uint32_t stream_seq;
	size_t n_waiting;
	alignas(8) uint8_t recv_buf[NL_RECV_SIZE];
};

ssize_t nl_receive(struct nl *nl, int flags);
int nl_send(struct nl *nl, const void *buf, size_t len);
void nl_stamp(struct nl *nl, struct nlmsghdr *nlh, uint16_t flags);

const struct nlmsghdr *nl_next_message(const struct nl *nl, size_t len,
				       size_t *pos);
void nl_read_attrs(struct nl_attrs *attrs, const void *payload, size_t len);
int nl_read_reply(const struct nlmsghdr *nlh, struct nl_attrs *attrs);
int nl_read_error(struct nl *nl, const struct nlmsghdr *nlh,
		  const void *request);
int nl_read_done(struct nl *nl, const struct nlmsghdr *nlh,
		 const void *request);

#endif /* LBCTL_NL_INTERNAL_H */
