// SPDX-License-Identifier: GPL-2.0-only
/* A server for one page; whoever asks waits, and nobody waits for him. */
#include "scrape.h"

#include <errno.h>
#include <microhttpd.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "mem.h"

#define PATH		"/metrics"
/* A page is good for so many times as long as it took. */
#define PAGE_REST	4u
#define CLIENTS_MAX	16u
#define TIMEOUT_S	10u

/**
 * struct scrape - the server
 * @daemon: That of the library.
 * @write: Writes the page.
 * @arg: For @write.
 * @page: The last page, or NULL if it could not be written.
 * @page_end_us: Until when it is good.
 */
struct scrape {
	struct MHD_Daemon *daemon;
	scrape_write_fn write;
	void *arg;
	struct MHD_Response *page;
	uint64_t page_end_us;
};

static enum MHD_Result refuse(struct MHD_Connection *connection,
			      unsigned int status, const char *sentence)
{
	struct MHD_Response *response;
	enum MHD_Result result;

	response = MHD_create_response_from_buffer(strlen(sentence),
						   (void *)sentence,
						   MHD_RESPMEM_MUST_COPY);
	if (!response)
		return MHD_NO;
	result = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return result;
}

static struct MHD_Response *write_page(const struct scrape *scrape)
{
	struct MHD_Response *page = NULL;
	char *text = NULL;
	size_t len = 0;
	FILE *out;
	int err;

	out = mem_need(open_memstream(&text, &len));
	err = scrape->write(out, scrape->arg);
	if (fclose(out) && !err)
		err = -ENOMEM;
	if (!err)
		page = MHD_create_response_from_buffer(len, text,
						       MHD_RESPMEM_MUST_FREE);
	if (page)
		MHD_add_response_header(page, MHD_HTTP_HEADER_CONTENT_TYPE,
					"text/plain; version=0.0.4; charset=utf-8");
	else
		free(text);
	return page;
}

static void drop_page(struct scrape *scrape)
{
	if (scrape->page)
		MHD_destroy_response(scrape->page);
	scrape->page = NULL;
}

/*
 * The library lets all clients ask in one step of it. If each had a page of its
 * own, a crowd of them would leave no time for anything else.
 */
static void renew_page(struct scrape *scrape)
{
	uint64_t from_us = clock_us();
	uint64_t now_us;

	if (from_us < scrape->page_end_us)
		return;
	drop_page(scrape);
	scrape->page = write_page(scrape);
	now_us = clock_us();
	scrape->page_end_us = now_us + PAGE_REST * (now_us - from_us);
}

static enum MHD_Result give(struct MHD_Connection *connection,
			    struct scrape *scrape)
{
	renew_page(scrape);
	if (!scrape->page)
		return refuse(connection, MHD_HTTP_SERVICE_UNAVAILABLE,
			      "the kernel does not say it now\n");
	return MHD_queue_response(connection, MHD_HTTP_OK, scrape->page);
}

static bool is_get(const char *method)
{
	return strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	       strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* The library calls it once for the head of a request, and then for a body. */
static enum MHD_Result on_request(void *arg, struct MHD_Connection *connection,
				  const char *url, const char *method,
				  const char *version, const char *data,
				  size_t *len, void **seen)
{
	static int mark;

	(void)version;
	(void)data;
	if (!*seen) {
		*seen = &mark;
		return MHD_YES;
	}
	if (*len) {
		*len = 0;
		return MHD_YES;
	}
	if (!is_get(method))
		return refuse(connection, MHD_HTTP_METHOD_NOT_ALLOWED,
			      "allowed are GET and HEAD\n");
	if (strcmp(url, PATH) != 0)
		return refuse(connection, MHD_HTTP_NOT_FOUND,
			      "there is only " PATH "\n");
	return give(connection, arg);
}

static struct MHD_Daemon *start(struct scrape *scrape,
				const struct sockaddr *at, unsigned int flags)
{
	return MHD_start_daemon(MHD_USE_EPOLL | flags, 0, NULL, NULL,
				on_request, scrape,
				MHD_OPTION_SOCK_ADDR, at,
				MHD_OPTION_CONNECTION_LIMIT, CLIENTS_MAX,
				MHD_OPTION_CONNECTION_TIMEOUT, TIMEOUT_S,
				MHD_OPTION_END);
}

static struct MHD_Daemon *start_at(struct scrape *scrape,
				   const struct endpoint *at)
{
	struct sockaddr_in in = {
		.sin_family = AF_INET,
		.sin_port = htons(at->port),
	};
	struct sockaddr_in6 in6 = {
		.sin6_family = AF_INET6,
		.sin6_port = htons(at->port),
	};

	if (at->address.len == sizeof(in.sin_addr)) {
		memcpy(&in.sin_addr, at->address.bytes, sizeof(in.sin_addr));
		return start(scrape, (struct sockaddr *)&in, 0);
	}
	memcpy(&in6.sin6_addr, at->address.bytes, sizeof(in6.sin6_addr));
	return start(scrape, (struct sockaddr *)&in6, MHD_USE_IPv6);
}

/**
 * scrape_open() - begins to listen
 * @at: Address and port.
 * @write: Writes the page.
 * @arg: For @write.
 * @why: Why it cannot.
 *
 * Return: The server, or NULL; scrape_close() it.
 */
struct scrape *scrape_open(const struct endpoint *at, scrape_write_fn write,
			   void *arg, struct why *why)
{
	struct scrape *scrape = mem_zalloc(sizeof(*scrape));
	char text[ENDPOINT_TEXT_SIZE];

	scrape->write = write;
	scrape->arg = arg;
	errno = 0;
	scrape->daemon = start_at(scrape, at);
	if (scrape->daemon)
		return scrape;
	because(why, "cannot listen at %s: %s", format_endpoint(at, text),
		errno ? strerror(errno) : "libmicrohttpd does not say why");
	free(scrape);
	return NULL;
}

/**
 * scrape_close() - ends it
 * @scrape: The server, or NULL.
 */
void scrape_close(struct scrape *scrape)
{
	if (!scrape)
		return;
	MHD_stop_daemon(scrape->daemon);
	drop_page(scrape);
	free(scrape);
}

/**
 * scrape_fd() - says what to wait for
 * @scrape: The server.
 *
 * Return: A file that can be read when scrape_run() has something to do.
 */
int scrape_fd(const struct scrape *scrape)
{
	return MHD_get_daemon_info(scrape->daemon,
				   MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd;
}

/**
 * scrape_run() - takes a step with each client, without waiting
 * @scrape: The server.
 *
 * It is one step, with the same page for all, lest clients that ask all the
 * time leave none for the rest.
 * Once in a while it is to be called in any case: it ends clients that say
 * nothing.
 */
void scrape_run(struct scrape *scrape)
{
	MHD_run(scrape->daemon);
}

/**
 * scrape_is_busy() - says whether it goes on by itself
 * @scrape: The server.
 *
 * Return: Whether scrape_run() is to be called again, whatever its file says.
 */
bool scrape_is_busy(const struct scrape *scrape)
{
	MHD_UNSIGNED_LONG_LONG pause_ms;

	return MHD_get_timeout(scrape->daemon, &pause_ms) == MHD_YES &&
	       !pause_ms;
}
