import type { Random } from '../random.ts';

/** What of the unsynced survives a power cut: nothing; all, but of the last write only some sectors; any sectors. */
export type Survival = 'nothing' | 'torn' | 'some';

export const survivals: readonly Survival[] = ['nothing', 'torn', 'some'];

export type Edit = { kind: 'write'; offset: number; data: Buffer } | { kind: 'truncate'; length: number };

const sectorBytes = 512;

/** One file: what is safely on the disk, and what was done since. */
export class DiskFile {
  private durable: Buffer = Buffer.alloc(0);
  private pending: Edit[] = [];
  private made = 0;

  edit(edit: Edit): void {
    this.pending.push(edit);
    this.made += 1;
  }

  /** A sync that begins now will cover so many edits, counted from the first. */
  get edits(): number {
    return this.made;
  }

  synced(edits: number): void {
    const count = edits - (this.made - this.pending.length);
    if (count <= 0) return;
    for (const edit of this.pending.splice(0, count)) this.durable = edited(this.durable, edit);
  }

  get hasUnsynced(): boolean {
    return this.pending.length > 0;
  }

  /** As it is, to whoever reads it while the power is on. */
  get content(): Buffer {
    return this.pending.reduce(edited, Buffer.from(this.durable));
  }

  afterCut(survival: Survival, random: Random): Buffer {
    if (survival === 'nothing' || this.pending.length === 0) return this.durable;
    if (survival === 'some') return someSectors(this.durable, this.pending, random);
    const before = this.pending.slice(0, -1).reduce(edited, Buffer.from(this.durable));
    return someSectors(before, this.pending.slice(-1), random);
  }
}

/** In place where it fits: a copy of megabytes for each edit takes most of the time of a run. */
function edited(bytes: Buffer, edit: Edit): Buffer {
  if (edit.kind === 'truncate') return resized(bytes, edit.length);
  const whole = end(edit) <= bytes.length ? bytes : resized(bytes, end(edit));
  edit.data.copy(whole, edit.offset);
  return whole;
}

/** A copy, cut off or filled with zeros. */
function resized(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(length);
  bytes.copy(copy);
  return copy;
}

/**
 * The operating system writes sectors back when it likes, each as it is at that moment: for each sector the first few of
 * its writes have come to the disk, for each another number. The length is what it was at one of those moments.
 */
function someSectors(bytes: Buffer, edits: readonly Edit[], random: Random): Buffer {
  const lengths = [bytes.length];
  for (const edit of edits)
    lengths.push(edit.kind === 'truncate' ? edit.length : Math.max(lengths.at(-1) ?? 0, end(edit)));
  const target = resized(bytes, Math.max(...lengths));
  const likely = random.next();
  const stopped = new Set<number>();
  for (const edit of edits) {
    if (edit.kind !== 'write') continue;
    for (let sector = Math.floor(edit.offset / sectorBytes); sector * sectorBytes < end(edit); sector++) {
      if (stopped.has(sector)) continue;
      if (random.next() > likely) {
        stopped.add(sector);
        continue;
      }
      const from = Math.max(edit.offset, sector * sectorBytes);
      const to = Math.min(end(edit), (sector + 1) * sectorBytes);
      edit.data.copy(target, from, from - edit.offset, to - edit.offset);
    }
  }
  return target.subarray(0, random.pick(lengths));
}

function end({ offset, data }: { offset: number; data: Buffer }): number {
  return offset + data.length;
}
