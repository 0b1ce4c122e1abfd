#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# warm.sh - writes, as a cpio archive, the host's programs that scenarios use
# most, with their libraries
#
# Over 9p the host is asked several times for each file that is opened. Laid
# over the host's root file system in the guest's memory, programs start twice
# as fast.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
programs="awk basename bash busybox cat cmp conntrack cp curl cut date diff
	dirname dmesg grep head ip jq kill ln ls lsmod mkdir mkfifo mktemp
	modinfo modprobe mount mv nft nginx paste ping ps rm rmmod sed sh sleep
	socat sort ss sysctl tail tc tcpdump tee timeout touch tr uniq unshare
	wc"

# The paths of the programs, their libraries and lbctl's, and the loader
with_libraries()
{
	local paths

	# shellcheck disable=SC2086 # a list of words
	paths=$(type -P $programs)
	echo "$paths"
	# shellcheck disable=SC2086 # a list of words
	ldd $paths "$top"/build/ctl/lbctl{,-agent} 2>/dev/null |
		grep -o '/[^ :]* ' || true
}

# What is at the paths on stdin, and what it is a link to
with_targets()
{
	sed -E "s#^/(bin|lib|lib64|sbin)/#/usr/\1/#; s/ *$//" | sort -u |
		tee >(xargs realpath) | cat
}

with_parents()
{
	awk -F/ '{
		path = $2
		for (i = 3; i <= NF; i++) {
			print path
			path = path "/" $i
		}
		print path
	}' | sort -u
}

cd /
{
	with_libraries
	printf '/%s\n' bin lib lib64 sbin etc/ld.so.cache
} | with_targets | with_parents |
	cpio -o -H newc --quiet
