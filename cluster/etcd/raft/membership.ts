/**
 * The configuration in force: changes when an entry that changes it is applied, or a snapshot brings another.
 *
 * Where to read upstream: etcd-io/raft `raft.go` (applyConfChange, switchToConfig, restore).
 */
import { changeBy } from './confchange/confchange.ts'
import { restore } from './confchange/restore.ts'
import type { Io } from './io.ts'
import * as logs from './log.ts'
import { type ConfChangeV2, type ConfState, NONE, type Snapshot } from './messages.ts'
import { hex, type Raft } from './raft.ts'
import { bcastAppend, maybeCommit, maybeSendAppend } from './replication.ts'
import { becomeFollower } from './roles.ts'
import type { Progress } from './tracker/progress.ts'
import { type Config, confStateOf, createTracker, formatConfig, isVoter, progressOf } from './tracker/tracker.ts'

export function applyConfChange(raft: Raft, change: ConfChangeV2, io: Io): ConfState {
  const changed = changeBy({ tracker: raft.tracker, lastIndex: logs.lastIndex(raft.log) }, change)
  if (typeof changed === 'string') throw new Error(changed)
  return switchToConfig(raft, changed.config, changed.progress, io)
}

/** Takes the configuration of a ConfState, into a tracker that knows of nobody. */
export function restoreConfig(raft: Raft, state: ConfState, io: Io): void {
  const { maxInflight, maxInflightBytes } = raft.tracker
  raft.tracker = createTracker(maxInflight, maxInflightBytes)
  const { config, progress } = restore({ tracker: raft.tracker, lastIndex: logs.lastIndex(raft.log) }, state)
  switchToConfig(raft, config, progress, io)
}

function switchToConfig(raft: Raft, config: Config, progress: Progress[], io: Io): ConfState {
  raft.tracker.config = config
  raft.tracker.progress = progress
  io.log?.('INFO', `${hex(raft.id)} switched to configuration ${formatConfig(config)}`)
  const state = confStateOf(raft.tracker)
  const own = progressOf(raft.tracker, raft.id)
  raft.isLearner = own?.isLearner === true
  if (raft.state !== 'StateLeader') return state
  if (!own || raft.isLearner) {
    if (raft.config.stepDownOnRemoval) becomeFollower(raft, raft.term, NONE, io)
    return state
  }
  if (state.voters.length === 0) return state
  // A smaller quorum may commit more. Otherwise new members at least are probed now.
  if (maybeCommit(raft)) bcastAppend(raft, io)
  else {
    for (const other of raft.tracker.progress) if (other.id !== raft.id) maybeSendAppend(raft, other, false, io)
  }
  if (raft.leadTransferee !== NONE && !isVoter(config, raft.leadTransferee)) raft.leadTransferee = NONE
  return state
}

/** Takes over a snapshot, unless it tells nothing new. @returns whether it did */
export function restoreSnapshot(raft: Raft, snapshot: Snapshot, io: Io): boolean {
  const { index, term, confState } = snapshot.metadata
  const { log } = raft
  const id = hex(raft.id)
  if (index <= log.committed) return false
  if (raft.state !== 'StateFollower') {
    io.log?.('WARN', `${id} attempted to restore snapshot as leader; should never happen`)
    becomeFollower(raft, raft.term + 1, NONE, io)
    return false
  }
  if (![...confState.voters, ...confState.learners, ...confState.votersOutgoing].includes(raft.id)) {
    const text = `attempted to restore snapshot but it is not in the ConfState ${formatConfState(confState)}`
    io.log?.('WARN', `${id} ${text}; should never happen`)
    return false
  }
  const here = (): string =>
    `${id} [commit: ${log.committed}, lastindex: ${logs.lastIndex(log)}, lastterm: ${logs.lastTerm(log)}]`
  if (logs.matchTerm(log, term, index)) {
    io.log?.('INFO', `${here()} fast-forwarded commit to snapshot [index: ${index}, term: ${term}]`)
    logs.commitTo(log, index)
    return false
  }
  logs.restoreLog(log, snapshot, io)
  restoreConfig(raft, confState, io)
  io.log?.('INFO', `${here()} restored snapshot [index: ${index}, term: ${term}]`)
  return true
}

/** As protobuf's text form has it. */
function formatConfState({ voters, learners, votersOutgoing, learnersNext, autoLeave }: ConfState): string {
  const list = (name: string, ids: readonly number[]): string[] => ids.map((id) => `${name}:${id}`)
  return [
    ...list('voters', voters),
    ...list('learners', learners),
    ...list('voters_outgoing', votersOutgoing),
    ...list('learners_next', learnersNext),
    `auto_leave:${autoLeave}`,
  ].join(' ')
}
