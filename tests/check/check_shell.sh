#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# Notes are left out: what they are about, such as numbers without quotes, is
# the writer's choice.
# SC2153: two names may well be alike.
# SC2317: functions are often called by a name that a variable holds.
options=(--format=gcc --severity=warning --external-sources
	--source-path=SCRIPTDIR --exclude="SC2153,SC2317")

lint()
{
	shellcheck "${options[@]}" "$@"
}

# What is read by others uses what they set, and sets what they use.
lint_parts()
{
	lint --exclude=SC2034,SC2119,SC2120,SC2154 "$@"
}

mapfile -t all < <(scripts)
mapfile -t whole < <(grep -lE '^#!' "${all[@]}")
mapfile -t parts < <(grep -LE '^#!' "${all[@]}")
status=0
on_changed lint "${whole[@]}" || status=1
on_changed lint_parts "${parts[@]}" || status=1
exit $status
