// check: whatever goes wrong, and wherever, it comes right
// check: never more Pods than wanted, however late the cache
// hint: expectations
// Numbers its Pods, and where a name is taken it takes the next: it was its own Pod, of which its cache has not heard yet.
// es: Numera sus Pods y, si un nombre está ocupado, toma el siguiente: era su propio Pod, del que su caché aún no sabe.
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import type { ApiError, Client, Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  reconcile: async (request, client) => {
    const set = await client.get('ReplicaSet', request)
    if (set === undefined) return undefined
    const { namespace } = request
    let pods = await client.list('Pod', { namespace })
    const isGoing = set.metadata.deletionTimestamp !== undefined
    const wanted = set.spec.replicas ?? 1
    let active = await ours(set, pods, client)
    if (!isGoing && active.length > wanted) {
      pods = await client.list('Pod', { namespace, live: true })
      active = await ours(set, pods, client)
      const rest = active.sort(byWorth)
      for (const { metadata } of rest.splice(0, active.length - wanted)) {
        await client.delete('Pod', { namespace, name: metadata.name }, { preconditions: { uid: metadata.uid! } })
      }
    }
    let refused: ApiError | undefined
    const names = new Set(pods.map(({ metadata }) => metadata.name))
    for (let number = 0, left = isGoing ? 0 : wanted - active.length; left > 0 && !refused; number++) {
      const name = `${request.name}-${number}`
      if (names.has(name)) continue
      const pod = podFrom(set)
      const { generateName: _, ...metadata } = pod.metadata
      refused = await client.create({ ...pod, metadata: { ...metadata, name } }).then(
        () => void left--,
        // Taken: the next number, then.
        (error: ApiError) => (error.reason === 'AlreadyExists' ? undefined : error),
      )
    }
    await report(set, active, client)
    if (refused) throw refused
    return { requeueAfterMs: 60_000 }
  },
}

export default reconciler

async function ours(set: ReplicaSet, pods: readonly Pod[], client: Client): Promise<Pod[]> {
  const { uid, deletionTimestamp } = set.metadata
  const found = pods.filter((pod) => controllerOf(pod)?.uid === uid && matches(set, pod) && isActive(pod))
  if (deletionTimestamp) return found
  const change = (pod: Pod, ownerReferences: readonly OwnerReference[]) => {
    const { name, namespace, resourceVersion } = pod.metadata
    return client.patch('Pod', { name, namespace }, { metadata: { resourceVersion, ownerReferences } })
  }
  for (const pod of pods) {
    const others = (pod.metadata.ownerReferences ?? []).filter((owner) => owner.uid !== uid)
    if (controllerOf(pod)?.uid === uid && !matches(set, pod)) await change(pod, others)
    if (!controllerOf(pod) && matches(set, pod) && isActive(pod))
      found.push(await change(pod, [...others, ownerReference(set)]))
  }
  return found
}

async function report(set: ReplicaSet, active: readonly Pod[], client: Client): Promise<void> {
  const readyReplicas = active.filter(isReady).length
  const status = {
    ...{ replicas: active.length, readyReplicas, availableReplicas: readyReplicas },
    ...{ fullyLabeledReplicas: active.length, observedGeneration: set.metadata.generation ?? 0 },
  }
  const old = { ...{ readyReplicas: 0, availableReplicas: 0, fullyLabeledReplicas: 0 }, ...set.status }
  const isSame = (Object.keys(status) as (keyof typeof status)[]).every((field) => old[field] === status[field])
  if (!isSame) await client.updateStatus({ ...set, status })
}

const controllerOf = (pod: Pod) => pod.metadata.ownerReferences?.find(({ controller }) => controller)
const isActive = ({ metadata, status }: Pod): boolean =>
  !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed'

/** The higher, the more it would be missed. */
function worth(pod: Pod): number {
  if (!pod.spec.nodeName) return 0
  if (pod.status?.phase !== 'Running') return 1
  return isReady(pod) ? 3 : 2
}

const byWorth = (a: Pod, b: Pod): number =>
  worth(a) - worth(b) || (a.metadata.creationTimestamp! < b.metadata.creationTimestamp! ? 1 : -1)

// ── given ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Whether the selector of a ReplicaSet selects a Pod. */
function matches({ spec: { selector } }: ReplicaSet, { metadata: { labels = {} } }: Pod): boolean {
  const { matchLabels = {}, matchExpressions = [] } = selector
  if (Object.entries(matchLabels).some(([key, value]) => labels[key] !== value)) return false
  return matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key]
    if (operator === 'Exists') return value !== undefined
    if (operator === 'DoesNotExist') return value === undefined
    return (value !== undefined && values.includes(value)) === (operator === 'In')
  })
}

/** What makes a ReplicaSet the controller of a Pod. */
function ownerReference({ apiVersion, kind, metadata }: ReplicaSet): OwnerReference {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid!, controller: true, blockOwnerDeletion: true }
}

/** A Pod from the template, to be created; the API server makes up the end of its name. */
function podFrom(set: ReplicaSet): Pod {
  const { name, namespace } = set.metadata
  const { labels, annotations } = set.spec.template.metadata ?? {}
  const metadata = { generateName: `${name}-`, namespace, labels, annotations, ownerReferences: [ownerReference(set)] }
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: metadata as unknown as Pod['metadata'],
    spec: set.spec.template.spec,
  }
}

function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false
}
