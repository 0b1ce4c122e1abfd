#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# tour.sh [stay]: the guest's side of `make demo`. Shows real clients reach
# real servers through nflb, and what changing the pool under load costs them.
# Its exit status tells whether all went well.
. "$(dirname "$0")/../e2e/lib.sh"
. "$(dirname "$0")/../vm/insert.sh"

CONFIG=tests/demo/nflb.json
LOAD_SECONDS=10
# A newcomer that the configuration does not have yet
NEWCOMER=5

title()
{
	printf '\n## %s\n' "$*"
}

# typed COMMAND...: shows it as typed in the gateway, runs it there
typed()
{
	printf 'gw# %s\n' "$*"
	in_ns gw "$@"
}

# share: lines of "count name" on stdin as a small chart
share()
{
	awk '{ printf "  %-4s %4d  ", $2, $1
	       for (i = 0; i < $1 / 2; i++) printf "#"
	       print "" }'
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
	title "200 HTTP requests to 203.0.113.10, 200 to 2001:db8:f::10"
	http_spread cl1 http://203.0.113.10 200 | share
	http_spread cl1 'http://[2001:db8:f::10]' 200 | share
	echo "a server's log has the client's own address:"
	head -n 1 "$T_DIR/nginx-b1/access.log" | sed 's/^/  /'
}

ask_dns()
{
	local i

	title "40 DNS questions over UDP to 203.0.113.10"
	for ((i = 0; i < 40; i++)); do
		dns_ask cl2 203.0.113.10
	done | sort | uniq -c | share
}

load()
{
	in_ns cl1 wrk -t 1 -c 8 -d ${LOAD_SECONDS}s -H 'Connection: close' \
		--timeout $((LOAD_SECONDS * SLOW)) "$1" >"$T_DIR/wrk"
}

# failures: requests of the last load that failed, in wrk's words
failures()
{
	awk '/Socket errors/ { gsub(",", ""); n += $4 + $6 + $8 + $10 }
	     /Non-2xx/ { n += $NF }
	     END { print n + 0 }' "$T_DIR/wrk"
}

change_under_load()
{
	local loader

	title "$LOAD_SECONDS seconds of load, a connection for each request; meanwhile"
	load http://203.0.113.10/ &
	loader=$!
	pause 2
	typed lbctl backend drain web b1
	pause 1
	typed lbctl backend add web b$NEWCOMER 10.0.0.1$NEWCOMER
	pause 1
	typed lbctl backend del web b1
	typed lbctl backend set web b4 weight 3
	wait $loader
	grep -E 'requests in|Requests/sec' "$T_DIR/wrk" | sed 's/^ */  /'
	FAILED=$(failures)
	echo "  failed requests: $FAILED"
}

look()
{
	title "What the operator sees"
	typed lbctl show
	typed cat /proc/net/nflb/services
	typed lbctl explain tcp 198.51.100.2:40000 203.0.113.10:80
}

cd "$NFLB_TOP" || exit
set_up && configure && ask_http && ask_dns && change_under_load && look ||
	exit 1
if [ "${1-}" = stay ]; then
	title "in_ns gw lbctl help; http_get cl1 http://203.0.113.10/; exit ends it"
	export -f in_ns lb http_get
	bash -i
fi
[ "$FAILED" = 0 ]
