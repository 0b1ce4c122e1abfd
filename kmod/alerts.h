/* SPDX-License-Identifier: GPL-2.0-only */
/* Alerts: all those of a network namespace. */
#ifndef _NFLB_ALERTS_H
#define _NFLB_ALERTS_H

#include <linux/mutex.h>
#include <linux/types.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <uapi/nflb.h>

#include "alert.h"

struct nflb_account;
struct nflb_net;

/**
 * enum nflb_alert_owner_kind - what alerts are of
 * @NFLB_ALERTS_OF_SERVICE: a service, or a nat
 * @NFLB_ALERTS_OF_SNAT: a snat
 * @NFLB_ALERTS_OF_NET: the namespace
 * @NFLB_N_ALERT_OWNERS: number of the above
 */
enum nflb_alert_owner_kind {
	NFLB_ALERTS_OF_SERVICE,
	NFLB_ALERTS_OF_SNAT,
	NFLB_ALERTS_OF_NET,
	NFLB_N_ALERT_OWNERS,
};

/**
 * struct nflb_alert_owner - what alerts are of, with these
 * @kind: what it is
 * @is_known: so much is known of its backends that their health can be judged
 * @account: of a service, its account, which is another one when the name is
 *	given to another service; a reference is held
 * @since_ms: when it was seen first
 * @alert: the alerts; see nflb_alerts_of()
 * @flows: of a service, its new flows, those that were lost and all
 * @answers: of a service, its connections that were not answered, and these and
 *	all packets that came back
 * @name: its name
 * @backend: name of a backend that is not heard of, or empty
 */
struct nflb_alert_owner {
	enum nflb_alert_owner_kind kind;
	bool is_known;
	struct nflb_account *account;
	u64 since_ms;
	struct nflb_alert alert[NFLB_ALERT_SERVICE_END];
	struct nflb_alert_window flows;
	struct nflb_alert_window answers;
	char name[NFLB_NAME_MAX + 1];
	char backend[NFLB_NAME_MAX + 1];
};

/**
 * struct nflb_alerts - the alerts of a namespace
 * @mutex: protects the next three; taken under cfg_mutex, or alone
 * @owners: struct nflb_alert_owner by kind and place in the configuration
 * @n_places: places in which there may be one, by kind
 * @n_told: events so far
 * @step_ms: when counters are read next; only the work knows
 * @pause_until: the work does nothing before, in jiffies
 * @flags: bit 0: somebody has asked for the work since it began last
 * @work: looks what begins, goes on and ends
 */
struct nflb_alerts {
	struct mutex mutex;
	struct xarray owners[NFLB_N_ALERT_OWNERS];
	u32 n_places[NFLB_N_ALERT_OWNERS];
	u32 n_told;
	u64 step_ms;
	unsigned long pause_until;
	unsigned long flags;
	struct delayed_work work;
};

void nflb_alerts_init(struct nflb_net *nn);
void nflb_alerts_close(struct nflb_net *nn);
void nflb_alerts_wake(struct nflb_net *nn);

enum nflb_alert_kind nflb_alerts_first(const struct nflb_alert_owner *owner);
enum nflb_alert_kind nflb_alerts_end(const struct nflb_alert_owner *owner);

/**
 * nflb_alerts_of() - finds an alert
 * @owner: whose
 * @kind: of which kind, from nflb_alerts_first() to nflb_alerts_end()
 *
 * Return: the alert.
 */
static inline const struct nflb_alert *
nflb_alerts_of(const struct nflb_alert_owner *owner, enum nflb_alert_kind kind)
{
	return &owner->alert[kind - nflb_alerts_first(owner)];
}

#endif /* _NFLB_ALERTS_H */
