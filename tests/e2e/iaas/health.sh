# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What `lbctl monitor` says of backends, and when it said it: a file for each,
# PROBE-POOL-BACKEND, with the time and the state. To read them takes no
# process.

# health_note: what is on stdin
health_note()
{
	local word pool name probe state

	while read -r word _ pool name _ probe state _; do
		: >"$T_DIR/following"
		[ "$word" = health: ] || continue
		now_ms
		echo "$REPLY ${state%[:,]}" >"$T_DIR/health/$probe-$pool-$name"
	done
}

health_follow()
{
	lb monitor | health_note
}

# is_followed: of what is changed just now
is_followed()
{
	lb frontend add nobody 192.0.2.77
	lb frontend del nobody
	[ -e "$T_DIR/following" ]
}

# are PROBE STATE POOL-BACKEND...: all of them; $REPLY is since when
are()
{
	local name ms state last=0

	for name in "${@:3}"; do
		[ -e "$T_DIR/health/$1-$name" ] || return
		read -r ms state <"$T_DIR/health/$1-$name" || true
		[ "$state" = "$2" ] || return
		[ "$ms" -lt "$last" ] || last=$ms
	done
	REPLY=$last
}

# serve NUMBER...: these instances, by both families
serve()
{
	are current up "${@/#/web-b}" "${@/#/web6-b}"
}

# health_forget NUMBER: an instance that is there no more
health_forget()
{
	rm -f "$T_DIR"/health/current-web{,6}-b"$1"
}
