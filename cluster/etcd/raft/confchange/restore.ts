/**
 * Brings a configuration back from the state that a snapshot holds, by the changes that would have led to it.
 *
 * Where to read upstream: etcd-io/raft `confchange/restore.go`.
 */
import type { ConfChangeSingle, ConfChangeType, ConfState } from '../messages.ts'
import type { Progress } from '../tracker/progress.ts'
import type { Config, ProgressTracker } from '../tracker/tracker.ts'
import { type Changed, type Changer, enterJoint, simple } from './confchange.ts'

const each = (type: ConfChangeType, ids: readonly number[]): ConfChangeSingle[] =>
  ids.map((nodeId) => ({ type, nodeId }))

/** Throws if no changes lead there: the snapshot is not one of ours. */
export function restore(
  { tracker, lastIndex }: Changer,
  state: ConfState,
): { readonly config: Config; readonly progress: Progress[] } {
  let now: ProgressTracker = { ...tracker }
  const go = (change: (changer: Changer) => Changed): void => {
    const changed = change({ tracker: now, lastIndex })
    if (typeof changed === 'string') throw new Error(`unable to restore config ${JSON.stringify(state)}: ${changed}`)
    now = { ...now, ...changed }
  }
  const incoming = [
    ...each('ConfChangeRemoveNode', state.votersOutgoing),
    ...each('ConfChangeAddNode', state.voters),
    ...each('ConfChangeAddLearnerNode', [...state.learners, ...state.learnersNext]),
  ]
  // The outgoing voters first, one by one, as the configuration that is then left for the incoming.
  for (const change of each('ConfChangeAddNode', state.votersOutgoing)) go((changer) => simple(changer, [change]))
  if (state.votersOutgoing.length > 0) go((changer) => enterJoint(changer, state.autoLeave, incoming))
  else for (const change of incoming) go((changer) => simple(changer, [change]))
  return { config: now.config, progress: now.progress }
}
