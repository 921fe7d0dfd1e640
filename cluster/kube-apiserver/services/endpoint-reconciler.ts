/**
 * The endpoints of the Service `kubernetes`: every API server that lives is one, none that has gone.
 *
 * What the real one does: each server keeps a key of its own in etcd, `/registry/masterleases/<address>`, on a lease of 15 s that
 * it renews every 10 s; in the same rhythm it makes Endpoints and EndpointSlice name those that have a key. So one that dies is
 * dropped after its lease has ended, at the next look of another: within 25 s.
 * What we model: that, with `--endpoint-reconciler-type=lease`. The renewal and the look are one transaction.
 * What we leave out: taking the key back when a server is told to stop; and with `none`, which a single server here has, there are
 * no such keys: what it wrote at its start stays true.
 * Where to read upstream: kubernetes/kubernetes `pkg/controlplane/reconcilers/{lease,endpointsadapter}.go`.
 */
import { isEqual } from '#cluster/api/meta.ts'
import { type Resource, resourceOfKind } from '#cluster/api/resources.ts'
import type { EndpointSlice, KubernetesObject } from '#cluster/api/types.ts'
import type { EtcdResponse, LeaseId, RangeResponse, TxnRequest } from '#cluster/etcd/messages.ts'
import { NO_LEASE } from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { prepareCreate, prepareUpdate } from '../handlers/objects.ts'
import type { RequestInfo } from '../chain/route.ts'
import type { State } from '../state.ts'
import { callEtcd } from '../storage/etcd-client.ts'
import { registryKey } from '../storage/keys.ts'

export const ENDPOINTS_TIMER = 'endpoints'
const RECONCILE_MICROS = 10_000_000
const LEASE_SECONDS = 15
const FOLDER = '/registry/masterleases/'
/** The first key after all of the folder's: `0` follows `/`. */
const FOLDER_END = '/registry/masterleases0'

type Step = 'grant' | 'look' | 'write'

const call = (state: State, ctx: Context, body: Parameters<typeof callEtcd>[2], step: Step): Effect =>
  callEtcd(state, ctx, body, { type: 'endpoints', step })

/** A round begins; one that still waits for etcd is not overtaken. */
export function reconcileEndpoints(state: State, ctx: Context): Effect[] {
  const { endpointReconcilerType, advertiseAddress } = state.options
  if (endpointReconcilerType !== 'lease' || advertiseAddress === '') return []
  const again: Effect = { type: 'wake', key: ENDPOINTS_TIMER, after: RECONCILE_MICROS }
  if (state.reconciling) return [again]
  state.reconciling = true
  return [again, call(state, ctx, { type: 'LeaseGrant', ttl: LEASE_SECONDS, id: NO_LEASE }, 'grant')]
}

/** @param response undefined where etcd failed: the next round tries it all again */
export function endpointsAnswered(
  state: State,
  step: Step,
  response: EtcdResponse | undefined,
  ctx: Context,
): Effect[] {
  if (step === 'grant' && response?.type === 'LeaseGrantResponse')
    return [call(state, ctx, renewal(state, response.id), 'look')]
  state.reconciling = false
  if (step !== 'look' || response?.type !== 'TxnResponse') return []
  const [, leases, ...found] = response.responses as readonly RangeResponse[]
  const addresses = leases!.kvs.map(({ key }) => key.slice(FOLDER.length)).sort()
  return wanted(state, addresses).flatMap((object, i) => {
    const write = writeOf(object, found[i]!, ctx)
    return write ? [call(state, ctx, write, 'write')] : []
  })
}

const resourceOf = (kind: string): Resource => resourceOfKind(kind)!
const keyFor = (kind: string): string => registryKey(resourceOf(kind), 'default', 'kubernetes')
const KINDS = ['Endpoints', 'EndpointSlice'] as const

function renewal({ options }: State, lease: LeaseId): TxnRequest {
  const value = {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: {},
    subsets: [{ addresses: [{ ip: options.advertiseAddress }] }],
  }
  return {
    type: 'Txn',
    compare: [],
    success: [
      { type: 'Put', key: FOLDER + options.advertiseAddress, value, lease },
      { type: 'Range', key: FOLDER, rangeEnd: FOLDER_END },
      ...KINDS.map((kind) => ({ type: 'Range' as const, key: keyFor(kind) })),
    ],
    failure: [],
  }
}

/** Both kinds, in the order of `KINDS`. */
function wanted({ options }: State, addresses: readonly string[]): readonly KubernetesObject[] {
  const slice = kubernetesSlice(addresses, options.securePort)
  return [endpointsOf(slice), slice]
}

export const kubernetesSlice = (addresses: readonly string[], port: number): EndpointSlice => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name: 'kubernetes', namespace: 'default', labels: { 'kubernetes.io/service-name': 'kubernetes' } },
  addressType: 'IPv4',
  endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
  ports: [{ name: 'https', port, protocol: 'TCP' }],
})

/** The same in the older kind; it is written as it is, and not to be mirrored. */
export function endpointsOf({ metadata, endpoints, ports }: EndpointSlice): KubernetesObject & Record<string, unknown> {
  return {
    apiVersion: 'v1',
    kind: 'Endpoints',
    metadata: { name: metadata.name, namespace: metadata.namespace!, labels: { 'endpointslice.kubernetes.io/skip-mirror': 'true' } }, // prettier-ignore
    subsets: [{ addresses: endpoints.map(({ addresses }) => ({ ip: addresses[0] })), ports }],
  }
}

/** What makes of the object that was found the one that is wanted, unless somebody comes between; undefined: it is so already. */
function writeOf(object: KubernetesObject, { kvs: [kv] }: RangeResponse, ctx: Context): TxnRequest | undefined {
  const { name, namespace = '' } = object.metadata
  const resource = resourceOf(object.kind)
  const info: RequestInfo = { verb: kv ? 'update' : 'create', resource, namespace, name, subresource: '' }
  const old = kv?.value as unknown as KubernetesObject | undefined
  const origin = old && { object: old, modRevision: kv!.modRevision, cached: undefined }
  // Labels and annotations of others stay.
  const body = old
    ? { ...object, metadata: { ...old.metadata, labels: { ...old.metadata.labels, ...object.metadata.labels } } }
    : object
  const prepared = origin ? prepareUpdate(info, body, origin, ctx) : prepareCreate(info, body, ctx)
  if ('refused' in prepared)
    throw new Error(`the server's own ${object.kind} ${name} is invalid: ${prepared.refused.message}`)
  if (old && isEqual(old, prepared.object)) return undefined
  const key = keyFor(object.kind)
  return {
    type: 'Txn',
    compare: [{ target: 'MOD', result: 'EQUAL', key, operand: kv?.modRevision ?? 0 }],
    success: [{ type: 'Put', key, value: prepared.object }],
    failure: [],
  }
}
