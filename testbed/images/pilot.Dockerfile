# The toolbox's istiod as Istio's own image has it.
ARG BASE
FROM ${BASE}
COPY pilot-discovery /usr/local/bin/
USER 1337:1337
ENTRYPOINT ["/usr/local/bin/pilot-discovery"]
