/**
 * The work queue: each key at most once in line, never worked on twice at a time, and slower after each failure.
 *
 * Where to read upstream: client-go `util/workqueue/{queue,default_rate_limiters}.go`.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

export interface WorkQueue {
  /** Keys in line, in the order in which they came. Invariant: disjoint from `processing`. */
  waiting: Table<string, true>
  /** Keys being worked on; `true` when they must be done again. */
  processing: Table<string, boolean>
  /** Failures in a row per key. */
  failures: Table<string, number>
}

/** Per-item exponential back-off of the default controller rate limiter: 5 ms doubling to 1,000 s. */
const RETRY_MIN_MICROS = 5_000
const RETRY_MAX_MICROS = 1_000_000_000

export function createWorkQueue(): WorkQueue {
  return { waiting: new Table(), processing: new Table(), failures: new Table() }
}

export function add(queue: WorkQueue, key: string): void {
  if (queue.processing.has(key)) queue.processing.set(key, true)
  else if (!queue.waiting.has(key)) queue.waiting.set(key, true)
}

/** The next key, now being worked on. */
export function take(queue: WorkQueue): string | undefined {
  if (queue.waiting.size === 0) return undefined
  const key = queue.waiting.takeOldest()!
  queue.processing.set(key, false)
  return key
}

/** The work is done; a key that was added meanwhile goes back in line. */
export function done(queue: WorkQueue, key: string): void {
  const again = queue.processing.get(key)
  queue.processing.delete(key)
  if (again) queue.waiting.set(key, true)
}

/** Counts a failure; returns how long to wait before the next try. */
export function retryAfter(queue: WorkQueue, key: string): Micros {
  const failures = queue.failures.get(key) ?? 0
  queue.failures.set(key, failures + 1)
  return Math.min(RETRY_MIN_MICROS * 2 ** Math.min(failures, 30), RETRY_MAX_MICROS)
}

export function forget(queue: WorkQueue, key: string): void {
  queue.failures.delete(key)
}
