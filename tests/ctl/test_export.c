// SPDX-License-Identifier: GPL-2.0-only
/* Documents are canonical: what is exported and read again is the same. */
#include "helper.h"

#include <stdlib.h>
#include <string.h>

#include "diff.h"
#include "print.h"
#include "table.h"

static const char untidy[] =
	"{\"services\":[{\"pool\":\"web\",\"port\":\"any\",\"name\":\"z\","
	"\"protocol\":\"udp\",\"frontend\":\"a\",\"fastpath\":false},"
	"{\"name\":\"gre\",\"frontend\":\"a\",\"protocol\":\"any\",\"pool\":\"web\","
	"\"allow\":[\"fd00::/16\",\"FD00::/8\",\"2001:db8::7\"]},"
	"{\"name\":\"b\",\"frontend\":\"a\",\"protocol\":\"tcp\","
	"\"port\":\"8000-8099\",\"backend_port\":\"9000-9099\","
	"\"pool\":\"web\",\"fastpath\":true,\"probe\":\"ok\"}],"
	"\"probes\":[{\"name\":\"ok\",\"type\":\"http\",\"path\":\"/\","
	"\"interval_ms\":5000,\"timeout_ms\":2000,\"rise\":3},"
	"{\"name\":\"fast\",\"type\":\"tcp\",\"interval_ms\":500}],"
	"\"pools\":[{\"name\":\"web\",\"seed\":18,\"backends\":["
	"{\"name\":\"vm10\",\"address\":\"2001:DB8:0:0::4\",\"weight\":1},"
	"{\"name\":\"vm1\",\"address\":\"2001:db8::5\",\"drain\":true,"
	"\"zone\":3}]},{\"name\":\"empty\",\"slots\":251,"
	"\"seed\":\"0xfedcba9876543210\"}],"
	"\"nats\":[{\"name\":\"ssh\",\"frontend\":\"a\",\"protocol\":\"tcp\","
	"\"port\":\"50-59\",\"pool\":\"web\",\"backend_port\":22,\"mapping\":["
	"{\"backend\":\"vm10\",\"port\":50},{\"backend\":\"vm1\",\"port\":59}],"
	"\"all_down\":\"reject\",\"quarantine_ms\":0}],"
	"\"frontends\":[{\"address\":\"2001:db8::1\",\"name\":\"a\"}],"
	"\"snats\":[{\"name\":\"out\",\"pool\":\"web\",\"ports\":\"azure\","
	"\"address\":[\"2001:db8::9\",\"2001:DB8::0:8\"],\"protocol\":\"tcp\"},"
	"{\"name\":\"fixed\",\"pool\":\"empty\",\"ports\":1024,"
	"\"protocol\":\"any\",\"address\":[\"203.0.113.9\"]}],"
	"\"fastpath\":{\"devices\":[\"eth1\",\"eth0.7\"]}}";

static const char tidy[] =
	"{\n"
	"  \"frontends\": [\n"
	"    {\"name\": \"a\", \"address\": \"2001:db8::1\"}\n"
	"  ],\n"
	"  \"probes\": [\n"
	"    {\"name\": \"fast\", \"type\": \"tcp\", \"interval_ms\": 500},\n"
	"    {\"name\": \"ok\", \"type\": \"http\", \"rise\": 3}\n"
	"  ],\n"
	"  \"pools\": [\n"
	"    {\n"
	"      \"name\": \"empty\",\n"
	"      \"slots\": 251,\n"
	"      \"seed\": \"0xfedcba9876543210\"\n"
	"    },\n"
	"    {\n"
	"      \"name\": \"web\",\n"
	"      \"seed\": 18,\n"
	"      \"backends\": [\n"
	"        {\"name\": \"vm1\", \"address\": \"2001:db8::5\", \"zone\": 3, \"drain\": true},\n"
	"        {\"name\": \"vm10\", \"address\": \"2001:db8::4\"}\n"
	"      ]\n"
	"    }\n"
	"  ],\n"
	"  \"services\": [\n"
	"    {\"name\": \"b\", \"frontend\": \"a\", \"protocol\": \"tcp\", \"port\": \"8000-8099\", \"pool\": \"web\", \"backend_port\": \"9000-9099\", \"probe\": \"ok\"},\n"
	"    {\"name\": \"gre\", \"frontend\": \"a\", \"protocol\": \"any\", \"pool\": \"web\", \"allow\": [\"2001:db8::7/128\", \"fd00::/8\"]},\n"
	"    {\"name\": \"z\", \"frontend\": \"a\", \"protocol\": \"udp\", \"port\": \"any\", \"pool\": \"web\", \"fastpath\": false}\n"
	"  ],\n"
	"  \"nats\": [\n"
	"    {\n"
	"      \"name\": \"ssh\",\n"
	"      \"frontend\": \"a\",\n"
	"      \"protocol\": \"tcp\",\n"
	"      \"port\": \"50-59\",\n"
	"      \"pool\": \"web\",\n"
	"      \"backend_port\": 22,\n"
	"      \"quarantine_ms\": 0,\n"
	"      \"mapping\": [\n"
	"        {\"backend\": \"vm1\", \"port\": 59},\n"
	"        {\"backend\": \"vm10\", \"port\": 50}\n"
	"      ]\n"
	"    }\n"
	"  ],\n"
	"  \"snats\": [\n"
	"    {\"name\": \"fixed\", \"pool\": \"empty\", \"address\": [\"203.0.113.9\"], \"ports\": 1024},\n"
	"    {\"name\": \"out\", \"pool\": \"web\", \"address\": [\"2001:db8::8\", \"2001:db8::9\"], \"protocol\": \"tcp\", \"ports\": \"azure\"}\n"
	"  ],\n"
	"  \"fastpath\": {\"devices\": [\"eth0.7\", \"eth1\"]}\n"
	"}\n";

static void export_is_canonical(void **state)
{
	struct doc *doc = parse_good(untidy);
	char *text = exported(doc);

	(void)state;
	assert_string_equal(text, tidy);
	free(text);
	doc_free(doc);
}

static void export_is_read_as_the_same(void **state)
{
	struct doc *before = parse_good(untidy), *after = parse_good(tidy);
	struct diff diff;
	char *text;

	(void)state;
	diff_make(&diff, before, after);
	assert_int_equal(diff.n, 0);
	diff_free(&diff);
	text = exported(after);
	assert_string_equal(text, tidy);
	free(text);
	doc_free(before);
	doc_free(after);
}

static void empty_export_is_a_document(void **state)
{
	struct doc *doc = parse_good("{}");
	char *text = exported(doc);

	(void)state;
	assert_string_equal(text, "{\n  \"frontends\": [],\n  \"probes\": [],\n  \"pools\": [],\n  \"services\": []\n}\n");
	free(text);
	doc_free(doc);
}

static void difference_is_one_line_each(void **state)
{
	struct doc *before = parse_good(
		"{\"pools\":[{\"name\":\"p\",\"backends\":["
		"{\"name\":\"a\",\"address\":\"10.0.0.1\"},"
		"{\"name\":\"b\",\"address\":\"10.0.0.2\",\"weight\":3}]}]}");
	struct doc *after = parse_good(
		"{\"pools\":[{\"name\":\"p\",\"scheduler\":\"rr\",\"backends\":["
		"{\"name\":\"b\",\"address\":\"10.0.0.2\",\"admin\":\"up\"},"
		"{\"name\":\"c\",\"address\":\"10.0.0.3\",\"drain\":true}]}],"
		"\"fastpath\":{\"devices\":[\"b\",\"a\"]}}");
	struct diff diff;
	char *text;

	(void)state;
	diff_make(&diff, before, after);
	print_init(false);
	capture_begin();
	diff_print(&diff);
	text = capture_end();
	assert_string_equal(text,
			    "~ pool p scheduler maglev -> rr\n"
			    "- backend p a\n"
			    "~ backend p b weight 3 -> 1, admin none -> up\n"
			    "+ backend p c 10.0.0.3 drain on\n"
			    "~ fastpath devices auto -> a,b\n");
	assert_int_equal(diff.n_added, 1);
	assert_int_equal(diff.n_changed, 3);
	assert_int_equal(diff.n_removed, 1);
	free(text);
	diff_free(&diff);
	doc_free(before);
	doc_free(after);
}

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "n", "NUMBER", COLUMN_RIGHT },
	{ "raw", "", COLUMN_JSON },
	{ "", "TEXT", COLUMN_TEXT },
	{ "time_ms", "TIME", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

static char *table_with(bool is_json, unsigned int n_rows, const char *text)
{
	print_init(is_json);
	capture_begin();
	if (is_json)
		json_begin_object(NULL, LAYOUT_LINES);
	table_begin("rows", columns);
	while (n_rows--) {
		table_row();
		cell_string("a\"b");
		cell_u64(UINT64_MAX);
		cell_bool(true);
		cell_string(text);
		cell_ms(5000);
		table_row_end();
	}
	table_end();
	if (is_json)
		json_end();
	return capture_end();
}

static char *table_of(bool is_json, unsigned int n_rows)
{
	return table_with(is_json, n_rows, "");
}

static void table_as_text_has_units_and_a_head(void **state)
{
	char *text;

	(void)state;
	text = table_of(false, 1);
	assert_string_equal(text,
			    "NAME                NUMBER  TEXT  TIME\n"
			    "a\"b   18446744073709551615  -       5s\n");
	free(text);
	text = table_of(false, 0);
	assert_string_equal(text, "NAME  NUMBER  TEXT  TIME\n");
	free(text);
}

static void table_as_json_has_raw_numbers(void **state)
{
	char *text;

	(void)state;
	text = table_of(true, 2);
	assert_string_equal(text,
			    "{\n  \"rows\": [\n"
			    "    {\"name\": \"a\\\"b\", \"n\": 18446744073709551615, \"raw\": true, \"time_ms\": 5000},\n"
			    "    {\"name\": \"a\\\"b\", \"n\": 18446744073709551615, \"raw\": true, \"time_ms\": 5000}\n"
			    "  ]\n}\n");
	free(text);
	text = table_of(true, 0);
	assert_string_equal(text, "{\n  \"rows\": []\n}\n");
	free(text);
}

static void long_table_is_written_in_pieces(void **state)
{
	char *text, *p;
	size_t lines = 0;

	(void)state;
	text = table_of(false, 10000);
	for (p = text; (p = strchr(p, '\n')); p++)
		lines++;
	assert_int_equal(lines, 10001);
	free(text);
}

static void a_cell_steers_no_terminal(void **state)
{
	char *text;

	(void)state;
	text = table_with(false, 1, "\033[2J\nb\xc2\x9b");
	assert_string_equal(text,
			    "NAME                NUMBER  TEXT      TIME\n"
			    "a\"b   18446744073709551615  ?[2J?b??    5s\n");
	free(text);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(export_is_canonical),
		CASE(export_is_read_as_the_same),
		CASE(empty_export_is_a_document),
		CASE(difference_is_one_line_each),
		CASE(table_as_text_has_units_and_a_head),
		CASE(table_as_json_has_raw_numbers),
		CASE(long_table_is_written_in_pieces),
		CASE(a_cell_steers_no_terminal),
	};

	return RUN(cases);
}
