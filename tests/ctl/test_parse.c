// SPDX-License-Identifier: GPL-2.0-only
/* Text to values: what is taken, and the sentence for what is not. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "host.h"

static struct why why;

static void number_in_range_is_taken(void **state)
{
	uint64_t value = 1;

	(void)state;
	assert_int_equal(parse_u64("0", 0, 65535, &value, &why), 0);
	assert_int_equal(value, 0);
	assert_int_equal(parse_u64("65535", 0, 65535, &value, &why), 0);
	assert_int_equal(value, 65535);
}

static void number_out_of_range_is_refused(void **state)
{
	static const char *const bad[] = {
		"65536", "18446744073709551616", "99999999999999999999999",
	};
	uint64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++) {
		assert_int_not_equal(parse_u64(bad[i], 1, 65535, &value, &why),
				     0);
		assert_string_equal(why.text, "allowed 1..65535");
	}
}

static void what_is_no_number_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "abc", "-1", "+1", " 1", "1 ", "1.5", "0x10", "1e3", "--",
	};
	uint64_t value;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_u64(bad[i], 0, 9, &value, &why), 0);
		assert_string_equal(why.text, "not a number, allowed 0..9");
	}
}

static void seed_takes_all_64_bits(void **state)
{
	uint64_t seed;

	(void)state;
	assert_int_equal(parse_seed("18446744073709551615", &seed, &why), 0);
	assert_true(seed == UINT64_MAX);
	assert_int_equal(parse_seed("0xffffffffffffffff", &seed, &why), 0);
	assert_true(seed == UINT64_MAX);
	assert_int_equal(parse_seed("0x", &seed, &why), -22);
	assert_int_equal(parse_seed("0x0x1", &seed, &why), -22);
	assert_int_equal(parse_seed("-1", &seed, &why), -22);
	assert_int_equal(parse_seed("18446744073709551616", &seed, &why), -22);
	assert_string_equal(why.text, "allowed 0..18446744073709551615");
}

static void time_has_a_unit(void **state)
{
	static const struct {
		const char *text;
		uint64_t ms;
	} good[] = {
		{ "200ms", 200 }, { "5s", 5000 }, { "1m", 60000 },
		{ "1h", 3600000 }, { "100ms", 100 },
	};
	uint64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(parse_ms(good[i].text, 100, 3600000, &ms,
					  &why), 0);
		assert_int_equal(ms, good[i].ms);
	}
}

static void time_without_unit_is_refused(void **state)
{
	static const char *const bad[] = {
		"5", "", "s", "5 s", "-5s", "5S", "1.5s", "5sec", "5s5s",
	};
	uint64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_ms(bad[i], 1, 9, &ms, &why), 0);
		assert_string_equal(why.text,
				    "a time needs a unit: ms, s, m, h or d");
	}
}

static void time_out_of_range_is_refused(void **state)
{
	static const char *const bad[] = {
		"99ms", "2h", "3600001ms", "0s", "99999999999999999999h",
		"99999999999h",
	};
	uint64_t ms;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_ms(bad[i], 100, 3600000, &ms, &why),
				     0);
		assert_string_equal(why.text, "allowed 100ms..60m");
	}
}

static void time_is_written_as_it_is_read(void **state)
{
	char text[TIME_TEXT_SIZE];

	(void)state;
	assert_string_equal(format_ms(0, text), "0ms");
	assert_string_equal(format_ms(1500, text), "1500ms");
	assert_string_equal(format_ms(5000, text), "5s");
	assert_string_equal(format_ms(90000, text), "90s");
	assert_string_equal(format_ms(120000, text), "2m");
}

static void address_of_both_families(void **state)
{
	char text[ADDRESS_TEXT_SIZE];
	struct address address;

	(void)state;
	assert_int_equal(parse_address("203.0.113.10", &address, &why), 0);
	assert_int_equal(address.len, 4);
	assert_string_equal(format_address(&address, text), "203.0.113.10");
	assert_int_equal(parse_address("2001:DB8:0::1", &address, &why), 0);
	assert_int_equal(address.len, 16);
	assert_string_equal(format_address(&address, text), "2001:db8::1");
}

static void prefix_length_is_refused(void **state)
{
	struct address address;

	(void)state;
	assert_int_not_equal(parse_address("10.0.0.4/24", &address, &why), 0);
	assert_string_equal(why.text, "an address has no prefix length");
	assert_int_not_equal(parse_address("2001:db8::/64", &address, &why), 0);
	assert_string_equal(why.text, "an address has no prefix length");
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "10.0.0", "10.0.0.256", "010.0.0.1", "1.2.3.4.5",
		"example.org", "::g", "1:2:3", "fe80::1%eth0", "[::1]",
	};
	struct address address;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_address(bad[i], &address, &why), 0);
		assert_string_equal(why.text, "not an IPv4 or IPv6 address");
	}
}

static void name_of_63_characters_is_taken(void **state)
{
	char name[65];

	(void)state;
	memset(name, 'a', sizeof(name));
	name[63] = '\0';
	assert_int_equal(parse_name(name, &why), 0);
	name[63] = 'a';
	name[64] = '\0';
	assert_int_not_equal(parse_name(name, &why), 0);
	assert_string_equal(why.text,
			    "a name has at most 63 characters, not 64");
}

static void name_has_few_characters(void **state)
{
	static const char *const bad[] = {
		"a b", "a/b", "\xc3\xa4", "a\n", "a\"", "a:b", "\x1b[2J",
	};
	size_t i;

	(void)state;
	assert_int_equal(parse_name("A.z_0-9", &why), 0);
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_name(bad[i], &why), 0);
		assert_string_equal(why.text,
				    "a name has letters, digits, . _ and -");
	}
	assert_int_not_equal(parse_name("", &why), 0);
	assert_string_equal(why.text, "a name has 1 to 63 characters");
	assert_int_not_equal(parse_name("-a", &why), 0);
	assert_string_equal(why.text, "a name does not start with -");
}

static void reserved_name_is_refused(void **state)
{
	(void)state;
	assert_int_not_equal(parse_name("help", &why), 0);
	assert_int_not_equal(parse_name("none", &why), 0);
	assert_string_equal(why.text, "this word is reserved");
}

static void port_or_range_is_taken(void **state)
{
	struct ports ports;

	(void)state;
	assert_int_equal(parse_ports("80", &ports, &why), 0);
	assert_int_equal(ports.first, 80);
	assert_int_equal(ports.last, 80);
	assert_int_equal(parse_ports("30000-32767", &ports, &why), 0);
	assert_int_equal(ports.first, 30000);
	assert_int_equal(ports.last, 32767);
}

static void bad_ports_are_refused(void **state)
{
	static const char *const bad[] = {
		"0", "65536", "0-5", "1-65536", "80-", "-80", "80-90-100",
		"", "http", "8 0", "000000080-90",
	};
	struct ports ports;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		assert_int_not_equal(parse_ports(bad[i], &ports, &why), 0);
		assert_non_null(strstr(why.text, "allowed 1..65535"));
	}
	assert_int_not_equal(parse_ports("90-80", &ports, &why), 0);
	assert_string_equal(why.text, "the last port is below the first");
}

static void endpoint_forms(void **state)
{
	static const char *const good[] = {
		"10.0.0.1:80", "[2001:db8::1]:80", "10.0.0.1", "2001:db8::1",
	};
	char text[ENDPOINT_TEXT_SIZE];
	struct endpoint end;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		assert_int_equal(parse_endpoint(good[i], &end, &why), 0);
		assert_string_equal(format_endpoint(&end, text), good[i]);
	}
	assert_int_equal(parse_endpoint("[2001:db8::1]", &end, &why), 0);
	assert_false(end.has_port);
}

static void bad_endpoints_are_refused(void **state)
{
	static const char *const bad[] = {
		"", ":", ":80", "10.0.0.1:", "10.0.0.1:0", "10.0.0.1:65536",
		"[", "[]", "[::1", "[::1]80", "[::1]:", "[::1]:x", "]:80",
		"10.0.0.1:80:90", "[10.0.0.1:80", "[::1]]:80",
		"[1111111111111111111111111111111111111111111111111111]:80",
	};
	struct endpoint end;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_not_equal(parse_endpoint(bad[i], &end, &why), 0);
}

static void word_not_in_table_says_the_table(void **state)
{
	uint32_t value;

	(void)state;
	assert_int_equal(parse_word(protocol_words, "udp", &value, &why), 0);
	assert_int_equal(value, 17);
	assert_int_not_equal(parse_word(protocol_words, "u", &value, &why), 0);
	assert_string_equal(why.text, "allowed tcp, udp, sctp, any");
}

static void protocol_by_word_or_number(void **state)
{
	uint32_t protocol;

	(void)state;
	assert_int_equal(parse_protocol("sctp", &protocol, &why), 0);
	assert_int_equal(protocol, 132);
	assert_int_equal(parse_protocol("47", &protocol, &why), 0);
	assert_int_equal(protocol, 47);
	assert_int_not_equal(parse_protocol("any", &protocol, &why), 0);
	assert_int_not_equal(parse_protocol("0", &protocol, &why), 0);
	assert_int_not_equal(parse_protocol("256", &protocol, &why), 0);
	assert_string_equal(why.text, "allowed tcp, udp, sctp, 1..255");
}

static void path_is_an_ascii_path(void **state)
{
	char path[300];

	(void)state;
	assert_int_equal(parse_path("/healthz?x=1", &why), 0);
	assert_int_not_equal(parse_path("healthz", &why), 0);
	assert_string_equal(why.text, "a path starts with /");
	assert_int_not_equal(parse_path("/a b", &why), 0);
	assert_int_not_equal(parse_path("/a\r\nHost:", &why), 0);
	assert_int_not_equal(parse_path("/a#b", &why), 0);
	assert_string_equal(why.text,
			    "a path has no #: what follows it is never sent");
	memset(path, '/', sizeof(path));
	path[256] = '\0';
	assert_int_not_equal(parse_path(path, &why), 0);
	assert_string_equal(why.text,
			    "a path has at most 255 characters, not 256");
}

/* Every keyword's text is written as it is read. */
static void values_are_written_as_they_are_read(void **state)
{
	static const struct {
		enum object_kind kind;
		unsigned int field;
		const char *text;
	} good[] = {
		{ KIND_FRONTEND, FRONTEND_ADDRESS, "2001:db8::1" },
		{ KIND_PROBE, PROBE_TYPE, "https" },
		{ KIND_PROBE, PROBE_PORT, "same" },
		{ KIND_PROBE, PROBE_PORT, "8080" },
		{ KIND_PROBE, PROBE_PATH, "/healthz" },
		{ KIND_PROBE, PROBE_HOST, "web.example.org:8080" },
		{ KIND_PROBE, PROBE_HOST, "[2001:db8::1]:80" },
		{ KIND_PROBE, PROBE_SNI, "web.example.org" },
		{ KIND_PROBE, PROBE_EXPECT, "200-299,404" },
		{ KIND_PROBE, PROBE_BODY, "all is well" },
		{ KIND_PROBE, PROBE_BODY, "hex:0d0a" },
		{ KIND_PROBE, PROBE_JSON_STATE, "on" },
		{ KIND_PROBE, PROBE_VERIFY, "on" },
		{ KIND_PROBE, PROBE_CERT_EXPIRY, "14d" },
		{ KIND_PROBE, PROBE_SOURCE, "2001:db8::1" },
		{ KIND_PROBE, PROBE_DEVICE, "eth0.7" },
		{ KIND_PROBE, PROBE_DEVICE, "none" },
		{ KIND_PROBE, PROBE_MARK, "4294967294" },
		{ KIND_PROBE, PROBE_MARK, "none" },
		{ KIND_PROBE, PROBE_CERT, "/etc/nflb/cert.pem" },
		{ KIND_PROBE, PROBE_SEND, "hex:0001ff" },
		{ KIND_PROBE, PROBE_RECEIVE, "pong" },
		{ KIND_PROBE, PROBE_COMMAND, "/etc/nflb/check -a b" },
		{ KIND_PROBE, PROBE_INTERVAL, "200ms" },
		{ KIND_PROBE, PROBE_INITIAL, "up" },
		{ KIND_PROBE, PROBE_ANSWERS, "at-once" },
		{ KIND_POOL, POOL_SCHEDULER, "wlc" },
		{ KIND_POOL, POOL_SEED, "18446744073709551615" },
		{ KIND_BACKEND, BACKEND_WEIGHT, "65535" },
		{ KIND_BACKEND, BACKEND_ADMIN, "down" },
		{ KIND_BACKEND, BACKEND_DRAIN, "on" },
		{ KIND_SERVICE, SERVICE_PROTOCOL, "any" },
		{ KIND_SERVICE, SERVICE_PORT, "any" },
		{ KIND_SERVICE, SERVICE_PORT, "80-90" },
		{ KIND_SERVICE, SERVICE_BACKEND_PORT, "same" },
		{ KIND_SERVICE, SERVICE_PROBE, "none" },
		{ KIND_SNAT, SNAT_ADDRESS, "10.0.0.9,10.0.0.10" },
		{ KIND_SNAT, SNAT_PORTS, "azure" },
		{ KIND_SNAT, SNAT_PORTS, "64000" },
	};
	char buf[VALUE_TEXT_SIZE];
	struct value value;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(good); i++) {
		const struct field *field;

		field = &object_types[good[i].kind].fields[good[i].field];
		assert_int_equal(value_parse(field, good[i].text, &value, &why),
				 0);
		assert_string_equal(value_format(field, &value, buf),
				    good[i].text);
		value_free(field, &value);
	}
}

static void bad_values_are_refused(void **state)
{
	static const struct {
		enum object_kind kind;
		unsigned int field;
		const char *text;
		const char *sentence;
	} bad[] = {
		{ KIND_PROBE, PROBE_TYPE, "sctp", "allowed tcp, http, https, udp, exec, tls, icmp, grpc, grpcs" },
		{ KIND_PROBE, PROBE_PORT, "0", "allowed 1..65535, or same" },
		{ KIND_PROBE, PROBE_PORT, "80-81",
		  "not a number, allowed 1..65535, or same" },
		{ KIND_PROBE, PROBE_INITIAL, "unknown", "allowed up, down" },
		{ KIND_PROBE, PROBE_HOST, "a b",
		  "a host has letters, digits and . _ - : [ ]" },
		{ KIND_PROBE, PROBE_SNI, "10.0.0.1",
		  "a name has letters, digits and . _ -, and is no address" },
		{ KIND_PROBE, PROBE_SNI, "web:80",
		  "a name has letters, digits and . _ -, and is no address" },
		{ KIND_PROBE, PROBE_CERT_EXPIRY, "41d",
		  "allowed 0ms..40d, or off" },
		{ KIND_PROBE, PROBE_COMMAND, "check",
		  "a command starts with /" },
		{ KIND_PROBE, PROBE_COMMAND, "/a\n",
		  "a command has only ASCII characters" },
		{ KIND_PROBE, PROBE_GRPC_SERVICE, "a b",
		  "a service's name has no spaces or non-ASCII characters" },
		{ KIND_PROBE, PROBE_SOURCE, "10.0.0.0/8",
		  "an address has no prefix length" },
		{ KIND_POOL, POOL_SLOTS, "250", "allowed 251..131071" },
		{ KIND_POOL, POOL_SCHEDULER, "a-very-long-scheduler",
		  "allowed are 1 to 15 letters a-z, digits, _ and -" },
		{ KIND_BACKEND, BACKEND_WEIGHT, "65536", "allowed 0..65535" },
		{ KIND_BACKEND, BACKEND_DRAIN, "yes", "allowed on, off" },
		{ KIND_SERVICE, SERVICE_PORT, "0", "allowed 1..65535, or any" },
		{ KIND_SNAT, SNAT_ADDRESS, "10.0.0.9,",
		  "\"\": not an IPv4 or IPv6 address" },
		{ KIND_SNAT, SNAT_PORTS, "1",
		  "allowed 8..64000, azure or dynamic" },
		{ KIND_SERVICE, SERVICE_PORT, "9-8",
		  "the last port is below the first" },
	};
	struct value value;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		const struct field *field;

		field = &object_types[bad[i].kind].fields[bad[i].field];
		assert_int_not_equal(value_parse(field, bad[i].text, &value,
						 &why), 0);
		assert_string_equal(why.text, bad[i].sentence);
	}
}

static void host_has_a_name(void **state)
{
	static const char *const names[][2] = {
		{ "web.example.org", "web.example.org" },
		{ "web.example.org:8443", "web.example.org" },
		{ "a_b-c", "a_b-c" },
		{ "10.0.0.1", "" }, { "10.0.0.1:80", "" }, { "0x7f.1", "" },
		{ "127.0x1", "" }, { "[::1]:80", "" }, { "::1", "" },
		{ "", "" }, { "web.", "" }, { ".web", "" },
	};
	char buf[HOST_NAME_SIZE];
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++)
		assert_string_equal(host_name(names[i][0], buf), names[i][1]);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(number_in_range_is_taken),
		CASE(number_out_of_range_is_refused),
		CASE(what_is_no_number_is_refused),
		CASE(seed_takes_all_64_bits),
		CASE(time_has_a_unit),
		CASE(time_without_unit_is_refused),
		CASE(time_out_of_range_is_refused),
		CASE(time_is_written_as_it_is_read),
		CASE(address_of_both_families),
		CASE(prefix_length_is_refused),
		CASE(what_is_no_address_is_refused),
		CASE(name_of_63_characters_is_taken),
		CASE(name_has_few_characters),
		CASE(reserved_name_is_refused),
		CASE(port_or_range_is_taken),
		CASE(bad_ports_are_refused),
		CASE(endpoint_forms),
		CASE(bad_endpoints_are_refused),
		CASE(word_not_in_table_says_the_table),
		CASE(protocol_by_word_or_number),
		CASE(path_is_an_ascii_path),
		CASE(host_has_a_name),
		CASE(values_are_written_as_they_are_read),
		CASE(bad_values_are_refused),
	};

	return RUN(cases);
}
