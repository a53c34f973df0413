# syntax=docker/dockerfile:1

# Adda in one image: Debian and 50 MB of its own.
#
#   docker build --tag adda .
#   docker run --publish 8000:8000 --volume adda:/data --stop-timeout 15 adda
#
# For both architectures, on a builder that has both (an emulated one works too, and takes hours):
#
#   docker buildx build --platform linux/amd64,linux/arm64 --tag registry.example.org/adda:1 --push .
#
# The stages are built on Debian's stable release, by packages of Debian alone beside the two compilers:
# so `make image-check` can carry out these very lines where no image can be pulled.

# The web app, which is the same for every architecture.
FROM --platform=$BUILDPLATFORM node:22-trixie-slim AS app
WORKDIR /src/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN --mount=type=cache,target=/var/cache/npm \
    npm ci --cache /var/cache/npm --ignore-scripts --loglevel error
COPY frontend ./
RUN npm run build

# The server with the app in it. What was compiled before stays in the builder's cache, so that after a
# change only what depends on it is compiled anew. The toolchain is that of rust-toolchain.toml, and
# a test holds it.
FROM rust:1.95.0-slim-trixie AS server
# jemalloc is built by make.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends make \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY bench bench
COPY migrations migrations
COPY server server
COPY --from=app /src/frontend/dist frontend/dist
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target,id=adda-target-$TARGETARCH \
    cargo build --release --locked --workspace --bin adda \
    && install -D target/release/adda /out/adda

# What runs. Debian and not a distroless image: it is some tens of MB more, has a shell for whoever must look
# into a container that misbehaves, and its security updates come by a rebuild as well.
FROM debian:trixie-slim
# The certificates of authorities, for a bucket or a Redis that is reached by TLS.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends ca-certificates \
    && rm -rf /var/lib/apt/lists/* \
    && groupadd --system --gid 10001 adda \
    && useradd --system --uid 10001 --gid adda --no-log-init --home-dir /data --shell /usr/sbin/nologin adda \
    && install --directory --owner adda --group adda --mode 0700 /data /data/media
COPY --from=server /out/adda /usr/local/bin/adda

ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Adda" \
      org.opencontainers.image.description="A self-hosted chat, its engine and its web app in one binary." \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"

# Everything that is kept: the database and the key, where neither comes from outside, and the media. An
# adda.toml there is read.
ENV ADDA_DATA_DIR=/data \
    ADDA_MEDIA_DIR=/data/media
WORKDIR /data
VOLUME /data
# By its number, so that an orchestrator can see that it is not root.
USER 10001:10001
EXPOSE 8000
# Whether it is alive, not whether it is ready: a supervisor that ends unhealthy containers would otherwise
# end all of them when the database is away, and nothing would heal by that.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["adda", "health", "--live"]
ENTRYPOINT ["adda"]
