#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Inbound NAT: one port to one backend, and a range over a pool, in which who
# has a port keeps it, whoever comes and goes.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (talkers, servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
. "$here/lib/traffic.sh"

# nat_doc BACKEND...: the document of nat ssh over pool web, without a mapping
nat_doc()
{
	cat <<-END
	{ "frontends": [{"name": "web-ip", "address": "$VIP"}],
	  "probes": [{"name": "p", "type": "tcp", "initial": "up"}],
	  "pools": [{"name": "web", "slots": 251,
		     "backends": [$(backends_json "$@")]}],
	  "nats": [{"name": "ssh", "frontend": "web-ip", "protocol": "tcp",
		    "port": "50000-50002", "pool": "web",
		    "backend_port": 9000, "quarantine_ms": $((3000 * SLOW))}] }
	END
}

# mapping [NAT]: a word BACKEND:PORT:STATE for each that nat ssh has, or another
mapping()
{
	lb nat show "${1-ssh}" | awk '
		$1 == "NAT" { is_mapping = 1; next }
		is_mapping { printf "%s%s:%s:%s", n++ ? " " : "", $2, $4, $5 }'
}

# is_mapping WORD...
is_mapping()
{
	[ "$(mapping)" = "$*" ]
}

# expect_refused PORT: at once, not after a time
expect_refused()
{
	local address=$VIP

	[ "$FAMILY" = 4 ] || address="[$VIP]"
	in_ns cl1 socat - "TCP:$address:$1" 2>"$T_DIR/refused" </dev/null &&
		fail "port $1 is open"
	grep -q "Connection refused" "$T_DIR/refused" ||
		fail "port $1: $(<"$T_DIR/refused")"
}

# expect_peer PORT BACKEND: who answers there
expect_peer()
{
	talk_open "to$1" cl1 "$VIP" "$1"
	expect "who is at port $1" "$2" "$(talk_peer "to$1")"
	talk_close "to$1"
}

has_event()
{
	grep -qE "^generation [0-9]+: $1\$" "$T_DIR/monitor.log"
}

case_range()
{
	begin_anew
	nat_doc 1 2 | lb apply -
	expect "mapping" "b1:50000:up b2:50001:up" "$(mapping)"
	talk_open one cl1 "$VIP" 50000
	talk_open two cl1 "$VIP" 50001
	expect "who is at port 50000" b1 "$(talk_peer one)"
	expect "who is at port 50001" b2 "$(talk_peer two)"
	expect_refused 50002
	expect "rejects" 1 "$(counter_of ssh reject_no_backend)"
	lb explain tcp "$(endpoint "$CLIENT" 40000)" \
		"$(endpoint "$VIP" 50001)" >"$T_DIR/explain"
	grep -q "^service *ssh" "$T_DIR/explain"
	grep -q "^backend *b2 " "$T_DIR/explain"
}

# Open connections stay, and so do those who have a port
case_grows_and_shrinks()
{
	lb backend add web b3 "$(backend_addr 3)"
	lb backend add web b4 "$(backend_addr 4)"
	expect "mapping" "b1:50000:up b2:50001:up b3:50002:up b4:-:no-port" \
		"$(mapping)"
	expect "backends without a port" 1 "$(counter_of ssh no_port)"
	wait_for 10 has_event "add mapping ssh b4 port none"
	lb backend del web b1
	expect "mapping" \
		"b4:-:no-port b2:50001:up b3:50002:up b1:50000:quarantine" \
		"$(mapping)"
	expect_refused 50000
	talk_say one hello
	lb backend add web b1 "$(backend_addr 1)"
	expect "mapping" "b4:-:no-port b2:50001:up b3:50002:up b1:50000:up" \
		"$(mapping)"
	expect_peer 50000 b1
	lb backend del web b1
	wait_for 20 is_mapping b4:50000:up b2:50001:up b3:50002:up
	wait_for 10 has_event "set mapping ssh b4 port 50000"
	expect_peer 50000 b4
	talk_say one still
	talk_say two still
}

case_down()
{
	lb backend set web b2 admin down
	expect_refused 50001
	talk_say two there
	expect "mapping" "b4:50000:up b2:50001:down b3:50002:up" "$(mapping)"
	lb backend set web b2 admin none
	expect_peer 50001 b2
}

# What a probe says goes for the ports of nats that have it
case_probe()
{
	lb nat set ssh probe p
	report down b3
	expect_refused 50002
	expect "mapping" "b4:50000:up b2:50001:up b3:50002:down" "$(mapping)"
	expect_peer 50001 b2
	report up b3
	expect_peer 50002 b3
	report down b3
	lb nat set ssh probe none
	expect_peer 50002 b3
}

# n_answers PORT BACKEND: of three new flows of datagrams
n_answers()
{
	ask cl1 udp "$1" flows 3 | grep -c "^$2 $CLIENT [0-9]* 7000$" || true
}

case_udp()
{
	lb nat add dns frontend web-ip protocol udp port 50000-50003 pool web \
		backend-port 7000
	expect "mapping" "b4:50000:up b2:50001:up b3:50002:up" "$(mapping dns)"
	expect "answers at port 50000" 3 "$(n_answers 50000 b4)"
	expect "answers at port 50001" 3 "$(n_answers 50001 b2)"
	expect "answers at port 50002" 3 "$(n_answers 50002 b3)"
	# A datagram is refused, too.
	expect "port 50003" "error ECONNREFUSED" "$(ask cl1 udp 50003)"
	expect "flows" 9 "$(counter_of dns new_flows)"
	expect "rejects" 1 "$(counter_of dns reject_no_backend)"
	lb nat del dns
}

# Both ends of an idle connection learn that its time is over
case_idle()
{
	local start

	wait_for 10 is_counter ssh active 0
	lb nat set ssh idle-timeout $((2 * SLOW))s tcp-reset on
	capture cl1 eth0 client -s 128 tcp
	capture b2 eth0 server -s 128 tcp
	talk_open idle cl1 "$VIP" 50001
	talk_say idle word
	now_ms && start=$REPLY
	wait_for 15 is_reset idle
	now_ms
	expect_between "time" $((2000 * SLOW - 200)) $((10000 * SLOW)) \
		$((REPLY - start))
	wait_for 5 has_open b2 9000 0
	stop_capture client
	stop_capture server
	expect "resets to the client" "1 exact" "$(resets client 50001 to)"
	expect "resets to the server" "1 exact" "$(resets server 9000 from)"
	expect "counted" 1 "$(counter_of ssh idle_resets)"
}

case_export()
{
	lb export >"$T_DIR/export"
	nat_doc 2 3 4 | lb diff -
	lb diff "$T_DIR/export"
	lb flush
	lb apply "$T_DIR/export"
	is_mapping b2:50001:up b3:50002:up b4:50000:up || fail "$(mapping)"
	lb diff "$T_DIR/export"
	talk_say two again
	talk_close one
	talk_close two
}

case_one_backend()
{
	lb nat add admin frontend web-ip protocol tcp port 2222 pool web \
		backend b3 backend-port 9000
	expect_peer 2222 b3
	lb nat set admin backend b4
	expect_peer 2222 b4
	expect_refusal 1 "lbctl: nat admin needs backend b4, which pool web has not" \
		lb backend del web b4
	lb nat del admin
	lb backend del web b4
}

topo_up 4
start_talkers b1 b2 b3 b4
serve b1 b2 b3 b4 -- udp/7000
start_bg gw monitor lbctl monitor
both=("a range has a port for each backend" case_range
	"who comes and goes moves nobody" case_grows_and_shrinks
	"a backend that is down refuses at once" case_down
	"and what a probe says of it counts" case_probe
	"a range for datagrams" case_udp
	"the mapping survives in a document" case_export
	"one port to one backend" case_one_backend
	"idle connections are reset" case_idle)
for family in 4 6; do
	use_family $family
	: >"$T_DIR/monitor.log"
	for ((i = 0; i < ${#both[@]}; i += 2)); do
		tap_run "${both[i]}, IPv$family" "${both[i + 1]}"
	done
done
tap_done
