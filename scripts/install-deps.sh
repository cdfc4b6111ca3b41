#!/usr/bin/env bash
# Installs from Debian's packages what Slipway needs and this machine lacks. Says nothing when nothing is missing.
#
#   scripts/install-deps.sh [GROUP…]       groups: run (default), test, bench
set -euo pipefail

run=(runc crun conmon mmdebstrap util-linux libsqlite3-0 libzstd1 jq make tar)
test=(busybox-static bzip2 xz-utils zstd skopeo podman buildah docker.io containerd docker-registry rclone s3cmd python3-boto3)
bench=(docker.io docker-registry skopeo wrk curl busybox-static python3 git restic rclone)

say() { printf 'install-deps: %s\n' "$*" >&2; }

wanted=("${run[@]}")
for group in "$@"; do
  case $group in
    run) ;;
    test) wanted+=("${test[@]}") ;;
    bench) wanted+=("${bench[@]}") ;;
    *) say "there is no group '$group'; the groups are run, test and bench"; exit 2 ;;
  esac
done

missing=()
for package in "${wanted[@]}"; do
  state=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null || true)
  [ "$state" = installed ] || missing+=("$package")
done

# Microsoft's Debian feed names the SDK so; Debian itself has none.
sdk=dotnet-sdk-10.0
need_sdk=
dotnet --list-sdks 2>/dev/null | grep -q '^10\.' || need_sdk=yes

[ ${#missing[@]} -gt 0 ] || [ -n "$need_sdk" ] || exit 0

if [ "$(id -u)" != 0 ]; then
  [ ${#missing[@]} = 0 ] || say "missing packages, and only root may install them. Run: sudo apt-get install ${missing[*]}"
  [ -z "$need_sdk" ] || say "the .NET SDK 10 is missing. Install the package $sdk as root."
  exit 1
fi

export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
trap 'rm -f "$log"' EXIT
apt() {
  apt-get --quiet=2 -o Dpkg::Use-Pty=0 -o DPkg::Lock::Timeout=300 "$@" >"$log" 2>&1 </dev/null || { cat "$log" >&2; return 1; }
}

if ! apt update; then
  say "apt-get update failed, so its lists may be old"
fi

if [ -n "$need_sdk" ]; then
  if apt-cache show "$sdk" >/dev/null 2>&1; then
    missing+=("$sdk")
  else
    say "the .NET SDK 10 is missing, and apt knows no package $sdk."
    say "Add Microsoft's package feed for Debian 12 (the .NET documentation, 'Install .NET on Debian', has the two commands), then: apt-get install $sdk"
    exit 1
  fi
fi

say "installing ${missing[*]}"
if ! apt install --yes --no-install-recommends "${missing[@]}"; then
  say "apt-get could not install ${missing[*]}: see its words above"
  exit 1
fi
