// SPDX-License-Identifier: GPL-2.0-only
/* lbctl: the control tool of nflb. Global options, and the first word. */
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "commands.h"
#include "fastpath.h"
#include "frontend.h"
#include "import.h"
#include "nat.h"
#include "pool.h"
#include "print.h"
#include "probe.h"
#include "service.h"
#include "snat.h"
#include "zone.h"

#ifndef LBCTL_VERSION
#define LBCTL_VERSION	"unknown"
#endif

/* As agent.c takes them, which not every program has (handover.c). */
static const struct help_word agent_words[] = {
	{ "ca-file FILE", "certificates in PEM that \"verify on\" trusts" },
	{ "exec-dir DIR", "where programs are that exec probes may run" },
	{ "metrics ADDRESS:PORT",
	  "serves metrics for Prometheus there, at /metrics" },
	{ NULL, NULL },
};

static const struct command top_verbs[] = {
	{
		.name = "frontend", .args = "VERB ...",
		.help = "virtual addresses", .sub = frontend_verbs,
	},
	{
		.name = "probe", .args = "VERB ...",
		.help = "how health is checked", .sub = probe_verbs,
	},
	{
		.name = "pool", .args = "VERB ...",
		.help = "sets of backends", .sub = pool_verbs,
	},
	{
		.name = "backend", .args = "VERB ...",
		.help = "members of a pool", .sub = backend_verbs,
	},
	{
		.name = "zone", .args = "VERB ...",
		.help = "backends that are in one place", .sub = zone_verbs,
	},
	{
		.name = "service", .args = "VERB ...",
		.help = "what is balanced", .sub = service_verbs,
	},
	{
		.name = "nat", .args = "VERB ...",
		.help = "inbound NAT, ports that lead to one backend each",
		.sub = nat_verbs,
	},
	{
		.name = "snat", .args = "VERB ...",
		.help = "addresses for what backends open",
		.sub = snat_verbs,
	},
	{
		.name = "fastpath", .args = "VERB ...",
		.help = "the fast path as a whole", .sub = fastpath_verbs,
	},
	{
		.name = "health", .args = "VERB ...",
		.help = "what probes say of backends", .sub = health_verbs,
	},
	{
		.name = "show", .args = "",
		.help = "shows everything", .run = show_run,
	},
	{
		.name = "stats", .args = "[-w [SECONDS]]",
		.help = "shows counters",
		.run = stats_run, .words = stats_words,
	},
	{
		.name = "conns", .args = "[service S] [backend POOL/NAME]",
		.help = "shows the balanced flows",
		.run = conns_run, .words = conns_words,
	},
	{
		.name = "monitor", .args = "",
		.help = "follows changes and alerts, one line each",
		.run = monitor_run,
	},
	{
		.name = "agent", .args = "[OPTION VALUE]...",
		.help = "checks backends as probes say, until it is ended",
		.run = agent_run, .words = agent_words,
	},
	{
		.name = "explain", .args = "PROTOCOL SRC DST | -",
		.help = "says which backend a new flow would get, and why",
		.run = explain_run, .words = explain_words,
	},
	{
		.name = "apply", .args = "FILE|- [dry-run]",
		.help = "makes the configuration equal to a document",
		.run = apply_run, .words = apply_words,
	},
	{
		.name = "diff", .args = "FILE|-",
		.help = "shows what apply would change",
		.run = diff_run, .words = diff_words,
	},
	{
		.name = "check", .args = "[FILE|-]",
		.help = "shows what is allowed, but seldom wanted",
		.run = check_run, .words = check_words,
	},
	{
		.name = "export", .args = "",
		.help = "writes the configuration as a document",
		.run = export_run,
	},
	{
		.name = "import", .args = "VERB ...",
		.help = "documents of others as one of ours",
		.sub = import_verbs,
	},
	{
		.name = "flush", .args = "",
		.help = "removes every object, sets the rest to its default",
		.run = flush_run,
	},
	{ .name = NULL },
};

static const struct help_word top_words[] = {
	{ "-j, --json", "shows JSON with raw numbers instead of text" },
	{ "-n, --netns NETNS", "works in another network namespace" },
	{ "-h, --help", "this help" },
	{ "-V, --version", "the version of lbctl" },
	{ NULL, NULL },
};

const struct command top_command = {
	.name = "lbctl",
	.args = "[-j] [-n NETNS] OBJECT VERB [NAME] [KEYWORD VALUE]...",
	.help = "controls nflb, the layer-4 load balancer in the kernel",
	.sub = top_verbs,
	.words = top_words,
};

#define SHORT_OPTIONS	"+:jn:hV"

static const struct option long_options[] = {
	{ "json", no_argument, NULL, 'j' },
	{ "netns", required_argument, NULL, 'n' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

/**
 * struct options - the global options
 * @is_json: JSON is wanted.
 * @netns: Network namespace, or NULL for this one.
 * @wants_help: -h was given.
 * @wants_version: -V was given.
 */
struct options {
	bool is_json;
	const char *netns;
	bool wants_help;
	bool wants_version;
};

/* One letter of several is not a word of its own. */
static int refuse_option(char **argv)
{
	bool is_letter = optopt && !strchr(SHORT_OPTIONS, optopt);

	if (is_letter)
		complain("unknown option -%c; see \"lbctl help\"", optopt);
	else
		complain("unknown option %s; see \"lbctl help\"",
			 argv[optind - 1]);
	return EXIT_USAGE;
}

/* "+": what follows the first word belongs to the command. */
static int parse_options(struct options *options, int argc, char **argv)
{
	int c;

	while ((c = getopt_long(argc, argv, SHORT_OPTIONS, long_options,
				NULL)) != -1) {
		switch (c) {
		case 'j':
			options->is_json = true;
			break;
		case 'n':
			options->netns = optarg;
			break;
		case 'h':
			options->wants_help = true;
			break;
		case 'V':
			options->wants_version = true;
			break;
		case ':':
			complain("%s needs a value; see \"lbctl help\"",
				 argv[optind - 1]);
			return EXIT_USAGE;
		default:
			return refuse_option(argv);
		}
	}
	return EXIT_OK;
}

static int enter_netns(const char *name)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	if (!nl_enter_netns(name, &why))
		return EXIT_OK;
	complain("namespace \"%s\": %s", excerpt(name, cut), why.text);
	return EXIT_REFUSED;
}

static int run(const struct options *options, int argc, char **argv)
{
	struct context ctx = { .path = "lbctl" };
	int status;

	if (options->wants_version) {
		print_text("lbctl %s\n", LBCTL_VERSION);
		return EXIT_OK;
	}
	if (options->wants_help) {
		command_help(&ctx, &top_command);
		return EXIT_OK;
	}
	if (options->netns && enter_netns(options->netns))
		return EXIT_REFUSED;
	status = command_run(&ctx, &top_command, argc, argv);
	nl_close(ctx.nl);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = { 0 };
	int status, err;

	status = parse_options(&options, argc, argv);
	if (status)
		return status;
	print_init(options.is_json);
	status = run(&options, argc - optind, argv + optind);
	err = print_finish();
	if (err) {
		complain("writing: %s", strerror(-err));
		return EXIT_REFUSED;
	}
	return status;
}
