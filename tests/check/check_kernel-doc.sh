#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

kernel_doc()
{
	perl "$linux/scripts/kernel-doc" -none -Wreturn -Werror "$@" 2>&1 |
		grep -v 'warnings as Errors$'
	return 0
}

mapfile -t files < <(sources -path './kmod/*.[ch]' -o -path './ctl/*.[ch]' \
	-o -path './uapi/*.h')
on_changed kernel_doc "${files[@]}"
