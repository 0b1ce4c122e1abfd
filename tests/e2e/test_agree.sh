#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Gateways with the same configuration choose alike, whatever the order in
# which they were told; and a backend that fails or returns moves its own
# share and no other. Asked by lbctl explain, which runs the kernel's choice.
#
#   ga, gb, gc (nflb), alone
# once: who gets a flow is decided alike in every kernel
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # there is no traffic

N_BACKENDS=8
N_TUPLES=50000
N_FEW=4000
ALL="100,000 tuples"
if [ "$SLOW" != 1 ]; then
	N_TUPLES=5000
	ALL="10,000 tuples (debug)"
fi

# weight NUMBER: of that backend
weight()
{
	echo $(($1 % 5 + 1))
}

# address POOL NUMBER
address()
{
	case $1 in
	w4) echo "10.0.$2.1" ;;
	w6) printf 'fd00:b::%x\n' "$2" ;;
	esac
}

pool_json()
{
	local i

	printf '{"name": "%s", "backends": [' "$1"
	for ((i = 1; i <= N_BACKENDS; i++)); do
		printf '{"name": "vm%s", "address": "%s", "weight": %s}' \
			"$i" "$(address "$1" "$i")" "$(weight "$i")"
		[ "$i" = "$N_BACKENDS" ] || printf ','
	done
	printf ']}'
}

doc()
{
	cat <<-END
	{"frontends": [{"name": "f4", "address": "203.0.113.10"},
	    {"name": "f6", "address": "2001:db8:f::10"}],
	  "probes": [{"name": "p", "type": "tcp", "initial": "up"}],
	  "pools": [$(pool_json w4), $(pool_json w6)],
	  "services": [
	    {"name": "s4", "frontend": "f4", "protocol": "tcp", "port": 80,
	      "pool": "w4", "backend_port": 8080, "probe": "p"},
	    {"name": "s6", "frontend": "f6", "protocol": "tcp", "port": 80,
	      "pool": "w6", "backend_port": 8080, "probe": "p"},
	    {"name": "u4", "frontend": "f4", "protocol": "udp",
	      "port": "50-60", "pool": "w4", "affinity": "client-ip"},
	    {"name": "u6", "frontend": "f6", "protocol": "udp", "port": "any",
	      "pool": "w6"}]}
	END
}

# The same document, every list of it turned round
doc_reversed()
{
	doc | jq '.frontends |= reverse | .services |= reverse |
		.pools |= (reverse | map(.backends |= reverse))'
}

# add_backend GATEWAY POOL NUMBER
add_backend()
{
	lbctl -n "$1" backend add "$2" "vm$3" "$(address "$2" "$3")" \
		weight "$(weight "$3")"
}

# The same by single commands, in yet another order
configure()
{
	local i pool

	for pool in w6 w4; do
		lbctl -n "$1" pool add "$pool"
		for ((i = 0; i < N_BACKENDS; i++)); do
			add_backend "$1" "$pool" $((i * 5 % N_BACKENDS + 1))
		done
	done
	lbctl -n "$1" frontend add f6 2001:db8:f::10
	lbctl -n "$1" frontend add f4 203.0.113.10
	lbctl -n "$1" probe add p tcp initial up
	lbctl -n "$1" service add u6 frontend f6 protocol udp port any pool w6
	lbctl -n "$1" service add s6 frontend f6 protocol tcp port 80 pool w6 \
		backend-port 8080 probe p
	lbctl -n "$1" service add u4 frontend f4 protocol udp port 50-60 \
		pool w4 affinity client-ip
	lbctl -n "$1" service add s4 frontend f4 protocol tcp port 80 pool w4 \
		backend-port 8080 probe p
}

# tuples N: N of each family, no two alike
tuples()
{
	awk -v n="$1" 'BEGIN {
		for (i = 0; i < n; i++) {
			port = 1024 + i * 7919 % 60000
			proto = i % 4 ? "tcp" : "udp"
			to = i % 4 ? 80 : 53
			printf "%s 10.%d.%d.%d:%d 203.0.113.10:%d\n", proto,
				i / 65536, i / 256 % 256, i % 256, port, to
			printf "%s [2001:db8:%x::%x]:%d [2001:db8:f::10]:%d\n",
				proto, i % 16, i, port, to
		}
	}'
}

# choices GATEWAY FILE: what becomes of the tuples
choices()
{
	lbctl -n "$1" explain - <"$T_DIR/tuples" >"$T_DIR/$2"
	expect "answers" "$(wc -l <"$T_DIR/tuples")" "$(wc -l <"$T_DIR/$2")"
	! grep -v ' picked ' "$T_DIR/$2" || fail "not picked"
}

digests()
{
	lbctl -n "$1" pool show | awk 'NR > 1 { print $1, $NF }' | sort
}

# moved FILE FILE: lines of "count from to" of the tuples whose backend differs
moved()
{
	paste -d ' ' "$T_DIR/$1" "$T_DIR/$2" | awk '
		$7 != $19 { n[$7 " " $19]++ }
		END { for (way in n) print n[way], way }'
}

# instead FILE FILE: of the tuples whose backend differs, the first choices in
# the second
instead()
{
	paste -d ' ' "$T_DIR/$1" "$T_DIR/$2" | awk '$7 != $19 { print $23 }'
}

# share FILE BACKEND: of the tuples
share()
{
	awk -v who="$2" '$7 == who { n++ } END { print n + 0 }' "$T_DIR/$1"
}

case_agree()
{
	tuples "$N_TUPLES" >"$T_DIR/tuples"
	doc | lbctl -n ga apply -
	configure gb
	doc_reversed | lbctl -n gc apply -
	cmp <(lbctl -n ga export) <(lbctl -n gb export)
	choices ga a
	choices gb b
	cmp "$T_DIR/a" "$T_DIR/b"
	expect "digests of gb" "$(digests ga)" "$(digests gb)"
	expect "digests of gc" "$(digests ga)" "$(digests gc)"
	cmp <(lbctl -n ga export) <(lbctl -n gc export)
	digests ga
	# All have their share: vm4 has 5 of 24 parts of the weight
	awk '{ n[$6 " " $7]++ } END { for (i in n) print i, n[i] }' \
		"$T_DIR/a" | sort -V
	expect_between "share of vm4" $((2 * N_TUPLES * 19 / 100)) \
		$((2 * N_TUPLES * 23 / 100)) "$(share a vm4)"
}

case_seed()
{
	tuples "$N_FEW" >"$T_DIR/tuples"
	choices ga a
	lbctl -n gb pool set w4 seed 1
	lbctl -n gb pool set w6 seed 0x8000000000000001
	choices gb b
	[ "$(digests ga | cut -d ' ' -f 2 | sort -u)" != \
		"$(digests gb | cut -d ' ' -f 2 | sort -u)" ]
	expect_between "tuples that move" "$N_FEW" $((2 * N_FEW)) \
		"$(moved a b | awk '{ n += $1 } END { print n + 0 }')"
	lbctl -n gb pool set w4 seed 0
	lbctl -n gb pool set w6 seed 0
	choices gb b
	cmp "$T_DIR/a" "$T_DIR/b"
}

# only_moved FROM N: of files a and b, N tuples and all from there; those that
# stay keep their slots, and those that move say whom they miss
only_moved()
{
	expect "tuples that stay in another slot" "" \
		"$(paste -d ' ' "$T_DIR/a" "$T_DIR/b" |
			awk '$7 == $19 && $9 != $21')"
	expect "first choices of those that move" "$2 $1" \
		"$(instead a b | sort | uniq -c | awk '{ print $1, $2 }')"
	expect "tuples that move from others" "" \
		"$(moved a b | awk -v from="$1" '$2 != from')"
	expect "tuples that move" "$2" \
		"$(moved a b | awk '{ n += $1 } END { print n + 0 }')"
	# ... to many, not to one neighbour
	expect_between "where they go" $((N_BACKENDS / 2)) "$N_BACKENDS" \
		"$(moved a b | wc -l)"
}

# both_pools COMMAND...: POOL stands for the pool
both_pools()
{
	lbctl -n ga "${@//POOL/w4}"
	lbctl -n ga "${@//POOL/w6}"
}

# case_set KEYWORD OUT IN: what takes vm3 out, and brings it back. Whose slot is
# whose, of which the digest tells, is all the same.
case_set()
{
	tuples "$N_FEW" >"$T_DIR/tuples"
	choices ga a
	digests ga >"$T_DIR/digests"
	both_pools backend set POOL vm3 "$1" "$2"
	choices ga b
	only_moved vm3 "$(share a vm3)"
	expect "digests meanwhile" "$(cat "$T_DIR/digests")" "$(digests ga)"
	both_pools backend set POOL vm3 "$1" "$3"
	choices ga b
	cmp "$T_DIR/a" "$T_DIR/b"
	expect "digests" "$(cat "$T_DIR/digests")" "$(digests ga)"
}

# Only services with that probe see it
case_health()
{
	tuples "$N_FEW" >"$T_DIR/tuples"
	choices ga a
	digests ga >"$T_DIR/digests"
	both_pools health set POOL vm5 p down
	choices ga b
	only_moved vm5 "$(grep '^tcp' "$T_DIR/a" | grep -c ' vm5 ')"
	expect "digests meanwhile" "$(cat "$T_DIR/digests")" "$(digests ga)"
	both_pools health set POOL vm5 p up
	choices ga b
	cmp "$T_DIR/a" "$T_DIR/b"
}

# One that was removed and is back has its share again
case_return()
{
	tuples "$N_FEW" >"$T_DIR/tuples"
	choices ga a
	digests ga >"$T_DIR/digests"
	both_pools backend del POOL vm7
	choices ga b
	expect "share of what was removed" 0 "$(share b vm7)"
	[ "$(digests ga)" != "$(cat "$T_DIR/digests")" ]
	add_backend ga w4 7
	add_backend ga w6 7
	choices ga b
	cmp "$T_DIR/a" "$T_DIR/b"
	expect "digests" "$(cat "$T_DIR/digests")" "$(digests ga)"
}

topo_space ga 0
topo_space gb 0
topo_space gc 0
tap_run "three gateways choose alike for $ALL" case_agree
tap_run "with another seed they do not" case_seed
tap_run "a backend down moves its own share only" case_set admin down none
tap_run "a draining backend moves its own share only" case_set drain on off
tap_run "a failing backend moves its own share only" case_health
tap_run "a removed backend gets its share back" case_return
tap_done
