# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What every scenario starts with:
#
#	. "$(dirname "$0")/lib.sh"
#
# A scenario sets up its topology, runs its cases with tap_run and ends with
# tap_done. It runs as root in a guest of tests/vm; all that it leaves behind
# goes away with it.
set -uE

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# Where a scenario keeps its files; daemons' logs are in here, too
T_DIR=$(mktemp -d /tmp/nflb.XXXXXX)

. "$here/lib/tap.sh"
. "$here/lib/way.sh"
. "$here/lib/topo.sh"
. "$here/lib/daemons.sh"

trap 'stop_all; topo_down; rm -rf "$T_DIR"' EXIT
