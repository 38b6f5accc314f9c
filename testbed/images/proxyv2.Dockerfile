# Istio's proxy with upstream Envoy: pilot-agent, and the template of Envoy's bootstrap where it looks
# for it. Not Istio's own Envoy: its filters (istio.stats, istio.metadata_exchange, istio.alpn) are
# not in this one.
ARG BASE
FROM ${BASE}
RUN mkdir -p /var/lib/istio/data /etc/istio/proxy && chown 1337:1337 /var/lib/istio/data /etc/istio/proxy
COPY envoy pilot-agent /usr/local/bin/
COPY envoy_bootstrap_tmpl.json /var/lib/istio/envoy/
ENTRYPOINT ["/usr/local/bin/pilot-agent"]
