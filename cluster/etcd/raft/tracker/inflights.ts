/**
 * The window of append messages that a follower has been sent and has not acknowledged.
 *
 * Where to read upstream: etcd-io/raft `tracker/inflights.go` (a ring there; a short list here).
 */

interface Inflight {
  /** Index of the last entry of the message. */
  readonly index: number
  readonly bytes: number
}

export interface Inflights {
  /** Messages that may be under way. */
  readonly size: number
  /** Bytes that may be under way; a message that goes beyond is still let through. */
  readonly maxBytes: number
  bytes: number
  /** Invariant: indexes ascend. */
  window: Inflight[]
}

export const createInflights = (size: number, maxBytes: number): Inflights => ({ size, maxBytes, bytes: 0, window: [] })

export const isFull = ({ size, maxBytes, bytes, window }: Inflights): boolean =>
  window.length >= size || bytes >= maxBytes

export function addInflight(inflights: Inflights, index: number, bytes: number): void {
  if (isFull(inflights)) throw new Error('cannot add into a Full inflights')
  inflights.window.push({ index, bytes })
  inflights.bytes += bytes
}

/** Frees every message whose last entry is at `index` or before. */
export function freeInflights(inflights: Inflights, index: number): void {
  const { window } = inflights
  let free = 0
  while (free < window.length && window[free]!.index <= index) inflights.bytes -= window[free++]!.bytes
  if (free > 0) inflights.window = window.slice(free)
}

export function resetInflights(inflights: Inflights): void {
  inflights.window = []
  inflights.bytes = 0
}
