// Remembers nothing and asks the API server each time. Dearer, but right: nothing that it did can be missing from the answer.
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import type { ApiError, Client, Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile({ namespace, name }, client) {
    const set = await client.get('ReplicaSet', { namespace, name }, { live: true })
    if (!set) return
    const mine = await claimed(set, await client.list('Pod', { namespace, live: true }), client)
    const active = mine.filter(isActive)
    // The status first: the next call tells what came of the rest.
    await report(set, active, client)
    if (set.metadata.deletionTimestamp) return
    const lacking = (set.spec.replicas ?? 1) - active.length
    if (lacking > 0) await Promise.all(Array.from({ length: lacking }, () => client.create(podFrom(set))))
    const surplus = active.sort(byWorth).slice(0, Math.max(0, -lacking))
    await Promise.all(surplus.map(({ metadata }) => client.delete('Pod', { namespace, name: metadata.name })))
  },
}

export default reconciler

async function claimed(set: ReplicaSet, pods: readonly Pod[], client: Client): Promise<Pod[]> {
  const isOurs = (pod: Pod): boolean => controllerOf(pod)?.uid === set.metadata.uid
  const mine: Pod[] = []
  for (const pod of pods) {
    const owners = pod.metadata.ownerReferences ?? []
    const withOwners = (ownerReferences: readonly OwnerReference[]) =>
      client.update({ ...pod, metadata: { ...pod.metadata, ownerReferences } })
    const fits = matches(set, pod)
    if (isOurs(pod) && fits) mine.push(pod)
    else if (isOurs(pod)) await withOwners(owners.filter(({ uid }) => uid !== set.metadata.uid))
    else if (!controllerOf(pod) && fits && isActive(pod) && !set.metadata.deletionTimestamp) {
      mine.push(await withOwners([...owners, ownerReference(set)]))
    }
  }
  return mine
}

async function report(set: ReplicaSet, active: readonly Pod[], client: Client): Promise<void> {
  const readyReplicas = active.filter(isReady).length
  const counts = { replicas: active.length, readyReplicas, availableReplicas: readyReplicas }
  const status = { ...set.status, ...counts, observedGeneration: set.metadata.generation ?? 0 }
  const old: object = { readyReplicas: 0, availableReplicas: 0, observedGeneration: 0, ...set.status }
  if (Object.entries(status).every(([field, value]) => (old as Record<string, unknown>)[field] === value)) return
  await client.updateStatus({ ...set, status }).catch((error: ApiError) => {
    if (error.reason !== 'Conflict') throw error
  })
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
