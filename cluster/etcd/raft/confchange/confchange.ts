/**
 * Changes of the configuration, checked before they take effect: at most one voter at a time, or joint consensus.
 *
 * `enterJoint` keeps the present voters as the outgoing half and changes the incoming one, so that both sets must agree
 * until `leaveJoint` drops the old. A change that is not possible comes back as the reason why.
 * Where to read upstream: etcd-io/raft `confchange/confchange.go`; Ongaro's dissertation, chapter 4.
 */
import type { ConfChangeSingle, ConfChangeV2 } from '../messages.ts'
import { createProgress, type Progress } from '../tracker/progress.ts'
import { type Config, isJoint, type ProgressTracker } from '../tracker/tracker.ts'

/** What changes start from. */
export interface Changer {
  readonly tracker: ProgressTracker
  /** A new member is probed from here. */
  readonly lastIndex: number
}

/** A configuration and the progress that goes with it, or why there is none. */
export type Changed = { readonly config: Config; readonly progress: Progress[] } | string

interface Draft {
  readonly incoming: Set<number>
  readonly outgoing: Set<number>
  readonly learners: Set<number>
  readonly learnersNext: Set<number>
  readonly progress: Map<number, Progress>
}

const ascending = (ids: Iterable<number>): readonly number[] => Object.freeze([...ids].sort((a, b) => a - b))

function draftOf({ config, progress }: ProgressTracker): Draft {
  return {
    incoming: new Set(config.voters.incoming),
    outgoing: new Set(config.voters.outgoing),
    learners: new Set(config.learners),
    learnersNext: new Set(config.learnersNext),
    progress: new Map(progress.map((p) => [p.id, { ...p }])),
  }
}

function finish(draft: Draft, autoLeave: boolean): Changed {
  const config: Config = Object.freeze({
    voters: Object.freeze({ incoming: ascending(draft.incoming), outgoing: ascending(draft.outgoing) }),
    autoLeave,
    learners: ascending(draft.learners),
    learnersNext: ascending(draft.learnersNext),
  })
  return (
    brokenInvariant(config, draft.progress) ?? {
      config,
      progress: ascending(draft.progress.keys()).map((id) => draft.progress.get(id)!),
    }
  )
}

function brokenInvariant(config: Config, progress: ReadonlyMap<number, Progress>): string | undefined {
  const { voters, learners, learnersNext, autoLeave } = config
  for (const id of [...voters.incoming, ...voters.outgoing, ...learners, ...learnersNext]) {
    if (!progress.has(id)) return `no progress for ${id}`
  }
  for (const id of learnersNext) {
    if (!voters.outgoing.includes(id)) return `${id} is in LearnersNext, but not Voters[1]`
    if (progress.get(id)!.isLearner) return `${id} is in LearnersNext, but is already marked as learner`
  }
  for (const id of learners) {
    if (voters.outgoing.includes(id)) return `${id} is in Learners and Voters[1]`
    if (voters.incoming.includes(id)) return `${id} is in Learners and Voters[0]`
    if (!progress.get(id)!.isLearner) return `${id} is in Learners, but is not marked as learner`
  }
  if (!isJoint(config)) {
    if (learnersNext.length > 0) return 'cfg.LearnersNext must be nil when not joint'
    if (autoLeave) return 'AutoLeave must be false when not joint'
  }
  return undefined
}

export function simple(changer: Changer, changes: readonly ConfChangeSingle[]): Changed {
  const { tracker } = changer
  if (isJoint(tracker.config)) return "can't apply simple config change in joint config"
  const draft = draftOf(tracker)
  const problem = applyChanges(changer, draft, changes)
  if (problem) return problem
  const before = new Set(tracker.config.voters.incoming)
  const changed = [...before].filter((id) => !draft.incoming.has(id)).length
  const added = [...draft.incoming].filter((id) => !before.has(id)).length
  if (changed + added > 1) return 'more than one voter changed without entering joint config'
  return finish(draft, tracker.config.autoLeave)
}

export function enterJoint(changer: Changer, autoLeave: boolean, changes: readonly ConfChangeSingle[]): Changed {
  const { config } = changer.tracker
  if (isJoint(config)) return 'config is already joint'
  if (config.voters.incoming.length === 0) return "can't make a zero-voter config joint"
  const draft = draftOf(changer.tracker)
  for (const id of draft.incoming) draft.outgoing.add(id)
  return applyChanges(changer, draft, changes) ?? finish(draft, autoLeave)
}

export function leaveJoint({ tracker }: Changer): Changed {
  if (!isJoint(tracker.config)) return "can't leave a non-joint config"
  const draft = draftOf(tracker)
  for (const id of draft.learnersNext) {
    draft.learners.add(id)
    draft.progress.get(id)!.isLearner = true
  }
  draft.learnersNext.clear()
  for (const id of draft.outgoing) {
    if (!draft.incoming.has(id) && !draft.learners.has(id)) draft.progress.delete(id)
  }
  draft.outgoing.clear()
  return finish(draft, false)
}

/** Whichever of the three a change asks for. */
export function changeBy(changer: Changer, { transition, changes }: ConfChangeV2): Changed {
  const isAuto = transition === 'ConfChangeTransitionAuto'
  if (isAuto && changes.length === 0) return leaveJoint(changer)
  if (!isAuto || changes.length > 1) {
    return enterJoint(changer, transition !== 'ConfChangeTransitionJointExplicit', changes)
  }
  return simple(changer, changes)
}

function applyChanges(changer: Changer, draft: Draft, changes: readonly ConfChangeSingle[]): string | undefined {
  for (const { type, nodeId } of changes) {
    if (nodeId === 0) continue
    switch (type) {
      case 'ConfChangeAddNode':
        makeVoter(changer, draft, nodeId)
        break
      case 'ConfChangeAddLearnerNode':
        makeLearner(changer, draft, nodeId)
        break
      case 'ConfChangeRemoveNode':
        remove(draft, nodeId)
        break
      case 'ConfChangeUpdateNode':
        break
    }
  }
  return draft.incoming.size === 0 ? 'removed all voters' : undefined
}

function makeVoter(changer: Changer, draft: Draft, id: number): void {
  const progress = draft.progress.get(id)
  if (!progress) draft.progress.set(id, initialProgress(changer, id, false))
  else progress.isLearner = false
  draft.learners.delete(id)
  draft.learnersNext.delete(id)
  draft.incoming.add(id)
}

/** A voter of the outgoing half cannot be a learner yet: it is noted for later. */
function makeLearner(changer: Changer, draft: Draft, id: number): void {
  const progress = draft.progress.get(id)
  if (!progress) {
    draft.progress.set(id, initialProgress(changer, id, true))
    draft.learners.add(id)
    return
  }
  if (progress.isLearner) return
  remove(draft, id)
  draft.progress.set(id, progress)
  if (draft.outgoing.has(id)) draft.learnersNext.add(id)
  else {
    progress.isLearner = true
    draft.learners.add(id)
  }
}

/** A voter of the outgoing half still counts until it is left, so its progress stays. */
function remove(draft: Draft, id: number): void {
  if (!draft.progress.has(id)) return
  draft.incoming.delete(id)
  draft.learners.delete(id)
  draft.learnersNext.delete(id)
  if (!draft.outgoing.has(id)) draft.progress.delete(id)
}

/** Counted as active at first, so that a leader does not step down for a member that has had no time to answer. */
function initialProgress({ tracker, lastIndex }: Changer, id: number, isLearner: boolean): Progress {
  const progress = createProgress(id, Math.max(lastIndex, 1), tracker.maxInflight, tracker.maxInflightBytes)
  return { ...progress, isLearner, recentActive: true }
}
