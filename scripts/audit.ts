import { npmJson } from './npm-json.ts';

/**
 * Asks npm for known vulnerabilities of what runs in production. Ends with 1 when there is one of high or critical
 * severity. Where the registry cannot be asked, it says so and that nothing was checked, and ends with 0: being offline
 * is no vulnerability.
 */
interface Advisories {
  vulnerabilities: Record<
    string,
    { severity: string; range: string; via: (string | { title?: string; url?: string })[] }
  >;
}

const answer = npmJson('audit', '--omit=dev', '--package-lock-only', '--json');

if (!isAdvisories(answer)) console.log(`NOT CHECKED for known vulnerabilities: ${reasonOf(answer)}`);
else {
  const found = Object.entries(answer.vulnerabilities);
  for (const [name, { severity, range, via }] of found) {
    const titles = via.map((each) => (typeof each === 'string' ? `through ${each}` : `${each.title} ${each.url}`));
    console.log(`${severity}: ${name} ${range || 'at this version'}: ${titles.join('; ')}`);
  }
  const grave = found.filter(([, { severity }]) => severity === 'high' || severity === 'critical');
  console.log(`${found.length} known vulnerabilities in what runs in production, ${grave.length} of them grave`);
  if (grave.length > 0) process.exitCode = 1;
}

function isAdvisories(value: unknown): value is Advisories {
  return typeof value === 'object' && value !== null && 'vulnerabilities' in value && 'auditReportVersion' in value;
}

function reasonOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return 'npm gave no answer';
  if ('statusCode' in value) return `the registry does not offer it (status ${String(value.statusCode)})`;
  const { error } = value as { error?: { code?: string; summary?: string } };
  return `the registry cannot be asked (${error?.summary ?? error?.code ?? 'no reason given'})`.replaceAll(/\s+/g, ' ');
}
