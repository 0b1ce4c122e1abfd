#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh NAME... - builds nflb.ko for kernels of tests/vm/kernel.sh, as
# build/mod/NAME/nflb.ko
#
# Kbuild of 6.1 puts objects beside their sources. Each kernel therefore gets
# a mirror of the source tree, made of links.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)

mirror()
{
	mkdir -p "$1/tests"
	find "$1" -xtype l -delete
	cp -rsn "$top/Kbuild" "$top/kmod" "$top/uapi" "$1/"
	[ ! -d "$top/tests/kunit" ] || cp -rsn "$top/tests/kunit" "$1/tests/"
}

build()
{
	local dir=$top/build/mod/$1

	mkdir -p "$dir"
	exec 9>"$dir/.lock"
	flock 9
	mirror "$dir"
	make -s -C "$top/build/kernel/$1/headers" M="$dir" W="${W-1}" \
		-j"$(nproc)" modules 2> >(grep -v 'Skipping BTF' >&2)
	exec 9>&-
}

if [ ! -f "$top/Kbuild" ]; then
	echo "module: no Kbuild yet, nothing to build" >&2
	exit 0
fi
for name in "$@"; do
	build "$name"
done
