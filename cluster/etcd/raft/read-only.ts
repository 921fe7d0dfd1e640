/**
 * Reads that wait for the proof that this leader is still the leader: a heartbeat answered by a quorum after the read came.
 *
 * Where to read upstream: etcd-io/raft `read_only.go`; Ongaro's dissertation, section 6.4.
 */
import type { Message } from './messages.ts'

export type ReadOnlyOption =
  /** Asks a quorum for each read. */
  | 'ReadOnlySafe'
  /** Trusts the lease that CheckQuorum gives: wrong when clocks drift without bound. */
  | 'ReadOnlyLeaseBased'

/** The answer: what is applied up to `index` is fresh enough for this read. */
export interface ReadState {
  readonly index: number
  readonly requestCtx: string
}

interface PendingRead {
  readonly request: Message
  /** The commit index when it came. */
  readonly index: number
  readonly acks: readonly number[]
}

/** Oldest first; an answer for one confirms all before it. */
export type ReadQueue = readonly PendingRead[]

const contextOf = ({ request }: PendingRead): string => request.context!

export function addRead(queue: ReadQueue, index: number, request: Message): ReadQueue {
  if (queue.some((read) => contextOf(read) === request.context)) return queue
  return [...queue, { request, index, acks: [] }]
}

/** Notes an answer. @returns the new queue, and who has answered for this read by now */
export function ackRead(queue: ReadQueue, from: number, context: string): [ReadQueue, ReadonlyMap<number, boolean>] {
  const at = queue.findIndex((read) => contextOf(read) === context)
  if (at < 0) return [queue, new Map()]
  const read = queue[at]!
  const acks = read.acks.includes(from) ? read.acks : [...read.acks, from]
  return [queue.with(at, { ...read, acks }), new Map(acks.map((id) => [id, true]))]
}

/** Splits off the read with this context and all before it. */
export function confirmedReads(queue: ReadQueue, context: string): [confirmed: ReadQueue, rest: ReadQueue] {
  const at = queue.findIndex((read) => contextOf(read) === context)
  return [queue.slice(0, at + 1), queue.slice(at + 1)]
}

/** The read that the next heartbeat is to confirm: the newest, and so all. */
export const lastPendingContext = (queue: ReadQueue): string | undefined => queue.at(-1)?.request.context
