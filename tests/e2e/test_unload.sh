#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module goes under load and comes back.
#
#   cl1 cl2 (wrk, datagrams) --- gw (nflb) --- sw --- b1 b2 b3 (nginx, dnsmasq)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$NFLB_TOP/tests/vm/insert.sh"

# configure [MEMBERS [MODE]]: http has these, too; dns has this mode of UDP
configure()
{
	WEB_PORTS="\"port\": 80, \"backend_port\": 8080${1-}" MORE_SERVICES="
		{\"name\": \"dns\", \"frontend\": \"web-ip\", \"protocol\": \"udp\",
		\"port\": 53, \"pool\": \"web\",
		\"udp_mode\": \"${2-pinned}\"}," apply_web 1 2 3
}

start_load()
{
	start_bg cl1 connections wrk -t 1 -c 8 -d 600 --timeout 1 \
		-H 'Connection: close' "$VIP_URL/"
	start_bg cl1 requests wrk -t 1 -c 4 -d 600 --timeout 1 "$VIP_URL/"
	send_datagrams cl2 datagrams 53
}

stop_load()
{
	stop_bg connections INT
	stop_bg requests INT
	stop_bg datagrams
}

has_flows()
{
	[ "$(counter_of http new_flows)" -ge 20 ] &&
		[ "$(counter_of dns new_flows)" -ge 20 ]
}

no_helper_of_ours()
{
	! in_ns gw conntrack -L -f "ipv$FAMILY" 2>/dev/null |
		grep -q helper=nflb
}

MODES=(pinned hashed one-packet)

# Once http is flooded, as it is by all that connects
case_unload()
{
	local i more

	# wrk ends at once if its first connection finds nobody; counters that
	# the former case has left would tell of no load.
	lb flush
	configure
	start_load
	for i in "${!MODES[@]}"; do
		more=
		[ "$i" != 1 ] || more=', "syn_proxy": 1'
		configure "$more" "${MODES[i]}"
		[ "$i" = 0 ] || lb fastpath set devices cl1,back
		wait_for 60 has_flows
		timeout $((20 * SLOW)) rmmod nflb
		no_helper_of_ours || fail "conntrack entries without their module"
		in_ns gw test ! -e /proc/net/nflb
		! lb show 2>"$T_DIR/said" || fail "shown without the module"
		grep -q 'module nflb is not loaded' "$T_DIR/said"
		insert "$NFLB_RUN/nflb.ko"
		expect "generation" 0 "$(stat_of generation)"
	done
	configure
	wait_for 60 has_flows
	stop_load
	in_ns gw conntrack -F 2>/dev/null
	wait_for 10 is_stat flows 0
	http_get cl1 "$VIP_URL"
	[ "$(dns_ask cl1 "$VIP")" != "" ]
	expect "open flows of dns" 1 "$(counter_of dns active)"
}

# A module with nothing to do
case_idle()
{
	lb flush
	rmmod nflb
	insert "$NFLB_RUN/nflb.ko"
	lb frontend add web-ip "$VIP"
	rmmod nflb
	insert "$NFLB_RUN/nflb.ko"
	expect "frontends" 0 "$(stat_of frontends)"
}

# A transaction that is open when the module is wanted away
case_transaction()
{
	configure
	genl_start gw
	genl_expect 0 one txn-begin
	genl_expect 0 one flush
	rmmod nflb
	insert "$NFLB_RUN/nflb.ko"
	configure
	http_get cl1 "$VIP_URL"
}

topo_up 3
start_nginx b1 b2 b3
start_dns b1 b2 b3
both_families "under load, ${#MODES[@]} times" case_unload
both_families "with and without a configuration" case_idle
both_families "while a transaction is open" case_transaction
[ -d /sys/module/nflb ] || insert "$NFLB_RUN/nflb.ko"
tap_done
