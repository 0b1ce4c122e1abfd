#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Connections to a backend that goes down, where the service says that they
# end: client and backend are told, idle or busy.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 (nginx, talkers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/cut.sh"

REQUESTS=12

# probed NAME PORT BACKEND-PORT: a service as JSON
probed()
{
	printf '{"name": "%s", "frontend": "web-ip", "protocol": "tcp",
		"port": %s, "backend_port": %s, "pool": "web", "probe": "p",
		"on_down": "reset"}' "$1" "$2" "$3"
}

# setup: talk, port 9000, and http reset connections of who is down; free, port
# 9001, does not
setup()
{
	begin_anew
	MORE_PROBES='{"name": "p", "type": "tcp", "initial": "up"}' \
		MORE_SERVICES="$(probed talk 9000 9000),
		{\"name\": \"free\", \"frontend\": \"web-ip\",
		\"protocol\": \"tcp\", \"port\": 9001, \"backend_port\": 9000,
		\"pool\": \"web\", \"probe\": \"p\"}," \
		SCHEDULER=rr apply_web 1 2 3
	lb service set http probe p on-down reset
}

# open NAME PORT BACKEND: a conversation with that backend
open()
{
	for _ in 1 2 3; do
		talk_open "$1" cl1 "$VIP" "$2"
		[ "$(talk_peer "$1")" != "$3" ] || return 0
		talk_close "$1"
	done
	fail "no flow to $3"
}

case_idle()
{
	setup
	open one 9000 b1
	open two 9000 b2
	open three 9001 b1
	talk_say one word
	report down b1
	wait_for 5 is_reset one
	wait_for 5 has_open b1 9000 1
	talk_say two still-here
	talk_say three me-too
	expect "connections reset" 1 "$(counter_of talk reset_flows)"
	expect "for that cause" 1 "$(counter_of talk down_resets)"
	expect "of the other service" 0 "$(counter_of free reset_flows)"
	wait_for 10 is_counter talk active 1
	report up b1
	talk_say three and-still
	open four 9000 b1
	talk_close two
	talk_close three
	talk_close four
}

case_admin()
{
	setup
	open one 9000 b1
	lb backend drain web b1
	pause 0.5
	talk_say one drains
	lb backend set web b1 drain off weight 0
	pause 0.5
	talk_say one weighs-nothing
	lb backend set web b1 weight 1 admin down
	wait_for 5 is_reset one
	wait_for 5 has_open b1 9000 0
}

# One that drains by its own word gets nothing new, but is not down; neither
# that nor its end is the administrator's drain
case_draining()
{
	setup
	open one 9000 b1
	open two 9000 b2
	report draining b1
	report down b2
	wait_for 5 is_reset two
	talk_say one still-here
	expect "new flows" b3 "$(who 80)"
	expect "state" draining "$(of_backend b1 state)"
	! lb export | grep '"drain"' || fail "it is in the configuration"

	lb backend drain web b1
	report up b1
	expect "new flows" b3 "$(who 80)"
	expect "state" draining "$(of_backend b1 state)"
	lb backend set web b1 drain off
	expect "new flows" "b1 b3" "$(who 80)"

	report draining b1
	lb backend set web b1 weight 5
	expect "state" draining "$(of_backend b1 state)"
	talk_say one still-here
	report down b1
	wait_for 5 is_reset one
}

# Who serves all the same, as none is eligible, keeps what it has
case_fail_open()
{
	setup
	lb service set talk all-down all
	open one 9000 b1
	report down b2
	report down b3
	report down b1
	pause 0.5
	talk_say one still-here
	report up b2
	wait_for 5 is_reset one
}

# The option counts for connections that there are
case_option()
{
	setup
	lb service set talk on-down keep
	open one 9000 b1
	report down b1
	pause 0.5
	talk_say one still-here
	lb service set talk on-down reset
	wait_for 5 is_reset one
	wait_for 5 has_open b1 9000 0
}

# In the middle of a download, fast and slow
case_download()
{
	local n

	setup
	start_download fast
	start_download slow --limit-rate 100k
	start_download other --limit-rate 100k
	expect "connections" 3 "$(counter_of http active)"
	for n in 1 2 3; do
		report down "b$n"
	done
	wait_for 10 is_status fast 56
	wait_for 10 client_has_none
	for n in b1 b2 b3; do
		wait_for 10 has_open "$n" 8080 0
	done
	expect "connections reset" 3 "$(counter_of http reset_flows)"
	wait_for 20 is_stat flows 0
	stop_bg slow
	stop_bg other
}

# client_has_none: no connection of port 80. Programs learn of a reset later, as
# they read first what came before it.
client_has_none()
{
	[ -z "$(in_ns cl1 ss -Htn state established "dport = :80")" ]
}

# Resets that get lost are sent again
case_lost()
{
	local space

	setup
	open one 9000 b1
	for space in cl1 b1; do
		in_ns "$space" nft -f - <<-END
		table inet lose {
			chain input {
				type filter hook input priority 0
				tcp flags rst drop
			}
		}
		END
	done
	report down b1
	pause 0.3
	! is_reset one || fail "reset without a packet"
	for space in cl1 b1; do
		in_ns "$space" nft delete table inet lose
	done
	wait_for 10 is_reset one
	wait_for 10 has_open b1 9000 0
}

# What is known of a connection is not up to date: an end expects less than the
# other one has sent, as that was lost behind the gateway
case_behind()
{
	setup
	open one 9000 b1
	in_ns b1 nft -f - <<-END
	table inet lose {
		chain input {
			type filter hook input priority 0
			tcp dport 9000 tcp flags & (psh | rst) == psh drop
		}
	}
	END
	echo lost >"$T_DIR/one.in"
	pause 0.1
	report down b1
	wait_for 5 has_open b1 9000 0
	wait_for 5 is_reset one
	in_ns b1 nft delete table inet lose
}

# The same ports again while the flow is still being ended
case_reopened()
{
	setup
	open_from 45001 again
	lb backend set web "$(head -n 1 "$T_DIR/again.log")" admin down
	wait_for 5 is_counter talk active 0
	stop_bg again
	open_from 45001 later
	stop_bg later
}

# open_from PORT NAME: a client of talk in the background, who knows its backend
open_from()
{
	start_bg cl1 "$2" socat -u \
		"TCP:$(bracketed "$VIP"):9000,sourceport=$1,reuseaddr" -
	wait_for 15 test -s "$T_DIR/$2.log"
	grep -q '^b' "$T_DIR/$2.log"
}

# bracketed ADDRESS
bracketed()
{
	case $1 in
	*:*) echo "[$1]" ;;
	*) echo "$1" ;;
	esac
}

topo_up 3
start_nginx b1 b2 b3
make_big_files b1 b2 b3
start_talkers b1 b2 b3
both_families "idle, both ends are told" case_idle
both_families "the administrator's word counts, drain does not" case_admin
both_families "who drains by its own word is not down" case_draining
both_families "who serves for want of others keeps it" case_fail_open
both_families "the option takes effect at once" case_option
both_families "in the middle of a download" case_download
both_families "resets that are lost" case_lost
both_families "an end that lacks what was sent" case_behind
both_families "the same ports again" case_reopened
tap_done
