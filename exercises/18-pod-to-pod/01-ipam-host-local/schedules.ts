/**
 * Two or three calls at once, in every order that the lock allows, one of them perhaps dying on the way: what they leave must
 * be what they would leave one after the other, in some order.
 */
import type { AsyncProcess, ExploredPlan, Trial } from 'clusterwright/kit'
import type { Attachment, Reservation } from 'clusterwright/cni'
import { isWithin, nextAddress, spanOf } from './addresses.ts'
import { attachment, type Case, config } from './cases.ts'
import { Node, type Verb, words } from './node.ts'
import { canonical } from './rules.ts'
import { say } from './texts.ts'

interface Call {
  readonly verb: Verb
  readonly who: Attachment | readonly Attachment[]
  /** It may die on its way. */
  readonly isDoomed?: true
}

export interface Meeting extends Case {
  readonly calls: readonly Call[]
}

const [a, b, c, d] = ['web-a', 'web-b', 'web-c', 'web-d'].map((name) => attachment(name)) as [
  Attachment,
  Attachment,
  Attachment,
  Attachment,
]
const held = (...pairs: readonly (readonly [string, Attachment])[]): Reservation[] =>
  pairs.map(([address, who]) => ({ address, ...who }))
/** Five addresses, .2 to .6. */
const SMALL = [[{ subnet: '10.244.1.0/29' }]]
/** Two addresses, .2 and .3: what is freed is given out again at once. */
const TINY = [[{ subnet: '10.244.1.0/29', rangeEnd: '10.244.1.3' }]]
const DUAL = [...SMALL, [{ subnet: 'fd00:10:244:1::/126' }]]

export const MEETINGS: readonly Meeting[] = [
  // Room for one of two.
  {
    ranges: TINY,
    disk: { reservations: held(['10.244.1.2', c]), last: ['10.244.1.2'] },
    calls: [
      { verb: 'add', who: a, isDoomed: true },
      { verb: 'add', who: b },
    ],
  },
  // The runtime tries again while the first try is still on its way.
  {
    ranges: DUAL,
    disk: { reservations: [], last: [null, null] },
    calls: [
      { verb: 'add', who: a, isDoomed: true },
      { verb: 'add', who: a },
    ],
  },
  // DEL twice, as the kubelet does, and somebody new: what they have freed may be his by then.
  {
    ranges: TINY,
    disk: { reservations: held(['10.244.1.2', a], ['10.244.1.3', c]), last: ['10.244.1.3'] },
    calls: [
      { verb: 'del', who: a },
      { verb: 'del', who: a, isDoomed: true },
      { verb: 'add', who: b },
    ],
  },
  // GC and DEL want the same gone, and somebody new is valid already.
  {
    ranges: TINY,
    disk: { reservations: held(['10.244.1.2', a], ['10.244.1.3', c]), last: ['10.244.1.3'] },
    calls: [
      { verb: 'gc', who: [b, c], isDoomed: true },
      { verb: 'del', who: a },
      { verb: 'add', who: b },
    ],
  },
  // The runtime gives up on one Pod, and sets up another: what is free again is not given out at once.
  {
    ranges: SMALL,
    disk: { reservations: held(['10.244.1.4', d]), last: ['10.244.1.4'] },
    calls: [
      { verb: 'add', who: a },
      { verb: 'del', who: a },
      { verb: 'add', who: b, isDoomed: true },
    ],
  },
]

// ── one after the other ─────────────────────────────────────────────────────────────────────────────────────────────

/** A store as text by address, and the last of each set. Never changed. */
interface Store {
  readonly held: ReadonlyMap<string, string>
  readonly last: readonly (string | null)[]
}

interface Effect {
  readonly answer: string
  readonly store: Store
}

const without = (store: Store, isGone: (holder: string) => boolean): Store => ({
  ...store,
  held: new Map([...store.held].filter(([, holder]) => !isGone(holder))),
})

/** What a call does, and answers, when nobody else is there. */
function effectOf({ ranges }: Meeting, { verb, who }: Call, store: Store): Effect {
  if (verb === 'gc') {
    const valid = (who as readonly Attachment[]).map(words)
    return { answer: 'success', store: without(store, (holder) => !valid.includes(holder)) }
  }
  const name = words(who as Attachment)
  if (verb === 'del') return { answer: 'success', store: without(store, (holder) => holder === name) }
  const own = [...store.held].filter(([, holder]) => holder === name).map(([address]) => address)
  if (verb === 'check') {
    const isWhole = ranges.every((set) => set.some((range) => own.some((address) => isWithin(spanOf(range), address))))
    return { answer: isWhole ? 'success' : 'error', store }
  }
  const found = ranges.map((set, index) =>
    nextAddress(set, (address) => store.held.has(address), store.last[index] ?? undefined),
  )
  const addresses = found.flatMap((one) => (one ? [one.address] : []))
  if (own.length > 0 || addresses.length < ranges.length) return { answer: 'error', store }
  const more = addresses.map((address): [string, string] => [address, name])
  return { answer: addresses.join(' '), store: { held: new Map([...store.held, ...more]), last: addresses } }
}

/** What a call may have done when it died: nothing, all, or any part of it. */
function partsOf(before: Store, after: Store): Store[] {
  const gone = [...before.held.keys()].filter((address) => !after.held.has(address))
  const come = [...after.held].filter(([address]) => !before.held.has(address))
  const helds = subsets([...gone, ...come.map(([address]) => address)]).map(
    (done) =>
      new Map([
        ...[...before.held].filter(([address]) => !done.includes(address)),
        ...come.filter(([address]) => done.includes(address)),
      ]),
  )
  const lasts = subsets([...after.last.keys()]).map((done) =>
    after.last.map((last, index) => (done.includes(index) ? last : (before.last[index] ?? null))),
  )
  return helds.flatMap((some) => lasts.map((last) => ({ held: some, last })))
}

const subsets = <T>(items: readonly T[]): T[][] =>
  items.reduce<T[][]>((all, item) => [...all, ...all.map((one) => [...one, item])], [[]])

function permutations(count: number): number[][] {
  if (count === 0) return [[]]
  return permutations(count - 1).flatMap((order) =>
    Array.from({ length: count }, (_, at) => [...order.slice(0, at), count - 1, ...order.slice(at)]),
  )
}

/** Everything that the calls may come to, as text; `died` is the index of the one that did not come to its end. */
export function possible(meeting: Meeting, died: number | undefined): Set<string> {
  const start: Store = {
    held: new Map(meeting.disk.reservations.map(({ address, ...who }) => [address, words(who)])),
    last: meeting.ranges.map((_, index) => meeting.disk.last[index] ?? null),
  }
  const ends = new Set<string>()
  const follow = (order: readonly number[], answers: readonly string[], store: Store): void => {
    const [index, ...rest] = order
    if (index === undefined) return void ends.add(inWords(meeting, answers, store))
    const { answer, store: after } = effectOf(meeting, meeting.calls[index]!, store)
    const told = answers.map((one, at) => (at === index ? (index === died ? 'died' : answer) : one))
    for (const next of index === died ? partsOf(store, after) : [after]) follow(rest, told, next)
  }
  const nobody = meeting.calls.map(() => '')
  for (const order of permutations(meeting.calls.length)) follow(order, nobody, start)
  return ends
}

const nameOf = ({ verb, who }: Call): string =>
  Array.isArray(who) ? verb.toUpperCase() : `${verb.toUpperCase()} ${words(who as Attachment)}`

function inWords({ calls }: Meeting, answers: readonly string[], { held: all, last }: Store): string {
  const told = calls.map((call, index) => `${nameOf(call)}: ${answers[index]}`)
  const contents = [...all].map(([address, holder]) => `${address} ${holder}`).sort()
  return `${told.join(', ')}; store: ${contents.join(', ') || 'empty'}; last: ${last.map((one) => one ?? 'nothing').join(', ')}`
}

// ── all at once ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Runs the calls in the order that the trial chooses. */
export function judgeMeeting(trial: Trial<ExploredPlan<Meeting>>, meeting: Meeting): void {
  const doomed = new Set<AsyncProcess>()
  const node = new Node(trial, config(meeting.ranges), meeting.disk, { mayDie: (process) => doomed.has(process) })
  const processes = meeting.calls.map(({ verb, who, isDoomed }) => {
    const process = node.start(verb, who)
    if (isDoomed) doomed.add(process)
    return process
  })
  node.host.run()
  const answers = processes.map((process, index): string => {
    if (process.isDead) return 'died'
    const outcome = node.outcomeOf(process, meeting.calls[index]!.verb)
    if ('error' in outcome) return 'error'
    const ips = outcome.result?.ips.map(({ address }) => canonical(address.split('/')[0]!))
    return ips?.join(' ') ?? 'success'
  })
  const store: Store = {
    held: new Map([...node.disk.reservations].map(([address, who]) => [address, words(who)])),
    last: meeting.ranges.map((_, index) => node.disk.last.get(index) ?? null),
  }
  const died = processes.findIndex(({ isDead }) => isDead)
  const ends = possible(meeting, died < 0 ? undefined : died)
  const actual = inWords(meeting, answers, store)
  if (ends.has(actual)) return
  const names = meeting.calls.map(nameOf).join(', ')
  const expected = died < 0 ? [...ends].join(' · or ') : say('schedules.as-if')
  node.fail({ message: say('schedules.no-order', { names }), expected, actual, hint: 'lock' })
}
