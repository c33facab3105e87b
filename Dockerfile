# The operator's image: one bundle, the Node binary and the libraries that it loads. No shell, no package manager.
ARG NODE_IMAGE=node:24.21.0-bookworm-slim

FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY tsconfig.json ./
COPY scripts ./scripts
COPY src ./src
RUN npm run build
# Node with every shared library under its own path, found by the loader itself.
RUN mkdir -p /image/etc \
  && node="$(readlink -f "$(command -v node)")" \
  && ldd "$node" | grep -o '/[^ ]*' | sort -u | xargs -I{} cp --parents --dereference {} /image/ \
  && install -D "$node" /image/usr/local/bin/node \
  && install -D -m 0444 dist/calico-operator.mjs /image/calico-operator.mjs \
  && printf 'nonroot:x:65532:65532::/:/sbin/nologin\n' > /image/etc/passwd

FROM scratch
COPY --from=build /image /
USER 65532:65532
ENTRYPOINT ["/usr/local/bin/node", "/calico-operator.mjs"]
CMD ["run"]
