// SPDX-License-Identifier: GPL-2.0-only
/* Documents to configurations: each thing that can be wrong, and its words. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "nflb.h"

/**
 * struct bad - a document that is refused
 * @text: The document.
 * @sentence: The sentence.
 */
struct bad {
	const char *text;
	const char *sentence;
};

#define FRONTEND	"{\"name\":\"f\",\"address\":\"203.0.113.10\"}"
#define WITH(section, item)	"{\"" section "\":[\n" item "\n]}"
#define BACKENDS(items) \
	"{\"pools\":[{\"name\":\"p\",\n\"backends\":[\n" items "\n]}]}"
#define SERVICE(keys) \
	"{\"frontends\":[" FRONTEND "],\n" \
	"\"probes\":[{\"name\":\"t\",\"type\":\"tcp\"}],\n" \
	"\"pools\":[{\"name\":\"p\"}],\n" \
	"\"services\":[{\"name\":\"s\",\n" keys "\n}]}"
#define GOOD_SERVICE \
	"\"frontend\":\"f\",\"protocol\":\"tcp\",\"port\":80,\"pool\":\"p\""

/* A nat on line 3 that has @rest, and lacks a port */
#define NATS(rest)							\
	"{\"frontends\":[{\"name\":\"f\",\"address\":\"10.9.9.9\"}],\n"	\
	"\"pools\":[{\"name\":\"p\",\"backends\":"			\
	"[{\"name\":\"b\",\"address\":\"10.0.0.1\"}]}],\n"		\
	"\"nats\":[{\"name\":\"n\",\"frontend\":\"f\",\"pool\":\"p\","	\
	"\"protocol\":\"tcp\",\"backend_port\":22," rest "}]}"

/* Nats of two backends: one with @mapping on line 4, the other for udp */
#define NATS_OF_TWO(mapping)						\
	"{\"frontends\":[{\"name\":\"f\",\"address\":\"10.9.9.9\"}],"	\
	"\"pools\":[{\"name\":\"p\",\"backends\":\n"			\
	"[{\"name\":\"b\",\"address\":\"10.0.0.1\"},"			\
	"{\"name\":\"c\",\"address\":\"10.0.0.2\"}]}],\"nats\":[\n"	\
	"{\"name\":\"n\",\"frontend\":\"f\",\"pool\":\"p\","		\
	"\"protocol\":\"tcp\",\"backend_port\":22,"			\
	"\"port\":\"50-59\",\"mapping\":[\n" mapping "]},"			\
	"{\"name\":\"m\",\"frontend\":\"f\",\"pool\":\"p\","		\
	"\"protocol\":\"udp\",\"backend_port\":22,"			\
	"\"port\":\"50-59\",\"mapping\":"				\
	"[{\"backend\":\"c\",\"port\":55}]}]}"

static const struct bad not_json[] = {
	{ "", "F:1: not JSON: '[' or '{' expected near end of file" },
	{ "{\"pools\":[\n{\"name\":\"p\"",
	  "F:2: not JSON: '}' expected near end of file" },
	{ "{}\n\nx", "F:3: not JSON: end of file expected near 'x'" },
	{ "{\"pools\":[],\n\"pools\":[]}",
	  "F:2: not JSON: duplicate object key near '\"pools\"'" },
	{ "{\"pools\":[{\"name\":\"\xff\"}]}",
	  "F:1: not JSON: unable to decode byte 0xff near '\"'" },
	{ "{\"pools\":[{\"name\":\"a\\u0000b\"}]}",
	  "F:1: not JSON: a string has no \\u0000" },
	{ "{\"pools\":[{\"name\":\"p\",\n\"slots\":99999999999999999999}]}",
	  "F:2: not JSON: too big integer near '99999999999999999999'" },
	{ "'a'", "F:1: not JSON: '[' or '{' expected near '''" },
};

static const struct bad bad_shape[] = {
	{ "[]", "F:1: an object is needed" },
	{ "{\n\"pool\":[]}",
	  "F:2: unknown key \"pool\", allowed frontends, probes, pools, services, nats, snats, fastpath" },
	{ "{\n\"pools\":{}}", "F:2: pools: an array is needed" },
	{ "{\"pools\":[\n{\"name\":\"a\"},\n7]}",
	  "F:3: pools[1]: an object is needed" },
	{ "{\n\"nats\":[{\"name\":\"ssh\"}]}",
	  "F:2: nat \"ssh\": frontend is required" },
	{ NATS("\"port\":\"50-59\",\"mapping\":[\n7]"),
	  "F:4: nats[0].mapping[0]: an object is needed" },
	{ NATS("\"port\":\"50-59\",\"mapping\":[\n{\"backend\":\"b\"}]"),
	  "F:4: mapping \"b\": port is required" },
	{ NATS("\"port\":\"50-59\",\"mapping\":[\n"
	       "{\"backend\":\"b\",\"port\":0}]"),
	  "F:4: mapping \"b\": port 0: allowed 1..65535" },
	{ NATS("\"port\":\"50-59\",\"mapping\":[\n"
	       "{\"backend\":\"c\",\"port\":50}]"),
	  "F:4: mapping \"c\": backend c: pool \"p\" has no such backend" },
	{ NATS_OF_TWO("{\"backend\":\"b\",\"port\":55},\n"
		      "{\"backend\":\"c\",\n\"port\":55}"),
	  "F:6: mapping \"c\": port 55: backend \"b\" has this port of nat \"n\" already" },
	{ NATS("\"port\":50"),
	  "F:3: nat \"n\": port 50: one port needs a backend, a range has one for each" },
	{ NATS("\"port\":\"50-59\",\"backend\":\"b\""),
	  "F:3: nat \"n\": backend \"b\": in a range each backend has a port, allowed is none" },
	{ NATS("\"port\":50,\"backend\":\"c\""),
	  "F:3: nat \"n\": backend c: pool \"p\" has no such backend" },
	{ "{\n\"snats\":{}}", "F:2: snats: an array is needed" },
	{ "{\"pools\":[{\"name\":\"p\",\n\"backends\":7}]}",
	  "F:2: pools[0].backends: an array is needed" },
	{ BACKENDS("\"vm0\""),
	  "F:3: pools[0].backends[0]: an object is needed" },
	{ WITH("pools", "{}"), "F:2: pools[0]: name is required" },
	{ WITH("pools", "{\"name\":\"p\",\n\"sheduler\":\"rr\"}"),
	  "F:3: pool \"p\": unknown key \"sheduler\"" },
	{ WITH("backends", "{}"),
	  "F:1: unknown key \"backends\", allowed frontends, probes, pools, services, nats, snats, fastpath" },
	{ BACKENDS("{\"name\":\"b\",\n\"pool\":\"p\"}"),
	  "F:4: backend \"b\": unknown key \"pool\"" },
	{ WITH("frontends", "{\"name\":\"f\"}"),
	  "F:2: frontend \"f\": address is required" },
};

static const struct bad bad_values[] = {
	{ BACKENDS("{\"name\":\"vm0\",\"address\":\"10.0.0.4\",\n"
		   "\"weight\":70000}"),
	  "F:4: backend \"vm0\": weight 70000: allowed 0..65535" },
	{ BACKENDS("{\"weight\":-1,\n\"name\":\"vm0\"}"),
	  "F:3: backend \"vm0\": weight -1: allowed 0..65535" },
	{ BACKENDS("{\"weight\":-1}"),
	  "F:3: pools[0].backends[0]: weight -1: allowed 0..65535" },
	{ BACKENDS("{\"name\":\"vm0\",\"weight\":1.5}"),
	  "F:3: backend \"vm0\": weight 1.5: a whole number is needed" },
	{ BACKENDS("{\"name\":\"vm0\",\"weight\":\"3\"}"),
	  "F:3: backend \"vm0\": weight \"3\": a whole number is needed" },
	{ BACKENDS("{\"name\":\"vm0\",\"drain\":1}"),
	  "F:3: backend \"vm0\": drain 1: true or false is needed" },
	{ BACKENDS("{\"name\":\"vm0\",\"drain\":\"on\"}"),
	  "F:3: backend \"vm0\": drain \"on\": true or false is needed" },
	{ BACKENDS("{\"name\":\"vm0\",\"admin\":\"off\"}"),
	  "F:3: backend \"vm0\": admin \"off\": allowed none, up, down" },
	{ BACKENDS("{\"name\":\"vm0\",\"address\":\"10.0.0.4/24\"}"),
	  "F:3: backend \"vm0\": address \"10.0.0.4/24\": an address has no prefix length" },
	{ BACKENDS("{\"name\":\"vm0\",\"address\":7}"),
	  "F:3: backend \"vm0\": address 7: a string is needed" },
	{ BACKENDS("{\"name\":\"vm0\",\"address\":null}"),
	  "F:3: backend \"vm0\": address null: a string is needed" },
	{ WITH("pools", "{\"name\":\"a b\"}"),
	  "F:2: pools[0]: name \"a b\": a name has letters, digits, . _ and -" },
	{ WITH("pools", "{\"name\":\"-p\"}"),
	  "F:2: pools[0]: name \"-p\": a name does not start with -" },
	{ WITH("pools", "{\"name\":\"\"}"),
	  "F:2: pools[0]: name \"\": a name has 1 to 63 characters" },
	{ WITH("pools", "{\"name\":\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	       "aaaaaaaaaaaaaaaaaaaaaaaa\"}"),
	  "F:2: pools[0]: name \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...: a name has at most 63 characters, not 64" },
	{ WITH("pools", "{\"name\":\"p\",\"slots\":7}"),
	  "F:2: pool \"p\": slots 7: allowed 251..131071" },
	{ WITH("pools", "{\"name\":\"p\",\"seed\":-1}"),
	  "F:2: pool \"p\": seed -1: allowed 0..18446744073709551615" },
	{ WITH("pools", "{\"name\":\"p\",\"scheduler\":\"R R\"}"),
	  "F:2: pool \"p\": scheduler \"R R\": allowed are 1 to 15 letters a-z, digits, _ and -" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"sctp\"}"),
	  "F:2: probe \"t\": type \"sctp\": allowed tcp, http, https, udp, exec, tls, icmp, grpc, grpcs" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"tcp\",\"interval_ms\":\"5s\"}"),
	  "F:2: probe \"t\": interval_ms \"5s\": a whole number is needed" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"tcp\",\"interval_ms\":50}"),
	  "F:2: probe \"t\": interval_ms 50: allowed 100..3600000" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"tcp\",\n"
	       "\"timeout_ms\":6000}"),
	  "F:3: probe \"t\": timeout_ms 6000: longer than the interval, 5s" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"tcp\",\n\"path\":\"/\"}"),
	  "F:3: probe \"t\": path \"/\": a tcp probe has no path" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"http\",\"path\":\"x\"}"),
	  "F:2: probe \"t\": path \"x\": a path starts with /" },
	{ WITH("probes", "{\"name\":\"t\",\"type\":\"tcp\",\"port\":0}"),
	  "F:2: probe \"t\": port 0: allowed 1..65535, or same" },
};

static const struct bad bad_services[] = {
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"tcp\",\"pool\":\"p\""),
	  "F:4: service \"s\": port is required" },
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"tcp\",\"pool\":\"p\",\n"
		  "\"port\":0"),
	  "F:6: service \"s\": port 0: allowed 1..65535, or any" },
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"tcp\",\"pool\":\"p\",\n"
		  "\"port\":\"90-80\""),
	  "F:6: service \"s\": port \"90-80\": the last port is below the first" },
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"any\",\"pool\":\"p\",\n"
		  "\"port\":80"),
	  "F:6: service \"s\": port 80: protocol any has no ports" },
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"any\",\"pool\":\"p\",\n"
		  "\"backend_port\":80"),
	  "F:6: service \"s\": backend_port 80: protocol any has no ports" },
	{ SERVICE(GOOD_SERVICE ",\n\"backend_port\":\"8000-8001\""),
	  "F:6: service \"s\": backend_port \"8000-8001\": the range must be as long as that of port" },
	{ SERVICE("\"frontend\":\"g\",\"protocol\":\"tcp\",\"port\":80,\"pool\":\"p\""),
	  "F:5: service \"s\": frontend g: there is no such frontend" },
	{ SERVICE("\"frontend\":\"f\",\"protocol\":\"tcp\",\"port\":80,\"pool\":\"q\""),
	  "F:5: service \"s\": pool q: there is no such pool" },
	{ SERVICE(GOOD_SERVICE ",\n\"probe\":\"x\""),
	  "F:6: service \"s\": probe x: there is no such probe" },
	{ SERVICE(GOOD_SERVICE ",\n\"fastpath\":0"),
	  "F:6: service \"s\": fastpath 0: true or false is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"fastpath\":\"off\""),
	  "F:6: service \"s\": fastpath \"off\": true or false is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":\"p,q\""),
	  "F:6: service \"s\": backup \"p,q\": \"none\", a name or an array of names is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":[]"),
	  "F:6: service \"s\": backup []: allowed are 1 to 4 names, or \"none\"" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":[\"q\",\"q\"]"),
	  "F:6: service \"s\": backup [\"q\",\"q\"]: name \"q\": given twice" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":[\"q,r\"]"),
	  "F:6: service \"s\": backup [\"q,r\"]: name \"q,r\": a name has letters, digits, . _ and -" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":[\"q\",7]"),
	  "F:6: service \"s\": backup [\"q\",7]: an array of strings is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":[\"q\"]"),
	  "F:6: service \"s\": backup q: there is no pool \"q\"" },
	{ SERVICE(GOOD_SERVICE ",\n\"backup\":\"p\""),
	  "F:6: service \"s\": backup p: \"p\" is the service's own pool, allowed is another" },
	{ SERVICE(GOOD_SERVICE ",\n\"allow\":\"10.0.0.0/8\""),
	  "F:6: service \"s\": allow \"10.0.0.0/8\": \"any\" or an array of prefixes is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"allow\":[]"),
	  "F:6: service \"s\": allow []: allowed are 1 to 1024 prefixes, or \"any\"" },
	{ SERVICE(GOOD_SERVICE ",\n\"allow\":[8]"),
	  "F:6: service \"s\": allow [8]: an array of strings is needed" },
	{ SERVICE(GOOD_SERVICE ",\n\"allow\":[\"10.0.0.1/8\"]"),
	  "F:6: service \"s\": allow [\"10.0.0.1/8\"]: prefix \"10.0.0.1/8\": bits are set behind its length, allowed is 10.0.0.0/8" },
	{ SERVICE(GOOD_SERVICE ",\n\"allow\":[\"10.0.0.0/8,11.0.0.0/8\"]"),
	  "F:6: service \"s\": allow [\"10.0.0.0/8,11.0.0.0/8\"]: prefix \"10.0.0.0/8,11.0.0.0/8\": not a number, allowed 0..32" },
	{ SERVICE(GOOD_SERVICE "},\n{\"name\":\"s2\",\n" GOOD_SERVICE),
	  "F:7: service \"s2\": port 80: service \"s\" has frontend, protocol and port alike" },
	{ SERVICE(GOOD_SERVICE "},\n{\"name\":\"s\",\n" GOOD_SERVICE),
	  "F:6: service \"s\": this name is on line 4 already" },
};

#define FASTPATH(devices)	"{\"fastpath\":{\n\"devices\":" devices "}}"
#define DEVICE_RULE	"a device's name has 1 to 15 visible characters, no / : ,"

static const struct bad bad_fastpaths[] = {
	{ "{\n\"fastpath\":[]}", "F:2: fastpath: an object is needed" },
	{ "{\"fastpath\":{\n\"device\":\"none\"}}",
	  "F:2: fastpath: unknown key \"device\"" },
	{ "{\"fastpath\":{},\n\"fastpath\":{}}",
	  "F:2: not JSON: duplicate object key near '\"fastpath\"'" },
	{ FASTPATH("7"),
	  "F:2: fastpath: devices 7: \"auto\", \"none\" or an array of names is needed" },
	{ FASTPATH("\"eth0\""),
	  "F:2: fastpath: devices \"eth0\": \"auto\", \"none\" or an array of names is needed" },
	{ FASTPATH("{\"eth0\":1}"),
	  "F:2: fastpath: devices {\"eth0\":1}: \"auto\", \"none\" or an array of names is needed" },
	{ FASTPATH("[]"),
	  "F:2: fastpath: devices []: allowed are 1 to 32 devices, or \"none\"" },
	{ FASTPATH("[\"a\",7]"),
	  "F:2: fastpath: devices [\"a\",7]: an array of strings is needed" },
	{ FASTPATH("[\"a\",\"a\"]"),
	  "F:2: fastpath: devices [\"a\",\"a\"]: device \"a\": given twice" },
	{ FASTPATH("[\"a,b\"]"),
	  "F:2: fastpath: devices [\"a,b\"]: device \"a,b\": " DEVICE_RULE },
	{ FASTPATH("[\"\"]"),
	  "F:2: fastpath: devices [\"\"]: device \"\": " DEVICE_RULE },
	{ FASTPATH("[\"a b\"]"),
	  "F:2: fastpath: devices [\"a b\"]: device \"a b\": " DEVICE_RULE },
	{ FASTPATH("[\"0123456789abcdef\"]"),
	  "F:2: fastpath: devices [\"0123456789abcdef\"]: device \"0123456789abcdef\": " DEVICE_RULE },
	{ FASTPATH("[\"none\"]"),
	  "F:2: fastpath: devices [\"none\"]: device \"none\": this word is reserved" },
	{ FASTPATH("[\".\"]"),
	  "F:2: fastpath: devices [\".\"]: device \".\": this word is reserved" },
};

static const struct bad bad_families[] = {
	{ "{\"frontends\":[" FRONTEND ",\n"
	  "{\"name\":\"g\",\"address\":\"203.0.113.10\"}]}",
	  "F:2: frontend \"g\": address 203.0.113.10: frontend \"f\" has this address already" },
	{ BACKENDS("{\"name\":\"a\",\"address\":\"10.0.0.4\"},\n"
		   "{\"name\":\"b\",\"address\":\"10.0.0.4\"}"),
	  "F:4: backend \"b\": address 10.0.0.4: backend \"a\" of pool \"p\" has this address already" },
	{ BACKENDS("{\"name\":\"a\",\"address\":\"10.0.0.4\"},\n"
		   "{\"name\":\"b\",\"address\":\"2001:db8::4\"}"),
	  "F:4: backend \"b\": address 2001:db8::4: IPv6, but backend \"a\" of pool \"p\" is IPv4" },
	{ BACKENDS("{\"name\":\"a\",\"address\":\"10.0.0.4\"},\n"
		   "{\"name\":\"a\",\"address\":\"10.0.0.5\"}"),
	  "F:4: backend \"a\": this name is on line 3 already" },
	{ "{\"frontends\":[" FRONTEND "],\n"
	  "\"pools\":[{\"name\":\"p\",\"backends\":[\n"
	  "{\"name\":\"a\",\"address\":\"2001:db8::4\"}]}],\n"
	  "\"services\":[{\"name\":\"s\"," GOOD_SERVICE "}]}",
	  "F:3: backend \"a\": address 2001:db8::4: IPv6, but frontend \"f\" of service \"s\" is IPv4" },
};

static void check(const struct bad *bad, size_t n)
{
	struct doc *doc;
	struct why why;
	size_t i;

	for (i = 0; i < n; i++) {
		doc = parse(bad[i].text, &why);
		assert_null(doc);
		assert_string_equal(why.text, bad[i].sentence);
	}
}

#define CHECK(table) check(table, ARRAY_SIZE(table))

static void what_is_not_json_is_refused(void **state)
{
	(void)state;
	CHECK(not_json);
}

static void wrong_shape_is_refused(void **state)
{
	(void)state;
	CHECK(bad_shape);
}

static void wrong_values_are_refused(void **state)
{
	(void)state;
	CHECK(bad_values);
}

static void wrong_services_are_refused(void **state)
{
	(void)state;
	CHECK(bad_services);
}

static void wrong_devices_are_refused(void **state)
{
	(void)state;
	CHECK(bad_fastpaths);
}

static char *list_of_devices(int n)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	assert_non_null(f);
	fprintf(f, "{\"fastpath\":{\"devices\":[\"eth1\"");
	while (--n)
		fprintf(f, ",\"a-long-name-%02d\"", n);
	fprintf(f, "]}}");
	fclose(f);
	return text;
}

static void devices_have_a_limit(void **state)
{
	char *text = list_of_devices(32);
	struct why why;

	(void)state;
	doc_free(parse_good(text));
	free(text);
	text = list_of_devices(33);
	assert_null(parse(text, &why));
	assert_non_null(strstr(why.text, ": device \"a-long-name-01\": a list has at most 32 devices"));
	free(text);
}

static void devices_are_sorted(void **state)
{
	static const char *const texts[][2] = {
		{ "{}", "auto" },
		{ "{\"fastpath\":{}}", "auto" },
		{ FASTPATH("\"auto\""), "auto" },
		{ FASTPATH("\"none\""), "none" },
		{ FASTPATH("[\"eth0\"]"), "eth0" },
		{ FASTPATH("[\"eth1\",\"bond0.7\",\"eth0\"]"),
		  "bond0.7,eth0,eth1" },
	};
	struct doc *doc;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(texts); i++) {
		doc = parse_good(texts[i][0]);
		assert_int_equal(doc->n[KIND_FASTPATH], 1);
		assert_string_equal(doc->objects[KIND_FASTPATH][0]
				    ->values[FASTPATH_DEVICES].text,
				    texts[i][1]);
		doc_free(doc);
	}
}

static void shared_addresses_and_families_are_refused(void **state)
{
	(void)state;
	CHECK(bad_families);
}

static void zero_byte_in_text_is_refused(void **state)
{
	static const char text[] = "{\"pools\":[]\0}";
	struct why why;

	(void)state;
	assert_null(parse_bytes(text, sizeof(text) - 1, &why));
	assert_non_null(strstr(why.text, "F:1: not JSON: "));
}

static void huge_nesting_is_refused(void **state)
{
	size_t n = 1000000;
	char *text = malloc(n);
	struct why why;

	(void)state;
	assert_non_null(text);
	memset(text, '[', n);
	assert_null(parse_bytes(text, n, &why));
	assert_string_equal(why.text, "F:1: not JSON: maximum parsing depth reached near '['");
	free(text);
}

static void nesting_in_a_value_is_refused(void **state)
{
	char text[4096];
	size_t len, i;
	struct why why;

	(void)state;
	len = snprintf(text, sizeof(text), "{\"pools\":[{\"name\":\n");
	for (i = 0; i < 1000; i++)
		text[len++] = '[';
	for (i = 0; i < 1000; i++)
		text[len++] = ']';
	len += snprintf(text + len, sizeof(text) - len, "}]}");
	assert_null(parse_bytes(text, len, &why));
	assert_non_null(strstr(why.text, "F:2: pools[0]: name [[[["));
	assert_non_null(strstr(why.text, "...: a string is needed"));
}

static void good_document_is_read(void **state)
{
	const struct object *obj;
	struct doc *doc;

	(void)state;
	doc = parse_good(SERVICE(GOOD_SERVICE ",\"backend_port\":\"same\","
				 "\"probe\":\"none\""));
	obj = doc_find(doc, KIND_SERVICE, "s");
	assert_non_null(obj);
	assert_int_equal(obj->values[SERVICE_PROTOCOL].number, 6);
	assert_int_equal(obj->values[SERVICE_PORT].ports.first, 80);
	assert_int_equal(obj->values[SERVICE_BACKEND_PORT].ports.first, 0);
	assert_string_equal(obj->values[SERVICE_PROBE].text, "");
	assert_int_equal(obj->values[SERVICE_FASTPATH].number, 1);
	obj = doc_find(doc, KIND_POOL, "p");
	assert_string_equal(obj->values[POOL_SCHEDULER].text, "maglev");
	assert_int_equal(obj->values[POOL_SLOTS].number, 65537);
	doc_free(doc);
}

static void good_nat_is_read(void **state)
{
	const struct object *obj;
	struct doc *doc;

	(void)state;
	doc = parse_good(NATS("\"port\":\"50-59\",\"mapping\":"
			      "[{\"backend\":\"b\",\"port\":55}]"));
	obj = doc_find(doc, KIND_NAT, "n");
	assert_non_null(obj);
	assert_int_equal(obj->values[NAT_ALL_DOWN].number,
			 NFLB_ALL_DOWN_REJECT);
	assert_int_equal(obj->values[NAT_QUARANTINE].number, 240000);
	assert_int_equal(doc->n[KIND_MAPPING], 1);
	obj = doc->objects[KIND_MAPPING][0];
	assert_string_equal(obj->values[MAPPING_NAT].text, "n");
	assert_int_equal(obj->values[MAPPING_PORT].ports.first, 55);
	doc_free(doc);
}

static void good_mapping_is_read(void **state)
{
	struct doc *doc;

	(void)state;
	doc = parse_good(NATS_OF_TWO("{\"backend\":\"b\",\"port\":55},"
				     "{\"backend\":\"c\",\"port\":50}"));
	assert_int_equal(doc->n[KIND_MAPPING], 3);
	doc_free(doc);
}

static void empty_later_sections_are_taken(void **state)
{
	(void)state;
	doc_free(parse_good("{\"nats\":[],\"snats\":[]}"));
	doc_free(parse_good("{}"));
}

static void probe_defaults_depend_on_each_other(void **state)
{
	const struct object *obj;
	struct doc *doc;

	(void)state;
	doc = parse_good(WITH("probes", "{\"name\":\"t\",\"type\":\"http\","
			      "\"interval_ms\":1000}"));
	obj = doc_find(doc, KIND_PROBE, "t");
	assert_int_equal(obj->values[PROBE_TIMEOUT].number, 1000);
	assert_string_equal(obj->values[PROBE_PATH].text, "/");
	doc_free(doc);
}

static void large_seed_is_taken_as_text(void **state)
{
	const struct object *obj;
	struct doc *doc;

	(void)state;
	doc = parse_good(WITH("pools", "{\"name\":\"p\","
			      "\"seed\":\"0xfedcba9876543210\"}"));
	obj = doc_find(doc, KIND_POOL, "p");
	assert_true(obj->values[POOL_SEED].number == 0xfedcba9876543210ull);
	doc_free(doc);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(what_is_not_json_is_refused),
		CASE(wrong_shape_is_refused),
		CASE(wrong_values_are_refused),
		CASE(wrong_services_are_refused),
		CASE(wrong_devices_are_refused),
		CASE(devices_have_a_limit),
		CASE(devices_are_sorted),
		CASE(shared_addresses_and_families_are_refused),
		CASE(zero_byte_in_text_is_refused),
		CASE(huge_nesting_is_refused),
		CASE(nesting_in_a_value_is_refused),
		CASE(good_document_is_read),
		CASE(good_nat_is_read),
		CASE(good_mapping_is_read),
		CASE(empty_later_sections_are_taken),
		CASE(probe_defaults_depend_on_each_other),
		CASE(large_seed_is_taken_as_text),
	};

	return RUN(cases);
}
