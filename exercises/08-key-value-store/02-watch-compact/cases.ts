/** Sequences of calls to a store that is watched, by receivers who may be slow: plain JSON, so that they shrink. */
import type { Chance } from 'clusterwright/kit'
import type { WatchRequest } from 'clusterwright/mvcc'
import { Reference, type Step as StoreStep } from '../01-mvcc-store/reference.ts'

export type Step =
  | StoreStep
  | ({ readonly type: 'Watch' } & WatchRequest)
  | { readonly type: 'Cancel'; readonly watchId: number }
  | { readonly type: 'Sync' | 'Progress' | 'Snapshot' }
  /** From now on the receiver takes so many responses; null: all. */
  | { readonly type: 'Room'; readonly watchId: number; readonly room: number | null }
  | { readonly type: 'Restore'; readonly bump?: number; readonly markCompacted?: boolean }

export interface Case {
  readonly steps: readonly Step[]
}

export const SHRINK = {
  fixed: [...['steps', 'type', 'key', 'value', 'revision', 'compare', 'success', 'failure', 'watchId', 'room']],
  nonEmpty: ['steps'],
  // A watch is not begun twice, and nothing is restored that was not saved.
  valid: ({ steps }: Case): boolean =>
    new Set(steps.flatMap((step) => (step.type === 'Watch' ? [step.watchId] : []))).size ===
      steps.filter(({ type }) => type === 'Watch').length &&
    steps.every(
      ({ type }, index) => type !== 'Restore' || steps.slice(0, index).some((one) => one.type === 'Snapshot'),
    ),
  triesMax: 300,
}

const KEYS = ['a', 'a/', 'a/b', 'a0', 'b']

function write(chance: Chance): StoreStep {
  const key = chance.pick(KEYS)
  const one = (): StoreStep =>
    chance.chance(0.7)
      ? { type: 'Put', key: chance.pick(KEYS), value: String(chance.int(9)) }
      : { type: 'DeleteRange', key, ...(chance.chance(0.4) && { rangeEnd: chance.pick(['\0', 'a0', 'b']) }) }
  if (chance.chance(0.7)) return one()
  const success = chance.times(chance.between(2, 3), one) as Extract<StoreStep, { type: 'Put' }>[]
  return { type: 'Txn', compare: [], success, failure: [] }
}

function watch(chance: Chance, watchId: number, reference: Reference): Step {
  const { revision, compacted } = reference
  const startRevision = chance.pick([0, chance.between(1, revision), revision, compacted, compacted + 1, compacted - 1])
  const range = chance.pick([
    { key: '\0', rangeEnd: '\0' },
    { key: 'a/', rangeEnd: 'a0' },
    { key: 'a', rangeEnd: 'b' },
    { key: chance.pick(KEYS) },
  ])
  const ahead = chance.chance(0.1) ? revision + chance.between(1, 3) : startRevision
  return { type: 'Watch', watchId, ...range, ...(ahead > 0 && { startRevision: ahead }) }
}

/** Writes, watches that come and go, receivers that are slow for a while, compactions. */
export function watchCase(chance: Chance): Case {
  const steps: Step[] = []
  const reference = new Reference()
  const open: number[] = []
  let watchId = 0
  for (let left = chance.between(8, 30); left > 0; left--) {
    const kind = chance.int(24)
    if (kind < 11) steps.push(write(chance))
    else if (kind < 14) {
      open.push(++watchId)
      steps.push(watch(chance, watchId, reference))
    } else if (kind < 16) steps.push({ type: 'Sync' })
    else if (kind < 18) steps.push({ type: 'Progress' })
    else if (kind < 20 && open.length > 0)
      steps.push({ type: 'Room', watchId: chance.pick(open), room: chance.pick([0, 0, 1, null]) })
    else if (kind < 21 && open.length > 0) steps.push({ type: 'Cancel', watchId: chance.pick(open) })
    else if (kind < 23 && reference.revision > reference.compacted + 1)
      steps.push({
        type: 'Compact',
        revision: Math.max(2, chance.between(reference.compacted + 1, reference.revision)),
      })
    const last = steps.at(-1)
    if (last && isOfStore(last) && last.type !== 'Range') reference.act(last)
  }
  return { steps }
}

const STORE = ['Put', 'DeleteRange', 'Range', 'Txn', 'Compact']
export const isOfStore = (step: Step): step is StoreStep => STORE.includes(step.type)
