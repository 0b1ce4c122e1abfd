# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Servers, clients and captures inside the topology.

# start_bg NAMESPACE NAME COMMAND...: in the background, output in NAME.log;
# works from within a case, where it survives until the scenario ends
start_bg()
{
	local space=$1 name=$2

	shift 2
	# Who waits for a word in there does not find that of one before.
	: >"$T_DIR/$name.log"
	ip netns exec "$space" "$@" >"$T_DIR/$name.log" 2>&1 </dev/null &
	echo $! >"$T_DIR/$name.pid"
}

# is_gone PID: has it ended (its parent may not have noticed)
is_gone()
{
	local state=Z

	[ ! -e "/proc/$1/stat" ] || read -r _ _ state _ <"/proc/$1/stat"
	[ "$state" = Z ]
} 2>/dev/null

# send_datagrams NAMESPACE NAME PORT...: to the VIP, without an end; each is a new
# flow
send_datagrams()
{
	# shellcheck disable=SC2016 # expands in there
	start_bg "$1" "$2" bash -c '
		while true; do
			for port in "${@:2}"; do
				echo x >"/dev/udp/$1/$port"
			done
		done 2>/dev/null' datagrams "$VIP" "${@:3}"
}

# listens NAMESPACE PORT: does anybody, there?
listens()
{
	in_ns "$1" ss -Htnl "sport = :$2" | grep -q .
}

# stop_bg NAME [SIGNAL]: and waits for its end
stop_bg()
{
	local pid

	read -r pid <"$T_DIR/$1.pid"
	kill "-${2-TERM}" "$pid" 2>/dev/null || true
	wait_for 10 is_gone "$pid"
	rm -f "$T_DIR/$1.pid"
}

stop_all()
{
	local file pid

	for file in "$T_DIR"/*.pid; do
		[ -e "$file" ] || continue
		read -r pid <"$file"
		kill -KILL "$pid" 2>/dev/null
	done
}

# nginx_conf DIR NAME
nginx_conf()
{
	cat <<-END
	user root;
	worker_processes 1;
	pid $1.pid;
	error_log $1/error.log;
	events { worker_connections 4096; }
	http {
		log_format line '\$remote_addr \$remote_port \$status \$uri';
		access_log $1/access.log line;
		client_body_temp_path $1/body;
		proxy_temp_path $1/proxy;
		fastcgi_temp_path $1/fastcgi;
		uwsgi_temp_path $1/uwsgi;
		scgi_temp_path $1/scgi;
		server {
			listen 8080;
			listen [::]:8080 ipv6only=on;
			location / { return 200 "$2\n"; }
			location /files/ { alias $1/files/; }
			include $1/more*.conf;
		}
	}
	END
}

# start_nginx NAMESPACE...: answers every request with the namespace's name on
# port 8080, except for /files/, which are in $T_DIR/nginx-NAMESPACE/files.
# Requests go to access.log there. What is in more*.conf there belongs to its
# server.
start_nginx()
{
	local dir space

	for space in "$@"; do
		dir=$T_DIR/nginx-$space
		mkdir -p "$dir/files"
		nginx_conf "$dir" "$space" >"$dir/conf"
		# Goes into the background once it listens
		ip netns exec "$space" nginx -e "$dir/error.log" -p "$dir" \
			-c "$dir/conf"
	done
}

# start_dns NAMESPACE...: answers whoami.test: TXT with the namespace's name,
# A with 192.0.2.<number of the backend>
start_dns()
{
	local space

	for space in "$@"; do
		ip netns exec "$space" dnsmasq --conf-file=/dev/null \
			--user=root --no-resolv --no-hosts --port=53 \
			--pid-file="$T_DIR/dns-$space.pid" \
			--txt-record="whoami.test,$space" \
			--address="/whoami.test/192.0.2.${space//[a-z]/}"
	done
}

# http_get NAMESPACE URL [CURL OPTION]...
http_get()
{
	in_ns "$1" curl -gsS --max-time $((5 * SLOW)) "${@:3}" "$2"
}

# http_spread NAMESPACE URL N: how N requests, each on its own connection,
# were answered: lines of "count answer"
http_spread()
{
	in_ns "$1" curl -sS --max-time $((30 * SLOW)) -H 'Connection: close' \
		"${2//[\[\]]/\\&}/?[1-$3]" | sort | uniq -c
}

# who PORT: the backends that answer $REQUESTS requests, a word each
who()
{
	http_spread cl1 "$VIP_URL:$1" "$REQUESTS" |
		awk '{ printf "%s%s", separator, $2; separator = " " }'
}

# spread_of ANSWER: how often it stands in a spread on stdin, 0 if it does not
spread_of()
{
	awk -v who="$1" '$2 == who { n = $1 } END { print n + 0 }'
}

# dns_ask NAMESPACE SERVER: who answers
dns_ask()
{
	in_ns "$1" dig +short +tries=1 +time=$((2 * SLOW)) "@$2" \
		whoami.test txt | tr -d '"'
}

# capture NAMESPACE INTERFACE NAME FILTER...: into NAME.pcap, from now on
capture()
{
	start_bg "$1" "$3" tcpdump -n -U --immediate-mode -i "$2" \
		-w "$T_DIR/$3.pcap" "${@:4}"
	wait_for 10 grep -q 'listening on' "$T_DIR/$3.log"
	: >"$T_DIR/$3.unwritten"
}

# n_said NAME: how often a capture has said how many packets there were
n_said()
{
	grep -c 'received by filter' "$T_DIR/$1.log"
}

has_said_more()
{
	[ "$(n_said "$1")" -gt "$2" ]
}

# unwritten NAME: packets that the kernel has handed to a capture and that it
# has not written. Those that came before it had its filter are among them for
# ever.
unwritten()
{
	local n pid

	n=$(n_said "$1") || true
	read -r pid <"$T_DIR/$1.pid"
	kill -USR1 "$pid"
	wait_for 10 has_said_more "$1" "$n"
	awk '/received by filter/ { n = $5 - $2 } END { print n }' \
		"$T_DIR/$1.log"
}

# It has not come any further since it was last asked.
has_drained()
{
	local before

	before=$(cat "$T_DIR/$1.unwritten")
	unwritten "$1" >"$T_DIR/$1.unwritten"
	[ "$(cat "$T_DIR/$1.unwritten")" = "$before" ]
}

# stop_capture NAME: a tcpdump that is ended leaves what it has not read yet
stop_capture()
{
	wait_for 20 has_drained "$1"
	stop_bg "$1"
}

# captured NAME [FILTER]...: the packets so far, a line each
captured()
{
	tcpdump -n -r "$T_DIR/$1.pcap" "${@:2}" 2>/dev/null
}
