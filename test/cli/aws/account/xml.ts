/** Elements of AWS's query protocol, one for each entry. */
export function tags(values: Readonly<Record<string, string>>): string {
  return Object.entries(values)
    .map(([name, value]) => `<${name}>${escape(value)}</${name}>`)
    .join('');
}

export function members(contents: readonly string[]): string {
  return contents.map((content) => `<member>${content}</member>`).join('');
}

export function ok(action: string, result: string): { status: number; body: string } {
  return {
    status: 200,
    body: `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`,
  };
}

export function failure(code: string, message: string): { status: number; body: string } {
  return {
    status: 400,
    body: `<ErrorResponse><Error><Type>Sender</Type>${tags({ Code: code, Message: message })}</Error></ErrorResponse>`,
  };
}

function escape(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
