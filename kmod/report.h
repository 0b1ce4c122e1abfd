/* SPDX-License-Identifier: GPL-2.0-only */
/* Reports: what a prober has said last of a backend, to be shown again. */
#ifndef _NFLB_REPORT_H
#define _NFLB_REPORT_H

#include <linux/list.h>
#include <linux/types.h>
#include <uapi/nflb.h>

#include "uptime.h"

struct nflb_backend;
struct nflb_health_spec;
struct nflb_net;
struct nflb_probe;

/**
 * struct nflb_report - what was said last of a backend for one probe
 * @node: in nflb_backend.reports; written under cfg_mutex
 * @rcu: frees it
 * @since: when it came into its state, in jiffies
 * @at: when this was said, in jiffies
 * @state: enum nflb_health
 * @rtt_us: time that the answer took, in microseconds
 * @n_results: number of results in @passes
 * @passes: results of the last checks, bit 0 is the last one
 * @uptime: how much of the last minute it was up
 * @is_stale: nobody has reported for long; written under cfg_mutex
 * @probe: name of the probe
 * @reason: why, a word, or empty
 * @text: the same for a person, or empty
 *
 * But for @is_stale it never changes: another one takes its place.
 */
struct nflb_report {
	struct list_head node;
	struct rcu_head rcu;
	u64 since;
	u64 at;
	u32 state;
	u32 rtt_us;
	u32 n_results;
	u32 passes;
	struct nflb_uptime uptime;
	bool is_stale;
	char probe[NFLB_NAME_MAX + 1];
	char reason[NFLB_REASON_MAX + 1];
	char text[NFLB_TEXT_MAX + 1];
};

struct nflb_report *nflb_report_alloc(const struct nflb_health_spec *spec);
bool nflb_report_file(struct nflb_backend *backend, struct nflb_report *report,
		      bool has_changed);
struct nflb_report *nflb_report_find(const struct nflb_backend *backend,
				     const char *probe);
void nflb_report_watch(struct nflb_net *nn, const struct nflb_report *report,
		       const struct nflb_probe *probe);
void nflb_reports_init(struct nflb_net *nn);
void nflb_reports_free(struct nflb_backend *backend);

#endif /* _NFLB_REPORT_H */
