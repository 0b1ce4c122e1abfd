#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What goes wrong between the choice of a backend and the flow: first packets
# that somebody holds for too long, two of them at once, and memory that is
# short, for flows and for configurations.
#
#   cl1 --- gw (nflb) --- sw --- b1 b2 b3 b4 (servers)
# processors: 2
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
. "$here/lib/traffic.sh"
WAY=fast # no rule holds a first packet that is express

QUEUE=7
FAULTS=/sys/kernel/debug
APPLIES=30
CHANGES=40
FLOWS=40

# doc NUMBER...: http at port 80, and dns there over UDP
doc()
{
	SCHEDULER=rr MORE_SERVICES='
	    {"name": "dns", "frontend": "web-ip", "protocol": "udp",
	      "port": 80, "pool": "web", "backend_port": 8080},' web_doc "$@"
}

# setup NUMBER...: a configuration with these backends, and no flows
setup()
{
	[ ! -e "$T_DIR/queue.pid" ] || hold_no_more
	begin_anew
	doc "$@" | lb apply -
}

# hold_first: first packets, between the choice and the last of the hooks
hold_first()
{
	start_bg gw queue "$here/lib/hold.py" $QUEUE
	wait_for 20 grep -q listening "$T_DIR/queue.log"
	in_ns gw nft -f - <<-END
	table inet hold {
		chain late {
			type filter hook postrouting priority 200;
			oifname back ct state new queue num $QUEUE
		}
	}
	END
}

# are_held N
are_held()
{
	[ "$(grep -c held "$T_DIR/queue.log")" -ge "$1" ]
}

let_go()
{
	local pid

	read -r pid <"$T_DIR/queue.pid"
	kill -USR1 "$pid"
}

hold_no_more()
{
	in_ns gw nft delete table inet hold
	stop_bg queue
}

# ask_held PROTOCOL N: asks, in ask.log, and waits until N packets are held
ask_held()
{
	hold_first
	start_bg cl1 ask traffic ask "$1" "$VIP" 80 \
		timeout $((5000 * SLOW))
	wait_for 10 are_held "$2"
}

remove_backend()
{
	doc 2 | lb apply -
}

# Not the last one, with which the kernel would drop what is held
remove_http()
{
	lb service del http
}

remove_dns()
{
	lb service del dns
}

take_down()
{
	lb backend set web b1 admin down
}

# With a deadline that has come
drain_at_once()
{
	lb backend drain web b1 deadline 0s
}

# has_dropped REASON FORMER: more than that
has_dropped()
{
	[ "$(stat_of "$1")" -gt "$2" ]
}

# expect_dropped REASON FORMER: one packet, or some more of those that a client
# sends again on a slow machine while they are held
expect_dropped()
{
	wait_for 10 has_dropped "$1" "$2"
	expect_between "$1" $(($2 + 1)) $(($2 + 5)) "$(stat_of "$1")"
}

# case_stale PROTOCOL COMMAND: which takes away what the held packet is for
case_stale()
{
	local stale

	setup 1
	stale=$(stat_of drop_stale)
	ask_held "$1" 1
	"$2"
	expect "dropped while held" "$stale" "$(stat_of drop_stale)"
	let_go
	expect_dropped drop_stale "$stale"
	expect "flows to b1" 0 "$(rows lb conns backend web/b1)"
	expect "answers of b1" "" "$(grep '^b1' "$T_DIR/ask.log" || true)"
	hold_no_more
	stop_bg ask
}

# The client sends again, and gets whoever is there now
case_stale_again()
{
	local stale

	setup 1
	stale=$(stat_of drop_stale)
	ask_held tcp 1
	remove_backend
	let_go
	wait_for 10 grep "^b2 $CLIENT " "$T_DIR/ask.log"
	hold_no_more
	expect_dropped drop_stale "$stale"
	expect "flows of the service" 1 "$(counter_of http new_flows)"
}

# A connection may begin where nothing new comes, if it was there in time
case_drained()
{
	local stale

	setup 1 2
	lb backend set web b2 weight 0
	stale=$(stat_of drop_stale)
	ask_held tcp 1
	lb backend drain web b1
	let_go
	wait_for 10 grep "^b1 $CLIENT " "$T_DIR/ask.log"
	hold_no_more
	expect "dropped" "$stale" "$(stat_of drop_stale)"
}

# TCP sends its first packet again while nobody answers: conntrack knows of
# neither, takes the first one and no other.
case_clash()
{
	local before

	setup 1 2 3
	before=$(stat_of drop_confirm)
	ask_held tcp 2
	let_go
	wait_for 10 grep "^b[123] $CLIENT " "$T_DIR/ask.log"
	hold_no_more
	expect_dropped drop_confirm "$before"
	expect "flows of the service" 1 "$(counter_of http new_flows)"
	expect "dropped of the service" \
		$(($(stat_of drop_confirm) - before)) \
		"$(lb -j stats | jq '.services[] | select(.name == "http") |
			.drop_confirm')"
	wait_for 10 is_counter http active 0
}

# set_fault NAME FILE VALUE
set_fault()
{
	echo "$3" >"$FAULTS/$1/$2"
}

# prepare_faults: what nflb asks memory of fails, as soon as there is a
# probability. Not so percpu and vmalloc, which are neighbours in the kernel:
# they write a call trace to the log.
prepare_faults()
{
	local name start size end

	read -r size start < <(awk '$1 == "nflb" { print $2, $6 }' /proc/modules)
	printf -v end '%#x' $((start + size))
	for name in failslab fail_page_alloc; do
		set_fault $name probability 0
		set_fault $name ignore-gfp-wait N
		set_fault $name interval 1
		set_fault $name times -1
		set_fault $name verbose 0
		set_fault $name require-start "$start"
		set_fault $name require-end "$end"
		set_fault $name reject-start "0x$(symbol pcpu_alloc_noprof)"
		set_fault $name reject-end "0x$(symbol vread_iter)"
	done
	set_fault fail_page_alloc min-order 0
}

# symbol NAME: where it is in the kernel
symbol()
{
	awk -v name="$1" '$3 == name { print $1 }' /proc/kallsyms
}

# with_faults PERCENT COMMAND...: of what nflb asks memory, that part fails
with_faults()
{
	local status=0

	set_fault failslab probability "$1"
	set_fault fail_page_alloc probability "$1"
	"${@:2}" || status=$?
	set_fault failslab probability 0
	set_fault fail_page_alloc probability 0
	return $status
}

# try_change PERCENT COMMAND...: it succeeds, or is refused with a sentence; the
# generation and $done or $refused tell
try_change()
{
	local status=0 generation

	generation=$(stat_of generation)
	lb export >"$T_DIR/before.json"
	with_faults "$@" >"$T_DIR/said" 2>&1 || status=$?
	lb export >"$T_DIR/after.json"
	if [ $status = 0 ]; then
		done=$((done + 1))
		expect "generation" $((generation + 1)) "$(stat_of generation)"
	else
		refused=$((refused + 1))
		expect "status" 1 $status
		grep -q '^lbctl: .*memory is short$' "$T_DIR/said" ||
			fail "said: $(cat "$T_DIR/said")"
		expect "generation" "$generation" "$(stat_of generation)"
		cmp "$T_DIR/before.json" "$T_DIR/after.json" ||
			fail "refused, but it changed something"
	fi
	return $status
}

# both_happened: a test of refusals that never were is none
both_happened()
{
	echo "$done succeeded, $refused were refused"
	[ $done -gt 0 ] && [ $refused -gt 0 ]
}

doc_of()
{
	case $1 in
	a) MORE_POOLS='{"name": "x", "scheduler": "wlc"},' doc 1 2 3 ;;
	b) MORE_PROBES='{"name": "p", "type": "tcp"}' doc 2:3 3 4:2 ;;
	esac
}

# Documents in turn, beside a flow that was there before
case_apply()
{
	local i word done=0 refused=0

	for word in a b; do
		doc_of $word >"$T_DIR/$word.json"
		setup 1
		lb apply "$T_DIR/$word.json"
		lb export >"$T_DIR/$word.export"
	done
	hold steady cl1 tcp 80
	word=a
	for ((i = 0; i < APPLIES; i++)); do
		try_change 1 lb apply "$T_DIR/$word.json" || continue
		cmp "$T_DIR/after.json" "$T_DIR/$word.export"
		word=$([ $word = a ] && echo b || echo a)
	done
	both_happened
	expect "open flows" 1 "$(stat_of flows)"
	release steady
}

# Single changes, of which each makes a snapshot
case_change()
{
	local i done=0 refused=0

	setup 1 2 3
	for ((i = 1; i <= CHANGES; i++)); do
		try_change 5 lb backend set web b2 weight $((i + 1)) || continue
		grep -q "\"weight\": $((i + 1))" "$T_DIR/after.json"
	done
	both_happened
	expect "who answers" "$CLIENT 8080" \
		"$(ask cl1 tcp 80 | cut -d' ' -f2,4)"
}

# case_flows [WORD]...: what is dropped is sent again, and then is answered
case_flows()
{
	local before

	setup 1 2 3 4
	[ $# = 0 ] || lb service set http "$@"
	ask cl1 tcp 80
	before=$(stat_of drop_no_memory)
	with_faults 15 ask cl1 tcp 80 flows $FLOWS >"$T_DIR/answers"
	echo "$(($(stat_of drop_no_memory) - before)) dropped"
	expect "answers" $FLOWS "$(grep -c "^b[1-4] $CLIENT " "$T_DIR/answers")"
	[ "$(stat_of drop_no_memory)" -gt "$before" ]
	expect "flows of the service" $((FLOWS + 1)) \
		"$(counter_of http new_flows)"
	wait_for 10 is_counter http active 0
}

topo_up 4
serve b1 b2 b3 b4 -- tcp/8080 udp/8080
both_families "held while its backend is removed, tcp" \
	case_stale tcp remove_backend
both_families "held while its backend is removed, udp" \
	case_stale udp remove_backend
both_families "held while its service is removed, tcp" \
	case_stale tcp remove_http
both_families "held while its service is removed, udp" \
	case_stale udp remove_dns
both_families "held while its backend goes down, udp" case_stale udp take_down
both_families "held for a backend that is removed, and sent again" \
	case_stale_again
both_families "held while its backend drains, tcp" case_drained
both_families "held until its backend's deadline, tcp" \
	case_stale tcp drain_at_once
# In 6.1 what comes from a queue goes over to an entry that is there by now
# (__nf_conntrack_update()), and is no first packet any more.
[ "${NFLB_K-}" = 6.1 ] || both_families "sent again while held" case_clash
# Only the debug kernel knows how to run out of memory
if [ "${NFLB_K-}" = debug ]; then
	prepare_faults
	both_families "documents while memory is short" case_apply
	both_families "single changes while memory is short" case_change
	both_families "flows while memory is short" case_flows
	both_families "express flows while memory is short" case_flows \
		new-flows express
fi
tap_done
