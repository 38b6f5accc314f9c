# A Docker that runs privileged containers: the machine's own, or one that is started here.

DOCKERD_LOG=$CACHE/dockerd.log
DOCKERD_PID=$CACHE/dockerd.pid
# Who started dockerd here: "PID START-TIME up|with". Only such a dockerd is ever stopped.
DOCKERD_RECORD=$CACHE/dockerd.started

docker_answers() { docker version --format '{{.Server.Version}}' >"$CACHE/docker.answer" 2>&1; }

# ensure_docker MODE: MODE is up (it stays until testbed/down) or with (until the command's end).
ensure_docker() {
  if command -v docker >/dev/null && docker_answers; then
    [ "$1" != up ] || keep_dockerd
    return
  fi
  if [ -n "${DOCKER_HOST:-}" ]; then
    unavailable "no answer from the Docker that DOCKER_HOST names ($DOCKER_HOST): $(tail -1 "$CACHE/docker.answer")"
  fi
  if ! command -v docker >/dev/null || ! command -v dockerd >/dev/null || ! command -v iptables >/dev/null; then
    install_packages "Docker" docker.io iptables
    ! docker_answers || return 0 # on a machine with systemd the package starts it
  fi
  [ "$(id -u)" = 0 ] || unavailable "Docker does not answer ($(tail -1 "$CACHE/docker.answer")), and only root can start it"
  start_dockerd "$1"
}

# install_packages WHAT PACKAGE...: from the machine's own package sources.
install_packages() {
  local what=$1 log=$CACHE/apt.log
  shift
  command -v apt-get >/dev/null || unavailable "$what is not installed, and there is no apt-get to install it with ($*)"
  [ "$(id -u)" = 0 ] || unavailable "$what is not installed, and only root can install it: apt-get install $*"
  ! offline || unavailable "$what is not installed, and PILOTHOUSE_OFFLINE forbids to download it ($*)"
  say "installing $* (apt-get)"
  apt_install "$@" >"$log" 2>&1 || # most often for want of fresh lists
    { apt-get update && apt_install "$@"; } >>"$log" 2>&1 ||
    { tail -20 "$log" >&2; unavailable "apt-get cannot install $*: $(grep -m1 "^E:" "$log" || tail -1 "$log") (log: $log)"; }
}

apt_install() { DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@" </dev/null; }

start_dockerd() { # start_dockerd MODE
  local pid wrapper=()
  if lacks_capabilities; then
    # runc asks for all capabilities for a privileged container, and is refused those that the
    # machine has not got. The wrapper asks for the others.
    build_runcwrap
    wrapper=(--add-runtime "runcwrap=$RUNCWRAP" --default-runtime runcwrap)
    say "this machine lacks capabilities: runc runs behind runcwrap"
  fi
  say "starting dockerd (log: $DOCKERD_LOG)"
  rm -f "$DOCKERD_PID"
  # A session of its own, and none of our file descriptors: it outlives this script and its lock.
  setsid dockerd --pidfile "$DOCKERD_PID" --log-level warn "${wrapper[@]}" \
    >"$DOCKERD_LOG" 2>&1 </dev/null 8>&- 9>&- &
  pid=$! # setsid becomes dockerd: this shell does not lead its jobs' groups
  # At once: if this script is killed now, the next one knows whose dockerd that is.
  printf '%s %s %s\n' "$pid" "$(start_time "$pid")" "$1" >"$DOCKERD_RECORD"
  for _ in $(seq 120); do
    ! docker_answers || return 0
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.5
  done
  kill "$pid" 2>/dev/null || true
  rm -f "$DOCKERD_RECORD"
  say "the end of dockerd's log:"
  tail -20 "$DOCKERD_LOG" >&2
  unavailable "dockerd does not start: $(last_error "$DOCKERD_LOG") (log: $DOCKERD_LOG)"
}

last_error() { awk '/failed|rror/ {e = $0} {l = $0} END {print e ? e : l}' "$1"; }

# Whether this process could not hand on every capability that the kernel knows.
lacks_capabilities() {
  local last bounding
  last=$(cat /proc/sys/kernel/cap_last_cap)
  bounding=$(sed -n 's/^CapBnd:\t*//p' /proc/self/status)
  [ $((16#$bounding)) -ne $(((1 << (last + 1)) - 1)) ]
}

# A process id alone may have been given to somebody else meanwhile.
start_time() { sed 's/^.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }

# our_dockerd: prints "PID MODE" if the recorded dockerd still runs.
our_dockerd() {
  local pid start mode
  [ -s "$DOCKERD_RECORD" ] || return 1
  read -r pid start mode <"$DOCKERD_RECORD"
  [ -n "$mode" ] && [ "$(start_time "$pid")" = "$start" ] || return 1
  printf '%s %s\n' "$pid" "$mode"
}

keep_dockerd() {
  our_dockerd >/dev/null || return 0
  sed -i 's/ with$/ up/' "$DOCKERD_RECORD"
}

# stop_dockerd: ends the dockerd that was started here.
stop_dockerd() {
  local pid ours
  ours=$(our_dockerd) || { rm -f "$DOCKERD_RECORD"; return 0; }
  pid=${ours% *}
  say "stopping the dockerd that was started here"
  kill "$pid"
  for _ in $(seq 240); do
    [ -n "$(start_time "$pid")" ] || { rm -f "$DOCKERD_RECORD"; return 0; }
    sleep 0.5
  done
  say "dockerd (process $pid) does not end; its log: $DOCKERD_LOG"
  return 1
}

# What kind needs. Asked of the Docker at hand, whoever started it.
check_privileged() {
  local answer
  answer=$(docker run --rm --privileged --network none --entrypoint /usr/bin/true "$HUB/base:$SAMPLE_TAG" 2>&1) ||
    unavailable "this Docker refuses privileged containers, which kind's nodes are: $answer"
}

# check_disk GIGABYTES: for the images that are to be made.
check_disk() {
  local folder free
  for folder in "$(docker info --format '{{.DockerRootDir}}')" "$CACHE"; do
    [ -d "$folder" ] || continue # a Docker elsewhere
    free=$(df --output=avail -BG "$folder" | tr -dc '0-9\n' | tail -1)
    [ "$free" -ge "$1" ] || unavailable "$folder has $free GB free, and the images need $1 GB"
  done
}
