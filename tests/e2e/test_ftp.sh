#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# FTP through a service: conntrack's helper finds the data connections and
# rewrites the addresses in the control connection, as it does without nflb.
#
#   cl1 (curl) --- gw (nflb, nft) --- sw --- b1 b2 b3 (vsftpd)
# not express: it meets no rules, and they give flows the helper
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

start_ftp()
{
	local space

	mkdir -p /run/vsftpd/empty /tmp/ftp
	head -c 300000 /dev/urandom >/tmp/ftp/file
	chmod 755 /tmp/ftp
	cat >/tmp/vsftpd.conf <<-END
	listen_ipv6=YES
	background=NO
	anonymous_enable=YES
	local_enable=NO
	anon_root=/tmp/ftp
	secure_chroot_dir=/run/vsftpd/empty
	connect_from_port_20=YES
	isolate=NO
	isolate_network=NO
	seccomp_sandbox=NO
	xferlog_enable=NO
	use_localtime=NO
	END
	for space in "$@"; do
		start_bg "$space" "ftp-$space" vsftpd /tmp/vsftpd.conf \
			-oftpd_banner="this is $space"
	done
	for space in "$@"; do
		wait_for 10 listens "$space" 21
	done
}

# helper PRIORITY: the administrator's rule that gives flows the helper
helper()
{
	in_ns gw nft -f - <<-END
	flush ruleset
	table inet alg {
		ct helper ftp { type "ftp" protocol tcp; }
		chain prerouting {
			type filter hook prerouting priority $1
			tcp dport 21 ct helper set "ftp"
		}
	}
	END
}

setup()
{
	begin_anew
	SCHEDULER=rr WEB_PORTS='"port": 21' apply_web 1 2 3
	helper "$1"
}

# get CURL-OPTION...: the file, once from each backend
get()
{
	local i host=$VIP

	[ "$FAMILY" = 4 ] || host=[$VIP]
	for i in 1 2 3; do
		in_ns cl1 curl -gsS --max-time $((20 * SLOW)) "$@" \
			-v -o "$T_DIR/got" "ftp://$host/file" 2>"$T_DIR/curl" ||
			fail "$(cat "$T_DIR/curl")"
		cmp "$T_DIR/got" /tmp/ftp/file
		grep -q "^< 220 this is b$i" "$T_DIR/curl"
	done
}

# has_new_flows N
has_new_flows()
{
	[ "$(counter_of http new_flows)" = "$1" ]
}

# expect_helpers N BEFORE: as many control connections have their own helper;
# as many flows had one before
expect_helpers()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" 2>/dev/null >"$T_DIR/entries"
	expect "control connections with their helper" "$1" \
		"$(grep -c 'dport=21 .*helper=ftp' "$T_DIR/entries")"
	expect "entries with ours" 0 \
		"$(grep 'dport=21 ' "$T_DIR/entries" | grep -c helper=nflb || true)"
	# Such flows are looked at every second
	wait_for 5 has_new_flows "$1"
	expect "flows with a helper" "$1" $(($(stat_of with_helper) - $2))
}

# case_transfer PRIORITY CURL-OPTION...
case_transfer()
{
	local before

	setup "$1"
	before=$(stat_of with_helper)
	get "${@:2}"
	expect_helpers 3 "$before"
	# The count of open flows comes right without a helper of ours
	wait_for 10 none_open
}

none_open()
{
	in_ns gw conntrack -F 2>/dev/null
	is_counter http active 0 && is_stat flows 0
}

# The address in the answer to PASV or EPSV is the service's, not the server's
case_address()
{
	setup filter
	get --disable-epsv
	grep '^< 227 ' "$T_DIR/curl"
	grep '^< 227 ' "$T_DIR/curl" | grep -q "(${VIP//./,},"
}

# Without the helper servers announce their own addresses, which are not the
# client's to reach
case_without()
{
	setup filter
	in_ns gw nft flush ruleset
	! in_ns cl1 curl -gsS --max-time $((3 * SLOW)) --disable-epsv -v \
		-o "$T_DIR/got" "ftp://$VIP/file" 2>"$T_DIR/curl" ||
		fail "the file has come"
	grep '^< 227 .*(10,0,0,1[123],' "$T_DIR/curl"
	expect "flows with a helper" 0 \
		"$(in_ns gw conntrack -L 2>/dev/null | grep -c helper=ftp || true)"
}

modprobe -a nf_conntrack_ftp nf_nat_ftp
topo_up 3
start_ftp b1 b2 b3
for priority in filter -150; do
	both_families "passive, helper at priority $priority" \
		case_transfer $priority
	both_families "active, helper at priority $priority" \
		case_transfer $priority --ftp-port -
done
use_family 4
tap_run "passive with PASV, IPv4" case_transfer filter --disable-epsv
tap_run "active with PORT, IPv4" case_transfer filter --ftp-port - --disable-eprt
tap_run "the address of the service is announced, IPv4" case_address
tap_run "without the helper it does not work, IPv4" case_without
tap_done
