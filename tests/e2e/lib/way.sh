# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The way that packets take in services that do not say it. $WAY is
#	fast	as it is by default: flows on the fast path
#	slow	every packet on the kernel's own path
#	express	first packets past netfilter, too
# A scenario that is not about a packet's way, or has to choose it, has the line
# "WAY=fast # why" below the one that sources lib.sh: tests/run runs it once,
# not with each way. One with which express makes no sense has the line
# "# not express: why".

WAY=${WAY-fast}

# way_json: as a member of a service
way_json()
{
	case $WAY in
	slow) echo '"fastpath": false' ;;
	express) echo '"new_flows_mode": "express"' ;;
	esac
}

# way_words: as words of lbctl
way_words()
{
	case $WAY in
	slow) echo fastpath off ;;
	express) echo new-flows express ;;
	esac
}

# way_doc: the document on stdin, if it does not say it at all. Services alone
# have a protocol, and lines keep their numbers.
way_doc()
{
	local doc words

	doc=$(cat)
	words=$(way_json)
	if [[ $doc == *"${words%%:*}:"* ]]; then
		echo "$doc"
	else
		sed "s/\"protocol\":/$words, &/" <<<"$doc"
	fi
}

# lbctl [-n NAMESPACE] ARG...: the program, told which way services are
lbctl()
{
	local at=1 file doc

	[ "$1" != -n ] || at=3
	file=${*:at + 1:1}
	case $WAY:${*:at:2} in
	slow:"service add" | express:"service add")
		# shellcheck disable=SC2046 # a list of words
		command lbctl "$@" $(way_words)
		return
		;;
	slow:"apply -" | express:"apply -" | slow:"diff -" | express:"diff -")
		way_doc | command lbctl "$@"
		return
		;;
	slow:"apply "* | express:"apply "*)
		doc=$(way_doc <"$file")
		echo "$doc" >"$file"
		;;
	esac
	command lbctl "$@"
}
