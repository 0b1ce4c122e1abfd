#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# detect.sh - the guest's side of `make bench T=detect`: how long a server that
# has failed is still given new flows. 50 backends of one namespace fail at
# once. They have been added one after the other, so that for each it is another
# moment of its probe's interval. The kernel's event tells when one gets no new
# flows any more. In a guest that counts instructions (boot.sh --icount), where
# the agent has a CPU of a thousand million instructions a second, whatever the
# machine does beside.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$here/lib/config.sh"
. "$here/lib/agent.sh"
. "$here/lib/failures.sh"

N=50
PROFILES=("" "interval 1s" "interval 100ms")
# Seconds from one backend to the next
STEPS=(0.1 0.02 0.002)

# renew_certificate NAMESPACE DAYS: that it is good for
renew_certificate()
{
	openssl req -x509 -key "$T_DIR/key" -days "$2" -subj /CN=nobody \
		-out "$T_DIR/cert" 2>/dev/null
	in_ns "$1" nginx -e "$T_DIR/nginx-$1/error.log" -p "$T_DIR/nginx-$1" \
		-c "$T_DIR/nginx-$1/conf" -s reload
}

let_expire()
{
	renew_certificate "$1" 2
}

certify()
{
	renew_certificate "$1" 90
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

# n_events STATE
n_events()
{
	grep -c " health: backend web b[0-9]* probe ok $1" "$T_DIR/events"
}

# await STATE: of all; to look often would cost more than the agent does
await()
{
	local i

	for ((i = 0; i < 120; i++)); do
		[ "$(n_events "$1")" != $N ] || return 0
		pause 0.5
	done
	fail "only $(n_events "$1") are $1"
}

# figures BEGIN: median and worst of what the events of failures are later
figures()
{
	awk -v begin="$1" '/ probe ok down/ { print $1 - begin }' \
		"$T_DIR/events" | sort -n |
		awk '{ t[NR] = $1 } END { print t[int((NR + 1) / 2)], t[NR] }'
}

# configure PROFILE TYPE [KEYWORD]...: and start the agent
configure()
{
	local i

	begin_anew
	apply_web
	# shellcheck disable=SC2086 # a list of words
	lb probe add ok "${@:2}" ${PROFILES[$1]}
	lb service set http probe ok
	: >"$T_DIR/events"
	start_agent agent
	for ((i = 1; i <= N; i++)); do
		lb backend add web "b$i" "$(backend_addr "$i")"
		pause "${STEPS[$1]}"
	done
}

# detect PROFILE BREAK MEND TYPE [KEYWORD]...: one row's figures for the profile
# with this number
detect()
{
	local begin

	configure "$1" "${@:4}"
	await up
	: >"$T_DIR/events"
	now_ms && begin=$REPLY
	"$2" b1
	await down
	"$3" b1
	stop_bg agent
	figures "$begin"
}

# row NAME BREAK MEND TYPE [KEYWORD]...
row()
{
	local name=$1 profile median worst

	shift
	printf '%-34s' "$name"
	for profile in "${!PROFILES[@]}"; do
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

servers()
{
	local i

	for ((i = 2; i <= N; i++)); do
		echo "addr add $(backend_addr $i)/24 dev eth0"
	done | ip -n b1 -batch -
	healthy_nginx b1
	certify b1
}

status=0
use_family 4
insert "$NFLB_RUN/nflb.ko"
topo_up 1
servers
watch
printf '%-34s%16s%16s%16s\n' "" default "interval 1s" "interval 100ms"
printf '%-34s' "" && printf '%8s%8s' median worst median worst median worst
echo
row "status 503" make_sick make_well http path /healthz
row "certificate ends soon" let_expire certify \
	https port 8443 path /healthz cert-expiry 14d
row "process ended, by http" end_server begin_server http path /healthz
row "process ended, by tcp" end_server begin_server tcp
row "no answer" stop_answering answer_again http path /healthz
row "behind a firewall" drop_port hear_again tcp
row "host unreachable" unplug plug tcp
kill %% 2>/dev/null
exit $status
