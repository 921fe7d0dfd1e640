/** What the scheduler watches besides Pods and nodes, for its plugins to read. */
import type { ApiClient } from '#cluster/client/api-client.ts'
import type { Informer, InformerStep } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Context, Effect, Event } from '#cluster/kernel/component.ts'
import type { ClusterEvent, ClusterEventName, Objects } from './framework.ts'

/** The kinds that its plugins read, without those that nothing in this cluster makes yet. */
const WANTED: readonly string[] = ['namespaces', 'services', 'replicasets']

export type Listers = Readonly<Record<string, Informer>>

export function createListers(): Listers {
  return Object.fromEntries(WANTED.map((resource) => [resource, createInformer({ resource })]))
}

export const startListers = (listers: Listers, client: ApiClient, ctx: Context): Effect[] =>
  Object.values(listers).map((informer) => startInformer(informer, client, ctx))

export const areSynced = (listers: Listers): boolean => Object.values(listers).every(({ synced }) => synced)

export function stepListers(
  listers: Listers,
  client: ApiClient,
  event: Event,
  ctx: Context,
): (InformerStep & { readonly events: readonly ClusterEvent[] }) | undefined {
  for (const [resource, informer] of Object.entries(listers)) {
    const step = stepInformer(informer, {}, client, event, ctx)
    if (!step) continue
    const events = step.deltas.map(({ type, object }) => ({ name: eventName(resource, type), object }))
    return { ...step, events }
  }
  return undefined
}

const VERBS = { added: 'Add', updated: 'Update', deleted: 'Delete' } as const

const eventName = (resource: string, type: keyof typeof VERBS): ClusterEventName => `${resource}/${VERBS[type]}`

const NONE: readonly never[] = Object.freeze([])

export function objectsOf(listers: Listers): Objects {
  const itemsOf = (resource: string) => (Object.hasOwn(listers, resource) ? listers[resource]!.items : undefined)
  return {
    all: (resource) => itemsOf(resource)?.values() ?? NONE,
    get: (resource, key) => itemsOf(resource)?.get(key),
  }
}
