#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who may include and use what
set -uo pipefail
. "$(dirname "$0")/lib.sh"

status=0

# only WHAT PATTERN ALLOWED FILE...: an extended PATTERN stands only in files
# whose names match ALLOWED
only()
{
	local what=$1 pattern=$2 allowed=$3

	shift 3
	grep -nE "$pattern" "$@" /dev/null | grep -vE "^($allowed):" |
		sed "s|\$| <- $what|" | grep . && status=1
}

mapfile -t kmod < <(sources -path './kmod/*.[ch]')
mapfile -t kunit < <(sources -path './tests/kunit/*.[ch]')
mapfile -t ctl < <(sources -path './ctl/*.[ch]')

only "genetlink belongs to kmod/netlink*.c" 'include <net/genetlink\.h>' \
	'kmod/(netlink[a-z_]*\.c|main\.c|compat\.h)' "${kmod[@]}"
only "nf_nat belongs to kmod/bind.c" 'include .*/nf_nat' 'kmod/bind\.c' \
	"${kmod[@]}"
only "kernel versions belong to kmod/compat.h" \
	'\<(LINUX_VERSION_CODE|KERNEL_VERSION)\>|include <linux/version\.h>' \
	'kmod/compat\.h' "${kmod[@]}" "${kunit[@]}"
only "the kernel's part includes only its own, the kernel's and uapi/" \
	'include "(\.\./\.\./ctl|\.\./ctl|ctl|.*uapi)/' '' "${kmod[@]}"
only "only uapi/ is for both sides" 'include .*(kmod/|\.\./)' '' "${ctl[@]}"
only "libmnl belongs to ctl/netlink.c" 'include <libmnl|\<mnl_[a-z_]+\(' \
	'ctl/netlink\.c' "${ctl[@]}"
only "libcurl belongs to ctl/check.c" 'include <curl|\<curl_[a-z_]+\(' \
	'ctl/check\.c' "${ctl[@]}"
only "libmicrohttpd belongs to ctl/scrape.c" \
	'include <microhttpd|\<MHD_[a-zA-Z_]+' 'ctl/scrape\.c' "${ctl[@]}"
only "stdout belongs to ctl/print.c" \
	'^[^*/]*(\<(v?printf|puts|putchar|putc_unlocked)\(|\<stdout\>|STDOUT_FILENO)' \
	'ctl/print\.c' "${ctl[@]}"
mapfile -t jansson < <(grep -l 'include <jansson\.h>' "${ctl[@]}")
only "json_string() is that of print.h, use json_stringn()" \
	'\<json_string\([^)]' 'ctl/print\.c' "${jansson[@]}"
only "the version belongs to kmod/version.h" 'define NFLB_VERSION' \
	'kmod/version\.h' "${kmod[@]}" "${ctl[@]}"
exit $status
