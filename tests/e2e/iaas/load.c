// SPDX-License-Identifier: GPL-2.0-only
/*
 * load RATE-FILE TIMEOUT-MS NAME=ADDRESS=PORT=PATH...
 *
 * A client that asks the targets in turn, RATE times a second, whatever becomes
 * of what it has asked: a connection for each request. RATE is read from the
 * file again and again. Writes a line for each request that has ended:
 *	BEGIN-MS END-MS LATE-MS NAME RESULT ANSWER
 * LATE-MS is how much later than planned it began, ANSWER the body's first line.
 * The result is "ok" or says what has failed. SIGTERM lets what is under way
 * end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define UNDER_WAY_MAX	1024
#define ANSWER_MAX	2048
#define RATE_EVERY_MS	100
#define LATE_MAX_MS	1000	/* then the plan begins anew */

/**
 * struct target - what is asked
 * @name: its name in the log
 * @request: what is sent
 * @addr: address and port
 * @len: size of the address
 */
struct target {
	const char *name;
	char request[512];
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} addr;
	socklen_t len;
};

/**
 * struct request - one that is under way
 * @target: what it asks
 * @begin: when it began, in milliseconds
 * @late: by how much that was later than planned
 * @len: bytes of the answer so far
 * @is_sent: it has been sent, and the answer is waited for
 * @answer: what has come
 */
struct request {
	const struct target *target;
	double begin;
	double late;
	size_t len;
	bool is_sent;
	char answer[ANSWER_MAX + 1];
};

static struct pollfd fds[UNDER_WAY_MAX];
static struct request requests[UNDER_WAY_MAX];
static int under_way;
static volatile sig_atomic_t is_ended;

static void on_term(int sig)
{
	(void)sig;
	is_ended = 1;
}

static _Noreturn void die(const char *what, const char *value)
{
	fprintf(stderr, "load: %s: %s\n", what, value);
	exit(2);
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1e3 + ts.tv_nsec / 1e6;
}

static void parse_target(struct target *target, char *word)
{
	char *address, *port, *path;

	target->name = strsep(&word, "=");
	address = strsep(&word, "=");
	port = strsep(&word, "=");
	path = word;
	if (!path)
		die("not NAME=ADDRESS=PORT=PATH", target->name);
	if (inet_pton(AF_INET, address, &target->addr.v4.sin_addr) == 1) {
		target->addr.any.sa_family = AF_INET;
		target->addr.v4.sin_port = htons(atoi(port));
		target->len = sizeof(target->addr.v4);
	} else if (inet_pton(AF_INET6, address, &target->addr.v6.sin6_addr)) {
		target->addr.any.sa_family = AF_INET6;
		target->addr.v6.sin6_port = htons(atoi(port));
		target->len = sizeof(target->addr.v6);
	} else {
		die("no address", address);
	}
	snprintf(target->request, sizeof(target->request),
		 "GET %s HTTP/1.0\r\nHost: shop\r\n\r\n", path);
}

/* The first line of the body, without what would end a word of the log */
static const char *body(struct request *req)
{
	char *text = strstr(req->answer, "\r\n\r\n");
	size_t i;

	if (!text)
		return "-";
	text += 4;
	text[strcspn(text, "\r\n")] = '\0';
	for (i = 0; text[i]; i++)
		if (text[i] == ' ')
			text[i] = '_';
	return *text ? text : "-";
}

static void end_request(int i, const char *result)
{
	struct request *req = &requests[i];

	printf("%.0f %.0f %.0f %s %s %s\n", req->begin, now_ms(), req->late,
	       req->target->name, result, body(req));
	close(fds[i].fd);
	under_way--;
	fds[i] = fds[under_way];
	requests[i] = requests[under_way];
}

static const char *error_word(int err)
{
	switch (err) {
	case ECONNREFUSED:
		return "refused";
	case ECONNRESET:
	case EPIPE:
		return "reset";
	case EHOSTUNREACH:
	case ENETUNREACH:
		return "unreachable";
	}
	return "error";
}

static void begin_request(const struct target *target, double late)
{
	struct request *req = &requests[under_way];
	int fd;

	if (under_way == UNDER_WAY_MAX)
		die("too many requests are under way", target->name);
	fd = socket(target->addr.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK, 0);
	if (fd < 0)
		die("socket", strerror(errno));
	req->target = target;
	req->begin = now_ms();
	req->late = late;
	req->len = 0;
	req->is_sent = false;
	req->answer[0] = '\0';
	fds[under_way].fd = fd;
	fds[under_way].events = POLLOUT;
	fds[under_way].revents = 0;
	under_way++;
	if (connect(fd, &target->addr.any, target->len) < 0 &&
	    errno != EINPROGRESS)
		end_request(under_way - 1, error_word(errno));
}

/* What the status line and the end of the connection come to */
static const char *judge(struct request *req)
{
	static char word[16];
	int status;

	if (sscanf(req->answer, "HTTP/1.%*d %d", &status) != 1)
		return "cut";
	if (status == 200)
		return strstr(req->answer, "\r\n\r\n") ? "ok" : "cut";
	snprintf(word, sizeof(word), "%d", status);
	return word;
}

static void go_on(int i)
{
	struct request *req = &requests[i];
	const char *text = req->target->request;
	ssize_t n;

	if (!req->is_sent) {
		n = send(fds[i].fd, text, strlen(text), MSG_NOSIGNAL);
		req->is_sent = true;
		fds[i].events = POLLIN;
	} else {
		n = read(fds[i].fd, req->answer + req->len,
			 ANSWER_MAX - req->len);
		req->len += n > 0 ? n : 0;
		req->answer[req->len] = '\0';
	}
	if (n < 0)
		end_request(i, error_word(errno));
	else if (n == 0)
		end_request(i, judge(req));
}

/* From the last one on: who ends leaves its place to the last one */
static void go_on_all(double timeout)
{
	int i;

	for (i = under_way - 1; i >= 0; i--) {
		if (fds[i].revents)
			go_on(i);
		else if (now_ms() - requests[i].begin > timeout)
			end_request(i, "timeout");
	}
}

static double read_rate(const char *name)
{
	FILE *file = fopen(name, "r");
	double rate;

	if (!file || fscanf(file, "%lf", &rate) != 1 || rate <= 0)
		die("no rate in", name);
	fclose(file);
	return rate;
}

static int wait_ms(double due)
{
	double left = due - now_ms();

	if (is_ended || left > 50)
		return 50;
	return left > 0 ? (int)left + 1 : 0;
}

static void run(const char *rate_file, double timeout, int num,
		const struct target *targets)
{
	double due = now_ms(), rate_due = 0, rate = 0, now;
	long n = 0;

	while (!is_ended || under_way) {
		poll(fds, under_way, wait_ms(due));
		go_on_all(timeout);
		now = now_ms();
		if (now >= rate_due) {
			rate = read_rate(rate_file);
			rate_due = now + RATE_EVERY_MS;
		}
		if (is_ended || now < due)
			continue;
		begin_request(&targets[n++ % num], now - due);
		due = now - due > LATE_MAX_MS ? now : due + 1e3 / rate;
	}
}

int main(int argc, char **argv)
{
	struct target *targets;
	int i;

	if (argc < 4)
		die("RATE-FILE TIMEOUT-MS TARGET", "is missing");
	targets = calloc(argc - 3, sizeof(*targets));
	if (!targets)
		die("memory", "is missing");
	for (i = 3; i < argc; i++)
		parse_target(&targets[i - 3], argv[i]);
	setlinebuf(stdout);
	signal(SIGTERM, on_term);
	run(argv[1], atof(argv[2]), argc - 3, targets);
	return 0;
}
