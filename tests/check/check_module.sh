#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# check_module.sh KERNEL - builds the module and compiles its KUnit suites with
# W=1, and has sparse and clang look at each file that is compiled. No warning
# is let through; make removes the object of a file with one, so that it is
# compiled again.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

kernel=$1
top=$PWD
dir=$top/$out/mod/$kernel

# As in tests/vm/module.sh
mirror()
{
	mkdir -p "$dir/tests"
	find "$dir" -xtype l -delete
	cp -rsn "$top/Kbuild" "$top/kmod" "$top/uapi" "$dir/"
	[ ! -d tests/kunit ] || cp -rsn "$top/tests/kunit" "$dir/tests/"
}

# What clang sees differs little between kernels, and takes it as long as gcc
checker()
{
	if [ "$kernel" = 6.12 ]; then
		echo "$top/tests/check/analyze.sh"
	else
		echo sparse
	fi
}

kbuild()
{
	make -s -k -C "$top/build/kernel/$kernel/headers" M="$dir" W=1 C=1 \
		KCFLAGS=-Werror CHECK="$(checker)" \
		CF="-D__CHECK_ENDIAN__ -Wsparse-error" "$@"
}

# The kernels here lack KUnit. Its suites can be compiled all the same.
build()
{
	local suites

	mapfile -t suites < <(sources -path './tests/kunit/*.c')
	kbuild modules
	[ ${#suites[@]} = 0 ] || kbuild "${suites[@]/%c/o}"
}

# What it tells of its progress is no finding.
tests/vm/kernel.sh "$kernel" 2>"$top/$out/kernel-$kernel.log" || {
	cat "$top/$out/kernel-$kernel.log"
	exit 1
}
mirror
# Who looks in another way sees all files anew
if [ tests/check/analyze.sh -nt "$dir/.since" ] ||
	[ tests/check/check_module.sh -nt "$dir/.since" ]; then
	find "$dir" -name '*.o' -delete
fi
touch "$dir/.since"
findings=$(build 2>&1 | sed "s|$dir/||g" |
	grep -v -e 'Skipping BTF generation' -e '^make')
[ -n "$findings" ] || exit 0
printf '%s\n' "$findings"
# What modpost found is found again
rm -f "$dir"/*.{o,ko,mod,mod.c} "$dir/modules.order"
exit 1
