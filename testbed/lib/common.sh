# Settings, names and small helpers. Sourced by up, down and with; needs bash.

TESTBED=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
TARGET=$TESTBED/target                    # what this checkout's tests read
TOOLS=$TARGET/tools.env                   # where the toolbox's binaries are; `make tools` writes it
RESULT=$TARGET/testbed.properties         # whether there is a testbed, else why not, and its names
CACHE=${PILOTHOUSE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/pilothouse}/testbed # shared by all checkouts
WORK=$CACHE/work                          # scratch, empty between two runs

HUB=localhost/pilothouse
SAMPLE_TAG=testbed
LABEL=dev.pilothouse.testbed              # on every image: the hash of what it was made from
BUILDER=pilothouse-testbed-builder        # the container in which the node image gets its images
KUBERNETES=$(sed -n 's/^.*k8s.io\/kubernetes \(v[0-9.]*\).*$/\1/p' "$TESTBED/go/kubernetes/go.mod" | head -1)
NODE_IMAGE=kindest/node:$KUBERNETES-pilothouse

# A testbed that cannot be on this machine is no failure of the tests: they are skipped.
UNAVAILABLE=3

say() { printf 'testbed: %s\n' "$*" >&2; }

# fail TEXT...: something that works on this machine did not work now.
fail() { say "$*"; exit 1; }

# unavailable TEXT...: this machine has, and can have, no testbed. The tests show the text.
unavailable() {
  write_result false "$*"
  exit $UNAVAILABLE
}

# A properties file as Java reads it.
write_result() { # write_result AVAILABLE REASON
  mkdir -p "$TARGET"
  {
    printf 'available=%s\n' "$1"
    printf 'reason=%s\n' "$(tr '\n' ' ' <<<"$2" | sed -e 's/\\/\\\\/g' -e 's/ *$//')"
    printf 'node.image=%s\n' "$NODE_IMAGE"
    printf 'hub=%s\n' "$HUB"
    printf 'istio.tag=%s\n' "${ISTIO_TAG:-}"
    printf 'sample.tag=%s\n' "$SAMPLE_TAG"
  } >"$RESULT.draft"
  mv "$RESULT.draft" "$RESULT"
}

# One at a time: two checkouts, or two runs of one, share the cache and Docker's names.
lock_cache() {
  mkdir -p "$CACHE"
  exec 8>"$CACHE/lock"
  flock -n 8 || { say "another run is at work; waiting for it"; flock 8; }
  rm -rf "$WORK"
  mkdir -p "$WORK"
}

unlock_cache() { exec 8>&-; }

# prune_cache: of each thing in the cache the two that were made last stay; two checkouts may differ.
prune_cache() {
  local folder name
  for folder in "$CACHE/go" "$CACHE/rootfs"; do
    [ -d "$folder" ] || continue
    find "$folder" -mindepth 1 -maxdepth 1 -printf '%f\n' | sed -nE 's/-[0-9a-f]{16}(\.tar)?$//p' | sort -u |
      while read -r name; do
        find "$folder" -mindepth 1 -maxdepth 1 -name "$name-*" -printf '%T@ %p\n' | sort -rn | sed '1,2d; s/^[^ ]* //' |
          xargs -r -d '\n' rm -rf --
      done
  done
}

# hash LINE...: a short name for what a thing is made from.
hash() { printf '%s\n' "$@" | sha256sum | cut -c1-16; }

# tree_hash PATH...: of the names and the content of all files in it, and of which can be executed. Not
# of the other modes: a checkout has them from its user's umask.
tree_hash() {
  (cd "$TESTBED" && find "$@" -type f -print0 | sort -z |
    xargs -0 sh -c 'for f; do [ ! -x "$f" ] || echo x; echo "$f"; cat "$f"; done' _) | sha256sum | cut -c1-16
}

# identity FILE: what a binary was made from. The name of its folder in a cache says so; for a
# binary from elsewhere, named by PILOTHOUSE_KIND and the like, it is the content.
identity() {
  local folder
  folder=$(basename "$(dirname "$1")")
  case $1 in
    "${CACHE%/testbed}"/*) printf '%s/%s\n' "$folder" "$(basename "$1")" ;;
    *) sha256sum "$1" | cut -c1-16 ;;
  esac
}

offline() { case ${PILOTHOUSE_OFFLINE:-} in '' | 0 | false) return 1 ;; esac; }

started=$SECONDS
lap() { say "$(printf '%4d s  %s' $((SECONDS - started)) "$*")"; }
