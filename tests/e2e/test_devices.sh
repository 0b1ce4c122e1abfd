#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Which devices the fast path is on: by itself, none, or those that are named,
# whatever becomes of devices and names.
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 (nginx, echo at port 9000)
# limit: 900
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # it counts slow packets

ROUNDS=3

# configure [DEVICES]: a service, and these devices
configure()
{
	begin_anew
	WEB_PORTS='"port": 9000' MORE_SERVICES='
		{"name": "www", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 80, "backend_port": 8080},' \
		apply_web 1
	[ $# = 0 ] || lb fastpath set devices "$1"
}

# is_fast_from CLIENT: a connection of its own is in the fast path
is_fast_from()
{
	talk_open fast "$1" "$VIP" 9000
	wait_for 10 carries fast
	talk_close fast
	in_ns gw conntrack -F 2>/dev/null
}

# is_slow_from CLIENT
is_slow_from()
{
	in_ns gw conntrack -F 2>/dev/null
	talk_open slow "$1" "$VIP" 9000
	goes_slow slow
	expect "directions" 0 "$(stat_of fast_directions)"
	talk_close slow
}

# has_devices N: at once
has_devices()
{
	expect "devices" "$1" "$(stat_of fast_devices)"
}

# is_reset NAME CLIENT: it is, and conntrack takes that for what it is
is_reset()
{
	in_ns "$2" ss -K "dport = :9000" >/dev/null
	wait_for 8 is_counter http active 0
	talk_close "$1"
}

# much: more than a window
much()
{
	head -c 100000 /dev/zero | tr '\0' "$1"
}

case_list()
{
	configure cl1,back
	has_devices 2
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	expect "directions" 2 "$(stat_of fast_directions)"
	talk_close one
	is_slow_from cl2
	has_devices 2

	# One more, and one less
	lb fastpath set devices back,cl2,cl1
	has_devices 3
	is_fast_from cl2
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	lb fastpath set devices back,cl2
	has_devices 2
	goes_slow one
	talk_close one
	is_fast_from cl2
}

# Conntrack must not see half of a connection.
case_one_side()
{
	configure cl1
	has_devices 1
	talk_open one cl1 "$VIP" 9000
	goes_slow one
	talk_say one "$(much x)"
	is_reset one cl1
}

case_none()
{
	configure
	is_fast_from cl1
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	talk_say one "$(much x)"
	lb fastpath set devices none
	has_devices 0
	expect "directions" 0 "$(stat_of fast_directions)"
	goes_slow one
	talk_say one "$(much y)"

	lb fastpath set devices auto
	has_devices 0
	wait_for 10 carries one
	has_devices 2
	expect "directions" 2 "$(stat_of fast_directions)"

	lb fastpath set devices none
	goes_slow one
	lb fastpath set devices cl1,back
	wait_for 10 carries one
	talk_close one
	wait_for 10 is_counter http active 0
	in_ns gw conntrack -L -p tcp -s "$CLIENT" 2>/dev/null |
		grep -qE 'TIME_WAIT|CLOSE'
}

# The very first packet after the commit
case_reset()
{
	configure
	is_fast_from cl1
	wait_for 10 is_counter http active 0
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	talk_say one "$(much x)"
	lb fastpath set devices none
	is_reset one cl1
}

# connect_client NAME: its device in the gateway is there, perhaps anew
connect_client()
{
	ip -n gw -batch - <<-END
		link set $1 up
		addr replace 198.51.100.1/24 dev $1
		addr replace 2001:db8:c1::1/64 dev $1 nodad
	END
}

case_appears()
{
	configure cl1,back,later
	has_devices 2
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	ip -n gw link del cl1
	has_devices 1
	talk_close one
	topo_host cl1 gw 198.51.100 2001:db8:c1 2
	has_devices 2
	connect_client cl1
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	talk_close one
	ip -n gw link add later type dummy
	has_devices 3
	ip -n gw link del later
	has_devices 2
}

# rename FROM TO: of the gateway's device to cl1
rename()
{
	ip -n gw link set "$1" down
	ip -n gw link set "$1" name "$2"
	connect_client "$2"
}

case_renamed()
{
	configure cl1,back,other
	rename cl1 cl9
	has_devices 1
	is_slow_from cl1
	rename cl9 other
	has_devices 2
	is_fast_from cl1
	# Another may have the name now.
	ip -n gw link add cl1 type dummy
	has_devices 3
	ip -n gw link del cl1
	rename other cl1
	has_devices 2
	is_fast_from cl1
}

# A second name is no name.
case_altname()
{
	configure
	ip -n gw link property add dev cl1 altname long-other-name ||
		skip "no second names"
	lb fastpath set devices long-other-name,back
	ip -n gw link property del dev cl1 altname long-other-name
	has_devices 1
}

# move DEVICE FROM TO
move()
{
	ip -n "$2" link set "$1" netns "$3"
}

case_moved()
{
	local devices

	for devices in cl1,back auto; do
		configure "$devices"
		is_fast_from cl1
		has_devices 2
		talk_open one cl1 "$VIP" 9000
		move cl1 gw sw
		has_devices 1
		move cl1 sw gw
		[ "$devices" = auto ] || has_devices 2
		connect_client cl1
		wait_for 20 carries one
		has_devices 2
		talk_close one
	done
}

# Client cl1 comes by a VLAN, and has other addresses there.
vlan_up()
{
	ip -n gw link add link cl1 name cl1.7 type vlan id 7 ||
		skip "no VLANs in this kernel"
	ip -n cl1 link add link eth0 name eth0.7 type vlan id 7
	ip -n gw -batch - <<-END
		link set cl1.7 up
		addr add 198.51.101.1/24 dev cl1.7
		addr add 2001:db8:c7::1/64 dev cl1.7 nodad
	END
	ip -n cl1 -batch - <<-END
		link set eth0.7 up
		addr add 198.51.101.2/24 dev eth0.7
		addr add 2001:db8:c7::2/64 dev eth0.7 nodad
		route add $VIP4 via 198.51.101.1
		route add $VIP6 via 2001:db8:c7::1
	END
}

vlan_down()
{
	ip -n cl1 link del eth0.7
	ip -n gw link del cl1.7
}

case_vlan()
{
	vlan_up
	configure
	is_fast_from cl1
	has_devices 2
	lb fastpath set devices cl1,back
	is_slow_from cl1
	lb fastpath set devices cl1.7,back
	is_fast_from cl1
	vlan_down
	has_devices 1
}

# master_up NAME TYPE...: cl1 becomes a port of it
master_up()
{
	ip -n gw link add "$1" type "${@:2}" || skip "no $2 in this kernel"
	ip -n gw -batch - <<-END
		link set cl1 down
		addr flush dev cl1
		link set cl1 master $1
		link set cl1 up
	END
	connect_client "$1"
}

master_down()
{
	ip -n gw link del "$1"
	connect_client cl1
}

# case_master NAME TYPE...
case_master()
{
	master_up "$@"
	configure
	is_fast_from cl1
	has_devices 2
	lb fastpath set devices "$1,back"
	is_fast_from cl1
	lb fastpath set devices cl1,back
	is_slow_from cl1
	master_down "$1"
	is_fast_from cl1
}

case_unpublished()
{
	local generation

	configure
	is_fast_from cl1
	talk_open one cl1 "$VIP" 9000
	wait_for 10 carries one
	generation=$(stat_of generation)
	genl_start gw
	genl_expect 0 a txn-begin
	genl_expect 0 a fastpath-set "devices#1"
	wait_for 10 carries one
	genl_expect 0 a txn-abort
	wait_for 10 carries one

	genl_expect 0 a txn-begin
	genl_expect 0 a fastpath-set "devices#2" device=cl2
	genl_expect "EEXIST name pool web exists already" a pool-new name=web
	genl_expect "ECANCELED - a change of this transaction was refused" \
		a txn-commit
	wait_for 10 carries one
	has_devices 2
	expect "generation" "$generation" "$(stat_of generation)"

	genl_expect 0 a txn-begin
	genl_expect 0 a fastpath-set "devices#2" device=cl2
	genl_expect 0 a fastpath-set "devices#1"
	genl_expect "0 1#$((generation + 1)) 2#2" a txn-commit
	has_devices 0
	goes_slow one
	talk_close one
}

# Without services there is nothing to do for the hook.
case_idle()
{
	configure cl1,back
	lb export >"$T_DIR/list.json"
	lb service del http
	lb service del www
	in_ns gw conntrack -F 2>/dev/null
	wait_for 10 is_stat fast_devices 0
	lb fastpath set devices back
	has_devices 0
	lb apply "$T_DIR/list.json"
	has_devices 2
	lb flush
	wait_for 10 is_stat fast_devices 0
}

# devices_shown WANTED: by all that shows them, and a document keeps them
devices_shown()
{
	local json

	expect "fastpath show" "$1" "$(lb fastpath show | tail -n 1)"
	expect "show" "$1" "$(lb show | tail -n 1)"
	case $1 in
	*,*) json="[\"${1//,/\",\"}\"]" ;;
	*) json="\"$1\"" ;;
	esac
	expect "-j fastpath show" "$json" \
		"$(lb -j fastpath show | jq -c .fastpath.devices)"
	expect "-j show" "$json" "$(lb -j show | jq -c .fastpath.devices)"
	[ "$1" != auto ] || json=null
	expect "export" "$json" "$(lb export | jq -c .fastpath.devices)"
	lb export >"$T_DIR/same.json"
	expect "diff" "" "$(lb diff "$T_DIR/same.json")"
}

case_documents()
{
	local generation

	configure
	devices_shown auto
	lb export >"$T_DIR/auto.json"
	lb fastpath set devices none
	devices_shown none
	lb fastpath set devices cl2,back
	devices_shown back,cl2
	expect "difference" "~ fastpath devices back,cl2 -> auto" \
		"$(lb diff "$T_DIR/auto.json" || true)"
	lb export >"$T_DIR/list.json"
	lb apply "$T_DIR/auto.json"
	devices_shown auto
	lb apply "$T_DIR/list.json" | grep '0 added, 1 changed, 0 removed'
	devices_shown back,cl2
	generation=$(stat_of generation)
	lb apply "$T_DIR/list.json"
	expect "generation" "$generation" "$(stat_of generation)"
	lb flush
	devices_shown auto
}

# With its generation and its commit
case_monitor()
{
	local generation

	configure
	start_bg gw text lbctl monitor
	start_bg gw json lbctl -j monitor
	wait_for 10 are_told
	generation=$(stat_of generation)
	lb fastpath set devices cl1,back
	lb fastpath set devices cl1,back
	lb flush
	wait_for 10 grep -q "^generation $((generation + 3)): commit" \
		"$T_DIR/text.log"
	wait_for 10 grep -q "generation\": $((generation + 3)), \"changes" \
		"$T_DIR/json.log"
	stop_bg text
	stop_bg json
	cat "$T_DIR/text.log"
	expect "events" "set fastpath devices back,cl1
set fastpath devices auto" "$(awk -v told="$generation" '
		/: set fastpath/ && $2 + 0 > told { sub(/.*: /, ""); print }
		' "$T_DIR/text.log")"
	expect "event" '["back","cl1"]' "$(jq -c "select(.object == \"fastpath\"
		and .generation == $((generation + 1))) | .devices" \
		"$T_DIR/json.log")"
}

are_told()
{
	lb fastpath set devices none
	lb fastpath set devices auto
	grep -q none "$T_DIR/text.log" && grep -q none "$T_DIR/json.log"
}

case_under_traffic()
{
	local devices i

	configure
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((5 * SLOW)) \
		"$VIP_URL/"
	start_bg cl2 wrk2 wrk -t 1 -c 8 -d 600 --timeout $((5 * SLOW)) \
		-H 'Connection: close' "$VIP_URL/"
	wait_for 10 is_stat fast_devices 3
	for ((i = 0; i < ROUNDS; i++)); do
		for devices in none cl1,back auto cl2,back,later; do
			lb fastpath set devices "$devices"
			ip -n gw link add later type dummy
			ip -n gw link set later name later2
			ip -n gw link del later2
		done
	done
	lb fastpath set devices auto
	wait_for 10 is_stat fast_devices 3
	stop_bg wrk INT
	stop_bg wrk2 INT
	tail -n 5 "$T_DIR/wrk.log" "$T_DIR/wrk2.log"
	grep -q 'requests in' "$T_DIR/wrk.log"
	! grep 'Socket errors' "$T_DIR/wrk.log" "$T_DIR/wrk2.log" ||
		fail "connections have failed"
}

# A namespace ends, and with it what its devices have.
case_namespace_ends()
{
	topo_space extra 1
	ip -n extra link add one type veth peer name two netns cl2
	web_doc 1 | lbctl -n extra apply -
	lbctl -n extra fastpath set devices one,lo,three
	expect "devices" 2 "$(in_ns extra awk '/fast_devices/ { print $2 }' \
		/proc/net/nflb/stats)"
	ip netns del extra
	wait_for 20 in_ns cl2 test ! -e /sys/class/net/two
}

topo_up 1
start_nginx b1
start_talkers b1
both_families "devices by name" case_list
both_families "one of two sides by name" case_one_side
both_families "no device, and back" case_none
both_families "a reset right after the commit" case_reset
both_families "a device appears" case_appears
both_families "a device is renamed" case_renamed
both_families "a second name is no name" case_altname
both_families "a device moves to another namespace and back" case_moved
both_families "a VLAN" case_vlan
both_families "a bridge" case_master br7 bridge forward_delay 0 mcast_snooping 0
both_families "a bond" case_master bond7 bond mode active-backup miimon 100
both_families "what is not published changes nothing" case_unpublished
both_families "without services no device has it" case_idle
both_families "changes under traffic" case_under_traffic
use_family 4
tap_run "documents" case_documents
tap_run "events" case_monitor
tap_run "a namespace ends" case_namespace_ends
tap_done
