#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# kernel.sh NAME... - makes build/kernel/NAME ready to boot
#
# NAME is 6.1 or 6.12 (Debian's stock kernels, unpacked and never installed)
# or debug (built from Debian's source with debug.config). Each has
#	vmlinux		what QEMU starts, already decompressed
#	initramfs	what finds the host's root file system
#	headers		where out-of-tree modules are built against
#	lib/modules	what the guest sees as /lib/modules
# A kernel that is there and up to date costs nothing.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
dl=$top/build/dl

say()
{
	echo "kernel: $*" >&2
}

die()
{
	say "$*"
	exit 1
}

# deb PACKAGE VERSION: the file that holds it, downloaded if need be
deb()
{
	mkdir -p "$dl"
	if ! compgen -G "$dl/$1_*.deb" >/dev/null; then
		say "downloading $1 $2"
		# As root apt would drop to a user who cannot write here.
		(cd "$dl" && apt-get -qq -o APT::Sandbox::User=root \
			download "$1=$2") >&2 || return 1
	fi
	compgen -G "$dl/$1_*.deb"
}

# headers_of META: "release version" of the headers that META stands for
headers_of()
{
	dpkg-query -W -f '${Depends}\n' "$1" |
		sed -n 's/^linux-headers-\([^ ]*\) (= \(.*\))$/\1 \2/p'
}

# fetch_image META: the image package that matches the installed headers.
# The archive keeps only the newest releases, so headers may have to move on.
fetch_image()
{
	local release version

	read -r release version < <(headers_of "$1")
	deb "linux-image-$release" "$version" && return
	say "headers $release are out of date"
	apt-get -qq update >&2
	DEBIAN_FRONTEND=noninteractive apt-get -qq -y install "$1" >&2
	read -r release version < <(headers_of "$1")
	deb "linux-image-$release" "$version"
}

# unpack_at FILE MAGIC OUT COMMAND...: what COMMAND makes of FILE from where
# MAGIC stands in it, as OUT; false if that is no ELF file
unpack_at()
{
	local file=$1 magic=$2 out=$3 at

	shift 3
	while read -r at; do
		tail -c +$((at + 1)) "$file" | "$@" >"$out" 2>/dev/null || true
		! readelf -h "$out" >/dev/null 2>&1 || return 0
	done < <(LC_ALL=C grep -obUaP "$magic" "$file" | cut -d: -f1)
	return 1
}

# A kernel that QEMU enters by PVH is not decompressed inside the guest, which
# takes emulation several seconds.
extract_vmlinux()
{
	unpack_at "$1" '\x28\xb5\x2f\xfd' "$2" zstd -dcq ||
		unpack_at "$1" '\xfd7zXZ\x00' "$2" xz -dcq --single-stream ||
		die "no vmlinux found inside $1"
}

# What the guest may load is read by an emulated CPU: better not packed.
decompress_modules()
{
	find "$1"/kernel/{arch,crypto,drivers,fs,lib,net} -name '*.ko.xz' \
		-not -path '*/drivers/[^cnv]*' -not -path '*/net/wireless/*' \
		-not -path '*/net/ethernet/*' -print0 |
		xargs -0 -r -P "$(nproc)" -n 64 xz -d
}

# prepare_stock NAME META
prepare_stock()
{
	local dir=$top/build/kernel/$1 image release

	image=$(fetch_image "$2") || die "no image package for $2"
	release=$(dpkg-deb -f "$image" Package)
	release=${release#linux-image-}
	[ "$dir/vmlinux" -nt "$here/kernel.sh" ] &&
		[ -d "$dir/lib/modules/$release" ] && return

	say "unpacking $release"
	rm -rf "$dir"
	mkdir -p "$dir"
	dpkg -x "$image" "$dir"
	mkdir -p "$dir/lib"
	[ ! -d "$dir/usr/lib/modules" ] ||
		mv "$dir/usr/lib/modules" "$dir/lib/"
	decompress_modules "$dir/lib/modules/$release"
	depmod -b "$dir" "$release"
	ln -s "/usr/src/linux-headers-$release" "$dir/headers"
	extract_vmlinux "$dir/boot/vmlinuz-$release" "$dir/vmlinux.tmp"
	echo "$release" >"$dir/release"
	mv "$dir/vmlinux.tmp" "$dir/vmlinux"
}

# The options of the fragment that Kconfig dropped
lost_options()
{
	grep -E '^(CONFIG_|# CONFIG_.* is not set)' "$1" | grep -vxFf "$2"
}

# unpack_source DIR
unpack_source()
{
	local version package=linux-source-6.12

	[ ! -f "$1/Makefile" ] || return 0
	version=$(apt-cache show $package | sed -n 's/^Version: //p' | head -1)
	say "unpacking $package"
	rm -rf "$1" "$1.tmp"
	mkdir -p "$1.tmp"
	dpkg-deb --fsys-tarfile "$(deb $package "$version")" |
		tar -xO ./usr/src/$package.tar.xz |
		tar -xJ --strip-components=1 -C "$1.tmp"
	mv "$1.tmp" "$1"
}

prepare_debug()
{
	local dir=$top/build/kernel/debug fragment=$here/debug.config release

	cmp -s "$fragment" "$dir/fragment" && [ -f "$dir/vmlinux" ] && return
	mkdir -p "$dir"
	unpack_source "$dir/src"
	say "building the debug kernel (about ten minutes; $dir/build.log)"
	make -s -C "$dir/src" allnoconfig KCONFIG_ALLCONFIG="$fragment" \
		>"$dir/build.log"
	! lost_options "$fragment" "$dir/src/.config" ||
		die "Kconfig did not take these options"
	make -s -C "$dir/src" -j"$(nproc)" all >>"$dir/build.log" 2>&1 ||
		die "build failed: $(tail -5 "$dir/build.log")"

	rm -rf "${dir:?}/lib"
	release=$(make -s -C "$dir/src" kernelrelease)
	make -s -C "$dir/src" modules_install INSTALL_MOD_PATH="$dir" \
		>>"$dir/build.log" 2>&1
	rm -f "$dir/lib/modules/$release/build"
	ln -sfn src "$dir/headers"
	echo "$release" >"$dir/release"
	strip --strip-debug -o "$dir/vmlinux" "$dir/src/vmlinux"
	cp "$fragment" "$dir/fragment"
}

# The modules of the initramfs, each after those it needs
initramfs_modules()
{
	modprobe -d "$1" -S "$2" --show-depends -a virtio_pci \
		9pnet_virtio 9p overlay virtio_console virtio-rng |
		sed -n 's/^insmod \([^ ]*\).*/\1/p' | awk '!seen[$0]++'
}

# prepare_initramfs NAME
prepare_initramfs()
{
	local dir=$top/build/kernel/$1 tree module n=100

	[ "$dir/initramfs" -nt "$here/initramfs.init" ] &&
		[ "$dir/initramfs" -nt "$dir/vmlinux" ] && return
	tree=$(mktemp -d)
	mkdir -p "$tree/stage/modules"
	cp /bin/busybox "$tree/stage/"
	cp "$here/initramfs.init" "$tree/init"
	while read -r module; do
		n=$((n + 1))
		case $module in
		*.xz) xz -dc "$module" >"$tree/stage/modules/$n.ko" ;;
		*) cp "$module" "$tree/stage/modules/$n.ko" ;;
		esac
	done < <(initramfs_modules "$dir" "$(cat "$dir/release")")
	(cd "$tree" && find . | cpio -o -H newc --quiet) >"$dir/initramfs"
	rm -rf "$tree"
}

# prepare NAME
prepare()
{
	mkdir -p "$top/build/kernel"
	exec 9>"$top/build/kernel/$1.lock"
	flock 9
	case $1 in
	6.1) prepare_stock 6.1 linux-headers-amd64 ;;
	6.12) prepare_stock 6.12 linux-headers-6.12-amd64 ;;
	debug) prepare_debug ;;
	*) die "no kernel is named '$1' (allowed: 6.1, 6.12, debug)" ;;
	esac
	prepare_initramfs "$1"
	exec 9>&-
}

for name in "$@"; do
	prepare "$name"
done
