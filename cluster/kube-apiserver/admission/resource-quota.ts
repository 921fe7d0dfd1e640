/**
 * ResourceQuota: the last word on what is created, since it is a promise to count it.
 *
 * The sum is kept in the quota's status, which is written first: whoever finds that somebody else has written it meanwhile
 * counts again. So two who come at once cannot both take what is left for one. A write that fails afterwards has been counted
 * nevertheless, until the controller counts anew; upstream has it so too.
 * What we leave out: limited resources (kinds that may not be created without a quota).
 * Where to read upstream: apiserver `pkg/admission/plugin/resourcequota/controller.go` (checkQuotas, CheckRequest).
 */
import { addAmounts, toAmounts } from '#cluster/api/pod-resources.ts'
import { milli } from '#cluster/api/quantity.ts'
import { isAbout, quotaText, type ResourceQuota, unsaid, usageOf } from '#cluster/api/resource-quota.ts'
import { keyOf, resourceNamed } from '#cluster/api/resources.ts'
import type { KubernetesObject, Pod, ResourceList, Status } from '#cluster/api/types.ts'
import type { Compare, RequestOp, TxnRequest, TxnResponse } from '#cluster/etcd/messages.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { PendingRequest, QuotaOrigin, State } from '../state.ts'
import { forbidden } from '../status.ts'
import { registryKey, withoutRevision } from '../storage/keys.ts'
import { objectsIn } from '../watch/watch-cache.ts'
import type { AdmissionPlugin } from './plugin.ts'

/** Kinds of which nobody keeps count. */
const UNCOUNTED: readonly string[] = ['events', 'bindings', 'leases']
/** Kinds that can come to count for more later. */
const GROWING: readonly string[] = ['services', 'persistentvolumeclaims']

/** It looks up the quotas; what it does with them is a stage of its own, in `writes.ts`. */
export const resourceQuota: AdmissionPlugin = {
  name: 'ResourceQuota',
  handles({ resource, verb, subresource }): boolean {
    if (!resource.namespaced || subresource !== '' || UNCOUNTED.includes(keyOf(resource))) return false
    return verb === 'create' || ((verb === 'update' || verb === 'patch') && GROWING.includes(keyOf(resource)))
  },
  reads: ['resourcequotas'],
}

const QUOTAS = resourceNamed('resourcequotas')

function quotasOf({ caches }: State, { info, quotas }: PendingRequest): QuotaOrigin[] {
  // What etcd has sent after a conflict is newer than the cache.
  if (quotas) return [...quotas]
  const found: QuotaOrigin[] = []
  for (const object of objectsIn(caches['resourcequotas']!, info.namespace))
    found.push({ quota: withoutRevision(object), modRevision: Number(object.metadata.resourceVersion) })
  return found
}

/** Sorted, as `cpu=1,memory=1Gi`. */
const inWords = (list: ResourceList): string =>
  Object.keys(list).toSorted().map((name) => `${name}=${list[name]}`).join(',') // prettier-ignore

const masked = (names: readonly string[], valueOf: (name: string) => number): string =>
  inWords(Object.fromEntries(names.map((name) => [name, quotaText(name, valueOf(name))])))

export type Charge =
  | { readonly refused: Status }
  /** Writes the new sums, and holds only if nobody else has written them since. */
  | { readonly txn: TxnRequest }
  | undefined

/** What the write costs the quotas of its namespace; undefined: nothing. */
export function chargeFor(
  state: State,
  row: PendingRequest,
  wanted: KubernetesObject,
  old: KubernetesObject | undefined,
): Charge {
  // prettier-ignore
  const { info } = row
  const verb = old ? info.verb : 'create'
  if (!state.options.admissionPlugins.includes('ResourceQuota') || !resourceQuota.handles({ ...info, verb })) return undefined // prettier-ignore
  const quotas = quotasOf(state, row)
  if (quotas.length === 0) return undefined
  const delta = { ...usageOf(info.resource, wanted) }
  if (old) addAmounts(delta, usageOf(info.resource, old), -1)
  const compare: Compare[] = []
  const success: RequestOp[] = []
  const failure: RequestOp[] = []
  for (const { quota, modRevision } of quotas) {
    const next = charged(quota, info, delta, wanted, old === undefined)
    if (next === undefined) continue
    if ('refused' in next) return next
    const key = registryKey(QUOTAS, info.namespace, quota.metadata.name)
    compare.push({ target: 'MOD', result: 'EQUAL', key, operand: modRevision })
    success.push({ type: 'Put', key, value: next.quota })
    failure.push({ type: 'Range', key })
  }
  return compare.length === 0 ? undefined : { txn: { type: 'Txn', compare, success, failure } }
}

function charged(
  quota: ResourceQuota,
  info: RequestInfo,
  delta: Readonly<Record<string, number>>,
  wanted: KubernetesObject,
  isCreation: boolean,
) {
  // prettier-ignore
  if (!isAbout(quota, info.resource, wanted)) return undefined
  const { hard = {}, used = {} } = quota.status ?? {}
  const { name } = quota.metadata
  const refuse = (why: string) => ({ refused: forbidden(info.resource, wanted.metadata.name, why) })
  if (keyOf(info.resource) === 'pods' && isCreation) {
    const missing = unsaid(quota, wanted as Pod)
    if (missing.length > 0) return refuse(`failed quota: ${name}: must specify ${missing.join('; ')}`)
  }
  const specified = Object.keys(quota.spec?.hard ?? {})
  const concerned = Object.keys(delta).filter((one) => delta[one]! > 0 && (specified.includes(one) || hard[one] !== undefined)) // prettier-ignore
  if (concerned.length === 0) return undefined
  const unknown = concerned.filter((one) => hard[one] === undefined || used[one] === undefined)
  if (unknown.length > 0) return refuse(`status unknown for quota: ${name}, resources: ${unknown.toSorted().join(',')}`)
  const amounts = toAmounts(used)
  const exceeded = concerned.filter((one) => amounts[one]! + delta[one]! > milli(hard[one]))
  if (exceeded.length > 0) {
    return refuse(
      `exceeded quota: ${name}, requested: ${masked(exceeded, (one) => delta[one]!)}, used: ${masked(exceeded, (one) => amounts[one]!)}, limited: ${masked(exceeded, (one) => milli(hard[one]))}`,
    )
  }
  const sums = Object.fromEntries(concerned.map((one) => [one, quotaText(one, amounts[one]! + delta[one]!)]))
  const status = Object.freeze({ ...quota.status, used: Object.freeze({ ...used, ...sums }) })
  return { quota: Object.freeze({ ...quota, status }) as ResourceQuota }
}

/** The quotas as etcd has them now, from a charge that did not hold. */
export function quotasIn(response: TxnResponse): readonly QuotaOrigin[] {
  return response.responses.flatMap((one) =>
    one.type === 'RangeResponse'
      ? one.kvs.map(({ value, modRevision }) => ({ quota: value as ResourceQuota, modRevision }))
      : [],
  )
}
