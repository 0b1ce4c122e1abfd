# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the checks share. They run in the tree's top directory.

cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit
out=build/check
# What linux.sh took from the kernel's source
linux=$out/linux
# Of which files this check has nothing to say
passed=$out/passed/$(basename "$0")

# sources [-name PATTERN]...: the files that are ours; several patterns need
# -o between them
sources()
{
	find . \( -path ./build -o -path ./.git -o -name __pycache__ \) -prune \
		-o -type f \( "${@:--true}" \) -printf '%P\n' | sort
}

# scripts: those for a shell
scripts()
{
	local all

	mapfile -t all < <(sources)
	awk 'FNR > 3 { nextfile }
		/^#!.*[\/ ](ba|da)?sh( |$)|^# shellcheck shell=/ {
			print FILENAME
			nextfile
		}' "${all[@]}"
}

# changed FILE...: those that changed, or whose check did, since they passed
changed()
{
	local file

	for file; do
		[ "$passed/$file" -nt "$file" ] &&
			[ "$passed/$file" -nt "$0" ] &&
			[ "$passed/$file" -nt "$linux" ] || echo "$file"
	done
}

# on_changed COMMAND FILE...: COMMAND with those of the files that changed; all
# that it does not name have passed
on_changed()
{
	local command=$1 files file begun findings status=0 good=()

	mapfile -t files < <(changed "${@:2}")
	[ ${#files[@]} -gt 0 ] || return 0
	begun=$(mktemp)
	findings=$("$command" "${files[@]}" 2>&1) || status=$?
	if [ -n "$findings" ]; then
		printf '%s\n' "$findings"
		status=1
	elif [ $status != 0 ]; then
		echo "$command: ended with status $status"
		files=()
	fi
	for file in "${files[@]}"; do
		[[ $findings == *"$file"* ]] || good+=("$passed/$file")
	done
	if [ ${#good[@]} -gt 0 ]; then
		mkdir -p "${good[@]%/*}"
		touch -r "$begun" "${good[@]}"
	fi
	rm -f "$begun"
	return $status
}
