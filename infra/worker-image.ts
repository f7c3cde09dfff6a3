import { isAbsolute } from 'node:path';
import { DockerImageAsset, Platform } from 'aws-cdk-lib/aws-ecr-assets';
import type { WorkerClusterProps } from './constructs/worker-cluster.ts';

const platforms = { x86_64: Platform.LINUX_AMD64, arm64: Platform.LINUX_ARM64 };

/**
 * The image that the `Dockerfile` at the project's root makes. Its asset is the whole project without what `.dockerignore`
 * names, so any change of it rolls the workers; the image is built by `cdk deploy`, which needs Docker for it, or what
 * `CDK_DOCKER` names.
 *
 * @param config The configuration, relative to the root.
 * @throws RangeError when it lies outside of the project, and so of the image
 */
export function workerImage(root: string, config: string): WorkerClusterProps['imageOf'] {
  return (scope, architecture) => {
    if (config.startsWith('..') || isAbsolute(config))
      throw new RangeError(
        `${config} lies outside of the project, so no worker’s image would hold it; move it into the project`,
      );
    const asset = new DockerImageAsset(scope, `Image-${architecture}`, {
      directory: root,
      platform: platforms[architecture],
    });
    return { uri: asset.imageUri, repositoryArn: asset.repository.repositoryArn, config };
  };
}
