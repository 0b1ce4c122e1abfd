#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

mapfile -t pages < <(sources -name '*.[1-8]')
status=0
for page in "${pages[@]}"; do
	groff -man -Tutf8 -ww -z "$page" 2>&1 | grep . && status=1
	# man has its own idea of how to call it
	man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null |
		grep . && status=1
done
exit $status
