// SPDX-License-Identifier: GPL-2.0-only
/* Hooks on packets that are there only as long as something needs them. */

#include "hooks.h"
#include "net.h"

static const struct nflb_hook_set *const nflb_hook_sets[NFLB_N_HOOK_SETS] = {
	&nflb_bounce_hooks,
	&nflb_datagram_hooks,
	&nflb_stray_hooks,
	&nflb_unreach_hooks,
};

/**
 * nflb_hooks_add() - registers the hooks that a configuration needs
 * @nn: the namespace
 * @snap: the configuration
 *
 * Context: process, under cfg_mutex, may sleep.
 * Return: 0 or a negative errno; nflb_hooks_remove() takes back what was done.
 */
int nflb_hooks_add(struct nflb_net *nn, const struct nflb_snapshot *snap)
{
	const struct nflb_hook_set *set;
	int err;
	int i;

	for (i = 0; i < NFLB_N_HOOK_SETS; i++) {
		set = nflb_hook_sets[i];
		if (nn->has_hook_set[i] || !set->is_wanted(snap))
			continue;
		err = nf_register_net_hooks(nn->net, set->ops, set->n_ops);
		if (err)
			return err;
		nn->has_hook_set[i] = true;
	}
	return 0;
}

/**
 * nflb_hooks_remove() - takes off the hooks that a configuration does not need
 * @nn: the namespace
 * @snap: the configuration, NULL for none
 *
 * Context: process, under cfg_mutex, may sleep.
 */
void nflb_hooks_remove(struct nflb_net *nn, const struct nflb_snapshot *snap)
{
	const struct nflb_hook_set *set;
	int i;

	for (i = 0; i < NFLB_N_HOOK_SETS; i++) {
		set = nflb_hook_sets[i];
		if (!nn->has_hook_set[i] || (snap && set->is_wanted(snap)))
			continue;
		nf_unregister_net_hooks(nn->net, set->ops, set->n_ops);
		nn->has_hook_set[i] = false;
	}
}
