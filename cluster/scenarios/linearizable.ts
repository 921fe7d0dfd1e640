/**
 * Whether what clients were told fits one order of all operations that also is the order in which they happened.
 *
 * etcd says itself which order that is: every write has a revision, and every read the revision of which it is. So there is
 * nothing to search for: it is enough that the order does not contradict the clock, that every read holds what the history
 * has at its revision, and that no acknowledged write is missing from the history.
 * Where to read upstream: etcd `tests/robustness/validate`; Herlihy and Wing, "Linearizability".
 */
import type { Micros } from '#cluster/kernel/component.ts'

interface Told {
  /** When it was asked for and when it was answered, on one clock. */
  readonly start: Micros
  readonly end: Micros
  readonly key: string
  readonly revision: number
}

export type Operation =
  | ({ readonly type: 'write'; readonly value: unknown } & Told)
  /** `value` undefined: there was no such key. */
  | ({ readonly type: 'read'; readonly value: unknown } & Told)

/** What was written, by revision; a value of undefined: the key was deleted. */
export type WriteHistory = ReadonlyMap<number, { readonly key: string; readonly value: unknown }>

/** @returns what does not fit */
export function linearizabilityProblem(operations: readonly Operation[], history: WriteHistory): string | undefined {
  return againstHistory(operations, history) ?? againstTheClock(operations)
}

const nameOf = ({ type, key, value, revision }: Operation): string =>
  `${type} of ${key} = ${value} at revision ${revision}`

function againstHistory(operations: readonly Operation[], history: WriteHistory): string | undefined {
  const revisions = [...history.keys()].sort((a, b) => a - b)
  for (const operation of operations) {
    const { type, key, value, revision } = operation
    if (type === 'write') {
      const written = history.get(revision)
      if (written?.key === key && written.value === value) continue
      return `an acknowledged write is lost: ${nameOf(operation)}; there is ${written ? `${written.key} = ${written.value}` : 'nothing'}`
    }
    const last = revisions.findLast((at) => at <= revision && history.get(at)!.key === key)
    const expected = last === undefined ? undefined : history.get(last)!.value
    if (expected !== value) return `a read holds what never was: ${nameOf(operation)}; it was ${expected}`
  }
  return undefined
}

/** What began after another had ended comes after it. */
function againstTheClock(operations: readonly Operation[]): string | undefined {
  const byEnd = [...operations].sort((a, b) => a.end - b.end)
  const byStart = [...operations].sort((a, b) => a.start - b.start)
  let newest: Operation | undefined
  let ended = 0
  for (const operation of byStart) {
    while (ended < byEnd.length && byEnd[ended]!.end < operation.start) {
      const before = byEnd[ended++]!
      if (!newest || before.revision > newest.revision) newest = before
    }
    if (!newest) continue
    const isStale =
      operation.type === 'read' ? operation.revision < newest.revision : operation.revision <= newest.revision
    if (isStale) return `stale: ${nameOf(operation)}, asked for after ${nameOf(newest)} was answered`
  }
  return undefined
}
