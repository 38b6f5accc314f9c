# The images. Each bears the hash of what it was made from, and is made again only if that changes.

BASE_PACKAGES=ca-certificates,conntrack,curl,iproute2,iptables,nftables,procps
NODE_PACKAGES=$BASE_PACKAGES,bash,containerd,containernetworking-plugins,ethtool,kmod,mount,runc,socat,systemd,systemd-sysv,util-linux

# The names under which kubeadm and containerd will ask for them.
ETCD_IMAGE=registry.k8s.io/etcd:3.6.5-0
COREDNS_IMAGE=registry.k8s.io/coredns/coredns:v1.12.1
PAUSE_IMAGE=registry.k8s.io/pause:3.10.1

SAMPLES=( # image name = arguments of the program
  "httpbin=httpbin"
  "examples-bookinfo-productpage-v1=productpage"
  "examples-bookinfo-details-v1=details"
  "examples-bookinfo-ratings-v1=ratings"
  "examples-bookinfo-reviews-v1=reviews v1"
  "examples-bookinfo-reviews-v2=reviews v2"
  "examples-bookinfo-reviews-v3=reviews v3"
)

# is_ours NAME: an image made here, or a part of one that an interrupted run left.
is_ours() { [ -n "$(label_of "$1")" ] || [[ $1 == "$HUB"/node-part/* ]]; }

label_of() { docker image inspect --format "{{index .Config.Labels \"$LABEL\"}}" "$1" 2>/dev/null; }

# make_images: all that are missing or out of date.
make_images() {
  local base_key proxy_key pilot_key node_key sample_key sample name
  base_key=$(hash base "$BASE_PACKAGES" "$(package_sources)")
  proxy_key=$(hash proxyv2 "$base_key" "$(tree_hash images/proxyv2.Dockerfile)" "$(identity "$PILOTHOUSE_ENVOY")" \
    "$(identity "$PILOTHOUSE_PILOT_AGENT")" "$(identity "$PILOTHOUSE_BOOTSTRAP_TEMPLATE")")
  pilot_key=$(hash pilot "$base_key" "$(tree_hash images/pilot.Dockerfile)" "$(identity "$PILOTHOUSE_PILOT_DISCOVERY")")
  sample_key=$(hash sample "$(tree_hash go/sample images/sample.Dockerfile)" "$(go_version)")
  node_key=$(hash node "$base_key" "$NODE_PACKAGES" "$(go_version)" "$ETCD_IMAGE $COREDNS_IMAGE $PAUSE_IMAGE" \
    "$(tree_hash node lib/images.sh lib/binaries.sh go/kubernetes go/coredns go/crictl go/pause go/runcwrap)" \
    "$(identity "$PILOTHOUSE_KUBE_APISERVER")" "$(identity "$PILOTHOUSE_KUBECTL")" "$(identity "$PILOTHOUSE_ETCD")")

  if need "$HUB/base:$SAMPLE_TAG" "$base_key"; then make_base "$base_key"; fi
  # curl is Istio's other sample, a client; distroless is what `make docker.pilot` may ask for.
  for name in curl distroless; do docker tag "$HUB/base:$SAMPLE_TAG" "$HUB/$name:$SAMPLE_TAG"; done
  if need "$HUB/proxyv2:$ISTIO_TAG" "$proxy_key"; then
    context envoy "$PILOTHOUSE_ENVOY" pilot-agent "$PILOTHOUSE_PILOT_AGENT"
    install -m 644 "$PILOTHOUSE_BOOTSTRAP_TEMPLATE" "$WORK/context/envoy_bootstrap_tmpl.json"
    build "$HUB/proxyv2:$ISTIO_TAG" "$proxy_key" images/proxyv2.Dockerfile "BASE=$HUB/base:$SAMPLE_TAG"
  fi
  if need "$HUB/pilot:$ISTIO_TAG" "$pilot_key"; then
    context pilot-discovery "$PILOTHOUSE_PILOT_DISCOVERY"
    build "$HUB/pilot:$ISTIO_TAG" "$pilot_key" images/pilot.Dockerfile "BASE=$HUB/base:$SAMPLE_TAG"
  fi
  for sample in "${SAMPLES[@]}"; do
    name=$HUB/${sample%%=*}:$SAMPLE_TAG
    if need "$name" "$(hash "$sample" "$sample_key")"; then
      build_sample
      context sample "$SAMPLE"
      build "$name" "$(hash "$sample" "$sample_key")" images/sample.Dockerfile "ARGUMENTS=${sample#*=}"
    fi
  done
  if need "$NODE_IMAGE" "$node_key"; then make_node "$node_key"; fi
}

need() { [ "$(label_of "$1")" != "$2" ]; } # need NAME KEY

# context NAME FILE...: a build context of its own, with these programs under these names.
context() {
  rm -rf "$WORK/context"
  mkdir -p "$WORK/context"
  while [ $# != 0 ]; do
    install -m 755 "$2" "$WORK/context/$1"
    shift 2
  done
}

# build NAME KEY DOCKERFILE ARGUMENT...: from $WORK/context.
build() {
  local name=$1 key=$2 file=$3 old arguments=() argument
  shift 3
  for argument in "$@"; do arguments+=(--build-arg "$argument"); done
  old=$(docker image inspect --format '{{.Id}}' "$name" 2>/dev/null || true)
  # The classic builder is in every Docker; BuildKit is a plug-in that Debian's has not got.
  DOCKER_BUILDKIT=0 docker build -q --force-rm --network none -f "$TESTBED/$file" -t "$name" --label "$LABEL=$key" "${arguments[@]}" \
    "$WORK/context" >"$CACHE/build.log" 2>&1 || { tail -20 "$CACHE/build.log" >&2; fail "building $name failed"; }
  remove_old "$old" "$name"
  rm -rf "$WORK/context"
  lap "image $name"
}

# The one that had the name before is of no more use, unless something still runs from it.
remove_old() { # remove_old ID NAME
  [ -z "$1" ] || [ "$(docker image inspect --format '{{.Id}}' "$2")" = "$1" ] || docker rmi "$1" >/dev/null 2>&1 || true
}

# import NAME KEY TAR: a root file system as an image.
import() {
  local old
  old=$(docker image inspect --format '{{.Id}}' "$1" 2>/dev/null || true)
  docker import --change "LABEL $LABEL=$2" --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'CMD ["sleep", "infinity"]' "$3" "$1" >/dev/null || fail "importing $1 failed"
  remove_old "$old" "$1"
}

make_base() { # make_base KEY
  check_disk 1
  root_file_system base "$BASE_PACKAGES"
  import "$HUB/base:$SAMPLE_TAG" "$1" "$ROOTFS"
  lap "image $HUB/base:$SAMPLE_TAG"
}

# root_file_system NAME PACKAGES: Debian's, made once and kept; sets ROOTFS to its archive.
root_file_system() {
  local sources suite
  ROOTFS=$CACHE/rootfs/$1-$(hash "$2" "$(package_sources)").tar
  [ ! -s "$ROOTFS" ] || return 0
  ! offline || fail "PILOTHOUSE_OFFLINE forbids to download the packages of image $1"
  command -v mmdebstrap >/dev/null || install_packages mmdebstrap mmdebstrap
  say "making a root file system of Debian packages ($1)"
  mapfile -t sources < <(package_sources)
  suite=$(. /etc/os-release && echo "${VERSION_CODENAME:-bookworm}")
  mkdir -p "$CACHE/rootfs"
  mmdebstrap --quiet --variant=minbase --include="$2" --dpkgopt='path-exclude=/usr/share/doc/*' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$WORK/rootfs.tar" "${sources[@]}" >"$CACHE/rootfs.log" 2>&1 ||
    { tail -20 "$CACHE/rootfs.log" >&2; fail "mmdebstrap cannot make a root file system: $(grep -m1 '^E:' "$CACHE/rootfs.log")"; }
  mv "$WORK/rootfs.tar" "$ROOTFS"
}

# The machine's own package sources: those of the distribution, not what somebody added.
package_sources() {
  local file
  for file in /etc/apt/sources.list.d/{debian,ubuntu}.sources /etc/apt/sources.list; do
    [ ! -s "$file" ] || ! grep -qE '^ *(deb |Types:)' "$file" || echo "$file"
  done
}

# make_node KEY: Debian, Kubernetes' programs, and the control plane's images in the node's containerd.
make_node() {
  local component rootfs_image=$HUB/node-rootfs:$SAMPLE_TAG bare=$HUB/node-bare:$SAMPLE_TAG old
  check_disk 6
  build_kubernetes
  build_coredns
  build_crictl
  build_pause
  build_runcwrap
  root_file_system node "$NODE_PACKAGES"
  import "$rootfs_image" "$1" "$ROOTFS"

  CONTROL_PLANE=()
  control_plane_image "registry.k8s.io/kube-apiserver:$KUBERNETES" scratch "$PILOTHOUSE_KUBE_APISERVER"
  for component in kube-controller-manager kube-scheduler; do
    control_plane_image "registry.k8s.io/$component:$KUBERNETES" scratch "$KUBERNETES_BIN/$component"
  done
  control_plane_image "registry.k8s.io/kube-proxy:$KUBERNETES" "$HUB/base:$SAMPLE_TAG" "$KUBERNETES_BIN/kube-proxy"
  control_plane_image "$ETCD_IMAGE" scratch "$PILOTHOUSE_ETCD"
  control_plane_image "$COREDNS_IMAGE" scratch "$COREDNS" '"/usr/local/bin/coredns"'
  control_plane_image "$PAUSE_IMAGE" scratch "$PAUSE" '"/usr/local/bin/pause"'
  check_control_plane_images

  context
  cp -a "$TESTBED/node/files" "$WORK/context/files"
  echo "$KUBERNETES" >"$WORK/context/files/kind/version"
  mkdir "$WORK/context/bin"
  install -m 755 "$KUBERNETES_BIN"/kube{let,adm} "$CRICTL" "$RUNCWRAP" "$WORK/context/bin/"
  install -m 755 "$PILOTHOUSE_KUBECTL" "$WORK/context/bin/kubectl"
  build "$bare" "$1" node/Dockerfile "ROOTFS=$rootfs_image"
  old=$(docker image inspect --format '{{.Id}}' "$NODE_IMAGE" 2>/dev/null || true)
  load_control_plane "$bare" "$1"
  remove_old "$old" "$NODE_IMAGE"
  docker rmi "$bare" "$rootfs_image" "${CONTROL_PLANE[@]}" >/dev/null 2>&1 || true
  lap "image $NODE_IMAGE"
}

# control_plane_image NAME BASE BINARY [ENTRYPOINT]: under a name of ours until it is in the node:
# the machine may have the real one.
control_plane_image() {
  local ours=$HUB/node-part/${1#registry.k8s.io/} component
  component=$(basename "${1%:*}")
  context "$component" "$3"
  {
    printf 'FROM %s\nCOPY %s /usr/local/bin/\n' "$2" "$component"
    printf 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n'
    [ -z "${4:-}" ] || printf 'ENTRYPOINT [%s]\n' "$4"
  } >"$WORK/context/Dockerfile"
  DOCKER_BUILDKIT=0 docker build -q --force-rm --network none -t "$ours" "$WORK/context" >"$CACHE/build.log" 2>&1 ||
    { tail -20 "$CACHE/build.log" >&2; fail "building $1 failed"; }
  CONTROL_PLANE+=("$ours")
}

# kubeadm knows the versions that belong to its own. A node that lacked one would try to pull it.
check_control_plane_images() {
  local wanted
  for wanted in $("$KUBERNETES_BIN/kubeadm" config images list --kubernetes-version "$KUBERNETES" 2>/dev/null); do
    [[ " ${CONTROL_PLANE[*]} " == *" $HUB/node-part/${wanted#registry.k8s.io/} "* ]] ||
      fail "kubeadm $KUBERNETES asks for $wanted, and lib/images.sh makes no such image"
  done
}

# load_control_plane BARE KEY: runs the node's containerd, without the rest of a node, to take the
# images in, and makes the result $NODE_IMAGE.
load_control_plane() {
  local ours
  docker run -d --name "$BUILDER" --network none --entrypoint containerd "$1" --log-level warn >/dev/null
  for _ in $(seq 60); do
    ! docker exec "$BUILDER" ctr version >/dev/null 2>&1 || break
    sleep 0.5
  done
  docker save "${CONTROL_PLANE[@]}" | docker exec -i "$BUILDER" ctr -n k8s.io images import --no-unpack - >"$CACHE/build.log" 2>&1 ||
    { tail -5 "$CACHE/build.log" >&2; docker logs "$BUILDER" 2>&1 | tail -5 >&2; fail "containerd does not take the images in"; }
  for ours in "${CONTROL_PLANE[@]}"; do
    docker exec "$BUILDER" ctr -n k8s.io images tag "$ours" "registry.k8s.io/${ours#"$HUB/node-part/"}" >/dev/null
    docker exec "$BUILDER" ctr -n k8s.io images rm "$ours" >/dev/null
  done
  docker kill --signal TERM "$BUILDER" >/dev/null # the image's own stop signal is systemd's
  docker wait "$BUILDER" >/dev/null
  docker commit --change "LABEL $LABEL=$2" --change 'CMD []' \
    --change 'ENTRYPOINT ["/usr/local/bin/entrypoint", "/sbin/init"]' "$BUILDER" "$NODE_IMAGE" >/dev/null
  docker rm -f "$BUILDER" >/dev/null
}
