#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Makes build/check/linux: the tools that come with the kernel's source and
# with no package of its headers.
set -euo pipefail

cd "$(dirname "$0")/../.."
package=linux-source-6.12
dir=build/check/linux
dl=build/dl
wanted=(.clang-format scripts/checkpatch.pl scripts/spelling.txt
	scripts/const_structs.checkpatch scripts/kernel-doc scripts/coccinelle
	tools/net/ynl/ynl-gen-c.py tools/net/ynl/lib
	Documentation/netlink/genetlink-legacy.yaml)

# The name is that of tests/vm/kernel.sh, which builds a kernel from it.
deb()
{
	mkdir -p $dl
	compgen -G "$dl/${package}_*.deb" && return
	echo "check: downloading $package" >&2
	(cd $dl && apt-get -qq -o APT::Sandbox::User=root download $package) >&2
	compgen -G "$dl/${package}_*.deb"
}

[ "$dir" -ot tests/check/linux.sh ] || exit 0
file=$(deb)
rm -rf $dir $dir.tmp
mkdir -p $dir.tmp
dpkg-deb --fsys-tarfile "$file" | tar -xO ./usr/src/$package.tar.xz |
	xz -dc -T0 | tar -x --strip-components=1 -C $dir.tmp \
	"${wanted[@]/#/$package/}"
mkdir $dir.tmp/Documentation/netlink/specs
# By which ynl-gen-c.py knows the top of the tree
touch $dir.tmp/MAINTAINERS
mv $dir.tmp $dir
touch $dir
