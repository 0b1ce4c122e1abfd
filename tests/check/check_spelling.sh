#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# Mistakes that tests make, and options of a shell
words=adress,fron,ue

spell()
{
	codespell --quiet-level=2 --ignore-words-list="$words" "$@"
}

mapfile -t files < <(sources -not -name COPYING)
on_changed spell "${files[@]}"
