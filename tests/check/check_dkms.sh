#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That DKMS builds the module, for each stock kernel of the tests, from what make
# dkms-install puts in place: by dkms itself and its dkms.conf, in a tree of its
# own, so that the host's modules and what DKMS knows of them stay as they are.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

tree=$PWD/$out/dkms
version=$(sed -n 's/.*NFLB_VERSION "\(.*\)"/\1/p' kmod/version.h)
kernels=(6.1 6.12)

# what_matters: the files that it depends on
what_matters()
{
	echo "$0"
	printf 'build/kernel/%s/release\n' "${kernels[@]}"
	sources -path './kmod/*' -o -path './uapi/*.h' -o -name Kbuild \
		-o -path ./ctl/install.mk
}

# has_passed: has nothing changed since it was right
has_passed()
{
	local files

	mapfile -t files < <(what_matters)
	[ -z "$(find "${files[@]}" -newer "$tree/passed" 2>&1)" ]
}

# What signs would be given a key, which dkms would make on the host.
call_dkms()
{
	sign_file=none dkms "$1" "nflb/$version" --dkmstree "$tree/state" \
		--sourcetree "$tree/usr/src" "${@:2}" >"$tree/log" 2>&1 &&
		return
	sed "s|^|dkms $1: |" "$tree/log"
	return 1
}

# vermagic_of KERNEL: what it wants to see in the module
vermagic_of()
{
	local release

	release=$(<"build/kernel/$1/release")
	find "$tree/state/nflb/$version/$release" -name 'nflb.ko*' \
		-exec modinfo -F vermagic {} +
}

# build KERNEL
build()
{
	local release

	tests/vm/kernel.sh "$1" 2>"$tree/log" || { cat "$tree/log" && return; }
	release=$(<"build/kernel/$1/release")
	call_dkms build -k "$release" \
		--kernelsourcedir "$PWD/build/kernel/$1/headers" || {
		cat "$tree/state/nflb/$version/build/make.log"
		return
	}
	[[ "$(vermagic_of "$1") " == "$release "* ]] ||
		echo "dkms built no nflb.ko for $release"
}

build_all()
{
	local kernel

	make -s DESTDIR="$tree" dkms-install && call_dkms add || return
	for kernel in "${kernels[@]}"; do
		build "$kernel"
	done
}

! has_passed || exit 0
rm -rf "$tree"
mkdir -p "$tree/state"
touch "$tree/begun"
findings=$(build_all 2>&1)
if [ -n "$findings" ]; then
	printf '%s\n' "$findings"
	exit 1
fi
mv "$tree/begun" "$tree/passed"
