// SPDX-License-Identifier: GPL-2.0-only
/*
 * pages PORT [PATH CONNINFO STATEMENT]...
 *
 * An HTTP server that answers each path with the first value of an SQL
 * statement, and with status 503 when there is none. Each path has a connection
 * to the database that it keeps, and opens anew once that has ended. What only
 * reads is tried once more if a kept connection turns out to have ended, as pools
 * of connections do. On an instance it is the application, on a
 * database's host it says what that is, as Patroni does.
 */
#include <arpa/inet.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define REQUEST_MAX	4096
#define ANSWER_MAX	512

/**
 * struct route - a path
 * @path: the path
 * @conninfo: what libpq has to know of the database
 * @statement: what is asked
 * @conn: the connection, if there is one
 * @lock: of @conn
 */
struct route {
	const char *path;
	const char *conninfo;
	const char *statement;
	PGconn *conn;
	pthread_mutex_t lock;
};

static struct route *routes;
static int num_routes;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* One that has ended says so when it is read from */
static bool is_open(PGconn *conn)
{
	return conn && PQconsumeInput(conn) &&
	       PQstatus(conn) == CONNECTION_OK;
}

static PGresult *try(struct route *route, bool is_anew)
{
	if (is_anew) {
		PQfinish(route->conn);
		route->conn = PQconnectdb(route->conninfo);
	}
	if (PQstatus(route->conn) != CONNECTION_OK)
		return NULL;
	return PQexec(route->conn, route->statement);
}

static bool only_reads(const struct route *route)
{
	return strncmp(route->statement, "select", 6) == 0;
}

/* Fills @value; false, and why, if the statement gives none */
static bool ask(struct route *route, char *value, size_t size)
{
	bool was_open = is_open(route->conn);
	PGresult *result = try(route, !was_open);
	bool is_found = false;

	if (was_open && only_reads(route) &&
	    PQstatus(route->conn) != CONNECTION_OK) {
		PQclear(result);
		result = try(route, true);
	}
	if (PQresultStatus(result) == PGRES_TUPLES_OK) {
		is_found = PQntuples(result) > 0;
		snprintf(value, size, "%s",
			 is_found ? PQgetvalue(result, 0, 0) : "no row");
	} else {
		snprintf(value, size, "%s", PQerrorMessage(route->conn));
		value[strcspn(value, "\n")] = '\0';
	}
	PQclear(result);
	return is_found;
}

static bool ask_alone(struct route *route, char *value, size_t size)
{
	bool is_found;

	pthread_mutex_lock(&route->lock);
	is_found = ask(route, value, size);
	pthread_mutex_unlock(&route->lock);
	return is_found;
}

static struct route *find_route(const char *path)
{
	int i;

	for (i = 0; i < num_routes; i++)
		if (strcmp(routes[i].path, path) == 0)
			return &routes[i];
	return NULL;
}

/* Reads a request's head; the path is all that counts */
static bool read_path(int fd, char *path)
{
	char head[REQUEST_MAX + 1] = "";
	size_t len = 0;
	ssize_t n;

	while (!strstr(head, "\r\n\r\n")) {
		n = read(fd, head + len, REQUEST_MAX - len);
		if (n <= 0)
			return false;
		len += n;
		head[len] = '\0';
	}
	return sscanf(head, "GET %255s", path) == 1;
}

static void *serve(void *data)
{
	int fd = (int)(intptr_t)data;
	char value[ANSWER_MAX], path[256], head[ANSWER_MAX];
	struct route *route;
	bool is_found = false;

	if (read_path(fd, path)) {
		snprintf(value, sizeof(value), "no page %s", path);
		route = find_route(path);
		if (route)
			is_found = ask_alone(route, value, sizeof(value));
		snprintf(head, sizeof(head),
			 "HTTP/1.0 %s\r\nContent-Length: %zu\r\n\r\n",
			 is_found ? "200 OK" : "503 Service Unavailable",
			 strlen(value) + 1);
		dprintf(fd, "%s%s\n", head, value);
	}
	close(fd);
	return NULL;
}

static int listen_at(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
	};
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	int on = 1;

	if (fd < 0)
		die("socket");
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		die("bind");
	if (listen(fd, 128) < 0)
		die("listen");
	return fd;
}

static void parse_routes(int argc, char **argv)
{
	int i;

	num_routes = argc / 3;
	routes = calloc(num_routes + 1, sizeof(*routes));
	if (!routes)
		die("memory");
	for (i = 0; i < num_routes; i++) {
		routes[i].path = argv[3 * i];
		routes[i].conninfo = argv[3 * i + 1];
		routes[i].statement = argv[3 * i + 2];
		pthread_mutex_init(&routes[i].lock, NULL);
	}
}

int main(int argc, char **argv)
{
	pthread_t thread;
	int listener, fd;

	if (argc < 2 || argc % 3 != 2) {
		fputs("pages PORT [PATH CONNINFO STATEMENT]...\n", stderr);
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	parse_routes(argc - 2, argv + 2);
	listener = listen_at(atoi(argv[1]));
	for (;;) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			die("accept");
		if (pthread_create(&thread, NULL, serve,
				   (void *)(intptr_t)fd) != 0)
			die("thread");
		pthread_detach(thread);
	}
}
