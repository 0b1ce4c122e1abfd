#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# That groff and man can read the manual, and that it has all that is counted
set -uo pipefail
. "$(dirname "$0")/lib.sh"

# counted: the names of all counters, and the words of all columns and lines in
# /proc/net/nflb
counted()
{
	sed -n '/^    name: counters$/,/^    name: [^c]/s/^        name: //p' \
		uapi/nflb.yaml | grep -vx pad | tr - _
	sed -nE '/static int nflb_proc_stats_show/,/^}/s/.*= "(.*)",/\1/p
		s/.*seq_printf\(seq, "(\w+) %u\\n".*/\1/p
		s/^\t" (active .*)"$/\1/p
		s/.*seq_puts\(seq, "(\w+ \w+ .*)"$/\1/p
		s/.*NFLB_PROC_ACCOUNT " (\w+)\\n".*/\1/p' kmod/proc.c |
		tr ' ' '\n'
}

# columns service|backend: the words of the header line of /proc/net/nflb/*s
columns()
{
	{
		sed -n "/int nflb_proc_$1_show/,/return 0/p" kmod/proc.c
		grep -A 1 '^#define NFLB_PROC_ACCOUNT' kmod/proc.c
	} | grep -o '"[^"]*"' | sed 's/\\n//' | tr -s '" ' '\n' | grep .
}

# entries: the words that have one in the part of the manual on stdin
entries()
{
	sed -nE '/^\.T[PQ]$/{n;s/^\.[BI]R? //;s/[", ]+/\n/g;p}' | grep .
}

# section: COUNTERS, all of it
section()
{
	sed -n '/^\.SH COUNTERS/,/^\.SH [^C]/p' ctl/lbctl.8
}

# subsection TITLE
subsection()
{
	section | sed -n "/^\.SS $1\$/,/^\.SS/p"
}

check_counted()
{
	# Fewer than there are now: the patterns do not fit any more.
	[ "$(counted | sort -u | wc -l)" -ge 36 ] ||
		echo "uapi/nflb.yaml, kmod/proc.c: counters were not found"
	comm -23 <(counted | sort -u) <(section | entries | sort -u) |
		sed 's|^|ctl/lbctl.8: section COUNTERS lacks |'
}

# check_columns service|backend FEWEST
check_columns()
{
	local title="Columns of $1s"

	[ "$(columns "$1" | sort -u | wc -l)" -ge "$2" ] ||
		echo "kmod/proc.c: columns of $1s were not found"
	comm -23 <(columns "$1" | sort -u) \
		<(subsection "$title" | entries | sort -u) |
		sed "s|^|ctl/lbctl.8: $title lacks |"
}

mapfile -t pages < <(sources -name '*.[1-8]')
status=0
for page in "${pages[@]}"; do
	groff -man -Tutf8 -ww -z "$page" 2>&1 | grep . && status=1
	# man has its own idea of how to call it
	man --warnings -E UTF-8 -l -Tutf8 -Z "$page" 2>&1 >/dev/null |
		grep . && status=1
done
check_counted | grep . && status=1
check_columns service 35 | grep . && status=1
check_columns backend 12 | grep . && status=1
exit $status
