/**
 * Control characters, line separators and what turns the order of a text around.
 * https://www.unicode.org/reports/tr9/#Directional_Formatting_Characters
 */
// oxlint-disable-next-line no-control-regex -- control characters are what it looks for
const commands = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Makes text from outside harmless for a terminal, which would take escape sequences as commands. */
export function escapeControls(text: string): string {
  return text.replaceAll(commands, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/**
 * JSON that is as harmless: JSON itself escapes the first 32 characters alone. Whoever parses it gets the same.
 *
 * @param indent Spaces. @default all in one line
 * @throws TypeError for what is no JSON
 */
export function toJsonText(value: unknown, indent?: number): string {
  return JSON.stringify(value, null, indent).split('\n').map(escapeControls).join('\n');
}
