import { stripVTControlCharacters } from 'node:util';

/** A longer line is told in pieces: nobody may have us gather without end. */
const maxLength = 8192;

/** Makes lines of what is printed. */
export interface PrintedLines {
  add(text: string): void;
  /** Tells a last line that has no line feed. */
  end(): void;
}

/** Tells each line that a thread prints, without colours. Empty ones are left out. */
export function createPrintedLines(tell: (line: string) => void): PrintedLines {
  let rest = '';
  const tellUnlessEmpty = (line: string) => {
    const text = stripVTControlCharacters(line).trimEnd();
    if (text !== '') tell(text);
  };
  return {
    add(chunk) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) tellUnlessEmpty(line);
      for (; rest.length > maxLength; rest = rest.slice(maxLength)) tellUnlessEmpty(rest.slice(0, maxLength));
    },
    end() {
      tellUnlessEmpty(rest);
      rest = '';
    },
  };
}
