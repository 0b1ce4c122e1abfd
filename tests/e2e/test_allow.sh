#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Allow lists: where new flows of a service may come from.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 cl2 --- gw (nflb) --- sw --- b1 b2 (servers, echo at port 9000)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"

# setup: services http, echo and udp of one frontend, all of another one
setup()
{
	OTHER=203.0.113.11 CLIENT2=192.0.2.2
	[ "$FAMILY" = 4 ] || OTHER=2001:db8:f::11 CLIENT2=2001:db8:c2::2
	begin_anew
	WEB_PORTS='"port": 80, "backend_port": 7000' \
		MORE_FRONTENDS="{\"name\": \"other\", \"address\": \"$OTHER\"}," \
		MORE_SERVICES='
		{"name": "echo", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 9000},
		{"name": "udp", "frontend": "web-ip", "pool": "web",
		 "protocol": "udp", "port": 82},
		{"name": "all", "frontend": "other", "pool": "web",
		 "protocol": "any"},' \
		apply_web 1 2
}

# answered NAMESPACE PROTOCOL PORT [N]: so many of as many flows, or of 3
answered()
{
	ask "$1" "$2" "$3" flows "${4-3}" timeout 400 | awk '
		/^b/ { n++ }
		END { print n + 0 }'
}

# Those that exist go on, and no new ones come
case_change()
{
	local before

	setup
	before=$(stat_of drop_not_allowed)
	talk_open kept cl1 "$VIP" 9000
	[ -n "$(peer)" ]
	lb service set echo allow "$CLIENT2"
	lb service set udp allow "$CLIENT2"
	talk_say kept still
	[ -n "$(peer)" ] || fail "a flow of UDP has been cut"
	expect "TCP from elsewhere" 0 "$(answered cl1 tcp 9000)"
	expect "UDP from elsewhere" 0 "$(answered cl1 udp 82)"
	expect "dropped of echo" 3 "$(counter_of echo drop_not_allowed)"
	expect "dropped of udp" 3 "$(counter_of udp drop_not_allowed)"
	is_stat drop_not_allowed $((before + 6))
	expect "UDP from there" 3 "$(answered cl2 udp 82)"
	expect "a service without a list" 3 "$(answered cl1 tcp 80)"
	talk_say kept further
	lb service set udp allow any
	expect "UDP from anywhere" 3 "$(answered cl1 udp 82)"
	is_stat drop_not_allowed $((before + 6))
	talk_close kept
}

# A service of any protocol has its list for each of them
case_any()
{
	setup
	lb service set all allow "$CLIENT2"
	VIP=$OTHER
	expect "TCP from elsewhere" 0 "$(answered cl1 tcp 7000)"
	expect "UDP from elsewhere" 0 "$(answered cl1 udp 82)"
	in_ns cl1 ping -c 1 -W 1 "$VIP" && fail "a ping from elsewhere"
	expect "dropped" 7 "$(counter_of all drop_not_allowed)"
	expect "TCP from there" 3 "$(answered cl2 tcp 7000)"
	in_ns cl2 ping -c 1 -W 5 "$VIP"
	expect "dropped" 7 "$(counter_of all drop_not_allowed)"
}

# said NAMESPACE-NUMBER: what lbctl says of a flow from there
said()
{
	local client=$CLIENT vip=$VIP

	[ "$1" = 1 ] || client=$CLIENT2
	[ "$FAMILY" = 4 ] || client="[$client]" vip="[$vip]"
	echo "tcp $client:40000 $vip:80" | lb explain - | cut -d ' ' -f 4
}

# long_list: as many prefixes as there may be; the client's is in the middle
long_list()
{
	awk -v own="$CLIENT" -v family="$FAMILY" 'BEGIN {
		for (i = 0; i < 1023; i++) {
			if (i == 500)
				printf "%s,", own
			if (family == 4)
				printf "%d.%d.0.0/16,", 2 + i / 256, i % 256
			else
				printf "2001:db8:%x::/48,", 4096 + i
		}
	}' | sed 's/,$//'
}

case_list()
{
	local generation list

	setup
	lb service set http allow "$(long_list)"
	expect "from the list" 3 "$(answered cl1 tcp 80)"
	expect "from elsewhere" 0 "$(answered cl2 tcp 80)"
	expect "explained" picked "$(said 1)"
	expect "explained" not-allowed "$(said 2)"
	expect "list" "array 1024" "$(lb -j service show http |
		jq -r '.services[0].allow | "\(type) \(length)"')"
	generation=$(stat_of generation)
	lb export >"$T_DIR/doc"
	lb apply "$T_DIR/doc"
	expect "generation" "$generation" "$(stat_of generation)"
	sed 's/"allow": \[/&"fc00::1", /' "$T_DIR/doc" >"$T_DIR/longer"
	[ "$FAMILY" = 6 ] || sed -i 's/fc00::1/1.1.1.1/' "$T_DIR/longer"
	list=$(jq -c '.services[] | select(.name == "http").allow' \
		"$T_DIR/longer")
	expect_refusal 2 "lbctl: $T_DIR/longer:$(line_of allow): service \"http\": allow ${list:0:64}...: prefix $(jq '.[-1]' <<<"$list"): a list has at most 1024 prefixes" \
		lb apply "$T_DIR/longer"
}

# line_of KEY: where the document has it
line_of()
{
	awk -v key="\"$1\":" 'index($0, key) { print NR }' "$T_DIR/longer"
}

topo_up 2
serve b1 b2 -- tcp/7000 udp/82
start_talkers b1 b2
both_families "a change is for new flows" case_change
both_families "any protocol" case_any
both_families "a long list" case_list
tap_done
