// SPDX-License-Identifier: GPL-2.0-only
/* The page of metrics, and many who want it. */
#include "helper.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "scrape.h"

#define CLIENTS		12
#define PAGE_MS		40
#define PATIENCE_US	(10 * MS_PER_SEC * US_PER_MS)

static const char request[] = "GET /metrics HTTP/1.0\r\n\r\n";
static const char text[] = "nflb_generation 7\n";

/**
 * struct site - a page
 * @at: Where it is.
 * @scrape: Who serves it.
 * @n_written: How often it was written.
 * @err: What becomes of writing it.
 */
struct site {
	struct endpoint at;
	struct scrape *scrape;
	unsigned int n_written;
	int err;
};

static void rest(unsigned int ms)
{
	const struct timespec time = { .tv_nsec = ms * 1000000L };

	nanosleep(&time, NULL);
}

static int write_slowly(FILE *out, void *arg)
{
	struct site *site = arg;

	site->n_written++;
	rest(PAGE_MS);
	fputs(text, out);
	return site->err;
}

static struct sockaddr_in address_of(const struct site *site)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
		.sin_port = htons(site->at.port),
	};
}

/* A port that was free a moment ago */
static void find_port(struct site *site)
{
	struct sockaddr_in in = address_of(site);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	socklen_t len = sizeof(in);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, len), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&in, &len), 0);
	site->at.port = ntohs(in.sin_port);
	close(fd);
}

static int begin(void **state)
{
	static struct site site;
	struct why why;

	site = (struct site){ .at.has_port = true };
	site.at.address.len = sizeof(struct in_addr);
	memcpy(site.at.address.bytes, &(uint32_t){ htonl(INADDR_LOOPBACK) },
	       sizeof(struct in_addr));
	find_port(&site);
	site.scrape = scrape_open(&site.at, write_slowly, &site, &why);
	assert_non_null(site.scrape);
	*state = &site;
	return 0;
}

static int end(void **state)
{
	struct site *site = *state;

	scrape_close(site->scrape);
	return 0;
}

static int ask(const struct site *site)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in in = address_of(site);

	assert_int_equal(connect(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(send(fd, request, strlen(request), 0),
			 strlen(request));
	return fd;
}

/* All of it, as HTTP/1.0 ends with the connection */
static void expect_answer(const struct site *site, int fd, const char *status,
			  const char *body)
{
	uint64_t end_us = clock_us() + PATIENCE_US;
	char answer[1024] = "";
	size_t len = 0;
	ssize_t got;

	do {
		scrape_run(site->scrape);
		got = recv(fd, answer + len, sizeof(answer) - 1 - len,
			   MSG_DONTWAIT);
		if (got > 0)
			len += got;
		assert_true(clock_us() < end_us);
	} while (got > 0 || (got < 0 && errno == EAGAIN));
	assert_non_null(strstr(answer, status));
	assert_non_null(strstr(answer, body));
	close(fd);
}

static void expect_answers(struct site *site, const char *status,
			   const char *body)
{
	int fds[CLIENTS];
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		fds[i] = ask(site);
	for (i = 0; i < CLIENTS; i++)
		expect_answer(site, fds[i], status, body);
}

static void many_get_the_same_page(void **state)
{
	struct site *site = *state;

	expect_answers(site, " 200 ", text);
	assert_in_range(site->n_written, 1, CLIENTS / 2);
}

static void who_comes_later_gets_a_new_one(void **state)
{
	struct site *site = *state;

	expect_answer(site, ask(site), " 200 ", text);
	rest(PAGE_MS * 15);
	expect_answer(site, ask(site), " 200 ", text);
	assert_int_equal(site->n_written, 2);
}

static void many_hear_that_there_is_none(void **state)
{
	struct site *site = *state;

	site->err = -EINTR;
	expect_answers(site, " 503 ", "the kernel does not say it now\n");
	assert_in_range(site->n_written, 1, CLIENTS / 2);
	site->err = 0;
	rest(PAGE_MS * 15);
	expect_answer(site, ask(site), " 200 ", text);
}

#define SITE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
	const struct CMUnitTest cases[] = {
		SITE(many_get_the_same_page),
		SITE(who_comes_later_gets_a_new_one),
		SITE(many_hear_that_there_is_none),
	};

	return RUN(cases);
}
