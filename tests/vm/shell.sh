#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# shell.sh ROWS COLUMNS
#
# The guest's side of `make vm`: an interactive shell that has the functions
# of tests/e2e/lib.sh, in the topology that it draws, nginx on all backends.

stty rows "$1" cols "$2"
rc=$(mktemp)
cat >"$rc" <<'END'
. tests/e2e/lib.sh
set +uE
. tests/vm/insert.sh
[ ! -f "$NFLB_RUN/nflb.ko" ] || insert "$NFLB_RUN/nflb.ko"
topo_up 4
start_nginx "${BACKENDS[@]}"
PS1='\H:\w\$ '
cat <<-TEXT

	clients cl1 cl2, gateway gw, backends b1 b2 b3 b4 (tests/e2e/lib/topo.sh);
	nginx answers on port 8080 of the backends.
	    in_ns gw COMMAND...    lb ARG... (lbctl in gw)    http_get cl1 URL
	exit, or ctrl-d, switches the guest off.

TEXT
END
bash --rcfile "$rc" -i
exit 0
