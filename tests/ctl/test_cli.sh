#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The command line of lbctl, $1, as far as it goes without the module: usage,
# exit statuses, help, and whether manual and completion know every word.
set -u

lbctl=$1
ctl=$(cd "$(dirname "$0")/../../ctl" && pwd)
dir=$(mktemp -d)
number=0
trap 'rm -rf "$dir"' EXIT

# case_is NAME COMMAND...: runs it as a test case
case_is()
{
	local name=$1

	shift
	number=$((number + 1))
	if "$@" >"$dir/log" 2>&1; then
		echo "ok $number - $name"
	else
		echo "not ok $number - $name"
		sed 's/^/# /' "$dir/log"
	fi
}

# lb WORD...: runs lbctl; status, stdout and stderr go to $dir
lb()
{
	"$lbctl" "$@" >"$dir/out" 2>"$dir/err" </dev/null
	echo $? >"$dir/status"
}

# says STATUS SENTENCE: what the last lb must have said, and no data
says()
{
	local err

	err=$(<"$dir/err")
	if [ "$(<"$dir/status")" = "$1" ] && [ "$err" = "lbctl: $2" ] &&
		[ ! -s "$dir/out" ]; then
		return 0
	fi
	echo "status $(<"$dir/status"), wanted $1"
	echo "stderr $err"
	echo "wanted lbctl: $2"
	echo "stdout $(<"$dir/out")"
	return 1
}

# refuses STATUS SENTENCE WORD...
refuses()
{
	local status=$1 sentence=$2

	shift 2
	lb "$@"
	says "$status" "$sentence"
}

# helps WORD...: help goes to stdout and is no error
helps()
{
	lb "$@"
	[ "$(<"$dir/status")" = 0 ] && [ ! -s "$dir/err" ] &&
		grep -q '^Usage: lbctl' "$dir/out"
}

# words WORD...: the first words of the lines that help lists
words()
{
	"$lbctl" "$@" help | sed -n 's/^  \([a-z][a-z-]*\)\([ ,].*\|$\)/\1/p' |
		sort -u
}

# has_sub OBJECT: does it have verbs
has_sub()
{
	"$lbctl" "$1" help | head -1 | grep -q VERB
}

# every_word: objects, verbs and keywords
every_word()
{
	local object verb

	for object in $(words); do
		echo "$object"
		words "$object"
		has_sub "$object" || continue
		for verb in $(words "$object"); do
			words "$object" "$verb"
		done
	done | sort -u
}

knows_every_word()
{
	local word status=0

	for word in $(every_word); do
		sed 's/\\-/-/g' "$1" | grep -qw -- "$word" && continue
		echo "$1 does not know '$word'"
		status=1
	done
	[ "$(every_word | wc -l)" -gt 35 ] && return "$status"
}

help_is_everywhere()
{
	local object verb

	helps help && helps -h && helps --help && helps -j help || return
	for object in $(words); do
		helps "$object" help || return
		has_sub "$object" || continue
		for verb in $(words "$object"); do
			helps "$object" "$verb" help || return
		done
	done
}

version_is_shown()
{
	lb -V
	[ "$(<"$dir/out")" = "lbctl test" ] && lb --version &&
		[ "$(<"$dir/status")" = 0 ]
}

full_disk_is_noticed()
{
	local err

	err=$("$lbctl" help 2>&1 >/dev/full)
	[ $? = 1 ] && [ "$err" = "lbctl: writing: No space left on device" ]
}

terminal_is_safe()
{
	lb pool show $'\e[2J\e]0;x\a'
	! grep -q $'\e' "$dir/err" && grep -q 'x1b' "$dir/err"
}

# document SENTENCE TEXT: apply and diff refuse the document
document()
{
	printf '%s' "$2" >"$dir/doc.json"
	refuses 2 "$dir/doc.json$1" apply "$dir/doc.json" &&
		refuses 2 "$dir/doc.json$1" apply "$dir/doc.json" dry-run &&
		refuses 2 "$dir/doc.json$1" diff "$dir/doc.json"
}

from_stdin()
{
	printf '{"pools":\n7}' | "$lbctl" apply - >"$dir/out" 2>"$dir/err"
	echo $? >"$dir/status"
	says 2 "stdin:2: pools: an array is needed"
}

manual_is_clean()
{
	local warnings

	warnings=$(groff -man -Tutf8 -ww "$ctl/lbctl.8" 2>&1 >/dev/null)
	echo "$warnings"
	[ -z "$warnings" ]
}

completes()
{
	local COMP_WORDS COMP_CWORD COMPREPLY

	# shellcheck source=/dev/null
	. "$ctl/lbctl.bash"
	COMP_WORDS=("${@:2}")
	COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
	COMPREPLY=()
	_lbctl
	echo "${COMPREPLY[*]}"
	[ "${COMPREPLY[*]}" = "$1" ]
}

# completes_by LINES WORDS WORD...: with what ip(8) says
completes_by()
{
	local lines=$1 status

	# shellcheck disable=SC2317 # the completion calls it
	ip()
	{
		echo "$lines"
	}
	completes "${@:2}"
	status=$?
	unset -f ip
	return $status
}

# leaves_to_shell OPTION WORD...: names of files, and runs none of them
leaves_to_shell()
{
	local options="" status

	touch "$dir/\$(touch\${IFS}ran)"
	# shellcheck disable=SC2317 # the completion calls it
	compopt()
	{
		options=$*
	}
	cd "$dir" || return
	completes "" "${@:2}" && [ "$options" = "-o $1" ] && [ ! -e ran ]
	status=$?
	cd - || return
	unset -f compopt
	return $status
}

# imports STATUS WORD...: a document, which has no map of one backend
imports()
{
	lb import azure azure/show.json "${@:2}"
	[ "$(<"$dir/status")" = "$1" ] && jq -e .services "$dir/out" &&
		{ [ "$1" = 0 ] || grep -q '"map vm1-nic=' "$dir/err"; }
}

case_is "help is at every level" help_is_everywhere
case_is "version is shown" version_is_shown
case_is "a full disk is noticed" full_disk_is_noticed
case_is "input does not steer the terminal" terminal_is_safe

while IFS='|' read -r status sentence words; do
	# shellcheck disable=SC2086
	case_is "refused: lbctl $words" refuses "$status" "$sentence" $words
done <<'END'
2|a command is missing; see "lbctl help"|
2|unknown command "frobnicate"; see "lbctl help"|frobnicate
2|unknown command "fron"; see "lbctl help"|fron add x 10.0.0.1
2|unknown command "ad"; see "lbctl frontend help"|frontend ad x 10.0.0.1
2|unknown option -x; see "lbctl help"|-x show
2|unknown option -x; see "lbctl help"|--json -jxh show
2|unknown option --json=no; see "lbctl help"|--json=no show
2|-n needs a value; see "lbctl help"|-n
1|namespace "no-such-netns": there is no such namespace|-n no-such-netns show
2|NAME is missing; see "lbctl frontend add help"|frontend add
2|frontend "f": address is required|frontend add f
2|frontend "f": address 10.0.0.4/24: an address has no prefix length|frontend add f 10.0.0.4/24
2|frontend "f": address 10.0.0: not an IPv4 or IPv6 address|frontend add f address 10.0.0
2|frontend "f": address given twice|frontend add f 10.0.0.1 address 10.0.0.2
2|frontend "-f": a name does not start with -|frontend add -f 10.0.0.1
2|frontend "a/b": a name has letters, digits, . _ and -|frontend del a/b
2|nothing to change; see "lbctl frontend set help"|frontend set f
2|unexpected "g"; see "lbctl frontend del help"|frontend del f g
2|unexpected "g"; see "lbctl frontend show help"|frontend show f g
2|probe "t": type is required|probe add t
2|probe "t": type sctp: allowed tcp, http, https, udp, exec, tls, icmp, grpc, grpcs|probe add t sctp
2|probe "t": interval 5: a time needs a unit: ms, s, m, h or d|probe add t tcp interval 5
2|probe "t": interval 50ms: allowed 100ms..60m|probe add t tcp interval 50ms
2|probe "t": timeout 6s: longer than the interval, 5s|probe add t tcp timeout 6s
2|probe "t": path /x: a tcp probe has no path|probe add t tcp path /x
2|probe "t": host x.example: a tcp probe has no host|probe add t tcp host x.example
2|probe "t": verify on: an http probe has no verify|probe add t http verify on
2|probe "t": json-state on: a udp probe has no json-state|probe add t udp json-state on
2|probe "t": cert-expiry 1d: an http probe has no cert-expiry|probe add t http cert-expiry 1d
2|probe "t": cert x: a file's path starts with /|probe add t https cert x
2|probe "t": cert /x: an http probe has no cert|probe add t http cert /x
2|probe "t": key /x: key needs a cert, which it is of|probe add t https key /x
2|probe "t": path /x: a tls probe has no path|probe add t tls path /x
2|probe "t": grpc-service x: an http probe has no grpc-service|probe add t http grpc-service x
2|probe "t": path /x: a grpc probe has no path|probe add t grpc path /x
2|probe "t": sni x: a grpc probe has no sni|probe add t grpc sni x
2|probe "t": expect 200: a grpcs probe has no expect|probe add t grpcs expect 200
2|probe "t": port 80: an icmp probe has no port|probe add t icmp port 80
2|probe "t": expect 2xx: allowed are statuses 200 to 599 and ranges, such as 200-299,404|probe add t http expect 2xx
2|probe "t": body hex:0: allowed are 1 to 512 bytes as ASCII text, or as hex: and two digits for each|probe add t http body hex:0
2|probe "t": send ping: a tcp probe has no send|probe add t tcp send ping
2|probe "t": path /x: a udp probe has no path|probe add t udp path /x
2|probe "t": command is required|probe add t exec
2|probe "t": command x: a command starts with /|probe add t exec command x
2|probe "t": command /x: a tcp probe has no command|probe add t tcp command /x
2|probe "t": source 10.0.0: not an IPv4 or IPv6 address|probe set t source 10.0.0
2|probe "t": device a/b: a device's name has 1 to 15 visible characters, no / : ,|probe set t device a/b
2|probe "t": mark 4294967295: allowed 0..4294967294, or none|probe set t mark 4294967295
2|probe "t": port 0: allowed 1..65535, or same|probe add t tcp port 0
2|probe "t": rise 0: allowed 1..255|probe add t tcp rise 0
2|probe "t": answers some: allowed by-type, at-once, counted|probe add t tcp answers some
2|pool "p": slots 7: allowed 251..131071|pool add p slots 7
2|pool "p": prefer-zone x: not a number, allowed 0..65535, or off|pool add p prefer-zone x
2|unknown keyword "intervals"; see "lbctl probe set help"|probe set ok intervals 1s
2|unknown keyword "adress"; see "lbctl backend add help"|backend add web b1 adress 10.0.0.4
2|frontend "f": address 10.0.0: not an IPv4 or IPv6 address|frontend set f 10.0.0
2|unknown keyword "sheduler"; see "lbctl pool add help"|pool add p sheduler rr
2|scheduler needs a value; see "lbctl pool add help"|pool add p scheduler
2|NAME is missing; see "lbctl backend add help"|backend add web
2|backend "web/vm0": address is required|backend add web vm0
2|backend "web/vm0": weight 65536: allowed 0..65535|backend add web vm0 10.0.0.4 weight 65536
2|backend "web/vm0": weight x: not a number, allowed 0..65535|backend set web vm0 weight x
2|backend "web/vm0": drain yes: allowed on, off|backend set web vm0 drain yes
2|pool "a/b": a name has letters, digits, . _ and -|backend del a/b c
2|unexpected "later"; see "lbctl backend del help"|backend del web vm0 later
2|unexpected "now"; see "lbctl backend drain help"|backend drain web vm0 now
2|unexpected "now"; see "lbctl backend drain help"|backend drain web vm0 now wait
2|deadline needs a value; see "lbctl backend drain help"|backend drain web vm0 deadline wait
2|unexpected "wait"; see "lbctl backend drain help"|backend drain web vm0 wait deadline 5s
2|service "s": frontend is required|service add s protocol tcp port 80 pool p
2|service "s": port is required|service add s frontend f protocol tcp pool p
2|service "s": port 0: allowed 1..65535, or any|service add s frontend f protocol tcp port 0 pool p
2|service "s": port 80: protocol any has no ports|service add s frontend f protocol any port 80 pool p
2|service "s": protocol icmp: allowed tcp, udp, sctp, any|service add s frontend f protocol icmp port 80 pool p
2|service "s": backend-port 1-3: the range must be as long as that of port|service add s frontend f protocol tcp port 1-2 pool p backend-port 1-3
2|service "s": fastpath no: allowed on, off|service set s fastpath no
2|fastpath needs a value; see "lbctl service set help"|service set s fastpath
2|fastpath: devices a/b: device "a/b": a device's name has 1 to 15 visible characters, no / : ,|fastpath set devices a/b
2|fastpath: devices eth0,: device "": a device's name has 1 to 15 visible characters, no / : ,|fastpath set devices eth0,
2|fastpath: devices eth0,auto: device "auto": this word is reserved|fastpath set devices eth0,auto
2|fastpath: devices ..: device "..": this word is reserved|fastpath set devices ..
2|fastpath: devices eth1,eth0,eth1: device "eth1": given twice|fastpath set devices eth1,eth0,eth1
2|fastpath: devices 0123456789abcdef: device "0123456789abcdef": a device's name has 1 to 15 visible characters, no / : ,|fastpath set devices 0123456789abcdef
2|fastpath: devices given twice|fastpath set devices auto devices none
2|devices needs a value; see "lbctl fastpath set help"|fastpath set devices
2|nothing to change; see "lbctl fastpath set help"|fastpath set
2|unknown keyword "eth0"; see "lbctl fastpath set help"|fastpath set eth0
2|unexpected "x"; see "lbctl fastpath show help"|fastpath show x
2|unknown command "add"; see "lbctl fastpath help"|fastpath add eth0
2|state "broken": allowed up, down, draining, unknown|health set web vm0 ok broken
2|four to six words are needed; see "lbctl health set help"|health set web vm0
2|reason "0123456789-123456789-123456789-123456789-12345678": allowed are 1 to 47 visible characters of ASCII|health set web vm0 ok up 0123456789-123456789-123456789-123456789-12345678
2|unexpected "x"; see "lbctl show help"|show x
2|unexpected "5"; see "lbctl stats help"|stats 5
2|-w 0: allowed 1..3600|stats -w 0
2|backend "vm0": POOL/NAME is needed|conns backend vm0
2|unknown keyword "pool"; see "lbctl conns help"|conns pool web
2|NAME is missing; see "lbctl snat top help"|snat top
2|snat "a/b": a name has letters, digits, . _ and -|snat top a/b
2|limit 0: allowed 1..65536|snat top out limit 0
2|limit needs a value; see "lbctl snat top help"|snat top out limit
2|unexpected "all"; see "lbctl snat top help"|snat top out all
2|unexpected "x"; see "lbctl snat flows help"|snat flows out x
2|ports 1: allowed 8..64000, azure or dynamic|snat plan out ports 1
2|backends 20001: allowed 1..20000|snat plan backends 20001
2|addresses 0: allowed 1..16|snat plan out addresses 0
2|addresses needs a value; see "lbctl snat plan help"|snat plan out backends 1 addresses
2|ports needs a value; see "lbctl snat plan help"|snat plan out ports
2|snat "a/b": a name has letters, digits, . _ and -|snat plan a/b
2|unexpected "x"; see "lbctl monitor help"|monitor x
2|unexpected "x"; see "lbctl agent help"|agent x
2|exec-dir needs a value; see "lbctl agent help"|agent exec-dir
2|exec-dir bin: an absolute path is needed|agent exec-dir bin
2|--exec-dir /tmp: others may write to /tmp|agent --exec-dir /tmp
2|ca-file needs a value; see "lbctl agent help"|agent ca-file
2|--ca-file /no/such/file: No such file or directory|agent --ca-file /no/such/file
2|PROTOCOL SRC DST are needed; see "lbctl explain help"|explain tcp
2|protocol 0: allowed tcp, udp, sctp, 1..255|explain 0 10.0.0.1 10.0.0.2
2|source 10.0.0.1: the protocol needs a port|explain tcp 10.0.0.1 10.0.0.2:80
2|source 10.0.0.1:1: the protocol has no ports|explain 47 10.0.0.1:1 10.0.0.2
2|source 10.0.0.1:0: port: allowed 1..65535|explain tcp 10.0.0.1:0 10.0.0.2:80
2|destination [::1]:80: IPv6, but source is IPv4|explain tcp 10.0.0.1:1 [::1]:80
2|FILE is missing; see "lbctl apply help"|apply
2|unexpected "now"; see "lbctl apply help"|apply x.json now
2|/no/such/file: No such file or directory|apply /no/such/file
2|/: Is a directory|diff /
2|FILE is missing; see "lbctl import azure help"|import azure
2|unknown command "aws"; see "lbctl import help"|import aws
2|map needs a value; see "lbctl import azure help"|import azure x.json map
2|unexpected "x"; see "lbctl import azure help"|import azure x.json x
2|--map fe: NAME=ADDRESS is needed|import azure x.json --map fe
2|map fe=x: not an IPv4 or IPv6 address|import azure x.json map fe=x
2|parameters /no/such/file: /no/such/file: No such file or directory|import azure x.json parameters /no/such/file
2|/no/such/file: No such file or directory|import azure /no/such/file
2|azure/show.json: map web: neither a frontend nor a backend has this name|import azure azure/show.json map web=10.0.0.1
2|azure/show.json: only a template has parameters|import azure azure/show.json parameters azure/symbols.parameters.json
2|azure/template.json: the template has no parameter "address", which the file of parameters gives|import azure azure/template.json parameters azure/symbols.parameters.json
2|unexpected "x"; see "lbctl export help"|export x
2|unexpected "x"; see "lbctl flush help"|flush x
END

case_is "a document's flaw has its line" document \
	':3: backend "vm0": weight 70000: allowed 0..65535' \
	'{"pools":[{"name":"web","backends":[
	{"name":"vm0","address":"10.0.0.4",
	"weight":70000}]}]}'
case_is "a cut document is refused" document \
	":2: not JSON: string or '}' expected near end of file" \
	$'{"pools":[],\n'
case_is "a document comes from stdin" from_stdin

if [ -d /sys/module/nflb ]; then
	echo "# nflb is loaded here, so its absence is not tried"
else
	for words in "show" "pool show" "-j pool show" "pool add web" \
		"backend show web" "export" "flush" "stats" "conns" "snat top out" "snat plan out" \
		"monitor" "agent" "health show" "fastpath show" "fastpath set devices none" "explain udp 10.0.0.1:1 10.0.0.2:2" \
		"explain -"; do
		# shellcheck disable=SC2086
		case_is "without the module: lbctl $words" refuses 1 \
			"module nflb is not loaded" $words
	done
fi

case_is "the manual knows every word" knows_every_word "$ctl/lbctl.8"
case_is "completion knows every word" knows_every_word "$ctl/lbctl.bash"
if command -v groff >/dev/null; then
	case_is "the manual has no flaw" manual_is_clean
fi
case_is "completion of objects" completes "pool probe" lbctl p
case_is "completion of verbs" completes "set show sync" lbctl -j pool s
case_is "completion of keywords" completes "scheduler seed slots slow-start spill-below" \
	lbctl pool add web s
case_is "completion of types" completes "grpc grpcs" lbctl probe add ok g
case_is "completion of what is planned" completes "azure dynamic" \
	lbctl snat plan out backends 5 ports ""
case_is "completion of words" completes "up down" \
	lbctl probe add ok http initial ""
case_is "completion of switches" completes "on off" \
	lbctl service set http fastpath ""
case_is "completion of what there is once" completes "devices" \
	lbctl fastpath set d
case_is "completion of the agent's options" \
	completes "ca-file exec-dir metrics" lbctl agent ''
case_is "completion of more of the agent's options" \
	completes "ca-file exec-dir metrics" lbctl agent metrics [::1]:9 ''
case_is "completion of what only the user knows" \
	completes "" lbctl agent metrics ''
case_is "completion of what an import takes" \
	completes "map parameters" lbctl import azure - ""
case_is "an import says what it leaves out" imports 4
case_is "an import that lacks nothing has status 0" \
	imports 0 map vm1-nic=10.0.0.5
case_is "completion of devices" \
	completes_by $'eth0 UP\neth0.7@eth0 UP' "auto none eth0 eth0.7" \
	lbctl fastpath set devices ""
# shellcheck disable=SC2016 # it is not to be expanded
case_is "completion of a device that looks like a command" \
	completes_by '$(touch${IFS}ran) UP' 'none \$\(touch\$\{IFS\}ran\)' \
	lbctl probe set ok device ""
case_is "completion of namespaces" completes_by $'a b (id: 0)\nc' 'a\ b c' \
	lbctl -n ""
case_is "completion of files" leaves_to_shell default lbctl apply ""
case_is "completion of files of an import" leaves_to_shell default \
	lbctl import azure x.json parameters ""
case_is "completion of directories" leaves_to_shell dirnames \
	lbctl agent exec-dir ""
echo "1..$number"
