# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Ways for a server to fail, each with one back. They are given its namespace.
# Sourced after lib/agent.sh, which has another one: make_sick, make_well.

# The master first, or it would have other workers
end_server()
{
	local pid pids

	read -r pid <"$T_DIR/nginx-$1.pid"
	read -ra pids <<<"$pid $(<"/proc/$pid/task/$pid/children")"
	kill -KILL "${pids[@]}"
	for pid in "${pids[@]}"; do
		wait_for 10 is_gone "$pid"
	done
}

begin_server()
{
	start_nginx "$1"
}

# signal_workers NAMESPACE SIGNAL: at once, without a process that looks for them
signal_workers()
{
	local pid workers

	read -r pid <"$T_DIR/nginx-$1.pid"
	read -ra workers <<<"$(<"/proc/$pid/task/$pid/children")"
	kill "-$2" "${workers[@]}"
}

stop_answering()
{
	signal_workers "$1" STOP
}

answer_again()
{
	signal_workers "$1" CONT
}

# drop_port NAMESPACE [PROTOCOL PORT]
drop_port()
{
	in_ns "$1" nft -f - <<-END
	table inet deaf {
		chain in {
			type filter hook input priority 0;
			${2-tcp} dport ${3-8080} drop
		}
	}
	END
}

hear_again()
{
	in_ns "$1" nft delete table inet deaf
}

unplug()
{
	ip -n sw link set "$1" down
}

plug()
{
	ip -n sw link set "$1" up
}
