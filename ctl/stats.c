// SPDX-License-Identifier: GPL-2.0-only
/* lbctl stats: counters, or what is counted each second. */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "commands.h"
#include "mem.h"
#include "print.h"
#include "sample.h"
#include "table.h"

#define SECONDS_MAX	3600

const struct help_word stats_words[] = {
	{ "-w [SECONDS]",
	  "shows rates, anew every SECONDS (1) until interrupted" },
	{ NULL, NULL },
};

static const struct column service_ids[] = {
	{ "name", "SERVICE", 0 },
	{ NULL, NULL, 0 },
};

static const struct column backend_ids[] = {
	{ "pool", "POOL", 0 },
	{ "name", "BACKEND", 0 },
	{ "address", "ADDRESS", 0 },
	{ "connect_us", "CONNECT-US", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

/* All counters in JSON; in text those that a person looks at first. */
static const struct column counter_columns[] = {
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ "new_flows", "NEW-FLOWS", COLUMN_RIGHT },
	{ "in_pkts", "IN-PKTS", COLUMN_RIGHT },
	{ "in_bytes", "IN-BYTES", COLUMN_RIGHT },
	{ "out_pkts", "OUT-PKTS", COLUMN_RIGHT },
	{ "out_bytes", "OUT-BYTES", COLUMN_RIGHT },
	{ "failed_connects", "FAILED", COLUMN_RIGHT },
	{ "drops", "DROPS", COLUMN_RIGHT },
	{ "drop_no_backend", "", COLUMN_JSON },
	{ "drop_no_memory", "", COLUMN_JSON },
	{ "drop_stale", "", COLUMN_JSON },
	{ "drop_confirm", "", COLUMN_JSON },
	{ "pass_no_service", "", COLUMN_JSON },
	{ "hairpin", "", COLUMN_JSON },
	{ "port_rewritten", "", COLUMN_JSON },
	{ "clash_merged", "", COLUMN_JSON },
	{ "with_helper", "", COLUMN_JSON },
	{ "slow_pkts", "", COLUMN_JSON },
	{ "express_flows", "", COLUMN_JSON },
	{ "reject_no_backend", "", COLUMN_JSON },
	{ "backup_picks", "", COLUMN_JSON },
	{ "all_down_picks", "", COLUMN_JSON },
	{ "panic_picks", "", COLUMN_JSON },
	{ "reset_flows", "", COLUMN_JSON },
	{ "ping_replies", "", COLUMN_JSON },
	{ "ping_unreachable", "", COLUMN_JSON },
	{ "ping_drops", "", COLUMN_JSON },
	{ "spill_picks", "", COLUMN_JSON },
	{ "affinity_hits", "", COLUMN_JSON },
	{ "affinity_evictions", "", COLUMN_JSON },
	{ "idle_resets", "", COLUMN_JSON },
	{ "deadline_resets", "", COLUMN_JSON },
	{ "down_resets", "", COLUMN_JSON },
	{ "removed_resets", "", COLUMN_JSON },
	{ "drop_not_allowed", "", COLUMN_JSON },
	{ "drop_full", "", COLUMN_JSON },
	{ "reject_full", "", COLUMN_JSON },
	{ "overflow_picks", "", COLUMN_JSON },
	{ "drop_max_flows", "", COLUMN_JSON },
	{ "drop_max_rate", "", COLUMN_JSON },
	{ "pick_ups", "", COLUMN_JSON },
	{ "reject_no_flow", "", COLUMN_JSON },
	{ "drop_no_flow", "", COLUMN_JSON },
	{ "drop_stray_answer", "", COLUMN_JSON },
	{ "snat_flows", "", COLUMN_JSON },
	{ "drop_no_ports", "", COLUMN_JSON },
	{ "no_port", "", COLUMN_JSON },
	{ "cookies_sent", "", COLUMN_JSON },
	{ "cookies_accepted", "", COLUMN_JSON },
	{ "cookies_refused", "", COLUMN_JSON },
	{ "drop_not_floating", "", COLUMN_JSON },
	{ NULL, NULL, 0 },
};

static_assert(ARRAY_SIZE(backend_ids) + ARRAY_SIZE(counter_columns) - 2 <=
	      TABLE_COLUMNS_MAX, "a table has no room for all counters");

static const struct column rate_columns[] = {
	{ "active", "ACTIVE", COLUMN_RIGHT },
	{ "new_flows_per_sec", "NEW-FLOWS/S", COLUMN_RIGHT },
	{ "in_pkts_per_sec", "IN-PKTS/S", COLUMN_RIGHT },
	{ "in_bytes_per_sec", "IN-BYTES/S", COLUMN_RIGHT },
	{ "out_pkts_per_sec", "OUT-PKTS/S", COLUMN_RIGHT },
	{ "out_bytes_per_sec", "OUT-BYTES/S", COLUMN_RIGHT },
	{ "failed_connects_per_sec", "FAILED/S", COLUMN_RIGHT },
	{ "drops_per_sec", "DROPS/S", COLUMN_RIGHT },
	{ NULL, NULL, 0 },
};

/* What identifies a row, then what is counted. */
static void join_columns(struct column *columns, const struct column *ids,
			 const struct column *counted)
{
	while (ids->key)
		*columns++ = *ids++;
	do {
		*columns++ = *counted;
	} while (counted++->key);
}

static void cells_counters(const struct counters *counters)
{
	unsigned int i;

	for (i = 0; i < COUNTER_REASONS; i++)
		cell_u64(counters->value[i]);
	cell_u64(counters_drops(counters));
	for (; i < COUNTERS; i++)
		cell_u64(counters->value[i]);
}

static void cells_rates(const struct counters *counters, double seconds)
{
	unsigned int i;

	cell_u64(counters->value[COUNTER_ACTIVE]);
	for (i = COUNTER_ACTIVE + 1; i < COUNTER_REASONS; i++)
		cell_double(counters->value[i] / seconds);
	cell_double(counters_drops(counters) / seconds);
}

static void cells_ids(const struct sample_item *item)
{
	char text[ADDRESS_TEXT_SIZE];

	if (!item->address.len) {
		cell_string(item->name);
		return;
	}
	cell_string(item->pool);
	cell_string(item->name);
	cell_string(format_address(&item->address, text));
	if (item->connect_us)
		cell_u64(item->connect_us);
	else
		cell_none();
}

static void show_list(const char *key, const struct column *ids,
		      const struct sample_list *list, double seconds)
{
	struct column columns[TABLE_COLUMNS_MAX + 1];
	const struct sample_item *item;
	size_t i;

	if (!print_is_json())
		print_text("\n");
	join_columns(columns, ids, seconds > 0 ? rate_columns :
						 counter_columns);
	table_begin(key, columns);
	for (i = 0; i < list->n; i++) {
		item = &list->items[i];
		table_row();
		cells_ids(item);
		if (seconds > 0)
			cells_rates(&item->since, seconds);
		else
			cells_counters(&item->counters);
		table_row_end();
	}
	table_end();
}

static void show_total_json(const struct counters *total, double seconds)
{
	char key[48];
	unsigned int i;

	json_begin_object("counters", LAYOUT_LINES);
	for (i = 0; i < COUNTERS; i++) {
		snprintf(key, sizeof(key), "%s_per_sec", counter_names[i].key);
		if (seconds > 0 && i != COUNTER_ACTIVE)
			json_double(key, total->value[i] / seconds);
		else
			json_u64(counter_names[i].key, total->value[i]);
	}
	json_end();
}

static void show_total(const struct counters *total, double seconds)
{
	unsigned int i;

	if (print_is_json()) {
		show_total_json(total, seconds);
		return;
	}
	for (i = 0; i < COUNTERS; i++) {
		if (seconds > 0 && i != COUNTER_ACTIVE)
			print_text("%-16s %15.1f/s\n", counter_names[i].word,
				   total->value[i] / seconds);
		else
			print_text("%-16s %15llu\n", counter_names[i].word,
				   (unsigned long long)total->value[i]);
	}
}

/* Rates if @seconds is not 0: the time in which all that was counted. */
static void show_sample(const struct sample *sample, double seconds)
{
	bool is_rate = seconds > 0;

	if (print_is_json())
		json_begin_object(NULL, LAYOUT_LINES);
	if (print_is_json() && is_rate)
		json_double("seconds", seconds);
	show_total(is_rate ? &sample->total_since : &sample->total, seconds);
	show_list("services", service_ids, &sample->services, seconds);
	show_list("backends", backend_ids, &sample->backends, seconds);
	if (print_is_json())
		json_end();
}

static int show_once(struct context *ctx)
{
	struct sample sample;
	int err;

	err = sample_take(ctx->nl, &sample);
	if (!err)
		show_sample(&sample, 0);
	sample_free(&sample);
	return err;
}

static void show_rates(struct sample *now, const struct sample *before)
{
	sample_compare(now, before);
	if (!print_is_json())
		print_clear_screen();
	show_sample(now, now->at_sec - before->at_sec);
	if (!print_is_json())
		print_text("\n");
	print_flush();
}

static int watch(struct context *ctx, unsigned int seconds)
{
	struct timespec pause = { .tv_sec = seconds };
	struct sample before, now;
	int err;

	print_one_line_each();
	err = sample_take(ctx->nl, &before);
	while (!err) {
		nanosleep(&pause, NULL);
		err = sample_take(ctx->nl, &now);
		if (!err)
			show_rates(&now, &before);
		sample_free(&before);
		before = now;
	}
	sample_free(&before);
	return err;
}

static int parse_seconds(const char *text, uint64_t *seconds)
{
	char cut[EXCERPT_SIZE];
	struct why why;

	if (!parse_u64(text, 1, SECONDS_MAX, seconds, &why))
		return EXIT_OK;
	complain("-w %s: %s", excerpt(text, cut), why.text);
	return EXIT_USAGE;
}

/**
 * stats_run() - lbctl stats [-w [SECONDS]]
 * @ctx: The context.
 * @command: The command.
 * @argc: Number of words left.
 * @argv: The words left.
 *
 * Return: The exit status.
 */
int stats_run(struct context *ctx, const struct command *command, int argc,
	      char **argv)
{
	bool is_watch = argc > 0 && strcmp(argv[0], "-w") == 0;
	char cut[EXCERPT_SIZE];
	uint64_t seconds = 1;
	int err;

	(void)command;
	if (argc > 1 + is_watch || (argc == 1 && !is_watch))
		return command_usage(ctx, "unexpected \"%s\"",
				     excerpt(argv[argc - 1], cut));
	if (argc == 2 && parse_seconds(argv[1], &seconds))
		return EXIT_USAGE;
	if (context_open(ctx))
		return EXIT_REFUSED;
	err = is_watch ? watch(ctx, seconds) : show_once(ctx);
	return err ? context_failed(ctx, NULL, "stats", err) : EXIT_OK;
}
