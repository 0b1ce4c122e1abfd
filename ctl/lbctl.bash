# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of lbctl(8). Words are those of `lbctl help`; names of objects
# are asked from lbctl itself.

# _lbctl_offer WORD...: those that begin with the word so far. They are quoted:
# a device may be called $(reboot).
_lbctl_offer()
{
	local word

	for word; do
		printf -v word %q "$word"
		[[ $word != "$cur"* ]] || COMPREPLY+=("$word")
	done
}

# _lbctl_offer_lines: the lines of stdin
_lbctl_offer_lines()
{
	local lines

	mapfile -t lines
	_lbctl_offer "${lines[@]}"
}

# The shell knows best how to quote names of files, and what ~ is.
_lbctl_files()
{
	compopt -o default
}

_lbctl_directories()
{
	compopt -o dirnames
}

# _lbctl_names OBJECT [POOL]: names of what there is
_lbctl_names()
{
	local column=1

	[ "$1" = backend ] && column=2
	_lbctl_offer_lines < <(lbctl "${_lbctl_netns[@]}" "$@" show \
		2>/dev/null | awk -v c="$column" 'NR > 1 { print $c }')
}

# _lbctl_backends POOL
_lbctl_backends()
{
	_lbctl_offer_lines < <(lbctl "${_lbctl_netns[@]}" backend show "$1" \
		2>/dev/null | awk 'NR > 1 { print $2 }')
}

# Of the namespace that lbctl is to work in
_lbctl_devices()
{
	_lbctl_offer_lines < <(ip "${_lbctl_netns[@]}" -br link show \
		2>/dev/null | awk '{ sub(/@.*/, "", $1); print $1 }')
}

_lbctl_namespaces()
{
	_lbctl_offer_lines < <(ip netns list 2>/dev/null |
		sed 's/ (id: [0-9]*)$//')
}

_lbctl_keywords()
{
	case $1 in
	frontend) _lbctl_offer address ping ;;
	probe) _lbctl_offer answers body cert cert-expiry command device expect fall grpc-service host initial interval json-state key mark path port receive rise send sni source timeout type verify ;;
	pool) _lbctl_offer eject-after eject-time panic prefer-zone scheduler seed slots slow-start spill-below ;;
	backend) _lbctl_offer address admin drain max-flows note weight zone ;;
	service) _lbctl_offer affinity affinity-prefix all-down allow backend-port backup fastpath floating frontend half-closed-timeout half-open-timeout idle-timeout max-flows max-rate new-flows no-flow on-down pool port probe protocol syn-proxy tcp-reset udp-mode udp-timeout ;;
	nat) _lbctl_offer all-down backend backend-port fastpath frontend half-closed-timeout half-open-timeout idle-timeout new-flows on-down pool port probe protocol quarantine tcp-reset udp-timeout ;;
	snat) _lbctl_offer address half-closed-timeout half-open-timeout idle-timeout pool ports protocol tcp-reset udp-timeout ;;
	fastpath) _lbctl_offer devices ;;
	esac
}

# _lbctl_values OBJECT KEYWORD
_lbctl_values()
{
	case $1-$2 in
	probe-type) _lbctl_offer tcp http https udp exec tls icmp grpc grpcs ;;
	probe-port | service-backend-port) _lbctl_offer same ;;
	probe-initial) _lbctl_offer up down ;;
	probe-answers) _lbctl_offer by-type at-once counted ;;
	probe-verify | probe-json-state) _lbctl_offer on off ;;
	probe-cert-expiry | pool-prefer-zone | pool-slow-start | backend-max-flows | service-max-flows | service-max-rate | service-syn-proxy | nat-quarantine) _lbctl_offer off ;;
	probe-cert | probe-key) _lbctl_files ;;
	probe-mark | probe-source) _lbctl_offer none ;;
	probe-device) _lbctl_offer none && _lbctl_devices ;;
	pool-scheduler) _lbctl_offer maglev rr wrr lc wlc random p2c ;;
	frontend-ping) _lbctl_offer served always never ;;
	backend-admin) _lbctl_offer none up down ;;
	backend-drain | *-fastpath | *-floating | *-tcp-reset) _lbctl_offer on off ;;
	*-new-flows) _lbctl_offer standard express ;;
	nat-protocol) _lbctl_offer tcp udp sctp ;;
	service-protocol) _lbctl_offer tcp udp sctp any ;;
	service-allow | service-port) _lbctl_offer any ;;
	*-frontend) _lbctl_names frontend ;;
	*-pool) _lbctl_names pool ;;
	*-probe) _lbctl_offer none && _lbctl_names probe ;;
	service-backup) _lbctl_offer none && _lbctl_names pool ;;
	service-affinity) _lbctl_offer none client-ip client-ip-proto ;;
	service-affinity-prefix) _lbctl_offer whole ;;
	nat-backend) _lbctl_offer none ;;
	nat-all-down) _lbctl_offer drop reject ;;
	service-all-down) _lbctl_offer drop reject all ;;
	*-on-down) _lbctl_offer keep reset ;;
	service-no-flow) _lbctl_offer pick-up reset drop ;;
	service-udp-mode) _lbctl_offer pinned hashed one-packet ;;
	snat-ports) _lbctl_offer azure dynamic ;;
	snat-protocol) _lbctl_offer any tcp udp ;;
	fastpath-devices) _lbctl_offer auto none && _lbctl_devices ;;
	esac
}

_lbctl_verbs()
{
	case $1 in
	frontend | probe | service | nat) _lbctl_offer add del help set show ;;
	snat) _lbctl_offer add del flows help plan set show top ;;
	pool) _lbctl_offer add del help roll set show sync ;;
	backend) _lbctl_offer add del drain force help set show ;;
	zone) _lbctl_offer drain help show undrain ;;
	fastpath | health) _lbctl_offer help set show ;;
	import) _lbctl_offer azure help ;;
	esac
}

# _lbctl_plan WORD...
_lbctl_plan()
{
	[ $# != 0 ] || _lbctl_names snat
	case ${!#} in
	ports) _lbctl_offer azure dynamic ;;
	addresses | backends) ;;
	*) _lbctl_offer addresses backends ports ;;
	esac
}

# _lbctl_ids OBJECT VERB WORD...: the names that come first
_lbctl_ids()
{
	local object=$1 verb=$2

	shift 2
	case $object-$#-$verb in
	backend-0-*) _lbctl_names pool ;;
	fastpath-*) ;;
	*-0-add | zone-*-show) ;;
	snat-*-plan) _lbctl_plan "$@" ;;
	*-0-*) _lbctl_names "$object" ;;
	backend-1-add) ;;
	backend-1-*) _lbctl_backends "$1" ;;
	backend-2-del) _lbctl_offer deadline now ;;
	backend-2-drain) _lbctl_offer deadline note wait ;;
	backend-4-drain) _lbctl_offer note wait ;;
	backend-5-force) _lbctl_offer note ;;
	backend-6-drain) _lbctl_offer wait ;;
	backend-2-force) _lbctl_offer down up ;;
	backend-3-force) _lbctl_offer for ;;
	pool-1-sync) _lbctl_files ;;
	pool-2-roll) _lbctl_offer deadline ;;
	pool-2-sync) _lbctl_offer dry-run ;;
	zone-1-drain) _lbctl_offer deadline ;;
	snat-1-top) _lbctl_offer limit ;;
	probe-1-add) _lbctl_offer tcp http https udp exec tls icmp grpc grpcs ;;
	esac
}

# _lbctl_object OBJECT VERB WORD...: what may follow
_lbctl_object()
{
	local object=$1 verb=$2 n_ids=1 first previous

	shift 2
	case $object in
	backend) n_ids=2 ;;
	fastpath) n_ids=0 ;;
	esac
	_lbctl_ids "$object" "$verb" "$@"
	case $verb in
	add | set) ;;
	*) return ;;
	esac
	[ $# -ge $n_ids ] || return
	# A value may come before the first keyword.
	first=$n_ids
	[ "$verb" = add ] && case $object in
	frontend | probe | backend) first=$((n_ids + 1)) ;;
	esac
	if [ $(($# - first)) -ge 0 ] && [ $((($# - first) % 2)) = 1 ]; then
		previous=${!#}
		_lbctl_values "$object" "$previous"
	elif [ $# -ge $first ]; then
		_lbctl_keywords "$object"
	fi
}

# _lbctl_health VERB WORD...
_lbctl_health()
{
	[ "$1" = set ] || return
	case $# in
	1) _lbctl_names pool ;;
	2) _lbctl_backends "$2" ;;
	3) _lbctl_names probe ;;
	4) _lbctl_offer draining down unknown up ;;
	esac
}

# _lbctl_import azure WORD...
_lbctl_import()
{
	[ "$1" = azure ] || return
	case $#-$(($# % 2))-${!#} in
	1-*) _lbctl_files ;;
	*-0-*) _lbctl_offer map parameters ;;
	*-1-*parameters) _lbctl_files ;;
	esac
}

# _lbctl_command COMMAND WORD...
_lbctl_command()
{
	case $1-$# in
	stats-1) _lbctl_offer -w ;;
	conns-*)
		case ${!#} in
		service) _lbctl_names service ;;
		backend) ;;
		*) _lbctl_offer service backend ;;
		esac
		;;
	agent-*)
		case $(($# % 2))-${!#} in
		1-*) _lbctl_offer ca-file exec-dir metrics ;;
		0-*ca-file) _lbctl_files ;;
		0-*exec-dir) _lbctl_directories ;;
		esac
		;;
	explain-1) _lbctl_offer tcp udp sctp - ;;
	import-*) _lbctl_import "${@:2}" ;;
	apply-1 | check-1 | diff-1) _lbctl_files ;;
	apply-2) _lbctl_offer dry-run ;;
	esac
}

_lbctl_words()
{
	case $# in
	0)
		_lbctl_offer agent apply backend check conns diff explain export fastpath flush frontend
		_lbctl_offer health help import monitor nat pool probe service show snat stats zone
		_lbctl_offer -j --json -n --netns -h --help -V --version
		return
		;;
	1) _lbctl_verbs "$1" ;;
	esac
	case $1 in
	health) [ $# = 1 ] || _lbctl_health "${@:2}" ;;
	frontend | probe | pool | backend | service | nat | snat | fastpath | zone)
		[ $# = 1 ] || _lbctl_object "$@"
		;;
	*) _lbctl_command "$@" ;;
	esac
}

_lbctl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} i=1 _lbctl_netns=()
	local words=()

	COMPREPLY=()
	# Options come first, and do not change what follows.
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-n | --netns)
			i=$((i + 1))
			_lbctl_netns=(-n "${COMP_WORDS[i]}")
			if [ "$i" -ge "$COMP_CWORD" ]; then
				_lbctl_namespaces
				return
			fi
			;;
		-*) ;;
		*) break ;;
		esac
		i=$((i + 1))
	done
	words=("${COMP_WORDS[@]:i:COMP_CWORD-i}")
	_lbctl_words "${words[@]}"
}

complete -F _lbctl lbctl
