#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Installs the Debian packages that the build, the checks and the tests need.
# Free of effect, and quick, when all of them are there.
set -euo pipefail

build="build-essential bc bison flex pkg-config kmod cpio xz-utils zstd
	libelf-dev libssl-dev libmnl-dev libjansson-dev libcurl4-openssl-dev
	libmicrohttpd-dev libcmocka-dev linux-headers-amd64 linux-headers-6.12-amd64"
checks="shellcheck sparse coccinelle clang clang-tidy codespell yamllint systemd
	groff man-db python3-yaml python3-jsonschema valgrind"
tests="qemu-system-x86 busybox-static iproute2 iputils-ping procps curl jq
	nginx-light haproxy dnsmasq-base vsftpd lftp openssl wrk iperf3
	ncat socat dnsutils lksctp-tools tcpdump python3-scapy ethtool
	conntrack nftables ipvsadm keepalived dkms prometheus python3-grpcio
	postgresql-15 libpq-dev rsync inotify-tools dropbear-bin"

policy=/usr/sbin/policy-rc.d
saved=

missing()
{
	local have

	# It fails for packages that it does not know
	have=$({ dpkg-query -W -f '${Package} ${db:Status-Status}\n' "$@" \
		2>/dev/null || true; } | sed -n "s/ installed$//p")
	printf '%s\n' "$@" | grep -vxF -e "$have" || true
}

# nginx, vsftpd, haproxy ... start a daemon when they are installed; nothing
# of this project wants one on the host.
forbid_daemons()
{
	if [ -e $policy ]; then
		saved=$(mktemp)
		cp -p $policy "$saved"
	fi
	trap restore_daemons EXIT
	printf '#!/bin/sh\nexit 101\n' >$policy
	chmod 755 $policy
}

restore_daemons()
{
	if [ -n "$saved" ]; then
		mv "$saved" $policy
	else
		rm -f $policy
	fi
}

install()
{
	DEBIAN_FRONTEND=noninteractive apt-get install -qq -y \
		--no-install-recommends "$@" >/dev/null
}

# shellcheck disable=SC2086 # lists of words
mapfile -t want < <(missing $build $checks $tests)
[ ${#want[@]} -gt 0 ] || exit 0

if [ "$(id -u)" != 0 ]; then
	echo "only root can install what is missing: ${want[*]}" >&2
	exit 1
fi

echo "installing ${want[*]}" >&2
forbid_daemons
install "${want[@]}" || { apt-get update -qq && install "${want[@]}"; }
