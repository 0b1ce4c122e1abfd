#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# detect.sh - the guest's side of `make bench T=detect`: how long a server that
# has failed is still given new flows, for each family of $FAMILIES. 50 backends
# of one namespace fail at once, or five, ten times, where 50 keep the guest
# busy; for each it is another moment of its probe's interval, and these moments
# are spread evenly. The kernel's event tells when one gets no new flows any
# more. In a guest that counts instructions (boot.sh --icount), where the agent
# has a CPU of a thousand million instructions a second, whatever the machine
# does beside.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/failures.sh"
. "$here/lib/traffic.sh"

ROUNDS=50
PROFILES=("" "interval 1s" "interval 100ms")
# So many backends at a time
NUMBERS=(50 50 5)
# Milliseconds from one backend to the next: more than the agent rests between
# two readings of the configuration, and so many that the probes of no two begin
# at the same part of an interval
STEPS=(300 140 120)
# How far the first one is past a whole second: one is checked just before all
# fail, which is the worst moment. A run of lbctl takes some of the time left.
FIRST=1680
# So much later are all in each round than they were in the one before
SHIFTS=(0 0 2)

# pause_until MILLISECONDS: of the clock
pause_until()
{
	local left_us=$(($1 * 1000 - ${EPOCHREALTIME/[.,]/}))

	[ $left_us -le 0 ] || pause "$((left_us / 1000000)).$(
		printf %06d $((left_us % 1000000)))"
}

# plan: $begin, when all are to fail, is not too soon, and a whole second
plan()
{
	now_ms && begin=$(((REPLY + 300) / 1000 * 1000 + 1000))
}

# Ways to fail at $begin, given a namespace

# at_begin COMMAND...: sets $begin to when it really begins
at_begin()
{
	pause_until $begin
	now_ms && begin=$REPLY
	"$@"
}

# rule_at_begin NAMESPACE CHAIN RULE: it is there before, and looks at the clock,
# of which nft knows whole seconds. So the moment is exact, whatever nft takes.
rule_at_begin()
{
	in_ns "$1" nft add rule inet block "$2" \
		meta time '>=' $((begin / 1000)) "$3"
	now_ms
	[ "$REPLY" -lt $begin ] || fail "the rule came too late"
}

shut_port()
{
	rule_at_begin "$1" in "tcp dport 8080 drop"
}

# From one server to another one, whose certificate has two days to go
let_expire()
{
	rule_at_begin "$1" pre "tcp dport 8444 redirect to :8443"
}

certify()
{
	in_ns "$1" nft flush chain inet block pre
}

# As unplug does, by an ip that has begun before
unplug_at_begin()
{
	{
		pause_until $begin
		echo "link set $1 down"
	} | ip -n sw -batch -
}

# certified_nginx NAMESPACE: at port 8444, with a certificate for 90 days
certified_nginx()
{
	local dir=$T_DIR/nginx-certified

	mkdir -p "$dir"
	openssl req -x509 -key "$T_DIR/key" -days 90 -subj /CN=nobody \
		-out "$dir/cert" 2>/dev/null
	cat >"$dir/conf" <<-END
	user root;
	pid $dir.pid;
	events { worker_connections 1024; }
	http {
		access_log off;
		server {
			listen 8444 ssl;
			listen [::]:8444 ssl ipv6only=on;
			ssl_certificate $dir/cert;
			ssl_certificate_key $T_DIR/key;
			location / { return 200 "fine\n"; }
		}
	}
	END
	in_ns "$1" nginx -e "$dir/error.log" -p "$dir" -c "$dir/conf"
}

# stamp: lines of stdin, with the time before
stamp()
{
	local line

	while IFS= read -r line; do
		now_ms
		echo "$REPLY $line"
	done
}

# watch: what monitor says from now on goes to $T_DIR/events
watch()
{
	: >"$T_DIR/events"
	lb monitor | stamp >>"$T_DIR/events" &
}

# last_events STATE: of the backends whose last one says so, the times
last_events()
{
	awk -v state="$1" '
		/^[0-9]+ health: backend web b[0-9]+ probe ok / {
			time[$5] = $1
			is[$5] = $8 ~ "^" state
		}
		END { for (name in time) if (is[name]) print time[name] }' \
		"$T_DIR/events"
}

# n_events STATE
n_events()
{
	local times

	mapfile -t times < <(last_events "$1")
	echo ${#times[@]}
}

# await STATE: of all; to look often, or at once, would cost more than the agent
# does
await()
{
	local i

	for ((i = 0; i < 120; i++)); do
		pause 0.5
		[ "$(n_events "$1")" != $N ] || return 0
	done
	fail "only $(n_events "$1") are $1"
}

# median_and_worst: of numbers on stdin
median_and_worst()
{
	sort -n | awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)], t[NR] }'
}

# delays BEGIN: how much later than that each was down
delays()
{
	last_events down | awk -v begin="$1" '{ print $1 - begin }'
}

# configure PROFILE ROUND TYPE [KEYWORD]...: and start the agent
configure()
{
	local at i

	begin_anew
	apply_web
	# shellcheck disable=SC2086 # a list of words
	lb probe add ok "${@:3}" ${PROFILES[$1]}
	lb service set http probe ok
	: >"$T_DIR/events"
	start_agent agent
	now_ms && at=$((REPLY / 1000 * 1000 + FIRST + $2 * SHIFTS[$1]))
	for ((i = 1; i <= N; i++)); do
		pause_until $at
		lb backend add web "b$i" "$(backend_addr "$i")"
		at=$((at + STEPS[$1]))
	done
}

# detect PROFILE BREAK MEND TYPE [KEYWORD]...: one row's figures for the profile
# with this number; BREAK and MEND are words
detect()
{
	local begin i N=${NUMBERS[$1]}

	for ((i = 0; i < ROUNDS / N; i++)); do
		configure "$1" $i "${@:4}"
		await up
		: >"$T_DIR/events"
		plan
		# shellcheck disable=SC2086 # a list of words
		$2 b1
		await down
		delays $begin >>"$T_DIR/delays"
		stop_bg agent
		$3 b1
	done
	median_and_worst <"$T_DIR/delays"
}

# row NAME BREAK MEND TYPE [KEYWORD]...
row()
{
	local name=$1 profile median worst

	shift
	printf '%-34s' "$name"
	for profile in "${!PROFILES[@]}"; do
		rm -f "$T_DIR/delays"
		(
			trap - EXIT
			set -e
			detect "$profile" "$@"
		) >"$T_DIR/out" 2>&1 </dev/null || {
			cat "$T_DIR/out" >&2
			echo "error -" >"$T_DIR/out"
			status=1
		}
		read -r median worst < <(tail -n 1 "$T_DIR/out")
		printf '%8s%8s' "$median" "$worst"
	done
	echo
}

# deafen STATEMENT: what becomes of packets to the first backend
deafen()
{
	local ip=ip

	[ "$FAMILY" = 4 ] || ip=ip6
	in_ns b1 nft "add rule inet block in $ip daddr $(backend_addr 1) $1"
}

hear()
{
	in_ns b1 nft flush chain inet block in
}

# streams WORD: the client's datagrams are answered, or "lost"
streams()
{
	[ "$(tail -n 1 "$T_DIR/stream.log" | cut -d ' ' -f 2)" = "$1" ]
}

# resumed BEGIN FILE: since when they are answered again, milliseconds after
# BEGIN; to FILE
resumed()
{
	local at

	wait_for 10 streams b1
	at=$(tail -n 1 "$T_DIR/stream.log")
	echo $((${at% *} - $1)) >>"$2"
}

# Backend b1 is deaf, and all datagrams go there; then it is known to be down
time_move()
{
	local begin

	lb health set web b2 ok down
	lb health set web b1 ok up
	wait_for 10 streams b1
	deafen "udp dport 7000 drop"
	wait_for 10 streams lost
	lb health set web b2 ok up
	now_ms && begin=$REPLY
	lb health set web b1 ok down
	resumed "$begin" "$T_DIR/move"
	hear
}

# The pool has nobody any more, and then one who is added
time_return()
{
	local begin

	lb backend del web b2
	lb backend del web b1
	wait_for 10 streams lost
	now_ms && begin=$REPLY
	lb backend add web b1 "$(backend_addr 1)" admin up
	resumed "$begin" "$T_DIR/return"
	lb backend set web b1 admin none
	lb backend add web b2 "$(backend_addr 2)"
}

time_stream()
{
	local i

	begin_anew
	apply_web 1 2
	lb probe add ok tcp
	lb service add udp frontend web-ip protocol udp port 82 pool web \
		backend-port 7000 probe ok
	lb health set web b1 ok up
	start_bg cl1 stream traffic stream "$VIP" 82
	wait_for 10 streams b1
	for ((i = 0; i < ROUNDS; i++)); do
		time_move
		time_return
	done
	stop_bg stream
}

# stream_row NAME FILE
stream_row()
{
	local median worst

	read -r median worst < <(median_and_worst <"$T_DIR/$2")
	printf '%-34s%8s%8s\n' "$1" "$median" "$worst"
}

# stream_rows: of a client that sends a datagram each millisecond; the figures
# include a run of lbctl each
stream_rows()
{
	(
		trap - EXIT
		set -e
		time_stream
	) >"$T_DIR/out" 2>&1 </dev/null || {
		cat "$T_DIR/out" >&2
		status=1
		return
	}
	echo
	echo "datagrams of one socket, 1,000/s: milliseconds until answered again"
	stream_row "their server is known to be down" move
	stream_row "the first server is added" return
}

# fail_connects STATEMENT: how many of a client's connections fail until their
# server is ejected, a line each time; five if it is not
fail_connects()
{
	local i

	begin_anew
	SCHEDULER=rr apply_web 1 2
	lb pool set web eject-after 3
	lb service add tcp frontend web-ip protocol tcp port 83 pool web \
		backend-port 7000
	for ((i = 0; i < ROUNDS; i++)); do
		deafen "tcp dport 7000 tcp flags syn $1"
		ask cl1 tcp 83 flows 10 timeout 1500 | grep -c ^error
		hear
		# The client may use a port again that has failed.
		in_ns gw conntrack -F 2>/dev/null
		# Whoever is up by hand is forgiven
		lb backend set web b1 admin up
		lb backend set web b1 admin none
	done
}

# eject_row NAME STATEMENT
eject_row()
{
	local median worst

	(
		trap - EXIT
		set -e
		fail_connects "$2" >"$T_DIR/failed"
	) >"$T_DIR/out" 2>&1 </dev/null || {
		cat "$T_DIR/out" >&2
		status=1
		return
	}
	read -r median worst < <(median_and_worst <"$T_DIR/failed")
	printf '%-34s%8s%8s\n' "$1" "$median" "$worst"
}

eject_rows()
{
	echo
	echo "without a probe, eject-after 3: connections that fail"
	eject_row "refused" "reject with tcp reset"
	eject_row "no answer" drop
}

servers()
{
	local i

	for ((i = 2; i <= ROUNDS; i++)); do
		echo "addr add $(backend_addr $i 4)/24 dev eth0"
		echo "addr add $(backend_addr $i 6)/64 dev eth0 nodad"
	done | ip -n b1 -batch -
	healthy_nginx b1
	certified_nginx b1
	serve b1 -- tcp/7000 udp/7000
	# The kernel is to know redirections before there is one that counts.
	in_ns b1 nft -f - <<-END
	table inet block {
		chain in { type filter hook input priority 0; }
		chain pre {
			type nat hook prerouting priority -100;
			tcp dport 1 redirect to :8443
		}
	}
	END
}

probe_rows()
{
	echo "# $NFLB_K, IPv$FAMILY: milliseconds until a server that has failed" \
		"gets no new flow"
	printf '%-34s%16s%16s%16s\n' "" default "interval 1s" "interval 100ms"
	printf '%-34s' "" && printf '%8s%8s' median worst median worst median worst
	echo
	row "status 503" "at_begin make_sick" make_well http path /healthz
	row "process ended, by http" "at_begin end_server" begin_server \
		http path /healthz
	row "process ended, by tcp" "at_begin end_server" begin_server tcp
	row "no answer" "at_begin stop_answering" answer_again \
		http path /healthz
	row "behind a firewall" shut_port hear tcp
	row "host unreachable" unplug_at_begin plug tcp
	row "certificate ends soon" let_expire certify \
		https port 8444 path /healthz cert-expiry 14d
}

status=0
insert "$NFLB_RUN/nflb.ko"
topo_up 1
servers
watch
for family in $FAMILIES; do
	use_family "$family"
	probe_rows
	stream_rows
	eject_rows
	echo
done
kill %% 2>/dev/null
exit $status
