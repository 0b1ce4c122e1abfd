# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Completion of lbctl(8). Words are those of `lbctl help`; names of objects
# are asked from lbctl itself.

# _lbctl_names OBJECT [POOL]: names of what there is
_lbctl_names()
{
	local column=1

	[ "$1" = backend ] && column=2
	lbctl "${_lbctl_netns[@]}" "$@" show 2>/dev/null |
		awk -v c="$column" 'NR > 1 { print $c }'
}

# _lbctl_backends POOL
_lbctl_backends()
{
	lbctl "${_lbctl_netns[@]}" backend show "$1" 2>/dev/null |
		awk 'NR > 1 { print $2 }'
}

# Of the namespace that lbctl is to work in
_lbctl_devices()
{
	ip "${_lbctl_netns[@]}" -br link show 2>/dev/null |
		awk '{ sub(/@.*/, "", $1); print $1 }'
}

_lbctl_keywords()
{
	case $1 in
	frontend) echo "address ping" ;;
	probe) echo "body cert-expiry command device expect fall host initial interval json-state path port receive rise send sni source timeout type verify" ;;
	pool) echo "eject-after eject-time panic prefer-zone scheduler seed slots slow-start spill-below" ;;
	backend) echo "address admin drain max-flows weight zone" ;;
	service) echo "affinity affinity-prefix all-down allow backend-port backup fastpath floating frontend half-closed-timeout half-open-timeout idle-timeout max-flows max-rate new-flows no-flow on-down pool port probe protocol syn-proxy tcp-reset udp-mode udp-timeout" ;;
	nat) echo "all-down backend backend-port fastpath frontend half-closed-timeout half-open-timeout idle-timeout new-flows on-down pool port probe protocol quarantine tcp-reset udp-timeout" ;;
	snat) echo "address pool ports protocol" ;;
	fastpath) echo "devices" ;;
	esac
}

# _lbctl_values OBJECT KEYWORD
_lbctl_values()
{
	case $1-$2 in
	probe-type) echo "tcp http https udp exec" ;;
	probe-port | service-backend-port) echo "same" ;;
	probe-initial) echo "up down" ;;
	probe-verify | probe-json-state) echo "on off" ;;
	probe-cert-expiry | pool-prefer-zone | pool-slow-start | backend-max-flows | service-max-flows | service-max-rate | service-syn-proxy | nat-quarantine) echo "off" ;;
	probe-source) echo "none" ;;
	probe-device) echo "none" && _lbctl_devices ;;
	pool-scheduler) echo "maglev rr wrr lc wlc random p2c" ;;
	frontend-ping) echo "served always never" ;;
	backend-admin) echo "none up down" ;;
	backend-drain | *-fastpath | *-floating | *-tcp-reset) echo "on off" ;;
	*-new-flows) echo "standard express" ;;
	nat-protocol) echo "tcp udp sctp" ;;
	service-protocol) echo "tcp udp sctp any" ;;
	service-allow | service-port) echo "any" ;;
	*-frontend) _lbctl_names frontend ;;
	*-pool) _lbctl_names pool ;;
	*-probe) echo "none" && _lbctl_names probe ;;
	service-backup) echo "none" && _lbctl_names pool ;;
	service-affinity) echo "none client-ip client-ip-proto" ;;
	service-affinity-prefix) echo "whole" ;;
	nat-backend) echo "none" ;;
	nat-all-down) echo "drop reject" ;;
	service-all-down) echo "drop reject all" ;;
	*-on-down) echo "keep reset" ;;
	service-no-flow) echo "pick-up reset drop" ;;
	service-udp-mode) echo "pinned hashed one-packet" ;;
	snat-ports) echo "azure dynamic" ;;
	snat-protocol) echo "any tcp udp" ;;
	fastpath-devices) echo "auto none" && _lbctl_devices ;;
	esac
}

_lbctl_verbs()
{
	case $1 in
	frontend | probe | service | nat | snat) echo "add del help set show" ;;
	pool) echo "add del help roll set show sync" ;;
	backend) echo "add del drain help set show" ;;
	zone) echo "drain help show undrain" ;;
	fastpath | health) echo "help set show" ;;
	import) echo "azure help" ;;
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
	*-0-*) _lbctl_names "$object" ;;
	backend-1-add) ;;
	backend-1-*) _lbctl_backends "$1" ;;
	backend-2-del) echo "deadline now" ;;
	backend-2-drain) echo "deadline wait" ;;
	backend-4-drain) echo "wait" ;;
	pool-1-sync) compgen -f -- "$cur" ;;
	pool-2-roll) echo "deadline" ;;
	pool-2-sync) echo "dry-run" ;;
	zone-1-drain) echo "deadline" ;;
	probe-1-add) echo "tcp http https udp exec" ;;
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
	4) echo "draining down unknown up" ;;
	esac
}

# _lbctl_import azure WORD...
_lbctl_import()
{
	[ "$1" = azure ] || return
	case $#-$(($# % 2))-${!#} in
	1-*) compgen -f -- "$cur" ;;
	*-0-*) echo "map parameters" ;;
	*-1-*parameters) compgen -f -- "$cur" ;;
	esac
}

# _lbctl_command COMMAND WORD...
_lbctl_command()
{
	case $1-$# in
	stats-1) echo "-w" ;;
	conns-*)
		case ${!#} in
		service) _lbctl_names service ;;
		backend) ;;
		*) echo "service backend" ;;
		esac
		;;
	agent-*)
		case $(($# % 2))-${!#} in
		1-*) echo "ca-file exec-dir metrics" ;;
		0-*ca-file) compgen -f -- "$cur" ;;
		0-*exec-dir) compgen -d -- "$cur" ;;
		esac
		;;
	explain-1) echo "tcp udp sctp -" ;;
	import-*) _lbctl_import "${@:2}" ;;
	apply-1 | diff-1) compgen -f -- "$cur" ;;
	apply-2) echo "dry-run" ;;
	esac
}

_lbctl_words()
{
	case $# in
	0)
		echo "agent apply backend conns diff explain export fastpath flush frontend"
		echo "health help import monitor nat pool probe service show snat stats zone"
		echo "-j --json -n --netns -h --help -V --version"
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

	# Options come first, and do not change what follows.
	while [ "$i" -lt "$COMP_CWORD" ]; do
		case ${COMP_WORDS[i]} in
		-n | --netns)
			i=$((i + 1))
			_lbctl_netns=(-n "${COMP_WORDS[i]}")
			if [ "$i" -ge "$COMP_CWORD" ]; then
				mapfile -t COMPREPLY < <(compgen -W \
					"$(ip netns list 2>/dev/null |
						awk '{ print $1 }')" -- "$cur")
				return
			fi
			;;
		-*) ;;
		*) break ;;
		esac
		i=$((i + 1))
	done
	words=("${COMP_WORDS[@]:i:COMP_CWORD-i}")
	mapfile -t COMPREPLY < <(compgen -W \
		"$(_lbctl_words "${words[@]}")" -- "$cur")
}

complete -F _lbctl lbctl
