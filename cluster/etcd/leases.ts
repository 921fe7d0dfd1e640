/**
 * When leases end: the part of a lease that the log does not determine.
 *
 * Only grants and revocations are in the log; the time that is left is known to the leader alone. So after a restart every
 * lease lives its full time again: it may end late, never early.
 * Where to read upstream: etcd `server/lease/lessor.go`.
 */
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { EtcdState } from './state.ts'
import {
  type LeaseGrantRequest,
  type LeaseId,
  type LeaseKeepAliveResponse,
  type LeaseLeasesResponse,
  type LeaseRevokeRequest,
  type LeaseTimeToLiveRequest,
  type LeaseTimeToLiveResponse,
  NO_LEASE,
  type WriteRequest,
} from './messages.ts'
import { keysFrom } from './mvcc/ordered-keys.ts'

/** etcd's lessor looks every 500 ms. */
const LOOK_EVERY_MICROS = 500_000

/** The request as it goes into the log: with a number, where the client left the choice to etcd. */
export function grantRequest(member: number, request: LeaseGrantRequest, ctx: Context): LeaseGrantRequest {
  return request.id === NO_LEASE ? { ...request, id: chosenId(member, ctx) } : request
}

/** As upstream: what the members of a cluster choose differs in the upper bits, what one chooses in the lower ones. */
const chosenId = (member: number, ctx: Context): LeaseId =>
  String((BigInt(member % 2 ** 15) << 48n) | BigInt(ctx.id() % 2 ** 48))

/** Keeps the times in step with the log; whether this request had to do with leases. */
export function leaseApplied(state: EtcdState, request: WriteRequest, ctx: Context): boolean {
  if (request.type === 'LeaseGrant') refresh(state, request.id, ctx)
  else if (request.type === 'LeaseRevoke') state.leaseEnds.delete(request.id)
  else return false
  return true
}

function refresh(state: EtcdState, id: LeaseId, ctx: Context): void {
  const lease = state.keyspace.leases.get(id)
  if (lease) state.leaseEnds.set(id, ctx.now + lease.ttl * 1e6)
}

export function refreshAll(state: EtcdState, ctx: Context): void {
  for (const id of state.keyspace.leases.keys()) refresh(state, id, ctx)
}

export function keepAlive(state: EtcdState, id: LeaseId, ctx: Context): LeaseKeepAliveResponse {
  refresh(state, id, ctx)
  const ttl = state.keyspace.leases.get(id)?.ttl ?? 0
  return { type: 'LeaseKeepAliveResponse', header: { revision: state.keyspace.store.revision }, id, ttl }
}

export function timeToLive(
  state: EtcdState,
  { id, keys = false }: LeaseTimeToLiveRequest,
  ctx: Context,
): LeaseTimeToLiveResponse {
  const header = { revision: state.keyspace.store.revision }
  const lease = state.keyspace.leases.get(id)
  if (!lease) return { type: 'LeaseTimeToLiveResponse', header, id, ttl: -1, grantedTtl: 0, keys: [] }
  const left = Math.max(state.leaseEnds.get(id) ?? ctx.now, ctx.now) - ctx.now
  const attached = keys ? [...keysFrom(lease.keys, '')] : []
  const ttl = Math.floor(left / 1e6)
  return { type: 'LeaseTimeToLiveResponse', header, id, ttl, grantedTtl: lease.ttl, keys: attached }
}

export function allLeases(state: EtcdState): LeaseLeasesResponse {
  const endOf = (id: LeaseId): number => state.leaseEnds.get(id) ?? 0
  const leases = [...state.keyspace.leases.keys()].sort(
    (a, b) => endOf(a) - endOf(b) || (BigInt(a) < BigInt(b) ? -1 : 1),
  )
  return { type: 'LeaseLeasesResponse', header: { revision: state.keyspace.store.revision }, leases }
}

/** Wakes at the first look after the earliest end. */
export function wakeForLeases(state: EtcdState, ctx: Context): Effect[] {
  let earliest = Infinity
  for (const end of state.leaseEnds.values()) earliest = Math.min(earliest, end)
  if (earliest === Infinity) return []
  const look = Math.ceil(Math.max(earliest, ctx.now + 1) / LOOK_EVERY_MICROS) * LOOK_EVERY_MICROS
  return [{ type: 'wake', key: 'leases', after: look - ctx.now }]
}

/** The leases whose time is over, to be revoked through the log. */
export function expireDue(state: EtcdState, ctx: Context): LeaseRevokeRequest[] {
  const due: LeaseRevokeRequest[] = []
  for (const [id, end] of state.leaseEnds) {
    if (end > ctx.now) continue
    ctx.note('lease-expired', { id })
    due.push({ type: 'LeaseRevoke', id })
  }
  for (const { id } of due) state.leaseEnds.delete(id)
  return due
}
