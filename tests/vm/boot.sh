#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# boot.sh [OPTION]... KERNEL COMMAND [ARG]...
#
# Boots build/kernel/KERNEL in QEMU on this machine's root file system (which
# stays as it is: the guest writes to a layer in its memory), runs COMMAND as
# root in it with its output on ours, and ends with its exit status:
#	124	the guest was silent for too long and was killed
#	125	the guest died (see DIR/console)
#
#	--run DIR	where console, status and dmesg go; the guest can write
#			there, at the same path (default build/run/KERNEL)
#	--smp N		virtual CPUs (default 2)
#	--memory SIZE	(default 2G)
#	--icount	one CPU whose clock counts instructions: slow, but what is
#			measured there repeats on any machine. While it waits for
#			the host the clock jumps; NFLB_ICOUNT tells the guest
#	--idle SECONDS	silence after which a guest counts as hung (default 1000,
#			debug 4000: longer than session.sh grants a scenario)
#	--append WORDS	for the kernel's command line
#	--tty		COMMAND talks to this terminal, whose rows and columns
#			are two more arguments
set -euo pipefail

top=$(cd "$(dirname "$0")/../.." && pwd)
smp=2
memory=2G
accel=(-accel "tcg,thread=multi")
idle=
append=
run=
tty=
qemu=

while [ $# -gt 0 ]; do
	case $1 in
	--run) run=$2 && shift ;;
	--smp) smp=$2 && shift ;;
	--memory) memory=$2 && shift ;;
	--icount) smp=1 accel=(-accel tcg -icount "shift=0,sleep=off") ;;
	--idle) idle=$2 && shift ;;
	--append) append=$2 && shift ;;
	--tty) tty=1 ;;
	-*) echo "boot: unknown option $1" >&2 && exit 2 ;;
	*) break ;;
	esac
	shift
done
kernel=$1
shift
dir=$top/build/kernel/$kernel
run=${run:-$top/build/run/$kernel}
if [ -z "$idle" ]; then
	idle=1000
	[ "$kernel" != debug ] || idle=4000
fi

# What guest.init runs, with its output on $NFLB_PORT (to be opened once only)
# shellcheck disable=SC2016 # the guest expands it
write_command()
{
	local size

	if [ -z "$tty" ]; then
		printf '%q ' "$@"
		printf '</dev/null >$NFLB_PORT 2>&1\n'
		return
	fi
	read -ra size < <(stty size)
	printf 'export TERM=%q\nsetsid -c ' "${TERM:-linux}"
	printf '%q ' "$@" "${size[@]}"
	printf '<>$NFLB_PORT >&0 2>&0\n'
}

# The CPU model is a plain one: what it lacks, the guest does not try to use,
# and SSE2 is emulated faster than AVX. rdrand seeds the guest's generator.
# tsc_khz: the rate of the guest's cycle counter, which is the host's. Calibrated
# under load it comes out wrong, and the guest's time with it. A host that is a
# virtual machine itself shows it; elsewhere the figure may change with power.
tsc_khz()
{
	grep -qw hypervisor /proc/cpuinfo || return 0
	awk '/^cpu MHz/ { printf " tsc_early_khz=%.0f", $4 * 1000; exit }' \
		/proc/cpuinfo
}

machine()
{
	local args=console=ttyS0

	# A kernel that crashed proves nothing more: panic, and QEMU ends.
	args+=" loglevel=5 panic=-1 oops=panic log_buf_len=16M"
	args+=" mitigations=off nokaslr tsc=reliable no_timer_check acpi=noirq norandmaps"
	args+=" random.trust_cpu=on $append"
	if [[ "${accel[*]}" == *icount* ]]; then
		args+=" NFLB_ICOUNT=1"
	else
		args+=$(tsc_khz)
	fi
	args+=" NFLB_TOP=$top NFLB_RUN=$run NFLB_K=$kernel"

	printf '%s\n' -M pc,usb=off -cpu qemu64,+rdrand,+fsgsbase \
		-smp "$smp" -m "$memory" "${accel[@]}" \
		-nodefaults -display none -no-reboot \
		-kernel "$dir/vmlinux" -initrd "$run/initrd" -append "$args" \
		-serial "file:$run/console" -device virtio-rng-pci \
		-virtfs "local,path=/,mount_tag=root,security_model=none,readonly=on,multidevs=remap" \
		-virtfs "local,path=$run,mount_tag=run,security_model=none" \
		-device virtio-serial-pci
}

# take_free_slots: as many as the guest has virtual CPUs, or none
take_free_slots()
{
	local n fd taken=()

	for ((n = 1; n <= slots; n++)); do
		exec {fd}>"$top/build/run/.slot.$n"
		if flock -n "$fd"; then
			taken+=("$fd")
		else
			exec {fd}>&-
		fi
		[ ${#taken[@]} -lt "$smp" ] || return 0
	done
	for fd in "${taken[@]}"; do
		exec {fd}>&-
	done
	return 1
}

# Too many guests would only make each other time out. As each has to wait at
# times for what it serves, there may be one virtual CPU more than this machine
# has, or what the one guest wants that is alone.
take_slots()
{
	local slots

	slots=$(($(nproc) + 1))
	[ "$slots" -ge "$smp" ] || slots=$smp
	! take_free_slots || return 0
	echo "# waiting for other guests" >&2
	until take_free_slots; do
		sleep 1
	done
}

# Only the QEMU that was started here, by its process id
end_qemu()
{
	[ -z "$qemu" ] || kill "$qemu" 2>/dev/null || true
}

# Copies the guest's output; false after a silence. Ends with the guest, which
# is the pipe's only writer.
follow()
{
	local line status

	while true; do
		status=0
		IFS= read -r -t "$idle" line || status=$?
		[ $status -le 128 ] || return 124
		[ $status = 0 ] || return 0
		printf '%s\n' "$line"
	done
}

boot_batch()
{
	local verdict=0

	rm -f "$run/pipe"
	mkfifo "$run/pipe"
	qemu-system-x86_64 "${options[@]}" \
		-chardev "file,id=out,path=$run/pipe" \
		-device virtserialport,chardev=out </dev/null >&2 &
	qemu=$!
	follow <"$run/pipe" || verdict=$?
	[ $verdict = 0 ] || end_qemu
	wait "$qemu" || true
	qemu=
	rm -f "$run/pipe"
	return $verdict
}

# Once more, twice at most, when the kernel died before guest.init ran anything:
# what guest.init says of QEMU at hold_labels hits about one boot in fifty.
boot_to_command()
{
	local tries

	for ((tries = 1; ; tries++)); do
		rm -f "$run/begun"
		boot_batch || return
		[ ! -e "$run/begun" ] && [ $tries -lt 3 ] || return 0
		mv "$run/console" "$run/console.$tries"
		echo "# the kernel died as it booted, once more" \
			"($run/console.$tries)" >&2
	done
}

boot_tty()
{
	qemu-system-x86_64 "${options[@]}" -chardev stdio,id=out,signal=off \
		-device virtconsole,chardev=out
}

trap end_qemu EXIT
mkdir -p "$run"
rm -f "$run/status" "$run/dmesg" "$run/console"*
write_command "$@" >"$run/cmd"
{ cat "$dir/initramfs" && "$top/tests/vm/warm.sh"; } >"$run/initrd"
mapfile -t options < <(machine)

if [ -n "$tty" ]; then
	boot_tty
else
	take_slots
	boot_to_command || exit $?
fi
[ -s "$run/status" ] || exit 125
exit "$(cat "$run/status")"
