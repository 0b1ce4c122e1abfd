# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the workload "configure" gives the subjects: ten pools of 500 backends,
# and then a new weight of one backend. nflb gets 1,500 services besides; for
# the others, whose services share nothing, there is one for each pool.
# Sourced after subjects.sh.

N_POOLS=10 N_MEMBERS=500 N_SERVICES=1500

document_nflb()
{
	local pool i

	echo "{\"frontends\":[{\"name\":\"f\",\"address\":\"$VIP4\"}],\"pools\":["
	for ((pool = 0; pool < N_POOLS; pool++)); do
		[ $pool = 0 ] || echo ,
		echo "{\"name\":\"p$pool\",\"backends\":["
		nflb_backends 4 $N_MEMBERS $((pool * N_MEMBERS))
		echo ']}'
	done
	echo '],"services":['
	for ((i = 0; i < N_SERVICES; i++)); do
		[ $i = 0 ] || echo ,
		echo "{\"name\":\"s$i\",\"frontend\":\"f\",\"protocol\":\"tcp\",\"port\":$((1000 + i)),\"pool\":\"p$((i % N_POOLS))\"}"
	done
	echo ']}'
}

load_nflb()
{
	lb apply "$1"
}

change_nflb()
{
	lb backend set p0 b7 weight 5
}

document_ipvs()
{
	ipvs_document rr
}

document_ipvs-mh()
{
	ipvs_document "mh -b mh-port"
}

# ipvs_document SCHEDULER
ipvs_document()
{
	local pool i vip

	for ((pool = 0; pool < N_POOLS; pool++)); do
		vip=$VIP4:$((1000 + pool))
		echo "-A -t $vip -s $1"
		for ((i = pool * N_MEMBERS; i < (pool + 1) * N_MEMBERS; i++)); do
			backend $i 4
			echo "-a -t $vip -r $REPLY:8080 -m -w 1"
		done
	done
}

load_ipvs()
{
	in_ns gw ipvsadm -R <"$1"
}

load_ipvs-mh()
{
	load_ipvs "$1"
}

change_ipvs()
{
	backend 7 4
	in_ns gw ipvsadm -e -t $VIP4:1000 -r "$REPLY:8080" -m -w 5
}

change_ipvs-mh()
{
	change_ipvs
}

# nft_pool POOL: the rule of it, in a chain of its own
nft_pool()
{
	echo "add chain ip many p$1"
	echo "add rule ip many p$1 dnat to jhash ip saddr . tcp sport" \
		"mod $N_MEMBERS map {" \
		"$(nft_map 4 $N_MEMBERS $(($1 * N_MEMBERS))) }"
}

document_nft()
{
	local pool

	echo "add table ip many"
	for ((pool = 0; pool < N_POOLS; pool++)); do
		nft_pool $pool
	done
	echo "add chain ip many in { type nat hook prerouting priority dstnat; }"
	for ((pool = 0; pool < N_POOLS; pool++)); do
		echo "add rule ip many in ip daddr $VIP4" \
			"tcp dport $((1000 + pool)) jump p$pool"
	done
	# Weights are written as the share of a map; the pool's is written anew.
	{
		echo "flush chain ip many p0"
		nft_pool 0
	} >"$T_DIR/change"
}

load_nft()
{
	in_ns gw nft -f "$1"
}

change_nft()
{
	in_ns gw nft -f "$T_DIR/change"
}
