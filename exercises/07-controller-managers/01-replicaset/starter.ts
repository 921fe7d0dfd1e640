import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import type { Reconciler } from 'clusterwright/controller'

const reconciler: Reconciler = {
  async reconcile(request, client, ctx) {
    // 1. read: what is wanted, and what is there?
    const set = await client.get('ReplicaSet', request)
    if (!set) return {}
    const pods = await client.list('Pod', { namespace: request.namespace })

    // TODO 2. compare: which of these Pods belong to the set, which should, and how many of them are alive?
    //      3. act: adopt, let go, create, delete.
    //      4. report: set.status.
    //      5. requeue: return { requeueAfterMs } if time alone will change something; throw what was refused.
    return {}
  },
}

export default reconciler

// ── given: use what helps ───────────────────────────────────────────────────────────────────────────────────────────

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
