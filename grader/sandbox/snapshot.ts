/**
 * A snapshot of a machine's memory: which of it there is to keep, and how another machine is cleared of what it had before.
 * Of a machine's six megabytes a twelfth is ever written to. What was not is known, for the stack by the meter's mark and for the
 * heap by the allocator's own word, and neither read nor cleared.
 */
import { cStack } from './engine-pin.ts'

type Pointer = number

/** An address above all others; a counter that does not run out. */
export const unlimited = 0x7fffffff

/** 4 KiB: small enough to leave out what is empty, large enough to copy quickly. */
const snapshotPageWords = 1024

/** Everything needed to make a prepared machine, of a new one or of one that was used before. */
export interface Snapshot {
  /** How large the memory had grown, in 64 KiB. */
  memoryPages: number
  /** In order, whole pages of 4 KiB: what is neither empty nor as a new instance has it. All between is zero. */
  runs: { offset: number; bytes: Uint8Array }[]
  /** What the runs are parts of. */
  storage: Uint8Array
  runtime: Pointer
  context: Pointer
  bridge: Pointer
  adapter: Pointer
}

/** Which pages of these are not empty. */
export function filledPages(words: Int32Array): ReadonlySet<number> {
  const filled = new Set<number>()
  for (let page = 0; page * snapshotPageWords < words.length; page++) {
    if (!isZero(words, page * snapshotPageWords, (page + 1) * snapshotPageWords)) filled.add(page)
  }
  return filled
}

interface Range {
  readonly offset: number
  readonly end: number
}

/**
 * Whole pages of 4 KiB, in order, those side by side together: all but those that are zero, and not among `filledBefore`, which
 * are not zero in a new machine. Nothing was written to the stack below `lowest`, nor from `heapEnd` on.
 */
export function usedRanges(
  now: Int32Array,
  filledBefore: ReadonlySet<number>,
  lowest: number,
  heapEnd: number,
): Range[] {
  const isLeftOut = (page: number): boolean => {
    const [start, end] = [page * snapshotPageWords, (page + 1) * snapshotPageWords]
    if (4 * start >= cStack.bottom && 4 * end <= lowest) return true
    return !filledBefore.has(page) && isZero(now, start, end)
  }
  const pages = Math.ceil(heapEnd / (4 * snapshotPageWords))
  const ranges: Range[] = []
  for (let page = 0; page < pages; page++) {
    if (isLeftOut(page)) continue
    const first = page
    while (page + 1 < pages && !isLeftOut(page + 1)) page++
    ranges.push({ offset: 4 * first * snapshotPageWords, end: 4 * (page + 1) * snapshotPageWords })
  }
  return ranges
}

/** Copies ranges into `storage`, or into a new one where that is missing or too small. */
export function copyOut(bytes: Uint8Array, ranges: readonly Range[], storage?: Uint8Array) {
  const length = ranges.reduce((sum, { offset, end }) => sum + end - offset, 0)
  const roomy = storage && storage.length >= length ? storage : new Uint8Array(65_536 * Math.ceil(length / 65_536))
  let at = 0
  const runs = ranges.map(({ offset, end }): Snapshot['runs'][number] => {
    const kept = roomy.subarray(at, (at += end - offset))
    kept.set(bytes.subarray(offset, end))
    return { offset, bytes: kept }
  })
  return { runs, storage: roomy }
}

/** The lowest page of the stack that the snapshot has. A run may begin in the static data, whose last page is the stack's first. */
export function lowestIn({ runs }: Snapshot): number {
  const pageSize = 4 * snapshotPageWords
  const stack = pageSize * Math.ceil(cStack.bottom / pageSize)
  const run = runs.find(({ offset, bytes }) => offset + bytes.length > stack)
  return run === undefined ? unlimited : Math.max(run.offset, stack)
}

/** Zero from `start` to `end`, but for the part of the stack that is below `lowest`: nothing has ever been written there. */
export function clear(bytes: Uint8Array, start: number, end: number, lowest: number): void {
  if (start < cStack.bottom) bytes.fill(0, start, Math.min(end, cStack.bottom))
  if (end > Math.max(start, lowest)) bytes.fill(0, Math.max(start, lowest), end)
}

/** Eight words at a time: five of a machine's six megabytes are empty, and a snapshot reads them all. */
function isZero(words: Int32Array, start: number, end: number): boolean {
  for (let i = start; i < end; i += 8) {
    const low = words[i]! | words[i + 1]! | words[i + 2]! | words[i + 3]!
    if ((low | words[i + 4]! | words[i + 5]! | words[i + 6]! | words[i + 7]!) !== 0) return false
  }
  return true
}
