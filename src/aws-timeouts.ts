/**
 * How long a client of the AWS SDK waits for each of its attempts, for its `requestHandler`. Without
 * `throwOnRequestTimeout` the SDK only warns when `requestTimeout` is over, and goes on waiting without end.
 *
 * @param requestTimeout milliseconds from the request to the end of its answer
 * @see https://github.com/smithy-lang/smithy-typescript/blob/main/packages/types/src/http/httpHandlerInitialization.ts
 */
export function awsTimeouts(requestTimeout: number) {
  return { connectionTimeout: 1000, requestTimeout, throwOnRequestTimeout: true } as const;
}
