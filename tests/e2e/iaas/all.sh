# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The architecture, for who tells its story: all parts, after lib.sh.
# shellcheck disable=SC2154 # here is from lib.sh

. "$here/lib/agent.sh"
. "$here/lib/failures.sh"
. "$here/iaas/network.sh"
. "$here/iaas/database.sh"
. "$here/iaas/content.sh"
. "$here/iaas/instances.sh"
. "$here/iaas/health.sh"
. "$here/iaas/autoscaler.sh"
. "$here/iaas/load.sh"
. "$here/iaas/timeline.sh"
. "$here/iaas/scene.sh"
