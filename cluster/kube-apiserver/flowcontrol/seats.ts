/**
 * Priority and fairness: the seats of a level, and the queues before them.
 *
 * A level has its share of the server's seats. When they are taken, a request waits in the shortest of a few queues that its flow
 * was dealt (shuffle sharding: a flow that sends too much fills its own queues, and hardly all of anybody else's); queues take
 * turns by how much they were served. A level that may not queue, or whose queue is full, answers 429.
 * What we model: seats by shares, wide lists that take several, dealing, fair turns, exemption, rejection.
 * What we leave out: seats that levels lend each other, the extra time that a write keeps its seat for its watchers, the quarter
 * of a minute after which who waits is told to come again.
 * Where to read upstream: apiserver `pkg/util/flowcontrol/fairqueuing/queueset`, `pkg/util/shufflesharding`,
 * `pkg/util/flowcontrol/request`.
 */
import { sha256 } from '#cluster/kernel/sha256.ts'
import { storedAs, keyOf } from '#cluster/api/resources.ts'
import type { HttpRequest } from '#cluster/api/http.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { FlowState, Level, Queue, Seated, State } from '../state.ts'
import type { Flow } from './classify.ts'
import type { PriorityLevelConfiguration } from './types.ts'

const OBJECTS_PER_SEAT = 100
const SEATS_MAX = 10
const QUEUES_DEFAULT = 64
const HAND_DEFAULT = 8
const QUEUE_LENGTH_DEFAULT = 50

/** How many seats a request takes: a list of much is much work. */
export function widthOf({ caches }: Pick<State, 'caches'>, info: RequestInfo, request: HttpRequest): number {
  if (info.verb !== 'list') return 1
  const there = caches[keyOf(storedAs(info.resource))]?.objects.size ?? 0
  const limit = Number(request.query?.['limit'] ?? 0)
  const count = limit > 0 ? Math.min(limit, there) : there
  return Math.max(1, Math.min(SEATS_MAX, Math.ceil(count / OBJECTS_PER_SEAT)))
}

const sharesOf = ({ spec }: PriorityLevelConfiguration): number => spec.limited?.nominalConcurrencyShares ?? 30

/** Of all the seats of the server, those that the level has. */
export function seatsOf(
  { caches, options }: Pick<State, 'caches' | 'options'>,
  level: PriorityLevelConfiguration,
): number {
  // prettier-ignore
  let shares = 0
  for (const object of caches['prioritylevelconfigurations']!.objects.values()) {
    const one = object as PriorityLevelConfiguration
    if (one.spec.type === 'Limited') shares += sharesOf(one)
  }
  const all = options.maxRequestsInflight + options.maxMutatingRequestsInflight
  return Math.ceil((all * sharesOf(level)) / Math.max(1, shares))
}

const NO_LEVEL: Level = Object.freeze({ inUse: 0, waiting: 0, served: 0, queues: {} })

const levelIn = ({ levels }: FlowState, name: string): Level => levels.get(name) ?? NO_LEVEL

/** A few different queues for a flow, the same ones each time. */
export function dealHand(flow: string, deck: number, hand: number): number[] {
  let hash = sha256(flow)
    .subarray(0, 8)
    .reduce((sum, byte) => sum * 256n + BigInt(byte), 0n)
  const cards = Array.from({ length: deck }, (_, i) => i)
  return Array.from({ length: Math.min(hand, deck) }, () => {
    const left = BigInt(cards.length)
    const [card] = cards.splice(Number(hash % left), 1)
    hash /= left
    return card!
  })
}

const asBytes = (text: string): string => Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join('') // prettier-ignore

export type Placed = 'seated' | 'queued' | 'rejected'

/** A seat, or a place in a queue, or neither. */
export function place(state: State, id: number, flow: Flow, width: number): Placed {
  const { level } = flow
  const name = level.metadata.name
  if (level.spec.type === 'Exempt') return 'seated'
  const now = levelIn(state.flow, name)
  const seats = seatsOf(state, level)
  if (now.waiting === 0 && (now.inUse === 0 || now.inUse + width <= seats)) {
    state.flow.levels.set(name, { ...now, inUse: now.inUse + width })
    return 'seated'
  }
  const response = level.spec.limited?.limitResponse
  if (response?.type !== 'Queue') return 'rejected'
  const { queues = QUEUES_DEFAULT, handSize = HAND_DEFAULT, queueLengthLimit = QUEUE_LENGTH_DEFAULT } = response.queuing ?? {} // prettier-ignore
  const hand = dealHand(asBytes(`${flow.schema.metadata.name} ${flow.distinguisher}`), queues, handSize)
  const lengthOf = (queue: number): number => now.queues[`q${queue}`]?.waiting.length ?? 0
  const shortest = hand.reduce((best, next) => (lengthOf(next) < lengthOf(best) ? next : best))
  if (lengthOf(shortest) >= queueLengthLimit) return 'rejected'
  // A queue that was empty does not catch up on what it did not ask for.
  const at = `q${shortest}`
  const old: Queue = now.queues[at] ?? { served: now.served, waiting: [] }
  const served = old.waiting.length === 0 ? Math.max(old.served, now.served) : old.served
  const queue: Queue = { served, waiting: [...old.waiting, { id, width }] }
  state.flow.levels.set(name, { ...now, waiting: now.waiting + 1, queues: { ...now.queues, [at]: queue } })
  state.flow.waiting++
  return 'queued'
}

/** The seat is free again, or the place in the queue. */
export function release(state: State, id: number, { level, width }: Seated, isQueued: boolean): void {
  const now = levelIn(state.flow, level)
  if (!isQueued) {
    state.flow.levels.set(level, { ...now, inUse: Math.max(0, now.inUse - width) })
    return
  }
  const queues = Object.fromEntries(
    Object.entries(now.queues).map(([at, queue]) => [at, { ...queue, waiting: queue.waiting.filter((one) => one.id !== id) }]), // prettier-ignore
  )
  state.flow.levels.set(level, { ...now, waiting: now.waiting - 1, queues })
  state.flow.waiting--
}

/** Who is next, level by level, as far as there are seats: of the queues, the one that was served least. */
export function nextSeated(state: State): number[] {
  const next: number[] = []
  if (state.flow.waiting === 0) return next
  for (const [name, found] of [...state.flow.levels]) {
    let now = found
    const level = state.caches['prioritylevelconfigurations']!.objects.get(name) as PriorityLevelConfiguration | undefined // prettier-ignore
    // A level that has gone holds nobody up.
    const seats = level ? seatsOf(state, level) : Number.MAX_SAFE_INTEGER
    while (now.waiting > 0) {
      const turn = Object.entries(now.queues)
        .filter(([, queue]) => queue.waiting.length > 0)
        .reduce((best, one) => (one[1].served < best[1].served ? one : best))
      const [at, queue] = turn
      const [first, ...rest] = queue.waiting
      if (now.inUse > 0 && now.inUse + first!.width > seats) break
      const served = queue.served + first!.width
      now = {
        inUse: now.inUse + first!.width,
        waiting: now.waiting - 1,
        served: Math.max(now.served, queue.served),
        queues: { ...now.queues, [at]: { served, waiting: rest } },
      }
      state.flow.waiting--
      next.push(first!.id)
    }
    if (now !== found) state.flow.levels.set(name, now)
  }
  return next
}
