/** What led to a failure, as lanes: what was wanted, what happened around, what the controller did, what became of the Pods. */
import type { Change, ControllerReport } from 'clusterwright/kit'
import type { Pod, ReplicaSet } from 'clusterwright/api'
import { type Act, type Plan, START_MICROS } from './world.ts'

/** A change, and when it was seen in virtual time. */
export interface Seen {
  readonly at: number
  readonly change: Change
}

interface Entry {
  atMicros: number
  label: string
  tone: 'plain' | 'pod' | 'good' | 'bad'
}

/** So many of the last entries of each lane are told. */
const ENTRIES_MAX = 14

export function storyOf(plan: Plan, seen: readonly Seen[], { writes }: ControllerReport, now: number) {
  const around = plan.steps.map(({ atMs, act }): Entry => {
    return { atMicros: START_MICROS + atMs * 1000, label: wordsFor(act), tone: act.do === 'disturb' ? 'bad' : 'plain' }
  })
  const own = writes.map(({ at, call }): Entry => {
    const what = call.name ?? call.resource.replace(/s$/, '')
    return { atMicros: at, label: `${call.verb} ${what}`, tone: 'plain' }
  })
  const lanes = [
    { name: 'wanted', entries: seen.flatMap(setEntry) },
    { name: 'around it', entries: around.filter(({ atMicros }) => atMicros <= now) },
    { name: 'your controller', entries: own },
    { name: 'Pods', entries: seen.flatMap(podEntry) },
  ]
  return { lanes: lanes.map(({ name, entries }) => ({ name, entries: entries.slice(-ENTRIES_MAX) })) }
}

function setEntry({ at, change: { resource, type, object, old } }: Seen): Entry[] {
  if (resource !== 'replicasets') return []
  const [now, before] = [object as ReplicaSet, old as ReplicaSet | undefined]
  const { name, deletionTimestamp } = now.metadata
  const entry = (label: string): Entry[] => [{ atMicros: at, label, tone: 'plain' }]
  if (type === 'deleted') return entry(`${name} is gone`)
  if (deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined)
    return entry(`${name} is going`)
  return before?.spec.replicas === now.spec.replicas ? [] : entry(`${name}: ${now.spec.replicas}`)
}

function podEntry({ at, change: { resource, type, object, old } }: Seen): Entry[] {
  if (resource !== 'pods') return []
  const [now, before] = [object as Pod, old as Pod | undefined]
  const { name, deletionTimestamp, ownerReferences = [] } = now.metadata
  const controller = (pod: Pod | undefined) => pod?.metadata.ownerReferences?.find((owner) => owner.controller)
  const entry = (label: string, tone: Entry['tone']): Entry[] => [{ atMicros: at, label: `${name} ${label}`, tone }]
  if (type === 'added') return entry(controller(now) ? 'is there' : 'is there, an orphan', 'pod')
  if (type === 'deleted') return entry('is gone', 'bad')
  if (deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined)
    return entry('is going', 'bad')
  if (controller(now)?.uid !== controller(before)?.uid) {
    return entry(
      ownerReferences.length > 0 && controller(now) ? `belongs to ${controller(now)!.name}` : 'is let go',
      'pod',
    )
  }
  if (now.status?.phase !== before?.status?.phase) return entry(`is ${now.status?.phase}`, 'plain')
  return []
}

function wordsFor(act: Act): string {
  switch (act.do) {
    case 'scale':
      return `${act.set} is scaled to ${act.replicas}`
    case 'remove':
      return `${act.set} is deleted, a finalizer holds it`
    case 'drop':
      return `${act.set} is deleted`
    case 'replace':
      return `${act.set} is deleted and made again`
    case 'pod':
      return `${act.pod.name} is made by hand`
    case 'take':
      return `green takes ${act.name}`
    case 'restartApiServer':
      return 'the API server restarts'
    case 'disturb':
      return `a Pod of ${act.act.set}: ${act.act.do}`
  }
}
