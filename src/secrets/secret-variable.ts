/** The environment variable that holds a source's signing secret on one machine: `my-app` → `MY_APP_WEBHOOK_SECRET`. */
export function secretVariable(source: string): string {
  return `${source.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}_WEBHOOK_SECRET`;
}
