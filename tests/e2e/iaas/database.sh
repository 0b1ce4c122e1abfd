# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# PostgreSQL: a primary and two streaming replicas, on db1, db2 and db3. What is
# committed is on one replica, too. What a host's database is, it says at port
# 8008 to the probes: /primary and /replica. fsync is off, as nothing here
# outlives the guest anyway; a real database must have it.

PG_BIN=/usr/lib/postgresql/15/bin
PG_PORT=5432
STATE_PORT=8008

# db_dir HOST
db_dir()
{
	echo "$T_DIR/pg-$1"
}

# as_postgres HOST COMMAND...: PostgreSQL refuses to be root
as_postgres()
{
	in_ns "$1" setpriv --reuid postgres --regid postgres --clear-groups \
		env HOME="$T_DIR" "${@:2}"
}

# sql HOST STATEMENT
sql()
{
	as_postgres "$1" psql -X -h "$T_DIR/run-$1" -d postgres -Atq -c "$2"
}

# db_conf HOST: what the hosts differ in
db_conf()
{
	cat <<-END
	listen_addresses = '*'
	port = $PG_PORT
	unix_socket_directories = '$T_DIR/run-$1'
	cluster_name = '$1'
	END
}

# db_conf_all: and what they have in common, whichever is the primary
db_conf_all()
{
	cat <<-END
	shared_buffers = 8MB
	max_connections = 60
	max_worker_processes = 2
	autovacuum = off
	jit = off
	fsync = off
	wal_level = replica
	min_wal_size = 4MB
	max_wal_size = 32MB
	wal_keep_size = 16MB
	wal_retrieve_retry_interval = 500ms
	wal_receiver_timeout = 5s
	wal_sender_timeout = 5s
	synchronous_standby_names = 'ANY 1 (db1, db2, db3)'
	include 'host.conf'
	END
}

# db_start HOST
db_start()
{
	as_postgres "$1" "$PG_BIN/pg_ctl" -D "$(db_dir "$1")" -s -w -t 60 \
		-l "$T_DIR/run-$1/log" start
}

# db_state HOST: says what it is; a primary only while it can confirm what is
# written, which it cannot before somebody follows it
db_state()
{
	local conninfo="host=$T_DIR/run-$1 user=postgres dbname=postgres"

	start_bg "$1" "state-$1" pages $STATE_PORT \
		/primary "$conninfo" \
		"select 'primary' where not pg_is_in_recovery() and exists (
			select from pg_stat_replication
			where state = 'streaming')" \
		/replica "$conninfo" \
		"select 'replica' where pg_is_in_recovery()"
}

db_begin_host()
{
	mkdir -p "$T_DIR/run-$1"
	chown postgres: "$T_DIR/run-$1"
	install -d -o postgres -m 700 "$(db_dir "$1")"
}

# db_primary HOST
db_primary()
{
	local dir

	dir=$(db_dir "$1")
	db_begin_host "$1"
	as_postgres "$1" "$PG_BIN/initdb" -D "$dir" --no-sync --no-locale \
		-E UTF8 -A trust --wal-segsize=1 >"$T_DIR/initdb.log"
	db_conf_all >>"$dir/postgresql.conf"
	db_conf "$1" >"$dir/host.conf"
	echo "host all,replication all 10.0.0.0/15 trust" >>"$dir/pg_hba.conf"
	db_start "$1"
	# Nobody is there yet to whom what is committed could go
	sql "$1" "set synchronous_commit = local;
		create table visits (id bigserial primary key, instance text)"
}

# db_follow HOST PRIMARY-ADDRESS: whom a replica follows from now on
db_follow()
{
	echo "primary_conninfo = 'host=$2 port=$PG_PORT user=postgres application_name=$1'" \
		>>"$(db_dir "$1")/host.conf"
}

# db_replica HOST PRIMARY-ADDRESS
db_replica()
{
	local dir

	dir=$(db_dir "$1")
	db_begin_host "$1"
	as_postgres "$1" "$PG_BIN/pg_basebackup" -D "$dir" -h "$2" \
		-U postgres -c fast --no-sync -X stream -R
	rm "$dir/postgresql.auto.conf"
	db_conf "$1" >"$dir/host.conf"
	db_follow "$1" "$2"
	db_start "$1"
}

# database_up: in about half a minute
database_up()
{
	local i other

	chmod 755 "$T_DIR"
	db_primary db1
	db_replica db2 10.1.0.11 &
	other=$!
	db_replica db3 10.1.0.11
	wait $other
	for i in 1 2 3; do
		db_state "db$i"
	done
}

# is_streaming HOST N: has it so many replicas
is_streaming()
{
	[ "$(sql "$1" "select count(*) from pg_stat_replication
		where state = 'streaming'")" = "$2" ]
}

# db_kill HOST: as a crash, without a word to anybody
db_kill()
{
	as_postgres "$1" "$PG_BIN/pg_ctl" -D "$(db_dir "$1")" -s -m immediate \
		stop
}

# The controller, which stands for Patroni or repmgr: when the primary has not
# answered twice, the replica that has the most of its log is promoted, and the
# other one follows that. What is committed is on one of them, so nothing is
# lost. A primary that comes back would have to be rewound; none does here.

# is_primary HOST: does it say so
is_primary()
{
	in_ns origin curl -s -f -m 1 -o /dev/null \
		"http://10.1.0.1${1#db}:$STATE_PORT/primary"
}

# received HOST: how far its copy of the log is, as a number
received()
{
	sql "$1" "select pg_wal_lsn_diff(pg_last_wal_receive_lsn(), '0/0')"
}

# fail_over HOST HOST: of these, the one that has more is promoted
fail_over()
{
	local new=$1 other=$2

	if [ "$(received "$2")" -gt "$(received "$1")" ]; then
		new=$2 other=$1
	fi
	happened "the controller promotes $new"
	sql "$new" "select pg_promote()" >/dev/null
	db_follow "$other" "10.1.0.1${new#db}"
	sql "$other" "select pg_reload_conf()" >/dev/null
	wait_for $FOREVER slowly is_streaming "$new" 1
	happened "$new is the primary, $other follows"
	echo "$new" >"$T_DIR/primary"
}

# controller: until the first failover is done
controller()
{
	local misses=0

	while [ $misses -lt 2 ]; do
		pause 1
		if is_primary db1; then
			misses=0
		else
			misses=$((misses + 1))
		fi
	done
	fail_over db2 db3
}
