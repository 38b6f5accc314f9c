# The Go programs that the toolbox has no use for. Built into the cache, once for each set of inputs.

# build_go NAME LDFLAGS PACKAGE...: builds packages of the module go/NAME; sets BUILT to their folder.
build_go() {
  local name=$1 ldflags=$2 draft
  shift 2
  BUILT=$CACHE/go/$name-$(hash "$(tree_hash "go/$name")" "$ldflags" "$*" "$(go_version)")
  [ ! -d "$BUILT" ] || return 0
  say "building $name (Go)"
  draft=$CACHE/go/draft
  rm -rf "$draft"
  mkdir -p "$draft"
  # Only what go.sum pins, by the Go at hand, whatever the user's environment says; static, so that
  # the programs run in an image that holds nothing else.
  (
    cd "$TESTBED/go/$name"
    ! offline || export GOPROXY=off
    env CGO_ENABLED=0 GOTOOLCHAIN=local GOWORK=off GOFLAGS= \
      go build -mod=readonly -trimpath -buildvcs=false -ldflags "-s -w $ldflags" -o "$draft/" "$@"
  ) || fail "building $name failed"
  mv -T "$draft" "$BUILT"
}

go_version() { GOTOOLCHAIN=local go env GOVERSION GOOS GOARCH | tr '\n' ' '; }

build_kubernetes() {
  local ldflags='' package toolbox=$TESTBED/../toolbox/src/main/resources/dev/pilothouse/toolbox/go/kubernetes/go.mod
  # kubelet and the others come from here, kube-apiserver and kubectl from the toolbox.
  grep -q "k8s.io/kubernetes $KUBERNETES\b" "$toolbox" ||
    fail "testbed/go/kubernetes pins $KUBERNETES, and the toolbox another Kubernetes: $toolbox"
  # Without the stamp, they call themselves v0.0.0, and kubeadm refuses them.
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    ldflags+=" -X $package.gitVersion=$KUBERNETES -X $package.gitTreeState=clean"
    ldflags+=" -X $package.gitMajor=$(cut -d. -f1 <<<"${KUBERNETES#v}") -X $package.gitMinor=$(cut -d. -f2 <<<"$KUBERNETES")"
  done
  build_go kubernetes "$ldflags" \
    k8s.io/kubernetes/cmd/{kubeadm,kubelet,kube-controller-manager,kube-proxy,kube-scheduler}
  KUBERNETES_BIN=$BUILT
}

build_coredns() { build_go coredns "" .; COREDNS=$BUILT/coredns; }
build_crictl() { build_go crictl "" .; CRICTL=$BUILT/crictl; }
build_pause() { build_go pause "" .; PAUSE=$BUILT/pause; }
build_runcwrap() { build_go runcwrap "" .; RUNCWRAP=$BUILT/runcwrap; }
build_sample() { build_go sample "" .; SAMPLE=$BUILT/sample; }

# The toolbox's binaries, under the names that its environment variables have.
read_tools() {
  if ! tools_are_there; then
    make -C "$TESTBED/.." tools >&2 || fail "the toolbox cannot provide its binaries"
    tools_are_there || fail "$TOOLS does not name all binaries"
  fi
  # The tag under which Istio's own charts will ask for these images.
  ISTIO_TAG=$("$PILOTHOUSE_PILOT_AGENT" version -s 2>/dev/null | sed -n 's/^client version: *//p' | tr -c '[:alnum:]._\n-' -)
  ISTIO_TAG=${ISTIO_TAG:-unknown}
}

tools_are_there() {
  local name variable
  [ -s "$TOOLS" ] || return 1
  # shellcheck source=/dev/null
  . "$TOOLS"
  for name in ETCD KUBE_APISERVER KUBECTL PILOT_AGENT PILOT_DISCOVERY ENVOY BOOTSTRAP_TEMPLATE; do
    variable=PILOTHOUSE_$name
    [ -s "${!variable:-}" ] || return 1
  done
}
