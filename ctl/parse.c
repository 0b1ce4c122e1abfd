// SPDX-License-Identifier: GPL-2.0-only
/* Text to values and back. */
#include "parse.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mem.h"
#include "nflb.h"

#define DIGITS	"0123456789"
#define MS_PER_DAY	86400000ULL
#define NAME_CHARS \
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" DIGITS "._-"

const struct word protocol_words[] = {
	{ "tcp", IPPROTO_TCP },
	{ "udp", IPPROTO_UDP },
	{ "sctp", IPPROTO_SCTP },
	{ "any", 0 },
	{ NULL, 0 },
};

/* strtoull() without its signs, prefixes, spaces and overflow. */
static int parse_digits(const char *text, int base, uint64_t *value)
{
	const char *digits = base == 10 ? DIGITS : DIGITS "abcdefABCDEF";
	unsigned long long number;

	if (!*text || text[strspn(text, digits)])
		return -EINVAL;
	errno = 0;
	number = strtoull(text, NULL, base);
	if (errno)
		return -ERANGE;
	*value = number;
	return 0;
}

static int because_range(struct why *why, uint64_t min, uint64_t max)
{
	return because(why, "allowed %llu..%llu", (unsigned long long)min,
		       (unsigned long long)max);
}

/**
 * parse_u64() - reads a decimal number
 * @text: The text.
 * @min: Smallest number allowed.
 * @max: Largest number allowed.
 * @value: Where the number goes.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value,
	      struct why *why)
{
	int err = parse_digits(text, 10, value);

	if (err == -EINVAL)
		return because(why, "not a number, allowed %llu..%llu",
			       (unsigned long long)min,
			       (unsigned long long)max);
	if (err || *value < min || *value > max)
		return because_range(why, min, max);
	return 0;
}

/**
 * parse_seed() - reads a 64-bit number, decimal or 0x and hexadecimal
 * @text: The text.
 * @value: Where the number goes.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_seed(const char *text, uint64_t *value, struct why *why)
{
	int err;

	if (strncmp(text, "0x", 2) == 0)
		err = parse_digits(text + 2, 16, value);
	else
		err = parse_digits(text, 10, value);
	if (err)
		return because(why, "allowed 0..%llu",
			       (unsigned long long)UINT64_MAX);
	return 0;
}

/* The unit of a time in milliseconds; 0 when there is no such unit. */
static uint64_t unit_ms(const char *unit)
{
	static const struct word units[] = {
		{ "ms", 1 },
		{ "s", 1000 },
		{ "m", 60 * 1000 },
		{ "h", 60 * 60 * 1000 },
		{ "d", MS_PER_DAY },
		{ NULL, 0 },
	};
	const struct word *w;

	for (w = units; w->name; w++)
		if (strcmp(w->name, unit) == 0)
			return w->value;
	return 0;
}

/**
 * parse_ms() - reads a time such as 5s, 200ms, 1m, 1h or 14d
 * @text: The text.
 * @min: Shortest time allowed, in milliseconds.
 * @max: Longest time allowed, in milliseconds.
 * @ms: Where the time goes, in milliseconds.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_ms(const char *text, uint64_t min, uint64_t max, uint64_t *ms,
	     struct why *why)
{
	char low[TIME_TEXT_SIZE], high[TIME_TEXT_SIZE];
	size_t len = strspn(text, DIGITS);
	uint64_t unit = unit_ms(text + len);
	uint64_t number = 0;
	char digits[12];	/* so that no product overflows */

	if (!len || !unit)
		return because(why, "a time needs a unit: ms, s, m, h or d");
	if (len >= sizeof(digits))
		goto out_of_range;
	memcpy(digits, text, len);
	digits[len] = '\0';
	parse_digits(digits, 10, &number);
	*ms = number * unit;
	if (*ms >= min && *ms <= max)
		return 0;
out_of_range:
	return because(why, "allowed %s..%s", format_ms(min, low),
		       format_ms(max, high));
}

/**
 * parse_address() - reads an IPv4 or IPv6 address
 * @text: The text.
 * @address: Where the address goes.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_address(const char *text, struct address *address, struct why *why)
{
	memset(address, 0, sizeof(*address));
	if (inet_pton(AF_INET, text, address->bytes) == 1) {
		address->len = 4;
		return 0;
	}
	if (inet_pton(AF_INET6, text, address->bytes) == 1) {
		address->len = 16;
		return 0;
	}
	if (strchr(text, '/'))
		return because(why, "an address has no prefix length");
	return because(why, "not an IPv4 or IPv6 address");
}

static int check_length(size_t len, size_t max, const char *what,
			struct why *why)
{
	if (len <= max)
		return 0;
	return because(why, "%s has at most %zu characters, not %zu", what,
		       max, len);
}

/* Without blanks, so that it is one word wherever it is sent. */
static int check_word(const char *text, const char *what, struct why *why)
{
	while (*text > ' ' && is_printable(*text))
		text++;
	if (!*text)
		return 0;
	return because(why, "%s has no spaces or non-ASCII characters", what);
}

/**
 * parse_name() - checks the name of an object
 * @text: The name.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_name(const char *text, struct why *why)
{
	size_t len = strlen(text);
	size_t good = strspn(text, NAME_CHARS);

	if (len == 0)
		return because(why, "a name has 1 to %d characters",
			       NFLB_NAME_MAX);
	if (check_length(len, NFLB_NAME_MAX, "a name", why))
		return -EINVAL;
	if (good < len)
		return because(why, "a name has letters, digits, . _ and -");
	if (*text == '-')
		return because(why, "a name does not start with -");
	if (strcmp(text, "help") == 0 || strcmp(text, "none") == 0)
		return because(why, "this word is reserved");
	return 0;
}

/**
 * parse_note() - checks a note, which a person reads
 * @text: The note.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_note(const char *text, struct why *why)
{
	size_t len = 0;

	while (is_printable(text[len]))
		len++;
	if (text[len])
		return because(why, "allowed are visible characters and blanks");
	return check_length(len, NFLB_TEXT_MAX, "a note", why);
}

/* Visible ASCII, but for what separates: / : and comma. */
static bool is_device_char(unsigned char c)
{
	return c > ' ' && c < 0x7f && !strchr("/:,", c);
}

/**
 * parse_device() - checks the name of a network device
 * @text: The text.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_device(const char *text, struct why *why)
{
	static const char *const reserved[] = { ".", "..", "auto", "none" };
	size_t i, len = 0;

	while (is_device_char(text[len]))
		len++;
	if (text[len] || !len || len > NFLB_DEVICE_MAX)
		return because(why, "a device's name has 1 to %u visible characters, no / : ,",
			       NFLB_DEVICE_MAX);
	for (i = 0; i < ARRAY_SIZE(reserved); i++)
		if (strcmp(text, reserved[i]) == 0)
			return because(why, "this word is reserved");
	return 0;
}

static int check_path(const char *text, const char *what, struct why *why)
{
	if (*text != '/')
		return because(why, "%s starts with /", what);
	return check_word(text, what, why);
}

/**
 * parse_path() - checks the path of an http probe
 * @text: The path.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_path(const char *text, struct why *why)
{
	if (check_path(text, "a path", why))
		return -EINVAL;
	/* Who asks for a URL keeps that part to himself; so does libcurl. */
	if (strchr(text, '#'))
		return because(why, "a path has no #: what follows it is never sent");
	return check_length(strlen(text), NFLB_PATH_MAX, "a path", why);
}

/**
 * parse_file() - checks the path of a file
 * @text: The path.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_file(const char *text, struct why *why)
{
	if (check_path(text, "a file's path", why))
		return -EINVAL;
	return check_length(strlen(text), NFLB_FILE_MAX, "a file's path", why);
}

/**
 * parse_command() - checks the command of an exec probe
 * @text: The command.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_command(const char *text, struct why *why)
{
	const char *p;

	if (*text != '/')
		return because(why, "a command starts with /");
	for (p = text; *p; p++)
		if (!is_printable(*p))
			return because(why, "a command has only ASCII characters");
	return check_length(p - text, NFLB_COMMAND_MAX, "a command", why);
}

/**
 * parse_grpc_service() - checks the name of a service that grpc probes ask for
 * @text: The name.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_grpc_service(const char *text, struct why *why)
{
	if (check_word(text, "a service's name", why))
		return -EINVAL;
	return check_length(strlen(text), NFLB_GRPC_SERVICE_MAX,
			    "a service's name", why);
}

/**
 * parse_ports() - reads a port or a range such as 8000-8099
 * @text: The text.
 * @ports: Where the ports go.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_ports(const char *text, struct ports *ports, struct why *why)
{
	const char *hyphen = strchr(text, '-');
	uint64_t first, last;
	char low[8];

	if (hyphen && (size_t)(hyphen - text) < sizeof(low)) {
		memcpy(low, text, hyphen - text);
		low[hyphen - text] = '\0';
		if (parse_u64(low, 1, NFLB_PORT_MAX, &first, why) ||
		    parse_u64(hyphen + 1, 1, NFLB_PORT_MAX, &last, why))
			return -EINVAL;
	} else {
		if (parse_u64(text, 1, NFLB_PORT_MAX, &first, why))
			return -EINVAL;
		last = first;
	}
	if (last < first)
		return because(why, "the last port is below the first");
	ports->first = first;
	ports->last = last;
	return 0;
}

static int because_words(struct why *why, const struct word *words)
{
	size_t len = 0;

	len += snprintf(why->text, sizeof(why->text), "allowed");
	for (; words->name; words++)
		len += snprintf(why->text + len, sizeof(why->text) - len,
				" %s%s", words->name, words[1].name ? "," : "");
	return -EINVAL;
}

/**
 * parse_word() - reads a word of a table
 * @words: The table.
 * @text: The text.
 * @value: Where the number that the word stands for goes.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_word(const struct word *words, const char *text, uint32_t *value,
	       struct why *why)
{
	const struct word *w;

	for (w = words; w->name; w++) {
		if (strcmp(w->name, text) == 0) {
			*value = w->value;
			return 0;
		}
	}
	return because_words(why, words);
}

/**
 * parse_protocol() - reads a protocol of packets, by word or number
 * @text: The text.
 * @protocol: Where the IP protocol number goes; never 0.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_protocol(const char *text, uint32_t *protocol, struct why *why)
{
	struct why ignored;
	uint64_t number;

	if (parse_word(protocol_words, text, protocol, &ignored) == 0 &&
	    *protocol != 0)
		return 0;
	if (parse_u64(text, 1, NFLB_PROTOCOL_MAX, &number, &ignored))
		return because(why, "allowed tcp, udp, sctp, 1..%d",
			       NFLB_PROTOCOL_MAX);
	*protocol = number;
	return 0;
}

static int parse_end_port(const char *text, struct endpoint *end,
			  struct why *why)
{
	uint64_t port;

	if (parse_u64(text, 1, NFLB_PORT_MAX, &port, why)) {
		struct why port_why = *why;

		return because(why, "port: %.64s", port_why.text);
	}
	end->port = port;
	end->has_port = true;
	return 0;
}

/**
 * parse_endpoint() - reads ADDRESS, ADDRESS:PORT or [ADDRESS]:PORT
 * @text: The text; brackets are needed around IPv6 with a port.
 * @end: Where the address and the port go.
 * @why: What is wrong.
 *
 * Return: 0 or -EINVAL.
 */
int parse_endpoint(const char *text, struct endpoint *end, struct why *why)
{
	const char *colon = strrchr(text, ':');
	bool is_bracketed = *text == '[';
	char host[ADDRESS_TEXT_SIZE];
	const char *stop;
	size_t len;

	memset(end, 0, sizeof(*end));
	if (!is_bracketed && (!colon || strchr(text, ':') != colon))
		return parse_address(text, &end->address, why);

	stop = is_bracketed ? strchr(text, ']') : colon;
	if (!stop || (is_bracketed && stop[1] && stop[1] != ':'))
		return because(why, "allowed ADDRESS:PORT, [ADDRESS]:PORT");
	text += is_bracketed;
	len = stop - text;
	if (len >= sizeof(host))
		return because(why, "not an IPv4 or IPv6 address");
	memcpy(host, text, len);
	host[len] = '\0';
	if (parse_address(host, &end->address, why))
		return -EINVAL;
	stop += is_bracketed;
	return *stop ? parse_end_port(stop + 1, end, why) : 0;
}

/**
 * cut_item() - takes an item off a list with commas
 * @text: The list, or what is left of it.
 * @item: Where the item goes; one that is too long is cut.
 * @size: Its size.
 *
 * Return: What is left, or NULL after the last item.
 */
const char *cut_item(const char *text, char *item, size_t size)
{
	size_t len = strcspn(text, ",");

	snprintf(item, size, "%.*s", (int)len, text);
	return text[len] ? text + len + 1 : NULL;
}

/**
 * format_ms() - writes a time with the largest unit that divides it, but hours
 * @ms: The time in milliseconds.
 * @buf: Memory for the text.
 *
 * Return: @buf.
 */
const char *format_ms(uint64_t ms, char buf[TIME_TEXT_SIZE])
{
	const char *unit = "ms";

	if (ms && ms % MS_PER_DAY == 0) {
		ms /= MS_PER_DAY;
		unit = "d";
	} else if (ms && ms % 60000 == 0) {
		ms /= 60000;
		unit = "m";
	} else if (ms && ms % 1000 == 0) {
		ms /= 1000;
		unit = "s";
	}
	snprintf(buf, TIME_TEXT_SIZE, "%llu%s", (unsigned long long)ms, unit);
	return buf;
}

/**
 * format_address() - writes an address
 * @address: The address.
 * @buf: Memory for the text.
 *
 * Return: @buf.
 */
const char *format_address(const struct address *address,
			   char buf[ADDRESS_TEXT_SIZE])
{
	int family = address->len == 4 ? AF_INET : AF_INET6;

	if (!address->len || !inet_ntop(family, address->bytes, buf,
					ADDRESS_TEXT_SIZE))
		snprintf(buf, ADDRESS_TEXT_SIZE, "-");
	return buf;
}

/**
 * format_endpoint() - writes an address with its port, if it has one
 * @end: Address and port.
 * @buf: Memory for the text.
 *
 * Return: @buf.
 */
const char *format_endpoint(const struct endpoint *end,
			    char buf[ENDPOINT_TEXT_SIZE])
{
	char host[ADDRESS_TEXT_SIZE];

	format_address(&end->address, host);
	if (!end->has_port)
		snprintf(buf, ENDPOINT_TEXT_SIZE, "%s", host);
	else if (end->address.len == 16)
		snprintf(buf, ENDPOINT_TEXT_SIZE, "[%s]:%u", host, end->port);
	else
		snprintf(buf, ENDPOINT_TEXT_SIZE, "%s:%u", host, end->port);
	return buf;
}

/**
 * format_ports() - writes a port or a range
 * @ports: The ports; the first is not 0.
 * @buf: Memory for the text.
 *
 * Return: @buf.
 */
const char *format_ports(const struct ports *ports, char buf[PORTS_TEXT_SIZE])
{
	if (ports->first == ports->last)
		snprintf(buf, PORTS_TEXT_SIZE, "%u", ports->first);
	else
		snprintf(buf, PORTS_TEXT_SIZE, "%u-%u", ports->first,
			 ports->last);
	return buf;
}

/**
 * word_name() - finds the word for a number
 * @words: The table.
 * @value: The number.
 *
 * Return: The word, or NULL.
 */
const char *word_name(const struct word *words, uint32_t value)
{
	for (; words->name; words++)
		if (words->value == value)
			return words->name;
	return NULL;
}

/**
 * address_compare() - puts two addresses in order
 * @a: One.
 * @b: The other.
 *
 * Return: A negative number, 0 or a positive one, as memcmp(); IPv4 is before
 * IPv6.
 */
int address_compare(const struct address *a, const struct address *b)
{
	if (a->len != b->len)
		return a->len < b->len ? -1 : 1;
	return memcmp(a->bytes, b->bytes, a->len);
}

/**
 * address_is_equal() - compares two addresses
 * @a: One.
 * @b: The other.
 *
 * Return: true if they are the same address.
 */
bool address_is_equal(const struct address *a, const struct address *b)
{
	return address_compare(a, b) == 0;
}

/**
 * address_family_name() - names the family of an address
 * @address: The address.
 *
 * Return: "IPv4" or "IPv6".
 */
const char *address_family_name(const struct address *address)
{
	return address->len == 4 ? "IPv4" : "IPv6";
}
