#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tour.sh [stay]: the guest's side of `make demo`. Shows real clients reach
# real servers through nflb, and what changing the pool under load costs them.
# Its exit status tells whether all went well: whatever fails ends it, and so
# does an answer that is missing or a server that was not asked.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$(dirname "$0")/story.sh"

CONFIG=tests/demo/nflb.json
# A newcomer that the configuration does not have yet
NEWCOMER=5
SERVERS="b1 b2 b3 b4"

# typed COMMAND...: shows it as typed in the gateway, runs it there
typed()
{
	printf 'gw# %s\n' "$*"
	in_ns gw "$@"
}

# chart: lines of "count name" on stdin, a bar each
chart()
{
	awk '{ n[NR] = $1; name[NR] = $2; sum += $1 }
	     END { for (i = 1; i <= NR; i++) {
			printf "  %-4s %5d  ", name[i], n[i]
			for (k = 0; k < 100 * n[i] / sum; k++) printf "#"
			print ""
	     } }'
}

# shares N NAMES: shows who has given how many answers, lines of "count name" on
# stdin. There must be N, of all of these and of nobody else.
shares()
{
	cat >"$T_DIR/shares"
	chart <"$T_DIR/shares"
	expect "answers" "$1" "$(awk '{ n += $1 } END { print n + 0 }' \
		"$T_DIR/shares")"
	expect "who answered" "$2" \
		"$(awk '{ print $2 }' "$T_DIR/shares" | paste -sd ' ')"
}

# logged: what all servers have in their logs, "client port status path" each
logged()
{
	cat "$T_DIR"/nginx-*/access.log
}

# are_logged N CLIENT: have the servers logged so many requests of it, all with
# status 200
are_logged()
{
	logged | awk -v wanted="$1" -v client="$2" '
		$1 == client && $3 == 200 { n++ }
		$1 == client && $3 != 200 { bad++ }
		END { exit n != wanted || bad }'
}

# forget_logged: servers go on at the begin of their logs
forget_logged()
{
	truncate -s 0 "$T_DIR"/nginx-*/access.log
}

# asked: how many requests each server has logged, lines of "count name"
asked()
{
	local file name

	for file in "$T_DIR"/nginx-*/access.log; do
		[ -s "$file" ] || continue
		name=${file%/*}
		echo "$(wc -l <"$file") ${name##*nginx-}"
	done
}

set_up()
{
	title "A gateway, two clients, five servers: namespaces in this guest"
	topo_up $NEWCOMER
	start_nginx "${BACKENDS[@]}"
	start_dns "${BACKENDS[@]}"
	sed -n '/^#   cl1/,/^#     2001:db8:c2/s/^#//p' tests/e2e/lib/topo.sh
	echo "nginx answers on port 8080 and dnsmasq on 53 of b1 to b$NEWCOMER"
}

configure()
{
	title "The module, and a configuration of $(wc -l <$CONFIG) lines"
	printf 'gw# insmod nflb.ko\n'
	insert "$NFLB_RUN/nflb.ko"
	typed lbctl apply $CONFIG
}

ask_http()
{
	title "200 HTTP requests to $VIP4, 200 to $VIP6"
	http_spread cl1 "http://$VIP4" 200 | shares 200 "$SERVERS"
	http_spread cl1 "http://[$VIP6]" 200 | shares 200 "$SERVERS"
	wait_for 5 are_logged 200 "$CLIENT4"
	wait_for 5 are_logged 200 "$CLIENT6"
	echo "a server's log has the client's own address:"
	sed -n '1s/^/  /p' "$T_DIR/nginx-b1/access.log"
}

ask_dns()
{
	local i

	title "40 DNS questions over UDP to $VIP4"
	for ((i = 0; i < 40; i++)); do
		dns_ask cl2 "$VIP4" || echo nobody
	done | sort | uniq -c | shares 40 "$SERVERS"
}

# load_begin URL: a connection for each request, until load_end
load_begin()
{
	start_bg cl1 wrk wrk -t 1 -c 8 -d 600s -H 'Connection: close' \
		--timeout $((10 * SLOW)) "$1"
}

# load_end: its status is wrk's
load_end()
{
	local pid

	read -r pid <"$T_DIR/wrk.pid"
	kill -INT "$pid"
	wait "$pid"
}

# requests: of the load that were answered, in wrk's words
requests()
{
	awk '/requests in/ { n = $1 } END { print n + 0 }' "$T_DIR/wrk.log"
}

# failures: requests of the load that failed, in wrk's words
failures()
{
	awk '/Socket errors/ { gsub(",", ""); n += $4 + $6 + $8 + $10 }
	     /Non-2xx/ { n += $NF }
	     END { print n + 0 }' "$T_DIR/wrk.log"
}

# is_asked NAME: has this server logged a request
is_asked()
{
	test -s "$T_DIR/nginx-$1/access.log"
}

change_pool()
{
	wait_for 20 is_asked b1
	pause 2
	typed lbctl backend drain web b1
	pause 1
	typed lbctl backend add web b$NEWCOMER 10.0.0.1$NEWCOMER
	wait_for 20 is_asked b$NEWCOMER
	pause 1
	typed lbctl backend del web b1
	typed lbctl backend set web b4 weight 3
	pause 3
}

change_under_load()
{
	title "Load by wrk, a connection for each request; meanwhile"
	forget_logged
	load_begin "http://$VIP4/"
	change_pool
	load_end
	sed -nE '/requests in|Requests\/sec/s/^ */  /p' "$T_DIR/wrk.log"
	echo "  failed requests: $(failures)"
	expect_between "requests" 1 1000000000 "$(requests)"
	expect "failed requests" 0 "$(failures)"
	expect "who was asked" "$SERVERS b$NEWCOMER" \
		"$(asked | awk '{ print $2 }' | paste -sd ' ')"
	asked | chart
}

look()
{
	title "What the operator sees"
	typed lbctl show
	typed cat /proc/net/nflb/services
	typed lbctl explain tcp 198.51.100.2:40000 203.0.113.10:80
}

tour()
{
	set -o pipefail
	set_up
	configure
	ask_http
	ask_dns
	change_under_load
	look
}

tell_story tour "$@"
