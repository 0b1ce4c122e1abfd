/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For whom inbound NAT of Azure is, as interfaces and scale sets say it: kept
 * until its rules and pools are read.
 */
#ifndef LBCTL_PAIRING_H
#define LBCTL_PAIRING_H

#include "importer.h"

void pairing_key(const struct importer *im, const char *balancer,
		 const char *name, char key[NFLB_NAME_MAX + 1]);
int pairing_of_interface(struct importer *im, const json_t *reference,
			 const char *name, const json_t *address);
bool pairing_add(struct importer *im, const char *key, const char *set,
		 const struct object *pool);
int pairing_of_scale_set(struct importer *im, const json_t *reference,
			 const char *set, const struct object *pool);
const json_t *pairing_of_rule(const struct importer *im, const char *name);
const json_t *pairing_of_nat_pool(const struct importer *im, const char *name);
void pairing_keep_nat(struct importer *im, const char *collection,
		      const char *name, const char *ours);
const char *pairing_nat(const struct importer *im, const char *collection,
			const char *name);
const char *pairing_text(const json_t *json, const char *key);

#endif /* LBCTL_PAIRING_H */
