# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The prober, and servers that can be unwell. Sourced by the scenarios that want
# them, after lib.sh and lib/config.sh.
# shellcheck disable=SC2154 # here is from lib.sh

# Milliseconds between two checks, and for an answer: enough for the debug kernel
INTERVAL=$((SLOW > 1 ? 1000 : 400))

# healthy_nginx NAMESPACE...: whose /healthz says 503 as long as there is a
# file "sick" beside it; the same at port 8443 over TLS. At ports 8080 and 8081
# /state says in JSON what it is: ill with "sick-PORT", else draining with
# "draining-PORT", else healthy. The certificate is good for two days.
healthy_nginx()
{
	local dir space

	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
		-nodes -days 2 -subj /CN=nobody \
		-keyout "$T_DIR/key" -out "$T_DIR/cert" 2>/dev/null
	for space in "$@"; do
		dir=$T_DIR/nginx-$space
		mkdir -p "$dir"
		cat >"$dir/more.conf" <<-END
		listen 8443 ssl;
		listen [::]:8443 ssl ipv6only=on;
		ssl_certificate $T_DIR/cert;
		ssl_certificate_key $T_DIR/key;
		listen 8081;
		listen [::]:8081 ipv6only=on;
		location = /healthz {
			if (-e $dir/sick) { return 503; }
			return 200 "fine\n";
		}
		location = /state {
			set \$said Healthy;
			if (-e $dir/draining-\$server_port) { set \$said Draining; }
			if (-e $dir/sick-\$server_port) { return 503; }
			return 200 '{"ApplicationHealthState": "\$said"}';
		}
		END
	done
	start_nginx "$@"
}

make_sick()
{
	: >"$T_DIR/nginx-$1/sick"
}

make_well()
{
	rm "$T_DIR/nginx-$1/sick"
}

# setup PROBE...: pool web with probe ok, defined by keywords, before its service
setup()
{
	stop_agents
	begin_anew
	SCHEDULER=rr apply_web 1 2 3
	lb probe add ok "$@" interval "${INTERVAL}ms" \
		timeout "${INTERVAL}ms"
	lb service set http probe ok
}

# start_agent NAME [OPTION]...
start_agent()
{
	start_bg gw "$1" lbctl "${@:2}" agent
}

stop_agents()
{
	local name

	for name in agent other; do
		[ ! -e "$T_DIR/$name.pid" ] || stop_bg "$name"
	done
}

# health: of b1, b2 and b3, a word each, as long as there is a probe
health()
{
	lb health show | awk 'NR > 1 && $4 != "-" { printf "%s%s", s, $5; s = " " }'
}

# is_health WORDS
is_health()
{
	[ "$(health)" = "$1" ]
}

# turns WORDS: in so many words, sooner or later
turns()
{
	wait_for 20 is_health "$1"
}

# becomes WORDS: and stays so for some rounds
becomes()
{
	turns "$1"
	pause "$((3 * INTERVAL / 1000)).$((3 * INTERVAL % 1000 / 100))"
	expect "health" "$1" "$(health)"
}

# said REASON [TEXT]: the agent has given it for b2, or does so now
said()
{
	try_for 10 grep -q "^health: backend web b2 probe ok .*: $1: ${2-}" \
		"$T_DIR/agent.log" ||
		fail "not said: $1: ${2-}; but: $(cat "$T_DIR/agent.log")"
}
