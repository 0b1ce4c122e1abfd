# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What happened, and when requests may fail. timeline.py makes a table and a
# picture of it.

# happened WHAT
happened()
{
	now_ms
	echo "$REPLY $*" >>"$T_DIR/events"
	[ -e "$T_DIR/begin" ] || echo "$REPLY" >"$T_DIR/begin"
	printf '%5d s  %s\n' $(((REPLY - $(<"$T_DIR/begin")) / 1000)) "$*"
}

# excuse BEGIN END LIMIT TARGETS WHY: requests for these, with commas between,
# that were under way from then on until nflb had noticed may have failed.
# LIMIT is for how long that may last, to which timeline.py adds something.
excuse()
{
	echo "$*" >>"$T_DIR/windows"
}

# not_made: checks that the agent had no time for, by its own word
not_made()
{
	in_ns gw curl -s -m 5 "http://$METRICS/metrics" |
		awk '$1 == "nflb_agent_checks_not_made_total" { print $2 }'
}

# detection PROBE NOT-MADE: in how many ms it is known what has become of a
# backend: it has just been checked, and the last of the checks that it takes is
# not answered. Each check that was not made, of whatever backend, since there
# were NOT-MADE of these, may cost one interval more.
detection()
{
	lb -j probe show "$1" | jq --argjson not_made $(($(not_made) - $2)) '
		.probes[0] | .timeout_ms + .interval_ms *
			(([.fall, .rise] | max) + $not_made)'
}

# timeline PICTURE: shows the table, and what has failed
timeline()
{
	python3 "$here/iaas/timeline.py" "$T_DIR" "$1"
}
