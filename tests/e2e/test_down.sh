#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What a new flow gets when no backend of its service's pool is eligible:
# nothing, a refusal, a backend all the same, or one of another pool.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (nginx, talkers, servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

REQUESTS=12
# setup: services on pool web, of b1 and b2, that probe p gates: http, of TCP,
# udp, and talk, a conversation. Pool spare has b3.
setup()
{
	local gated='"frontend": "web-ip", "pool": "web", "probe": "p"'

	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_POOLS="{\"name\": \"spare\", \"scheduler\": \"rr\",
		\"backends\": [$(backends_json 3)]}," \
		MORE_SERVICES="
		{\"name\": \"udp\", \"protocol\": \"udp\", \"port\": 82,
		\"backend_port\": 7000, $gated},
		{\"name\": \"talk\", \"protocol\": \"tcp\", \"port\": 9000,
		\"backend_port\": 9000, $gated}," \
		SCHEDULER=rr apply_web 1 2
	lb service set http probe p
}

# all_services KEYWORD VALUE...
all_services()
{
	local name

	for name in http udp talk; do
		lb service set "$name" "$@"
	done
}

# is_peer BACKEND
is_peer()
{
	[ "$(peer)" = "$1" ]
}

# curl_status [NAMESPACE]: how a request ends
curl_status()
{
	local status=0

	in_ns "${1-cl1}" curl -s -o /dev/null --max-time "$SLOW" "$VIP_URL/" ||
		status=$?
	echo "$status"
}

# explained WORD: what explain says of it, as JSON
explained()
{
	lb -j explain tcp "$(end_of "$CLIENT")" "$(end_of "$VIP" 80)" |
		grep -o "\"$1\": \"[^\"]*\"" | cut -d '"' -f 4
}

# end_of ADDRESS [PORT]
end_of()
{
	case $1 in
	*:*) echo "[$1]:${2-40000}" ;;
	*) echo "$1:${2-40000}" ;;
	esac
}

# Curl's 28: nothing came in time. 7: refused.
case_drop()
{
	local before

	setup
	report down b1 b2
	before=$(stat_of drop_no_backend)
	expect "status" 28 "$(curl_status)"
	[ "$(stat_of drop_no_backend)" -gt "$before" ]
	expect "rejected" 0 "$(counter_of http reject_no_backend)"
	expect "all-down" drop "$(explained all_down)"
	expect "datagram" error "$(peer)"
}

case_reject()
{
	setup
	all_services all-down reject
	report down b1 b2
	capture cl1 eth0 reject "icmp or icmp6 or tcp"
	expect "status" 7 "$(curl_status)"
	expect "datagram" "error ECONNREFUSED" "$(ask cl1 udp 82)"
	wait_for 10 is_counter http reject_no_backend 1
	wait_for 10 is_counter udp reject_no_backend 1
	expect "all-down" reject "$(explained all_down)"
	expect "verdict" no-backend "$(explained verdict)"
	expect "entries" 0 "$(stat_of flows)"
	stop_capture reject
	[ "$(captured reject "tcp[tcpflags] & tcp-rst != 0 or
		(ip6 proto 6 and ip6[53] & 4 != 0)" | wc -l)" = 1 ] ||
		fail "$(captured reject)"
	report up b2
	expect "who answers" b2 "$(who 80)"
}

# The gateway's own clients are told as well
case_reject_local()
{
	setup
	all_services all-down reject
	report down b1 b2
	expect "status" 7 "$(curl_status gw)"
	expect "rejected" 1 "$(counter_of http reject_no_backend)"
}

# tunnel_end NAMESPACE HOST VXLAN-OPTION...: of one between gw, host 1, and cl1,
# host 2; nobody has to be asked for hardware addresses
tunnel_end()
{
	local peer=$((3 - $2))

	ip -n "$1" -batch - <<-END
		link add tunnel address 02:00:00:00:00:0$2 type vxlan dstport 4789 ${*:3}
		link set tunnel up
		addr add 10.99.0.$2/24 dev tunnel
		addr add fd99::$2/64 dev tunnel nodad
		neigh add 10.99.0.$peer lladdr 02:00:00:00:00:0$peer dev tunnel
		neigh add fd99::$peer lladdr 02:00:00:00:00:0$peer dev tunnel
	END
}

# make_tunnel: gw's end is one whose routes say where it leads
make_tunnel()
{
	local to_client="encap ip id 7 dst $CLIENT4 dev tunnel"

	tunnel_end gw 1 external
	tunnel_end cl1 2 id 7 remote 198.51.100.1
	ip -n gw -batch - <<-END
		route add 10.99.0.2 $to_client
		route add fd99::2 $to_client
	END
}

# The packets have, where others have a route or none, what the tunnel said
case_reject_tunnel()
{
	local gateway=10.99.0.1

	[ "$FAMILY" = 4 ] || gateway=fd99::1
	setup
	all_services all-down reject
	report down b1 b2
	ip -n cl1 route add "$VIP" via "$gateway"
	expect "status" 7 "$(curl_status)"
	expect "datagram" "error ECONNREFUSED" "$(ask cl1 udp 82)"
	wait_for 10 is_counter http reject_no_backend 1
	ip -n cl1 route del "$VIP"
}

case_all()
{
	setup
	all_services all-down all
	report down b1
	expect "one is eligible" b2 "$(who 80)"
	report down b2
	expect "none is" "b1 b2" "$(who 80)"
	expect "fallback" all "$(explained fallback)"
	[ "$(counter_of http all_down_picks)" -ge "$REQUESTS" ]
	lb backend set web b1 admin down
	expect "the administrator says no" b2 "$(who 80)"
	lb backend set web b1 admin none
	lb backend drain web b2
	expect "one drains" b1 "$(who 80)"
	lb backend set web b1 weight 0
	expect "status" 28 "$(curl_status)"
}

# A flow without a connection stays with who is down while all are
case_all_udp()
{
	local one other

	setup
	all_services all-down all
	one=$(peer)
	other=b1
	[ "$one" != b1 ] || other=b2
	report down b1 b2
	pause 0.5
	one=$(peer)
	expect "the same again" "$one" "$(peer)"
	other=b1
	[ "$one" != b1 ] || other=b2
	report up "$other"
	wait_for 10 is_peer "$other"
}

case_backup()
{
	setup
	all_services backup spare
	expect "who answers" "b1 b2" "$(who 80)"
	talk_open one cl1 "$VIP" 9000
	report down b1 b2
	expect "who answers" b3 "$(who 80)"
	expect "fallback" backup "$(explained fallback)"
	expect "pool" spare "$(explained pool)"
	[ "$(counter_of http backup_picks)" -ge "$REQUESTS" ]
	[ "$(lb backend show spare b3 | awk 'NR == 2 { print $NF }')" -ge \
		"$REQUESTS" ]
	talk_say one still-here
	talk_open two cl1 "$VIP" 9000
	expect "peer" b3 "$(talk_peer two)"
	report up b1
	expect "who answers" b1 "$(who 80)"
	talk_say two and-me
	talk_say one and-still
	talk_close one
	talk_close two
}

case_backup_udp()
{
	setup
	all_services backup spare
	report down b1 b2
	wait_for 10 is_peer b3
	expect "the same again" b3 "$(peer)"
	expect "its flows" 1 "$(lb conns backend spare/b3 | grep -c udp)"
	report up b2
	wait_for 10 is_peer b2
	wait_for 10 is_counter udp active 1
}

# One after the other, and back again
case_backups()
{
	setup
	lb pool add last
	lb backend add last b4 "$(backend_addr 4)"
	all_services backup spare,last
	report down b1 b2
	expect "who answers" b3 "$(who 80)"
	lb health set spare b3 p down
	expect "who answers" b4 "$(who 80)"
	expect "pool" last "$(explained pool)"
	wait_for 10 is_peer b4
	expect_refusal 1 "lbctl: service http uses pool last" \
		lb pool del last
	lb export >"$T_DIR/doc"
	grep -q '"backup": \["spare", "last"\]' "$T_DIR/doc"
	lb diff "$T_DIR/doc"
	lb health set spare b3 p up
	expect "who answers" b3 "$(who 80)"
	wait_for 10 is_peer b3
	all_services backup last,spare
	expect "who answers" b4 "$(who 80)"
	! lb diff "$T_DIR/doc" || fail "no difference"
	lb backend set last b4 max-flows 1
	talk_open one cl1 "$VIP" 9000
	expect "peer" b4 "$(talk_peer one)"
	expect "who answers, b4 is full" b3 "$(who 80)"
	talk_close one
	report up b1
	expect "who answers" b1 "$(who 80)"
	wait_for 10 is_peer b1
}

# The probe gates the backup pool, too; then the service's word counts
case_backup_down()
{
	setup
	all_services backup spare all-down reject
	report down b1 b2
	lb health set spare b3 p down
	expect "status" 7 "$(curl_status)"
	lb backend set spare b3 admin up
	expect "who answers" b3 "$(who 80)"
	lb backend set spare b3 admin none
	all_services all-down all
	expect "who answers" "b1 b2" "$(who 80)"
}

# What the other pool would have chosen is nobody's choice. It has more backends
# than the service's own pool, so a place in it may be beyond that one's end.
case_backup_explained()
{
	local name i

	setup
	lb backend del web b2 now
	lb pool set web scheduler maglev
	lb pool set spare scheduler maglev
	for i in 1 2 4 5 6 7 8; do
		lb backend add spare "b$i" "$(backend_addr "$i")"
	done
	all_services backup spare
	report down b1
	for i in 1 2 3 4 5 6 7 8; do
		lb health set spare "b$i" p down
	done
	expect "verdict" no-backend "$(explained verdict)"
	expect "first choice" b1 "$(explained first_choice)"
}

case_in_use()
{
	setup
	all_services backup spare
	expect_refusal 1 "lbctl: service http uses pool spare" \
		lb pool del spare
	lb export >"$T_DIR/doc"
	grep -q '"backup": \["spare"\]' "$T_DIR/doc"
	lb diff "$T_DIR/doc"
	lb apply "$T_DIR/doc"
	all_services backup none
	lb pool del spare
	! lb diff "$T_DIR/doc" || fail "no difference"
	lb apply "$T_DIR/doc"
	report down b1 b2
	expect "who answers" b3 "$(who 80)"
	# Where the pools change places
	all_services pool spare backup web
	report up b1
	expect "who answers" b3 "$(who 80)"
}

topo_up 4
ip -n gw route add default via 198.51.100.2
ip -n gw route add default via 2001:db8:c1::2
make_tunnel
start_nginx b1 b2 b3 b4
start_talkers b1 b2 b3 b4
serve b1 b2 b3 b4 -- udp/7000
both_families "without a word, nothing" case_drop
both_families "reject: a reset, or port unreachable" case_reject
both_families "reject: the gateway's own client" case_reject_local
both_families "reject: who comes by a tunnel" case_reject_tunnel
both_families "all: whoever is not excluded" case_all
both_families "all: flows of UDP stay until one is eligible" case_all_udp
both_families "backup: the other pool, as long as needed" case_backup
both_families "backup: flows of UDP come back" case_backup_udp
both_families "backups: one after the other" case_backups
both_families "backup: if it cannot serve either" case_backup_down
both_families "backup: what would have been chosen" case_backup_explained
both_families "a backup pool is in use" case_in_use
tap_done
