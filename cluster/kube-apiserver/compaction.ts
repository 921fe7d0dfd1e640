/**
 * Compaction: every five minutes the history of etcd is cut off at where it stood five minutes ago.
 *
 * Several API servers share the job: whoever raises the key's version has the turn.
 * Where to read upstream: apiserver `pkg/storage/etcd3/compact.go`.
 */
import type { EtcdResponse, RangeResponse } from '#cluster/etcd/messages.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import type { State } from './state.ts'
import { callEtcd } from './storage/etcd-client.ts'

export const COMPACTION_TIMER = 'compaction'
const COMPACT_EVERY_MICROS = 300_000_000
const KEY = 'compact_rev_key'

export const scheduleCompaction = (): Effect => ({ type: 'wake', key: COMPACTION_TIMER, after: COMPACT_EVERY_MICROS })

/** Claims the turn, and leaves the revision for the next one. */
export function claimCompaction(state: State, ctx: Context): Effect[] {
  const { version, revision } = state.compaction
  const body = {
    type: 'Txn',
    compare: [{ target: 'VERSION', result: 'EQUAL', key: KEY, operand: version }],
    success: [{ type: 'Put', key: KEY, value: String(revision) }],
    failure: [{ type: 'Range', key: KEY }],
  } as const
  return [callEtcd(state, ctx, body, { type: 'compact', step: 'claim' }), scheduleCompaction()]
}

export function claimed(state: State, response: EtcdResponse, ctx: Context): Effect[] {
  if (response.type !== 'TxnResponse') return []
  const { version, revision } = state.compaction
  if (!response.succeeded) {
    const kv = (response.responses[0] as RangeResponse).kvs[0]
    state.compaction = { version: kv?.version ?? 0, revision: response.header.revision }
    return []
  }
  state.compaction = { version: version + 1, revision: response.header.revision }
  if (revision === 0) return []
  ctx.note('compact', { revision })
  return [callEtcd(state, ctx, { type: 'Compact', revision }, { type: 'compact', step: 'compact' })]
}
