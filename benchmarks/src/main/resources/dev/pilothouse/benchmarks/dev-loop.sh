#!/usr/bin/env bash
# The peer of LoopBench: dev-loop.sh, the script of the guide "Hacking on Istiod", step by step. Where
# it differs from the guide's text:
# - `make docker.pilot` downloads Envoy and ztunnel before it does anything, so what it comes down to
#   stands here: go build, docker build.
# - It waits until Envoy has the change, asking every 50 ms. The guide sleeps for 5 s and then shows
#   the routes, whatever they are; how long showing takes is told, so that both can be reported.
#
# usage: dev-loop.sh TREE BASE CLUSTER WORKLOAD TEXT
#   TREE      the module that has Istio's source    BASE   the image that istiod's is built on
#   CLUSTER   kind's name of the cluster            TEXT   what the routes must contain in the end
#   WORKLOAD  as deploy/httpbin.default
# Prints "step NAME MILLISECONDS" for each step.
set -euo pipefail
tree=$1 base=$2 cluster=$3 workload=$4 text=$5
context=$(mktemp -d)
trap 'rm -rf "$context"' EXIT
begun=$(date +%s%N)
step() {
  local now
  now=$(date +%s%N)
  echo "step $1 $(((now - begun) / 1000000))"
  begun=$(date +%s%N)
}

HUB=localhost/pilothouse-bench
TAG=dev-$(date +%s%N)

# make docker.pilot
(cd "$tree" && CGO_ENABLED=0 go build -o "$context/pilot-discovery" istio.io/istio/pilot/cmd/pilot-discovery)
step compile
cat >"$context/Dockerfile" <<END
FROM $base
COPY pilot-discovery /usr/local/bin/pilot-discovery
USER 1337:1337
ENTRYPOINT ["/usr/local/bin/pilot-discovery"]
END
DOCKER_BUILDKIT=0 docker build -q -t "$HUB/pilot:$TAG" "$context" >/dev/null
step image

kind load docker-image "$HUB/pilot:$TAG" --name "$cluster" >/dev/null 2>&1
step load

kubectl set image deployment/istiod -n istio-system "discovery=$HUB/pilot:$TAG" >/dev/null
kubectl rollout status deployment/istiod -n istio-system --timeout=120s >/dev/null
step rollout

until istioctl proxy-config routes "$workload" -o json 2>/dev/null | grep -q "$text"; do
  sleep 0.05
done
step seen

istioctl proxy-config routes "$workload" -o json | head -30 >/dev/null || [ $? = 141 ]
step show
docker rmi -f "$HUB/pilot:$TAG" >/dev/null
