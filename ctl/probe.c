// SPDX-License-Identifier: GPL-2.0-only
/* lbctl probe: how health is checked. */
#include "probe.h"

#include <stdio.h>

#include "nflb.h"

#define OPTIONS_SIZE	4096

static const struct column columns[] = {
	{ "name", "NAME", 0 },
	{ "type", "TYPE", 0 },
	{ "port", "PORT", COLUMN_RIGHT },
	{ "path", "PATH", 0 },
	{ "interval_ms", "INTERVAL", COLUMN_RIGHT },
	{ "timeout_ms", "TIMEOUT", COLUMN_RIGHT },
	{ "rise", "RISE", COLUMN_RIGHT },
	{ "fall", "FALL", COLUMN_RIGHT },
	{ "initial", "INITIAL", 0 },
	{ "answers", "ANSWERS", COLUMN_JSON },
	{ "host", "HOST", COLUMN_JSON },
	{ "sni", "SNI", COLUMN_JSON },
	{ "expect", "EXPECT", COLUMN_JSON },
	{ "body", "BODY", COLUMN_JSON },
	{ "json_state", "JSON-STATE", COLUMN_JSON },
	{ "verify", "VERIFY", COLUMN_JSON },
	{ "cert_expiry_ms", "CERT-EXPIRY", COLUMN_JSON },
	{ "cert", "CERT", COLUMN_JSON },
	{ "key", "KEY", COLUMN_JSON },
	{ "source", "SOURCE", COLUMN_JSON },
	{ "device", "DEVICE", COLUMN_JSON },
	{ "mark", "MARK", COLUMN_JSON },
	{ "send", "SEND", COLUMN_JSON },
	{ "receive", "RECEIVE", COLUMN_JSON },
	{ "command", "COMMAND", COLUMN_JSON },
	{ "grpc_service", "GRPC-SERVICE", COLUMN_JSON },
	{ "services", "SERVICES", COLUMN_RIGHT },
	{ "options", "OPTIONS", COLUMN_TEXT },
	{ NULL, NULL, 0 },
};

/* In text there is one column for what few probes have. */
static void options_cell(const struct object *obj)
{
	char options[OPTIONS_SIZE] = "";
	char buf[VALUE_TEXT_SIZE];
	const struct field *field;
	unsigned int i;
	size_t len = 0;

	for (i = PROBE_ANSWERS; i < obj->type->n_fields; i++) {
		if (object_is_default(obj, i) || len >= sizeof(options))
			continue;
		field = &obj->type->fields[i];
		len += snprintf(options + len, sizeof(options) - len,
				"%s%s %s", len ? " " : "", field->word,
				value_format(field, &obj->values[i], buf));
	}
	cell_string(options);
}

static void cells(const struct object *obj, const struct nl_attrs *attrs)
{
	view_cells(obj, PROBE_NAME, obj->type->n_fields - 1);
	cell_u64(nl_u32(attrs, NFLB_A_PROBE_SERVICES));
	options_cell(obj);
}

const struct view probe_view = {
	.kind = KIND_PROBE,
	.columns = columns,
	.cells = cells,
};

static int show(struct context *ctx, const struct command *command, int argc,
		char **argv)
{
	(void)command;
	return view_show(ctx, &probe_view, argc, argv);
}

const struct command probe_verbs[] = {
	{
		.name = "add", .args = "NAME tcp|http|https|udp|exec|tls|icmp|grpc|grpcs [KEYWORD VALUE]...",
		.help = "adds a probe",
		.run = verb_add, .type = &object_types[KIND_PROBE],
		.has_keywords = true,
	},
	{
		.name = "set", .args = "NAME [KEYWORD VALUE]...",
		.help = "changes a probe; what is not named stays",
		.run = verb_set, .type = &object_types[KIND_PROBE],
		.has_keywords = true,
	},
	{
		.name = "del", .args = "NAME",
		.help = "removes a probe that no service or nat uses",
		.run = verb_del, .type = &object_types[KIND_PROBE],
	},
	{
		.name = "show", .args = "[NAME]",
		.help = "shows one probe, or all",
		.run = show,
	},
	{ .name = NULL },
};
