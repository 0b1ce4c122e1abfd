# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Cases, their verdicts as TAP, and waiting.
#
# A case is a function, run under `set -e` in a subshell: its first failing
# command ends it, and the verdict says which. Nothing it sets survives it.

tap_count=0
tap_failed=0

# How many times slower than a stock kernel this one is: stretches time-outs
SLOW=1
[ "${NFLB_K-}" != debug ] || SLOW=8

# now_ms: into $REPLY, without a process
now_ms()
{
	REPLY=$((${EPOCHREALTIME/[.,]/} / 1000))
}

# tap_result STATUS NAME MILLISECONDS OUTPUT
tap_result()
{
	local verdict=ok name="$2 # $3 ms"

	tap_count=$((tap_count + 1))
	case $1 in
	0) ;;
	77) name="$2 # SKIP $(tail -n 1 "$4")" ;;
	*) verdict="not ok" tap_failed=$((tap_failed + 1)) ;;
	esac
	echo "$verdict $tap_count - $name"
	[ "$1" = 77 ] || sed 's/^/#   /' "$4"
}

# tap_run NAME FUNCTION [ARG]...
tap_run()
{
	local name=$1 output=$T_DIR/output status start

	shift
	now_ms && start=$REPLY
	(
		trap 'echo "failed at line $LINENO: $BASH_COMMAND" >&2' ERR
		trap - EXIT
		set -e
		"$@"
	) >"$output" 2>&1 </dev/null
	status=$?
	now_ms
	tap_result $status "$name" $((REPLY - start)) "$output"
}

tap_done()
{
	echo "1..$tap_count"
	[ $tap_failed = 0 ]
	exit
}

# skip WHY: ends the case
skip()
{
	echo "$*"
	exit 77
}

# fail WHY: ends the case
fail()
{
	echo "$*"
	exit 1
}

# expect WHAT WANTED GOT
expect()
{
	[ "$2" = "$3" ] || fail "$1: wanted '$2', got '$3'"
}

# expect_between WHAT LOW HIGH GOT
expect_between()
{
	if [ "$4" -lt "$2" ] || [ "$4" -gt "$3" ]; then
		fail "$1: wanted $2 to $3, got $4"
	fi
}

# pause SECONDS: sleep that starts no process
exec {tick}<> <(:)
pause()
{
	read -r -t "$1" -u "$tick" || true
}

# try_for SECONDS COMMAND...: until COMMAND succeeds; false if it never does.
# Who waits for long looks less often: each look takes time that others lack.
try_for()
{
	local end tries=0 rest=0.05

	now_ms && end=$((REPLY + $1 * 1000 * SLOW))
	shift
	until "$@" >"$T_DIR/tried" 2>&1; do
		now_ms
		[ "$REPLY" -lt $end ] || return 1
		((++tries <= 10)) || rest=0.25
		pause $rest
	done
}

# wait_for SECONDS COMMAND...: ends the case if COMMAND never succeeds
wait_for()
{
	try_for "$@" ||
		fail "waited $1 s in vain for: ${*:2}: $(cat "$T_DIR/tried")"
}
