/** Bytes that stand one behind the other in the log, and in several places in memory. */
type Pieces = readonly Uint8Array[];

export function lengthOf(pieces: Pieces): number {
  return pieces.reduce((sum, { length }) => sum + length, 0);
}

/** The first `length` bytes; all of them where there are fewer. */
export function firstOf(pieces: Pieces, length: number): Pieces {
  if (lengthOf(pieces) <= length) return pieces;
  const first: Uint8Array[] = [];
  let left = length;
  for (const piece of pieces) {
    if (left === 0) break;
    first.push(piece.subarray(0, left));
    left -= Math.min(left, piece.length);
  }
  return first;
}

/** What there is behind the first `length` bytes. */
export function withoutFirst(pieces: Pieces, length: number): Pieces {
  let left = length;
  return pieces.flatMap((piece) => {
    const skipped = Math.min(left, piece.length);
    left -= skipped;
    return skipped < piece.length ? [piece.subarray(skipped)] : [];
  });
}
