#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Others have to do with conntrack's entries, too: the administrator's own
# translations, expectations, ctnetlink.
#
#   cl1 --- gw (nflb, nft) --- sw --- b1 b2 (echo at port 9000)
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$NFLB_TOP/tests/vm/insert.sh"

# Pool other has b1's address, too.
configure()
{
	begin_anew
	in_ns gw nft flush ruleset
	MORE_POOLS="{\"name\": \"other\", \"backends\": [
		{\"name\": \"y\", \"address\": \"$(backend_addr 1)\"}]}," \
	MORE_SERVICES='{"name": "udp", "frontend": "web-ip", "pool": "web",
		"protocol": "udp", "port": 53},
		{"name": "of-other", "frontend": "web-ip", "pool": "other",
		"protocol": "tcp", "port": 8888},' \
		WEB_PORTS='"port": 9000' apply_web 1
}

# ip_word: how nft calls the family
ip_word()
{
	[ "$FAMILY" = 4 ] && echo ip || echo ip6
}

# The FTP helper on what is no FTP: it keeps ours out.
give_helper()
{
	in_ns gw nft -f - <<-END
	table inet alg {
		ct helper ftp { type "ftp" protocol tcp; }
		chain prerouting { type filter hook prerouting priority -150
			tcp dport 9000 ct helper set "ftp"
		}
	}
	END
}

case_own_translation()
{
	local to

	configure
	to=$(backend_addr 1)
	[ "$FAMILY" = 4 ] || to="[$to]"
	in_ns gw nft -f - <<-END
	table $(ip_word) own { chain pre {
		type nat hook prerouting priority dstnat
		$(ip_word) daddr $VIP tcp dport 7777 dnat to $to:9000
	}; }
	END
	survives 7777
}

case_helper_of_other_pool()
{
	configure
	give_helper
	survives 9000
}

# survives PORT: a conversation there keeps its entry when pool other loses
# the same server
survives()
{
	local entry

	talk_open one cl1 "$VIP" "$1"
	talk_say one before
	entry=$(entries)
	[ -n "$entry" ]
	lb backend del other y now
	expect "entry" "$entry" "$(entries)"
	talk_say one after
	talk_close one
}

entries()
{
	in_ns gw conntrack -L -o id -f "ipv$FAMILY" -p tcp -s "$CLIENT" \
		2>/dev/null | grep -o 'id=.*'
}

case_zeroed_counters()
{
	local before

	configure
	give_helper
	talk_open one cl1 "$VIP" 9000
	for word in a b c d e f; do
		talk_say one "$word"
	done
	pause 2.5
	before=$(counter_of http in_pkts)
	in_ns gw conntrack -L -z >/dev/null 2>&1
	talk_say one again
	pause 2.5
	[ "$(counter_of http in_pkts)" -gt "$before" ]
	talk_close one
}

send_datagrams()
{
	start_bg cl1 datagrams python3 -c '
import socket, sys
family = socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET
sock = socket.socket(family, socket.SOCK_DGRAM)
sock.bind((sys.argv[1], 5555))
sock.connect((sys.argv[2], 53))
while True:
    try:
        sock.send(b"x")
    except OSError:
        pass' "$CLIENT" "$VIP"
}

case_helper_is_taken_away()
{
	configure
	send_datagrams
	wait_for 20 counts_flows
	[ "$(in_ns gw "$here/lib/unhelp.py" "$CLIENT" 5555 "$VIP" 53 \
		$((3 * SLOW)))" -gt 0 ]
	stop_bg datagrams KILL
	in_ns gw conntrack -F 2>/dev/null
}

counts_flows()
{
	[ "$(counter_of udp new_flows)" -gt 0 ]
}

# An expected connection refers to the flow that expected it, however dead.
case_child_outlives_module()
{
	configure
	in_ns gw nft -f - <<-END
	table $(ip_word) child {
		ct expectation e {
			protocol tcp; dport 9000; timeout 1m; size 10
			l3proto $(ip_word)
		}
		chain post {
			type filter hook postrouting priority 150
			$(ip_word) saddr $CLIENT tcp dport 9000 ct state new ct expectation set "e"
		}
		chain look {
			type filter hook forward priority 0
			tcp dport 9000 ct helper "nflb" counter
		}
	}
	END
	talk_open one cl1 "$VIP" 9000
	talk_open child "$(talk_peer one)" "$CLIENT" 9000
	talk_say child before
	rmmod nflb
	talk_say child after
	insert "$NFLB_RUN/nflb.ko"
	talk_close one
	talk_close child
}

topo_up 2
start_talkers b1 b2 cl1
both_families "del now spares the administrator's flows" case_own_translation
both_families "del now spares another pool's flows" case_helper_of_other_pool
both_families "conntrack's counters are zeroed" case_zeroed_counters
both_families "our helper is taken away under load" case_helper_is_taken_away
both_families "an expected connection outlives us" case_child_outlives_module
[ -d /sys/module/nflb ] || insert "$NFLB_RUN/nflb.ko"
tap_done
