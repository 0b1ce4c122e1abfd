// SPDX-License-Identifier: GPL-2.0-only
/* What is allowed, but seldom wanted. */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lint.h"

#define FINDINGS_SIZE	4096

/* A document with one of each, of which nothing is found */
static const char good[] =
	"{\"frontends\":[{\"name\":\"f\",\"address\":\"203.0.113.10\"}],"
	"\"probes\":[{\"name\":\"p\",\"type\":\"tcp\"}],"
	"\"pools\":[{\"name\":\"web\",\"seed\":7,\"backends\":["
	"{\"name\":\"a\",\"address\":\"10.0.0.1\"},"
	"{\"name\":\"b\",\"address\":\"10.0.0.2\"}]}],"
	"\"services\":[{\"name\":\"s\",\"frontend\":\"f\",\"protocol\":\"tcp\","
	"\"port\":80,\"pool\":\"web\",\"probe\":\"p\"}]}";

/**
 * struct change - what makes another document of that
 * @from: What it says.
 * @to: What it is to say.
 * @wanted: What is found then.
 */
struct change {
	const char *from;
	const char *to;
	const char *wanted;
};

static const struct change changes[] = {
	{ "good", "good", "" },
	{ ",\"probe\":\"p\"", "",
	  "service \"s\": it has no probe: backends that fail go on to get new flows\n" },
	{ "\"type\":\"tcp\"", "\"type\":\"tcp\",\"port\":22",
	  "service \"s\": probe \"p\" checks port 22, which is none of its own at the backends: that may answer while these do not\n" },
	{ "\"type\":\"tcp\"", "\"type\":\"tcp\",\"port\":80", "" },
	{ "\"port\":80", "\"port\":\"any\"", "" },
	{ "\"seed\":7", "\"seed\":0",
	  "pool \"web\": its seed is the default, which all know: clients can choose ports that lead to one backend\n" },
	{ "\"seed\":7", "\"scheduler\":\"rr\"", "" },
	{ "10.0.0.2\"", "10.0.0.2\",\"weight\":0",
	  "pool \"web\": one of its 2 backends may serve, nobody takes over when that fails\n" },
	{ "10.0.0.2\"", "10.0.0.2\",\"admin\":\"down\"",
	  "pool \"web\": one of its 2 backends may serve, nobody takes over when that fails\n" },
	{ "10.0.0.2\"", "10.0.0.2\",\"drain\":true",
	  "pool \"web\": one of its 2 backends may serve, nobody takes over when that fails\n" },
	{ "10.0.0.2\"", "10.0.0.2\",\"admin\":\"up\"",
	  "backend \"web/b\": admin is up: it gets new flows whatever probes say\n" },
	{ "\"pools\":[", "\"pools\":[{\"name\":\"idle\"},",
	  "pool \"idle\": no service, nat or snat uses it\n" },
	{ "\"pools\":[", "\"snats\":[{\"name\":\"o\",\"pool\":\"idle\","
	  "\"address\":[\"203.0.113.9\"]}],\"pools\":[{\"name\":\"idle\"},",
	  "" },
	{ "{\"name\":\"a\",\"address\":\"10.0.0.1\"},"
	  "{\"name\":\"b\",\"address\":\"10.0.0.2\"}", "",
	  "pool \"web\": none of its 0 backends may serve\n" },
};

static void take(const struct object *obj, const char *sentence, void *arg)
{
	char label[LABEL_SIZE];
	char *text = arg;
	size_t len = strlen(text);

	snprintf(text + len, FINDINGS_SIZE - len, "%s: %s\n",
		 object_label(obj, label), sentence);
}

static char *change(const struct change *change)
{
	const char *at = strstr(good, change->from);
	char *text = NULL;
	int len;

	if (!at)
		return mem_strdup(good);
	len = asprintf(&text, "%.*s%s%s", (int)(at - good), good, change->to,
		       at + strlen(change->from));
	assert_true(len > 0);
	return text;
}

static void findings_are_of_what_was_changed(void **state)
{
	char found[FINDINGS_SIZE];
	struct doc *doc;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(changes); i++) {
		text = change(&changes[i]);
		doc = parse_good(text);
		found[0] = '\0';
		lint_doc(doc, take, found);
		assert_string_equal(found, changes[i].wanted);
		doc_free(doc);
		free(text);
	}
}

static void nothing_has_no_findings(void **state)
{
	struct doc *doc = parse_good("{}");
	char found[FINDINGS_SIZE] = "";

	(void)state;
	lint_doc(doc, take, found);
	assert_string_equal(found, "");
	doc_free(doc);
}

int main(void)
{
	const struct CMUnitTest cases[] = {
		CASE(findings_are_of_what_was_changed),
		CASE(nothing_has_no_findings),
	};

	return RUN(cases);
}
