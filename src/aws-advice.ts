/** What to set where the SDK could not even ask AWS, behind what it says itself; '' for any other error. */
export function awsAdvice(error: unknown): string {
  const message = error instanceof Error ? error.message : '';
  if (/^Region (is missing|not accepted)/.test(message)) return '; set AWS_REGION, such as eu-central-1';
  if (message === 'Could not load credentials from any providers')
    return '; set AWS_PROFILE, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY';
  return '';
}
