# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only

# insert FILE: a module, after those it needs
insert()
{
	local needs

	needs=$(modinfo -F depends "$1" | tr , ' ')
	# shellcheck disable=SC2086 # a list of words
	[ -z "$needs" ] || modprobe -a $needs
	insmod "$1"
}
