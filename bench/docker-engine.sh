#!/usr/bin/env bash
# Debian's Docker Engine as a peer to measure against: in mount and network namespaces of its own, with its own data, so that an
# engine of the machine is neither used nor disturbed.
#
#   bench/docker-engine.sh start FOLDER      then DOCKER_HOST=unix://FOLDER/docker.sock
#     with DOCKER_ENGINE_NETWORK=host: on this machine's network, without a bridge, so that it reaches registries here
#   bench/docker-engine.sh stop FOLDER
set -euo pipefail

verb=${1:?usage: docker-engine.sh start|stop FOLDER}
folder=${2:?usage: docker-engine.sh start|stop FOLDER}
mkdir -p "$folder"
folder=$(cd "$folder" && pwd)

start() {
  [ -x /usr/sbin/dockerd ] || { echo 'docker-engine: /usr/sbin/dockerd is missing. Run: make deps-bench' >&2; exit 1; }
  mkdir -p "$folder/data"
  # A /run of its own hides the socket of a containerd that may be running; then dockerd starts one for itself.
  own=(--net) more=()
  [ "${DOCKER_ENGINE_NETWORK:-}" != host ] || own=() more=(--bridge=none)
  setsid unshare --mount "${own[@]}" --propagation private bash -c '
    set -e
    mount -t tmpfs tmpfs /run
    ip link set lo up 2>/dev/null || true
    folder=$1; shift
    exec /usr/sbin/dockerd --host "unix://$folder/docker.sock" --data-root "$folder/data" --exec-root /run/docker --pidfile "$folder/dockerd.pid" \
      --storage-driver overlay2 --iptables=false --ip6tables=false --ip-forward=false --ip-masq=false --userland-proxy=false "$@"
  ' _ "$folder" "${more[@]}" >"$folder/dockerd.log" 2>&1 </dev/null &
  for _ in $(seq 150); do
    if DOCKER_HOST=unix://$folder/docker.sock /usr/bin/docker version >/dev/null 2>&1; then
      return
    fi
    sleep 0.2
  done
  tail -n 20 "$folder/dockerd.log" >&2
  echo "docker-engine: dockerd did not answer within 30 s" >&2
  exit 1
}

stop() {
  [ -s "$folder/dockerd.pid" ] || return 0
  pid=$(cat "$folder/dockerd.pid")
  kill "$pid" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$pid" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -KILL "$pid"
}

case $verb in
  start) start ;;
  stop) stop ;;
  *) echo "docker-engine: start or stop, not $verb" >&2; exit 2 ;;
esac
