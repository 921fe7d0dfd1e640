/**
 * Messages, entries and Readies in words: for traces, and for scripts that compare them.
 *
 * Where to read upstream: etcd-io/raft `util.go` (DescribeReady, DescribeMessage, DescribeEntry).
 */
import type { ConfChangeSingle, ConfState, Entry, HardState, Message, Snapshot } from './messages.ts'
import { LOCAL_APPEND_THREAD, LOCAL_APPLY_THREAD, NONE } from './messages.ts'
import type { Ready } from './node.ts'
import { hex } from './raft.ts'

const CHANGE_LETTERS = {
  ConfChangeAddNode: 'v',
  ConfChangeAddLearnerNode: 'l',
  ConfChangeRemoveNode: 'r',
  ConfChangeUpdateNode: 'u',
} as const

export const formatChanges = (changes: readonly ConfChangeSingle[]): string =>
  changes.map(({ type, nodeId }) => `${CHANGE_LETTERS[type]}${nodeId}`).join(' ')

function describeTarget(id: number): string {
  if (id === NONE) return 'None'
  if (id === LOCAL_APPEND_THREAD) return 'AppendThread'
  return id === LOCAL_APPLY_THREAD ? 'ApplyThread' : hex(id)
}

function contentOf(entry: Entry): string {
  switch (entry.type) {
    case 'EntryNormal':
      return JSON.stringify(entry.data?.body ?? '')
    case 'EntryConfChange':
      return formatChanges([entry.data])
    case 'EntryConfChangeV2':
      return formatChanges(entry.data?.changes ?? [])
  }
}

export const describeEntry = (entry: Entry): string =>
  `${entry.term}/${entry.index} ${entry.type} ${contentOf(entry)}`.trimEnd()

export const describeEntries = (entries: readonly Entry[]): string =>
  entries.map((entry) => `${describeEntry(entry)}\n`).join('')

function describeHardState({ term, vote, commit }: HardState): string {
  return `Term:${term}${vote === NONE ? '' : ` Vote:${vote}`} Commit:${commit}`
}

function describeConfState({ voters, votersOutgoing, learners, learnersNext, autoLeave }: ConfState): string {
  const list = (ids: readonly number[]): string => `[${ids.join(' ')}]`
  const now = `Voters:${list(voters)} VotersOutgoing:${list(votersOutgoing)}`
  return `${now} Learners:${list(learners)} LearnersNext:${list(learnersNext)} AutoLeave:${autoLeave}`
}

const describeSnapshot = ({ metadata: { index, term, confState } }: Snapshot): string =>
  `Index:${index} Term:${term} ConfState:${describeConfState(confState)}`

export function describeMessage(message: Message, indent = ''): string {
  const { from, to, type, term = 0, logTerm = 0, index = 0, rejectHint = 0, entries = [], responses = [] } = message
  let text = `${indent}${describeTarget(from)}->${describeTarget(to)} ${type} Term:${term} Log:${logTerm}/${index}`
  if (message.reject) text += ` Rejected (Hint: ${rejectHint})`
  if (message.commit) text += ` Commit:${message.commit}`
  if (message.vote) text += ` Vote:${message.vote}`
  if (entries.length === 1) text += ` Entries:[${describeEntry(entries[0]!)}]`
  else if (entries.length > 1) {
    text += ` Entries:[${entries.map((entry) => `\n${indent}  ${describeEntry(entry)}`).join('')}\n${indent}]`
  }
  if (message.snapshot) text += `\n${indent}  Snapshot: ${describeSnapshot(message.snapshot)}`
  if (responses.length > 0) {
    text += ` Responses:[${responses.map((r) => `\n${describeMessage(r, `${indent}  `)}`).join('')}\n${indent}]`
  }
  return text
}

export function describeReady(ready: Ready): string {
  const { softState, hardState, readStates, entries, snapshot, committedEntries, messages } = ready
  let text = ''
  if (softState) text += `Lead:${softState.lead} State:${softState.raftState}\n`
  if (hardState) text += `HardState ${describeHardState(hardState)}\n`
  if (readStates.length > 0) {
    text += `ReadStates [${readStates.map(({ index, requestCtx }) => `{${index} ${requestCtx}}`).join(' ')}]\n`
  }
  if (entries.length > 0) text += `Entries:\n${describeEntries(entries)}`
  if (snapshot) text += `Snapshot ${describeSnapshot(snapshot)}\n`
  if (committedEntries.length > 0) text += `CommittedEntries:\n${describeEntries(committedEntries)}`
  if (messages.length > 0) text += `Messages:\n${messages.map((message) => `${describeMessage(message)}\n`).join('')}`
  return text === '' ? '<empty Ready>' : `Ready MustSync=${ready.mustSync}:\n${text}`
}
