# One program, one layer, several images: each starts it in another role.
FROM scratch
COPY sample /
ARG ARGUMENTS
ENV SAMPLE=${ARGUMENTS}
USER 1000:1000
ENTRYPOINT ["/sample"]
