/**
 * Defects of the kind that the real scheduler has had, planted from outside: what a soak must find, or it proves nothing.
 *
 * Each is a wrapper that spoils the state where the right thing has just been done. The numbers are those of issues in
 * kubernetes/kubernetes that tell of their like; the first and the last have none.
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Node, Pod } from '#cluster/api/types.ts'
import type { Event } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'
import { assumePod, isAssumed, removePod, setNode } from '#cluster/kube-scheduler/cache.ts'
import { nominate } from '#cluster/kube-scheduler/nominator.ts'
import type { SchedulerState } from '#cluster/kube-scheduler/state.ts'
import type { SchedulerRun } from './scheduler-under-faults.ts'
import { schedulerUnderFaults } from './scheduler-under-faults.ts'

export interface PlantedRace {
  readonly name: string
  run(seed: number): SchedulerRun
}

type Spoil = (state: SchedulerState, before: Before) => void

/** What a step may have changed. */
interface Before {
  readonly event: Event
  readonly pods: ReadonlyMap<string, Pod>
  readonly nodes: ReadonlyMap<string, Node>
  readonly bindings: ReadonlyMap<string, { readonly pod: Pod; readonly nodeName: string }>
  readonly nominated: ReadonlyMap<string, string>
}

const planted = (name: string, spoil: Spoil): PlantedRace => ({
  name,
  run: (seed) =>
    schedulerUnderFaults(seed, (component) => ({
      ...component,
      step(state: SchedulerState, event, ctx) {
        const before: Before = {
          event,
          pods: new Map(state.pods.items),
          nodes: new Map(state.nodes.items),
          bindings: new Map(
            [...state.bindings].map(([key, { queued, nodeName }]) => [key, { pod: queued.pod, nodeName }]),
          ),
          nominated: new Map(state.cache.nominator.nodes),
        }
        const effects = component.step(state, event, ctx)
        spoil(state, before)
        return effects
      },
    })),
})

const isPlaced = (state: SchedulerState, key: string): boolean => state.pods.items.get(key)?.spec.nodeName !== undefined

/** Bindings that this step has ended. */
const ended = (state: SchedulerState, { bindings }: Before) => [...bindings].filter(([key]) => !state.bindings.has(key))

export const PLANTED_RACES: readonly PlantedRace[] = [
  planted('the room of a Pod that is being bound counts as free', ({ cache, bindings }) => {
    for (const key of bindings.keys()) if (isAssumed(cache, key)) removePod(cache, key)
  }),
  planted('a binding that failed does not give its room back (#56682)', (state, before) => {
    for (const [key, { pod, nodeName }] of ended(state, before)) {
      if (isPlaced(state, key) || !state.pods.items.has(key)) continue
      // The node counts it still, under a name that nobody asks for.
      const metadata = { ...pod.metadata, name: `${pod.metadata.name}-lost` }
      assumePod(state.cache, { ...pod, metadata }, nodeName)
    }
  }),
  planted('a Pod that is deleted while it is being bound keeps its room (#31977)', (state, before) => {
    for (const [key, { pod, nodeName }] of ended(state, before))
      if (!state.pods.items.has(key) && !state.cache.pods.has(key)) assumePod(state.cache, pod, nodeName)
  }),
  planted('a nominated Pod that is deleted keeps its claim (#85447)', (state, { nominated, pods }) => {
    for (const [key, nodeName] of nominated)
      if (!state.pods.items.has(key) && pods.has(key)) nominate(state.cache.nominator, pods.get(key)!, nodeName)
  }),
  planted('a node that is deleted stays in the cache (#95124)', (state, { nodes }) => {
    for (const [name, node] of nodes) if (!state.nodes.items.has(name)) setNode(state.cache, node)
  }),
  {
    name: 'a Pod that leaves wakes nobody (lost event)',
    run: (seed) =>
      schedulerUnderFaults(seed, (component) => ({
        ...component,
        step(state: SchedulerState, event, ctx) {
          if (!tellsOfDeletion(event)) return component.step(state, event, ctx)
          // They are away while it is told.
          const waiting = state.queue.unschedulable
          state.queue.unschedulable = new Table()
          const effects = component.step(state, event, ctx)
          const gone = [...waiting].filter(([key]) => !state.pods.items.has(key))
          for (const [key] of gone) waiting.delete(key)
          for (const [key, queued] of state.queue.unschedulable) waiting.set(key, queued)
          state.queue.unschedulable = waiting
          return effects
        },
      })),
  },
]

/** A watch's word that a Pod which had a node is gone. */
function tellsOfDeletion(event: Event): boolean {
  if (event.type !== 'data') return false
  const { event: told } = event.body as { event?: { type: string; object: Pod } }
  return (
    told?.type === 'DELETED' &&
    told.object.kind === 'Pod' &&
    keyOf(told.object) !== '' &&
    told.object.spec.nodeName !== undefined
  )
}
