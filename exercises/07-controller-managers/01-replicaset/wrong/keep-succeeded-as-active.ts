// check: a Pod that is being deleted, or has failed, is replaced at once
// hint: active
// Counts Pods that have ended well: Succeeded is no more alive than Failed.
// es: Cuenta los Pods que han terminado bien: Succeeded está tan poco vivo como Failed.
/** The ReplicaSet controller: as many Pods as the spec says, no more and no fewer. */
import type { OwnerReference, Pod, ReplicaSet } from 'clusterwright/api'
import type { ApiError, Client, Context, Reconciler } from 'clusterwright/controller'

/** How long to wait for the cache to show our own writes, before asking the API server itself. */
const PATIENCE_MS = 30_000

/** What we did and have not seen yet, by the ReplicaSet's UID. A crash forgets it; but then the cache starts anew, too. */
interface Expectation {
  /** UIDs of Pods. */
  created: Set<string>
  deleted: Set<string>
  /** No longer than that; then ask the API server. */
  untilMs: number
  /** A call had no answer: nobody but the API server knows whether it was carried out. */
  inDoubt: boolean
}
const expectations = new Map<string, Expectation>()

const reconciler: Reconciler = {
  async reconcile(request, client, ctx) {
    // read
    const set = await client.get('ReplicaSet', request)
    if (!set) return {}
    const { pods, waitMs } = await readPods(set, client, ctx)

    // compare and act
    const mine = await claim(set, pods, client)
    const active = mine.filter(isActive)
    const failure =
      waitMs === undefined && !set.metadata.deletionTimestamp ? await scale(set, active, client, ctx) : undefined

    // report
    await reportStatus(set, active, client)

    // requeue
    if (failure !== undefined) throw failure
    return waitMs === undefined ? {} : { requeueAfterMs: waitMs }
  },
}

export default reconciler

// ── read ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** The Pods of the namespace. `waitMs` is there while the cache lags behind our own writes: then do not act on it. */
async function readPods(
  { metadata: { namespace, uid } }: ReplicaSet,
  client: Client,
  ctx: Context,
): Promise<{ pods: readonly Pod[]; waitMs?: number }> {
  const cached = await client.list('Pod', { namespace })
  const expected = expectations.get(uid!)
  if (!expected) return { pods: cached }
  const waitMs = expected.untilMs - ctx.now()
  if (!expected.inDoubt && isMet(expected, cached)) {
    expectations.delete(uid!)
    return { pods: cached }
  }
  if (!expected.inDoubt && waitMs > 0) return { pods: cached, waitMs }
  const live = await client.list('Pod', { namespace, live: true })
  expectations.set(uid!, difference(cached, live, ctx))
  return { pods: live }
}

/** Whether the cache shows all that we did. */
function isMet({ created, deleted }: Expectation, cached: readonly Pod[]): boolean {
  const present = new Set(cached.map(({ metadata }) => metadata.uid!))
  const staying = new Set(
    cached.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid!),
  )
  return [...created].every((uid) => present.has(uid)) && ![...deleted].some((uid) => staying.has(uid))
}

/** What the cache has yet to learn. */
function difference(cached: readonly Pod[], live: readonly Pod[], ctx: Context): Expectation {
  const staying = (pods: readonly Pod[]) =>
    pods.filter(({ metadata }) => !metadata.deletionTimestamp).map(({ metadata }) => metadata.uid!)
  const [before, now] = [staying(cached), staying(live)]
  return {
    created: new Set(now.filter((uid) => !before.includes(uid))),
    deleted: new Set(before.filter((uid) => !now.includes(uid))),
    untilMs: ctx.now() + PATIENCE_MS,
    inDoubt: false,
  }
}

function expectationOf({ metadata: { uid } }: ReplicaSet, ctx: Context): Expectation {
  const untilMs = ctx.now() + PATIENCE_MS
  const expected = expectations.get(uid!) ?? { created: new Set(), deleted: new Set(), untilMs, inDoubt: false }
  expected.untilMs = untilMs
  expectations.set(uid!, expected)
  return expected
}

// ── compare ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Our Pods, after taking in orphans that match and letting go of our own that do not. */
async function claim(set: ReplicaSet, pods: readonly Pod[], client: Client): Promise<Pod[]> {
  const mine: Pod[] = []
  for (const pod of pods) {
    const owner = controllerOf(pod)
    const fits = matches(set, pod)
    if (owner?.uid === set.metadata.uid) {
      if (fits) mine.push(pod)
      else if (!set.metadata.deletionTimestamp) await release(set, pod, client)
    } else if (!owner && fits && isActive(pod) && (await adopt(set, pod, client))) mine.push(pod)
  }
  return mine
}

async function adopt(set: ReplicaSet, pod: Pod, client: Client): Promise<boolean> {
  if (set.metadata.deletionTimestamp) return false
  const { namespace, name } = set.metadata
  const live = await client.get('ReplicaSet', { namespace, name }, { live: true })
  if (live?.metadata.uid !== set.metadata.uid || live?.metadata.deletionTimestamp) return false
  return setOwners(pod, [...(pod.metadata.ownerReferences ?? []), ownerReference(set)], client)
}

async function release(set: ReplicaSet, pod: Pod, client: Client): Promise<void> {
  const others = (pod.metadata.ownerReferences ?? []).filter(({ uid }) => uid !== set.metadata.uid)
  try {
    await setOwners(pod, others, client)
  } catch (error) {
    // Somebody has changed it, perhaps we did: it is not ours to count in any case.
    if ((error as ApiError).reason !== 'Conflict') throw error
  }
}

/** False when the Pod is gone. With its version in the patch, it fails if anybody else has changed the Pod meanwhile. */
async function setOwners(pod: Pod, ownerReferences: readonly OwnerReference[], client: Client): Promise<boolean> {
  const { namespace, name, uid, resourceVersion } = pod.metadata
  try {
    await client.patch('Pod', { namespace, name }, { metadata: { uid, resourceVersion, ownerReferences } })
    return true
  } catch (error) {
    if ((error as ApiError).reason === 'NotFound') return false
    throw error
  }
}

const controllerOf = (pod: Pod) => pod.metadata.ownerReferences?.find(({ controller }) => controller)

const isActive = ({ metadata, status }: Pod): boolean => !metadata.deletionTimestamp && status?.phase !== 'Failed'

// ── act ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Creates or deletes the difference, and stops at the first refusal, which it returns. */
async function scale(set: ReplicaSet, active: readonly Pod[], client: Client, ctx: Context): Promise<unknown> {
  const surplus = active.length - (set.spec.replicas ?? 1)
  try {
    for (let i = surplus; i < 0; i++) {
      const created = await client.create(podFrom(set))
      expectationOf(set, ctx).created.add(created.metadata.uid!)
    }
    const victims = surplus > 0 ? [...active].sort(byDeletionRank).slice(0, surplus) : []
    for (const victim of victims) await remove(set, victim, client, ctx)
  } catch (error) {
    // No answer: it may have been done or not. Only the API server knows, so ask it at the next pass.
    if ((error as ApiError).code === 0) expectationOf(set, ctx).inDoubt = true
    return error
  }
  return undefined
}

async function remove(set: ReplicaSet, victim: Pod, client: Client, ctx: Context): Promise<void> {
  const { namespace, name, uid } = victim.metadata
  try {
    await client.delete('Pod', { namespace, name }, { preconditions: { uid: uid! } })
  } catch (error) {
    const { reason } = error as ApiError
    if (reason !== 'NotFound' && reason !== 'Conflict') throw error
  }
  expectationOf(set, ctx).deleted.add(uid!)
}

const PHASES = ['Pending', 'Unknown', 'Running']

/** Whom to miss least: unscheduled, then pending, then not ready, then newest. */
function byDeletionRank(a: Pod, b: Pod): number {
  const phase = (pod: Pod) => PHASES.indexOf(pod.status?.phase ?? 'Pending')
  const created = (pod: Pod) => pod.metadata.creationTimestamp ?? ''
  return (
    Number(Boolean(a.spec.nodeName)) - Number(Boolean(b.spec.nodeName)) ||
    phase(a) - phase(b) ||
    Number(isReady(a)) - Number(isReady(b)) ||
    (created(a) < created(b) ? 1 : created(a) > created(b) ? -1 : 0)
  )
}

// ── report ──────────────────────────────────────────────────────────────────────────────────────────────────────────

async function reportStatus(set: ReplicaSet, active: readonly Pod[], client: Client): Promise<void> {
  const ready = active.filter(isReady).length
  const { generation = 0 } = set.metadata
  const counts = { replicas: active.length, readyReplicas: ready, availableReplicas: ready }
  const status = { ...set.status, ...counts, observedGeneration: generation }
  const old = set.status
  const isSame =
    old?.replicas === active.length &&
    (old.readyReplicas ?? 0) === ready &&
    (old.availableReplicas ?? 0) === ready &&
    old.observedGeneration === generation
  if (isSame) return
  try {
    await client.updateStatus({ ...set, status })
  } catch (error) {
    // The cache is behind. What it is about to hear of brings this ReplicaSet back here.
    const { reason } = error as ApiError
    if (reason !== 'Conflict' && reason !== 'NotFound') throw error
  }
}

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
