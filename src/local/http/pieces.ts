const blockBytes = 16 * 1024;

/**
 * What came of a body. A Buffer takes some hundred bytes beside its own, so that a body in chunks of one byte would take hundreds
 * of times what is counted of it: what is short is copied into blocks, but for the first piece, which mostly is all.
 */
export function createPieces() {
  let pieces: Buffer[] = [];
  let block: Buffer | undefined;
  let used = 0;
  const endBlock = () => {
    if (block) pieces.push(block.subarray(0, used));
    block = undefined;
    used = 0;
  };
  const clear = () => {
    pieces = [];
    block = undefined;
    used = 0;
  };
  return {
    clear,
    add(piece: Buffer): void {
      if (pieces.length === 0 || piece.length > blockBytes) {
        endBlock();
        pieces.push(piece);
        return;
      }
      if (used + piece.length > blockBytes) endBlock();
      block ??= Buffer.allocUnsafeSlow(blockBytes);
      used += piece.copy(block, used);
    },
    joined(length: number): Buffer {
      endBlock();
      const [first] = pieces;
      return first && pieces.length === 1 ? first : Buffer.concat(pieces, length);
    },
  };
}
