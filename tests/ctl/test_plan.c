// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of the requests of a transaction: from any configuration to any
 * other, the kernel's rules must hold after each request.
 */
#include "helper.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "diff.h"
#include "kernel_model.h"
#include "plan.h"

#define RANDOM_PAIRS	1000
#define MANY_BACKENDS	5000
#define MANY_SERVICES	1500
#define MANY_FRONTENDS	600

static void model_load(struct model *model, const struct doc *doc)
{
	struct step step = { 0 };
	const char *wrong;
	size_t i;
	int kind;

	memset(model, 0, sizeof(*model));
	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; i < doc->n[kind]; i++) {
			step.obj = doc->objects[kind][i];
			step.cmd = step.obj->type->cmd_new;
			wrong = model_step(model, &step);
			if (wrong)
				fail_msg("document: %s", wrong);
		}
	}
}

static void print_plan(const struct plan *plan)
{
	char label[LABEL_SIZE];
	size_t i;

	for (i = 0; i < plan->n; i++)
		fprintf(stderr, "# %zu: command %u %s fields %x\n", i,
			plan->steps[i].cmd,
			object_label(plan->steps[i].obj, label),
			plan->steps[i].fields);
}

static void run_plan(struct model *model, const struct plan *plan)
{
	char label[LABEL_SIZE];
	const char *wrong;
	size_t i;

	for (i = 0; i < plan->n; i++) {
		wrong = model_step(model, &plan->steps[i]);
		if (!wrong)
			continue;
		print_plan(plan);
		fail_msg("step %zu, %s: %s", i,
			 object_label(plan->steps[i].obj, label), wrong);
	}
}

/* Carries out the plan from one to the other; returns its length. */
static size_t carry_out(struct doc *before, struct doc *after)
{
	struct model model;
	struct plan plan;
	struct diff diff;
	struct doc *got;
	size_t n;

	diff_make(&diff, before, after);
	plan_make(&plan, before, after);
	model_load(&model, before);
	run_plan(&model, &plan);
	n = plan.n;
	plan_free(&plan);
	diff_free(&diff);

	got = model_doc(&model);
	diff_make(&diff, got, after);
	assert_int_equal(diff.n, 0);
	diff_free(&diff);
	doc_free(got);
	model_free(&model);
	return n;
}

static size_t carry_out_text(const char *before_text, const char *after_text)
{
	struct doc *before = parse_good(before_text);
	struct doc *after = parse_good(after_text);
	size_t n = carry_out(before, after);

	doc_free(before);
	doc_free(after);
	return n;
}

#define F(name, address)	"{\"name\":\"" name "\",\"address\":\"" address "\"}"
#define S(name, frontend, port, pool) \
	"{\"name\":\"" name "\",\"frontend\":\"" frontend "\"," \
	"\"protocol\":\"tcp\",\"port\":" port ",\"pool\":\"" pool "\"}"
#define DOC(frontends, pools, services) \
	"{\"frontends\":[" frontends "],\"pools\":[" pools "]," \
	"\"services\":[" services "]}"
#define P(name, backends)	"{\"name\":\"" name "\",\"backends\":[" backends "]}"

static void equal_documents_need_nothing(void **state)
{
	static const char text[] = DOC(F("f", "203.0.113.1"),
				       P("p", F("b", "10.0.0.1")),
				       S("s", "f", "80", "p"));

	(void)state;
	assert_int_equal(carry_out_text(text, text), 0);
	assert_int_equal(carry_out_text("{}", text), 4);
	/* The backend goes with its pool. */
	assert_int_equal(carry_out_text(text, "{}"), 3);
}

static void what_there_is_once_is_set(void **state)
{
	static const char some[] = "{\"fastpath\":{\"devices\":[\"eth0\"]}}";
	static const char none[] = "{\"fastpath\":{\"devices\":\"none\"}}";

	(void)state;
	assert_int_equal(carry_out_text(some, some), 0);
	assert_int_equal(carry_out_text("{}", some), 1);
	assert_int_equal(carry_out_text(some, none), 1);
	assert_int_equal(carry_out_text(none, "{}"), 1);
}

static void swapped_ports_keep_both_services(void **state)
{
	(void)state;
	assert_int_equal(carry_out_text(
		DOC(F("f", "203.0.113.1"), P("p", ""),
		    S("a", "f", "80", "p") "," S("b", "f", "81", "p")),
		DOC(F("f", "203.0.113.1"), P("p", ""),
		    S("a", "f", "81", "p") "," S("b", "f", "80", "p"))), 4);
}

static void moved_port_is_one_request(void **state)
{
	(void)state;
	assert_int_equal(carry_out_text(
		DOC(F("f", "203.0.113.1"), P("p", ""), S("a", "f", "80", "p")),
		DOC(F("f", "203.0.113.1"), P("p", ""),
		    S("a", "f", "81", "p"))), 1);
}

static void swapped_addresses(void **state)
{
	(void)state;
	carry_out_text(
		DOC("", P("p", F("a", "10.0.0.1") "," F("b", "10.0.0.2") ","
			  F("c", "10.0.0.3")), ""),
		DOC("", P("p", F("a", "10.0.0.2") "," F("b", "10.0.0.3") ","
			  F("c", "10.0.0.1")), ""));
	carry_out_text(
		DOC(F("f", "203.0.113.1") "," F("g", "203.0.113.2"),
		    P("p", ""), S("a", "f", "80", "p") "," S("b", "g", "80", "p")),
		DOC(F("f", "203.0.113.2") "," F("g", "203.0.113.1"),
		    P("p", ""), S("a", "f", "80", "p") "," S("b", "g", "80", "p")));
}

static void renamed_frontend_keeps_its_services(void **state)
{
	(void)state;
	carry_out_text(
		DOC(F("f", "203.0.113.1"), P("p", ""), S("a", "f", "80", "p")),
		DOC(F("g", "203.0.113.1"), P("p", ""), S("a", "g", "80", "p")));
}

static void whole_configuration_turns_family(void **state)
{
	(void)state;
	carry_out_text(
		DOC(F("f", "203.0.113.1"),
		    P("p", F("a", "10.0.0.1") "," F("b", "10.0.0.2")),
		    S("a", "f", "80", "p")),
		DOC(F("f", "2001:db8::1"),
		    P("p", F("a", "2001:db8::2") "," F("b", "2001:db8::3")),
		    S("a", "f", "80", "p")));
}

static void shifted_ranges(void **state)
{
	(void)state;
	carry_out_text(
		DOC(F("f", "203.0.113.1"), P("p", ""),
		    S("a", "f", "\"10-19\"", "p") ","
		    S("b", "f", "\"20-29\"", "p")),
		DOC(F("f", "203.0.113.1"), P("p", ""),
		    S("a", "f", "\"15-24\"", "p") ","
		    S("b", "f", "\"25-34\"", "p")));
}

/* Of a few names, addresses and ports, so that much is in the way of much. */
static void random_object(char *text, size_t size, enum object_kind kind)
{
	static const char *const addresses[] = {
		"10.0.0.1", "10.0.0.2", "10.0.0.3",
		"2001:db8::1", "2001:db8::2", "2001:db8::3",
	};
	static const char *const ports[] = {
		"1", "2", "3", "\"1-2\"", "\"2-4\"", "\"3-5\"", "\"any\"",
	};
	static const char *const protocols[] = { "tcp", "udp" };
	static const char *const backups[] = {
		"none", "none", "p0", "p1", "p2,p0", "p1,p2",
	};

	switch (kind) {
	case KIND_FRONTEND:
		snprintf(text, size, "{\"name\":\"f%d\",\"address\":\"%s\"}",
			 rand() % 4, addresses[rand() % 6]);
		break;
	case KIND_PROBE:
		snprintf(text, size,
			 "{\"name\":\"t%d\",\"type\":\"tcp\",\"rise\":%d}",
			 rand() % 3, 1 + rand() % 2);
		break;
	case KIND_POOL:
		snprintf(text, size, "{\"name\":\"p%d\",\"seed\":%d}",
			 rand() % 3, rand() % 2);
		break;
	case KIND_BACKEND:
		snprintf(text, size,
			 "{\"name\":\"b%d\",\"address\":\"%s\",\"weight\":%d}",
			 rand() % 4, addresses[rand() % 6], rand() % 2);
		break;
	default:
		if (rand() % 8 == 0)
			snprintf(text, size,
				 "{\"name\":\"s%d\",\"frontend\":\"f%d\",\"protocol\":\"any\",\"pool\":\"p%d\"}",
				 rand() % 6, rand() % 4, rand() % 3);
		else
			snprintf(text, size,
				 "{\"name\":\"s%d\",\"frontend\":\"f%d\",\"protocol\":\"%s\",\"port\":%s,\"pool\":\"p%d\",\"probe\":\"t%d\",\"backup\":\"%s\"}",
				 rand() % 6, rand() % 4, protocols[rand() % 2],
				 ports[rand() % 7], rand() % 3, rand() % 3,
				 backups[rand() % 6]);
	}
}

/* An object of its own, read from a document that holds nothing else. */
static struct object *read_object(enum object_kind kind, const char *text,
				  int pool)
{
	char name[8];
	json_t *json, *member;
	const char *key;
	struct object *obj = object_new(kind);
	struct value value;
	struct why why;

	json = json_loads(text, 0, NULL);
	assert_non_null(json);
	json_object_foreach(json, key, member) {
		const struct field *field = field_by_key(obj->type, key);
		char *dump;

		assert_non_null(field);
		dump = json_is_string(member) ?
			       mem_strdup(json_string_value(member)) :
			       json_dumps(member, JSON_ENCODE_ANY);
		assert_int_equal(value_parse(field, dump, &value, &why), 0);
		object_set_value(obj, field, &value);
		free(dump);
	}
	json_decref(json);
	if (kind == KIND_BACKEND) {
		snprintf(name, sizeof(name), "p%d", pool);
		value.text = mem_strdup(name);
		object_set_value(obj, &obj->type->fields[BACKEND_POOL],
				 &value);
	}
	object_fill_defaults(obj);
	return obj;
}

/* Whatever the kernel's rules take of random objects is a configuration. */
static struct doc *random_doc(void)
{
	static const int n_tries[KINDS] = { 5, 4, 4, 12, 12 };
	struct step step = { 0 };
	struct model model = { .n = 0 };
	struct object *obj;
	struct doc *doc;
	char text[256];
	int kind, i;

	for (kind = 0; kind < KINDS; kind++) {
		for (i = 0; i < n_tries[kind]; i++) {
			random_object(text, sizeof(text), kind);
			obj = read_object(kind, text, rand() % 3);
			step.obj = obj;
			step.cmd = obj->type->cmd_new;
			model_step(&model, &step);
			object_free(obj);
		}
	}
	doc = model_doc(&model);
	model_free(&model);
	return doc;
}

static void any_configuration_becomes_any_other(void **state)
{
	size_t i, n = 0;

	(void)state;
	srand(1);
	for (i = 0; i < RANDOM_PAIRS; i++) {
		struct doc *before = random_doc(), *after = random_doc();

		n += carry_out(before, after);
		doc_free(before);
		doc_free(after);
	}
	assert_true(n > 10 * RANDOM_PAIRS);
}

/* The size of a large user's configuration. */
static char *many(int shift)
{
	char *text = NULL;
	size_t len;
	FILE *f = open_memstream(&text, &len);
	int i;

	assert_non_null(f);
	fprintf(f, "{\"frontends\":[");
	for (i = 0; i < MANY_FRONTENDS; i++)
		fprintf(f, "%s{\"name\":\"f%d\",\"address\":\"203.0.%d.%d\"}",
			i ? "," : "", i, i / 250, i % 250);
	fprintf(f, "],\"pools\":[{\"name\":\"p\",\"backends\":[");
	for (i = 0; i < MANY_BACKENDS; i++)
		fprintf(f, "%s{\"name\":\"b%d\",\"address\":\"10.0.%d.%d\"}",
			i ? "," : "", i, i / 250, (i + shift) % 250);
	fprintf(f, "]}],\"services\":[");
	for (i = 0; i < MANY_SERVICES; i++)
		fprintf(f, "%s{\"name\":\"s%d\",\"frontend\":\"f%d\",\"protocol\":\"tcp\",\"port\":%d,\"pool\":\"p\"}",
			i ? "," : "", i, i % MANY_FRONTENDS,
			1 + (i + shift) % MANY_SERVICES);
	fprintf(f, "]}");
	fclose(f);
	return text;
}

static void large_configuration_takes_no_time(void **state)
{
	char *before_text = many(0), *after_text = many(1);
	struct doc *before, *after;
	clock_t start = clock();
	struct diff diff;
	struct plan plan;

	(void)state;
	before = parse_good(before_text);
	after = parse_good(after_text);
	diff_make(&diff, before, after);
	plan_make(&plan, before, after);
	assert_int_equal(diff.n, MANY_BACKENDS + MANY_SERVICES);
	assert_true(plan.n <= 2 * diff.n);
	assert_true((clock() - start) / CLOCKS_PER_SEC < 5);
	plan_free(&plan);
	diff_free(&diff);
	doc_free(before);
	doc_free(after);
	free(before_text);
	free(after_text);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(equal_documents_need_nothing),
		CASE(what_there_is_once_is_set),
		CASE(swapped_ports_keep_both_services),
		CASE(moved_port_is_one_request),
		CASE(swapped_addresses),
		CASE(renamed_frontend_keeps_its_services),
		CASE(whole_configuration_turns_family),
		CASE(shifted_ranges),
		CASE(any_configuration_becomes_any_other),
		CASE(large_configuration_takes_no_time),
	};

	return RUN(cases);
}
