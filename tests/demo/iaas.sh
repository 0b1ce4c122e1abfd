#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# iaas.sh [stay]: the guest's side of `make demo SCENE=iaas`: tells the story of
# tests/e2e/iaas/scene.sh as it goes on, and shows it as a table at last. Its
# exit status tells whether all went well.
. "$(dirname "$0")/../e2e/lib.sh"
. "$here/iaas/all.sh"
. "$(dirname "$0")/../vm/insert.sh"
. "$(dirname "$0")/story.sh"

tell()
{
	sed -n '/^#   cl1/,/^# once/{/^# once/!s/^#//p}' "$here/test_iaas.sh"
	title "Two instances, a database and its replicas"
	scene_begin
	title "Under load there are more"
	scene_grows
	scene_logs_in
	lb backend show
	title "A zone is lost, an instance hangs"
	scene_loses_zone
	scene_hangs
	title "New content, to be served once it is there"
	scene_publishes
	title "The primary fails over"
	scene_reads_replicas
	scene_fails_over
	title "Less load, and a rolling upgrade"
	scene_shrinks
	scene_upgrades
	scene_rests
	title "Second by second"
	scene_has_kept
	scene_was_current
	scene_counts
}

insert "$NFLB_RUN/nflb.ko"
tell_story tell "$@"
