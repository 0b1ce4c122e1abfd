// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random damage to a good document: each is read or refused with a sentence,
 * and nothing worse. The seed is fixed, so a failure is found again.
 */
#include "helper.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS		20000
#define DAMAGE_MAX	4

static const char good[] =
	"{\n\"frontends\": [{\"name\": \"web-ip\", \"address\": \"203.0.113.10\"},\n"
	"  {\"name\": \"web-ip6\", \"address\": \"2001:db8::10\"}],\n"
	"\"probes\": [{\"name\": \"ok\", \"type\": \"http\", \"port\": 8080,\n"
	"  \"path\": \"/healthz\", \"interval_ms\": 5000, \"timeout_ms\": 2000,\n"
	"  \"rise\": 2, \"fall\": 2, \"initial\": \"down\",\n"
	"  \"expect\": \"200-204,404\", \"body\": \"hex:0d0a\",\n"
	"  \"source\": \"10.0.0.1\", \"host\": \"a.example:80\"}],\n"
	"\"pools\": [{\"name\": \"web\", \"scheduler\": \"maglev\",\n"
	"  \"slots\": 65537, \"seed\": 7, \"backends\": [\n"
	"  {\"name\": \"vm0\", \"address\": \"10.0.0.4\", \"weight\": 1,\n"
	"   \"zone\": 1, \"admin\": \"none\", \"drain\": false},\n"
	"  {\"name\": \"vm1\", \"address\": \"10.0.0.5\"}]}],\n"
	"\"services\": [{\"name\": \"http\", \"frontend\": \"web-ip\",\n"
	"  \"protocol\": \"tcp\", \"port\": \"80-89\", \"pool\": \"web\",\n"
	"  \"backend_port\": \"8080-8089\", \"probe\": \"ok\",\n"
	"  \"fastpath\": false, \"allow\": [\"10.0.0.0/8\", \"11.0.0.1\"]}],\n"
	"\"fastpath\": {\"devices\": [\"eth0\", \"eth1\"]}}\n";

/* Pieces that mean something, so that damage goes deep. */
static const char *const pieces[] = {
	"\"", "{", "}", "[", "]", ":", ",", "\\", "\\u0000", "\\ud800", "\xff",
	"null", "true", "-1", "0", "1e9", "99999999999999999999", "\"any\"",
	"\"same\"", "\"none\"", "\"\"", "\n", "vm0", "web", "2001:db8::10",
	"\"backends\"", "\"pools\"", "\"name\"", "/", "-", "65536",
};

static size_t insert_piece(char *text, size_t len, size_t at)
{
	const char *piece = pieces[rand() %
				   (ARRAY_SIZE(pieces))];
	size_t n = strlen(piece);

	memmove(text + at + n, text + at, len - at);
	memcpy(text + at, piece, n);
	return len + n;
}

/* Cuts out up to a line, or copies it elsewhere. */
static size_t move_part(char *text, size_t len, size_t at, bool is_cut)
{
	size_t n = 1 + rand() % 64;
	char part[64];

	if (at + n > len)
		n = len - at;
	if (is_cut) {
		memmove(text + at, text + at + n, len - at - n);
		return len - n;
	}
	memcpy(part, text + at, n);
	at = rand() % (len + 1);
	memmove(text + at + n, text + at, len - at);
	memcpy(text + at, part, n);
	return len + n;
}

static size_t damage(char *text, size_t len)
{
	size_t at = len ? rand() % len : 0;

	switch (rand() % 6) {
	case 0:
		return at;
	case 1:
		text[at] = rand();
		return len;
	case 2:
		text[at] ^= 1 << rand() % 8;
		return len;
	case 3:
		return insert_piece(text, len, at);
	case 4:
		return move_part(text, len, at, true);
	default:
		return move_part(text, len, at, false);
	}
}

static void check(const char *text, size_t len)
{
	struct why why = { "" };
	struct doc *doc;

	doc = parse_bytes(text, len, &why);
	if (doc) {
		free(exported(doc));
		doc_free(doc);
		return;
	}
	/* Every refusal begins with the file and, but for rare cases, a line. */
	assert_int_equal(strncmp(why.text, "F:", 2), 0);
	assert_true(strlen(why.text) > 5);
}

static void damaged_documents_do_no_damage(void **state)
{
	char text[sizeof(good) + DAMAGE_MAX * 64];
	size_t len;
	int i, n;

	(void)state;
	srand(3);
	for (i = 0; i < ROUNDS; i++) {
		memcpy(text, good, sizeof(good));
		len = sizeof(good) - 1;
		for (n = 1 + rand() % DAMAGE_MAX; n; n--)
			len = damage(text, len);
		check(text, len);
	}
}

static void cut_documents_do_no_damage(void **state)
{
	size_t len;

	(void)state;
	for (len = 0; len < sizeof(good); len++)
		check(good, len);
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(damaged_documents_do_no_damage),
		CASE(cut_documents_do_no_damage),
	};

	return RUN(cases);
}
