/** How etcd sets Raft up, and what it lends it for a step. */
import type { Context, Micros } from '#cluster/kernel/component.ts'
import { zeroTermOnMissing } from './raft/log.ts'
import { NO_LIMIT } from './raft/messages.ts'
import type { RaftIo, RaftRules } from './raft/node.ts'
import type { Config } from './raft/raft.ts'
import { isSingleton } from './raft/tracker/tracker.ts'
import type { EtcdState } from './state.ts'
import { FIRST_INDEX } from './wal.ts'

/** etcd's defaults: `--heartbeat-interval` 100 ms, `--election-timeout` 1000 ms. */
export const TICK_MICROS: Micros = 100_000
const ELECTION_TICKS = 10

export const raftConfig = (id: number, applied: number): Config => ({
  id,
  applied,
  electionTick: ELECTION_TICKS,
  heartbeatTick: 1,
  maxSizePerMsg: 1024 * 1024,
  // Applying takes no time here.
  maxCommittedSizePerReady: NO_LIMIT,
  maxInflightMsgs: 512,
  checkQuorum: true,
  preVote: true,
  asyncStorageWrites: true,
})

/** A step of a member whose Raft goes by other rules. */
export interface MemberContext extends Context {
  readonly rules?: RaftRules
}

export const withRules = (ctx: Context, rules: RaftRules): MemberContext => ({
  ...{ now: ctx.now, self: ctx.self, machine: ctx.machine, tracing: ctx.tracing, rules },
  id: () => ctx.id(),
  random: (name) => ctx.random(name),
  note: (kind, detail) => ctx.note(kind, detail),
})

export const ioOf = (ctx: MemberContext): RaftIo => ({
  random: (below) => ctx.random('election-timeout').int(below),
  ...(ctx.rules && { rules: ctx.rules }),
  ...(ctx.tracing && { log: (level, text) => ctx.note('raft', { level, text }) }),
})

/** Nobody else is in the cluster, so nobody has to be asked, told or waited for. */
export const isAlone = ({ node, members }: EtcdState): boolean => isSingleton(node!.raft.tracker) && members.size === 1

/** Until a leader has committed in its own term it does not know what its predecessor, or its own former life, had. */
export function knowsCommitted({ node }: EtcdState): boolean {
  const { log, term } = node!.raft
  if (zeroTermOnMissing(log, log.committed) === term) return true
  // Nothing was ever in the log before this leader.
  return log.committed === FIRST_INDEX && log.storage.entries.get(FIRST_INDEX + 1)?.term === term
}
