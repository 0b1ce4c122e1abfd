#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# uapi/nflb.h is what uapi/nflb.yaml says; `make uapi` makes it so.
set -uo pipefail
. "$(dirname "$0")/lib.sh"

status=0
tests/check/uapi.sh | diff -u uapi/nflb.h - || status=1
yamllint --strict --format parsable \
	-c tests/check/yamllint.yaml uapi/nflb.yaml || status=1
exit $status
