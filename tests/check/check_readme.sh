#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That the configuration in README.md is that of make demo
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# The block of JSON
shown()
{
	sed -n '/^```json$/,/^```$/{/^```/!p}' README.md
}

diff --label README.md --label tests/demo/nflb.json -u <(shown) \
	tests/demo/nflb.json
