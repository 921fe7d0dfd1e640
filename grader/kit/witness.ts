/**
 * A witness: watches the API and keeps every change it is told of, in order, so that a check can hold its rule against each.
 *
 * What the real one does: nothing; audit logs come nearest.
 * What we model: one watch per resource, straight from the API server, which never lags more than the network does.
 * What we leave out: changes that a watch merges away (none here: each revision is one event).
 * Where to read upstream: client-go `tools/cache/reflector.go`.
 */
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { createApiClient } from '#cluster/client/api-client.ts'
import type { Informer } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Component, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import type { RunEnd, RunLimits, World } from '#cluster/kernel/world.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import { Violation } from './stop.ts'

export interface Change {
  /** Wall clock of the witness's machine. */
  readonly at: Micros
  readonly resource: string
  readonly type: 'added' | 'updated' | 'deleted'
  readonly object: KubernetesObject
  readonly old: KubernetesObject | undefined
}

interface WitnessState {
  client: ApiClient
  informers: Record<string, Informer>
  changes: Log<Change>
}

export const WITNESS: ProcessId = 'laptop/witness'

export const witness: Component<WitnessState, { servers: readonly ProcessId[]; resources: readonly string[] }> = {
  name: 'witness',
  init: ({ servers, resources }) => ({
    client: createApiClient(servers, 'witness', ['system:masters']),
    informers: Object.fromEntries(resources.map((resource) => [resource, createInformer({ resource })])),
    changes: new Log(),
  }),
  step(state, event, ctx): Effect[] {
    const informers = Object.values(state.informers)
    if (event.type === 'booted') return informers.map((informer) => startInformer(informer, state.client, ctx))
    for (const informer of informers) {
      const step = stepInformer(informer, {}, state.client, event, ctx)
      if (!step) continue
      for (const { type, object, old } of step.deltas) {
        state.changes.push({ at: ctx.now, resource: informer.options.resource, type, object, old })
      }
      return [...step.effects]
    }
    return []
  },
}

/**
 * Runs the world and calls `onChange` for each change right when the witness hears of it; what it throws (a violation) stops
 * the world at that very tick.
 */
export function runWatched(world: World, limits: RunLimits, onChange: (change: Change, world: World) => void): RunEnd {
  const process = world.indexOf(WITNESS)
  if (process < 0) throw new Error('this world has no witness: build it with apiWorld()')
  const changesOf = (at: World) => (at.processes[process]!.state as WitnessState | undefined)?.changes
  let seen = changesOf(world)?.length ?? 0
  const onChangeOf = (change: Change, at: World) => {
    try {
      onChange(change, at)
    } catch (thrown) {
      throw thrown instanceof Violation ? about(change, thrown) : thrown
    }
  }
  return world.run({
    ...limits,
    until: (at) => {
      const changes = changesOf(at)
      for (; changes && seen < changes.length; seen++) onChangeOf(changes.get(seen)!, at)
      return limits.until?.(at) ?? false
    },
  })
}

/** A rule that a change breaks is about the object that changed, unless the check says otherwise. */
function about({ object: { kind, metadata }, resource }: Change, violation: Violation): Violation {
  if (violation.finding.object) return violation
  const { name, namespace } = metadata
  const object = { kind: kind ?? resourceNamed(resource).kind, ...(namespace && { namespace }), name }
  return new Violation({ ...violation.finding, object })
}

/** What the witness knows of a resource now, by `namespace/name`. */
export function seenBy<T extends KubernetesObject>(world: World, resource: string): ReadonlyMap<string, T> {
  const state = world.stateOf(WITNESS) as WitnessState | undefined
  if (!state) return new Map()
  const informer = state.informers[resource]
  if (!informer) throw new Error(`the witness does not watch ${resource}: name it in apiWorld({ watched })`)
  return new Map(informer.items.entries())
}
