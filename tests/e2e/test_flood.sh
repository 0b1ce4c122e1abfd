#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A flood of SYNs from addresses that are nobody's to one service, while clients
# work on that and on another one.
#
#   cl1 (flood), cl2 --- gw (nflb) --- sw --- b1 b2 (nginx, conversations)
# processors: 2
# once: what it uses of the kernel has scenarios of its own
. "$(dirname "$0")/lib.sh"
WAY=fast # services say it: one is express
. "$here/lib/config.sh"
. "$here/lib/cut.sh"
. "$here/lib/traffic.sh"

MARK=100
REQUESTS=30
# Where backends do not answer
DEAF=8999
BIG_MB=$((10 / SLOW))

# setup [MEMBERS]: service web, protected, of ports 8080 to 9000, and other
setup()
{
	begin_anew
	WEB_PORTS="\"port\": \"8080-9000\", \"syn_proxy\": $MARK,
		\"half_open_timeout_ms\": 2000${1-}" \
		MORE_SERVICES='
		{"name": "other", "frontend": "web-ip", "pool": "web",
		 "protocol": "tcp", "port": 81, "backend_port": 8080},' \
		SCHEDULER=rr apply_web 1 2
}

# said WORD: the monitor has told that protection WORDs
said()
{
	grep -q "syn-proxy: service http $1, [0-9]* of $MARK half open" \
		"$T_DIR/monitor.log"
}

# warned WORD: and that this is an alert, which WORDs
warned()
{
	grep -q "alert: SynFlood service http $1, warning" "$T_DIR/monitor.log"
}

# all_served PORT: each of many connections gets its answer
all_served()
{
	expect "answers at port $1" $REQUESTS \
		"$(http_spread cl2 "$VIP_URL:$1" $REQUESTS |
			awk '$2 ~ /^b[12]$/ { n += $1 } END { print n + 0 }')"
}

# echoes: much comes back as it was sent, from a server that speaks first
echoes()
{
	in_ns cl2 socat -t 30 - "TCP:$(endpoint "$VIP" 9000)" <"$T_DIR/big" |
		tail -n +2 | cmp - "$T_DIR/big"
}

# served_late: a client whose ACK is lost is served all the same
served_late()
{
	in_ns gw nft -f - <<-'END'
	table inet lossy {
		chain in {
			type filter hook prerouting priority raw;
			iifname cl2 tcp dport 8080 tcp flags == ack \
				limit rate 1/hour burst 1 packets counter drop
		}
	}
	END
	http_get cl2 "$VIP_URL:8080" | grep '^b'
	in_ns gw nft list table inet lossy | tee "$T_DIR/lossy"
	grep -q 'packets 1 ' "$T_DIR/lossy"
	in_ns gw nft delete table inet lossy
}

# options_of PORT: what cl2's connections to it have agreed on, each once
options_of()
{
	in_ns cl2 ss -Htnio "dport = :$1" | awk '
		/wscale/ {
			words = ""
			for (i = 1; i <= NF; i++)
				if ($i ~ /^(ts|sack)$|^wscale:/)
					words = words " " $i
			if (!seen[words]++)
				print words
		}'
}

# works_on: cl2 uses the other service from now on
works_on()
{
	start_bg cl2 works sh -c 'while :; do
		curl -sf -m 20 -o /dev/null "$1" && echo served || echo failed
		sleep 0.2
	done' works "$VIP_URL:81/"
}

# measure: entries of conntrack, and kB of the kernel's objects
measure()
{
	start_bg gw measure sh -c 'while :; do
		read -r n </proc/sys/net/netfilter/nf_conntrack_count
		echo "$n $(sed -n "s/^Slab: *\([0-9]*\) kB/\1/p" /proc/meminfo)"
		sleep 0.3
	done'
}

# greatest COLUMN: of what was measured
greatest()
{
	sort -n -k "$1,$1" "$T_DIR/measure.log" | tail -n 1 | cut -d ' ' -f "$1"
}

# All of this while the flood goes on, but for the rest of what is echoed
case_flood()
{
	local echoing n most served slab

	setup "$1"
	in_ns gw sysctl -qw "net.netfilter.nf_conntrack_tcp_loose=$2"
	follow monitor
	talk_open old cl2 "$VIP" 9000
	measure
	wait_for 10 test -s "$T_DIR/measure.log"
	start_bg cl1 flood traffic flood "$VIP" 8080 60
	works_on
	wait_for 10 said begins
	all_served 8080
	all_served 81
	served_late
	# Its size of segments has the first place in a cookie
	in_ns cl2 ip link set eth0 mtu 1320
	served_late
	in_ns cl2 ip link set eth0 mtu 1500
	talk_open new cl2 "$VIP" 9000
	talk_say new word
	talk_say old word
	expect "options" " ts sack wscale:7,7" "$(options_of 9000)"
	echoes &
	echoing=$!
	wait_for 10 is_counter http cookies_accepted $((REQUESTS + 4))
	lb -j service show http | jq -e ".services[0] |
		.protected and .half_open <= $MARK and .syn_proxy == $MARK"
	lb explain tcp "$(endpoint "$CLIENT" 40000)" \
		"$(endpoint "$VIP" 8080)" | grep "^protected"
	stop_bg works
	stop_bg flood
	stop_bg measure
	wait $echoing
	read -r n <"$T_DIR/flood.log"
	served=$(grep -c served "$T_DIR/works.log")
	most=$(greatest 1)
	slab=$(($(greatest 2) - $(head -n 1 "$T_DIR/measure.log" |
		cut -d ' ' -f 2)))
	echo "$n SYNs, $(counter_of http cookies_sent) cookies, $most entries," \
		"$slab kB more, $served requests served beside"
	expect "requests that failed beside" 0 \
		"$(grep -c failed "$T_DIR/works.log")"
	expect_between "requests beside" 10 10000 "$served"
	expect_between "entries" 1 $((3 * MARK + 3 * REQUESTS + served)) "$most"
	expect_between "kB of memory" -100000 32768 "$slab"
	# Whatever is lost on the way, most of it comes
	expect_between "cookies" $((n / 4)) "$n" \
		"$(counter_of http cookies_sent)"
	expect_between "SYNs" $((10 * MARK)) 10000000 "$n"
}

# What was begun under protection goes on, and new ones do without
case_calm()
{
	local backend

	wait_for 10 warned begins
	wait_for 30 said ends
	wait_for 10 warned ends
	goes_slow new
	talk_open fresh cl2 "$VIP" 9000
	# Backends may still repeat what they have said to nobody
	wait_for 10 carries fresh
	wait_for 10 carries old
	backend=$(talk_peer new)
	lb backend drain web "$backend" deadline 1s
	talk_say new word
	wait_for 10 is_reset new
	wait_for 10 has_open "$backend" 9000 0
	lb backend set web "$backend" drain off
	stop_bg monitor
	talk_close fresh
	talk_close old
}

# protect: what protects is one connection that stays half open
protect()
{
	[ ! -e "$T_DIR/half.pid" ] || stop_bg half
	MARK=1 setup
	lb probe add p tcp initial up
	lb service set http probe p half-open-timeout 100s all-down reject \
		on-down reset
	start_bg cl2 half socat - TCP:"$(endpoint "$VIP" $DEAF)"
	wait_for 10 is_counter http new_flows 1
}

# A backend that is its own client, which has the gateway's address on its way
case_hairpin()
{
	local before

	protect
	before=$(stat_of hairpin)
	lb backend set web b2 weight 0
	talk_open self b1 "$VIP" 9000
	expect "who answers" b1 "$(talk_peer self)"
	talk_say self "$(printf 'x%.0s' {1..3000})"
	expect "hairpins" 1 $(($(stat_of hairpin) - before))
	expect "by cookies" 1 "$(counter_of http cookies_accepted)"
	talk_close self
}

# Backends go down, one after the other
case_down()
{
	local first

	protect
	talk_open one cl2 "$VIP" 9000
	first=$(talk_peer one)
	report down "$first"
	wait_for 10 is_reset one
	wait_for 10 has_open "$first" 9000 0
	talk_open two cl2 "$VIP" 9000
	[ "$(talk_peer two)" != "$first" ] || fail "picked, but down"
	expect "by cookies" 2 "$(counter_of http cookies_accepted)"
	report down b1 b2
	wait_for 10 is_reset two
	! http_get cl2 "$VIP_URL:8080" || fail "served by nobody"
	has_counted http reject_no_backend
	expect "by cookies" 2 "$(counter_of http cookies_sent)"
}

# What a cookie has opened goes on, and the next service of that name is
# another one
case_removed()
{
	follow monitor
	protect
	MARK=1 wait_for 10 said begins
	talk_open one cl2 "$VIP" 9000
	lb service del http
	MARK=1 wait_for 10 said ends
	talk_say one hello
	lb service add http frontend web-ip protocol tcp port 9000 pool web \
		syn-proxy $MARK
	talk_open two cl2 "$VIP" 9000
	talk_say one still-there
	expect "by cookies" 0 "$(counter_of http cookies_sent)"
	stop_bg monitor
	talk_close one
	talk_close two
}

# flood FAMILY express|"" LOOSE: how new flows come, and whether conntrack picks
# up connections midway
flood()
{
	local name="IPv$1${2:+, $2}" members=${2:+", \"new_flows_mode\": \"$2\""}

	use_family "$1"
	tap_run "a flood, $name" case_flood "$members" "$3"
	tap_run "after the flood, $name" case_calm
}

topo_up 2
# The way back to those who do not exist ends at who has their cable
ip -n gw route add 198.18.0.0/15 via 198.51.100.2
ip -n gw route add 2001:db8:bad::/48 via 2001:db8:c1::2
head -c $((BIG_MB * 1024 * 1024)) /dev/urandom >"$T_DIR/big"
start_nginx b1 b2
start_talkers b1 b2
flood 4 "" 0
flood 6 "" 1
flood 4 express 1
flood 6 express 0
for space in b1 b2; do
	in_ns $space nft -f - <<-END
	table inet deaf { chain i { type filter hook input priority 0
		tcp dport $DEAF drop; }; }
	END
done
both_families "a backend is its own client" case_hairpin
both_families "backends go down" case_down
both_families "the service is removed" case_removed
tap_done
