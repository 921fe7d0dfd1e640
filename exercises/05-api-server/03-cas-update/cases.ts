/** Cases of `cas-update`: who wants what changed, and what others do meanwhile. Plain data. */
import type { Chance } from 'clusterwright/kit'
import type { ApiObject, Status } from 'clusterwright/storage'

/** What an update does. Made from data, so that the check knows what must come of it. */
export interface Change {
  /** Counts up by so much, and signs with the writer's name. */
  readonly add?: number
  /** Sets a label, perhaps to what it is. */
  readonly label?: string
  /** Refuses, once the count is so high. */
  readonly refuseFrom?: number
}

export interface Wish extends Change {
  /** Which object; default `web`. */
  readonly key?: string
  /** What the caller insists on: the one at the beginning, an older one, or one that is not yet. */
  readonly resourceVersion?: 'first' | 'other' | 'later'
  readonly uid?: 'first' | 'other'
}

/** A process: one wish after the other. */
export interface Writer {
  readonly wishes: readonly Wish[]
  readonly atMs?: number
  /** Its so-manieth call gets no answer; it was carried out, or it was not. */
  readonly lost?: Lost
}

export interface Lost {
  readonly call: number
  readonly carriedOut: boolean
}

/** What somebody else does with `web`, without asking anybody. */
export type Deed = 'add' | 'delete' | 'create'

export interface Case {
  /** The count of `web` at the beginning; null: there is none. */
  readonly count: number | null
  /** Writes that it has behind it; default 1, its creation. */
  readonly writes?: number
  readonly writers: readonly Writer[]
  readonly deeds?: readonly Deed[]
  /** The same, at their times. */
  readonly timed?: readonly { readonly atMs: number; readonly do: Deed }[]
}

export const KEY = 'web'
/** Where the store stands when it all begins. */
export const FIRST_REVISION = 7
const REFUSAL: Status = { code: 422, reason: 'Invalid' }

export const newObject = (count: number, uid: string, name = KEY): ApiObject => ({
  metadata: { name, uid },
  spec: { count, by: [] },
})

/** What a writer's update makes of an object. The guest does the same with the same words. */
export function applied(change: Change, writer: string, current: ApiObject): ApiObject | { readonly refuse: Status } {
  const { metadata, spec } = current
  const count = spec['count'] as number
  if (change.refuseFrom !== undefined && count >= change.refuseFrom) return { refuse: REFUSAL }
  const labelled =
    change.label === undefined ? metadata : { ...metadata, labels: { ...metadata.labels, tier: change.label } }
  if (change.add === undefined) return { ...current, metadata: labelled }
  const by = [...(spec['by'] as string[]), `${writer} from ${metadata.resourceVersion}`]
  return { ...current, metadata: labelled, spec: { ...spec, count: count + change.add, by } }
}

const add = (more: Partial<Wish> = {}): Writer => ({ wishes: [{ add: 1, ...more }] })

/** Small enough that every order can be tried. */
export const RACES: readonly Case[] = [
  { count: 0, writers: [add(), add()] },
  { count: 0, writers: [add(), add(), add()] },
  // Deleted and made anew: the same count, the same version of the key, another object.
  { count: 0, writers: [add()], deeds: ['delete', 'create'] },
  { count: 0, writes: 2, writers: [add()], deeds: ['delete', 'create', 'add'] },
  { count: 3, writers: [add(), { wishes: [{ label: 'gold' }] }, { wishes: [{ label: 'gold' }] }] },
  { count: 0, writers: [add(), add({ refuseFrom: 1 })], deeds: ['add'] },
  { count: null, writers: [add(), add()], deeds: ['create'] },
  { count: 0, writers: [{ wishes: [{ add: 1 }, { add: 1 }] }, add()] },
]

export const INSISTENT: readonly Case[] = [
  { count: 0, writers: [add({ resourceVersion: 'first' }), add({ resourceVersion: 'first' })] },
  { count: 0, writers: [add({ resourceVersion: 'first' }), add()] },
  { count: 0, writers: [add({ uid: 'first' }), add()], deeds: ['delete', 'create'] },
  { count: 0, writers: [add({ uid: 'first' }), add({ uid: 'first' })], deeds: ['add'] },
  { count: 0, writers: [{ wishes: [{ label: 'gold', resourceVersion: 'first' }] }, add()] },
  { count: 0, writers: [add({ uid: 'first', resourceVersion: 'first' })], deeds: ['delete', 'create'] },
]

function wishFrom(chance: Chance, insists: number): Wish {
  const kind = chance.int(10)
  const change: Change =
    kind < 6
      ? { add: chance.between(1, 3) }
      : kind < 8
        ? { label: chance.pick(['gold', 'silver']) }
        : { add: 1, refuseFrom: chance.between(0, 4) }
  const insist = (): 'first' | 'other' => (chance.chance(0.75) ? 'first' : 'other')
  return {
    ...change,
    ...(chance.chance(0.2) && { key: 'db' }),
    ...(chance.chance(insists) && { resourceVersion: chance.chance(0.1) ? 'later' : insist() }),
    ...(chance.chance(insists) && { uid: insist() }),
  }
}

export function crowdCase(chance: Chance): Case {
  const insists = chance.pick([0, 0, 0.2])
  return {
    count: chance.chance(0.1) ? null : chance.int(4),
    writes: chance.between(1, 3),
    writers: chance.times(chance.between(1, 6), () => ({
      wishes: chance.times(chance.between(1, 3), () => wishFrom(chance, insists)),
      atMs: chance.int(6),
    })),
    deeds: chance.times(chance.int(4), () => chance.pick(['add', 'add', 'delete', 'create'] as const)),
  }
}

export const lossCase = (chance: Chance): Case => ({
  count: chance.int(3),
  writers: [add(), ...chance.times(chance.int(2), () => add())],
  deeds: chance.chance(0.3) ? ['add'] : [],
})
