import { type Document, isMap, isNode, isScalar, isSeq, type Pair, type YAMLMap } from 'yaml';
import type { Finding } from './issue.ts';

/** Tells at which offset of the text a finding stands: at the deepest node on its path that the document has. */
export function createPlaces(document: Document.Parsed): (finding: Pick<Finding, 'path' | 'at'>) => number {
  const pairOf = createPairIndex();
  return ({ path, at }) => {
    let node: unknown = document.contents;
    let offset = startOf(node) ?? 0;
    for (const [index, step] of path.entries()) {
      if (isMap(node)) {
        const pair = pairOf(node, String(step));
        if (!pair) return offset;
        const last = index === path.length - 1;
        // A map stands on the lines below its key; the key is what a person looks for.
        const byKey = last && (at === 'key' || isMap(pair.value));
        // An empty value has the place of its key: there is nothing else to point to.
        offset = startOf(byKey ? pair.key : (pair.value ?? pair.key)) ?? offset;
        node = pair.value;
      } else if (isSeq(node)) {
        node = node.items[Number(step)];
        offset = startOf(node) ?? offset;
      } else return offset;
    }
    return offset;
  };
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}

/** Finds pairs by key without going through the whole map for each. */
function createPairIndex(): (map: YAMLMap, key: string) => Pair | undefined {
  const byMap = new Map<YAMLMap, Map<unknown, Pair>>();
  return (map, key) => {
    let pairs = byMap.get(map);
    if (!pairs) {
      pairs = new Map(map.items.map((pair) => [isScalar(pair.key) ? pair.key.value : undefined, pair]));
      byMap.set(map, pairs);
    }
    return pairs.get(key);
  };
}
