# SPDX-License-Identifier: Apache-2.0
# For scripts that source it: real registries on ports of loopback that the system chooses, and a temporary directory, $work. All of
# it goes when the script ends.
work=$(mktemp -d)
registries=
trap 'status=$?; for process in $registries; do kill "$process" 2>/dev/null || :; done; wait; rm -rf "$work"; exit "$status"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

# started LOG PATTERN: waits until the registry that was started last has said its port, and sets $port to it.
started() {
  registries="$registries $!"
  port=
  for _ in $(seq 100); do
    port=$(sed -n "s/.*$2\([0-9][0-9]*\).*/\1/p" "$1" | head -n 1)
    [ -z "$port" ] || return 0
    kill -0 "$!" || break
    sleep 0.1
  done
  echo "the registry did not start:" >&2
  cat "$1" >&2
  exit 1
}

# crane_registry NAME: the registry of crane. Sets $port; its log is $work/NAME.log.
crane_registry() {
  : >"$work/$1.log"
  crane registry serve --address 127.0.0.1:0 >"$work/$1.log" 2>&1 &
  started "$work/$1.log" 'serving on port '
}

# docker_registry NAME: the registry of Docker, from Debian. Sets $port; the log of its requests is $work/NAME.log.
docker_registry() {
  mkdir -p "$work/$1"
  cat >"$work/$1.yml" <<CONFIGURATION
version: 0.1
log: { level: info, formatter: text, accesslog: { disabled: false } }
storage: { filesystem: { rootdirectory: $work/$1 } }
http: { addr: "127.0.0.1:0" }
CONFIGURATION
  : >"$work/$1.log"
  docker-registry serve "$work/$1.yml" >"$work/$1.log" 2>&1 &
  started "$work/$1.log" 'listening on 127\.0\.0\.1:'
}
