#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# analyze.sh [FLAG]... FILE - what Kbuild runs as CHECK: sparse with all flags,
# and clang with those of gcc's that matter to it.
#
# Debian's kernels are configured for gcc, so Kbuild cannot use clang: it would
# choke on gcc's flags and miss what the configuration promises. But it can
# judge the code, with the kernel's headers taken as the system's.
set -uo pipefail

args=()
status=0
sparse "$@" || status=1

# Those of sparse come first.
while [[ $1 != -Wp,-MMD* ]]; do
	shift
done
while [ $# -gt 0 ]; do
	case $1 in
	-I/usr/* | -I./*) args+=(-isystem "${1#-I}") ;;
	-include | -isystem) args+=("$1" "$2") && shift ;;
	-I* | -D* | -W[^p]* | -std=* | -nostdinc | -m64 | -mno-* | \
		-mcmodel=* | -fshort-wchar | *.c) args+=("$1") ;;
	esac
	shift
done
clang -fsyntax-only "${args[@]}" -Werror -Wno-unknown-warning-option \
	-Wno-gnu || status=1
exit $status
