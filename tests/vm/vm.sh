#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Behind `make vm`: a guest with nflb.ko in it and the topology of the
# scenarios up, and a shell in it on this terminal. K is the kernel.
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
kernel=${K##* }

cd "$top"
tests/vm/kernel.sh "$kernel"
tests/vm/module.sh "$kernel"
[ ! -f ctl/Makefile ] || make -s ctl
. tests/vm/rundir.sh
take_run_dir "$kernel-vm"
fill_run_dir "$kernel"
tests/vm/boot.sh --tty --run "$run" "$kernel" tests/vm/shell.sh
