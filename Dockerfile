# Two stages: one with compilers that runs the same set-up as a clone does, one with what it made.
FROM node:20-bookworm-slim AS build
WORKDIR /app
# The set-up installs the system libraries itself: here it is root.
COPY package.json package-lock.json .npmrc tsconfig.json tsconfig.base.json ./
COPY scripts scripts
COPY models models
COPY db db
COPY packages packages
COPY services services
COPY apps apps
COPY bench bench
COPY tests tests
# The caches of apt, npm and the native builds are of no use in a layer.
RUN mkdir -p storage \
  && node scripts/setup.mjs \
  && npm prune --omit=dev --ignore-scripts \
  && rm -rf /root/.cache /root/.npm /var/lib/apt/lists/*

FROM node:20-bookworm-slim
RUN apt-get update \
  && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
    libopencv-core406 libopencv-imgproc406 libopencv-imgcodecs406 libopencv-objdetect406 \
    libopencv-highgui406 libopencv-videoio406 opencv-data libopenblas0-pthread liblapack3 libgomp1 \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=build /app /app
# The code belongs to root; the one folder that is written belongs to the user who runs it.
RUN rm -rf storage && mkdir storage && chown node:node storage
USER node
ENV NODE_ENV=production HOST=0.0.0.0 PORT=8000
EXPOSE 8000
VOLUME /app/storage
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/readyz`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
# Services get 20 s to finish their work, the database then its own.
STOPSIGNAL SIGTERM
CMD ["node", "scripts/start.mjs", "--no-setup"]
