// As upstream does it: counts what it expects, creates in batches that double, takes a call without an answer for done, and
// after five minutes believes the cache again.
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import type { ApiError, Client, Context, Request, Result } from 'clusterwright/controller'

const EXPIRES_MS = 300_000

interface Expected {
  known: Set<string>
  creates: number
  deletes: Set<string>
  since: number
}

export default class ReplicaSetController {
  #expected: Record<string, Expected> = {}

  async reconcile({ namespace, name }: Request, client: Client, ctx: Context): Promise<Result> {
    const set = await client.get('ReplicaSet', { namespace, name })
    if (!set) return {}
    const pods = await client.list('Pod', { namespace })
    const mine: Pod[] = []
    for (const pod of pods) if (await this.#claim(set, pod, client)) mine.push(pod)
    const active = mine.filter(isActive)
    const leftMs = this.#leftMs(set, pods, ctx)
    let refused: unknown
    if (leftMs === 0 && !set.metadata.deletionTimestamp) refused = await this.#scale(set, pods, active, client, ctx)
    await report(set, active, client)
    if (refused) throw refused
    const waitMs = this.#leftMs(set, pods, ctx)
    return waitMs > 0 ? { requeueAfterMs: waitMs } : {}
  }

  /** How long to hold still yet. */
  #leftMs(set: ReplicaSet, pods: readonly Pod[], ctx: Context): number {
    const expected = this.#expected[set.metadata.uid!]
    if (!expected) return 0
    const fresh = pods.filter(
      (pod) => controllerOf(pod)?.uid === set.metadata.uid && !expected.known.has(pod.metadata.uid!),
    )
    const looksAlive = pods.some((pod) => expected.deletes.has(pod.metadata.uid!) && !pod.metadata.deletionTimestamp)
    const leftMs = Math.max(0, expected.since + EXPIRES_MS - ctx.now())
    return fresh.length >= expected.creates && !looksAlive ? 0 : leftMs
  }

  async #scale(set: ReplicaSet, pods: readonly Pod[], active: readonly Pod[], client: Client, ctx: Context) {
    const lacking = (set.spec.replicas ?? 1) - active.length
    if (lacking === 0) return undefined
    const known = new Set(pods.map(({ metadata }) => metadata.uid!))
    const victims = active.toSorted(byWorth).slice(0, Math.max(0, -lacking))
    const deletes = new Set(victims.map(({ metadata }) => metadata.uid!))
    const expected: Expected = { known, creates: Math.max(0, lacking), deletes, since: ctx.now() }
    this.#expected[set.metadata.uid!] = expected
    for (let done = 0, batch = 1; done < lacking; done += batch, batch = Math.min(2 * batch, lacking - done)) {
      const answers = await Promise.allSettled(Array.from({ length: batch }, () => client.create(podFrom(set))))
      const refused = answers.filter((answer) => answer.status === 'rejected' && (answer.reason as ApiError).code !== 0)
      expected.creates -= refused.length
      if (refused.length === 0) continue
      expected.creates -= lacking - done - batch
      return (refused[0] as PromiseRejectedResult).reason as unknown
    }
    for (const { metadata } of victims) {
      try {
        await client.delete('Pod', metadata)
      } catch (error) {
        if ((error as ApiError).code === 0) continue
        deletes.delete(metadata.uid!)
        if ((error as ApiError).reason !== 'NotFound') return error
      }
    }
    return undefined
  }

  async #claim(set: ReplicaSet, pod: Pod, client: Client): Promise<boolean> {
    const owner = controllerOf(pod)
    const fits = matches(set, pod)
    const { ownerReferences = [], resourceVersion, name, namespace } = pod.metadata
    if (owner && owner.uid !== set.metadata.uid) return false
    if (Boolean(owner) === fits) return fits
    if (!owner && (!isActive(pod) || !fits)) return false
    if (set.metadata.deletionTimestamp) return false
    const others = ownerReferences.filter(({ uid }) => uid !== set.metadata.uid)
    const owners = owner ? others : [...others, ownerReference(set)]
    await client.patch('Pod', { name, namespace }, { metadata: { resourceVersion, ownerReferences: owners } })
    return !owner
  }
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
