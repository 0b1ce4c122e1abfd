# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# How a scene of `make demo` is told

title()
{
	printf '\n## %s\n' "$*"
}

# tell_story FUNCTION [stay]: ends with its status; a shell before, if asked for
tell_story()
{
	local status

	cd "$NFLB_TOP" || exit
	# Not in a condition, where nothing that fails would end it
	(
		trap - EXIT
		trap 'echo "# failed at line $LINENO: $BASH_COMMAND" >&2' ERR
		set -e
		"$1"
	)
	status=$?
	if [ $status = 0 ] && [ "${2-}" = stay ]; then
		title "in_ns gw lbctl help; http_get cl1 http://203.0.113.10/; exit ends it"
		export -f in_ns lb http_get
		bash -i
	fi
	exit $status
}
