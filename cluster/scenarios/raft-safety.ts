/**
 * Raft's five safety properties, looked at from outside after every event of a world.
 *
 * - Election safety: a term has one leader at most.
 * - Leader append-only: a leader never takes back what is in its log.
 * - Log matching: two logs that have an entry with the same index and term are the same up to it.
 * - Leader completeness: what is committed is in the log of every leader to come.
 * - State machine safety: at one index everybody applies the same.
 *
 * Only what has changed since the last look is looked at, so that a look after each event costs little.
 * Where to read upstream: the Raft paper, figure 3.
 */
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import { lastIndex, termOf } from '#cluster/etcd/raft/log.ts'
import type { Entry } from '#cluster/etcd/raft/messages.ts'
import type { Raft } from '#cluster/etcd/raft/raft.ts'
import { maybeTerm } from '#cluster/etcd/raft/unstable.ts'
import type { World } from '#cluster/kernel/world.ts'

/** What was seen of a member when it was last looked at. */
interface Seen {
  readonly incarnation: number
  readonly node: object
  term: number
  isLeader: boolean
  last: number
  lastTerm: number
  committed: number
  applied: number
  /** Terms of its entries that have been compared. */
  readonly terms: Map<number, number>
}

export class RaftSafety {
  #seen = new Map<string, Seen>()
  #leaders = new Map<number, string>()
  /** `index/term` → what was there when it was first seen. */
  #entries = new Map<string, { readonly previousTerm: number | string; readonly request: number | undefined }>()
  #committed = new Map<number, number>()
  #highestCommitted = 0
  /** The store's revision after an index was applied. */
  #revisions = new Map<number, number>()

  /** How many leaders there were, and how far the log was committed. */
  get counts(): { readonly leaders: number; readonly committed: number } {
    return { leaders: this.#leaders.size, committed: this.#highestCommitted }
  }

  /** @returns the first property that does not hold */
  look(world: World): string | undefined {
    for (const process of world.processes) {
      if (process?.spec.component !== 'etcd') continue
      const state = process.up ? (process.state as EtcdState) : undefined
      if (!state?.node) {
        this.#seen.delete(process.id)
        continue
      }
      const problem = this.#lookAt(process.id, process.incarnation, state)
      if (problem) return `at ${world.now} µs, ${process.id}: ${problem}`
    }
    return undefined
  }

  #lookAt(id: string, incarnation: number, state: EtcdState): string | undefined {
    const { raft } = state.node!
    let seen = this.#seen.get(id)
    if (seen?.incarnation !== incarnation) {
      seen = { ...NOTHING_SEEN, incarnation, node: raft, terms: new Map() }
      this.#seen.set(id, seen)
    }
    const isLeader = raft.state === 'StateLeader'
    const last = lastIndex(raft.log)
    const lastTerm = termOf(raft.log, last) as number
    const isNewLeader = isLeader && (!seen.isLeader || seen.term !== raft.term)
    const problem =
      (isNewLeader ? this.#newLeader(id, raft) : undefined) ??
      (isLeader && !isNewLeader ? keepsItsLog(seen, raft, last) : undefined) ??
      (last !== seen.last || lastTerm !== seen.lastTerm ? this.#compare(seen, raft, last) : undefined) ??
      (raft.log.committed > seen.committed ? this.#commit(seen, raft) : undefined) ??
      (state.applied !== seen.applied ? this.#apply(state) : undefined)
    Object.assign(seen, { term: raft.term, isLeader, last, lastTerm })
    Object.assign(seen, { committed: raft.log.committed, applied: state.applied })
    return problem
  }

  #newLeader(id: string, raft: Raft): string | undefined {
    const other = this.#leaders.get(raft.term)
    if (other !== undefined && other !== id) return `election safety: ${other} leads in term ${raft.term}, too`
    this.#leaders.set(raft.term, id)
    for (let index = this.#highestCommitted; index > 0; index--) {
      const term = termOf(raft.log, index)
      if (term === 'compacted') break
      const committed = this.#committed.get(index)
      if (committed === undefined || committed === term) continue
      return `leader completeness: leads in term ${raft.term} with ${term} at ${index}, where term ${committed} is committed`
    }
    return undefined
  }

  /** From its end backwards, as far as it has changed. */
  #compare(seen: Seen, raft: Raft, last: number): string | undefined {
    for (let index = last; index > 0; index--) {
      const term = termOf(raft.log, index)
      if (typeof term === 'string' || seen.terms.get(index) === term) break
      seen.terms.set(index, term)
      const entry = entryAt(raft, index)
      if (!entry) continue
      const request = requestOf(entry)
      const previousTerm = termOf(raft.log, index - 1)
      const known = this.#entries.get(`${index}/${term}`)
      if (!known) this.#entries.set(`${index}/${term}`, { previousTerm, request })
      else if (known.request !== request) return `log matching: entry ${index} of term ${term} is two different ones`
      else if (typeof previousTerm === 'number' && known.previousTerm !== previousTerm) {
        return `log matching: before entry ${index} of term ${term} comes one of ${previousTerm} and of ${known.previousTerm}`
      }
    }
    return undefined
  }

  #commit(seen: Seen, raft: Raft): string | undefined {
    for (let index = raft.log.committed; index > seen.committed; index--) {
      const term = termOf(raft.log, index)
      if (typeof term === 'string') break
      const known = this.#committed.get(index)
      if (known === undefined) this.#committed.set(index, term)
      else if (known !== term)
        return `state machine safety: commits term ${term} at ${index}, where term ${known} is committed`
    }
    this.#highestCommitted = Math.max(this.#highestCommitted, raft.log.committed)
    return undefined
  }

  #apply({ applied, keyspace, node }: EtcdState): string | undefined {
    if (applied > node!.raft.log.committed) return `state machine safety: ${applied} is applied and not committed`
    const { revision } = keyspace.store
    const known = this.#revisions.get(applied)
    if (known === undefined) this.#revisions.set(applied, revision)
    else if (known !== revision)
      return `state machine safety: after entry ${applied} revision ${revision}, elsewhere ${known}`
    return undefined
  }
}

const NOTHING_SEEN = { term: 0, isLeader: false, last: 0, lastTerm: 0, committed: 0, applied: 0 }

function keepsItsLog(seen: Seen, { log, term }: Raft, last: number): string | undefined {
  if (last >= seen.last && termOf(log, seen.last) === seen.lastTerm) return undefined
  return `leader append-only: in term ${term} its log ended with ${seen.lastTerm}/${seen.last}, which is gone`
}

function entryAt({ log }: Raft, index: number): Entry | undefined {
  if (maybeTerm(log.unstable, index) !== undefined) return log.unstable.entries.get(index)
  return log.storage.entries.get(index)
}

/** What tells one entry from another: the number of its request. */
function requestOf(entry: Entry): number | undefined {
  if (entry.type === 'EntryNormal') return entry.data?.request
  return entry.data?.context?.request
}
