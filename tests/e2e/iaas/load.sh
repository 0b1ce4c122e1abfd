# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Who uses the shop: load.c from cl1, by IPv4 and IPv6. Of six requests
# three are for pages, one for the instance's version, one reads from the
# database, and one writes to it.

TIMEOUT_MS=5000

# load_begin RATE
load_begin()
{
	local kind v4 v6 targets=()

	for kind in shop version shop read shop write; do
		targets+=("$kind=$VIP4=80=/$kind" "$kind=$VIP6=80=/$kind")
	done
	load_rate "$1"
	start_bg cl1 load load "$T_DIR/rate" $TIMEOUT_MS "${targets[@]}"
}

# load_rate N: requests a second, from now on
load_rate()
{
	echo "$1" >"$T_DIR/rate.new"
	mv "$T_DIR/rate.new" "$T_DIR/rate"
}

load_end()
{
	stop_bg load
}
