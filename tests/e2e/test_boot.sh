#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What nflb.service does at boot and on a reload, by its own lines: the module
# comes from where DKMS would have put it.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 (nginx)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$NFLB_TOP/tests/vm/insert.sh"
WAY=fast # it is not about packets

# install_module: where modprobe looks, for this scenario alone, with all that
# it needs
install_module()
{
	local release dir

	release=$(uname -r)
	dir=$T_DIR/modules/lib/modules/$release
	mkdir -p "$dir"
	modinfo -F depends "$NFLB_RUN/nflb.ko" | tr , '\n' |
		xargs -r -n 1 modprobe -S "$release" --show-depends |
		awk '$1 == "insmod" { print $2 }' | sort -u |
		xargs -r cp -t "$dir"
	cp "/lib/modules/$release"/modules.{builtin,builtin.modinfo,order} "$dir"
	cp "$NFLB_RUN/nflb.ko" "$dir"
	depmod -b "$T_DIR/modules" "$release"
	mount --bind "$dir" "/lib/modules/$release"
}

# hide_etc: an /etc/nflb that is empty
hide_etc()
{
	mkdir -p /etc/nflb
	mount -t tmpfs etc /etc/nflb
}

# as_unit DIRECTIVE: runs those lines of nflb.service, in the gateway
as_unit()
{
	local line lines

	mapfile -t lines < <(sed -n "s/^$1=//p" "$NFLB_TOP/ctl/nflb.service.in")
	[ ${#lines[@]} != 0 ]
	for line in "${lines[@]}"; do
		in_ns gw bash -c "${line//@SBINDIR@\/lbctl/$(type -P lbctl)}" ||
			return
	done
}

case_boot()
{
	rm -f /etc/nflb/nflb.json
	rmmod nflb
	as_unit ExecStart
	expect "services without a document" 0 "$(stat_of services)"
	rmmod nflb
	web_doc 1 >/etc/nflb/nflb.json
	as_unit ExecStart
	expect "answer" b1 "$(http_get cl1 "$VIP_URL")"
}

case_reload()
{
	web_doc 2 >/etc/nflb/nflb.json
	as_unit ExecReload
	expect "answer" b2 "$(http_get cl1 "$VIP_URL")"
}

# The unit fails then, and what was there stays.
case_broken()
{
	local verb

	case_reload
	echo '{' >/etc/nflb/nflb.json
	for verb in ExecStart ExecReload; do
		! as_unit $verb 2>"$T_DIR/said" || fail "$verb took it"
		cat "$T_DIR/said"
		grep -q '^lbctl: /etc/nflb/nflb.json:2: not JSON' "$T_DIR/said"
		expect "answer" b2 "$(http_get cl1 "$VIP_URL")"
	done
	rm /etc/nflb/nflb.json
}

topo_up 2
start_nginx b1 b2
install_module
hide_etc
both_families "at boot, without a document and with one" case_boot
both_families "reload" case_reload
both_families "a broken document changes nothing" case_broken
[ -d /sys/module/nflb ] || insert "$NFLB_RUN/nflb.ko"
tap_done
