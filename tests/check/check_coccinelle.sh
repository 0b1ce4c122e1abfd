#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# As the kernel's `make coccicheck MODE=report`, which no header package has
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# Some need an OCaml compiler. minmax takes as long as all others together and
# checkpatch knows it too.
skip=(api/check_bq27xxx_data null/badzero misc/minmax)

# It takes n_flows, which says whether the hooks can go, for a reference count of
# what is freed.
expected='kmod/net.c:.*: WARNING: atomic_dec_and_test variation before object free'

rules()
{
	find "$linux/scripts/coccinelle" -name '*.cocci' |
		grep -vF "${skip[@]/#/-e/}" | sort
}

# Each file by itself, as coccicheck does: several that are named together are
# one unit to spatch, which runs out of stack on ours
report()
{
	local rule options groups

	groups=$(mktemp)
	printf '%s\n\n' "$@" >"$groups"
	rules | while IFS= read -r rule; do
		read -ra options < <(sed -n 's|^// Options: *||p' "$rule")
		spatch -D report --very-quiet --no-show-diff "${options[@]}" \
			--cocci-file "$rule" --file-groups "$groups" 2>&1
	done | grep -vE -e '^$' -e '^(Note|warning): ' -e "$expected"
	# There may be nothing for grep
	rm "$groups"
}

mapfile -t files < <(sources -path './kmod/*.c')
on_changed report "${files[@]}"
