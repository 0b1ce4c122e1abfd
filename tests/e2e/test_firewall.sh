#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The gateway has a firewall and NAT rules of its own: it judges the balanced
# flows like any others, and what it drops leaves nothing behind.
#
#   cl1 cl2 --- gw (nflb, nft) --- sw --- b1 b2 b3 (nginx, talkers)
# not express: it meets no rules
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"

REQUESTS=12

# rules LINE: a stateful firewall in the forward chain; LINE lets new flows in.
# Without sets, of which 6.12 looks one up in a way that lockdep complains of
rules()
{
	in_ns gw nft -f - <<-END
	flush ruleset
	table inet firewall {
		counter old {}
		counter invalid {}
		counter new {}
		counter rest {}
		chain forward {
			type filter hook forward priority filter; policy drop
			ct state established,related counter name old accept
			ct state invalid counter name invalid drop
			$1
			counter name rest
		}
	}
	END
}

# What it lets in: new flows to the real servers' port
let_new()
{
	local port=${1-8080}

	rules "ip daddr 10.0.0.0/24 tcp dport $port ct state new counter name new accept
		ip6 daddr fd00:b::/64 tcp dport $port ct state new counter name new accept"
}

# packets COUNTER: of the firewall
packets()
{
	in_ns gw nft list counter inet firewall "$1" |
		awk '/packets/ { print $2 }'
}

# A case begins without flows
setup()
{
	in_ns gw nft flush ruleset
	begin_anew
	SCHEDULER=rr apply_web 1 2 3
}

# no_answers N: to as many first packets, of as many flows
no_answers()
{
	! in_ns cl1 curl -sS -Z --parallel-immediate --max-time "$SLOW" \
		"${VIP_URL//[\[\]]/\\&}/?[1-$1]" 2>"$T_DIR/curl" ||
		fail "an answer"
}

# What a flow that was never let through leaves behind
expect_no_flows()
{
	expect "flows" 0 "$(stat_of flows)"
	expect "open flows of the service" 0 "$(counter_of http active)"
	expect "flows of the service" 0 "$(counter_of http new_flows)"
	expect "flows shown" 0 "$(rows lb conns)"
	lb backend show web | awk 'NR > 1 && $(NF - 1) != 0 { exit 1 }'
}

case_lets_through()
{
	local i spread

	setup
	let_new
	spread=$(http_spread cl1 "$VIP_URL" "$REQUESTS")
	for i in 1 2 3; do
		expect "answers of b$i" $((REQUESTS / 3)) \
			"$(spread_of "b$i" <<<"$spread")"
	done
	expect "new flows that the firewall saw" "$REQUESTS" "$(packets new)"
	expect "invalid packets" 0 "$(packets invalid)"
	expect "other packets" 0 "$(packets rest)"
	# Each first answer; what follows takes the fast path.
	expect_between "packets of old flows" $REQUESTS 10000 \
		"$(packets old)"
	expect "flows" "$REQUESTS" "$(counter_of http new_flows)"
}

case_keeps_out()
{
	setup
	let_new 8081
	no_answers 5
	expect "new flows that it let in" 0 "$(packets new)"
	expect_between "packets that it dropped" 5 1000 "$(packets rest)"
	expect_no_flows

	# Let in, the client's next try finds its way
	let_new
	http_get cl1 "$VIP_URL"
	expect "flows" 1 "$(counter_of http new_flows)"
}

# After our hooks, when the flow is bound already and not yet open
case_dropped_late()
{
	setup
	in_ns gw nft -f - <<-END
	table inet firewall {
		counter late {}
		chain late {
			type filter hook postrouting priority 200
			oifname back tcp dport 8080 counter name late $1
		}
	}
	END
	no_answers 5
	expect_between "packets that it dropped" 5 1000 "$(packets late)"
	expect_no_flows
	in_ns gw nft flush ruleset
	http_get cl1 "$VIP_URL"
	expect "flows" 1 "$(counter_of http new_flows)"
}

case_rejected()
{
	setup
	rules "meta l4proto tcp counter name new reject with tcp reset"
	no_answers 5
	expect "packets that it rejected" 5 "$(packets new)"
	expect_no_flows
}

# The rule goes away while flows are open: they are cut off, not forgotten
case_closes_on_flows()
{
	setup
	SCHEDULER=rr WEB_PORTS='"port": 9000' apply_web 1 2 3
	let_new 9000
	talk_open one cl1 "$VIP" 9000
	talk_say one hello
	rules ""
	talk_say one established-is-let-through
	expect "open flows" 1 "$(counter_of http active)"
	talk_close one
	wait_for 10 is_counter http active 0
}

# seen_at BACKEND: the last client's address in its log
seen_at()
{
	tail -n 1 "$T_DIR/nginx-$1/access.log" | cut -d ' ' -f 1
}

case_masquerade()
{
	local gateway=10.0.0.1 url

	[ "$FAMILY" = 4 ] || gateway=fd00:b::1
	setup
	apply_web 1
	in_ns gw nft -f - <<-END
	table inet nat {
		chain postrouting {
			type nat hook postrouting priority srcnat
			oifname back masquerade
		}
	}
	END
	url=http://$(backend_addr 2):8080/
	[ "$FAMILY" = 4 ] || url=http://[$(backend_addr 2)]:8080/
	expect "answer beside the service" b2 "$(http_get cl1 "$url")"
	expect "client beside the service" "$gateway" "$(seen_at b2)"
	expect "answer" b1 "$(http_get cl1 "$VIP_URL")"
	expect "client" "$gateway" "$(seen_at b1)"
	expect "flows" 1 "$(counter_of http new_flows)"
	in_ns gw nft flush ruleset
	expect "answer without the rule" b1 "$(http_get cl1 "$VIP_URL")"
	expect "client without the rule" "$CLIENT" "$(seen_at b1)"
}

# Own rules for other ports hold; for a service's port nflb was there first
case_dnat()
{
	local family=ip to

	to=$(backend_addr 3):8080
	[ "$FAMILY" = 4 ] || family=ip6 to=[$(backend_addr 3)]:8080
	setup
	apply_web 1
	in_ns gw nft -f - <<-END
	table inet nat {
		chain prerouting {
			type nat hook prerouting priority dstnat
			$family daddr $VIP tcp dport 80-81 dnat $family to $to
		}
	}
	END
	expect "answer at the rule's port" b3 "$(http_get cl1 "$VIP_URL:81/")"
	expect "flows" 0 "$(counter_of http new_flows)"
	expect "answer of the service" b1 "$(http_get cl1 "$VIP_URL")"
	expect "flows" 1 "$(counter_of http new_flows)"
	lb service del http
	expect "answer without the service" b3 "$(http_get cl1 "$VIP_URL")"
}

# offloaded ADDRESS: of the client's connections to it, those in a flowtable
offloaded()
{
	in_ns gw conntrack -L -f "ipv$FAMILY" -p tcp --orig-dst "$1" \
		2>/dev/null | grep -c OFFLOAD || true
}

# A flowtable would take packets past us; the kernel puts no flow of ours there
case_flowtable()
{
	local i packets

	setup
	WEB_PORTS='"port": 9000' apply_web 1
	in_ns gw nft -f - <<-END
	table inet firewall {
		flowtable fast {
			hook ingress priority -10
			devices = { cl1, back }
		}
		chain forward {
			type filter hook forward priority filter
			meta l4proto tcp flow add @fast
		}
	}
	END
	talk_open beside cl1 "$(backend_addr 2)" 9000
	talk_open one cl1 "$VIP" 9000
	packets=$(counter_of http in_pkts)
	for i in 1 2 3 4; do
		talk_say beside hello
		talk_say one hello
	done
	expect "offloaded beside the service" 1 \
		"$(offloaded "$(backend_addr 2)")"
	expect "offloaded of the service" 0 "$(offloaded "$VIP")"
	[ "$(counter_of http in_pkts)" -ge $((packets + 4)) ]
	talk_close beside
	talk_close one
	wait_for 10 is_counter http active 0
}

topo_up 3
start_nginx b1 b2 b3
start_talkers b1 b2 b3
both_families "a stateful firewall sees and passes all" case_lets_through
both_families "what it drops leaves nothing" case_keeps_out
both_families "what it drops at last leaves nothing" case_dropped_late drop
both_families "what it rejects leaves nothing" case_rejected
both_families "it closes on open flows" case_closes_on_flows
both_families "its masquerading holds" case_masquerade
both_families "its own DNAT holds" case_dnat
# nf_tables makes lockdep complain of itself when it looks up a flowtable
[ "${NFLB_K-}" = debug ] ||
	both_families "its flowtable leaves our flows to us" case_flowtable
tap_done
