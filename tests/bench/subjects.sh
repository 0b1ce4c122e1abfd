# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The subjects: what is measured beside nflb, and nflb. setup_NAME BACKENDS
# makes the gateway be that, in a network that is new; where() tells where
# clients send to and where backends listen. Sourced after topo.sh.
# shellcheck disable=SC2154 # NFLB_RUN is from the guest

VIP4=203.0.113.10
VIP6=2001:db8:f::10

# What moving a packet costs anyone: the two devices are joined, the gateway's
# network stack does not see it. Each end takes the other for the gateway.
setup_floor()
{
	tc -n gw -batch - <<-END
		qdisc add dev front clsact
		qdisc add dev back clsact
		filter add dev front ingress matchall action mirred egress redirect dev back
		filter add dev back ingress matchall action mirred egress redirect dev front
	END
	ip -n cl -batch - <<-END
		neigh replace 198.51.100.1 lladdr $MAC_BE dev eth0 nud permanent
		neigh replace 2001:db8:c1::1 lladdr $MAC_BE dev eth0 nud permanent
	END
	ip -n be -batch - <<-END
		neigh replace 10.8.0.1 lladdr $MAC_CL dev eth0 nud permanent
		neigh replace fd00:b8::1 lladdr $MAC_CL dev eth0 nud permanent
	END
}

setup_routing()
{
	:
}

# A rule that no packet meets is enough for conntrack to be there.
setup_conntrack()
{
	in_ns gw nft -f - <<-END
		table inet bench {
			chain unused {
				ct state new accept
			}
		}
	END
}

# nft_map FAMILY BACKENDS [FIRST]
nft_map()
{
	local i comma=

	for ((i = 0; i < $2; i++)); do
		backend $((${3-0} + i)) "$1"
		printf '%s%d : %s . 8080' "$comma" $i "$REPLY"
		comma=', '
	done
}

# nft_rules FAMILY PROTOCOL-NAME VIP BACKENDS
nft_rules()
{
	local protocol

	for protocol in udp tcp; do
		echo "$2 daddr $3 $protocol dport 80 dnat $2 to" \
			"jhash $2 saddr . $protocol sport mod $4" \
			"map { $(nft_map "$1" "$4") }"
	done
}

# The way that it is done with nft alone: backends by a hash of the source
setup_nft()
{
	in_ns gw nft -f - <<-END
		table inet bench {
			chain prerouting {
				type nat hook prerouting priority dstnat
				$(nft_rules 4 ip $VIP4 "$1")
				$(nft_rules 6 ip6 $VIP6 "$1")
			}
		}
	END
}

setup_flowtable()
{
	setup_nft "$1"
	in_ns gw nft -f - <<-END
		table inet bench {
			flowtable fast {
				hook ingress priority 0
				devices = { front, back }
			}
			chain forward {
				type filter hook forward priority 0
				meta l4proto { tcp, udp } flow add @fast
			}
		}
	END
}

# vip_local NAMESPACE
vip_local()
{
	ip -n "$1" addr add $VIP4/32 dev lo
	ip -n "$1" addr add $VIP6/128 dev lo nodad
}

# ipvs_rules SCHEDULER BACKENDS WORD...: WORD is how packets get there; -m
# changes the port, too
ipvs_rules()
{
	local word vip family port=80 i

	[ "$3" != -m ] || port=8080
	for word in -u -t; do
		for family in 4 6; do
			vip=$VIP4
			[ $family = 4 ] || vip="[$VIP6]"
			echo "-A $word $vip:80 -s $1"
			for ((i = 0; i < $2; i++)); do
				backend $i $family
				[ $family = 4 ] || REPLY="[$REPLY]"
				echo "-a $word $vip:80 -r $REPLY:$port $3 -w 1"
			done
		done
	done
}

# setup_ipvs_as SCHEDULER BACKENDS WORD
setup_ipvs_as()
{
	# As big a table as there can be: the default one has long chains.
	modprobe ip_vs conn_tab_bits=20
	vip_local gw
	ipvs_rules "$1" "$2" "$3" | in_ns gw ipvsadm -R
}

setup_ipvs()
{
	setup_ipvs_as rr "$1" -m
}

setup_ipvs-mh()
{
	setup_ipvs_as "mh -b mh-port" "$1" -m
}

# Answers do not come back through a gateway that does this: they get to the
# client for what they cost at the floor.
setup_ipvs-dr()
{
	setup_ipvs_as rr "$1" -g
	vip_local be
	tc -n gw -batch - <<-END
		qdisc add dev back clsact
		filter add dev back ingress protocol ip prio 1 flower src_ip $VIP4 action mirred egress redirect dev front
		filter add dev back ingress protocol ipv6 prio 2 flower src_ip $VIP6 action mirred egress redirect dev front
	END
	ip -n be -batch - <<-END
		neigh replace 10.8.0.1 lladdr $MAC_CL dev eth0 nud permanent
		neigh replace fd00:b8::1 lladdr $MAC_CL dev eth0 nud permanent
	END
}

haproxy_conf()
{
	local family vip i

	cat <<-END
	global
		nbthread 1
		maxconn 4000
	defaults
		mode tcp
		timeout connect 10m
		timeout client 10m
		timeout server 10m
		balance roundrobin
	END
	for family in 4 6; do
		vip=VIP$family
		printf 'frontend f%s\n\tbind %s:80\n' $family "${!vip}"
		printf '\tdefault_backend b%s\nbackend b%s\n' $family $family
		for ((i = 0; i < $1; i++)); do
			backend $i $family
			printf '\tserver s%d %s:8080\n' $i "$REPLY"
		done
	done
}

setup_haproxy()
{
	vip_local gw
	haproxy_conf "$1" >"$T_DIR/haproxy.conf"
	start_bg gw haproxy haproxy -db -f "$T_DIR/haproxy.conf"
	try_for 20 listens gw 80 || fail "$(cat "$T_DIR/haproxy.log")"
}

# nflb_backends FAMILY BACKENDS [FIRST]
nflb_backends()
{
	local first=${3-0} i comma=

	for ((i = first; i < first + $2; i++)); do
		backend $i "$1"
		printf '%s{"name":"b%d","address":"%s"}' "$comma" $i "$REPLY"
		comma=,
	done
}

# nflb_doc BACKENDS [WORDS]: WORDS belong to each service
nflb_doc()
{
	local family protocol comma=

	cat <<-END
	{"frontends":[
	{"name":"f4","address":"$VIP4"},{"name":"f6","address":"$VIP6"}],
	"pools":[
	{"name":"p4","backends":[$(nflb_backends 4 "$1")]},
	{"name":"p6","backends":[$(nflb_backends 6 "$1")]}],
	"services":[
	END
	for family in 4 6; do
		for protocol in udp tcp; do
			cat <<-END
			$comma{"name":"$protocol$family","frontend":"f$family",
			"protocol":"$protocol","port":80,"pool":"p$family",
			"backend_port":8080${2-}}
			END
			comma=,
		done
	done
	echo ']}'
}

# setup_nflb BACKENDS [WORDS]: as nflb_doc
setup_nflb()
{
	[ -d /sys/module/nflb ] || insert "$NFLB_RUN/nflb.ko"
	nflb_doc "$@" | lb apply - >/dev/null
}

# nflb_words SUBJECT: as nflb_doc takes them
nflb_words()
{
	[ "$1" != express ] || echo ',"new_flows_mode":"express"'
}

setup_express()
{
	setup_nflb "$1" "$(nflb_words express)"
}

# where SUBJECT FAMILY: clients send to $TARGET $PORT, and backends listen on
# $BACKEND_PORT
where()
{
	local vip=VIP$2

	TARGET=${!vip} PORT=80 BACKEND_PORT=8080
	case $1 in
	floor | routing | conntrack)
		backend 0 "$2"
		TARGET=$REPLY PORT=8080
		;;
	ipvs-dr) BACKEND_PORT=80 ;;
	esac
}
