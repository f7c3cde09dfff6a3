import { InvalidArgumentError } from 'commander';

/** Reads an option that says how many, 1 to `most`. @throws InvalidArgumentError */
export function upTo(most: number): (text: string) => number {
  return (text) => {
    if (!/^[1-9]\d{0,8}$/.test(text) || Number(text) > most)
      throw new InvalidArgumentError(`how many is a number from 1 to ${most}.`);
    return Number(text);
  };
}
