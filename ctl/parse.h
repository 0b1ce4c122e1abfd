/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Text to values and back: numbers, times, addresses, ports, names, words.
 * A parser takes the whole text or refuses it; then @why says what is
 * allowed, without repeating the value.
 */
#ifndef LBCTL_PARSE_H
#define LBCTL_PARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "msg.h"

#define ADDRESS_TEXT_SIZE	46
#define ENDPOINT_TEXT_SIZE	56
#define TIME_TEXT_SIZE		24
#define PORTS_TEXT_SIZE		24

/**
 * struct address - an IPv4 or IPv6 address
 * @len: 4 or 16; 0 for none.
 * @bytes: The address in network order.
 */
struct address {
	uint8_t len;
	uint8_t bytes[16];
};

/**
 * struct ports - a range of ports
 * @first: First port; 0 is the word of the table that goes with it.
 * @last: Last port, equal to @first for a single one.
 */
struct ports {
	uint32_t first;
	uint32_t last;
};

/**
 * struct endpoint - an address with a port
 * @address: The address.
 * @port: The port.
 * @has_port: A port was given.
 */
struct endpoint {
	struct address address;
	uint32_t port;
	bool has_port;
};

/**
 * struct word - a keyword and the number that it stands for
 * @name: The word; NULL ends a table.
 * @value: The number.
 */
struct word {
	const char *name;
	uint32_t value;
};

extern const struct word protocol_words[];

int parse_u64(const char *text, uint64_t min, uint64_t max, uint64_t *value,
	      struct why *why);
int parse_seed(const char *text, uint64_t *value, struct why *why);
int parse_ms(const char *text, uint64_t min, uint64_t max, uint64_t *ms,
	     struct why *why);
int parse_address(const char *text, struct address *address, struct why *why);
int parse_name(const char *text, struct why *why);
int parse_note(const char *text, struct why *why);
int parse_path(const char *text, struct why *why);
int parse_file(const char *text, struct why *why);
int parse_command(const char *text, struct why *why);
int parse_grpc_service(const char *text, struct why *why);
int parse_device(const char *text, struct why *why);
int parse_ports(const char *text, struct ports *ports, struct why *why);
int parse_word(const struct word *words, const char *text, uint32_t *value,
	       struct why *why);
int parse_endpoint(const char *text, struct endpoint *end, struct why *why);
int parse_protocol(const char *text, uint32_t *protocol, struct why *why);

const char *cut_item(const char *text, char *item, size_t size);

const char *format_ms(uint64_t ms, char buf[TIME_TEXT_SIZE]);
const char *format_address(const struct address *address,
			   char buf[ADDRESS_TEXT_SIZE]);
const char *format_endpoint(const struct endpoint *end,
			    char buf[ENDPOINT_TEXT_SIZE]);
const char *format_ports(const struct ports *ports, char buf[PORTS_TEXT_SIZE]);
const char *word_name(const struct word *words, uint32_t value);
int address_compare(const struct address *a, const struct address *b);
bool address_is_equal(const struct address *a, const struct address *b);
const char *address_family_name(const struct address *address);

#endif /* LBCTL_PARSE_H */
