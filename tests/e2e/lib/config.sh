# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Configurations: documents, big and small, and what the gateway says of its
# own. Sourced by the scenarios that want it, after lib.sh.
# shellcheck disable=SC2154 # here is from lib.sh

# backends_json WORD...: the backends of a pool; WORD is a backend's number, or
# NUMBER:WEIGHT
backends_json()
{
	local word comma=

	for word in "$@"; do
		printf '%s{"name": "b%s", "address": "%s", "weight": %s}' \
			"$comma" "${word%:*}" "$(backend_addr "${word%:*}")" \
			"$(weight_of "$word")"
		comma=', '
	done
}

weight_of()
{
	case $1 in
	*:*) echo "${1#*:}" ;;
	*) echo 1 ;;
	esac
}

# web_doc WORD...: the document of one service, http, which is port 80 of $VIP,
# of pool web with these backends, as backends_json() takes them. Variables
# change it: SCHEDULER; WEB_PORTS, the service's port and backend port;
# MORE_FRONTENDS, MORE_PROBES, MORE_POOLS and MORE_SERVICES, further objects,
# each with a comma behind
web_doc()
{
	local ports='"port": 80, "backend_port": 8080'

	cat <<-END
	{
	  "frontends": [${MORE_FRONTENDS-}
	    {"name": "web-ip", "address": "$VIP"}],
	  "probes": [${MORE_PROBES-}],
	  "pools": [${MORE_POOLS-}
	    {"name": "web", "scheduler": "${SCHEDULER-maglev}",
	    "backends": [$(backends_json "$@")]}],
	  "services": [${MORE_SERVICES-}
	    {"name": "http", "frontend": "web-ip", "pool": "web",
	    "protocol": "tcp", ${WEB_PORTS-$ports}}]
	}
	END
}

# apply_web WORD...: makes web_doc() the configuration
apply_web()
{
	web_doc "$@" | lb apply -
}

# expect_refusal STATUS SENTENCE COMMAND...: COMMAND ends with STATUS, says
# nothing but SENTENCE, on stderr, and the gateway's configuration stays
expect_refusal()
{
	local status=0 generation

	generation=$(stat_of generation)
	"${@:3}" >"$T_DIR/stdout" 2>"$T_DIR/stderr" </dev/null || status=$?
	expect "refusal of '${*:3}'" "$2" "$(cat "$T_DIR/stderr")"
	expect "status of '${*:3}'" "$1" "$status"
	expect "output of '${*:3}'" "" "$(cat "$T_DIR/stdout")"
	expect "generation after '${*:3}'" "$generation" "$(stat_of generation)"
}

# proc_net NAMESPACE: $REPLY is its /proc/net, of a process that stays in there;
# to read that takes no process
proc_net()
{
	[ -e "$T_DIR/anchor-$1.pid" ] ||
		start_bg "$1" "anchor-$1" sleep infinity
	read -r REPLY <"$T_DIR/anchor-$1.pid"
	wait_for 10 test "/proc/$REPLY/ns/net" -ef "/run/netns/$1"
	read -r REPLY <"$T_DIR/anchor-$1.pid"
	REPLY=/proc/$REPLY/net
}

# stat_of WORD [NAMESPACE]: from /proc/net/nflb/stats
stat_of()
{
	local word value

	proc_net "${2-gw}"
	while read -r word value; do
		[ "$word" != "$1" ] || echo "$value"
	done <"$REPLY/nflb/stats"
}

# is_stat WORD VALUE [NAMESPACE]
is_stat()
{
	[ "$(stat_of "$1" "${3-gw}")" = "$2" ]
}

# counter_of SERVICE COLUMN: from /proc/net/nflb/services
counter_of()
{
	local -a names words
	local i

	proc_net gw
	{
		read -ra names
		while read -ra words; do
			[ "${words[0]}" = "$1" ] || continue
			for i in "${!names[@]}"; do
				[ "${names[i]}" != "$2" ] || echo "${words[i]}"
			done
		done
	} <"$REPLY/nflb/services"
}

# is_counter SERVICE COLUMN VALUE
is_counter()
{
	[ "$(counter_of "$1" "$2")" = "$3" ]
}

# has_counted SERVICE COLUMN: at least one
has_counted()
{
	[ "$(counter_of "$1" "$2")" -gt 0 ]
}

# of_backend NAME COLUMN: from lbctl backend show, which has those that leave,
# too; a word for each of that name in pool web, "gone" if there is none
of_backend()
{
	lb backend show web | awk -v name="$1" -v column="${2^^}" '
		NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) n = i }
		$2 == name { words = words (words == "" ? "" : " ") $n }
		END { print words == "" ? "gone" : words }'
}

# is_backend NAME COLUMN VALUE
is_backend()
{
	[ "$(of_backend "$1" "$2")" = "$3" ]
}

# report STATE BACKEND...: what probe p says of backends of pool web
report()
{
	local name

	for name in "${@:2}"; do
		lb health set web "$name" p "$1"
	done
}

# failed_requests: what wrk said of them, in wrk.log
failed_requests()
{
	grep -E 'Socket errors|Non-2xx' "$T_DIR/wrk.log"
}

# end_load: ends wrk, of whose requests none may have failed
end_load()
{
	stop_bg wrk INT
	cat "$T_DIR/wrk.log"
	grep -q 'requests in' "$T_DIR/wrk.log"
	! failed_requests || fail "requests failed"
}

# is_served N: service http has had N flows
is_served()
{
	[ "$(counter_of http new_flows)" -ge "$1" ]
}

# rows COMMAND...: how many rows the table has that COMMAND shows
rows()
{
	"$@" | awk 'END { print NR - 1 }'
}

# Conversations: connections that stay open. The server at port 9000 says the
# name of its namespace and then repeats what it is told.

start_talkers()
{
	local space

	for space in "$@"; do
		start_bg "$space" "talker-$space" socat \
			TCP6-LISTEN:9000,ipv6only=0,fork,reuseaddr \
			SYSTEM:"echo $space; exec cat"
	done
	for space in "$@"; do
		wait_for 10 listens "$space" 9000
	done
}

# talk_open NAME NAMESPACE ADDRESS PORT
talk_open()
{
	local address=$3

	[[ $address != *:* ]] || address="[$address]"
	rm -f "$T_DIR/$1.in" "$T_DIR/$1.out"
	mkfifo "$T_DIR/$1.in"
	# Not in_ns, whose process would be a shell
	ip netns exec "$2" socat - "TCP:$address:$4,connect-timeout=$((10 * SLOW))" \
		<>"$T_DIR/$1.in" >"$T_DIR/$1.out" 2>"$T_DIR/$1.err" &
	echo $! >"$T_DIR/$1.pid"
	wait_for 10 test -s "$T_DIR/$1.out"
}

# talk_peer NAME: who answers
talk_peer()
{
	head -n 1 "$T_DIR/$1.out"
}

# talk_say NAME WORD: and hears it again
talk_say()
{
	# Not >, which would wait for one who reads when the talk has ended.
	echo "$2" 1<>"$T_DIR/$1.in"
	wait_for 10 grep -qx "$2" "$T_DIR/$1.out"
}

# follow NAME [OPTION]...: lbctl monitor, into NAME.log, from now on; it is told
# of a frontend that comes and goes, so it listens
follow()
{
	start_bg gw "$1" lbctl "${@:2}" monitor
	wait_for 10 is_following "$1"
}

is_following()
{
	lb frontend add nobody 192.0.2.77
	lb frontend del nobody
	[ -s "$T_DIR/$1.log" ]
}

# carries NAME: does what it says and hears take no slow packet
carries()
{
	local before

	before=$(stat_of slow_pkts)
	talk_say "$1" "word-$RANDOM"
	[ "$(stat_of slow_pkts)" = "$before" ]
}

# goes_slow NAME: what it says and hears takes slow packets, each time
goes_slow()
{
	local before i

	for i in 1 2 3; do
		before=$(stat_of slow_pkts)
		talk_say "$1" "word-$i-$RANDOM"
		[ "$(stat_of slow_pkts)" -ge $((before + 2)) ] ||
			fail "$1 is not slow"
	done
}

talk_close()
{
	stop_bg "$1"
}

# talk_is_cut NAME: saying something ends it
talk_is_cut()
{
	local pid

	read -r pid <"$T_DIR/$1.pid"
	echo anybody there 1<>"$T_DIR/$1.in"
	wait_for 10 is_gone "$pid"
}

# big_doc FRONTENDS SERVICES POOLS BACKENDS [BAD]: the objects of web_doc(), and
# as many more of each; services and backends are spread evenly over frontends
# and pools. Service s<j> is on frontend f<j % FRONTENDS>. BAD is put behind the
# last service.
big_doc()
{
	awk -v n_frontends="$1" -v n_services="$2" -v n_pools="$3" \
		-v n_backends="$4" -v bad="${5-}" -v family="$FAMILY" \
		-v vip="$VIP" -v backends="$(backends_json 1 2 3 4)" '
	function address(prefix4, prefix6, i) {
		if (family == 4)
			return sprintf("%s.%d.%d", prefix4, i / 250, i % 250 + 1)
		return sprintf("%s::%x", prefix6, i + 1)
	}
	function add(line) {
		printf "%s%s", separator, line
		separator = ",\n"
	}
	function begin(line) {
		print line
		separator = ""
	}
	BEGIN {
		begin("{\"frontends\": [")
		add("{\"name\": \"web-ip\", \"address\": \"" vip "\"}")
		for (i = 0; i < n_frontends; i++)
			add(sprintf("{\"name\": \"f%d\", \"address\": \"%s\"}",
				i, address("203.0", "2001:db8:f0", i)))
		begin("], \"pools\": [")
		add("{\"name\": \"web\", \"backends\": [" backends "]}")
		for (i = 0; i < n_pools; i++) {
			slots = n_backends / n_pools > 100 ? 65537 : 1009
			add(sprintf("{\"name\": \"p%d\", \"slots\": %d, \"backends\": [",
				i, slots))
			begin("")
			for (j = i; j < n_backends; j += n_pools)
				add(sprintf("{\"name\": \"b%d\", \"address\": \"%s\", \"weight\": %d}",
					j, address("10.1", "fd00:b1", j), j % 7 + 1))
			printf "]}"
			separator = ",\n"
		}
		begin("], \"services\": [")
		add("{\"name\": \"http\", \"frontend\": \"web-ip\", \"protocol\": \"tcp\", \"port\": 80, \"pool\": \"web\", \"backend_port\": 8080}")
		for (j = 0; j < n_services; j++)
			add(sprintf("{\"name\": \"s%d\", \"frontend\": \"f%d\", \"protocol\": \"tcp\", \"port\": %d, \"pool\": \"p%d\"}",
				j, j % n_frontends, 1 + int(j / n_frontends),
				j % n_pools))
		if (bad != "")
			add(bad)
		print "]}"
	}'
}

# Raw requests, for what lbctl would not send: lib/genl.py says how they look.

# genl_start NAMESPACE
genl_start()
{
	coproc GENL {
		exec ip netns exec "$1" "$here/lib/genl.py" \
			"$NFLB_TOP/uapi/nflb.h"
	}
}

# genl_ask SOCKET COMMAND [ATTRIBUTE]...: the answer is in $REPLY
genl_ask()
{
	echo "$*" >&"${GENL[1]}"
	read -r REPLY <&"${GENL[0]}"
}

# genl_expect ANSWER SOCKET COMMAND [ATTRIBUTE]...
genl_expect()
{
	genl_ask "${@:2}"
	expect "${*:2}" "$1" "$REPLY"
}
