#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What is refused: by the kernel, by lbctl on the command line and in
# documents. Each refusal says why in one sentence with the value, and changes
# nothing.
# once: what is refused is so in every kernel
#
#   gw (nflb), alone
. "$(dirname "$0")/lib.sh"
. "$here/lib/config.sh"
WAY=fast # there is no traffic

# As long as a name may be
LONG=0123456789-123456789.123456789_123456789a123456789b123456789c12

base_doc()
{
	cat <<-END
	{
	  "frontends": [{"name": "f4", "address": "203.0.113.1"},
	    {"name": "f6", "address": "2001:db8:f::1"},
	    {"name": "spare", "address": "203.0.113.2"}],
	  "probes": [{"name": "p1", "type": "http"},
	    {"name": "p2", "type": "tcp"}],
	  "pools": [{"name": "empty"},
	    {"name": "w4", "backends": [{"name": "a", "address": "10.0.0.1"},
	      {"name": "b", "address": "10.0.0.2"}]},
	    {"name": "turns", "scheduler": "rr"},
	    {"name": "twin", "backends": [{"name": "c", "address": "10.0.0.1"}]},
	    {"name": "w6", "backends": [{"name": "a", "address": "fd00::1"}]}],
	  "services": [
	    {"name": "any6", "frontend": "f6", "protocol": "any", "pool": "w6"},
	    {"name": "follows", "frontend": "f6", "protocol": "udp", "port": 9,
	      "pool": "w6", "udp_mode": "hashed"},
	    {"name": "xone", "frontend": "f4", "protocol": "udp", "port": 53,
	      "pool": "w4", "udp_mode": "one-packet"},
	    {"name": "xtwo", "frontend": "f4", "protocol": "udp", "port": 54,
	      "pool": "twin", "udp_mode": "one-packet"},
	    {"name": "range", "frontend": "f4", "protocol": "tcp",
	      "port": "8000-8099", "pool": "w4"},
	    {"name": "web", "frontend": "f4", "protocol": "tcp", "port": 80,
	      "pool": "w4", "probe": "p1"}],
	  "nats": [
	    {"name": "one", "frontend": "f4", "protocol": "tcp", "port": 2222,
	      "pool": "w4", "backend": "b", "backend_port": 22},
	    {"name": "ssh", "frontend": "f4", "protocol": "tcp",
	      "port": "2000-2009", "pool": "w4", "backend_port": 22}],
	  "snats": [{"name": "out", "pool": "w6", "address": ["2001:db8:f::9"]}]
	}
	END
}

# check_row STATUS WORDS SENTENCE: in the gateway, at generation 1
check_row()
{
	local status said generation words

	read -ra words <<<"$2"
	lbctl "${words[@]}" >"$T_DIR/stdout" 2>"$T_DIR/stderr" </dev/null
	status=$?
	said=$(<"$T_DIR/stderr")
	read -r _ generation </proc/net/nflb/stats
	if [ "$status" != "$1" ] || [ "$said" != "lbctl: $3" ] ||
		[ "$generation" != 1 ] || [ -s "$T_DIR/stdout" ]; then
		echo "lbctl $2"
		echo "    wanted $1, lbctl: $3"
		echo "    got $status, $said"
		echo "    generation $generation, output $(<"$T_DIR/stdout")"
		return 1
	fi
}

# check_rows STATUS: rows "WORDS -> SENTENCE" on stdin
check_rows()
{
	local line bad=0

	while read -r line; do
		check_row "$1" "${line%% -> *}" "${line#* -> }" </dev/null ||
			bad=$((bad + 1))
	done
	[ "$bad" = 0 ]
}

# refused STATUS: lbctl's refusals, rows on stdin. One process for all, as it
# takes longer to enter a namespace than to be refused.
refused()
{
	in_ns gw env T_DIR="$T_DIR" bash -c \
		"$(declare -f check_row check_rows); check_rows $1"
}

# refused_raw: rows "COMMAND ATTRIBUTE... -> ANSWER" for genl.py on stdin
refused_raw()
{
	local line bad=0

	genl_start gw
	while read -r line; do
		genl_ask x "${line%% -> *}"
		[ "$REPLY" != "${line#* -> }" ] || continue
		echo "$line"
		echo "    got $REPLY"
		bad=$((bad + 1))
	done
	expect "answers that differ" 0 "$bad"
	expect "generation" 1 "$(stat_of generation)"
}

case_frontend()
{
	refused 1 <<-'END'
	frontend add f4 10.9.9.9 -> frontend f4 exists already
	frontend add new 203.0.113.1 -> frontend f4 has this address already
	frontend set spare 203.0.113.1 -> frontend f4 has this address already
	frontend add new 0.0.0.0 -> a frontend needs a unicast address
	frontend add new 127.0.0.1 -> a frontend needs a unicast address
	frontend add new 224.0.0.1 -> a frontend needs a unicast address
	frontend add new 255.255.255.255 -> a frontend needs a unicast address
	frontend add new :: -> a frontend needs a unicast address
	frontend add new ::1 -> a frontend needs a unicast address
	frontend add new ff02::1 -> a frontend needs a unicast address
	frontend add new ::ffff:10.0.0.1 -> a frontend needs a unicast address
	frontend set nix 10.1.1.1 -> there is no frontend nix
	frontend del nix -> there is no frontend nix
	frontend show nix -> there is no frontend nix
	frontend set f4 2001:db8::9 -> frontend f4 has services, so stays IPv4
	frontend del f4 -> service range uses frontend f4
	END
	refused 2 <<-'END'
	frontend add -> NAME is missing; see "lbctl frontend add help"
	frontend add new -> frontend "new": address is required
	frontend add new 10.0.0.0/8 -> frontend "new": address 10.0.0.0/8: an address has no prefix length
	frontend add new 10.0.0 -> frontend "new": address 10.0.0: not an IPv4 or IPv6 address
	frontend add new 10.0.0.256 -> frontend "new": address 10.0.0.256: not an IPv4 or IPv6 address
	frontend add new 2001:db8:::1 -> frontend "new": address 2001:db8:::1: not an IPv4 or IPv6 address
	frontend add new web.example.org -> frontend "new": address web.example.org: not an IPv4 or IPv6 address
	frontend add n*w 10.0.0.9 -> frontend "n*w": a name has letters, digits, . _ and -
	frontend add -new 10.0.0.9 -> frontend "-new": a name does not start with -
	frontend add help 10.0.0.9 -> frontend "help": this word is reserved
	frontend add none 10.0.0.9 -> frontend "none": this word is reserved
	frontend add 0123456789012345678901234567890123456789012345678901234567890123 10.0.0.9 -> frontend "0123456789012345678901234567890123456789012345678901234567890123": a name has at most 63 characters, not 64
	frontend add new 10.0.0.9 color red -> unknown keyword "color"; see "lbctl frontend add help"
	frontend add new 10.0.0.9 address 10.0.0.8 -> frontend "new": address given twice
	frontend add new address -> address needs a value; see "lbctl frontend add help"
	frontend set f4 -> nothing to change; see "lbctl frontend set help"
	frontend del f4 now -> unexpected "now"; see "lbctl frontend del help"
	frontend remove f4 -> unknown command "remove"; see "lbctl frontend help"
	frontend show a b -> unexpected "b"; see "lbctl frontend show help"
	END
	refused_raw <<-'END'
	frontend-new -> EINVAL missing 2
	frontend-new name=a -> EINVAL missing 2
	frontend-new address@10.0.0.1 -> EINVAL missing 1
	frontend-new name= address@10.0.0.1 -> EINVAL name name "": allowed are letters, digits and . _ -
	frontend-new name=a/b address@10.0.0.1 -> EINVAL name name "a/b": allowed are letters, digits and . _ -
	frontend-new name=a<b address@10.0.0.1 -> EINVAL name name "a<b": allowed are letters, digits and . _ -
	frontend-new name=-a address@10.9.0.1 -> EINVAL name name "-a": allowed are letters, digits and . _ -
	frontend-new name:616200 address:0a000001aa -> EINVAL address an address has 4 or 16 bytes, not 5
	frontend-new name=a address:0a0000 -> ERANGE address binary attribute size out of range
	frontend-new name=a address:0a000001aa -> EINVAL address an address has 4 or 16 bytes, not 5
	frontend-new name=a address:0a00000100000000000000000000000000 -> ERANGE address binary attribute size out of range
	frontend-new name:6162 address@10.0.0.1 -> EINVAL name Attribute failed policy validation
	frontend-new name: address@10.0.0.1 -> EINVAL name Attribute failed policy validation
	frontend-new name=0123456789012345678901234567890123456789012345678901234567890123 address@10.0.0.1 -> EINVAL name Attribute failed policy validation
	frontend-new name=a address@10.0.0.1 services#3 -> EINVAL services Unsupported attribute
	frontend-new name=a address@10.0.0.1 99#3 -> EINVAL 99 Unknown attribute type
	frontend-set name=f4 address:0a0000010203 -> EINVAL address an address has 4 or 16 bytes, not 6
	frontend-get -> EINVAL missing 1
	frontend-get name=nix -> ENOENT name there is no frontend nix
	END
}

case_probe()
{
	refused 1 <<-'END'
	probe add p1 tcp -> probe p1 exists already
	probe set nix rise 3 -> there is no probe nix
	probe del nix -> there is no probe nix
	probe del p1 -> service web uses probe p1
	probe show nix -> there is no probe nix
	probe set p1 timeout 9s -> timeout 9000 ms is longer than interval 5000 ms
	probe set p1 interval 1s -> timeout 2000 ms is longer than interval 1000 ms
	probe set p2 path /x -> a tcp probe has no path
	probe set p2 type exec -> an exec probe needs a command
	probe set p2 grpc-service x -> a tcp probe has no grpc-service
	END
	refused 2 <<-'END'
	probe add new -> probe "new": type is required
	probe add new sctp -> probe "new": type sctp: allowed tcp, http, https, udp, exec, tls, icmp, grpc, grpcs
	probe add new tcp path /x -> probe "new": path /x: a tcp probe has no path
	probe add new http path x -> probe "new": path x: a path starts with /
	probe add new tcp interval 99ms -> probe "new": interval 99ms: allowed 100ms..60m
	probe add new tcp interval 61m -> probe "new": interval 61m: allowed 100ms..60m
	probe add new tcp interval 5 -> probe "new": interval 5: a time needs a unit: ms, s, m, h or d
	probe add new tcp interval 99999999999999999999s -> probe "new": interval 99999999999999999999s: allowed 100ms..60m
	probe add new tcp interval -5s -> probe "new": interval -5s: a time needs a unit: ms, s, m, h or d
	probe add new tcp timeout 0ms -> probe "new": timeout 0ms: allowed 1ms..60m
	probe add new tcp timeout 6s -> probe "new": timeout 6s: longer than the interval, 5s
	probe add new tcp rise 0 -> probe "new": rise 0: allowed 1..255
	probe add new tcp fall 256 -> probe "new": fall 256: allowed 1..255
	probe add new tcp initial unknown -> probe "new": initial unknown: allowed up, down
	probe add new tcp port 0 -> probe "new": port 0: allowed 1..65535, or same
	probe add new tcp port 65536 -> probe "new": port 65536: allowed 1..65535, or same
	probe add new tcp grpc-service x -> probe "new": grpc-service x: a tcp probe has no grpc-service
	probe add new tcp port 80-81 -> probe "new": port 80-81: not a number, allowed 1..65535, or same
	END
	refused_raw <<-'END'
	probe-new name=q -> EINVAL missing 2
	probe-new name=q type#9 -> ERANGE type integer out of range
	probe-new name=q type#1 path=x -> EINVAL path path "x" does not begin with /
	probe-new name=q type#0 initial#0 -> EINVAL initial initial is up or down
	probe-new name=q type#0 initial#3 -> EINVAL initial initial is up or down
	probe-new name=q type#0 initial#4 -> ERANGE initial integer out of range
	probe-new name=q type#6 port#80 -> EINVAL port an icmp probe has no port
	probe-new name=q type#0 port#65536 -> ERANGE port integer out of range
	probe-new name=q type#0 interval-ms#99 -> ERANGE interval-ms integer out of range
	probe-new name=q type#0 interval-ms#3600001 -> ERANGE interval-ms integer out of range
	probe-new name=q type#0 timeout-ms#0 -> ERANGE timeout-ms integer out of range
	probe-new name=q type#0 rise#0 -> ERANGE rise integer out of range
	probe-new name=q type#0 fall#256 -> ERANGE fall integer out of range
	probe-new name=q type#0 answers#3 -> ERANGE answers integer out of range
	probe-new name=q type#0 rise:01 -> EINVAL rise invalid attribute length
	probe-new name=q type#0 host=x -> EINVAL host a tcp probe has no host
	probe-new name=q type#1 sni=x -> EINVAL sni an http probe has no sni
	probe-new name=q type#1 verify#1 -> EINVAL verify an http probe has no verify
	probe-new name=q type#0 json-state#1 -> EINVAL json-state a tcp probe has no json-state
	probe-new name=q type#2 json-state#2 -> ERANGE json-state integer out of range
	probe-new name=q type#2 verify#2 -> ERANGE verify integer out of range
	probe-new name=q type#1 cert-expiry-ms#1 -> EINVAL cert-expiry-ms an http probe has no cert-expiry
	probe-new name=q type#2 cert-expiry-ms#3456000001 -> ERANGE cert-expiry-ms integer out of range
	probe-new name=q type#1 cert=/x -> EINVAL cert an http probe has no cert
	probe-new name=q type#2 cert=x -> EINVAL cert cert "x" does not begin with /
	probe-new name=q type#2 key=/x -> EINVAL key key needs a cert, which it is of
	probe-new name=q type#1 host:61206200 -> EINVAL host host "a b": allowed are visible characters
	probe-new name=q type#1 path:2f206200 -> EINVAL path path "/ b": allowed are visible characters
	probe-new name=q type#1 expect:01 -> EINVAL expect a set of statuses has 50 bytes, not 1
	probe-new name=q type#1 expect:0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000 -> EINVAL expect expect has no status, allowed are 200 to 599
	probe-new name=q type#0 source:0a0000 -> EINVAL source an address has 4 or 16 bytes, not 3
	probe-new name=q type#0 send:00 -> EINVAL send a tcp probe has no send
	probe-new name=q type#1 receive:00 -> EINVAL receive an http probe has no receive
	probe-new name=q type#3 body:00 -> EINVAL body a udp probe has no body
	probe-new name=q type#4 -> EINVAL - an exec probe needs a command
	probe-new name=q type#4 command=x -> EINVAL command command "x" does not begin with /
	probe-new name=q type#0 command=/x -> EINVAL command a tcp probe has no command
	probe-new name=q type#0 mark#4294967295 -> ERANGE mark integer out of range
	probe-new name=q type#1 grpc-service=x -> EINVAL grpc-service an http probe has no grpc-service
	probe-new name=q type#7 grpc-service:61206200 -> EINVAL grpc-service grpc-service "a b": allowed are visible characters
	probe-new name=q type#7 verify#1 -> EINVAL verify a grpc probe has no verify
	probe-new name=q type#8 path=/x -> EINVAL path a grpcs probe has no path
	probe-new name=q type#0 device=a/b -> EINVAL device device "a/b": allowed are names of devices, no / : ,
	probe-new name=q type#0 device=none -> EINVAL device device "none": allowed are names of devices, no / : ,
	probe-new name=a.b_c-d$ type#0 -> EINVAL name name "a.b_c-d$": allowed are letters, digits and . _ -
	END
}

case_pool()
{
	refused 1 <<-'END'
	pool add w4 -> pool w4 exists already
	pool add new scheduler magic -> scheduler magic: there are maglev rr wrr lc wlc random p2c
	pool add new slots 1000 -> slots 1000 is not a prime
	pool set w4 slots 65536 -> slots 65536 is not a prime
	pool set nix slots 251 -> there is no pool nix
	pool del nix -> there is no pool nix
	pool del w4 -> service range uses pool w4
	pool show nix -> there is no pool nix
	END
	refused 2 <<-'END'
	pool add new scheduler Maglev -> pool "new": scheduler Maglev: allowed are 1 to 15 letters a-z, digits, _ and -
	pool add new scheduler much-too-long-a-name -> pool "new": scheduler much-too-long-a-name: allowed are 1 to 15 letters a-z, digits, _ and -
	pool add new panic 101 -> pool "new": panic 101: allowed 0..100
	pool add new slow-start 61m -> pool "new": slow-start 61m: allowed 0ms..60m, or off
	pool add new prefer-zone 65536 -> pool "new": prefer-zone 65536: allowed 0..65535, or off
	pool add new prefer-zone b -> pool "new": prefer-zone b: not a number, allowed 0..65535, or off
	pool add new spill-below 101 -> pool "new": spill-below 101: allowed 0..100
	pool add new eject-after 256 -> pool "new": eject-after 256: allowed 0..255
	pool add new eject-time 99ms -> pool "new": eject-time 99ms: allowed 100ms..5m
	pool add new eject-time off -> pool "new": eject-time off: a time needs a unit: ms, s, m, h or d
	pool add new slots 250 -> pool "new": slots 250: allowed 251..131071
	pool add new slots 131072 -> pool "new": slots 131072: allowed 251..131071
	pool add new seed -1 -> pool "new": seed -1: allowed 0..18446744073709551615
	pool add new seed 0x10000000000000000 -> pool "new": seed 0x10000000000000000: allowed 0..18446744073709551615
	pool add new seed abc -> pool "new": seed abc: allowed 0..18446744073709551615
	END
	refused_raw <<-'END'
	pool-new -> EINVAL missing 2
	pool-new name=p? -> EINVAL name name "p?": allowed are letters, digits and . _ -
	pool-new name=p panic#101 -> ERANGE panic integer out of range
	pool-new name=p slow-start-ms#3600001 -> ERANGE slow-start-ms integer out of range
	pool-new name=p prefer-zone#65536 -> ERANGE prefer-zone integer out of range
	pool-new name=p spill-below#101 -> ERANGE spill-below integer out of range
	pool-new name=p eject-after#256 -> ERANGE eject-after integer out of range
	pool-new name=p eject-time-ms#99 -> ERANGE eject-time-ms integer out of range
	pool-new name=p eject-time-ms#300001 -> ERANGE eject-time-ms integer out of range
	pool-new name=p slots#250 -> ERANGE slots integer out of range
	pool-new name=p slots#131072 -> ERANGE slots integer out of range
	pool-new name=p seed#1 -> EINVAL seed invalid attribute length
	pool-new name=p scheduler=0123456789abcdef -> EINVAL scheduler Attribute failed policy validation
	pool-new name=p scheduler= -> ENOENT scheduler scheduler : there are maglev rr wrr lc wlc random p2c
	END
}

case_backend()
{
	refused 1 <<-'END'
	backend add nix c 10.0.0.3 -> there is no pool nix
	backend add w4 a 10.0.0.3 -> backend a exists already in pool w4
	backend add w4 c 10.0.0.2 -> backend b in pool w4 has this address already
	backend set w4 a address 10.0.0.2 -> backend b in pool w4 has this address already
	backend add w4 c fd00::3 -> pool w4 is for IPv4 backends
	backend add w6 c 10.0.0.3 -> pool w6 is for IPv6 backends
	backend set w4 a address fd00::3 -> pool w4 is for IPv4 backends
	backend add w4 c 0.0.0.0 -> a backend needs a routable unicast address
	backend add w4 c 224.0.0.1 -> a backend needs a routable unicast address
	backend add w4 c 255.255.255.255 -> a backend needs a routable unicast address
	backend add w6 c :: -> a backend needs a routable unicast address
	backend add w6 c fe80::1 -> a backend needs a routable unicast address
	backend add w6 c ff02::1 -> a backend needs a routable unicast address
	backend add w6 c ::ffff:10.0.0.1 -> a backend needs a routable unicast address
	backend set w4 nix weight 1 -> there is no backend nix in pool w4
	backend set nix a weight 1 -> there is no pool nix
	backend del w4 nix -> there is no backend nix in pool w4
	backend del w4 nix now -> there is no backend nix in pool w4
	backend del nix a -> there is no pool nix
	backend drain w4 nix -> there is no backend nix in pool w4
	backend drain w4 nix deadline 5s -> there is no backend nix in pool w4
	backend del w4 nix deadline 5s -> there is no backend nix in pool w4
	backend set w4 a note x -> a note needs admin up or down, or drain on
	backend force w4 nix up for 5s -> there is no backend nix in pool w4
	backend show w4 nix -> there is no backend nix in pool w4
	backend show nix -> there is no pool nix
	backend show nix a -> there is no pool nix
	END
	refused 2 <<-'END'
	backend add w4 c -> backend "w4/c": address is required
	backend add w4 -> NAME is missing; see "lbctl backend add help"
	backend add w4 c 10.0.0.3/32 -> backend "w4/c": address 10.0.0.3/32: an address has no prefix length
	backend add w4 c 10.0.0.3 weight 65536 -> backend "w4/c": weight 65536: allowed 0..65535
	backend add w4 c 10.0.0.3 weight -1 -> backend "w4/c": weight -1: not a number, allowed 0..65535
	backend add w4 c 10.0.0.3 weight 1.5 -> backend "w4/c": weight 1.5: not a number, allowed 0..65535
	backend add w4 c 10.0.0.3 weight 99999999999999999999 -> backend "w4/c": weight 99999999999999999999: allowed 0..65535
	backend add w4 c 10.0.0.3 weight -> weight needs a value; see "lbctl backend add help"
	backend add w4 c 10.0.0.3 weight 1 weight 2 -> backend "w4/c": weight given twice
	backend add w4 c 10.0.0.3 zone 65536 -> backend "w4/c": zone 65536: allowed 0..65535
	backend add w4 c 10.0.0.3 admin off -> backend "w4/c": admin off: allowed none, up, down
	backend add w4 c 10.0.0.3 drain yes -> backend "w4/c": drain yes: allowed on, off
	backend add w4 c 10.0.0.3 max-flows 100000001 -> backend "w4/c": max-flows 100000001: allowed 0..100000000, or off
	backend del w4 a later -> unexpected "later"; see "lbctl backend del help"
	backend drain w4 a b -> unexpected "b"; see "lbctl backend drain help"
	backend drain w4 a deadline -> deadline needs a value; see "lbctl backend drain help"
	backend drain w4 a deadline 5 -> backend "w4/a": deadline 5: a time needs a unit: ms, s, m, h or d
	backend drain w4 a deadline 169h -> backend "w4/a": deadline 169h: allowed 0ms..7d
	backend force w4 a up for 5s note -> up or down, and for TIME are needed; see "lbctl backend force help"
	backend add w4 n 10.0.0.77 note x -> backend "w4/n": note x: a note needs admin up or down, or drain on
	backend force w4 a up -> up or down, and for TIME are needed; see "lbctl backend force help"
	backend force w4 a none for 5s -> backend "w4/a": state "none": allowed up, down
	backend force w4 a up for 0s -> backend "w4/a": for 0s: allowed 1ms..7d
	backend drain w4 a deadline 5s now -> unexpected "now"; see "lbctl backend drain help"
	backend del w4 a now deadline -> unexpected "now"; see "lbctl backend del help"
	END
	refused_raw <<-'END'
	backend-new pool=w4 name=b -> EINVAL missing 3
	backend-new pool=w4 address@10.0.0.2 -> EINVAL missing 2
	backend-new name=b address@10.0.0.2 -> EINVAL missing 1
	backend-new pool=w4 name=b address:0a00000200 -> EINVAL address an address has 4 or 16 bytes, not 5
	backend-new pool=w4 name=b* address@10.0.0.2 -> EINVAL name name "b*": allowed are letters, digits and . _ -
	backend-new pool=w4 name=b address@10.0.0.2 weight#65536 -> ERANGE weight integer out of range
	backend-new pool=w4 name=b address@10.0.0.2 zone#65536 -> ERANGE zone integer out of range
	backend-new pool=w4 name=b address@10.0.0.2 admin#3 -> ERANGE admin integer out of range
	backend-new pool=w4 name=b address@10.0.0.2 drain#2 -> ERANGE drain integer out of range
	backend-set pool=w4 name=a admin-for-ms#5 -> EINVAL admin-for-ms a time needs admin up or down
	backend-set pool=w4 name=a admin#0 admin-for-ms#5 -> EINVAL admin-for-ms a time needs admin up or down
	backend-set pool=w4 name=a deadline-ms#5 -> EINVAL deadline-ms a deadline needs drain on
	backend-set pool=w4 name=a drain#0 deadline-ms#5 -> EINVAL deadline-ms a deadline needs drain on
	backend-set pool=w4 name=a drain#1 deadline-ms#604800001 -> ERANGE deadline-ms integer out of range
	backend-set pool=w4 name=a max-flows#100000001 -> ERANGE max-flows integer out of range
	backend-set pool=w4 name=a drain#1 note:610a6200 -> EINVAL note note: allowed are visible characters and blanks
	backend-del pool=w4 name=a now! deadline-ms#5 -> EINVAL deadline-ms now needs no deadline
	backend-del pool=w4 -> EINVAL missing 2
	backend-get name=a -> EINVAL missing 1
	END
}

case_service()
{
	refused 1 <<-'END'
	service add web frontend f4 protocol tcp port 81 pool w4 -> service web exists already
	service add new frontend nix protocol tcp port 81 pool w4 -> there is no frontend nix
	service add new frontend f4 protocol tcp port 81 pool nix -> there is no pool nix
	service add new frontend f4 protocol tcp port 81 pool w4 probe nix -> there is no probe nix
	service add new frontend f6 protocol tcp port 81 pool w4 -> pool w4 is for IPv4, frontend f6 is not
	service add new frontend f4 protocol tcp port 81 pool w6 -> pool w6 is for IPv6, frontend f4 is not
	service add new frontend f4 protocol tcp port 80 pool w4 -> service web has this port already
	service set range port 80 -> service web has this port already
	service set web port 8000-8001 -> service range has some of these ports already
	service set any6 port 80 -> protocol any has no port
	service set any6 backend-port 80 -> protocol any has no backend-port
	service set any6 protocol tcp -> service "any6": port is required
	service set range backend-port 9000-9001 -> backend-port has 2 ports, port has 100
	service set web backend-port 9000-9001 -> backend-port has 2 ports, port has 1
	service set web backup nix -> there is no pool nix
	service set web backup w4 -> backup w4 is the service's own pool, allowed is another
	service set web backup turns,nix -> there is no pool nix
	service set web backup w6 -> pool w6 is for IPv6, frontend f4 is not
	service set any6 syn-proxy 100 -> syn-proxy 100: allowed for tcp, others have no SYN
	service set web affinity-prefix 24 -> affinity-prefix 24 needs affinity client-ip or client-ip-proto
	service set web affinity client-ip affinity-prefix 33 -> affinity-prefix 33: allowed for IPv4 are 1 to 32, or whole
	service set nix port 81 -> there is no service nix
	service del nix -> there is no service nix
	service show nix -> there is no service nix
	END
	refused 2 <<-'END'
	service add new frontend f4 protocol tcp port 0 pool w4 -> service "new": port 0: allowed 1..65535, or any
	service add new frontend f4 protocol tcp port 65536 pool w4 -> service "new": port 65536: allowed 1..65535, or any
	service add new frontend f4 protocol tcp port 90-80 pool w4 -> service "new": port 90-80: the last port is below the first
	service add new frontend f4 protocol tcp port 80-90-100 pool w4 -> service "new": port 80-90-100: not a number, allowed 1..65535, or any
	service add new frontend f4 protocol tcp port http pool w4 -> service "new": port http: not a number, allowed 1..65535, or any
	service add new frontend f4 protocol tcp pool w4 -> service "new": port is required
	service add new frontend f4 protocol icmp port 81 pool w4 -> service "new": protocol icmp: allowed tcp, udp, sctp, any
	service add new frontend f4 protocol any port 81 pool w4 -> service "new": port 81: protocol any has no ports
	service add new frontend f4 protocol any backend-port 81 pool w4 -> service "new": backend-port 81: protocol any has no ports
	service add new frontend f4 protocol tcp port 80-89 pool w4 backend-port 90-98 -> service "new": backend-port 90-98: the range must be as long as that of port
	service add new frontend f4 protocol tcp port any pool w4 backend-port 90-98 -> service "new": backend-port 90-98: the range must be as long as that of port
	service add new protocol tcp port 81 pool w4 -> service "new": frontend is required
	service add new frontend f4 port 81 pool w4 -> service "new": protocol is required
	service add new frontend f4 protocol tcp port 81 -> service "new": pool is required
	service add new -> service "new": frontend is required
	service set web fastpath yes -> service "web": fastpath yes: allowed on, off
	service set web fastpath 1 -> service "web": fastpath 1: allowed on, off
	service set web fastpath on fastpath off -> service "web": fastpath given twice
	service set web backup turns,turns -> service "web": backup turns,turns: "turns": given twice
	service set web backup a,b,c,d,e -> service "web": backup a,b,c,d,e: "e": a list has at most 4 names
	service set web backup turns, -> service "web": backup turns,: "": a name has 1 to 63 characters
	service set web backup turns,none -> service "web": backup turns,none: "none": this word is reserved
	service set web all-down backup -> service "web": all-down backup: allowed drop, reject, all
	service set web on-down drop -> service "web": on-down drop: allowed keep, reset
	service set web affinity source-ip -> service "web": affinity source-ip: allowed none, client-ip, client-ip-proto
	service set web affinity client-ip affinity-prefix 129 -> service "web": affinity-prefix 129: allowed 0..128, or whole
	service set web affinity client-ip affinity-prefix /24 -> service "web": affinity-prefix /24: not a number, allowed 0..128, or whole
	service set web idle-timeout 999ms -> service "web": idle-timeout 999ms: allowed 1s..1d
	service set web idle-timeout 240 -> service "web": idle-timeout 240: a time needs a unit: ms, s, m, h or d
	service set web half-open-timeout 0s -> service "web": half-open-timeout 0s: allowed 1s..1d
	service set web half-closed-timeout 25h -> service "web": half-closed-timeout 25h: allowed 1s..1d
	service set web udp-timeout off -> service "web": udp-timeout off: a time needs a unit: ms, s, m, h or d
	service set web tcp-reset yes -> service "web": tcp-reset yes: allowed on, off
	service set web max-flows -1 -> service "web": max-flows -1: not a number, allowed 0..100000000, or off
	service set web max-rate 1000001 -> service "web": max-rate 1000001: allowed 0..1000000, or off
	service set web syn-proxy -1 -> service "web": syn-proxy -1: not a number, allowed 0..100000000, or off
	service set web no-flow reject -> service "web": no-flow reject: allowed pick-up, reset, drop
	service set any6 udp-mode off -> service "any6": udp-mode off: allowed pinned, hashed, one-packet
	service set web floating yes -> service "web": floating yes: allowed on, off
	service set web allow 10.0.0.0/33 -> service "web": allow 10.0.0.0/33: prefix "10.0.0.0/33": allowed 0..32
	service set web allow 10.0.0.0/ -> service "web": allow 10.0.0.0/: prefix "10.0.0.0/": not a number, allowed 0..32
	service set web allow 10.0.0.0/8,10.0.0 -> service "web": allow 10.0.0.0/8,10.0.0: prefix "10.0.0": not an IPv4 or IPv6 prefix
	service set web allow 10.0.0.0/8,any -> service "web": allow 10.0.0.0/8,any: prefix "any": not an IPv4 or IPv6 prefix
	service set web allow 10.0.0.1/8 -> service "web": allow 10.0.0.1/8: prefix "10.0.0.1/8": bits are set behind its length, allowed is 10.0.0.0/8
	service set web allow fd00::1:0/111 -> service "web": allow fd00::1:0/111: prefix "fd00::1:0/111": bits are set behind its length, allowed is fd00::/111
	service set web allow 10.0.0.0/8,fd00::/8 -> service "web": allow 10.0.0.0/8,fd00::/8: prefix "fd00::/8": IPv6, but the first of the list is IPv4
	END
	refused 1 <<-'END'
	service set web allow fd00::/8 -> allow has IPv6 prefixes, frontend f4 is IPv4
	service set any6 allow 10.0.0.0/8 -> allow has IPv4 prefixes, frontend f6 is IPv6
	service set web udp-mode hashed -> udp-mode hashed needs protocol udp or any
	service add new frontend f6 protocol udp port 53 pool turns udp-mode hashed -> service new is hashed: pool turns needs maglev, not rr
	service add new frontend f6 protocol udp port 53 pool w6 backup turns udp-mode hashed -> service new is hashed: pool turns needs maglev, not rr
	pool set w6 scheduler rr -> service follows is hashed: pool w6 needs maglev, not rr
	service set web udp-mode one-packet -> udp-mode one-packet needs protocol udp
	service set any6 udp-mode one-packet -> udp-mode one-packet needs protocol udp
	service set xone port any -> udp-mode one-packet needs a port, not any
	service set xone port 50-53 backend-port 53 -> udp-mode one-packet: ports 50-53 need as many backend-ports
	service set xone max-flows 9 -> max-flows 9: udp-mode one-packet has no flows
	service set xtwo backend-port 53 -> services xone and xtwo are one-packet and share a backend's port
	service set xtwo backend-port 53 pool w4 -> services xone and xtwo are one-packet and share a backend's port
	service set xone port 50-55 -> services xtwo and xone are one-packet and share a backend's port
	END
	refused_raw <<-'END'
	service-new name=t frontend=f4 protocol#6 port#81 -> EINVAL missing 6
	service-new name=t frontend=f4 port#81 pool=w4 -> EINVAL missing 3
	service-new name=t protocol#6 port#81 pool=w4 -> EINVAL missing 2
	service-new frontend=f4 protocol#6 port#81 pool=w4 -> EINVAL missing 1
	service-new name=t/ frontend=f4 protocol#6 port#81 pool=w4 -> EINVAL name name "t/": allowed are letters, digits and . _ -
	service-new name=t frontend=f4 protocol#6 pool=w4 -> EINVAL missing 4 port is required
	service-new name=t frontend=f4 protocol#47 port#81 pool=w4 -> EINVAL protocol protocol 47: allowed are tcp, udp, sctp and any
	service-new name=t frontend=f4 protocol#1 pool=w4 -> EINVAL missing 4 port is required
	service-new name=t frontend=f4 protocol#256 port#81 pool=w4 -> ERANGE protocol integer out of range
	service-new name=t frontend=f4 protocol#6 port#90 port-last#80 pool=w4 -> EINVAL port-last port range 90-80 is empty
	service-new name=t frontend=f4 protocol#6 port#0 port-last#80 pool=w4 -> EINVAL port-last port range 0-80 is empty
	service-new name=t frontend=f4 protocol#6 port-last#80 pool=w4 -> EINVAL port-last port-last needs port
	service-new name=t frontend=f4 protocol#6 port#81 backend-port-last#80 pool=w4 -> EINVAL backend-port-last backend-port-last needs backend-port
	service-set name=web backend-port-last#80 -> EINVAL backend-port-last backend-port-last needs backend-port
	service-new name=t frontend=f4 protocol#6 port#65536 pool=w4 -> ERANGE port integer out of range
	service-new name=t frontend=f4 protocol#0 port#80 pool=w4 -> EINVAL port protocol any has no port
	service-new name=t frontend=f4 protocol#0 backend-port#80 pool=w4 -> EINVAL backend-port protocol any has no backend-port
	service-new name=t frontend=f4 protocol#6 port#81 backend-port#90 backend-port-last#80 pool=w4 -> EINVAL backend-port-last backend-port range 90-80 is empty
	service-new name=t frontend=f4 protocol#6 port#81 port-last#90 backend-port#90 backend-port-last#98 pool=w4 -> EINVAL backend-port-last backend-port has 9 ports, port has 10
	service-new name=t frontend=f4 protocol#6 port#0 backend-port#90 backend-port-last#98 pool=w4 -> EINVAL backend-port-last backend-port has 9 ports, port has 65535
	service-set name=web fastpath#2 -> ERANGE fastpath integer out of range
	service-set name=web backup=turns backup=turns -> EINVAL backup backup turns is given twice
	service-set name=web backup=turns backup= -> EINVAL backup backup: one without a name is none, and has none beside it
	service-set name=web backup= backup=turns -> EINVAL backup backup: one without a name is none, and has none beside it
	service-set name=web backup=a backup=b backup=c backup=d backup=e -> ENOSPC backup backup: allowed are at most 4 pools
	service-set name=web affinity#3 -> ERANGE affinity integer out of range
	service-set name=web affinity#1 affinity-prefix#129 -> ERANGE affinity-prefix integer out of range
	service-set name=web affinity#1 affinity-prefix#33 -> ERANGE affinity-prefix affinity-prefix 33: allowed for IPv4 are 1 to 32, or whole
	service-new name=t frontend=f4 protocol#6 port#81 pool=w4 affinity-prefix#24 -> EINVAL affinity-prefix affinity-prefix 24 needs affinity client-ip or client-ip-proto
	service-new name=t frontend=f4 protocol#17 port#81 pool=w4 syn-proxy#1 -> EINVAL syn-proxy syn-proxy 1: allowed for tcp, others have no SYN
	service-set name=web idle-timeout-ms#999 -> ERANGE idle-timeout-ms integer out of range
	service-set name=web half-open-timeout-ms#86400001 -> ERANGE half-open-timeout-ms integer out of range
	service-set name=web half-closed-timeout-ms#0 -> ERANGE half-closed-timeout-ms integer out of range
	service-set name=web udp-timeout-ms#86400001 -> ERANGE udp-timeout-ms integer out of range
	service-set name=web tcp-reset#2 -> ERANGE tcp-reset integer out of range
	service-set name=web max-flows#100000001 -> ERANGE max-flows integer out of range
	service-set name=web max-rate#1000001 -> ERANGE max-rate integer out of range
	service-set name=web allow:0a000000 -> EINVAL allow a prefix has 5 or 17 bytes, not 4
	service-set name=web allow:0a00000021 -> ERANGE allow prefix length 33: allowed are 0 to 32
	service-set name=web allow:0a00000108 -> EINVAL allow a prefix of length 8 has bits set behind it
	service-set name=web allow:0a00000008 allow:fd00000000000000000000000000000008 -> EAFNOSUPPORT allow allow has prefixes of both families
	service-set name=web allow: allow:0a00000008 -> EINVAL allow a prefix has 5 or 17 bytes, not 0
	service-set name=web allow:fd0000000000000000000000000000000808 -> ERANGE allow Attribute failed policy validation
	service-set name=web syn-proxy#100000001 -> ERANGE syn-proxy integer out of range
	service-set name=web no-flow#3 -> ERANGE no-flow integer out of range
	service-set name=web udp-mode#3 -> ERANGE udp-mode integer out of range
	service-set name=web floating#2 -> ERANGE floating integer out of range
	service-set name=web floating#1 backend-port#81 -> EINVAL backend-port backend-port 81: allowed with floating on is same
	service-set name=web floating#1 backend-port#0 new-flows#1 -> EINVAL new-flows new-flows express: allowed with floating on is standard
	service-set name=web floating#1 backend-port#0 protocol#132 port#80 -> EINVAL protocol protocol sctp: allowed with floating on are tcp, udp and any
	service-set name=web floating#1 backend-port#0 syn-proxy#100 -> EINVAL syn-proxy syn-proxy 100: allowed with floating on is off
	service-set name=web floating#1 backend-port#0 protocol#17 udp-mode#2 port#80 -> EINVAL udp-mode udp-mode one-packet: allowed with floating on are pinned and hashed
	service-set name=web port#81 port-last#80 -> EINVAL port-last port range 81-80 is empty
	END
}

case_nat()
{
	refused 1 <<-'END'
	nat add web frontend f4 protocol tcp port 81 pool w4 backend a backend-port 22 -> service web exists already
	service add ssh frontend f4 protocol tcp port 81 pool w4 -> nat ssh exists already
	nat add new frontend f4 protocol tcp port 80 pool w4 backend a backend-port 22 -> service web has this port already
	nat add new frontend f4 protocol tcp port 8099-8100 pool w4 backend-port 22 -> service range has some of these ports already
	service add new frontend f4 protocol tcp port 2009-2010 pool w4 -> nat ssh has some of these ports already
	nat add new frontend f4 protocol tcp port 81 pool w4 backend c backend-port 22 -> nat new needs backend c, which pool w4 has not
	nat add new frontend f4 protocol tcp port 81 pool nix backend a backend-port 22 -> there is no pool nix
	nat set ssh backend a -> backend a needs one port, in a range each has one
	nat set one backend none -> port 2222 needs a backend, without one a range is needed
	nat set one port 2222-2223 -> backend b needs one port, in a range each has one
	nat set web port 81 -> there is no nat web
	nat del web -> there is no nat web
	nat show web -> there is no nat web
	service set ssh port 81 -> there is no service ssh
	backend del w4 b -> nat one needs backend b, which pool w4 has not
	END
	refused 2 <<-'END'
	nat add new frontend f4 protocol tcp port 0 pool w4 backend a backend-port 22 -> nat "new": port 0: allowed 1..65535
	nat add new frontend f4 protocol tcp port 81 pool w4 backend a backend-port 0 -> nat "new": backend-port 0: allowed 1..65535
	nat add new frontend f4 protocol tcp port 81 pool w4 backend-port 22 -> nat "new": port 81: one port needs a backend, a range has one for each
	nat add new frontend f4 protocol tcp port 81-82 pool w4 backend a backend-port 22 -> nat "new": backend a: in a range each backend has a port, allowed is none
	nat add new frontend f4 protocol any port 81 pool w4 backend a backend-port 22 -> nat "new": protocol any: allowed tcp, udp, sctp
	nat add new frontend f4 protocol tcp port 81 pool w4 backend a -> nat "new": backend-port is required
	nat set ssh all-down all -> nat "ssh": all-down all: allowed drop, reject
	nat set ssh quarantine 25h -> nat "ssh": quarantine 25h: allowed 0ms..1d, or off
	nat set ssh affinity none -> unknown keyword "affinity"; see "lbctl nat set help"
	nat set ssh floating on -> unknown keyword "floating"; see "lbctl nat set help"
	END
	sed 's/"port": "2000-2009"/&, "mapping": [{"backend": "a", "port": 2010}]/' "$T_DIR/base.json" >"$T_DIR/doc"
	expect_refusal 1 "lbctl: $T_DIR/doc:29: mapping \"ssh/a\": port 2010: nat ssh has 2000 to 2009" \
		lb apply "$T_DIR/doc"
	sed 's/"port": "2000-2009"/&, "mapping": [{"backend": "b", "port": 2005}, {"backend": "a", "port": 2005}]/' \
		"$T_DIR/base.json" >"$T_DIR/doc"
	expect_refusal 2 "lbctl: $T_DIR/doc:29: mapping \"a\": port 2005: backend \"b\" has this port of nat \"ssh\" already" \
		lb apply "$T_DIR/doc"
	sed 's/"port": "2000-2009"/&, "mapping": [{"backend": "c", "port": 2005}]/' "$T_DIR/base.json" >"$T_DIR/doc"
	expect_refusal 2 "lbctl: $T_DIR/doc:29: mapping \"c\": backend c: pool \"w4\" has no such backend" \
		lb apply "$T_DIR/doc"
}

case_health()
{
	refused 1 <<-'END'
	health set nix a p1 up -> there is no pool nix
	health set w4 nix p1 up -> there is no backend nix in pool w4
	health set w4 a nix up -> there is no probe nix
	health set w4 a p2 up -> no service of pool w4 uses probe p2
	health set w6 a p1 up -> no service of pool w6 uses probe p1
	END
	refused 2 <<-'END'
	health set w4 a p1 sick -> state "sick": allowed up, down, draining, unknown
	health set w4 a p1 -> four to six words are needed; see "lbctl health set help"
	END
	refused_raw <<-'END'
	health-set pool=w4 backend=a probe=p1 -> EINVAL missing 4
	health-set pool=w4 backend=a state#1 -> EINVAL missing 3
	health-set pool=w4 backend=a probe=p1 state#4 -> ERANGE state integer out of range
	health-set pool=w4 backend=a probe=p1 state#1 results#17 -> ERANGE results integer out of range
	health-set pool=w4 backend=a probe=p1 state#1 reason=0123456789-123456789-123456789-123456789-12345678 -> EINVAL reason Attribute failed policy validation
	END
}

case_snat()
{
	refused 1 <<-'END'
	snat add out pool w4 address 203.0.113.9 -> snat out exists already
	snat add new pool nix address 203.0.113.9 -> there is no pool nix
	snat add new pool w6 address fd00::9 -> pool w6 has snat out already
	snat add new pool w4 address fd00::9 -> pool w4 is for IPv4, an address of snat new is not
	snat add new pool empty address fd00::9,203.0.113.9 -> pool empty is for IPv4, an address of snat new is not
	snat add new pool w4 address 224.0.0.1 -> a snat needs a unicast address
	snat add new pool empty address 2001:db8:f::9 -> snat out has an address of these already
	snat add new pool w4 address 203.0.113.9 ports 12 -> ports 12: allowed are azure, dynamic and multiples of 8
	snat add new pool w4 address 203.0.113.9 ports 32008 -> 2 backends x 32008 ports are more than the 64000 that services leave
	snat add new pool w4 address 203.0.113.1 ports 32000 -> 2 backends x 32000 ports are more than the 63872 that services leave
	snat set out address 2001:db8:f::1 -> services have all ports of the addresses of snat out
	snat set nix ports azure -> there is no snat nix
	snat del nix -> there is no snat nix
	snat show nix -> there is no snat nix
	snat top nix -> there is no snat nix
	snat flows nix -> there is no snat nix
	snat plan nix -> there is no snat nix
	snat plan -> without a snat, the number of backends is needed
	snat plan out ports 12 -> ports 12: allowed are azure, dynamic and multiples of 8
	END
	refused 2 <<-'END'
	snat add new -> snat "new": pool is required
	snat add new pool w4 -> snat "new": address is required
	snat add new pool w4 address 10.0.0 -> snat "new": address 10.0.0: "10.0.0": not an IPv4 or IPv6 address
	snat add new pool w4 address 10.0.0.9,10.0.0.9 -> snat "new": address 10.0.0.9,10.0.0.9: "10.0.0.9": given twice
	snat set out ports 0 -> snat "out": ports 0: allowed 8..64000, azure or dynamic
	snat set out ports 1 -> snat "out": ports 1: allowed 8..64000, azure or dynamic
	snat set out ports many -> snat "out": ports many: not a number, allowed 8..64000, azure or dynamic
	snat set out protocol icmp -> snat "out": protocol icmp: allowed any, tcp, udp
	snat set out idle-timeout 999ms -> snat "out": idle-timeout 999ms: allowed 1s..1d
	snat set out half-open-timeout 0s -> snat "out": half-open-timeout 0s: allowed 1s..1d
	snat set out half-closed-timeout 25h -> snat "out": half-closed-timeout 25h: allowed 1s..1d
	snat set out udp-timeout off -> snat "out": udp-timeout off: a time needs a unit: ms, s, m, h or d
	snat set out tcp-reset yes -> snat "out": tcp-reset yes: allowed on, off
	snat top out limit 65537 -> limit 65537: allowed 1..65536
	snat plan out addresses 17 -> addresses 17: allowed 1..16
	END
	refused_raw <<-'END'
	snat-new -> EINVAL missing 2
	snat-new name=new pool=w4 -> EINVAL missing 3
	snat-new pool=w4 address:cb007109 -> EINVAL missing 1
	snat-new name=new pool=w4 address:cb007109 protocol#1 -> EINVAL protocol protocol 1: allowed are tcp, udp and any
	snat-new name=new pool=w4 address:cb007109 ports#9 -> EINVAL ports ports 9: allowed are azure, dynamic and multiples of 8
	snat-new name=new pool=w4 address:cb007109 ports#64001 -> ERANGE ports integer out of range
	snat-set name=out idle-timeout-ms#999 -> ERANGE idle-timeout-ms integer out of range
	snat-set name=out half-open-timeout-ms#86400001 -> ERANGE half-open-timeout-ms integer out of range
	snat-set name=out half-closed-timeout-ms#0 -> ERANGE half-closed-timeout-ms integer out of range
	snat-set name=out udp-timeout-ms#999 -> ERANGE udp-timeout-ms integer out of range
	snat-set name=out tcp-reset#2 -> ERANGE tcp-reset integer out of range
	snat-new name=new pool=w4 address:cb007109 address:cb007109 -> EEXIST address an address is in the list already
	plan-get -> EINVAL missing 3 without a snat, the number of backends is needed
	plan-get snat=nix -> ENOENT snat there is no snat nix
	plan-get snat=out ports#12 -> EINVAL ports ports 12: allowed are azure, dynamic and multiples of 8
	plan-get snat=out ports#64001 -> ERANGE ports integer out of range
	plan-get backends#0 -> ERANGE backends integer out of range
	plan-get backends#20001 -> ERANGE backends integer out of range
	plan-get backends#1 addresses#0 -> ERANGE addresses integer out of range
	plan-get backends#1 addresses#17 -> ERANGE addresses integer out of range
	snat-new name=a/b pool=w4 address:cb007109 -> EINVAL name name "a/b": allowed are letters, digits and . _ -
	END
}

case_fastpath()
{
	refused 2 <<-'END'
	fastpath set -> nothing to change; see "lbctl fastpath set help"
	fastpath set devices -> devices needs a value; see "lbctl fastpath set help"
	fastpath set devices a/b -> fastpath: devices a/b: device "a/b": a device's name has 1 to 15 visible characters, no / : ,
	fastpath set devices eth0,,eth1 -> fastpath: devices eth0,,eth1: device "": a device's name has 1 to 15 visible characters, no / : ,
	fastpath set devices eth0,none -> fastpath: devices eth0,none: device "none": this word is reserved
	fastpath set devices . -> fastpath: devices .: device ".": this word is reserved
	fastpath set devices eth0,eth0 -> fastpath: devices eth0,eth0: device "eth0": given twice
	fastpath set devices a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,1,2,3,4,5,6,7 -> fastpath: devices a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x,y,z,1,2,3,4,5,6,...: device "7": a list has at most 32 devices
	fastpath set web devices none -> unknown keyword "web"; see "lbctl fastpath set help"
	fastpath show eth0 -> unexpected "eth0"; see "lbctl fastpath show help"
	END
	refused_raw <<-'END'
	fastpath-set -> EINVAL missing 1
	fastpath-set device=eth0 -> EINVAL missing 1
	fastpath-set devices#3 -> ERANGE devices integer out of range
	fastpath-set devices#2 -> EINVAL devices devices list needs 1 to 32 devices
	fastpath-set devices#0 device=eth0 -> EINVAL device device eth0: only a list has devices
	fastpath-set devices#1 device=eth0 -> EINVAL device device eth0: only a list has devices
	fastpath-set devices#2 device= -> EINVAL device device "": allowed are 1 to 15 visible characters, no / : ,
	fastpath-set devices#2 device=eth0 device=a/b -> EINVAL device device "a/b": allowed are 1 to 15 visible characters, no / : ,
	fastpath-set devices#2 device=0123456789abc:0 -> EINVAL device device "0123456789abc:0": allowed are 1 to 15 visible characters, no / : ,
	fastpath-set devices#2 device:61206200 -> EINVAL device device "a b": allowed are 1 to 15 visible characters, no / : ,
	fastpath-set devices#2 device=.. -> EINVAL device device "..": this word is reserved
	fastpath-set devices#2 device=auto -> EINVAL device device "auto": this word is reserved
	fastpath-set devices#2 device=eth0 device=eth1 device=eth0 -> EEXIST device device eth0 is in the list already
	fastpath-set devices#2 device=a device=b device=c device=d device=e device=f device=g device=h device=i device=j device=k device=l device=m device=n device=o device=p device=q device=r device=s device=t device=u device=v device=w device=x device=y device=z device=1 device=2 device=3 device=4 device=5 device=6 device=7 -> ERANGE device device 7: allowed are 32 devices at most
	fastpath-set devices#2 device=0123456789abcdef -> EINVAL device Attribute failed policy validation
	fastpath-set devices#2 device:6162 -> EINVAL device Attribute failed policy validation
	fastpath-set devices#0 change#1 -> EINVAL change Unsupported attribute
	fastpath-get 9#1 -> EINVAL 9 Unknown attribute type
	END
}

case_command_line()
{
	refused 1 <<-'END'
	-n nix show -> namespace "nix": there is no such namespace
	END
	refused 2 <<-'END'
	frontends show -> unknown command "frontends"; see "lbctl help"
	nix -> unknown command "nix"; see "lbctl help"
	--nix show -> unknown option --nix; see "lbctl help"
	-n -> -n needs a value; see "lbctl help"
	explain tcp 10.0.0.1:1 2001:db8:f::1 -> destination 2001:db8:f::1: the protocol needs a port
	explain tcp 10.0.0.1:1 [2001:db8:f::1]:80 -> destination [2001:db8:f::1]:80: IPv6, but source is IPv4
	explain tcp 10.0.0.1 203.0.113.1:80 -> source 10.0.0.1: the protocol needs a port
	explain tcp 10.0.0.1:0 203.0.113.1:80 -> source 10.0.0.1:0: port: allowed 1..65535
	explain icmp 10.0.0.1 203.0.113.1 -> protocol icmp: allowed tcp, udp, sctp, 1..255
	explain 1 10.0.0.1:1 203.0.113.1:1 -> source 10.0.0.1:1: the protocol has no ports
	explain 256 10.0.0.1 203.0.113.1 -> protocol 256: allowed tcp, udp, sctp, 1..255
	explain tcp 10.0.0.1:1 -> PROTOCOL SRC DST are needed; see "lbctl explain help"
	conns service -> service needs a value; see "lbctl conns help"
	conns service a service b -> service given twice; see "lbctl conns help"
	conns backend a -> backend "a": POOL/NAME is needed
	conns colour red -> unknown keyword "colour"; see "lbctl conns help"
	stats -w 0 -> -w 0: allowed 1..3600
	stats -w x -> -w x: not a number, allowed 1..3600
	stats all -> unexpected "all"; see "lbctl stats help"
	apply -> FILE is missing; see "lbctl apply help"
	apply /nix -> /nix: No such file or directory
	apply / -> /: Is a directory
	apply - wet-run -> unexpected "wet-run"; see "lbctl apply help"
	diff /nix -> /nix: No such file or directory
	export all -> unexpected "all"; see "lbctl export help"
	flush all -> unexpected "all"; see "lbctl flush help"
	monitor all -> unexpected "all"; see "lbctl monitor help"
	show all -> unexpected "all"; see "lbctl show help"
	END
	refused_raw <<-'END'
	explain protocol#6 src@10.0.0.1 dst@10.0.0.2 -> EINVAL missing 3
	explain protocol#6 src@10.0.0.1 src-port#1 dst@10.0.0.2 -> EINVAL missing 5
	explain protocol#0 src@10.0.0.1 dst@10.0.0.2 -> ERANGE protocol integer out of range
	explain src@10.0.0.1 dst@10.0.0.2 -> EINVAL missing 1
	explain protocol#1 dst@10.0.0.2 -> EINVAL missing 2
	explain protocol#1 src:0a00000001 dst@10.0.0.2 -> EINVAL src an address has 4 or 16 bytes, not 5
	explain protocol#1 src@10.0.0.1 dst@fd00::1 -> EAFNOSUPPORT dst dst is not of the family of src
	explain protocol#1 src@10.0.0.1 dst@10.0.0.2 affinity#3 -> ERANGE affinity integer out of range
	explain protocol#1 src@10.0.0.1 dst@10.0.0.2 affinity#1 client-prefix#33 -> ERANGE client-prefix client-prefix 33: allowed for IPv4 are 1 to 32, or whole
	explain protocol#1 src@fd00::1 dst@fd00::2 affinity#1 client-prefix#129 -> ERANGE client-prefix integer out of range
	flush 9#1 -> EINVAL 9 Unknown attribute type
	info-get 9#1 -> EINVAL 9 Unknown attribute type
	END
}

case_transactions()
{
	refused_raw <<-'END'
	txn-commit -> ENOENT - this socket has no transaction
	txn-abort -> ENOENT - this socket has no transaction
	txn-begin generation#77 -> EAGAIN generation the configuration is now generation 1, not 77
	txn-begin -> 0
	txn-begin -> EBUSY - this socket has a transaction already
	pool-del name=nix -> ENOENT name there is no pool nix
	pool-new name=fine -> ECANCELED - a change of this transaction was refused
	txn-commit -> ECANCELED - a change of this transaction was refused
	txn-commit -> ENOENT - this socket has no transaction
	txn-begin -> 0
	pool-del name=nix -> ENOENT name there is no pool nix
	txn-abort -> 0
	txn-abort -> ENOENT - this socket has no transaction
	END
}

# check_docs: rows "DOCUMENT -> SENTENCE" on stdin; ~ begins a new line
check_docs()
{
	local line said doc status bad=0

	while read -r line; do
		doc=${line%% -> *}
		said=$(printf '%s' "${doc//\~/$'\n'}" | lbctl apply - 2>&1)
		status=$?
		[ "$status" != 2 ] || [ "$said" != "lbctl: ${line#* -> }" ] ||
			continue
		echo "$line"
		echo "    got $status, $said"
		bad=$((bad + 1))
	done
	[ "$bad" = 0 ]
}

refused_docs()
{
	in_ns gw bash -c "$(declare -f check_docs); check_docs"
	expect "generation" 1 "$(stat_of generation)"
}

case_broken_json()
{
	refused_docs <<-'END'
	~ -> stdin:2: not JSON: '[' or '{' expected near end of file
	{~ -> stdin:2: not JSON: string or '}' expected near end of file
	{"frontends": [{"name": "a", "addr -> stdin:1: not JSON: premature end of input near '"addr'
	{"frontends": [~{"name": "a"} -> stdin:2: not JSON: ']' expected near end of file
	{} {} -> stdin:1: not JSON: end of file expected near '{'
	"x" -> stdin:1: not JSON: '[' or '{' expected near '"x"'
	[] -> stdin:1: an object is needed
	{"frontends": [{"name": "a", "name": "b"}]} -> stdin:1: not JSON: duplicate object key near '"name"'
	{"frontends": [{"name": "a\u0000b", "address": "10.0.0.1"}]} -> stdin:1: not JSON: a string has no \u0000
	{"frontends": [{"name": "a~b", "address": "10.0.0.1"}]} -> stdin:1: not JSON: unexpected newline near '"a'
	{"pools": [{"name": "p", "slots": 1e400}]} -> stdin:1: not JSON: real number overflow near '1e400'
	{"pools": [{"name": "p", "slots": 99999999999999999999}]} -> stdin:1: not JSON: too big integer near '99999999999999999999'
	END
}

# hostile WHAT SENTENCE: a document on stdin that is no text for a row
hostile()
{
	cat >"$T_DIR/$1"
	expect_refusal 2 "lbctl: $T_DIR/$1:1: $2" lb apply "$T_DIR/$1"
}

case_hostile_json()
{
	local long

	long=$(head -c 100000 /dev/zero | tr '\0' x)
	tr '\0' '[' < <(head -c 100000 /dev/zero) |
		hostile deep "not JSON: maximum parsing depth reached near '['"
	printf '{"frontends": [{"name": "%s"' "$long" |
		hostile long-and-cut "not JSON: '}' expected near end of file"
	printf '{"frontends": [{"name": "%s"}]}' "$long" |
		hostile long "frontends[0]: name \"${long:0:63}...: a name has at most 63 characters, not 100000"
	printf '{"frontends": [{"name": "a\xff"}]}' |
		hostile bytes "not JSON: unable to decode byte 0xff near '\"a'"
	printf '{"frontends": [{"name": "a\\u001b[31m"}]}' |
		hostile escapes "frontends[0]: name \"a\\u001B[31m\": a name has letters, digits, . _ and -"
	head -c 100000 /bin/bash |
		hostile program "not JSON: '[' or '{' expected near '\\x7f'"
	printf '\xef\xbb\xbf{}' |
		hostile bom "not JSON: '[' or '{' expected near '\\xef\\xbb\\xbf'"
}

case_documents()
{
	refused_docs <<-'END'
	{"frontend": []} -> stdin:1: unknown key "frontend", allowed frontends, probes, pools, services, nats, snats, fastpath
	{"fastpath": []} -> stdin:1: fastpath: an object is needed
	{"fastpath": {"devices": "eth0"}} -> stdin:1: fastpath: devices "eth0": "auto", "none" or an array of names is needed
	{"fastpath": {~"devices": ["eth0", "a/b"]}} -> stdin:2: fastpath: devices ["eth0","a/b"]: device "a/b": a device's name has 1 to 15 visible characters, no / : ,
	{"fastpath": {"devices": []}} -> stdin:1: fastpath: devices []: allowed are 1 to 32 devices, or "none"
	{"fastpath": {"device": ["eth0"]}} -> stdin:1: fastpath: unknown key "device"
	{"nats": [{}]} -> stdin:1: nats[0]: name is required
	{"frontends": {}} -> stdin:1: frontends: an array is needed
	{"frontends": [7]} -> stdin:1: frontends[0]: an object is needed
	{"frontends": [~{"name": "a", "address": "10.0.0.1"},~{"name": "b", "adress": "10.0.0.2"}]} -> stdin:3: frontend "b": unknown key "adress"
	{"pools": [{"name": "p", "backends": [~{"name": "b", "address": "10.0.0.2", "wait": 1}]}]} -> stdin:2: backend "b": unknown key "wait"
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "pool": "q"}]}]} -> stdin:1: backend "b": unknown key "pool"
	{"probes": [{"name": "p", "type": "http", "interval": 5}]} -> stdin:1: probe "p": unknown key "interval"
	{"frontends": [{"name": "a", "address": "10.0.0.1"},~{"name": "a", "address": "10.0.0.2"}]} -> stdin:2: frontend "a": this name is on line 1 already
	{"frontends": [{"name": "a", "address": "10.0.0.1"},~{"name": "b", "address": "10.0.0.1"}]} -> stdin:2: frontend "b": address 10.0.0.1: frontend "a" has this address already
	{"frontends": [{"name": 7, "address": "10.0.0.1"}]} -> stdin:1: frontends[0]: name 7: a string is needed
	{"frontends": [{"name": "a", "address": 167772161}]} -> stdin:1: frontend "a": address 167772161: a string is needed
	{"frontends": [{"name": "a", "address": null}]} -> stdin:1: frontend "a": address null: a string is needed
	{"frontends": [{"name": "a"}]} -> stdin:1: frontend "a": address is required
	{"frontends": [{"address": "10.0.0.1"}]} -> stdin:1: frontends[0]: name is required
	{"frontends": [~{"name": "a",~"address": "10.0.0.0/24"}]} -> stdin:3: frontend "a": address "10.0.0.0/24": an address has no prefix length
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "weight": "many"}]}]} -> stdin:1: backend "b": weight "many": a whole number is needed
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "weight": true}]}]} -> stdin:1: backend "b": weight true: a whole number is needed
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "weight": -1}]}]} -> stdin:1: backend "b": weight -1: allowed 0..65535
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "weight": 1.5}]}]} -> stdin:1: backend "b": weight 1.5: a whole number is needed
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2", "drain": 1}]}]} -> stdin:1: backend "b": drain 1: true or false is needed
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2"},~{"name": "c", "address": "fd00::2"}]}]} -> stdin:2: backend "c": address fd00::2: IPv6, but backend "b" of pool "p" is IPv4
	{"pools": [{"name": "p", "backends": [{"name": "b", "address": "10.0.0.2"},~{"name": "c", "address": "10.0.0.2"}]}]} -> stdin:2: backend "c": address 10.0.0.2: backend "b" of pool "p" has this address already
	{"probes": [{"name": "p", "type": "http", "interval_ms": "5s"}]} -> stdin:1: probe "p": interval_ms "5s": a whole number is needed
	{"probes": [{"name": "p", "type": "http", "interval_ms": 500, "timeout_ms": 501}]} -> stdin:1: probe "p": timeout_ms 501: longer than the interval, 500ms
	{"pools": [{"name": "p"}],~"services": [{"name": "s", "frontend": "f", "protocol": "tcp", "port": 80, "pool": "p"}]} -> stdin:2: service "s": frontend f: there is no such frontend
	{"frontends": [{"name": "f", "address": "10.9.9.9"}], "pools": [~{"name": "p", "backends": [{"name": "b", "address": "fd00::2"}]}],~"services": [{"name": "s", "frontend": "f", "protocol": "tcp", "port": 80, "pool": "p"}]} -> stdin:2: backend "b": address fd00::2: IPv6, but frontend "f" of service "s" is IPv4
	END
}

# Services in a document with frontend f and pool p
case_document_services()
{
	local head='{"frontends": [{"name": "f", "address": "10.9.9.9"}], "pools": [{"name": "p"}],~"services": [{"name": "s", "frontend": "f",'

	sed "s/^/$head /" <<-'END' | refused_docs
	"protocol": "tcp", "port": 0, "pool": "p"}]} -> stdin:2: service "s": port 0: allowed 1..65535, or any
	"protocol": "tcp", "port": 65536, "pool": "p"}]} -> stdin:2: service "s": port 65536: allowed 1..65535, or any
	"protocol": 6, "port": 80, "pool": "p"}]} -> stdin:2: service "s": protocol 6: a string is needed
	"protocol": "any", "port": 80, "pool": "p"}]} -> stdin:2: service "s": port 80: protocol any has no ports
	"protocol": "tcp", "pool": "p"}]} -> stdin:2: service "s": port is required
	"protocol": "tcp", "port": 80, "pool": "q"}]} -> stdin:2: service "s": pool q: there is no such pool
	"protocol": "tcp", "port": 80, "pool": "p", "probe": "x"}]} -> stdin:2: service "s": probe x: there is no such probe
	"protocol": "tcp", "port": "80", "pool": "p"},~{"name": "t", "frontend": "f", "protocol": "tcp", "port": 80, "pool": "p"}]} -> stdin:3: service "t": port 80: service "s" has frontend, protocol and port alike
	END
}

# A pool takes 31 probes; lbctl sends services in the order of their names
case_probes_of_a_pool()
{
	local i

	{
		echo '{"frontends": [{"name": "f", "address": "10.9.9.9"}],'
		echo '"pools": [{"name": "p"}], "probes": ['
		for ((i = 10; i < 41; i++)); do
			echo "{\"name\": \"p$i\", \"type\": \"tcp\"},"
		done
		echo '{"name": "p41", "type": "tcp"}], "services": ['
		for ((i = 10; i <= 41; i++)); do
			echo "{\"name\": \"s$i\", \"frontend\": \"f\","
			echo '"protocol": "tcp", "pool": "p",'
			echo "\"port\": $i, \"probe\": \"p$i\"},"
		done
		echo '{"name": "t", "frontend": "f", "protocol": "any",'
		echo '"pool": "p"}]}'
	} >"$T_DIR/probes"
	expect_refusal 1 "lbctl: $T_DIR/probes:$(grep -n '"s41"' "$T_DIR/probes" |
		cut -d: -f1): service \"s41\": services of pool p use 31 probes already" \
		lb apply "$T_DIR/probes"
}

# of_every_kind NAME: words that add an object of that name
of_every_kind()
{
	cat <<-END
	frontend add $1 10.9.9.9
	probe add $1 tcp
	pool add $1
	backend add $LONG $1 10.9.9.1
	service add $1 frontend $LONG protocol tcp port 81 pool $LONG probe $LONG
	END
}

# raw_of_every_kind NAME
raw_of_every_kind()
{
	cat <<-END
	frontend-new name=$1 address@10.9.9.8
	probe-new name=$1 type#0
	pool-new name=$1
	backend-new pool=$LONG name=$1 address@10.9.9.2
	service-new name=$1 frontend=$LONG protocol#6 port#82 pool=$LONG
	END
}

# what_exists KIND: says the kernel, whose sentences have 79 bytes at most, of an
# object of a long name
what_exists()
{
	case $1 in
	frontend) echo "frontend ${LONG:0:52}... exists already" ;;
	probe) echo "probe ${LONG:0:55}... exists already" ;;
	pool) echo "pool ${LONG:0:56}... exists already" ;;
	backend) echo "backend ${LONG:0:20}... exists already in pool ${LONG:0:20}..." ;;
	service) echo "service ${LONG:0:53}... exists already" ;;
	esac
}

# A name of 63 bytes is one everywhere
case_long_names()
{
	local line words kind what

	genl_start gw
	while read -r line; do
		read -ra words <<<"$line"
		lb "${words[@]}"
	done < <(of_every_kind "$LONG")
	expect "names" 5 "$(lb export | grep -c "\"name\": \"$LONG\"")"
	expect "export" "no change (generation $(stat_of generation))" \
		"$(lb export | lb apply -)"
	while read -r kind what; do
		read -ra words <<<"$what"
		expect_refusal 1 "lbctl: $(what_exists "$kind")" \
			lb "$kind" "${words[@]}"
	done < <(of_every_kind "$LONG")
	while read -r line; do
		read -ra words <<<"$line"
		expect_refusal 2 "lbctl: ${words[0]} \"${LONG}x\": a name has at most 63 characters, not 64" \
			lb "${words[@]}"
	done < <(of_every_kind "${LONG}x")
	while read -r line; do
		genl_expect "EINVAL name Attribute failed policy validation" \
			x "$line"
	done < <(raw_of_every_kind "${LONG}x")
}

topo_space gw 0
base_doc >"$T_DIR/base.json"
lb apply "$T_DIR/base.json"
lb export >"$T_DIR/before.json"
tap_run "frontends" case_frontend
tap_run "probes" case_probe
tap_run "pools" case_pool
tap_run "backends" case_backend
tap_run "services" case_service
tap_run "nats" case_nat
tap_run "health" case_health
tap_run "snats" case_snat
tap_run "the fast path" case_fastpath
tap_run "other commands" case_command_line
tap_run "transactions" case_transactions
tap_run "documents that are not JSON" case_broken_json
tap_run "documents that mean harm" case_hostile_json
tap_run "documents with mistakes" case_documents
tap_run "documents with mistaken services" case_document_services
tap_run "a pool with too many probes" case_probes_of_a_pool
tap_run "after all that nothing has changed" \
	cmp <(lb export) "$T_DIR/before.json"
tap_run "names of 63 bytes" case_long_names
tap_done
