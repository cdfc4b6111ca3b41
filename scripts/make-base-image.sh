#!/usr/bin/env bash
# Makes a base image's root file system from Debian packages, as one plain tar, and prints the tar's path.
#
#   scripts/make-base-image.sh NAME [OUT.tar]      NAME and its packages stand in scripts/base-images.txt
#
# The tar is kept in the cache (.cache/base, or $SLIPWAY_BASE_CACHE) under a digest of all that decides what is in it, so that a
# second call costs nothing. It is deterministic for one state of the mirror: sorted, owned by numbers, times clamped.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
name=${1:?usage: make-base-image.sh NAME [OUT.tar]}
out=${2:-}
cache=${SLIPWAY_BASE_CACHE:-$here/../.cache/base}
suite=bookworm
epoch=1700000000

say() { printf '%s\n' "$*" >&2; }
die() { say "make-base-image: $*"; exit 1; }

packages=$(awk -v name="$name" '$1 == name { $1 = ""; sub(/^ +/, ""); print }' "$here/base-images.txt")
[ -n "$packages" ] || die "no base image is called $name. Known: $(awk '!/^#/ && NF { printf "%s ", $1 }' "$here/base-images.txt")"
command -v mmdebstrap >/dev/null || die "mmdebstrap is missing. Run: make deps"
[ "$(id -u)" = 0 ] || die "needs root, because the files of an image belong to many users. Run it with sudo."

# What no program of a stage reads: manuals, translations, caches, and the compilers that Debian's scipy pulls in (its pythran).
# They are two thirds of the bytes. Test suites go at the end, because byte-compiling a package wants its list of files whole.
excludes=(
  '/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*' '/usr/share/locale/*' '/usr/share/i18n/*' '/usr/share/lintian/*'
  '/usr/include/*' '/usr/lib/gcc/*' '/usr/lib/*.a' '/usr/bin/*-lto-dump-*' '/usr/lib/python3.11/config-*'
  '/usr/lib/*/lib[alt]san.so*' '/usr/lib/*/libubsan.so*' '/usr/lib/*/libhwasan.so*' '/usr/lib/*/gconv/*'
  '/usr/lib/*/perl/5.*' '/usr/share/perl/5.*' '/usr/share/matplotlib/mpl-data/sample_data/*' '/usr/share/javascript/*'
)

key=$( { echo "$name $suite $epoch $packages"; cat "${BASH_SOURCE[0]}"; } | sha256sum | cut -c1-16)
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
tar=$cache/${name//[:\/]/-}-$key.tar

# One maker at a time: tests, the demo and the benchmark may ask at once.
exec 9>"$cache/.lock"
flock 9

# Where apt takes this suite's packages from, read from apt's own configuration. Nothing is listed before the first update.
sources() {
  apt-get indextargets --format "deb [signed-by=\$(SIGNED_BY)] \$(REPO_URI) \$(RELEASE) \$(COMPONENT)" 'Created-By: Packages' 2>/dev/null |
    grep -E " $suite(-updates|-security)? main\$" | sed 's/ \[signed-by=\]//' | sort -u
}

if [ ! -s "$tar" ]; then
  lines=$(sources)
  if [ -z "$lines" ]; then
    apt-get update -qq
    lines=$(sources)
  fi
  [ -n "$lines" ] || die "apt knows no source for Debian $suite. Add one to /etc/apt/sources.list.d and run apt-get update."

  part=$cache/.part-$$
  trap 'rm -rf "$part" "$part.log"' EXIT
  say "making $name from Debian packages: $packages"
  eval "$(apt-config shell proxy Acquire::http::Proxy)"
  if ! SOURCE_DATE_EPOCH=$epoch mmdebstrap --variant=minbase --mode=root --format=directory \
    --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Languages "none"' --aptopt='Acquire::Check-Valid-Until "false"' \
    ${proxy:+--aptopt="Acquire::http::Proxy \"$proxy\""} \
    --dpkgopt=force-unsafe-io "${excludes[@]/#/--dpkgopt=path-exclude=}" \
    --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --include="usr-is-merged,${packages// /,}" \
    --customize-hook='ln -sf python3 "$1/usr/bin/python"' \
    --customize-hook='rm -rf "$1"/var/cache/* "$1"/var/lib/apt/lists/* "$1"/var/log/* "$1"/etc/resolv.conf "$1"/etc/hostname "$1"/etc/machine-id' \
    --customize-hook='find "$1/usr/lib/python3/dist-packages" -type d -name tests -prune -exec rm -rf {} +' \
    --customize-hook='rm -rf "$1"/usr/share/locale "$1"/usr/share/doc' \
    "$suite" "$part" <<<"$lines" 2>"$part.log"; then
    tail -n 20 "$part.log" | cut -c 1-200 >&2
    die "mmdebstrap failed to make $name"
  fi
  tar --create --file "$tar.part" --directory "$part" --sort=name --mtime="@$epoch" --clamp-mtime --numeric-owner \
    --format=gnu --one-file-system --exclude='./dev/*' --exclude='./proc/*' --exclude='./sys/*' --exclude='./run/*' .
  mv "$tar.part" "$tar"
  say "made $name: $(du -h --apparent-size "$tar" | cut -f1) in ${SECONDS} s"
fi

if [ -n "$out" ]; then
  cp --reflink=auto "$tar" "$out"
  tar=$out
fi
printf '%s\n' "$tar"
