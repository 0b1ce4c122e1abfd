// SPDX-License-Identifier: GPL-2.0-only
/*
 * Documents of Azure: what becomes of each, and each thing that is refused. A
 * document azure/NAME.json has beside it, in azure/NAME.want.json, what it is
 * given, what must be said of it and what must come of it.
 */
#include "helper.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "azure.h"

#define ROUNDS	2000

/**
 * struct try - an import that is tried
 * @source: The document.
 * @parameters: Parameters, if they have a file.
 * @book: Addresses.
 * @notes: What has no counterpart.
 * @why: Why it was refused.
 * @doc: What came of it, or NULL.
 */
struct try {
	struct source source;
	struct source parameters;
	struct addressbook book;
	struct notes notes;
	struct why why;
	struct doc *doc;
};

static void run(struct try *t)
{
	t->why.text[0] = '\0';
	t->doc = azure_import(&t->source, t->parameters.file ?
			      &t->parameters : NULL, &t->book, &t->notes,
			      &t->why);
}

static void end(struct try *t)
{
	source_free(&t->source);
	source_free(&t->parameters);
	addressbook_free(&t->book);
	notes_free(&t->notes);
	doc_free(t->doc);
}

static void read_file(struct source *source, const char *name,
		      const char *ending)
{
	static char path[128];
	struct why why;

	snprintf(path, sizeof(path), "azure/%s%s", name, ending);
	if (source_read(source, path, &why))
		fail_msg("%s", why.text);
}

static json_t *read_json(const char *name, const char *ending)
{
	struct source source;
	struct why why;
	json_t *json;

	read_file(&source, name, ending);
	json = source_json(&source, &why);
	if (!json)
		fail_msg("%s", why.text);
	source_free(&source);
	return json;
}

static void give(struct try *t, const json_t *want)
{
	const char *file;
	json_t *map;
	size_t i;

	json_array_foreach(json_object_get(want, "map"), i, map)
		assert_int_equal(addressbook_add(&t->book,
						 json_string_value(map),
						 &t->why), 0);
	file = json_string_value(json_object_get(want, "parameters"));
	if (file)
		read_file(&t->parameters, file, "");
}

static void check_notes(const struct notes *notes, const json_t *want)
{
	const char *line;
	json_t *note;
	size_t i;

	json_array_foreach(want, i, note) {
		line = i < notes->n ? notes->lines[i] : "";
		assert_string_equal(line, json_string_value(note));
	}
	assert_int_equal(notes->n, json_array_size(want));
}

/* What is written must be what is wanted, and what apply takes. */
static void check_doc(struct doc *doc, const json_t *want)
{
	char *text = exported(doc), *again;
	struct doc *parsed = parse_good(text);
	json_t *json = json_loads(text, 0, NULL);

	again = exported(parsed);
	assert_string_equal(text, again);
	if (!json_equal(json, want))
		fail_msg("not what is wanted: %s", text);
	json_decref(json);
	doc_free(parsed);
	free(again);
	free(text);
}

static const char *const names[] = {
	"alike", "case", "inbound", "list", "one-port", "rest", "scale-set",
	"show", "symbols", "template", "twice", "two-balancers",
};

static void documents_become_ours(void **state)
{
	struct try t;
	json_t *want;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		memset(&t, 0, sizeof(t));
		want = read_json(names[i], ".want.json");
		give(&t, want);
		read_file(&t.source, names[i], ".json");
		run(&t);
		if (!t.doc)
			fail_msg("%s", t.why.text);
		check_notes(&t.notes, json_object_get(want, "notes"));
		check_doc(t.doc, json_object_get(want, "document"));
		json_decref(want);
		end(&t);
	}
}

/**
 * struct bad - a document that is refused
 * @text: The document.
 * @sentence: The sentence.
 */
struct bad {
	const char *text;
	const char *sentence;
};

#define LB(properties) \
	"{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\"," \
	"\"properties\":{" properties "}}"
#define FE	"\"frontendIPConfigurations\":[{\"name\":\"fe\"," \
		"\"properties\":{\"privateIPAddress\":\"10.0.0.1\"}}]"
#define POOL	"\"backendAddressPools\":[{\"name\":\"p\"}]"
#define PROBE(properties) \
	LB("\"probes\":[{\"name\":\"t\",\"properties\":{" properties "}}]")
#define RULE(properties) \
	LB(FE "," POOL ",\"loadBalancingRules\":[{\"name\":\"r\"," \
	   "\"properties\":{\"frontendIPConfiguration\":" \
	   "{\"id\":\"/x/frontendIPConfigurations/fe\"}," \
	   "\"backendAddressPool\":{\"id\":\"/x/backendAddressPools/p\"}," \
	   properties "}}]")
#define AT_RULE	"F: properties.loadBalancingRules[0]"
#define NIC_ID	"{\"id\":\"/x/networkInterfaces/n/ipConfigurations/c\"}"
#define NAT(properties) \
	LB(FE ",\"backendAddressPools\":[{\"name\":\"p\"," \
	   "\"loadBalancerBackendAddresses\":[{\"ipAddress\":\"10.0.0.4\"," \
	   "\"networkInterfaceIPConfiguration\":" NIC_ID "}]}]," \
	   "\"inboundNatRules\":[{\"name\":\"r\"," properties "}]")
#define NAT_OF(properties) \
	NAT("\"frontendIPConfiguration\":" \
	    "{\"id\":\"/x/frontendIPConfigurations/fe\"}," \
	    "\"protocol\":\"Tcp\",\"backendPort\":22," properties)
#define OF_POOL	"\"backendAddressPool\":{\"id\":\"/x/backendAddressPools/p\"}"
#define OF_NIC	"\"backendIPConfiguration\":" NIC_ID
#define AT_NAT	"F: properties.inboundNatRules[0]"
#define SET_POOLS(pools) \
	"[{\"name\":\"s\",\"networkInterfaceConfigurations\":" \
	"[{\"ipConfigurations\":[{\"loadBalancerInboundNatPools\":" pools "}]}]}]"
#define AT_POOLS \
	"F: [0].networkInterfaceConfigurations[0].ipConfigurations[0].loadBalancerInboundNatPools"
#define ADDRESS(properties) \
	LB("\"backendAddressPools\":[{\"name\":\"p\",\"properties\":" \
	   "{\"loadBalancerBackendAddresses\":[{\"name\":\"b\"," \
	   "\"properties\":{" properties "}}]}}]")
#define AT_ADDRESS \
	"F: properties.backendAddressPools[0].properties.loadBalancerBackendAddresses[0]"

static const struct bad bad_documents[] = {
	{ "", "F:1: not JSON: '[' or '{' expected near end of file" },
	{ "{}", "F: there is no load balancer in it, and no member of a pool" },
	{ "[]", "F: there is no load balancer in it, and no member of a pool" },
	{ "[7]", "F: [0]: an object is needed" },
	{ "{\"value\":[{},7]}", "F: value[1]: an object is needed" },
	{ LB("\"probes\":7"), "F: properties.probes: an array is needed" },
	{ LB("\"probes\":[7]"),
	  "F: properties.probes[0]: an object is needed" },
	{ LB("\"probes\":[{}]"),
	  "F: properties.probes[0]: a name of 1 to 255 characters is needed" },
	{ LB("\"probes\":[{\"name\":7}]"),
	  "F: properties.probes[0].name: a name of 1 to 255 characters is needed" },
	{ PROBE("\"port\":80"),
	  "F: properties.probes[0]: probe \"t\": protocol is required" },
	{ PROBE("\"protocol\":\"Tcp\""),
	  "F: properties.probes[0]: probe \"t\": port is required" },
	{ PROBE("\"protocol\":\"Icmp\""),
	  "F: properties.probes[0].properties.protocol: probe \"t\": protocol \"Icmp\": allowed Tcp, Http, Https" },
	{ PROBE("\"port\":\"80\""),
	  "F: properties.probes[0].properties.port: probe \"t\": port \"80\": a whole number is needed" },
	{ PROBE("\"port\":70000"),
	  "F: properties.probes[0].properties.port: probe \"t\": port 70000: allowed 1..65535, or same" },
	{ PROBE("\"intervalInSeconds\":-5"),
	  "F: properties.probes[0].properties.intervalInSeconds: probe \"t\": interval -5s: a time needs a unit: ms, s, m, h or d" },
	{ PROBE("\"intervalInSeconds\":86400"),
	  "F: properties.probes[0].properties.intervalInSeconds: probe \"t\": interval 86400s: allowed 100ms..60m" },
	{ PROBE("\"probeThreshold\":0"),
	  "F: properties.probes[0].properties.probeThreshold: probe \"t\": rise 0: allowed 1..255" },
	{ PROBE("\"noHealthyBackendsBehavior\":\"x\""),
	  "F: properties.probes[0].properties.noHealthyBackendsBehavior: probe \"t\": noHealthyBackendsBehavior \"x\": allowed AllProbedUp, AllProbedDown" },
	{ PROBE("\"protocol\":\"Tcp\",\"port\":1,\"requestPath\":\"/x\""),
	  "F: properties.probes[0]: probe \"t\": path: a tcp probe has no path" },
	{ LB(FE ",\"probes\":[],\"frontendIPConfigurations\":[]"),
	  "F:1: not JSON: duplicate object key" },
	{ LB("\"frontendIPConfigurations\":[{\"name\":\"fe\"}]"),
	  "F: properties.frontendIPConfigurations[0]: frontend \"fe\": its address is not known, \"map fe=ADDRESS\" gives it" },
	{ LB("\"frontendIPConfigurations\":[{\"name\":\"fe\",\"privateIPAddress\":\"10.0.0\"}]"),
	  "F: properties.frontendIPConfigurations[0]: frontend \"fe\": address 10.0.0: not an IPv4 or IPv6 address" },
	{ LB("\"frontendIPConfigurations\":[{\"name\":\"fe\",\"privateIPAddress\":7}]"),
	  "F: properties.frontendIPConfigurations[0].privateIPAddress: frontend \"fe\": privateIPAddress 7: a string is needed" },
	{ LB(POOL ",\"probes\":[]") "}", "F:1: not JSON: end of file expected near '}'" },
	{ LB("\"backendAddressPools\":[{\"name\":\"p\"},{\"name\":\"p/p\",\"syncMode\":7}]"),
	  "F: properties.backendAddressPools[1].syncMode: pool \"p\": syncMode 7: a string is needed" },
	{ ADDRESS("\"ipAddress\":\"x\""),
	  AT_ADDRESS ": backend \"b\": address x: not an IPv4 or IPv6 address" },
	{ ADDRESS("\"adminState\":\"x\""),
	  AT_ADDRESS ".properties.adminState: backend \"b\": adminState \"x\": allowed None, Up, Down, Drain" },
	{ LB("\"backendAddressPools\":[{\"name\":\"p\",\"backendIPConfigurations\":[{}]}]"),
	  "F: properties.backendAddressPools[0].backendIPConfigurations[0]: an id is needed" },
	{ RULE("\"protocol\":\"Tcp\""),
	  AT_RULE ": rule \"r\": frontendPort is required" },
	{ RULE("\"protocol\":\"Sctp\""),
	  AT_RULE ".properties.protocol: rule \"r\": protocol \"Sctp\": allowed Tcp, Udp, All, Quic" },
	{ RULE("\"frontendPort\":65536"),
	  AT_RULE ".properties.frontendPort: rule \"r\": frontendPort 65536: allowed 0..65535" },
	{ RULE("\"protocol\":\"All\",\"frontendPort\":80"),
	  AT_RULE ": rule \"r\": protocol All goes with port 0 only" },
	{ RULE("\"enableTcpReset\":\"yes\""),
	  AT_RULE ".properties.enableTcpReset: rule \"r\": enableTcpReset \"yes\": true or false is needed" },
	{ RULE("\"probe\":{\"id\":\"/x/probes/t\"}"),
	  AT_RULE ".properties.probe: rule \"r\": probe {\"id\":\"/x/probes/t\"}: this load balancer has none with this id" },
	{ RULE("\"probe\":{}"),
	  AT_RULE ".properties.probe: an id is needed" },
	{ RULE("\"probe\":7"),
	  AT_RULE ".properties.probe: rule \"r\": probe 7: an object is needed" },
	{ RULE("\"backendAddressPools\":{}"),
	  AT_RULE ".properties.backendAddressPools: rule \"r\": backendAddressPools {}: an array is needed" },
	{ RULE("\"protocol\":\"Tcp\",\"frontendPort\":80,\"probe\":{\"id\":\"/loadBalancers/other/probes/t\"}"),
	  AT_RULE ".properties.probe: rule \"r\": probe {\"id\":\"/loadBalancers/other/probes/t\"}: this load balancer has none with this id" },
	{ LB("\"probes\":[],\"Probes\":[]"),
	  "F: properties.Probes: load balancer \"lb\": Probes []: given twice" },
	{ LB("\"backendAddressPools\":[{\"name\":\"p\",\"syncMode\":\"Manual\",\"properties\":{\"syncMode\":\"Automatic\"}}]"),
	  "F: properties.backendAddressPools[0].properties.syncMode: pool \"p\": syncMode \"Automatic\": given twice" },
	{ LB("\"backendAddressPools\":[{\"name\":\"p\",\"properties\":7}]"),
	  "F: properties.backendAddressPools[0].properties: pool \"p\": properties 7: an object is needed" },
	{ LB("\"frontendIPConfigurations\":[{\"name\":\"fe\",\"publicIPAddress\":{\"ipAddress\":null}}]"),
	  "F: properties.frontendIPConfigurations[0]: frontend \"fe\": its address is not known, \"map fe=ADDRESS\" gives it" },
	{ LB(FE ",\"inboundNatRules\":7"),
	  "F: properties.inboundNatRules: an array is needed" },
	{ LB(FE ",\"inboundNatRules\":[{}]"),
	  AT_NAT ": a name of 1 to 255 characters is needed" },
	{ ADDRESS("\"inboundNatRulesPortMapping\":7"),
	  AT_ADDRESS ".properties.inboundNatRulesPortMapping: backend \"b\": inboundNatRulesPortMapping 7: an array is needed" },
	{ NAT(OF_NIC),
	  AT_NAT ": inbound NAT rule \"r\": frontendIPConfiguration is required" },
	{ NAT_OF(OF_NIC),
	  AT_NAT ": inbound NAT rule \"r\": frontendPort is required" },
	{ NAT_OF(OF_NIC ",\"frontendPort\":0"),
	  AT_NAT ": inbound NAT rule \"r\": port 0: allowed 1..65535" },
	{ NAT_OF(OF_POOL ",\"frontendPortRangeStart\":2"),
	  AT_NAT ": inbound NAT rule \"r\": frontendPortRangeEnd is required" },
	{ NAT_OF(OF_POOL ",\"frontendPortRangeStart\":2,\"frontendPortRangeEnd\":1"),
	  AT_NAT ": inbound NAT rule \"r\": port 2-1: the last port is below the first" },
	{ NAT(OF_POOL ",\"protocol\":\"Sctp\""),
	  AT_NAT ".protocol: inbound NAT rule \"r\": protocol \"Sctp\": allowed Tcp, Udp" },
	{ SET_POOLS("[{}]"), AT_POOLS "[0]: an id is needed" },
	{ SET_POOLS("[{\"id\":\"/loadBalancers/lb/probes/t\"}]"),
	  AT_POOLS "[0]: the id of one of the inboundNatPools of a load balancer is needed" },
};

#define TEMPLATE(variables, address) \
	"{\"$schema\":\"x\",\"parameters\":{\"p\":{\"type\":\"string\"}," \
	"\"p2\":{\"defaultValue\":\"[variables('v')]\"}}," \
	"\"variables\":{" variables "},\"resources\":[" \
	"{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\"," \
	"\"properties\":{\"frontendIPConfigurations\":[{\"name\":\"fe\"," \
	"\"properties\":{\"privateIPAddress\":\"" address "\"}}]}}]}"
#define AT_FE	"resources[0].properties.frontendIPConfigurations[0].properties.privateIPAddress"
#define NOT(expression, reason) \
	"F: " AT_FE ": " AT_FE ": \"" expression "\" could not be resolved: " \
	reason
#define REFUSED(expression, reason) \
	{ TEMPLATE("", expression), NOT(expression, reason) }
#define COUNT(count) \
	"{\"$schema\":\"x\",\"resources\":[{\"copy\":{\"count\":" count "}," \
	"\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\"}]}"

static const struct bad bad_templates[] = {
	REFUSED("[uniqueString('x')]",
		"uniqueString(): lbctl cannot know what this is in Azure"),
	REFUSED("[parameters('p')]",
		"parameter \"p\" has no value, which \"parameters FILE\" can give"),
	REFUSED("[parameters('q')]", "there is no parameter \"q\""),
	REFUSED("[variables('q')]", "there is no variable \"q\""),
	REFUSED("[parameters(7)]", "parameters(): a text is needed"),
	REFUSED("[variables()]", "variables(): it does not take 0 arguments"),
	REFUSED("[concat('a']", ", or ) is needed before \"]\""),
	REFUSED("['a]", "' is needed at its end"),
	REFUSED("['a']]", "one ], its last, is needed before \"]]\""),
	REFUSED("[]", "a function, a text or a number is needed before \"]\""),
	REFUSED("[99999999999999999999]",
		"a number of 64 bits is needed before \"99999999999999999999]\""),
	REFUSED("[createArray(1)[1]]", "there is no item 1 of 1"),
	REFUSED("[createObject('a', 1).b]", "there is no \"b\""),
	REFUSED("[createArray(1)[true()]]",
		"in brackets a text or a number is needed"),
	REFUSED("[if(1, 2, 3)]",
		"the condition of if() is not true or false"),
	REFUSED("[add(9223372036854775807, 1)]",
		"add(): its result has more than 64 bits"),
	REFUSED("[div(-9223372036854775808, -1)]",
		"div(): its result has more than 64 bits"),
	REFUSED("[mod(1, 0)]", "mod(): nothing is divided by 0"),
	REFUSED("[add('a', 1)]", "add(): argument 1 is not a whole number"),
	REFUSED("[range(0, 1000000000)]",
		"range(): allowed are 0 to 10000 numbers from 0..2147483647 on"),
	REFUSED("[padLeft('a', 1000000000)]",
		"padLeft(): its result is longer than 131071 characters"),
	REFUSED("[substring('abc', 2, 2)]",
		"substring(): the text has 3 characters"),
	REFUSED("[format('{1}', 1)]",
		"format(): in braces it takes the numbers of its values"),
	REFUSED("[resourceId('a')]",
		"resourceId(): it does not take 1 arguments"),
	REFUSED("[resourceId('A/b', 'c', 'd')]",
		"resourceId(): it takes a type and as many names as the type has, 511 characters in all"),
	REFUSED("[copyIndex()]", "copyIndex(): there is no loop \"\""),
	REFUSED("[reference('x')]",
		"reference(): the template has no resource \"x\" that lbctl reads"),
	REFUSED("[first(createArray())]", "first(): the array is empty"),
	{ TEMPLATE("", "[resourceGroup().location]"),
	  "F: " AT_FE ": resourceGroup().location is known only when it is deployed" },
	{ TEMPLATE("\"v\":\"[uniqueString()]\"", "[concat(variables('v'))]"),
	  "F: " AT_FE ": variables.v: \"[uniqueString()]\" could not be resolved: uniqueString(): lbctl cannot know what this is in Azure" },
	{ TEMPLATE("\"v\":[1,\"[utcNow()]\"]", "[join(variables('v'), ',')]"),
	  "F: " AT_FE ": variables.v[1]: \"[utcNow()]\" could not be resolved: utcNow(): lbctl cannot know what this is in Azure" },
	{ TEMPLATE("", "[string(resourceGroup())]"),
	  "F: " AT_FE ": resourceGroup().location is known only when it is deployed" },
	{ TEMPLATE("", "[if(contains(createArray(resourceGroup()), 7), 'a', 'b')]"),
	  "F: " AT_FE ": resourceGroup().location is known only when it is deployed" },
	{ COUNT("1000000000"),
	  "F: resources[0].copy: a loop needs a count, allowed 0..800" },
	{ COUNT("\"x\""),
	  "F: resources[0].copy: a loop needs a count, allowed 0..800" },
	{ COUNT("\"[utcNow()]\""),
	  "F: resources[0].copy.count: \"[utcNow()]\" could not be resolved: utcNow(): lbctl cannot know what this is in Azure" },
	{ "{\"$schema\":\"x\",\"resources\":[{\"type\":\"Microsoft.Network/networkInterfaces\",\"name\":\"n\",\"properties\":{\"copy\":[{}]}}]}",
	  "F: resources[0].properties: resources[0].properties.copy[0]: a loop needs a name" },
	{ "{\"$schema\":\"x\",\"resources\":[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\",\"condition\":\"no\"}]}",
	  "F: resources[0]: its condition is not true or false" },
	{ "{\"$schema\":\"x\",\"resources\":7}",
	  "F: resources: an array is needed" },
	{ "{\"$schema\":\"x\",\"resources\":[7]}",
	  "F: resources[0]: an object is needed" },
	{ "{\"$schema\":\"x\",\"resources\":[{}]}",
	  "F: resources[0].type: a text is needed" },
};

static void try_text(struct try *t, const char *text, size_t len)
{
	memset(t, 0, sizeof(*t));
	t->source.file = "F";
	t->source.text = malloc(len ? len : 1);
	assert_non_null(t->source.text);
	memcpy(t->source.text, text, len);
	t->source.len = len;
	run(t);
}

static void refuse_all(const struct bad *bad, size_t n)
{
	struct try t;
	size_t i;

	for (i = 0; i < n; i++) {
		try_text(&t, bad[i].text, strlen(bad[i].text));
		if (t.doc)
			fail_msg("taken: %s", bad[i].text);
		assert_string_equal(t.why.text, bad[i].sentence);
		end(&t);
	}
}

static void wrong_documents_are_refused(void **state)
{
	(void)state;
	refuse_all(bad_documents, ARRAY_SIZE(bad_documents));
}

static void what_cannot_be_resolved_is_named(void **state)
{
	(void)state;
	refuse_all(bad_templates, ARRAY_SIZE(bad_templates));
}

static void refuse_with(const char *text, const char *part)
{
	struct try t;

	try_text(&t, text, strlen(text));
	assert_null(t.doc);
	if (!strstr(t.why.text, part))
		fail_msg("%s", t.why.text);
	end(&t);
}

/* Each of these would take longer than anybody waits, or all of the stack. */
static void what_costs_too_much_is_refused(void **state)
{
	static const char loop[] = "\"copy\":[{\"name\":\"x\",\"count\":800,\"input\":{";
	char text[8192];
	size_t len, i;

	(void)state;
	refuse_with(TEMPLATE("\"v\":\"[parameters('p2')]\"",
			     "[variables('v')]"), "48 levels");
	len = sprintf(text, "{\"$schema\":\"x\",\"variables\":{\"v0\":\"a\"");
	for (i = 1; i < 10; i++)
		len += sprintf(text + len, ",\"v%1$zu\":\"[concat(variables('v%2$zu'), variables('v%2$zu'), variables('v%2$zu'), variables('v%2$zu'), variables('v%2$zu'))]\"",
			       i, i - 1);
	sprintf(text + len, "},\"resources\":[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"[variables('v9')]\"}]}");
	refuse_with(text, "1000000 steps");
	len = sprintf(text, "{\"$schema\":\"x\",\"resources\":[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\",\"properties\":{\"probes\":[{");
	for (i = 0; i < 5; i++)
		len += sprintf(text + len, "%s", loop);
	for (i = 0; i < 5; i++)
		len += sprintf(text + len, "}}]");
	sprintf(text + len, "}]}}]}");
	refuse_with(text, "1000000 steps");
	len = sprintf(text, "{\"$schema\":\"x\",\"resources\":[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":");
	memset(text + len, '[', 1500);
	memset(text + len + 1500, ']', 1500);
	strcpy(text + len + 3000, "}]}");
	refuse_with(text, "a text is needed");
}

static void too_many_resources_are_refused(void **state)
{
	static const char item[] = "{\"type\":\"Microsoft.Network/loadBalancers/a\"},";
	const size_t n = 20001, len = sizeof(item) - 1;
	char *text = malloc(n * len + 3);
	size_t i;

	(void)state;
	assert_non_null(text);
	text[0] = '[';
	for (i = 0; i < n; i++)
		memcpy(text + 1 + i * len, item, len);
	strcpy(text + n * len, "]");
	refuse_with(text, "[20000]: allowed are 20000 load balancers");
	free(text);
}

/* Each NAT rule is looked for among all backends. */
static void too_many_items_are_refused(void **state)
{
	static const char head[] = "{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\",\"inboundNatRules\":[";
	static const char item[] = "{\"name\":\"n\",\"protocol\":\"All\"},";
	const size_t n = 50001, len = sizeof(item) - 1;
	char *text = malloc(sizeof(head) + n * len + 2), *end;
	size_t i;

	(void)state;
	assert_non_null(text);
	end = stpcpy(text, head);
	for (i = 0; i < n; i++)
		end = stpcpy(end, item);
	strcpy(end - 1, "]}");
	refuse_with(text, "[50000]: allowed are 50000 items in all");
	free(text);
}

/**
 * struct good - an expression
 * @expression: The expression.
 * @value: What it comes to, with [ ] around it.
 */
struct good {
	const char *expression;
	const char *value;
};

static const struct good expressions[] = {
	{ "string(and(true(), or(false(), not(false()))))", "true" },
	{ "if(equals('a', 'a'), 'yes', noSuch())", "yes" },
	{ "if(false(), noSuch('x').y[1], if(true(), 'in', noSuch()))", "in" },
	{ "concat('it''s ', 1, true())", "it's 1true" },
	{ "format('{1}{{0}}{0}', 'b', 'a')", "a{0}b" },
	{ "string(add(1, mul(2, sub(5, 2))))", "7" },
	{ "string(createArray(div(7, 2), mod(7, 2), div(7, -1), mod(7, -1)))",
	  "[3,1,-7,0]" },
	{ "string(createArray(min(2, 1), max(1, 2), int('-3')))", "[1,2,-3]" },
	{ "string(createArray(less(1, 2), lessOrEquals('b', 'a'), greater(2, 2), greaterOrEquals(2, 2)))",
	  "[true,false,false,true]" },
	{ "join(split('a,b,c', ','), '-')", "a-b-c" },
	{ "join(concat(take(createArray('a', 'b'), 1), skip(createArray('c', 'd'), 1)), '')",
	  "ad" },
	{ "concat(first('abc'), last('abc'), take('abc', 2), skip('abc', 9), take('abc', -1))",
	  "acab" },
	{ "replace(toUpper(trim('  a.b ')), '.', '-')", "A-B" },
	{ "concat(substring('abcdef', 1, 2), substring('abc', 2))", "bcc" },
	{ "string(createArray(length('ab'), length(createArray(1)), length(createObject('a', 1))))",
	  "[2,1,1]" },
	{ "string(createArray(empty(''), empty(null()), empty(createArray(1))))",
	  "[true,true,false]" },
	{ "string(createArray(contains('abc', 'b'), contains(createArray(1), 2), contains(createObject('A', 1), 'a')))",
	  "[true,false,true]" },
	{ "string(createArray(startsWith('Abc', 'aB'), endsWith('abC', 'Bc'), endsWith('c', 'bc')))",
	  "[true,true,false]" },
	{ "coalesce(null(), createObject('a', null()).a, 'c')", "c" },
	{ "string(union(createArray(1, 2), createArray(2, 3)))", "[1,2,3]" },
	{ "string(union(createObject('a', createObject('b', 1)), createObject('a', createObject('c', 2))))",
	  "{\"a\":{\"b\":1,\"c\":2}}" },
	{ "string(range(3, 2))", "[3,4]" },
	{ "padLeft(7, 3, '0')", "007" },
	{ "string(createArray(bool('True'), bool(0)))", "[true,false]" },
	{ "resourceId('rg', 'A.b/c/d', 'x', 'y')",
	  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/RESOURCE-GROUP/providers/A.b/c/x/d/y" },
	{ "subscription().subscriptionId",
	  "00000000-0000-0000-0000-000000000000" },
	{ "reference('lb', '2020-01-01', 'Full').type",
	  "Microsoft.Network/loadBalancers" },
	{ "createObject('Key', createArray('z'))['kEY'][0]", "z" },
};

/* The refusal of what is no address says what the expression came to. */
static void expressions_come_to_values(void **state)
{
	char text[2048], want[512];
	struct try t;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(expressions); i++) {
		snprintf(text, sizeof(text),
			 "{\"$schema\":\"x\",\"resources\":[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"lb\",\"location\":\"\",\"sku\":{\"name\":\"Gateway\",\"tier\":\"[%s]\"},\"frontendIPConfigurations\":[{\"name\":\"f\",\"privateIPAddress\":\"10.0.0.1\"}]}]}",
			 expressions[i].expression);
		try_text(&t, text, strlen(text));
		if (!t.doc)
			fail_msg("%s", t.why.text);
		snprintf(want, sizeof(want), "%.24s", expressions[i].value);
		if (strchr(want, '"'))
			strcpy(want, "\\\"b\\\":1");
		assert_int_equal(t.notes.n, 1);
		if (!strstr(t.notes.lines[0], want))
			fail_msg("%s: %s", expressions[i].expression,
				 t.notes.lines[0]);
		end(&t);
	}
}

#define LIST_LB(frontend, pools) \
	"[{\"type\":\"Microsoft.Network/loadBalancers\",\"name\":\"probes\"," \
	"\"frontendIPConfigurations\":[{\"name\":\"fe\"," frontend "}]," \
	"\"backendAddressPools\":[{\"name\":\"p\"" pools "}]}"
#define FE_ADDRESS	"\"privateIPAddress\":\"10.0.0.1\""
#define IN_P \
	"\"loadBalancerBackendAddressPools\":[{\"id\":\"/loadBalancers/probes/backendAddressPools/p\"}]"
#define NIC(group, config, address) \
	"{\"type\":\"Microsoft.Network/networkInterfaces\",\"name\":\"nic\"," \
	"\"id\":\"/resourceGroups/" group "/providers/Microsoft.Network/networkInterfaces/nic\"," \
	"\"ipConfigurations\":[{\"name\":\"" config "\",\"privateIPAddress\":\"" address "\"}]}"
#define SET(sku) \
	LIST_LB(FE_ADDRESS, "") ",{\"type\":\"Microsoft.Compute/virtualMachineScaleSets\",\"name\":\"s\"" sku "," \
	"\"networkProfile\":{\"networkInterfaceConfigurations\":[{\"ipConfigurations\":[{" IN_P "}]}]}}]"

static const struct bad parts[] = {
	/* The same name in two groups */
	{ LIST_LB("\"publicIPAddress\":{\"id\":\"/resourceGroups/b/publicIPAddresses/a\"}", "")
	  ",{\"type\":\"Microsoft.Network/publicIPAddresses\",\"name\":\"a\",\"id\":\"/resourceGroups/a/publicIPAddresses/a\",\"ipAddress\":\"192.0.2.1\"}"
	  ",{\"type\":\"Microsoft.Network/publicIPAddresses\",\"name\":\"a\",\"id\":\"/resourceGroups/B/publicIPAddresses/a\",\"ipAddress\":\"192.0.2.2\"}]",
	  "\"192.0.2.2\"" },
	{ LIST_LB(FE_ADDRESS, ",\"backendIPConfigurations\":[{\"id\":\"/resourceGroups/b/providers/Microsoft.Network/networkInterfaces/nic/ipConfigurations/c\"}]")
	  "," NIC("a", "c", "10.0.0.5") "," NIC("b", "c", "10.0.0.6") "]",
	  "\"10.0.0.6\"" },
	/* A load balancer called as what is in it */
	{ LIST_LB(FE_ADDRESS ",\"x\":1", "}],\"probes\":[{\"name\":\"t\",\"protocol\":\"Tcp\",\"port\":80}],"
		  "\"loadBalancingRules\":[{\"name\":\"r\",\"protocol\":\"Tcp\",\"frontendPort\":80,"
		  "\"frontendIPConfiguration\":{\"id\":\"/resourceGroups/loadBalancers/providers/Microsoft.Network/loadBalancers/probes/frontendIPConfigurations/fe\"},"
		  "\"backendAddressPool\":{\"id\":\"/loadBalancers/probes/backendAddressPools/p\"},"
		  "\"probe\":{\"id\":\"/resourceGroups/loadBalancers/providers/Microsoft.Network/loadBalancers/probes/probes/t\"}") "]",
	  "\"probe\": \"t\"" },
	/* An interface of a scale set has no type. */
	{ LIST_LB(FE_ADDRESS, "") ",{\"name\":\"nic\",\"ipConfigurations\":[{\"privateIPAddress\":\"10.0.0.5\"," IN_P "}]}]",
	  "\"10.0.0.5\"" },
};

static void parts_are_told_apart(void **state)
{
	struct try t;
	char *text;
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		try_text(&t, parts[i].text, strlen(parts[i].text));
		if (!t.doc)
			fail_msg("%s", t.why.text);
		text = exported(t.doc);
		if (!strstr(text, parts[i].sentence))
			fail_msg("%s", text);
		free(text);
		end(&t);
	}
}

/**
 * struct remark - a document that is taken, and what is said of it
 * @text: The document.
 * @notes: The sentences, each with a line feed.
 */
struct remark {
	const char *text;
	const char *notes;
};

#define WITH_LB(resources) \
	"{\"$schema\":\"x\",\"resources\":[" LB(FE) "," resources "]}"

static const struct remark remarks[] = {
	{ WITH_LB("{\"type\":\"Microsoft.Network/loadBalancers/backendAddressPools\",\"name\":\"lb/p\",\"comments\":\"c\",\"copy\":{\"name\":\"l\",\"count\":1},\"condition\":true,\"dependsOn\":[],\"tags\":{}}"),
	  "" },
	{ WITH_LB("{\"type\":\"Microsoft.Network/loadBalancers/inboundNatRules\",\"name\":\"lb/n\",\"properties\":{\"frontendPort\":\"[utcNow()]\"}}"),
	  "inbound NAT rule \"n\" is left out, \"nat add\" makes one of the backend that it is for: frontendPort resources[1].properties.frontendPort: \"[utcNow()]\" could not be ...\n" },
	{ WITH_LB("{\"type\":\"Microsoft.Network/loadBalancers/backendAddressPools\",\"name\":\"lb/p\",\"new\":\"[utcNow()]\"}"),
	  "pool \"p\": new resources[1].new: \"[utcNow()]\" could not be resolved: utcNow(): ... has no counterpart: nflb does not know it\n" },
	{ WITH_LB("{\"type\":\"Microsoft.Network/loadBalancers/probes\",\"name\":\"lb/t\"}"),
	  "\"lb/t\" is left out: what lbctl knows as resources of their own are pools\n" },
	{ LIST_LB(FE_ADDRESS, "") ",{\"type\":\"Microsoft.Network/networkInterfaces\",\"name\":\"nic\",\"ipConfigurations\":["
	  "{\"name\":\"c\",\"privateIPAddress\":\"10.0.0.5\"," IN_P "},{\"name\":\"d\",\"privateIPAddress\":\"10.0.0.6\"," IN_P "}]}]",
	  "backend \"p/nic\": it is at 10.0.0.5, so 10.0.0.6 is left out\n" },
	{ "[{\"name\":\"nic\",\"ipConfigurations\":[{\"privateIPAddress\":\"10.0.0.5\"," IN_P ","
	  "\"loadBalancerInboundNatRules\":[{\"id\":\"/loadBalancers/probes/inboundNatRules/r\"}]}]}]",
	  "interface \"nic\": its inbound NAT rules are left out: their load balancer is not in the document\n" },
	{ SET(",\"sku\":{\"capacity\":0}"), "" },
	{ SET(""),
	  "scale set \"s\": how many instances it has is not known, 0 are in pool \"p\"; \"map s_N=ADDRESS\" adds one, \"pool sync\" all\n" },
};

static void check_remark(const struct remark *remark)
{
	size_t len = 0, i;
	char text[2048];
	struct try t;

	try_text(&t, remark->text, strlen(remark->text));
	if (!t.doc)
		fail_msg("%s", t.why.text);
	text[0] = '\0';
	for (i = 0; i < t.notes.n && len < sizeof(text); i++)
		len += snprintf(text + len, sizeof(text) - len, "%s\n",
				t.notes.lines[i]);
	assert_string_equal(text, remark->notes);
	end(&t);
}

static void what_is_lacking_is_said(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < ARRAY_SIZE(remarks); i++)
		check_remark(&remarks[i]);
}

static void wrong_addresses_are_refused(void **state)
{
	static const struct bad maps[] = {
		{ "fe", "NAME=ADDRESS is needed" },
		{ "=10.0.0.1", "NAME=ADDRESS is needed" },
		{ "fe=x", "not an IPv4 or IPv6 address" },
		{ "fe=10.0.0.2", "this name has an address already" },
	};
	struct addressbook book = { .n = 0 };
	struct why why;
	size_t i;

	(void)state;
	assert_int_equal(addressbook_add(&book, "fe=10.0.0.1", &why), 0);
	for (i = 0; i < ARRAY_SIZE(maps); i++) {
		assert_true(addressbook_add(&book, maps[i].text, &why) < 0);
		assert_string_equal(why.text, maps[i].sentence);
	}
	assert_true(addressbook_check(&book, &why) < 0);
	assert_string_equal(why.text,
			    "map fe: neither a frontend nor a backend has this name");
	addressbook_find(&book, KIND_FRONTEND, "fe");
	addressbook_find(&book, KIND_BACKEND, "fe");
	assert_true(addressbook_check(&book, &why) < 0);
	assert_string_equal(why.text,
			    "map fe: a frontend and a backend have this name, POOL/NAME is the backend's");
	addressbook_free(&book);
}

static void damage(char *text, size_t len)
{
	static const char bits[] = "{}[]\",:'().0123456789";
	int n;

	for (n = 1 + rand() % 3; n; n--)
		text[rand() % len] = rand() % 4 ? bits[rand() % (sizeof(bits) - 1)] :
						  rand();
}

/* Most of it is not JSON any more, and so is not worth a round. */
static void damaged_documents_do_no_damage(void **state)
{
	struct source good;
	size_t i, len;
	struct try t;
	char *text;

	(void)state;
	srand(5);
	for (i = 0; i < ROUNDS; i++) {
		read_file(&good, names[i % ARRAY_SIZE(names)], ".json");
		text = good.text;
		len = i % 8 ? good.len : rand() % good.len;
		damage(text, good.len);
		try_text(&t, text, len);
		if (!t.doc)
			assert_true(strlen(t.why.text) > 5);
		else
			free(exported(t.doc));
		end(&t);
		source_free(&good);
	}
}

int main(void)
{
	static const struct CMUnitTest cases[] = {
		CASE(documents_become_ours),
		CASE(wrong_documents_are_refused),
		CASE(what_cannot_be_resolved_is_named),
		CASE(what_costs_too_much_is_refused),
		CASE(too_many_resources_are_refused),
		CASE(too_many_items_are_refused),
		CASE(expressions_come_to_values),
		CASE(parts_are_told_apart),
		CASE(what_is_lacking_is_said),
		CASE(wrong_addresses_are_refused),
		CASE(damaged_documents_do_no_damage),
	};

	return RUN(cases);
}
