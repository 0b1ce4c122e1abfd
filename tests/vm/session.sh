#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# session.sh [kunit] [SCENARIO]... - what one boot of a test run does in the
# guest: inserts nflb.ko, runs the suites and scenarios one after another,
# judges the kernel's log and memory, removes nflb.ko. Once more the whole log
# is judged at last: something may have come too late for the scenario that
# caused it, or between two of them.
#
# Results leave as TAP lines without numbers, which tests/run adds. Whatever a
# scenario writes is in $NFLB_RUN/<scenario>.log.
set -u

top=$NFLB_TOP
. "$top/tests/vm/insert.sh"
log=
slow=1
[ "$NFLB_K" != debug ] || slow=8
# Such a guest's clock measures no time. 0 is no limit: boot.sh has one, too.
[ -z "${NFLB_ICOUNT-}" ] || slow=0

trouble='WARNING:|BUG:|BUG |KASAN|UBSAN|ODEBUG|suspicious RCU|INFO: task'
trouble+='|possible circular|possible recursive|inconsistent lock|refcount_t'
trouble+='|unreferenced object|Call Trace|soft lockup|rcu: INFO|Oops'
trouble+='|general protection|sleeping function|scheduling while atomic'
trouble+='|unregister_netdevice: waiting|bad unlock|still held|nobody cared'

# verdict STATUS NAME
verdict()
{
	if [ "$1" = 0 ]; then
		echo "ok - $2"
	else
		echo "not ok - $2"
	fi
}

mark_log()
{
	echo "nflb-test: $1" >/dev/kmsg
}

# log_since MARK: the kernel's log from there on
log_since()
{
	dmesg | awk -v mark="nflb-test: $1" \
		'on; index($0, mark) && substr($0, length - length(mark) + 1) == mark { on = 1 }'
}

# judge_log NAME MARK: speaks only when there is trouble
judge_log()
{
	log_since "$2" >"$NFLB_RUN/kernel.log"
	grep -qE "$trouble" "$NFLB_RUN/kernel.log" || return 0
	verdict 1 "$1: kernel log"
	grep -E -m 1 -A 50 "$trouble" "$NFLB_RUN/kernel.log" | sed 's/^/# /'
	return 1
}

# The whole log, from the kernel's first line on. If it has lost lines, the mark
# of the session's begin is the first that is missing.
judge_whole_log()
{
	local name="session: the kernel's log has no trouble anywhere"

	dmesg >"$NFLB_RUN/kernel.log"
	if grep -q 'nflb-test: begin session$' "$NFLB_RUN/kernel.log" &&
		! grep -qE "$trouble" "$NFLB_RUN/kernel.log"; then
		verdict 0 "$name"
		return
	fi
	verdict 1 "$name"
	grep -nE -B 3 -A 3 "$trouble" "$NFLB_RUN/kernel.log" | head -n 100 |
		sed 's/^/# /'
}

# limit_of SCENARIO: seconds it may take, from its line "# limit: N"
limit_of()
{
	local limit

	limit=$(sed -n 's/^# limit: \([0-9]*\)$/\1/p' "$1")
	echo $((${limit:-400} * slow))
}

# Processes, mounts and namespaces of a scenario end with the first process of
# its own process namespace, however it ended.
contain()
{
	timeout -k 5 "$1" unshare --mount --pid --fork --kill-child \
		--mount-proc bash -c 'mount -t tmpfs run /run && exec "$@"' \
		contain "${@:2}" </dev/null 2>&1
	echo "# exit status $?"
}

# forward NAME: passes results on, and adds one if the scenario did not end
# with the plan that it must have
forward()
{
	local line cases=0 failed=0 planned=-1 status=

	while IFS= read -r line; do
		printf '%s\n' "$line" >>"$log"
		case $line in
		"ok "[0-9]*) cases=$((cases + 1)) ;;
		"not ok "[0-9]*) cases=$((cases + 1)) failed=1 ;;
		1..*) planned=${line#1..} && continue ;;
		"# exit status "*) status=${line##* } && continue ;;
		*) continue ;;
		esac
		[[ $line =~ ^((not )?ok)\ [0-9]+(\ -)?\ *(.*) ]]
		echo "${BASH_REMATCH[1]} - $1: ${BASH_REMATCH[4]}"
	done
	if [ "$planned" != "$cases" ] || [ "$cases" = 0 ]; then
		verdict 1 "$1: reached its end (status $status, case $cases)"
		failed=1
	fi
	return $failed
}

# show_log: what the first of its cases that failed wrote, and its end: what
# comes between may be of failures that followed from that one
show_log()
{
	echo "# --- of $log"
	awk '/^not ok / { on = 1 }
		/^ok / { if (on) exit }
		on' "$log" | head -n 60 | sed 's/^/# /'
	echo "# --- the end of $log"
	tail -n 60 "$log" | sed 's/^/# /'
	echo "# ---"
}

# scenario FILE: its results are those of e2e/NAME, for .../e2e/test_NAME.sh
scenario()
{
	local name failed=0 part

	part=$(basename "$(dirname "$1")")
	name=$(basename "$1" .sh)
	name=${name#test_}
	log=$NFLB_RUN/$name.log
	: >"$log"
	mark_log "begin $name"
	contain "$(limit_of "$1")" "$1" | forward "$part/$name" || failed=1
	judge_log "$part/$name" "begin $name" || failed=1
	[ $failed = 0 ] || show_log
}

insert_nflb()
{
	[ -f "$NFLB_RUN/nflb.ko" ] || return 0
	mark_log insert
	insert "$NFLB_RUN/nflb.ko" && return
	verdict 1 "session: nflb.ko goes in"
	log_since insert | sed 's/^/# /'
	return 1
}

remove_nflb()
{
	[ -d /sys/module/nflb ] || return 0
	mark_log remove
	timeout $((20 * slow)) rmmod nflb
	verdict $? "session: nflb.ko goes out"
	judge_log "session: after nflb.ko" remove
}

# The results that KUnit keeps of each suite: "    ok 1 case" in the suite
kunit_results()
{
	local file suite

	for file in /sys/kernel/debug/kunit/nflb*/results; do
		suite=$(basename "$(dirname "$file")")
		sed -n "s/^    \(not \)\?ok [0-9]* -* *\(.*\)/\1ok - kunit\/$suite: \2/p" \
			"$file"
		! grep -q '^not ok' "$file" || sed 's/^/# /' "$file"
	done
}

kunit()
{
	local results

	if [ ! -f "$NFLB_RUN/nflb_kunit.ko" ]; then
		verdict 1 "kunit: nflb_kunit.ko was built"
		return
	fi
	mark_log kunit
	insert "$NFLB_RUN/nflb_kunit.ko"
	results=$(kunit_results)
	[ -n "$results" ] || verdict 1 "kunit: suites were found"
	printf '%s\n' "$results"
	rmmod nflb_kunit
	judge_log kunit kunit
}

# leaks NAME PATTERN: asks kmemleak, which reports what is older than five
# seconds and was found by neither of two scans
leaks()
{
	local file=/sys/kernel/debug/kmemleak found

	[ -f $file ] || return 0
	sleep 5
	echo scan >$file
	echo scan >$file
	cat $file >"$NFLB_RUN/kmemleak.log"
	grep -qE "$2" "$NFLB_RUN/kmemleak.log"
	found=$?
	verdict $((!found)) "session: nothing leaked $1"
	[ $found != 0 ] || sed 's/^/# /' "$NFLB_RUN/kmemleak.log"
	echo clear >$file
}

mark_log "begin session"
if ! insert_nflb; then
	exit 1
fi
for unit in "$@"; do
	case $unit in
	kunit) kunit ;;
	*) scenario "$top/$unit" ;;
	esac
	echo "$unit" >>"$NFLB_RUN/ended"
done
leaks "while it ran" 'nflb|lbctl'
remove_nflb
# A function of a module that is gone has no name any more.
leaks "when it left" '\] 0xffffffff[ac]'
judge_whole_log
exit 0
