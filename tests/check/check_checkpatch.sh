#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# --codespell makes it ten times slower: check_spelling.sh does that.
options=(--no-tree --root=. --file --strict --terse --show-types --no-summary
	--quiet --max-line-length=80)

# What a user reads is never split, so such lines are as long as they are.
ignore=LONG_LINE_STRING
# Iterators and tables of operations use an argument more than once.
ignore+=,MACRO_ARG_REUSE
# What a lock protects is said by the kernel-doc of its structure.
ignore+=,UNCOMMENTED_DEFINITION

# compat.h is where kernel versions are compared.
compat=$ignore,LINUX_VERSION_CODE,CONSTANT_COMPARISON

# What only the kernel has; structures of bit fields are no declarations; and
# libraries name their types as they like.
user=$ignore,PREFER_KERNEL_TYPES,BIT_MACRO,PREFER_DEFINED_ATTRIBUTE_MACRO
user+=,LINE_SPACING,CAMELCASE

# It leaves a file behind in its directory, and looks for names of the kernel's in
# include.
mkdir -p "$linux/include"
checkpatch()
{
	local ignored=$1 top=$PWD

	shift
	(cd "$linux" && perl scripts/checkpatch.pl "${options[@]}" \
		--ignore "$ignored" "${@/#/$top/}") 2>&1 | sed "s|$top/||g"
}

kernel()
{
	checkpatch "$ignore" "$@"
}

compat()
{
	checkpatch "$compat" "$@"
}

user()
{
	checkpatch "$user" "$@"
}

mapfile -t kernel_files < <(sources -path './kmod/*.[ch]' \
	-o -path './tests/kunit/*.[ch]' | grep -v /compat.h)
mapfile -t user_files < <(sources -path './ctl/*.[ch]')
status=0
on_changed kernel "${kernel_files[@]}" || status=1
on_changed compat kmod/compat.h || status=1
on_changed user "${user_files[@]}" || status=1
exit $status
