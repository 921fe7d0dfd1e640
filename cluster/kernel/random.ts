/**
 * Chance, made of arithmetic that is the same in every host.
 *
 * One 32-bit counter per stream (the mulberry32 generator): plain data, so it forks for free. Streams are told apart by
 * seed, process and name, so that a new consumer of chance never disturbs the others.
 */

/** FNV-1a over UTF-16 code units, as an unsigned 32-bit integer. */
export function hashString(text: string, seed = 0x811c9dc5): number {
  let hash = seed >>> 0
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i)
    hash = Math.imul(hash, 0x01000193)
  }
  return hash >>> 0
}

/** The counter after one draw. */
export function advance(counter: number): number {
  return (counter + 0x6d2b79f5) >>> 0
}

/** The draw that belongs to a counter: uniform over unsigned 32-bit integers. */
export function draw(counter: number): number {
  let x = Math.imul(counter ^ (counter >>> 15), counter | 1)
  x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
  return (x ^ (x >>> 14)) >>> 0
}

/** A generator of its own, for code outside any world (test case generators, the grader's seeds). */
export function randomFrom(seed: number, name = ''): { float(): number; int(below: number): number } {
  let counter = (hashString(name) ^ Math.imul(seed | 0, 0x9e3779b1)) >>> 0
  const next = () => draw((counter = advance(counter)))
  return {
    float: () => next() / 4294967296,
    int: (below) => Math.floor((next() / 4294967296) * below),
  }
}
