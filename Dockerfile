# The operator's image: one bundle, Node and the libraries that it loads. No shell, no package manager.
#
#   docker build --tag calico-operator .
#   docker buildx build --platform linux/amd64,linux/arm64,linux/ppc64le,linux/s390x --tag … --push .
#
# What the image's Node and libraries come from, for each platform: an image with Node 24 and glibc. Nothing of it is run. Pin it
# by digest for a release: node:24.21.0-bookworm-slim@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim
# What the bundle is made with, on the platform of the builder: an image with Node 24 and npm. Pin it, too.
ARG BUILD_IMAGE=${NODE_IMAGE}

# The bundle is the same on every platform. BuildKit tells which one the builder's is.
ARG BUILDPLATFORM
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${BUILD_IMAGE} AS build
# made: from the sources, with the packages of the lock file. given: dist/ of the build context, by npm run build -- --sbom.
ARG BUNDLE=made
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN test "$BUNDLE" = given || npm ci --ignore-scripts
COPY . .
RUN test "$BUNDLE" = given || npm run build -- --sbom

FROM ${NODE_IMAGE} AS base

# On the builder's platform as well, so that no platform has to be emulated.
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${BUILD_IMAGE} AS content
# Seconds since 1970: the time of every file. The same sources and base give the same layer.
ARG SOURCE_DATE_EPOCH=0
COPY --from=base / /base
COPY --from=build /src/dist /build/dist
COPY package.json scripts/image /build/
RUN ["node", "/build/collect.ts", "/build/dist", "/base", "/image"]

FROM scratch
ARG NODE_IMAGE
LABEL org.opencontainers.image.title="calico-operator" \
  org.opencontainers.image.description="Kubernetes operator that installs and runs Calico" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.base.name="${NODE_IMAGE}"
COPY --from=content /image /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "/calico-operator.mjs"]
CMD ["run"]
