/**
 * Expectations: what a controller has asked for and not yet seen come back through its watch.
 *
 * A cache lags. A controller that counts it again right after it has created three Pods still sees none, and would create
 * three more. So it notes what it expects, and does not act on a key until the watch has shown it (or five minutes went by).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/controller_utils.go` (ControllerExpectations).
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

interface Expectation {
  readonly creations: number
  /** Keys of objects whose deletion has yet to be seen; a set, since a deletion is told more than once. */
  readonly deletions: readonly string[]
  readonly since: Micros
}

export interface Expectations {
  byKey: Table<string, Expectation>
}

/** Upstream's ExpectationsTimeout. */
const TIMEOUT_MICROS = 5 * 60_000_000

export function createExpectations(): Expectations {
  return { byKey: new Table() }
}

/** Nothing is outstanding, or it has been for so long that the note is not to be trusted. */
export function areSatisfied(expectations: Expectations, key: string, now: Micros): boolean {
  const expected = expectations.byKey.get(key)
  if (!expected) return true
  return (expected.creations <= 0 && expected.deletions.length === 0) || now - expected.since > TIMEOUT_MICROS
}

export function expectCreations(expectations: Expectations, key: string, count: number, now: Micros): void {
  expectations.byKey.set(key, { creations: count, deletions: [], since: now })
}

export function expectDeletions(
  expectations: Expectations,
  key: string,
  objects: readonly string[],
  now: Micros,
): void {
  expectations.byKey.set(key, { creations: 0, deletions: objects, since: now })
}

/** Seen, or known never to come: a call that failed, one that was not made. */
export function creationObserved(expectations: Expectations, key: string, count = 1): void {
  const expected = expectations.byKey.get(key)
  if (expected && expected.creations > 0) {
    expectations.byKey.set(key, { ...expected, creations: Math.max(expected.creations - count, 0) })
  }
}

export function deletionObserved(expectations: Expectations, key: string, object: string): void {
  const expected = expectations.byKey.get(key)
  if (!expected?.deletions.includes(object)) return
  expectations.byKey.set(key, { ...expected, deletions: expected.deletions.filter((other) => other !== object) })
}

export function forgetExpectations(expectations: Expectations, key: string): void {
  expectations.byKey.delete(key)
}
