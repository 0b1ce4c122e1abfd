#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What lbctl explain says is what a flow gets.
# once: who gets a flow is decided alike in every kernel
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"
WAY=fast # it has services of each kind

STANDARD=80 EXPRESS=81
FROM=40000 # a case that asks has ports of its own, lest flows clash
FLOWS=12

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool web$FAMILY maglev 1:1 2:3 3:4 4:2
	service standard-tcp$FAMILY vip$FAMILY tcp $STANDARD web$FAMILY 7000
	service express-tcp$FAMILY vip$FAMILY tcp $EXPRESS web$FAMILY 7000
	service standard-udp$FAMILY vip$FAMILY udp $STANDARD web$FAMILY 7000
	service express-udp$FAMILY vip$FAMILY udp $EXPRESS web$FAMILY 7000
	END
}

# explain PROTOCOL FROM PORT
explain()
{
	lb explain "$1" "$(endpoint "$CLIENT" "$2")" "$(endpoint "$VIP" "$3")"
}

# explained PROTOCOL PORT: who each flow is to get, asked one by one
explained()
{
	# shellcheck disable=SC2016 # expands in there
	in_ns gw bash -c '
		for ((i = $1; i < $1 + $2; i++)); do
			echo "port $i"
			lbctl explain "$3" "$4$i" "$5"
		done' explained $FROM $FLOWS "$1" "$(endpoint "$CLIENT" "")" \
		"$(endpoint "$VIP" "$2")" |
		awk '$1 == "port" { port = $2 }
			$1 == "backend" { print $2, port }'
}

# case_as_explained PROTOCOL PORT: and who it gets
case_as_explained()
{
	explained "$1" "$2" >"$T_DIR/explained"
	ask cl1 "$1" "$2" flows $FLOWS from $FROM >"$T_DIR/answers"
	expect "flows" $FLOWS "$(wc -l <"$T_DIR/explained")"
	cut -d ' ' -f 1,3 "$T_DIR/answers" | diff "$T_DIR/explained" -
	shares <"$T_DIR/answers"
	expect_between "backends" 2 4 \
		"$(cut -d ' ' -f 1 "$T_DIR/answers" | sort -u | wc -l)"
}

# The first flow tells on which device the hook is wanted.
case_express()
{
	local before FROM=41000

	ask cl1 "$1" $EXPRESS
	before=$(total express_flows)
	case_as_explained "$1" $EXPRESS
	expect "express flows" $FLOWS $(($(total express_flows) - before))
}

# Where the first choice may not serve, as well
case_instead()
{
	local who FROM=42000

	who=$(explain tcp $FROM $STANDARD | awk '$1 == "backend" { print $2 }')
	lb backend set "web$FAMILY" "$who" admin down
	explain tcp $FROM $STANDARD |
		grep -x "instead   of $who, the first choice, which is not eligible"
	case_as_explained tcp $STANDARD
	expect "flows of $who" 0 "$(grep -c "^$who " "$T_DIR/answers")"
	lb backend set "web$FAMILY" "$who" admin none
}

# What it says of one tuple: all that the line of many has, with words
case_form()
{
	local who end slot attempts

	read -r who end slot attempts < <(echo "tcp $(
		endpoint "$CLIENT" $FROM) $(endpoint "$VIP" $STANDARD)" |
		lb explain - | cut -d ' ' -f 7-10)
	expect "backend" "$(endpoint "$(backend_addr "${who#b}")" 7000)" "$end"
	expect "form" "verdict   picked: a backend was picked
frontend  vip$FAMILY
service   standard-tcp$FAMILY
pool      web$FAMILY, scheduler maglev
backend   $who $end
slot      $slot
attempts  $attempts" "$(explain tcp $FROM $STANDARD)"
	expect "form without a service" \
		"verdict   no-service: no service has this port, so the packet is left alone
frontend  vip$FAMILY" "$(explain tcp $FROM 82)"
}

topo_up 4
serve b1 b2 b3 b4 -- tcp/7000 udp/7000
configure_both objects || exit
for family in 4 6; do
	lb service set express-tcp$family new-flows express
	lb service set express-udp$family new-flows express
done
both_families "a tuple in words" case_form
for protocol in tcp udp; do
	both_families "standard flows, $protocol" case_as_explained $protocol \
		$STANDARD
	both_families "express flows, $protocol" case_express $protocol
done
both_families "without the first choice" case_instead
tap_done
