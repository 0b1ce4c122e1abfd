# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Connections that somebody ends: whether both ends have learned of it. Sourced
# by the scenarios that want it, after lib.sh and config.sh.

# is_reset NAME: the client of a conversation was told, without asking
is_reset()
{
	local pid

	read -r pid <"$T_DIR/$1.pid"
	is_gone "$pid"
}

# n_open NAMESPACE PORT: connections that a server has there
n_open()
{
	in_ns "$1" ss -Htn state established "sport = :$2" | wc -l
}

# has_open NAMESPACE PORT N
has_open()
{
	[ "$(n_open "$1" "$2")" = "$3" ]
}

# start_download NAME [CURL OPTION]...: of a file that has no end in time, and
# for which there is no room; its headers are in NAME.head, how curl ends is in
# NAME.status
start_download()
{
	rm -f "$T_DIR/$1.head" "$T_DIR/$1.status"
	# shellcheck disable=SC2016 # expands in there
	start_bg cl1 "$1" bash -c '
		curl -s -o /dev/null -D "$1.head" "${@:3}" "$2"
		echo $? >"$1.status"' download "$T_DIR/$1" \
		"$VIP_URL/files/big" "${@:2}"
	wait_for 10 test -s "$T_DIR/$1.head"
}

# is_status NAME STATUS: curl's 56 is a connection that was reset
is_status()
{
	[ "$(cat "$T_DIR/$1.status" 2>/dev/null)" = "$2" ]
}

# make_big_files NAMESPACE...: that start_download() wants
make_big_files()
{
	local space

	for space in "$@"; do
		mkdir -p "$T_DIR/nginx-$space/files"
		truncate -s 4G "$T_DIR/nginx-$space/files/big"
	done
}

# resets NAME PORT from|to: of the capture; a line for each end that has been
# reset, "exact", or "inexact" if no reset said what it expects next: what it has
# acknowledged, or the end of what it has been sent. The end is who sends to
# PORT, or from it; what is after its first reset does not count.
resets()
{
	tcpdump -nnS -r "$T_DIR/$1.pcap" tcp 2>/dev/null |
		awk -v port="$2" -v dir="$3" '
		function after(a, b) {
			a = (a - b + 4294967296) % 4294967296
			return a && a < 2147483648
		}
		{
			sub(/:$/, "", $5)
			is_to = substr($5, length($5) - length(port)) == "." port
			end = $3 " " $5
			is_sent = is_to == (dir == "to")
			if (!is_sent)
				end = $5 " " $3
			seq = $8 == "seq" ? $9 : ""
			ack = $8 == "ack" ? $9 : $10 == "ack" ? $11 : ""
			sub(/,$/, "", seq)
			sub(/,$/, "", ack)
			if (is_sent) {
				if (ack != "" && !(end in reset) &&
				    (!(end in next_seq) ||
				     after(ack, next_seq[end])))
					next_seq[end] = ack
			} else if ($7 ~ /R/) {
				reset[end] = 1
				if (seq == next_seq[end])
					exact[end] = 1
			} else if (n = index(seq, ":")) {
				seq = substr(seq, n + 1)
				if (!(end in next_seq) ||
				    after(seq, next_seq[end]))
					next_seq[end] = seq
			}
		}
		END {
			for (end in reset)
				print end in exact ? "exact" : "inexact"
		}' | sort | uniq -c | awk '{ print $1, $2 }'
}
