#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Namespaces: gateways that do not see one another, that go away under load,
# and those who may, or may not, configure them.
#
#   c1 --- g1 (nflb) --- s1 (nginx)      the same three times, with the same
#   c2 --- g2 (nflb) --- s2 (nginx)      addresses
#   c3 --- g3 (nflb) --- s3 (nginx)
# processors: 2
# limit: 900
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

REMOVALS=5

# gateway NUMBER: between c<NUMBER> and s<NUMBER>, which may be there already
gateway()
{
	topo_space "g$1" 1
	topo_host "c$1" "g$1" 198.51.100 2001:db8:c1 2
	topo_host "s$1" "g$1" 10.0.0 fd00:b 11
	ip -n "g$1" -batch - <<-END
		link set c$1 up
		addr add 198.51.100.1/24 dev c$1
		addr add 2001:db8:c1::1/64 dev c$1 nodad
		link set s$1 up
		addr add 10.0.0.1/24 dev s$1
		addr add fd00:b::1/64 dev s$1 nodad
	END
}

# configure NUMBER: all have the same names, and a pool of their own size
configure()
{
	web_doc 1 | sed "s/\"b1\"/\"b$1\"/" |
		lbctl -n "g$1" apply -
}

case_separate()
{
	local i

	for i in 1 2 3; do
		configure "$i"
	done
	lbctl -n g2 service set http port 81
	for i in 1 2 3; do
		expect "backend of g$i" "b$i" \
			"$(lbctl -n "g$i" backend show | awk 'NR > 1 { print $2 }')"
	done
	expect "answer through g1" s1 "$(http_get c1 "$VIP_URL")"
	expect "answer through g2" s2 "$(http_get c2 "$VIP_URL:81/")"
	expect "answer through g3" s3 "$(http_get c3 "$VIP_URL")"
	! http_get c2 "$VIP_URL" || fail "g2 answers at the port of the others"
	for i in 1 2 3; do
		expect "flows of g$i" 1 "$(rows lbctl -n "g$i" conns)"
		expect "flows of g$i counted" 1 "$(stat_of flows "g$i")"
	done
	lbctl -n g1 flush
	expect "services of g1" 0 "$(rows lbctl -n g1 service show)"
	expect "services of g2" 1 "$(rows lbctl -n g2 service show)"
	expect "answer through g3" s3 "$(http_get c3 "$VIP_URL")"
	expect "services of a namespace without" 0 "$(in_ns c1 cat \
		/proc/net/nflb/services | tail -n +2 | wc -l)"
	for i in 1 2 3; do
		lbctl -n "g$i" flush
		in_ns "g$i" conntrack -F 2>/dev/null
	done
}

module_uses()
{
	cat /sys/module/nflb/refcnt
}

# remove_gateway NUMBER: as nobody is in there, it goes at once
remove_gateway()
{
	[ ! -e "$T_DIR/anchor-g$1.pid" ] || stop_bg "anchor-g$1" KILL
	ip netns del "g$1"
}

# A namespace is gone when its end of the cable is
has_no_cable()
{
	! ip -n "$1" link show eth0 2>/dev/null
}

# configure_loaded ROUND: services of UDP without a server, hashed, once and, as
# it cannot be express, maybe floating, beside http, which is flooded all the time
# in each second round
configure_loaded()
{
	local udp='"protocol": "udp", "frontend": "web-ip", "pool": "web"'
	local floating=true

	[ "$WAY" != express ] || floating=false
	WEB_PORTS="\"port\": 80, \"backend_port\": 8080,
		\"syn_proxy\": $(($1 % 2))" MORE_SERVICES="
		{\"name\": \"hashed\", \"port\": 82, $udp,
		\"udp_mode\": \"hashed\"},
		{\"name\": \"once\", \"port\": 84, $udp,
		\"udp_mode\": \"one-packet\"},
		{\"name\": \"floating\", \"port\": 86, $udp,
		\"floating\": $floating}," configure 1
}

case_removed_under_load()
{
	local i uses

	uses=$(module_uses)
	for ((i = 0; i < REMOVALS; i++)); do
		[ "$i" = 0 ] || gateway 1
		configure_loaded "$i"
		send_datagrams c1 "datagrams$i" 82 84 86
		start_bg c1 "wrk$i" wrk -t 1 -c 8 -d 600 --timeout 1 \
			-H 'Connection: close' "$VIP_URL/"
		wait_for 10 has_flows g1 20
		remove_gateway 1
		wait_for 20 has_no_cable c1
		stop_bg "datagrams$i"
		stop_bg "wrk$i" INT
		grep 'requests in' "$T_DIR/wrk$i.log"
	done
	expect "uses of the module" "$uses" "$(module_uses)"
	gateway 1
}

# has_flows NAMESPACE N: each service has had N; without a process that stays in
# there
has_flows()
{
	in_ns "$1" awk -v n="$2" '
		NR == 1 { for (i = 1; i <= NF; i++) at[$i] = i; next }
		$at["new_flows"] < n { few++ }
		END { exit NR < 2 || few }' /proc/net/nflb/services
}

# as_nobody COMMAND...
as_nobody()
{
	setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all "$@"
}

# as_nobody_in NAMESPACE COMMAND...
as_nobody_in()
{
	in_ns "$1" setpriv --reuid=65534 --regid=65534 --clear-groups \
		--inh-caps=-all "${@:2}"
}

case_read_only()
{
	local generation

	configure 2
	generation=$(stat_of generation g2)
	as_nobody_in g2 bash -c '
		lbctl show && lbctl export && lbctl stats &&
			lbctl snat plan backends 1 &&
			cat /proc/net/nflb/{services,backends,stats}' \
		>"$T_DIR/shown"
	grep -q "web-ip *$VIP" "$T_DIR/shown"
	grep -q '"name": "http"' "$T_DIR/shown"
	refuses_nobody frontend add a 10.9.9.9
	refuses_nobody service del http
	refuses_nobody backend drain web b2
	refuses_nobody health set web b2 p up
	refuses_nobody flush
	refuses_nobody conns
	refuses_nobody snat flows
	refuses_nobody explain tcp "$(endpoint "$CLIENT" 1)" \
		"$(endpoint "$VIP" 80)"
	expect "generation" "$generation" "$(stat_of generation g2)"
}

# refuses_nobody WORD...: with the right sentence
refuses_nobody()
{
	local status=0

	as_nobody_in g2 lbctl "$@" 2>"$T_DIR/said" || status=$?
	expect "status of '$*'" 1 "$status"
	grep 'not permitted, this needs CAP_NET_ADMIN' "$T_DIR/said" ||
		fail "'$*' says: $(cat "$T_DIR/said")"
}

# Root of a user namespace is master of the namespaces that it makes
case_unprivileged()
{
	local uses

	uses=$(module_uses)
	web_doc 1 >"$T_DIR/web.json"
	chmod 755 "$T_DIR"
	# shellcheck disable=SC2016 # expands in there
	as_nobody unshare -Urn bash -e -c '
		ip link set lo up
		lbctl apply "$1"
		lbctl frontend add mine 10.9.9.9
		lbctl explain "$2" "$3" "$4"
		[ "$(lbctl frontend show | grep -c .)" = 3 ]
		! lbctl pool del web || exit 9
		lbctl backend del web b1 now' unprivileged "$T_DIR/web.json" \
		tcp "$(endpoint "$CLIENT" 1)" "$(endpoint "$VIP" 80)"
	chmod 700 "$T_DIR"
	expect "services out here" 0 "$(lbctl frontend show | grep -c mine || true)"
	wait_for 10 is_used "$uses"

	# ... and of no others
	as_nobody unshare -Ur bash -c '
		lbctl frontend add theirs 10.9.9.8' 2>"$T_DIR/said" &&
		fail "it may change the namespace that it came from"
	grep 'not permitted, this needs CAP_NET_ADMIN' "$T_DIR/said"
}

is_used()
{
	[ "$(module_uses)" = "$1" ]
}

for i in 1 2 3; do
	topo_space "c$i" 0
	topo_space "s$i" 0
	gateway "$i"
	start_nginx "s$i"
done
both_families "three gateways do not see one another" case_separate
both_families "removed under load, $REMOVALS times" case_removed_under_load
both_families "without privilege one may look" case_read_only
both_families "root of a user namespace has its own" case_unprivileged
tap_done
