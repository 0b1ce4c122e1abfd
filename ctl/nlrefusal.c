// SPDX-License-Identifier: GPL-2.0-only
/* Why the kernel refused: errno, sentence, attribute and what is allowed. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "nl_internal.h"

/* Range and length that a policy dump of the kernel says. */
static void read_policy(struct nl_refusal *refusal, const struct nlattr *nest)
{
	struct nl_attrs policy;

	nl_nest_of(nest, &policy);
	if (nl_has(&policy, NL_POLICY_TYPE_ATTR_MAX_VALUE_U)) {
		refusal->has_range = true;
		refusal->min = nl_u64(&policy, NL_POLICY_TYPE_ATTR_MIN_VALUE_U);
		refusal->max = nl_u64(&policy, NL_POLICY_TYPE_ATTR_MAX_VALUE_U);
	}
	refusal->max_len = nl_u32(&policy, NL_POLICY_TYPE_ATTR_MAX_LENGTH);
}

/* The attribute at an offset of the request that was refused. */
static uint16_t attr_at(const void *request, uint32_t offset)
{
	const struct nlmsghdr *nlh = request;
	const struct nlattr *attr;

	if (!nlh || offset + sizeof(*attr) > nlh->nlmsg_len)
		return 0;
	attr = (const struct nlattr *)((const uint8_t *)request + offset);
	return attr->nla_type & NLA_TYPE_MASK;
}

static void read_extack(struct nl_refusal *refusal, const void *payload,
			size_t len, const void *request)
{
	struct nl_attrs attrs;

	nl_read_attrs(&attrs, payload, len);
	snprintf(refusal->text, sizeof(refusal->text), "%s",
		 nl_text(&attrs, NLMSGERR_ATTR_MSG));
	refusal->missing = nl_u32(&attrs, NLMSGERR_ATTR_MISS_TYPE);
	if (nl_has(&attrs, NLMSGERR_ATTR_OFFS))
		refusal->attr = attr_at(request,
					nl_u32(&attrs, NLMSGERR_ATTR_OFFS));
	if (nl_has(&attrs, NLMSGERR_ATTR_POLICY))
		read_policy(refusal, attrs.by_type[NLMSGERR_ATTR_POLICY]);
}

/**
 * nl_read_error() - reads an acknowledgment or a refusal
 * @nl: The connection, whose refusal is set. NETLINK_CAP_ACK is set on it: of
 *      the request only the header comes back, then what explains the error.
 * @nlh: The message.
 * @request: The request that it is about.
 *
 * Return: 0 for an acknowledgment, else the kernel's negative error number.
 */
int nl_read_error(struct nl *nl, const struct nlmsghdr *nlh,
		  const void *request)
{
	const struct nlmsgerr *error = NLMSG_DATA(nlh);
	size_t len = NLMSG_PAYLOAD(nlh, 0);

	if (len < sizeof(*error))
		return -EBADMSG;
	if (error->error == 0)
		return 0;
	memset(&nl->refusal, 0, sizeof(nl->refusal));
	nl->refusal.err = -error->error;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(&nl->refusal, error + 1, len - sizeof(*error),
			    request);
	return error->error;
}

/**
 * nl_read_done() - reads the end of a dump
 * @nl: The connection, whose refusal is set.
 * @nlh: The message: a number that says how it went, then why.
 * @request: The request that it is about.
 *
 * Return: 0 when all was dumped, else the kernel's negative error number.
 */
int nl_read_done(struct nl *nl, const struct nlmsghdr *nlh,
		 const void *request)
{
	size_t len = NLMSG_PAYLOAD(nlh, 0);
	const int *err = NLMSG_DATA(nlh);

	if (len < sizeof(*err) || *err >= 0)
		return 0;
	memset(&nl->refusal, 0, sizeof(nl->refusal));
	nl->refusal.err = -*err;
	if (nlh->nlmsg_flags & NLM_F_ACK_TLVS)
		read_extack(&nl->refusal, err + 1, len - sizeof(*err), request);
	return *err;
}
