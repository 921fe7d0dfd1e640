/** All that the log determines: the store, the leases with their keys, and the alarms. */
import { Table } from '#cluster/kernel/table.ts'
import type { AlarmType } from './maintenance-messages.ts'
import { type KeyValue, type LeaseId, NO_LEASE } from './messages.ts'
import type { OrderedKeys } from './mvcc/ordered-keys.ts'
import { withKey, withoutKey } from './mvcc/ordered-keys.ts'
import type { Store } from './mvcc/store.ts'
import { createStore } from './mvcc/store.ts'

export interface Lease {
  readonly id: LeaseId
  /** Seconds. */
  readonly ttl: number
  /** What goes when the lease goes. */
  readonly keys: OrderedKeys
}

export interface Keyspace {
  store: Store
  leases: Table<LeaseId, Lease>
  /** Member → what it lacks. While one has no space, nothing is written that takes some. */
  alarms: Table<number, AlarmType>
}

export const createKeyspace = (): Keyspace => ({ store: createStore(), leases: new Table(), alarms: new Table() })

export function attach(keyspace: Keyspace, kv: KeyValue): void {
  const lease = kv.lease === NO_LEASE ? undefined : keyspace.leases.get(kv.lease)
  if (lease) keyspace.leases.set(lease.id, { ...lease, keys: withKey(lease.keys, kv.key) })
}

export function detach(keyspace: Keyspace, kv: KeyValue): void {
  const lease = kv.lease === NO_LEASE ? undefined : keyspace.leases.get(kv.lease)
  if (lease) keyspace.leases.set(lease.id, { ...lease, keys: withoutKey(lease.keys, kv.key) })
}
