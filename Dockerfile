# A worker for one source of webhooks.config.yaml: polls its queue on SQS, verifies, runs its handler.
#
#   docker build --tag hookport-worker .
#   docker run --rm --env AWS_REGION --env AWS_PROFILE --volume ~/.aws:/home/node/.aws:ro hookport-worker github
#
# `consumer: worker` deploys it to ECS (docs/deploy.md). TypeScript runs as it is, so there is no build step.

FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json ./
# A Node of the project's own, which the image has, esbuild and the CDK, a third of what is installed, are for a deploy alone. They
# are taken away by name: what is optional stays, since packages bring their native code so. No package of ours has an install script.
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
 && cd node_modules \
 && rm -rf aws-cdk aws-cdk-lib @aws-cdk constructs esbuild @esbuild node-linux-*

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY . .
USER node
# In the form without a shell, so that SIGTERM reaches Node, which lets the deliveries in hand finish.
ENTRYPOINT ["node", "src/cli/hookport.js", "worker"]
