/**
 * Indexed Jobs: each Pod has a number, and each number must succeed once.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/job/indexed_job_utils.go`.
 */
import type { Pod } from '#cluster/api/types.ts'

export const INDEX = 'batch.kubernetes.io/job-completion-index'

export function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[INDEX]
  return text === undefined ? undefined : Number(text)
}

/** `0-3,5` to numbers. */
export function parseIndexes(text = ''): ReadonlySet<number> {
  const indexes = new Set<number>()
  for (const part of text.split(',').filter(Boolean)) {
    const [first, last = first] = part.split('-').map(Number)
    for (let index = first!; index <= last!; index++) indexes.add(index)
  }
  return indexes
}

export function formatIndexes(indexes: ReadonlySet<number>): string {
  const parts: string[] = []
  const sorted = [...indexes].sort((a, b) => a - b)
  for (let from = 0; from < sorted.length;) {
    let to = from
    while (sorted[to + 1] === sorted[to]! + 1) to++
    parts.push(to === from ? `${sorted[from]}` : `${sorted[from]}${to === from + 1 ? ',' : '-'}${sorted[to]}`)
    from = to + 1
  }
  return parts.join(',')
}
