#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Long transfers arrive as they were sent, and are counted as they were.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 (nginx, servers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/traffic.sh"

FILE_MB=$((100 / SLOW))
FILE_BYTES=$((FILE_MB * 1024 * 1024))
ECHO_BYTES=$((1024 * 1024 / SLOW))

objects()
{
	cat <<-END
	frontend vip$FAMILY $VIP
	pool web$FAMILY rr 1 2
	service http$FAMILY vip$FAMILY tcp 80 web$FAMILY 8080
	service echo$FAMILY vip$FAMILY tcp 81 web$FAMILY 7000
	END
}

# Headers make up to a tenth more; an IP packet has 1280 to 1500 bytes, however
# many of them the devices handle as one.
case_download()
{
	local bytes pkts

	in_ns cl1 curl -gsS --max-time 100 "$VIP_URL/files/big" |
		cmp - "$T_DIR/big"
	bytes=$(of_service "http$FAMILY" out_bytes)
	pkts=$(of_service "http$FAMILY" out_pkts)
	expect_between "bytes to the client" $FILE_BYTES \
		$((FILE_BYTES / 10 * 11)) "$bytes"
	expect_between "packets to the client" $((FILE_BYTES / 1500)) \
		$((FILE_BYTES / 1280)) "$pkts"
	expect_between "bytes from the client" 100 $((FILE_BYTES / 10)) \
		"$(of_service "http$FAMILY" in_bytes)"
}

# case_echo SERVICE: to the server and back again, byte by byte
case_echo()
{
	local before now

	before=$(of_service "echo$FAMILY" in_bytes)
	expect answer "$CLIENT 7000" \
		"$(ask cl1 tcp 81 bytes $ECHO_BYTES | cut -d' ' -f2,4)"
	now=$(of_service "echo$FAMILY" in_bytes)
	expect_between "bytes from the client" $ECHO_BYTES \
		$((ECHO_BYTES / 10 * 14)) $((now - before))
	expect_between "bytes to the client" $ECHO_BYTES \
		$((ECHO_BYTES / 10 * 24)) "$(of_service "echo$FAMILY" out_bytes)"
	expect "open flows" 0 "$(of_service "echo$FAMILY" active)"
}

# What the services got is what the backends did: of the two, together
case_backends_add_up()
{
	# shellcheck disable=SC2016 # of jq
	lb -j stats | jq -e --arg pool "web$FAMILY" \
		--arg http "http$FAMILY" --arg echo "echo$FAMILY" '
		def sums: map([.new_flows, .in_pkts, .in_bytes, .out_pkts,
			       .out_bytes]) | transpose | map(add);
		([.services[] | select(.name == $http or .name == $echo)] |
		 sums) as $services |
		([.backends[] | select(.pool == $pool)] | sums) as $backends |
		$services, $backends, $services == $backends'
}

# No device handles several packets as one: each passes nflb alone
offload_nothing()
{
	local space device

	for space in cl1 b1 b2; do
		in_ns $space ethtool -K eth0 tso off gso off gro off
	done
	for device in cl1 back; do
		in_ns gw ethtool -K $device tso off gso off gro off
	done
} >/dev/null

topo_up 2
mkdir -p "$T_DIR"/nginx-b{1,2}/files
head -c $FILE_BYTES /dev/urandom >"$T_DIR/big"
for i in 1 2; do
	ln "$T_DIR/big" "$T_DIR/nginx-b$i/files/big"
done
start_nginx b1 b2
serve b1 b2 -- tcp/7000
configure_both objects || exit
both_families "$FILE_MB MB arrive as sent" case_download
both_families "an echo arrives as sent" case_echo
offload_nothing
both_families "an echo arrives as sent, packet by packet" case_echo
both_families "services and backends count the same" case_backends_add_up
tap_done
