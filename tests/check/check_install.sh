#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What make install and make dkms-install put where, and that systemd and DKMS
# can read it
set -uo pipefail
. "$(dirname "$0")/lib.sh"

dest=$PWD/$out/dest
source=usr/src/nflb-$(sed -n 's/.*NFLB_VERSION "\(.*\)"/\1/p' kmod/version.h)

call()
{
	make -s DESTDIR="$dest" PREFIX=/usr "$@" >"$out/install.log" 2>&1 ||
		sed "s/^/make $*: /" "$out/install.log"
}

expected()
{
	printf '%s\n' usr/sbin/lbctl{,-agent} usr/share/man/man8/lbctl.8 \
		usr/share/bash-completion/completions/lbctl \
		usr/lib/systemd/system/nflb{,-agent}.service \
		"$source"/{COPYING,Kbuild,dkms.conf,uapi/nflb.h}
	sources -path './kmod/*.[ch]' | sed "s|^|$source/|"
}

installed()
{
	find "$dest" -type f -printf '%P\n' | sort
}

# The units name files of the system, which need not be there.
check_units()
{
	local name

	for name in nflb nflb-agent; do
		sed "s|/usr/sbin/lbctl|$dest&|" \
			"$dest/usr/lib/systemd/system/$name.service" \
			>"$out/$name.service"
		systemd-analyze verify --man=no "$out/$name.service" 2>&1 |
			grep -F "$name.service"
	done
}

# DKMS reads it as a part of a script, too.
check_dkms_conf()
{
	(
		# shellcheck disable=SC2034 # it uses them
		kernel_source_dir=K dkms_tree=T
		# shellcheck disable=SC1090,SC1091 # made by the install
		. "$dest/$source/dkms.conf"
		[ "/usr/src/$PACKAGE_NAME-$PACKAGE_VERSION" = "/$source" ] ||
			echo "dkms.conf: wrong name or version"
		[[ 6.1.0-9-amd64 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ 6.12.9 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ 6.6-rc1 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ ! 6.13.1 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ ! 7.0.1 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ ! 5.10.0-9 =~ $BUILD_EXCLUSIVE_KERNEL ]] &&
			[[ ! 6.0.2 =~ $BUILD_EXCLUSIVE_KERNEL ]] ||
			echo "dkms.conf: wrong kernels"
	)
}

rm -rf "$dest"
findings=$(
	call install dkms-install
	diff <(expected | sort) <(installed)
	check_units
	check_dkms_conf
	call uninstall
	installed | grep -v "^$source/" | sed 's/$/: left by uninstall/'
)
[ -n "$findings" ] || exit 0
printf '%s\n' "$findings"
exit 1
