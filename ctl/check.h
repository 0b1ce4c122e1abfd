/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One check of one backend, of whatever kind. Any number of them are under
 * way at once, in one thread; checker.h begins them.
 */
#ifndef LBCTL_CHECK_H
#define LBCTL_CHECK_H

#include "bytes.h"
#include "parse.h"
#include "result.h"
#include "sock.h"
#include "statuses.h"

/**
 * struct check_spec - what to check
 * @type: enum nflb_probe_type.
 * @address: Whom.
 * @port: Where.
 * @timeout_ms: When to give up.
 * @way: How to get there.
 * @path: Path to get.
 * @host: Host to ask for; empty for the address.
 * @sni: Name for TLS; empty for that of @host, if it has one.
 * @verify: The certificate must be a trusted one, for the name for TLS or the
 *          address.
 * @cert_expiry_ms: Time that it must have left, or 0.
 * @cert: File of the certificate that is shown, or empty.
 * @key: File of the key to that, or empty if it is in @cert.
 * @expect: Statuses that are good.
 * @body: What the answer must contain; nothing if empty.
 * @json_state: The answer must be JSON that says that all is well.
 * @grpc_service: Service whose health is asked for; empty for the server's.
 * @send: What a datagram says.
 * @receive: What the answer to that must contain; if empty, none is needed.
 * @command: Program and arguments.
 * @pool: Name of the pool, for the program.
 * @backend: Name of the backend, for the program.
 */
struct check_spec {
	uint32_t type;
	struct address address;
	uint16_t port;
	uint64_t timeout_ms;
	struct sock_way way;
	const char *path;
	const char *host;
	const char *sni;
	bool verify;
	uint64_t cert_expiry_ms;
	const char *cert;
	const char *key;
	struct statuses expect;
	struct bytes body;
	bool json_state;
	const char *grpc_service;
	struct bytes send;
	struct bytes receive;
	const char *command;
	const char *pool;
	const char *backend;
};

/**
 * typedef check_done_fn - is called when a check has ended
 * @result: How; valid during the call.
 * @arg: As given with the function. The check is gone.
 */
typedef void (*check_done_fn)(const struct check_result *result, void *arg);

/**
 * struct check - what checks of all kinds begin with
 * @cancel: Ends it without a result.
 * @on_done: Called in the end, never by the function that begins the check.
 * @arg: For @on_done.
 */
struct check {
	void (*cancel)(struct check *check);
	check_done_fn on_done;
	void *arg;
};

struct checks;

/* Checks by libcurl, of whatever goes over TCP; only check.c knows libcurl. */
struct checks *checks_new(int epoll_fd);
void checks_trust(struct checks *checks, const char *ca_file);
void checks_free(struct checks *checks);
struct check *check_begin(struct checks *checks, const struct check_spec *spec,
			  check_done_fn on_done, void *arg);
void checks_waited(struct checks *checks, uint64_t from_us, uint64_t until_us);
void checks_ready(struct checks *checks, int fd, uint32_t events);
void checks_expire(struct checks *checks, uint64_t now_us);
uint64_t checks_next_us(const struct checks *checks);

#endif /* LBCTL_CHECK_H */
