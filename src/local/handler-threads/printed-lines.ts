import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';

/** A longer line is told in pieces: nobody may have us gather without end. */
const maxLength = 8192;

/** Tells each line that a thread prints, without colours. Empty ones are left out. */
export function onPrintedLines(stream: Readable, tell: (line: string) => void): void {
  let rest = '';
  const tellUnlessEmpty = (line: string) => {
    const text = stripVTControlCharacters(line).trimEnd();
    if (text !== '') tell(text);
  };
  stream.setEncoding('utf8');
  stream.on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) tellUnlessEmpty(line);
    for (; rest.length > maxLength; rest = rest.slice(maxLength)) tellUnlessEmpty(rest.slice(0, maxLength));
  });
  stream.on('end', () => tellUnlessEmpty(rest));
}
