/** Something wrong in the configuration, with its place. Lines and columns count from 1. */
export interface Issue {
  file: string;
  line: number;
  column: number;
  /** What is wrong and what to do, without a final period. */
  message: string;
}

/** `webhooks.config.yaml:12:15: unknown provider "gihub"; did you mean "github"?` */
export function formatIssue(issue: Issue): string {
  return printable(`${issue.file}:${issue.line}:${issue.column}: ${issue.message}`);
}

/** Control characters that stand in a file must not reach a terminal. */
function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}

/** Keys and indexes from the root of the YAML. */
export type ConfigPath = readonly (string | number)[];

/** What a rule finds: where and what. `at: 'key'` points to the key instead of its value. */
export interface Finding {
  path: ConfigPath;
  at?: 'key' | 'value';
  message: string;
}
