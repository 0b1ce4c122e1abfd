#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lbctl without warnings of gcc or clang, and with clang's analyzer
set -uo pipefail
. "$(dirname "$0")/lib.sh"

top=$PWD

# va_list and padding: the analyzer takes va_start() for nothing when it sees
# several files at once; the order of a structure's members is for readers.
analysis='-*,clang-analyzer-*,-clang-analyzer-valist.*'
analysis+=,-clang-analyzer-optin.performance.Padding
# It cannot know that because() never returns 0.
analysis+=,-clang-analyzer-core.uninitialized.Assign
analysis+=,-clang-analyzer-core.UndefinedBinaryOperatorResult
# The functions that it would have us use are in no C library here.
analysis+=,-clang-analyzer-security.insecureAPI.DeprecatedOrUnsafeBufferHandling
analysis+=',bugprone-*,-bugprone-easily-swappable-parameters'
# Sizes that are pointers' on purpose, and numbers for people to read
analysis+=,-bugprone-sizeof-expression,-bugprone-narrowing-conversions
analysis+=,-bugprone-reserved-identifier

build()
{
	make -s -k -C ctl O="$top/$out/ctl-$1" CC="$1" WERROR=1 2>&1 |
		grep -v '^make'
}

analyze()
{
	clang-tidy --quiet -checks="$analysis" "$@" -- -std=gnu11 \
		-D_GNU_SOURCE -DLBCTL_VERSION='"0"' -Ictl -Iuapi 2>&1 |
		grep -E '(error|warning): ' | sed "s|$top/||"
	return 0
}

mapfile -t files < <(sources -path './ctl/*.c')
status=0
build gcc && status=1
build clang && status=1
on_changed analyze "${files[@]}" || status=1
exit $status
