# shellcheck shell=bash
# What tests/run, tests/demo and tests/bench/run need of a machine: sourced by them.
#
# setup_need GROUP…   installs the Debian packages of these groups that are missing (as root, by
#                     apt), or says which are missing and how to install them
# setup_build PRESET  configures and builds a preset; options for cmake may follow

# Debian's interpreter, since pytest comes as Debian's package.
export PYTHON=/usr/bin/python3
export PYTHONDONTWRITEBYTECODE=1

setup_say() {
	printf '== %s\n' "$*"
}

# The libraries are named in one place, where the build looks for them.
setup_libraries() {
	grep -oE '\blib[a-z0-9.+-]+-dev\b' "$ROOT/lib/dependencies.cmake" | sort -u
}

# Lines of "COMMAND PACKAGE" or "- PACKAGE" (where the package itself is asked for).
setup_group() {
	case $1 in
	build)
		printf '%s\n' 'gcc gcc' 'make make' 'cmake cmake' 'pkg-config pkg-config' '- libc6-dev'
		setup_libraries | grep -v cmocka | sed 's/^/- /'
		;;
	server) printf '%s\n' 'dovecot dovecot-imapd' 'openssl openssl' 'python3 python3' ;;
	tests) printf '%s\n' '- libcmocka-dev' '- python3-pytest' '- ca-certificates' ;;
	lint) printf '%s\n' 'clang-format clang-format' 'shellcheck shellcheck' 'mandoc mandoc' ;;
	esac
}

setup_has() {
	if [ "$1" = - ]; then
		dpkg-query -W -f '${db:Status-Status}' "$2" 2>/dev/null | grep -qx installed
	else
		PATH=$PATH:/usr/sbin:/sbin command -v "$1" >/dev/null 2>&1
	fi
}

setup_missing() {
	local group command package
	for group; do
		setup_group "$group" | while read -r command package; do
			setup_has "$command" "$package" || echo "$package"
		done
	done | sort -u
}

# Installs without starting services: the Dovecot here is for throwaway servers on loopback, and a
# machine that is lent for a test shall not answer on port 143 from then on.
setup_install() {
	local policy=/usr/sbin/policy-rc.d made=
	if [ ! -e "$policy" ]; then
		printf '#!/bin/sh\nexit 101\n' >"$policy"
		chmod 755 "$policy"
		made=yes
	fi
	local status=0
	{
		apt-get update -q &&
			DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends "$@"
	} >"$LOGS/apt.log" 2>&1 || status=$?
	[ -z "$made" ] || rm -f "$policy"
	if [ "$status" -ne 0 ]; then
		tail -20 "$LOGS/apt.log" >&2
		return 1
	fi
	case " $* " in
	*" dovecot-imapd "*)
		if [ -d /run/systemd/system ]; then
			systemctl disable --quiet dovecot.service dovecot.socket 2>/dev/null || true
		fi
		;;
	esac
}

setup_need() {
	if ! command -v dpkg-query >/dev/null 2>&1; then
		setup_say "this is no Debian: what is needed has to be installed already"
		return 0
	fi
	local missing
	missing=$(setup_missing "$@" | tr '\n' ' ')
	missing=${missing% }
	[ -n "$missing" ] || return 0
	if [ "$(id -u)" -ne 0 ]; then
		printf '%s: these packages are missing; install them, or run this as root:\n' "$0" >&2
		printf '  apt-get install --no-install-recommends %s\n' "$missing" >&2
		return 1
	fi
	setup_say "installing by apt, which takes a minute: $missing"
	# shellcheck disable=SC2086 # the names are words
	setup_install $missing
}

setup_build() {
	local preset=$1 log=$LOGS/build-$1.log
	shift
	setup_say "building preset $preset"
	if ! { cmake -S "$ROOT" --preset "$preset" "$@" && cmake --build "$ROOT/build/$preset" \
		-j "$(nproc)"; } >"$log" 2>&1; then
		grep -E -A5 'error|Error' "$log" | head -60 >&2
		printf 'the build of preset %s failed; all of it is in %s\n' "$preset" "$log" >&2
		return 1
	fi
}
