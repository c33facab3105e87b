# The operator's image: one bundle, Node and the libraries that it loads. No shell, no package manager.
#
#   docker build --tag calico-operator .
#   docker buildx build --platform linux/amd64,linux/arm64,linux/ppc64le,linux/s390x --tag … --push .
#
# Base of all stages, for each platform: Node 24 with npm and glibc. Pin it by digest for a release: node:…@sha256:…
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

# The bundle is the same on every platform, so it is made on that of the builder, which BuildKit tells.
ARG BUILDPLATFORM
FROM --platform=${BUILDPLATFORM:-linux/amd64} ${NODE_IMAGE} AS build
# made: from the sources, with the packages of the lock file. given: dist/ of the build context, by npm run build -- --sbom.
ARG BUNDLE=made
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN test "$BUNDLE" = given || npm ci --ignore-scripts
COPY . .
RUN test "$BUNDLE" = given || npm run build -- --sbom

FROM ${NODE_IMAGE} AS content
# Seconds since 1970: the time of every file. The same sources and base give the same layer.
ARG SOURCE_DATE_EPOCH=0
COPY --from=build /src/dist /build/dist
COPY package.json scripts/image /build/
RUN ["node", "/build/collect.ts", "/build/dist", "/image"]

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
