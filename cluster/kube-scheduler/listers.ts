/**
 * What the scheduler watches besides Pods and nodes, for its plugins to read: what the default plugins need, and each custom
 * resource whose events a plugin has registered for. Until that resource is defined its list fails, and no cycle begins.
 *
 * Where to read upstream: kubernetes/kubernetes `pkg/scheduler/eventhandlers.go` (addAllEventHandlers).
 */
import { keyOf } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import { row } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import type { Informer, InformerStep } from '#cluster/client/informer.ts'
import { createInformer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Context, Effect, Event } from '#cluster/kernel/component.ts'
import type { Groups } from '#cluster/kernel/groups.ts'
import type { ClusterEvent, ClusterEventName, Objects } from './framework.ts'

/** The kinds that its plugins read. */
const WANTED: readonly string[] = [
  'namespaces',
  'services',
  'replicasets',
  'statefulsets',
  'replicationcontrollers',
  'poddisruptionbudgets',
  'persistentvolumes',
  'persistentvolumeclaims',
  'storageclasses',
  'csinodes',
  'csidrivers',
  'csistoragecapacities',
]

export type Listers = Readonly<Record<string, Informer>>

/** `custom`: further resources, as `customNamed` reads them. */
export function createListers(custom: readonly string[] = []): Listers {
  const own = WANTED.map((resource) => [resource, createInformer({ resource })] as const)
  const others = custom.map((name) => [name, createInformer({ resource: name, custom: customNamed(name)! })] as const)
  return Object.fromEntries([...own, ...others])
}

/** `<plural>.<version>.<group>`, such as `foos.v1.example.com`; undefined for a built-in resource. */
export function customNamed(name: string): Resource | undefined {
  const [plural, version, ...group] = name.split('.')
  if (group.length === 0) return undefined
  return row(plural!, plural!, `${group.join('.')}/${version}`, true)
}

export const startListers = (listers: Listers, client: ApiClient, ctx: Context): Effect[] =>
  Object.values(listers).map((informer) => startInformer(informer, client, ctx))

export const areSynced = (listers: Listers): boolean => Object.values(listers).every(({ synced }) => synced)

/** Objects as they will be once a binding under way has come through, by resource and key. */
export type Assumed = Groups<KubernetesObject>

export function stepListers(
  listers: Listers,
  assumed: Assumed,
  client: ApiClient,
  event: Event,
  ctx: Context,
): (InformerStep & { readonly events: readonly ClusterEvent[] }) | undefined {
  for (const [resource, informer] of Object.entries(listers)) {
    const step = stepInformer(informer, {}, client, event, ctx)
    if (!step) continue
    for (const { object } of step.deltas) assumed.delete(resource, keyOf(object))
    const events = step.deltas.map(({ type, object, old }) => ({
      name: eventName(resource, type),
      object,
      ...(old && { oldObject: old }),
    }))
    return { ...step, events }
  }
  return undefined
}

const VERBS = { added: 'Add', updated: 'Update', deleted: 'Delete' } as const

const eventName = (resource: string, type: keyof typeof VERBS): ClusterEventName => `${resource}/${VERBS[type]}`

const NONE: readonly never[] = Object.freeze([])

export function objectsOf(listers: Listers, assumed: Assumed): Objects {
  const itemsOf = (resource: string) => (Object.hasOwn(listers, resource) ? listers[resource]!.items : undefined)
  const told = (resource: string, key: string) => itemsOf(resource)?.get(key)
  return {
    all(resource) {
      const items = itemsOf(resource)
      if (items === undefined) return NONE
      return assumed.sizeOf(resource) === 0 ? items.values() : withAssumed(items, assumed, resource)
    },
    get: (resource, key) => (assumed.get(resource, key) as any) ?? told(resource, key),
    told,
    assume: (resource, object) => assumed.set(resource, keyOf(object), object),
    forget: (resource, key) => assumed.delete(resource, key),
  }
}

function* withAssumed(items: Informer['items'], assumed: Assumed, resource: string): IterableIterator<any> {
  for (const [key, object] of items) yield assumed.get(resource, key) ?? object
}
