# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What happens in the architecture, a function for each part of the story. The
# test and `make demo SCENE=iaas` go through them in this order.

LOAD_LOW=3
LOAD_MIDDLE=5
LOAD_HIGH=18

# Seconds after which it is clear that something never comes; no measure of
# anything
FOREVER=300

# Names of all that is asked
ALL=shop,version,read,write

# slowly COMMAND...: for what is waited for and costs much to ask
slowly()
{
	pause 0.5
	"$@"
}

# serve_all N: so many instances are members, and serve
serve_all()
{
	local n

	[ -e "$T_DIR/members" ] || return
	read -r n <"$T_DIR/members" || true
	# shellcheck disable=SC2046 # a list of words
	[ "$n" = "$1" ] && serve $(seq "$1")
}

# has_answered N: requests of the load that have ended
has_answered()
{
	[ "$(wc -l <"$T_DIR/load.log")" -ge "$1" ]
}

# go_on_for N: until the load has had so many answers more
go_on_for()
{
	wait_for $FOREVER slowly has_answered $(($(wc -l <"$T_DIR/load.log") + $1))
}

# in_background NAME FUNCTION
in_background()
{
	"$2" >"$T_DIR/$1.log" 2>&1 &
	echo $! >"$T_DIR/$1.pid"
}

scene_begin()
{
	local database

	happened "the gateway, a PostgreSQL primary and two replicas begin"
	network_up
	database_up &
	database=$!
	content_up
	instances_ready
	start_nginx cl2
	lb apply "$here/iaas/nflb.json"
	mkdir "$T_DIR/health"
	: >"$T_DIR/windows"
	in_background follow health_follow
	wait_for $FOREVER is_followed
	wait $database
	start_bg gw agent lbctl agent metrics $METRICS
	in_background autoscaler autoscaler
	wait_for $FOREVER slowly serve_all $INSTANCES_MIN
	wait_for $FOREVER are replica up db-db2 db-db3
	wait_for $FOREVER are primary up db-db1
	load_begin $LOAD_LOW
	happened "all is there, and is asked $LOAD_LOW times a second"
	go_on_for 30
}

scene_grows()
{
	load_rate $LOAD_HIGH
	happened "the load grows to $LOAD_HIGH requests a second"
	wait_for $FOREVER slowly serve_all $INSTANCES_MAX
	happened "all $INSTANCES_MAX instances serve"
	go_on_for 40
}

# Each instance has an SSH port, to which nobody else answers
scene_logs_in()
{
	local i vip

	for ((i = 1; i <= INSTANCES_MAX; i++)); do
		for vip in $VIP4 $VIP6; do
			expect "who is at $vip port $((50000 + i))" \
				"10.0.0.1$i" "$(instance_shell $i "$vip" \
					'hostname -I' | cut -d ' ' -f 1)"
		done
	done
	happened "an operator has logged in to each instance"
}

# set_ports up|down: of what is in zone 2
set_ports()
{
	ip -n sw -batch - <<-END
		link set b2 $1
		link set b5 $1
	END
	ip -n sd link set db2 "$1"
}

# noticed BEGIN PROBE NOT-MADE WHY: at $REPLY
noticed()
{
	excuse "$1" "$REPLY" "$(detection "$2" "$3")" $ALL "$4"
	happened "nflb has noticed"
}

scene_loses_zone()
{
	local before begin last

	before=$(not_made)
	now_ms && begin=$REPLY
	set_ports down
	happened "zone 2 is lost: instances b2 and b5, replica db2"
	wait_for $FOREVER are current down web-b2 web-b5 web6-b2 web6-b5
	last=$REPLY
	wait_for $FOREVER are replica down db-db2
	[ "$REPLY" -gt "$last" ] || REPLY=$last
	noticed "$begin" replica "$before" "zone 2 is lost"
	go_on_for 40
	set_ports up
	happened "zone 2 is back"
	wait_for $FOREVER serve 1 2 3 4 5 6
	wait_for $FOREVER are replica up db-db2
	happened "zone 2 serves again"
}

scene_hangs()
{
	local before begin

	before=$(not_made)
	now_ms && begin=$REPLY
	stop_answering b3
	happened "instance b3 hangs"
	wait_for $FOREVER are current down web-b3 web6-b3
	noticed "$begin" current "$before" "instance b3 hangs"
	go_on_for 30
	answer_again b3
	happened "instance b3 goes on"
	wait_for $FOREVER serve 3
}

# One of them is not reached by the new release. When all others have it that
# becomes what the probe asks for.
scene_publishes()
{
	stop_bg rsync-b4
	content_publish 2
	happened "release 2 is published; it does not reach b4"
	wait_for $FOREVER slowly have_release 2 b1 b2 b3 b5 b6
	lb probe set current path /release-2
	happened "the probe wants release 2"
	wait_for $FOREVER are current down web-b4 web6-b4
	echo "$REPLY" >"$T_DIR/released"
	happened "b4 is taken out"
	go_on_for 30
	content_serve b4
	content_forget b4
	content_want b4
	wait_for $FOREVER serve 1 2 3 4 5 6
	happened "b4 has it, too, and serves again"
}

# Whoever reads has been answered by each of the replicas, and not by the primary
scene_reads_replicas()
{
	expect "who is read from" "db2 db3" "$(awk '
		$4 == "read" && $5 == "ok" {
			split($6, word, "_")
			print word[2]
		}' "$T_DIR/load.log" | sort -u | xargs)"
}

# The time that the controller takes is its own. Then nflb has to find out that
# one may be written to, and may not be read from as a replica any more.
scene_fails_over()
{
	local before begin promoted last new

	wait_for $FOREVER slowly is_streaming db1 2
	in_background controller controller
	before=$(not_made)
	now_ms && begin=$REPLY
	db_kill db1
	happened "the primary is killed"
	wait_for $FOREVER slowly test -e "$T_DIR/primary"
	now_ms && promoted=$REPLY
	read -r new <"$T_DIR/primary"
	wait_for $FOREVER are primary up "db-$new"
	last=$REPLY
	happened "writes go to $new"
	wait_for $FOREVER are replica down "db-$new"
	[ "$REPLY" -gt "$last" ] || REPLY=$last
	excuse "$begin" "$REPLY" \
		$((promoted - begin + $(detection primary "$before"))) \
		read,write "the primary fails over"
	go_on_for 40
}

scene_shrinks()
{
	load_rate $LOAD_MIDDLE
	happened "the load falls to $LOAD_MIDDLE requests a second"
	wait_for $FOREVER slowly serve_all 3
	wait_for $FOREVER test ! -e "$T_DIR/content-b4"
}

scene_upgrades()
{
	local addresses

	write_upgrade
	: >"$T_DIR/held"
	happened "the rolling upgrade to v2 begins"
	echo v2 >"$T_DIR/version"
	lb pool roll web "$T_DIR/upgrade"
	happened "it has ended"
	rm "$T_DIR/held"
	addresses=$(cut -d ' ' -f 1 "$T_DIR/nginx-cl2/access.log")
	expect "who has asked the mirror" \
		"$(yes "203.0.113.11 2001:db8:f::11" | head -n 3 | xargs)" \
		"$(xargs <<<"$addresses")"
	go_on_for 30
	expect "answers of v1 since" "" \
		"$(tail -n 24 "$T_DIR/load.log" | grep '_v1$' || true)"
}

scene_rests()
{
	load_rate $LOAD_LOW
	happened "the load falls to $LOAD_LOW requests a second"
	wait_for $FOREVER slowly serve_all $INSTANCES_MIN
	wait_for $FOREVER test ! -e "$T_DIR/content-b3"
	load_end
	happened "nobody asks any more"
}

# 0 failed requests outside the windows, and the table. Logs and picture stay.
scene_counts()
{
	local status=0

	mkdir -p "$NFLB_RUN/iaas"
	cp "$T_DIR"/*.log "$NFLB_RUN/iaas/"
	timeline "$NFLB_RUN/iaas/timeline.svg" || status=$?
	echo "the picture is $NFLB_RUN/iaas/timeline.svg"
	return $status
}

# What was confirmed is there, whoever is the primary
scene_has_kept()
{
	awk '$4 == "write" && $5 == "ok" { print $6 }' "$T_DIR/load.log" |
		sort >"$T_DIR/confirmed"
	[ -s "$T_DIR/confirmed" ]
	sql "$(<"$T_DIR/primary")" "select id from visits" | sort >"$T_DIR/kept"
	expect "writes that were confirmed and are lost" "" \
		"$(comm -23 "$T_DIR/confirmed" "$T_DIR/kept")"
}

# Who is asked for a page has the release that the probe wants
scene_was_current()
{
	awk -v after="$(<"$T_DIR/released")" '
		$4 == "shop" && $6 == "release_2" { n++ }
		$4 == "shop" && $6 == "release_1" && $1 > after {
			print; bad = 1 }
		END { exit bad || !n }' "$T_DIR/load.log"
}
