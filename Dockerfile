# A worker for one source of webhooks.config.yaml: polls its queue on SQS, verifies, runs its handler.
#
#   docker build --tag hookport-worker .
#   docker run --rm --env AWS_REGION --env AWS_PROFILE --volume ~/.aws:/home/node/.aws:ro hookport-worker github
#
# `consumer: worker` deploys it to ECS (docs/deploy.md). TypeScript runs as it is, so there is no build step.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# Optional are a Node of the project's own, which the image has, and esbuild's programs, which only a deploy needs; no
# package that a worker needs has an install script. The CDK is a third of what is installed, and a worker never loads it.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
 && rm -rf node_modules/aws-cdk node_modules/aws-cdk-lib node_modules/@aws-cdk node_modules/constructs node_modules/esbuild

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
USER node
# In the form without a shell, so that SIGTERM reaches Node, which lets the deliveries in hand finish.
ENTRYPOINT ["node", "src/cli/hookport.js", "worker"]
