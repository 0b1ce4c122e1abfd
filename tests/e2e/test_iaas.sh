#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# An architecture as one has it with a provider, on one gateway: a scale set of
# web servers over three zones, a database with replicas, an autoscaler, and what
# happens to them in the course of time (iaas/scene.sh). Requests fail only until
# a failure must have been noticed, by what its probe says. With the guest's log
# there are iaas/timeline.svg, the picture, and iaas/load.log, every request.
#
#   cl1 (load)  ---- +----+      +----+--- b1 ... b6 (nginx, SSH, application)
#                    | gw | ---- | sw |--- origin (rsync: the content)
#   cl2 (mirror) --- |    |      +----+
#                    |    | ---- | sd |--- db1 db2 db3 (PostgreSQL)
#                    +----+      +----+
# processors: 2
# once: what it uses of the kernel has scenarios of its own
# limit: 600
. "$(dirname "$0")/lib.sh"
. "$here/iaas/all.sh"
WAY=fast # it is not about packets

if [ "$NFLB_K" = debug ]; then
	tap_run "the architecture" skip "that kernel is too slow for its programs"
	tap_done
fi
# part NAME FUNCTION: of the story, which does not go on after what went wrong
part()
{
	[ $tap_failed != 0 ] || tap_run "$@"
}

part "a gateway, two instances, a database and its replicas" scene_begin
part "under load there are six instances" scene_grows
part "each instance has its SSH port" scene_logs_in
part "a zone is lost and comes back" scene_loses_zone
part "an instance hangs and goes on" scene_hangs
part "an instance serves once its content is current" scene_publishes
part "reads are shared by the replicas" scene_reads_replicas
part "the primary fails over" scene_fails_over
part "with less load there are three" scene_shrinks
part "a rolling upgrade" scene_upgrades
part "and two at last" scene_rests
part "no confirmed write is lost" scene_has_kept
part "no page was out of date" scene_was_current
tap_run "no request failed that was not excused" scene_counts
tap_done
