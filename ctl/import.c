// SPDX-License-Identifier: GPL-2.0-only
/* lbctl import: documents of others as one of ours. */
#include "import.h"

#include <string.h>

#include "azure.h"
#include "doc.h"
#include "mem.h"
#include "print.h"

/**
 * struct import - an import
 * @source: The document.
 * @parameters: Parameters of a template.
 * @has_parameters: They were given.
 * @book: Addresses that were given.
 * @notes: What has no counterpart.
 */
struct import {
	struct source source;
	struct source parameters;
	bool has_parameters;
	struct addressbook book;
	struct notes notes;
};

static const struct help_word azure_words[] = {
	{ "FILE",
	  "what az network lb show writes, or a template; - is stdin" },
	{ "map NAME=ADDRESS",
	  "address of a frontend, a backend or an instance" },
	{ "parameters FILE", "parameters of a template" },
	{ NULL, NULL },
};

static int take_map(void *arg, const char *text, struct why *why)
{
	struct import *import = arg;

	return addressbook_add(&import->book, text, why);
}

static int take_parameters(void *arg, const char *file, struct why *why)
{
	struct import *import = arg;

	if (import->has_parameters)
		return because(why, "given twice");
	import->has_parameters = true;
	return source_read(&import->parameters, file, why);
}

static const struct command_option azure_options[] = {
	{ "map", take_map },
	{ "parameters", take_parameters },
	{ NULL, NULL },
};

/* What has no counterpart comes first: the document may be long. */
static int write_document(const struct import *import, struct doc *doc)
{
	notes_say(&import->notes);
	doc_sort(doc);
	doc_write(doc);
	return import->notes.n ? EXIT_PARTIAL : EXIT_OK;
}

static int import_azure(struct import *import, const char *file)
{
	struct doc *doc = NULL;
	struct why why;
	int status;

	if (!source_read(&import->source, file, &why))
		doc = azure_import(&import->source, import->has_parameters ?
				   &import->parameters : NULL, &import->book,
				   &import->notes, &why);
	if (!doc) {
		complain("%s", why.text);
		return EXIT_USAGE;
	}
	status = write_document(import, doc);
	doc_free(doc);
	return status;
}

static void import_free(struct import *import)
{
	source_free(&import->source);
	source_free(&import->parameters);
	addressbook_free(&import->book);
	notes_free(&import->notes);
}

/* azure FILE|- [OPTION VALUE]... */
static int azure_run(struct context *ctx, const struct command *command,
		     int argc, char **argv)
{
	struct import import = { .has_parameters = false };
	int status;

	(void)command;
	if (argc == 0)
		return command_usage(ctx, "FILE is missing");
	status = command_options(ctx, azure_options, &import, argc - 1,
				 argv + 1);
	status = status ?: import_azure(&import, argv[0]);
	import_free(&import);
	return status;
}

const struct command import_verbs[] = {
	{
		.name = "azure",
		.args = "FILE|- [map NAME=ADDRESS]... [parameters FILE]",
		.help = "makes a document of a load balancer in Azure",
		.run = azure_run, .words = azure_words,
	},
	{ .name = NULL },
};
