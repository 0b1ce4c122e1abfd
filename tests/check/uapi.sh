#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Prints uapi/nflb.h as the kernel's generator makes it from uapi/nflb.yaml.
set -euo pipefail

cd "$(dirname "$0")/../.."
tests/check/linux.sh
linux=build/check/linux
spec=Documentation/netlink/specs/nflb.yaml

# It wants the specification in a kernel's tree, and names it so.
cp uapi/nflb.yaml $linux/$spec
/usr/bin/python3 $linux/tools/net/ynl/ynl-gen-c.py --mode uapi --header \
	--spec $linux/$spec |
	sed -e "s|$spec|uapi/nflb.yaml|" -e 's/_UAPI_LINUX_NFLB_H/_UAPI_NFLB_H/'
