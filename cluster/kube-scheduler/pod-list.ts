/**
 * The Pods of one node, as a value that is replaced and never changed. A node of a test or of a big machine may hold tens of
 * thousands: so that one more does not copy them all, they lie in pieces, and only the piece that changes is made anew.
 */
import type { Pod } from '#cluster/api/types.ts'

export interface PodList {
  readonly length: number
  /** In the order in which they came; none is empty. */
  readonly pieces: readonly (readonly Pod[])[]
}

/** Pods in a piece: one node in a hundred has more than two. */
const PIECE_MAX = 64

const NO_PODS: PodList = Object.freeze({ length: 0, pieces: Object.freeze([]) })

export const podListOf = (pods: Iterable<Pod>): PodList => {
  let list = NO_PODS
  for (const pod of pods) list = withOne(list, pod)
  return list
}

export const podsOf = ({ pieces }: PodList): Pod[] => pieces.flat()

export const somePod = ({ pieces }: PodList, holds: (pod: Pod) => boolean): boolean =>
  pieces.some((piece) => piece.some(holds))

export function withOne({ length, pieces }: PodList, pod: Pod): PodList {
  const last = pieces.length - 1
  const goesOn = last >= 0 && pieces[last]!.length < PIECE_MAX
  const changed = goesOn ? [...pieces[last]!, pod] : [pod]
  return { length: length + 1, pieces: goesOn ? pieces.with(last, changed) : [...pieces, changed] }
}

/** `pod` must be the very object that was added. */
export function withoutOne(list: PodList, pod: Pod): PodList {
  const { length, pieces } = list
  // Those that came last go first, more often than not.
  for (let at = pieces.length - 1; at >= 0; at--) {
    const place = pieces[at]!.indexOf(pod)
    if (place < 0) continue
    const left = pieces[at]!.toSpliced(place, 1)
    const next = pieces[at + 1]
    // Crumbs are put together, so that the pieces stay few.
    if (left.length === 0) return { length: length - 1, pieces: pieces.toSpliced(at, 1) }
    if (next !== undefined && left.length + next.length <= PIECE_MAX / 2)
      return { length: length - 1, pieces: pieces.toSpliced(at, 2, [...left, ...next]) }
    return { length: length - 1, pieces: pieces.with(at, left) }
  }
  return list
}
