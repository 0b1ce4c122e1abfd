// SPDX-License-Identifier: GPL-2.0-only
/* Objects to and from messages, and what the kernel says of a refusal. */
#include "helper.h"

#include <errno.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "nflb.h"
#include "nl_internal.h"
#include "wire.h"

static void read_back(const struct nl_msg *msg, struct nl_attrs *attrs)
{
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)msg->buf;

	nl_read_attrs(attrs, msg->buf + NLMSG_HDRLEN,
		      nlh->nlmsg_len - NLMSG_HDRLEN);
}

static void check_object(const struct object *obj)
{
	struct object *got;
	struct nl_attrs attrs;
	struct nl_msg msg;

	nl_msg_init(&msg, obj->type->cmd_new);
	wire_put_ids(&msg, obj);
	wire_put_fields(&msg, obj, UINT32_MAX);
	read_back(&msg, &attrs);
	got = wire_read(&attrs, obj->type->kind);
	assert_int_equal(object_compare_ids(obj, got), 0);
	assert_int_equal(object_differing_fields(obj, got), 0);
	object_free(got);
}

static void objects_survive_the_wire(void **state)
{
	struct doc *doc = parse_good(
		"{\"frontends\":[{\"name\":\"f\",\"address\":\"2001:db8::1\"}],"
		"\"probes\":[{\"name\":\"t\",\"type\":\"https\",\"port\":1,"
		"\"path\":\"/x\",\"interval_ms\":100,\"timeout_ms\":1,"
		"\"rise\":255,\"fall\":1,\"initial\":\"up\","
		"\"host\":\"h.example:81\",\"sni\":\"s.example\","
		"\"expect\":\"200-299,404\",\"body\":\"hex:00ff\",\"json_state\":true,"
		"\"verify\":true,\"cert_expiry_ms\":1209600000,\"cert\":\"/c\",\"key\":\"/k\","
		"\"source\":\"2001:db8::3\",\"device\":\"eth0\",\"mark\":7},"
		"{\"name\":\"u\",\"type\":\"http\",\"expect\":204,"
		"\"source\":\"10.0.0.1\"},"
		"{\"name\":\"v\",\"type\":\"udp\",\"send\":\"hex:00\","
		"\"receive\":\"pong\",\"answers\":\"counted\"},"
		"{\"name\":\"w\",\"type\":\"exec\",\"command\":\"/x y\"},"
		"{\"name\":\"x\",\"type\":\"grpcs\",\"host\":\"h.example\","
		"\"verify\":true,\"grpc_service\":\"a.B\"}],"
		"\"pools\":[{\"name\":\"p\",\"scheduler\":\"wrr\","
		"\"slots\":251,\"seed\":\"18446744073709551615\",\"backends\":["
		"{\"name\":\"b\",\"address\":\"2001:db8::2\",\"weight\":0,"
		"\"zone\":65535,\"admin\":\"down\",\"drain\":true}]}],"
		"\"services\":[{\"name\":\"s\",\"frontend\":\"f\","
		"\"protocol\":\"sctp\",\"port\":\"1-65535\",\"pool\":\"p\","
		"\"backend_port\":7,\"probe\":\"t\",\"fastpath\":false},"
		"{\"name\":\"r\",\"frontend\":\"f\",\"protocol\":\"any\","
		"\"pool\":\"p\",\"allow\":[\"2001:db8::/32\",\"fd00::1\"]}],"
		"\"fastpath\":{\"devices\":[\"eth1\",\"eth0\"]}}");
	size_t i;
	int kind;

	(void)state;
	for (kind = 0; kind < KINDS; kind++)
		for (i = 0; i < doc->n[kind]; i++)
			check_object(doc->objects[kind][i]);
	doc_free(doc);
}

static void words_for_devices_survive_the_wire(void **state)
{
	static const char *const texts[] = {
		"{}", "{\"fastpath\":{\"devices\":\"none\"}}",
	};
	struct doc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		doc = parse_good(texts[i]);
		check_object(doc->objects[KIND_FASTPATH][0]);
		doc_free(doc);
	}
}

static void single_port_is_one_attribute(void **state)
{
	struct object *obj = object_new(KIND_SERVICE);
	struct nl_attrs attrs;
	struct nl_msg msg;

	(void)state;
	obj->values[SERVICE_PORT].ports = (struct ports){ 80, 80 };
	obj->values[SERVICE_BACKEND_PORT].ports = (struct ports){ 1, 2 };
	nl_msg_init(&msg, obj->type->cmd_set);
	wire_put_fields(&msg, obj, 1u << SERVICE_PORT |
			1u << SERVICE_BACKEND_PORT);
	read_back(&msg, &attrs);
	assert_int_equal(nl_u32(&attrs, NFLB_A_SERVICE_PORT), 80);
	assert_false(nl_has(&attrs, NFLB_A_SERVICE_PORT_LAST));
	assert_int_equal(nl_u32(&attrs, NFLB_A_SERVICE_BACKEND_PORT_LAST), 2);
	assert_false(nl_has(&attrs, NFLB_A_SERVICE_POOL));
	object_free(obj);
}

static const char *explain(const struct nl_refusal *refusal)
{
	static struct why why;

	wire_explain_refusal(&object_types[KIND_SERVICE], refusal, &why);
	return why.text;
}

static void refusals_become_sentences(void **state)
{
	struct nl_refusal refusal = { .err = EINVAL };

	(void)state;
	assert_string_equal(explain(&refusal), "Invalid argument");
	refusal.err = ENOENT;
	assert_string_equal(explain(&refusal), "does not exist");
	refusal.err = EPERM;
	assert_string_equal(explain(&refusal),
			    "not permitted, this needs CAP_NET_ADMIN");
	snprintf(refusal.text, sizeof(refusal.text), "there is no pool x");
	assert_string_equal(explain(&refusal), "there is no pool x");
	refusal.attr = NFLB_A_SERVICE_BACKEND_PORT_LAST;
	refusal.has_range = true;
	refusal.max = 65535;
	assert_string_equal(explain(&refusal),
			    "backend-port: allowed 0..65535");
	refusal.missing = NFLB_A_SERVICE_PORT;
	assert_string_equal(explain(&refusal), "port is required");
}

/**
 * struct raw - a refusal as the kernel sends it
 * @nlh: Header.
 * @error: errno and the header of the request.
 * @attrs: What explains it.
 */
struct raw {
	struct nlmsghdr nlh;
	struct nlmsgerr error;
	uint8_t attrs[256];
};

static void raw_add(struct raw *raw, uint16_t type, const void *data,
		    size_t len)
{
	struct nlattr *attr;

	attr = (struct nlattr *)((uint8_t *)raw + raw->nlh.nlmsg_len);
	attr->nla_type = type;
	attr->nla_len = NLA_HDRLEN + len;
	memcpy(attr + 1, data, len);
	raw->nlh.nlmsg_len += NLA_HDRLEN + NLA_ALIGN(len);
}

static void policy_refusal_is_read(void **state)
{
	struct nl *nl = calloc(1, sizeof(*nl));
	struct raw raw = {
		.nlh = {
			.nlmsg_len = NLMSG_HDRLEN + sizeof(raw.error),
			.nlmsg_flags = NLM_F_ACK_TLVS | NLM_F_CAPPED,
		},
		.error = { .error = -ERANGE },
	};
	struct { struct nlattr head; uint64_t value; } __attribute__((packed))
	max = { { 12, NL_POLICY_TYPE_ATTR_MAX_VALUE_U }, 65535 };
	uint32_t offset = NLMSG_HDRLEN;
	struct nl_msg request;
	struct why why;

	(void)state;
	assert_non_null(nl);
	nl_msg_init(&request, 1);
	nl_put_u32(&request, NFLB_A_BACKEND_WEIGHT, 70000);
	raw_add(&raw, NLMSGERR_ATTR_MSG, "integer out of range", 21);
	raw_add(&raw, NLMSGERR_ATTR_OFFS, &offset, sizeof(offset));
	raw_add(&raw, NLMSGERR_ATTR_POLICY, &max, sizeof(max));
	assert_int_equal(nl_read_error(nl, &raw.nlh, request.buf), -ERANGE);
	wire_explain_refusal(&object_types[KIND_BACKEND], &nl->refusal, &why);
	assert_string_equal(why.text, "weight: allowed 0..65535");
	/* An offset outside the request is no attribute. */
	offset = 100000;
	raw.nlh.nlmsg_len = NLMSG_HDRLEN + sizeof(raw.error);
	raw_add(&raw, NLMSGERR_ATTR_OFFS, &offset, sizeof(offset));
	assert_int_equal(nl_read_error(nl, &raw.nlh, request.buf), -ERANGE);
	assert_int_equal(nl->refusal.attr, 0);
	free(nl);
}

/* Attributes of any content are read without leaving the message. */
static void random_attributes_are_no_danger(void **state)
{
	struct nl_attrs attrs, nest;
	struct object *obj;
	unsigned int i, j;
	size_t len;
	uint8_t *bytes;

	(void)state;
	srand(2);
	for (i = 0; i < 20000; i++) {
		len = rand() % 120;
		bytes = malloc(len + 1);
		assert_non_null(bytes);
		for (j = 0; j < len; j++)
			bytes[j] = rand() % 3 ? rand() % 24 : 0;
		nl_read_attrs(&attrs, bytes, len);
		obj = wire_read(&attrs, i % KINDS);
		object_free(obj);
		nl_nest(&attrs, 1 + i % 20, &nest);
		nl_text(&nest, 1);
		nl_next(&attrs, 3, nl_next(&attrs, 3, NULL));
		free(bytes);
	}
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(objects_survive_the_wire),
		CASE(words_for_devices_survive_the_wire),
		CASE(single_port_is_one_attribute),
		CASE(refusals_become_sentences),
		CASE(policy_refusal_is_read),
		CASE(random_attributes_are_no_danger),
	};

	return RUN(cases);
}
