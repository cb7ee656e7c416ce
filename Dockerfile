# A static binary on an empty base: no shell, no package manager, not root.
FROM golang:1.26 AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -ldflags "-s -w" -o /out/claimwright ./cmd/claimwright && mkdir -p /out/data

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/
COPY --from=build /usr/local/go/lib/time/zoneinfo.zip /zoneinfo.zip
COPY --from=build /out/claimwright /claimwright
COPY --from=build --chown=65532:65532 /out/data /data
ENV ZONEINFO=/zoneinfo.zip CLAIMWRIGHT_LISTEN=0.0.0.0:8080 CLAIMWRIGHT_STORE=sqlite:/data/claimwright.db CLAIMWRIGHT_LOG_FORMAT=json
USER 65532:65532
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=4s --start-period=20s CMD ["/claimwright", "healthcheck"]
ENTRYPOINT ["/claimwright"]
# There is no sign-in yet, so a container must be told to let everybody in: docker run IMAGE serve --auth none
CMD ["serve"]
