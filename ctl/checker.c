// SPDX-License-Identifier: GPL-2.0-only
/* Checks of all kinds. */
#include "checker.h"

#include <sys/epoll.h>

#include "clock.h"

static uint64_t earlier(uint64_t a_us, uint64_t b_us)
{
	return a_us < b_us ? a_us : b_us;
}

static void watch(int epoll_fd, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data.fd = fd };

	epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

/**
 * checker_init() - gets ready for checks
 * @checker: The checker.
 * @epoll_fd: Where they are waited for; data.fd of the events tells their
 *            files from others.
 */
void checker_init(struct checker *checker, int epoll_fd)
{
	checker->checks = checks_new(epoll_fd);
	checker->udp = udp_checks_new();
	checker->exec = exec_checks_new();
	watch(epoll_fd, udp_checks_fd(checker->udp));
	watch(epoll_fd, exec_checks_fd(checker->exec));
}

/**
 * checker_end() - frees what it holds
 * @checker: The checker; no check is under way.
 */
void checker_end(struct checker *checker)
{
	checks_free(checker->checks);
	udp_checks_free(checker->udp);
	exec_checks_free(checker->exec);
}

/**
 * checker_begin() - begins a check
 * @checker: The checker.
 * @spec: What to check; not needed after the call.
 * @on_done: Called in the end, from checker_ready() or checker_expire().
 * @arg: For @on_done.
 *
 * Return: The check, until @on_done is called.
 */
struct check *checker_begin(struct checker *checker,
			    const struct check_spec *spec,
			    check_done_fn on_done, void *arg)
{
	if (spec->type == NFLB_PROBE_TYPE_UDP ||
	    spec->type == NFLB_PROBE_TYPE_ICMP)
		return udp_check_begin(checker->udp, spec, on_done, arg);
	if (spec->type == NFLB_PROBE_TYPE_EXEC)
		return exec_check_begin(checker->exec, spec, on_done, arg);
	return check_begin(checker->checks, spec, on_done, arg);
}

/**
 * checker_ready() - lets checks go on
 * @checker: The checker.
 * @fd: A file that is ready.
 * @events: What epoll says of it.
 */
void checker_ready(struct checker *checker, int fd, uint32_t events)
{
	if (fd == udp_checks_fd(checker->udp))
		udp_checks_ready(checker->udp);
	else if (fd == exec_checks_fd(checker->exec))
		exec_checks_ready(checker->exec);
	else
		checks_ready(checker->checks, fd, events);
}

/**
 * checker_expire() - lets checks go on that wait for a time
 * @checker: The checker.
 * @now_us: The time.
 */
void checker_expire(struct checker *checker, uint64_t now_us)
{
	checks_expire(checker->checks, now_us);
	udp_checks_expire(checker->udp, now_us);
	exec_checks_expire(checker->exec, now_us);
}

/**
 * checker_next_us() - says when checker_expire() is to be called
 * @checker: The checker.
 *
 * Return: The time, or NEVER_US.
 */
uint64_t checker_next_us(const struct checker *checker)
{
	uint64_t next_us = checks_next_us(checker->checks);

	next_us = earlier(next_us, udp_checks_next_us(checker->udp));
	return earlier(next_us, exec_checks_next_us(checker->exec));
}
