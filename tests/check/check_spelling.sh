#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# Mistakes that tests make, and what only looks like one
words=adress,fro,fron,iif,te,ue

mapfile -t files < <(sources -not -name COPYING)
codespell --quiet-level=2 --ignore-words-list="$words" "${files[@]}"
