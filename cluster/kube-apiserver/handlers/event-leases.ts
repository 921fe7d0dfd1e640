/**
 * Events live an hour: each hangs on a lease of etcd. One lease serves all Events of a minute, up to a thousand.
 *
 * Where to read upstream: apiserver `pkg/storage/etcd3/lease_manager.go`.
 */
import { type EtcdResponse, type LeaseId, NO_LEASE } from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { State } from '../state.ts'
import { callEtcd } from '../storage/etcd-client.ts'

const REUSE_MICROS = 60_000_000
const OBJECTS_MAX = 1_000

/** The lease for one more Event; `NO_LEASE` where it must be waited for. */
export function eventLeaseFor(state: State, ctx: Context): { id: LeaseId; effects: Effect[] } {
  const lease = state.eventLease
  if (lease.id !== NO_LEASE && lease.count < OBJECTS_MAX && ctx.now - lease.granted < REUSE_MICROS) {
    lease.count++
    return { id: lease.id, effects: [] }
  }
  if (lease.pending) return { id: NO_LEASE, effects: [] }
  lease.pending = true
  // The lease outlives the last Event that may still be hung on it.
  const ttl = Math.ceil((state.options.eventTTLMicros + REUSE_MICROS) / 1e6)
  return { id: NO_LEASE, effects: [callEtcd(state, ctx, { type: 'LeaseGrant', ttl, id: NO_LEASE }, { type: 'lease' })] }
}

export function leaseGranted(state: State, response: EtcdResponse, ctx: Context): void {
  const lease = state.eventLease
  lease.pending = false
  if (response.type !== 'LeaseGrantResponse') return
  lease.id = response.id
  lease.granted = ctx.now
  lease.count = 0
}
