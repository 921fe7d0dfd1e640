/** Looking into the store from outside, for tests, pictures and conditions of stories. No component uses it. */
import type { EtcdState } from './state.ts'
import { prefixEnd } from './mvcc/ordered-keys.ts'
import { range } from './mvcc/store.ts'

/** What the keys under a prefix hold now, in the order of the keys. */
export function liveObjects(state: EtcdState, prefix: string): unknown[] {
  return range(state.keyspace.store, prefix, prefixEnd(prefix)).kvs.map(({ value }) => value)
}
