# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the instances serve, and how it comes there. The host origin has it, and
# rsync takes it to the rsync daemon of each instance when inotifywait says that
# there is a new release or a new instance.
#
# Why rsync: of what Debian has it is the best kept (its own releases several
# times a year, and updates by Debian's security team), it is in use everywhere,
# and costs nothing while nothing changes. lsyncd is much the same loop as the
# one below around the same rsync, but has had no release since 2022; csync2 has
# none at all any more; syncthing has a runtime that would cost the emulated
# machine more than everything else; unison is for changes on both sides.
#
# Files come into place together, in the order of their names, so that who has
# the file release-2 has all of that release. It keeps those of the releases
# before, and the probe asks for the one that is wanted.

CONTENT_PORT=873

# content_dir INSTANCE
content_dir()
{
	echo "$T_DIR/content-$1"
}

# content_serve INSTANCE: its rsync daemon
content_serve()
{
	mkdir -p "$(content_dir "$1")"
	cat >"$T_DIR/rsyncd-$1.conf" <<-END
	use chroot = no
	uid = root
	gid = root
	[content]
	path = $(content_dir "$1")
	read only = no
	hosts allow = 10.0.0.9
	END
	start_bg "$1" "rsync-$1" rsync --daemon --no-detach \
		--config="$T_DIR/rsyncd-$1.conf" --port=$CONTENT_PORT
	wait_for 10 listens "$1" $CONTENT_PORT
}

# content_want INSTANCE: from now on it is given what there is
content_want()
{
	: >"$T_DIR/wanted/$1"
}

content_forget()
{
	rm -f "$T_DIR/wanted/$1"
}

# content_push INSTANCE: who cannot be reached gets it later
content_push()
{
	in_ns origin rsync -a --delete --delay-updates --timeout=10 \
		--contimeout=2 "$T_DIR/origin/" \
		"rsync://10.0.0.1${1#b}:$CONTENT_PORT/content/" </dev/null ||
		echo "$1 has not got it" >&2
}

# content_push_all: to those that want it
content_push_all()
{
	local file

	for file in "$T_DIR"/wanted/*; do
		[ ! -e "$file" ] || content_push "${file##*/}"
	done
}

# content_replicate: as long as there is somebody
content_replicate()
{
	local dir name

	inotifywait -m -q -e create -e moved_to --format '%w %f' \
		"$T_DIR/origin" "$T_DIR/wanted" |
		while read -r dir name; do
			case $dir:$name in
			*/wanted/:*) content_push "$name" ;;
			*:release-*) content_push_all ;;
			esac
		done
}

# content_publish N: as release N, whose file is moved in as the last one
content_publish()
{
	echo "release $1" >"$T_DIR/origin/index.html"
	: >"$T_DIR/release-$1"
	mv "$T_DIR/release-$1" "$T_DIR/origin/"
}

content_up()
{
	mkdir -p "$T_DIR/origin" "$T_DIR/wanted"
	content_publish 1
	content_replicate >"$T_DIR/replicate.log" 2>&1 &
	echo $! >"$T_DIR/replicate.pid"
}

# have_release N INSTANCE...: all of them
have_release()
{
	local name

	for name in "${@:2}"; do
		[ -e "$(content_dir "$name")/release-$1" ] || return
	done
}
