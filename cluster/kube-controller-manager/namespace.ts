/**
 * The namespace controller: a namespace that is going takes all that is in it along, and goes last.
 *
 * What the real one does: for a namespace with a deletion timestamp it finds every kind that can be deleted by discovery, deletes
 * each kind's objects as a collection, and when nothing is left removes its own finalizer, `kubernetes`.
 * What we model: that, in rounds: delete, count what is still there, and come back while Pods take their time. Kinds that
 * definitions bring are known where definitions are watched.
 * What we leave out: kinds of servers behind an APIService; the conditions in the namespace's status; the wait by the longest
 * grace period (it looks again every few seconds).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/namespace/deletion/namespaced_resources_deleter.go`.
 */
import { RESOURCES, type Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject, Namespace } from '#cluster/api/types.ts'
import { type Answer, isOk, listRequest } from '#cluster/client/api-client.ts'
import type { Caches, Call, Controller, Reconciled } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'
import { Table } from '#cluster/kernel/table.ts'

const FINALIZER = 'kubernetes'
/** What is left takes its time: when to look again. */
const REST_MICROS = 5_000_000
/** A finalizer is removed, and the watch has yet to show it. */
const SHOWN_MICROS = 1_000_000

interface Round {
  readonly step: 'delete' | 'count' | 'finalize'
  /** Whether some object was still there. */
  readonly isLeft: boolean
}

interface Memory {
  /** Where the namespace's deletion has come. */
  rounds: Table<string, Round>
}

/** Built-in kinds that can be in a namespace. */
const BUILT_IN = RESOURCES.filter(
  ({ namespaced, verbs, storedAs }) => namespaced && verbs.includes('deletecollection') && storedAs === undefined,
)

/** What can be in a namespace. */
const contents = (caches: Caches): readonly Resource[] => [
  ...BUILT_IN,
  ...caches.customs().flatMap(([, row]) => (row.namespaced ? [row] : [])),
]

export const namespaceController: Controller<Memory> = {
  name: 'namespace',
  eventSource: 'namespace-controller',
  watches: [
    { resource: 'namespaces', enqueue: ({ object }: Delta<Namespace>) => (isGoing(object) ? [nameOf(object)] : []) },
  ],
  memory: () => ({ rounds: new Table() }),
  reconcile,
  settle,
}

const nameOf = ({ metadata }: KubernetesObject): string => metadata.name

const isGoing = ({ metadata, spec }: Namespace): boolean =>
  metadata.deletionTimestamp !== undefined && spec?.finalizers?.includes(FINALIZER) === true

function reconcile(key: string, caches: Caches, memory: Memory): Reconciled {
  const namespace = caches.get<Namespace>('namespaces', key)
  if (!namespace || !isGoing(namespace)) {
    memory.rounds.delete(key)
    return {}
  }
  const before = memory.rounds.get(key)
  if (before?.step === 'delete') {
    memory.rounds.set(key, { step: 'count', isLeft: false })
    return { calls: contents(caches).map((resource) => count(resource, key)), again: true }
  }
  if (before?.step === 'count' && !before.isLeft) {
    memory.rounds.set(key, { step: 'finalize', isLeft: false })
    return { calls: [finalize(namespace)], requeueAfterMicros: SHOWN_MICROS }
  }
  if (before?.step === 'count') {
    memory.rounds.delete(key)
    return { requeueAfterMicros: REST_MICROS }
  }
  memory.rounds.set(key, { step: 'delete', isLeft: false })
  return { calls: contents(caches).map((resource) => deleteAll(resource, key)), again: true }
}

function deleteAll(resource: Resource, namespace: string): Call {
  const { path } = listRequest(resource, namespace)
  return { request: { method: 'DELETE', path, body: { propagationPolicy: 'Background' } } }
}

/** One is as good as many. */
const count = (resource: Resource, namespace: string): Call => ({
  request: listRequest(resource, namespace, { limit: '1' }),
  tag: 'count',
})

function finalize(namespace: Namespace): Call {
  const finalizers = namespace.spec?.finalizers?.filter((one) => one !== FINALIZER) ?? []
  const body = { ...namespace, spec: { ...namespace.spec, finalizers } }
  const path = `/api/v1/namespaces/${namespace.metadata.name}/finalize`
  return { request: { method: 'PUT', path, body }, accept: ['NotFound'] }
}

function settle(key: string, { tag }: Call, answer: Answer, failed: boolean, memory: Memory): undefined {
  // What could not be counted may be there.
  if (failed) memory.rounds.set(key, { step: 'count', isLeft: true })
  else if (tag === 'count' && isOk(answer)) {
    const { items = [] } = (answer.body ?? {}) as { readonly items?: readonly unknown[] }
    if (items.length > 0) memory.rounds.set(key, { step: 'count', isLeft: true })
  }
  return undefined
}
