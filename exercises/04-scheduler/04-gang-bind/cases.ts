/** Stories of gangs: who comes when, what room there is, what goes wrong. Plain JSON, so that they shrink. */
import { type Chance, GANG_LABEL } from 'clusterwright/kit'
import type { Pod, PodPhase } from 'clusterwright/api'

/** The scheduler whose profile has the plugin. */
export const GANG_SCHEDULER = 'gang-scheduler'

export interface Member {
  readonly name: string
  /** Default `default`. */
  readonly namespace?: string
  /** Absent: a Pod of its own. */
  readonly gang?: string
  /** So many of its bindings fail at first. */
  readonly failures?: number
  /** Another plugin refuses it at Reserve, before ours is asked, once. */
  readonly refused?: boolean
  /** Another scheduler binds it, before ours has tried. */
  readonly elsewhere?: boolean
}

/** A Pod that is on a node from the beginning. */
interface Stranger extends Member {
  /** Default: ours. */
  readonly scheduler?: string
  readonly phase?: PodPhase
  readonly deleted?: boolean
}

export interface Gang {
  readonly name: string
  readonly namespace?: string
  readonly minMember: number
  readonly timeoutSeconds: number
}

export type Happening =
  | { readonly create: Member }
  | { readonly delete: string }
  | { readonly finish: string }
  /** `unreserve` is called for this Pod, although it has no room. */
  | { readonly stray: string }
  | { readonly restart: true }

export interface Plan {
  /** How many Pods have room, those that are bound from the beginning included. */
  readonly room: number
  readonly groups: readonly Gang[]
  readonly bound: readonly Stranger[]
  readonly events: readonly ({ readonly atMs: number } & Happening)[]
  /** Room that is given back is told of twice. */
  readonly twice?: boolean
  /** Gangs of which nobody may be Pending in the end. */
  readonly finished?: readonly string[]
}

/** What is never taken away when a failing case is made smaller. */
export const SHRINK = {
  fixed: [
    ...[
      'room',
      'groups',
      'bound',
      'events',
      'atMs',
      'create',
      'delete',
      'finish',
      'stray',
      'restart',
      'name',
      'namespace',
    ],
    ...['gang', 'minMember', 'timeoutSeconds', 'scheduler', 'elsewhere'],
  ],
  triesMax: 150,
}

export function podOf(member: Member & Partial<Stranger>, uid: string): Pod {
  const { name, namespace = 'default', gang, scheduler = GANG_SCHEDULER, phase, deleted } = member
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      ...{ name, namespace, uid },
      ...(gang !== undefined && { labels: { app: 'train', [GANG_LABEL]: gang } }),
      ...(deleted && { deletionTimestamp: '2026-01-01T09:00:00Z' }),
    },
    spec: { schedulerName: scheduler, containers: [{ name: 'main', image: 'registry.local/train:1' }] },
    status: { phase: phase ?? 'Pending' },
  }
}

export const groupOf = ({ groups }: Plan, { metadata, spec }: Pod): Gang | undefined =>
  spec.schedulerName !== GANG_SCHEDULER
    ? undefined
    : groups.find(
        ({ name, namespace = 'default' }) => name === metadata.labels?.[GANG_LABEL] && namespace === metadata.namespace,
      )

/** Room for all: whoever can be complete must be. */
export function roomyPlan(chance: Chance): Plan {
  const groups: Gang[] = [
    { name: 'red', minMember: chance.between(1, 4), timeoutSeconds: chance.pick([5, 10, 30]) },
    { name: 'blue', minMember: chance.between(2, 3), timeoutSeconds: 10 },
    ...(chance.chance(0.5)
      ? [{ name: 'red', namespace: 'shop', minMember: chance.between(1, 3), timeoutSeconds: 20 }]
      : []),
  ]
  const members = chance.times(chance.between(4, 9), (index): Member => memberOf(chance, index, groups))
  let atMs = 0
  const created = members.map((create) => ({ atMs: (atMs += chance.pick([0, 0, 10, 25, 2000, 7000])), create }))
  const others = chance.times(chance.between(0, 3), () => {
    const { create, atMs: since } = chance.pick(created)
    return { atMs: since + chance.pick([5, 15, 30, 4000, 12_000]), ...happeningTo(chance, create.name) }
  })
  const events = [...created, ...others].sort((a, b) => a.atMs - b.atMs)
  return { room: 60, groups, bound: chance.some(STRANGERS, 0.4), events, ...(chance.chance(0.3) && { twice: true }) }
}

const happeningTo = (chance: Chance, name: string): Happening =>
  chance.pick<Happening>([{ delete: name }, { delete: name }, { finish: name }, { stray: name }, { restart: true }])

function memberOf(chance: Chance, index: number, groups: readonly Gang[]): Member {
  const group = chance.chance(0.9) ? chance.pick(groups) : undefined
  const gang = group?.name ?? chance.pick([undefined, 'unknown'])
  return {
    // The same name may come twice, one after the other.
    name: `w-${chance.chance(0.1) ? Math.max(0, index - 1) : index}`,
    ...(group?.namespace && { namespace: group.namespace }),
    ...(gang !== undefined && { gang }),
    ...(chance.chance(0.15) && { failures: chance.between(1, 2) }),
    ...(chance.chance(0.1) && { refused: true }),
  }
}

/** They look like members, and are none; or were. */
const STRANGERS: readonly Stranger[] = [
  { name: 's-1', gang: 'red', scheduler: 'default-scheduler', phase: 'Running' },
  { name: 's-2', gang: 'red', namespace: 'shop', scheduler: 'default-scheduler', phase: 'Running' },
  { name: 's-3', gang: 'red', phase: 'Succeeded' },
  { name: 's-4', gang: 'blue', phase: 'Failed' },
  { name: 's-5', gang: 'blue', phase: 'Running', deleted: true },
  { name: 's-6', gang: 'green', phase: 'Running' },
  { name: 's-7', phase: 'Running' },
]

/** Two gangs, and room for one of them, whatever the order. */
export function tightPlan(chance: Chance): Plan {
  const size = chance.between(2, 4)
  const names = ['red', 'blue']
  const groups = names.map((name) => ({ name, minMember: size, timeoutSeconds: chance.pick([5, 8]) }))
  const all = names.flatMap((gang) => Array.from({ length: size }, (_, i): Member => ({ name: `${gang}-${i}`, gang })))
  let atMs = 0
  const events = chance.shuffle(all).map((create) => ({ atMs: (atMs += chance.pick([0, 40, 300])), create }))
  return { room: size + chance.int(size), groups, bound: [], events }
}
