// SPDX-License-Identifier: GPL-2.0-only
/* Lists of backends, and what becomes of the pool that gets one. */
#include "helper.h"

#include <stdlib.h>
#include <string.h>

#include "members.h"

/**
 * struct bad - a list that is refused
 * @text: The list.
 * @sentence: The sentence.
 */
struct bad {
	const char *text;
	const char *sentence;
};

static const struct bad bad_lists[] = {
	{ "", "F:1: not JSON: '[' or '{' expected near end of file" },
	{ "\n{\"pools\":[]}", "F:2: an array of backends is needed" },
	{ "[\n7]", "F:2: [0]: an object is needed" },
	{ "[{\"name\":\"a\",\"address\":\"10.0.0.1\"},\n{\"name\":\"b\"}]",
	  "F:2: backend \"b\": address is required" },
	{ "[{\"name\":\"a\",\n\"pool\":\"web\"}]",
	  "F:2: backend \"a\": unknown key \"pool\"" },
	{ "[{\"name\":\"a\",\"address\":\"10.0.0.1\"},\n"
	  "{\"name\":\"a\",\"address\":\"10.0.0.2\"}]",
	  "F:2: backend \"a\": this name is on line 1 already" },
	{ "[{\"name\":\"a\",\"address\":\"10.0.0.1\"},\n{\"name\":\"b\",\n"
	  "\"address\":\"10.0.0.1\"}]",
	  "F:3: backend \"b\": address 10.0.0.1: backend \"a\" of pool \"web\" has this address already" },
	{ "[{\"name\":\"a\",\"address\":\"10.0.0.1\"},\n{\"name\":\"b\",\n"
	  "\"address\":\"fd00::1\"}]",
	  "F:3: backend \"b\": address fd00::1: IPv6, but backend \"a\" of pool \"web\" is IPv4" },
};

static const char before[] =
	"{\"frontends\":[{\"name\":\"f\",\"address\":\"203.0.113.10\"}],"
	"\"pools\":[{\"name\":\"web\",\"seed\":7,\"backends\":["
	"{\"name\":\"a\",\"address\":\"10.0.0.1\",\"weight\":3,\"zone\":2},"
	"{\"name\":\"b\",\"address\":\"10.0.0.2\",\"drain\":true},"
	"{\"name\":\"c\",\"address\":\"10.0.0.3\"}]},"
	"{\"name\":\"other\",\"backends\":["
	"{\"name\":\"a\",\"address\":\"10.0.0.1\"}]}],"
	"\"services\":[{\"name\":\"s\",\"frontend\":\"f\",\"protocol\":\"tcp\","
	"\"port\":80,\"pool\":\"web\"}]}";

static const char after[] =
	"{\"frontends\":[{\"name\":\"f\",\"address\":\"203.0.113.10\"}],"
	"\"pools\":[{\"name\":\"web\",\"seed\":7,\"backends\":["
	"{\"name\":\"a\",\"address\":\"10.0.0.1\",\"weight\":1,\"zone\":2},"
	"{\"name\":\"b\",\"address\":\"10.0.0.9\",\"drain\":true},"
	"{\"name\":\"d\",\"address\":\"10.0.0.2\"}]},"
	"{\"name\":\"other\",\"backends\":["
	"{\"name\":\"a\",\"address\":\"10.0.0.1\"}]}],"
	"\"services\":[{\"name\":\"s\",\"frontend\":\"f\",\"protocol\":\"tcp\","
	"\"port\":80,\"pool\":\"web\"}]}";

static void list_is_refused(void **state)
{
	struct why why;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(bad_lists); i++) {
		assert_null(parse_list(bad_lists[i].text, "web", &why));
		assert_string_equal(why.text, bad_lists[i].sentence);
	}
}

static void expect_members(const char *text, const char *wanted)
{
	struct doc *old = parse_good(before), *want = parse_good(wanted);
	struct doc *list, *got;
	char *got_text, *want_text;
	struct why why;

	list = parse_list(text, "web", &why);
	if (!list)
		fail_msg("%s", why.text);
	got = members_replace(old, list, "web");
	got_text = exported(got);
	want_text = exported(want);
	assert_string_equal(got_text, want_text);
	free(got_text);
	free(want_text);
	doc_free(got);
	doc_free(list);
	doc_free(want);
	doc_free(old);
}

/* What is said counts, and what is not said stays. */
static void members_are_replaced(void **state)
{
	(void)state;
	expect_members("[{\"name\":\"d\",\"address\":\"10.0.0.2\"},"
		       "{\"name\":\"b\",\"address\":\"10.0.0.9\"},"
		       "{\"name\":\"a\",\"address\":\"10.0.0.1\","
		       "\"weight\":1}]", after);
}

static void same_members_change_nothing(void **state)
{
	(void)state;
	expect_members("[{\"name\":\"c\",\"address\":\"10.0.0.3\"},"
		       "{\"name\":\"b\",\"address\":\"10.0.0.2\"},"
		       "{\"name\":\"a\",\"address\":\"10.0.0.1\"}]", before);
}

static void no_members_are_members(void **state)
{
	static const char empty[] =
		"{\"frontends\":[{\"name\":\"f\",\"address\":\"203.0.113.10\"}],"
		"\"pools\":[{\"name\":\"web\",\"seed\":7},"
		"{\"name\":\"other\",\"backends\":["
		"{\"name\":\"a\",\"address\":\"10.0.0.1\"}]}],"
		"\"services\":[{\"name\":\"s\",\"frontend\":\"f\","
		"\"protocol\":\"tcp\",\"port\":80,\"pool\":\"web\"}]}";

	(void)state;
	expect_members("[]", empty);
}

/* Of what a list has there is a line, of the rest there is none. */
static void list_has_lines(void **state)
{
	static const char text[] =
		"[{\"name\":\"a\",\"address\":\"10.0.0.1\"},\n"
		"{\"name\":\"b\",\n\"address\":\"10.0.0.2\"}]";
	struct source source = {
		.file = "F", .text = (char *)text, .len = strlen(text),
		.pool = "web",
	};
	struct doc *old = parse_good(before), *list, *got;
	struct why why;

	(void)state;
	list = source_parse(&source, &why);
	assert_non_null(list);
	got = members_replace(old, list, "web");
	assert_int_equal(got->n[KIND_BACKEND], 3);
	assert_int_equal(source_line(&source, got->objects[KIND_BACKEND][0],
				     -1), 0);
	assert_int_equal(source_line(&source, got->objects[KIND_BACKEND][1],
				     -1), 1);
	assert_int_equal(source_line(&source, got->objects[KIND_BACKEND][2],
				     BACKEND_ADDRESS), 3);
	assert_int_equal(source_line(&source, got->objects[KIND_SERVICE][0],
				     -1), 0);
	doc_free(got);
	doc_free(list);
	doc_free(old);
}

/* What the list does to others is said of them, without a line of its own. */
static void what_others_lack_has_no_line(void **state)
{
	static const char named[] =
		"{\"frontends\":[{\"name\":\"f\",\"address\":\"203.0.113.10\"}],"
		"\"pools\":[{\"name\":\"web\",\"backends\":["
		"{\"name\":\"a\",\"address\":\"10.0.0.1\"}]}],"
		"\"nats\":[{\"name\":\"n\",\"frontend\":\"f\","
		"\"protocol\":\"tcp\",\"port\":22,\"pool\":\"web\","
		"\"backend_port\":22,\"backend\":\"a\"}]}";
	struct source source = {
		.file = "F", .text = "[]", .len = 2, .pool = "web",
	};
	struct doc *old = parse_good(named), *list, *got;
	struct flaw flaw;
	struct why why;

	(void)state;
	list = source_parse(&source, &why);
	assert_non_null(list);
	got = members_replace(old, list, "web");
	assert_int_not_equal(doc_check(got, &flaw), 0);
	source_blame(&source, &flaw, &why);
	assert_string_equal(why.text, "nat \"n\": backend a: pool \"web\" has no such backend");
	doc_free(got);
	doc_free(list);
	doc_free(old);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(list_is_refused),
		CASE(members_are_replaced),
		CASE(same_members_change_nothing),
		CASE(no_members_are_members),
		CASE(list_has_lines),
		CASE(what_others_lack_has_no_line),
	};

	return RUN(cases);
}
