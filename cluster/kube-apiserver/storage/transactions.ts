/**
 * The transactions of etcd that a write becomes: they hold only if the object is where the change started from.
 *
 * A transaction that does not hold brings the object as it is now, so that the change can begin anew. A Service takes and
 * frees its address and its node ports in the same transaction.
 * Where to read upstream: apiserver `pkg/storage/etcd3/store.go` (Create, GuaranteedUpdate, conditionalDelete).
 */
import { keyOf } from '#cluster/api/resources.ts'
import type { KubernetesObject, Service } from '#cluster/api/types.ts'
import type { Compare, LeaseId, RequestOp, TxnRequest } from '#cluster/etcd/messages.ts'
import type { Context } from '#cluster/kernel/component.ts'
import type { RequestInfo } from '../chain/route.ts'
import { nodePortsOf } from '../services/node-ports.ts'
import { storedAddress } from '../services/ip-addresses.ts'
import { addressOf } from '../services/service-address.ts'
import type { Origin } from '../state.ts'
import { ipAddressKey, nodePortKey, registryKey } from './keys.ts'

/** Puts the object in the place of its origin; without one it must not exist yet. */
export function putTransaction(
  info: RequestInfo,
  origin: Origin | undefined,
  wanted: KubernetesObject,
  lease: LeaseId,
  ctx: Context,
): TxnRequest {
  const { name } = wanted.metadata
  const key = origin?.key ?? registryKey(info.resource, info.namespace, name)
  const compare: Compare[] = [{ target: 'MOD', result: 'EQUAL', key, operand: origin?.modRevision ?? 0 }]
  const success: RequestOp[] = [{ type: 'Put', key, value: wanted, lease }]
  const failure: RequestOp[] = [{ type: 'Range', key }]
  const { freed, taken } = addressChange(info, origin?.object, wanted)
  const ports = nodePortChange(info, origin?.object, wanted)
  const take = (held: string, value: unknown): void => {
    compare.push({ target: 'MOD', result: 'EQUAL', key: held, operand: 0 })
    success.push({ type: 'Put', key: held, value })
  }
  if (taken) take(ipAddressKey(taken), storedAddress(taken, info.namespace, name, ctx))
  for (const held of ports.taken) take(held, `${info.namespace}/${name}`)
  for (const left of freed ? [ipAddressKey(freed), ...ports.freed] : ports.freed) success.push({ type: 'DeleteRange', key: left }) // prettier-ignore
  // So that a refusal says which port is somebody's.
  for (const held of ports.taken) failure.push({ type: 'Range', key: held })
  return { type: 'Txn', compare, success, failure }
}

export function removalTransaction(info: RequestInfo, origin: Origin): TxnRequest {
  const key = origin.key ?? registryKey(info.resource, info.namespace, info.name)
  const success: RequestOp[] = [{ type: 'DeleteRange', key }]
  const { freed } = addressChange(info, origin.object, undefined)
  if (freed) success.push({ type: 'DeleteRange', key: ipAddressKey(freed) })
  for (const left of nodePortChange(info, origin.object, undefined).freed) success.push({ type: 'DeleteRange', key: left }) // prettier-ignore
  const compare: Compare[] = [{ target: 'MOD', result: 'EQUAL', key, operand: origin.modRevision }]
  return { type: 'Txn', compare, success, failure: [{ type: 'Range', key }] }
}

/** The addresses that a change of a Service gives back and takes. */
function addressChange(
  info: RequestInfo,
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): { readonly freed?: string; readonly taken?: string } {
  if (keyOf(info.resource) !== 'services') return {}
  const old = before && addressOf(before as Service)
  const next = after && addressOf(after as Service)
  if (old === next) return {}
  return { ...(old && { freed: old }), ...(next && { taken: next }) }
}

const UNCHANGED: { readonly freed: readonly string[]; readonly taken: readonly string[] } = { freed: [], taken: [] }

/** The same of node ports. */
function nodePortChange(
  info: RequestInfo,
  before: KubernetesObject | undefined,
  after: KubernetesObject | undefined,
): { readonly freed: readonly string[]; readonly taken: readonly string[] } {
  if (keyOf(info.resource) !== 'services') return UNCHANGED
  const old = before ? nodePortsOf(before as Service) : []
  const next = after ? nodePortsOf(after as Service) : []
  if (old.length === 0 && next.length === 0) return UNCHANGED
  return {
    freed: old.filter((port) => !next.includes(port)).map(nodePortKey),
    taken: next.filter((port) => !old.includes(port)).map(nodePortKey),
  }
}
