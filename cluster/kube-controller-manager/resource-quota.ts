/**
 * The resourcequota controller: counts what is there, and puts the sums of quotas right.
 *
 * The API server adds when something is created; what goes, ends or was there before the quota is noticed here.
 * What we model: a count for each change of a quota's bounds, for each deletion and each Pod that ends, and one every five
 * minutes whatever happens.
 * What we leave out: kinds beyond those that quotas usually count (Pods, Services, claims, ConfigMaps, Secrets, workloads).
 * Where to read upstream: kubernetes/kubernetes `pkg/controller/resourcequota/resource_quota_controller.go`.
 */
import { isEqual, isPodFinished, keyOf } from '#cluster/api/meta.ts'
import { addAmounts } from '#cluster/api/pod-resources.ts'
import { isAbout, quotaText, type ResourceQuota, usageOf } from '#cluster/api/resource-quota.ts'
import { resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod } from '#cluster/api/types.ts'
import { updateStatusRequest } from '#cluster/client/api-client.ts'
import type { Caches, Controller, Reconciled, Watch } from '#cluster/client/controller.ts'
import type { Delta } from '#cluster/client/informer.ts'

const RESYNC_MICROS = 300_000_000
const COUNTED = ['pods', 'services', 'persistentvolumeclaims', 'configmaps', 'secrets', 'replicationcontrollers', 'deployments', 'replicasets', 'statefulsets', 'daemonsets', 'jobs', 'cronjobs'] // prettier-ignore

const inNamespace = ({ metadata }: KubernetesObject): string[] => [metadata.namespace ?? '']

function quotasOf(caches: Caches, { metadata }: KubernetesObject): string[] {
  return [...caches.by<KubernetesObject>('resourcequotas', 'namespace', metadata.namespace ?? '')].map(keyOf)
}

/** It has gone, or it is a Pod that has ended: it counts for less now. */
function frees({ type, object, old }: Delta): boolean {
  if (type === 'deleted') return true
  return object.kind === 'Pod' && old !== undefined && isPodFinished(object as Pod) && !isPodFinished(old as Pod)
}

/** Sums that the API server has written are right: what they are of may not have been seen here yet. */
const onQuota = ({ object, old }: Delta): string[] =>
  old && isEqual((object as ResourceQuota).spec, (old as ResourceQuota).spec) ? [] : [keyOf(object)]

const watch = (resource: string): Watch<undefined> => ({
  resource,
  enqueue: (delta: Delta, caches) => (frees(delta) ? quotasOf(caches, delta.object) : []),
})

export const resourceQuotaController: Controller<undefined> = {
  name: 'resourcequota',
  offByDefault: true,
  watches: [{ resource: 'resourcequotas', enqueue: onQuota }, ...COUNTED.map(watch)],
  indexes: Object.fromEntries(['resourcequotas', ...COUNTED].map((resource) => [resource, { namespace: inNamespace }])),
  memory: () => undefined,
  reconcile,
}

function reconcile(key: string, caches: Caches): Reconciled {
  const quota = caches.get<ResourceQuota>('resourcequotas', key)
  if (!quota) return {}
  const hard = quota.spec?.hard ?? {}
  const totals: Record<string, number> = {}
  for (const resource of COUNTED) {
    const row = resourceNamed(resource)
    for (const object of caches.by<KubernetesObject>(resource, 'namespace', quota.metadata.namespace ?? ''))
      if (isAbout(quota, row, object)) addAmounts(totals, usageOf(row, object))
  }
  totals['resourcequotas'] = totals['count/resourcequotas'] = caches.count('resourcequotas', 'namespace', quota.metadata.namespace ?? '') * 1_000 // prettier-ignore
  const names = Object.keys(hard)
  const used = Object.fromEntries(names.map((name) => [name, quotaText(name, totals[name] ?? 0)]))
  const status = { hard, used }
  const requeueAfterMicros = RESYNC_MICROS
  if (isEqual(quota.status ?? {}, status)) return { requeueAfterMicros }
  // Whoever has charged it meanwhile has seen more: the count begins anew from there.
  return { calls: [{ request: updateStatusRequest({ ...quota, status } as ResourceQuota) }], requeueAfterMicros }
}
