# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The scale set: instances b1 to b6, a namespace each, over three zones. Each has
# nginx, the application (pages.c), which reads from and writes to the database
# through the gateway's internal frontend, the rsync daemon that its content
# comes by, and an SSH server.

APP_PORT=8090

# zone_of NUMBER
zone_of()
{
	echo $((($1 - 1) % 3 + 1))
}

# web_conf INSTANCE VERSION: of its nginx
web_conf()
{
	cat <<-END
	location = /shop { alias $(content_dir "$1")/index.html; }
	location ~ ^/release-[0-9]+\$ { root $(content_dir "$1"); }
	location = /version { return 200 "$1 $2\n"; }
	location ~ ^/(read|write)$ {
		proxy_pass http://127.0.0.1:$APP_PORT;
		proxy_read_timeout 10s;
	}
	END
}

# app_start INSTANCE
app_start()
{
	local conninfo="host=10.9.0.10 user=postgres dbname=postgres"

	conninfo+=" connect_timeout=2 tcp_user_timeout=2000"
	start_bg "$1" "app-$1" pages $APP_PORT \
		/read "$conninfo port=5433" \
		"select '$1 ' || current_setting('cluster_name') || ' ' ||
			count(*) from visits" \
		/write "$conninfo port=5432" \
		"insert into visits (instance) values ('$1') returning id"
}

# nginx_begin INSTANCE VERSION
nginx_begin()
{
	mkdir -p "$T_DIR/nginx-$1"
	web_conf "$1" "$2" >"$T_DIR/nginx-$1/more.conf"
	start_nginx "$1"
}

# instance_boot NUMBER: it gets its content by and by
instance_boot()
{
	local name=b$1

	topo_backend "$1"
	content_serve "$name"
	start_bg "$name" "ssh-$name" dropbear -F -E -s -r "$T_DIR/hostkey" -p 22
	app_start "$name"
	nginx_begin "$name" "$(cat "$T_DIR/version")"
	content_want "$name"
}

# instance_halt NUMBER: when it has no flows any more
instance_halt()
{
	local name=b$1

	content_forget "$name"
	end_server "$name"
	stop_bg "ssh-$name"
	stop_bg "app-$name"
	stop_bg "rsync-$name"
	rm -rf "$(content_dir "$name")"
	ip netns del "$name"
}

# instances_ready: what they all have in common. Whoever logs in finds the shell
# as it is, whatever it is like for the host's root.
instances_ready()
{
	echo v1 >"$T_DIR/version"
	dropbearkey -t ed25519 -f "$T_DIR/hostkey" >/dev/null 2>&1
	dropbearkey -t ed25519 -f "$T_DIR/id" 2>/dev/null >"$T_DIR/id.pub"
	mkdir -p ~/.ssh
	chmod 700 ~/.ssh
	: >~/.bashrc
	grep ^ssh- "$T_DIR/id.pub" >~/.ssh/authorized_keys
}

# write_upgrade: the program that upgrades the nginx of one instance, which has
# let go of its IPv4 flows, to v2: it fetches that from the mirror outside
write_upgrade()
{
	cat >"$T_DIR/upgrade" <<-END
	#!/bin/bash
	set -e
	dir=$T_DIR/nginx-\$NFLB_BACKEND
	lbctl backend drain web6 \$NFLB_BACKEND wait
	for mirror in 192.0.2.2 [2001:db8:c2::2]; do
		ip netns exec \$NFLB_BACKEND curl -sS -f -m 20 \\
			-o "\$dir/package" "http://\$mirror:8080/"
	done
	read -r pid <"\$dir.pid"
	kill -QUIT "\$pid"
	while [ -e "/proc/\$pid" ]; do
		sleep 0.1
	done
	sed -i 's/ v1/ v2/' "\$dir/more.conf"
	ip netns exec \$NFLB_BACKEND nginx -e "\$dir/error.log" -p "\$dir" \\
		-c "\$dir/conf"
	lbctl backend set web6 \$NFLB_BACKEND drain off
	END
	chmod +x "$T_DIR/upgrade"
}

# instance_shell NUMBER ADDRESS COMMAND: by SSH through the gateway, from outside
instance_shell()
{
	in_ns cl1 dbclient -y -y -i "$T_DIR/id" -p $((50000 + $1)) \
		"root@$2" "$3" 2>/dev/null
}
