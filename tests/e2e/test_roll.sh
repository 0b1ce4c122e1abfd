#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# lbctl pool roll: servers are restarted one after the other, and no request
# fails.
#
#   cl1 (wrk) --- gw (nflb, agent) --- sw --- b1 b2 b3 (nginx)
# processors: 2
# limit: 900
# once: rolling is of user space
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/cut.sh"
WAY=fast # it is not about packets

# prepare: all three serve, and pass; who answers late for a while goes on to
prepare()
{
	setup http port 8080 path /healthz fall 5
	start_agent agent
	turns "up up up"
	rm -f "$T_DIR/rolled"
}

# Connections to /kept end after some requests, and the last answer says so;
# those to /lasting live on.
write_locations()
{
	local space

	for space in "$@"; do
		mkdir -p "$T_DIR/nginx-$space"
		cat >"$T_DIR/nginx-$space/more-kept.conf" <<-END
		location = /kept {
			keepalive_requests 50;
			return 200 "$space\n";
		}
		location = /lasting {
			keepalive_requests 100000000;
			return 200 "$space\n";
		}
		END
	done
}

# Does in the gateway what the operator wants done to a server.
write_command()
{
	cat >"$T_DIR/command" <<-END
	#!/bin/bash
	dir=$T_DIR/nginx-\$NFLB_BACKEND
	echo "\$NFLB_POOL \$NFLB_BACKEND \$NFLB_ADDRESS" >>$T_DIR/rolled
	read -r pid <\$dir.pid
	kill -QUIT "\$pid"
	while [ -e "/proc/\$pid" ]; do
		sleep 0.1
	done
	ip netns exec \$NFLB_BACKEND nginx -e "\$dir/error.log" -p "\$dir" \\
		-c "\$dir/conf"
	END
	chmod +x "$T_DIR/command"
}

# turn_of NUMBER: the line that the command leaves
turn_of()
{
	echo "web b$1 $(backend_addr "$1")"
}

# start_load PATH [OPTION]...
start_load()
{
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600 --timeout $((10 * SLOW)) \
		"${@:2}" "$VIP_URL$1"
	wait_for 10 is_served 8
}

# expect_way EXPRESS-FLOWS: new flows since there were so many went by $WAY
expect_way()
{
	local is_express=0 is_fast=true

	[ "$WAY" != express ] || is_express=1
	[ "$WAY" != slow ] || is_fast=false
	expect "flows opened express" $is_express \
		$(($(stat_of express_flows) > $1))
	expect "fastpath" $is_fast \
		"$(lb -j service show http | jq '.services[0].fastpath')"
}

# case_under_load WAY PATH [OPTION]...
case_under_load()
{
	local WAY=$1 express

	prepare
	express=$(stat_of express_flows)
	start_load "${@:2}"
	lb pool roll web "$T_DIR/command" | tee "$T_DIR/said"
	expect "last line" "done, 3 backends" "$(tail -n 1 "$T_DIR/said")"
	expect "turns" "$(for i in 1 2 3; do turn_of $i; done)" \
		"$(cat "$T_DIR/rolled")"
	end_load
	expect "dropped without backend" 0 "$(stat_of drop_no_backend)"
	expect "connections reset" 0 "$(counter_of http reset_flows)"
	expect_way "$express"
	expect "states" "up up up" "$(for i in b1 b2 b3; do
		of_backend $i state; done | xargs)"
}

# n_failed: requests that wrk says failed, if all of them lost their connection
n_failed()
{
	awk '	/Non-2xx/ { other = 1 }
		/Socket errors/ {
			n = $6 + $8
			other += $4 != "0," || $10 != 0
		}
		END { print other ? "others, too" : n + 0 }' "$T_DIR/wrk.log"
}

# Who is cut loses the request under way, and nobody else any.
case_lasting()
{
	local status=0 n_cut

	prepare
	start_load /lasting
	lb -j pool roll web true deadline 1s >"$T_DIR/said" || status=$?
	expect "status" 3 $status
	expect "last line" '{"done": true, "backends": 3, "cut": true}' \
		"$(tail -n 1 "$T_DIR/said")"
	n_cut=$(counter_of http reset_flows)
	stop_bg wrk INT
	cat "$T_DIR/wrk.log"
	expect_between "requests that failed" 1 "$n_cut" "$(n_failed)"
}

case_json()
{
	prepare
	lb -j pool roll web "echo not JSON" 2>/dev/null >"$T_DIR/said"
	jq -c 'select(.step) | [.backend, .step]' "$T_DIR/said" |
		diff - <(for i in b1 b2 b3; do
			for step in drains command probes back; do
				echo "[\"$i\",\"$step\"]"
			done
		done)
	expect "last line" '{"done": true, "backends": 3, "cut": false}' \
		"$(tail -n 1 "$T_DIR/said")"
}

# Without an agent nobody says anything, and all count as up
case_without_agent()
{
	setup http initial up
	lb -j pool roll web true >"$T_DIR/said"
	expect "last line" '{"done": true, "backends": 3, "cut": false}' \
		"$(tail -n 1 "$T_DIR/said")"
}

# Whose flows do not end in time
case_cut()
{
	local status=0

	prepare
	start_download big
	lb -j pool roll web true deadline 1s >"$T_DIR/said" || status=$?
	expect "status" 3 $status
	expect "last line" '{"done": true, "backends": 3, "cut": true}' \
		"$(tail -n 1 "$T_DIR/said")"
	wait_for 10 is_status big 56
}

case_fails()
{
	local status=0

	prepare
	lb pool roll web '[ $NFLB_BACKEND = b1 ] || exit 9' 2>"$T_DIR/said" ||
		status=$?
	expect "status" 1 $status
	expect "sentence" \
		'lbctl: backend "web/b2": the command ended with 9; it still drains' \
		"$(cat "$T_DIR/said")"
	expect "states" "up draining up" "$(for i in b1 b2 b3; do
		of_backend $i state; done | xargs)"
}

# is_at BACKEND STEP: and no further
is_at()
{
	[ "$(grep ^backend "$T_DIR/roll.log" | tail -n 1)" = "backend $1: $2" ]
}

# The command is back, but its server not quite
case_unwell()
{
	prepare
	start_bg gw roll lbctl pool roll web \
		"[ \$NFLB_BACKEND != b2 ] || : >$T_DIR/nginx-b2/sick"
	wait_for 20 is_at b2 probes
	turns "up down up"
	pause 2
	is_at b2 probes
	expect "state" draining "$(of_backend b2 state)"
	make_well b2
	wait_for 30 grep -qx 'done, 3 backends' "$T_DIR/roll.log"
}

# stale: does what is known of all three count as nothing sure?
stale()
{
	[ "$(lb health show | awk 'NR > 1 { print $6 }' | xargs)" = \
		"yes yes yes" ]
}

# Nobody reports any more: before a drain, and while a server is waited for
case_stale()
{
	local status=0
	local why="what probe ok says is stale, nobody reports"

	prepare
	start_bg gw roll lbctl pool roll web \
		"[ \$NFLB_BACKEND != b2 ] || : >$T_DIR/nginx-b2/sick"
	wait_for 20 is_at b2 probes
	turns "up down up"
	stop_bg agent KILL
	wait_for 30 stale
	wait_for 10 grep -qx "lbctl: backend \"web/b2\": $why" \
		"$T_DIR/roll.log"
	make_well b2
	expect "state" draining "$(of_backend b2 state)"
	lb pool roll web "echo >>$T_DIR/rolled" >"$T_DIR/said" 2>&1 ||
		status=$?
	expect "status" 1 $status
	expect "said" "lbctl: backend \"web/b1\": $why" "$(cat "$T_DIR/said")"
	[ ! -e "$T_DIR/rolled" ] || fail "the command was run"
	expect "state" up "$(of_backend b1 state)"
}

# What becomes of others while one is rolled; who has gone before is no member
case_changes()
{
	local one

	prepare
	lb pool roll web "[ \$NFLB_BACKEND != b1 ] ||
		{ lbctl backend del web b2; lbctl backend set web b3 weight 0
		lbctl backend add web b4 $(backend_addr 2); }" >"$T_DIR/said"
	expect "said" "backend b1: drains backend b1: command backend b1: probes backend b1: back backend b2: left out backend b3: left out" \
		"$(grep ^backend "$T_DIR/said" | xargs)"

	prepare
	start_download big
	one=$(lb -j backend show web |
		jq -r '.backends[] | select(.active > 0).name')
	lb backend del web "$one"
	expect "state" leaving "$(of_backend "$one" state)"
	lb pool roll web true >"$T_DIR/said"
	! grep "$one" "$T_DIR/said" || fail "it is no member"
	expect "last line" "done, 2 backends" "$(tail -n 1 "$T_DIR/said")"
	stop_bg big
}

# Who does not serve anyway is left as it is; who is the last one must not go.
case_last()
{
	local status=0

	prepare
	lb backend set web b1 admin down
	lb backend set web b2 weight 0
	lb pool roll web "echo >>$T_DIR/rolled" 2>"$T_DIR/error" \
		>"$T_DIR/said" || status=$?
	expect "status" 1 $status
	expect "said" "backend b1: left out backend b2: left out" \
		"$(xargs <"$T_DIR/said")"
	expect "sentence" \
		'lbctl: backend "web/b3": no other backend of the pool serves' \
		"$(cat "$T_DIR/error")"
	[ ! -e "$T_DIR/rolled" ] || fail "the command was run"
	expect "state" up "$(of_backend b3 state)"
}

case_refused()
{
	prepare
	expect_refusal 1 "lbctl: there is no pool nix" lb pool roll nix true
	expect_refusal 2 'lbctl: COMMAND is missing; see "lbctl pool roll help"' \
		lb pool roll web
	expect_refusal 2 'lbctl: pool "web": deadline 5: a time needs a unit: ms, s, m, h or d' \
		lb pool roll web true deadline 5
	expect_refusal 2 'lbctl: unexpected "wait"; see "lbctl pool roll help"' \
		lb pool roll web true wait
}

topo_up 3
write_locations b1 b2 b3
healthy_nginx b1 b2 b3
make_big_files b1 b2 b3
write_command
both_families "under load of connections, no request fails" \
	case_under_load fast / -H 'Connection: close'
both_families "under load of requests, no request fails" \
	case_under_load fast /kept
both_families "under load of requests, the slow way" case_under_load slow /kept
both_families "under load of connections, express" \
	case_under_load express / -H 'Connection: close'
both_families "with a deadline, who is cut loses a request" case_lasting
both_families "as JSON, whatever the command writes" case_json
both_families "without an agent, initially up" case_without_agent
both_families "with a deadline" case_cut
both_families "a command that fails" case_fails
both_families "a server that is not well" case_unwell
both_families "when nobody reports any more" case_stale
both_families "what changes meanwhile" case_changes
both_families "who does not serve is left out, and the last one stays" case_last
both_families "what is refused" case_refused
tap_done
