#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# module.sh NAME... - builds nflb.ko for kernels of tests/vm/kernel.sh, as
# build/mod/NAME/nflb.ko, and nflb_kunit.ko beside it where there is KUnit
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

# make_in DIR NAME [VARIABLE=VALUE]
make_in()
{
	mkdir -p "$1"
	exec 9>"$1/.lock"
	flock 9
	mirror "$1"
	make -s -C "$top/build/kernel/$2/headers" M="$1" W="${W-1}" \
		-j"$(nproc)" "${@:3}" modules \
		2> >(grep -v 'Skipping BTF' >&2)
	exec 9>&-
}

has_kunit()
{
	grep -q '^CONFIG_KUNIT=[ym]' "$top/build/kernel/$1/headers/.config"
}

build()
{
	local dir=$top/build/mod/$1

	make_in "$dir" "$1"
	has_kunit "$1" || return 0
	make_in "$dir-kunit" "$1" NFLB_KUNIT=1
	cp "$dir-kunit/nflb_kunit.ko" "$dir/"
}

if [ ! -f "$top/Kbuild" ]; then
	echo "module: no Kbuild yet, nothing to build" >&2
	exit 0
fi
for name in "$@"; do
	build "$name"
done
