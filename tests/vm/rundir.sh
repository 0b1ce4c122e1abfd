# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The directory that a guest and its host have in common, below build/run/

# take_run_dir NAME: one for this process alone, as $run; NAME, NAME.2, ...
take_run_dir()
{
	local n

	for n in "" .2 .3 .4 .5 .6 .7 .8 .9; do
		run=$PWD/build/run/$1$n
		mkdir -p "$run"
		exec 8>"$run/.lock"
		! flock -n 8 || return 0
	done
	echo "all of build/run/$1* are in use" >&2
	return 1
}

# fill_run_dir KERNEL: what is tested is what was built by now, whatever is
# built meanwhile
fill_run_dir()
{
	local file

	find "$run" -mindepth 1 -not -name .lock -delete
	mkdir -p "$run/bin"
	for file in "build/mod/$1"/*.ko; do
		[ ! -f "$file" ] || cp "$file" "$run/"
	done
	[ ! -x build/ctl/lbctl ] || cp build/ctl/lbctl{,-agent} "$run/bin/"
	add_programs
}

# add_programs: of the scenarios; the guest would take long to build them
add_programs()
{
	local options=(-std=gnu11 -D_GNU_SOURCE -O2 -Wall -Wextra -pthread)

	gcc "${options[@]}" -o "$run/bin/traffic" tests/e2e/src/*.c &&
		gcc "${options[@]}" -o "$run/bin/load" tests/e2e/iaas/load.c &&
		gcc "${options[@]}" -I/usr/include/postgresql -o "$run/bin/pages" \
			tests/e2e/iaas/pages.c -lpq
}

# add_meter: what counts instructions in there
add_meter()
{
	gcc -std=gnu11 -O2 -Wall -Wextra -o "$run/bin/meter" \
		tests/bench/src/*.c
}
