/**
 * Scripts about whole groups: the commands by which a script moves an `Interaction`.
 *
 * Where to read upstream: etcd-io/raft `rafttest/interaction_env_handler*.go`.
 */
import { describeEntries, describeMessage } from '../describe.ts'
import type { ConfState, EntryContent } from '../messages.ts'
import { isMessageType, NO_CONF_STATE, NO_SNAPSHOT } from '../messages.ts'
import * as nodes from '../node.ts'
import type { Config } from '../raft.ts'
import { compact, firstIndexOf, lastIndexOf } from '../storage.ts'
import { formatProgressMap, isVoter } from '../tracker/tracker.ts'
import { parseChanges } from './conf-changes.ts'
import { type Argument, type Block, type Command, flag, parseCommand, valueOf, wholeNumber } from './datadriven.ts'
import { CONFIG_STUB, Interaction, type Member, type Recipient } from './interaction.ts'

/** What is wrong; undefined: nothing. */
type Problem = string | undefined

type Handler = (group: Interaction, args: readonly Argument[]) => Problem

export class InteractionScript {
  readonly #group = new Interaction()

  run(block: Block): string {
    const { output } = this.#group
    output.clear()
    const problem = block.name === 'propose-conf-change' ? proposeConfChange(this.#group, block) : this.#runAll(block)
    // At the highest level nothing is said, but for what went wrong.
    if (problem !== undefined) {
      if (output.isQuiet) return problem
      output.write(problem)
    }
    return output.text === '' ? 'ok' : output.text
  }

  /** Further commands may follow in the input, one a line. */
  #runAll(block: Block): Problem {
    const first = this.#runOne(block)
    if (first !== undefined) return first
    for (const line of block.input.split('\n').filter((text) => text.trim() !== '')) {
      const problem = this.#runOne(parseCommand(line.trim(), block.line))
      if (problem === undefined) continue
      if (this.#group.output.isQuiet) return problem
      this.#group.output.write(problem)
    }
    return undefined
  }

  #runOne({ name, args }: Command): Problem {
    const handler = HANDLERS[name]
    return handler ? handler(this.#group, args) : 'unknown command'
  }
}

const plainNumbers = (args: readonly Argument[]): number[] =>
  args.filter(({ values }) => values.length === 0).map(({ key }) => wholeNumber(key))

const first = (group: Interaction, args: readonly Argument[]): Member => group.member(wholeNumber(args[0]?.key))

/** The text of an argument that stands alone, behind the member. */
function second(args: readonly Argument[]): string {
  const [, text, ...more] = args
  if (!text || text.values.length > 0 || more.length > 0) throw new Error('expected exactly one key with no vals')
  return text.key
}

/** Works on each member that is named, under a headline if they are several. */
const onEach =
  (what: string, work: (group: Interaction, member: Member) => void): Handler =>
  (group, args) => {
    const ids = plainNumbers(args)
    for (const id of ids) {
      if (ids.length === 1) work(group, group.member(id))
      else {
        group.output.write(`> ${id} ${what}\n`)
        group.output.indented(() => work(group, group.member(id)))
      }
    }
    return undefined
  }

const HANDLERS: Readonly<Record<string, Handler>> = {
  // For a debugger.
  _breakpoint: () => undefined,
  'add-nodes': addNodes,
  campaign: (group, args) => nodes.campaign(first(group, args).node, group.io),
  compact: (group, args) => {
    const { storage } = first(group, args)
    const index = wholeNumber(args[1]?.key)
    if (index < firstIndexOf(storage)) return 'requested index is unavailable due to compaction'
    compact(storage, index)
    return raftLog(group, args)
  },
  'deliver-msgs': deliverMessages,
  'process-ready': onEach('handling Ready', (group, member) => group.processReady(member)),
  'process-append-thread': onEach('processing append thread', (group, member) => group.processAppendThread(member)),
  'process-apply-thread': onEach('processing apply thread', (group, member) => group.processApplyThread(member)),
  'log-level': (group, args) => group.output.setLevel(args[0]?.key ?? ''),
  'raft-log': raftLog,
  'raft-state': raftState,
  'set-randomized-election-timeout': (group, args) => {
    first(group, args).node.raft.randomizedElectionTimeout = wholeNumber(valueOf(args, 'timeout'))
    return undefined
  },
  stabilize,
  status: (group, args) => {
    const { raft } = first(group, args).node
    if (raft.state === 'StateLeader') group.output.write(formatProgressMap(raft.tracker.progress))
    return undefined
  },
  tick: (group, args) => tick(group, first(group, args), wholeNumber(args[1]?.key)),
  'tick-election': (group, args) => tick(group, first(group, args), first(group, args).config.electionTick),
  'tick-heartbeat': (group, args) => tick(group, first(group, args), first(group, args).config.heartbeatTick),
  'transfer-leadership': (group, args) => {
    const from = group.member(wholeNumber(valueOf(args, 'from')))
    nodes.transferLeader(from.node, group.member(wholeNumber(valueOf(args, 'to'))).id, group.io)
    return undefined
  },
  'forget-leader': (group, args) => nodes.forgetLeader(first(group, args).node, group.io),
  'send-snapshot': sendSnapshot,
  propose: (group, args) => {
    const body = second(args)
    return nodes.propose(first(group, args).node, { size: body.length, body }, group.io)
  },
  'report-unreachable': (group, args) => {
    const ids = plainNumbers(args)
    if (ids.length !== 2) {
      return 'must specify exactly two node indexes: node on which to report, and reported node'
    }
    nodes.reportUnreachable(group.member(ids[0]!).node, group.member(ids[1]!).id, group.io)
    return undefined
  },
  'read-index': (group, args) => {
    nodes.readIndex(first(group, args).node, second(args), group.io)
    return undefined
  },
  'report-snapshot': (group, args) => {
    const [reporter, reported] = plainNumbers(args)
    nodes.reportSnapshot(group.member(reporter!).node, reported!, flag(valueOf(args, 'failed') ?? 'false'), group.io)
    return undefined
  },
}

function addNodes(group: Interaction, args: readonly Argument[]): Problem {
  let config: Omit<Config, 'id'> = CONFIG_STUB
  let confState: ConfState = NO_CONF_STATE
  let snapshot = NO_SNAPSHOT
  for (const { key, values } of args.slice(1)) {
    const value = values[0]
    const option = OPTIONS[key]
    if (key === 'voters') confState = { ...confState, voters: values.map(wholeNumber) }
    else if (key === 'learners') confState = { ...confState, learners: values.map(wholeNumber) }
    else if (key === 'content') snapshot = { ...snapshot, data: value }
    else if (key === 'index') {
      const index = wholeNumber(value)
      snapshot = { ...snapshot, metadata: { ...snapshot.metadata, index } }
      config = { ...config, applied: index }
    } else if (key === 'read-only') {
      if (value !== 'safe' && value !== 'lease-based') return `invalid read-only option "${value}"`
      config = { ...config, readOnlyOption: value === 'safe' ? 'ReadOnlySafe' : 'ReadOnlyLeaseBased' }
    } else if (option) config = { ...config, [option]: FLAGS.has(key) ? flag(value) : wholeNumber(value) }
    else return `unknown option "${key}": there are ${[...KNOWN, ...Object.keys(OPTIONS)].join(', ')}`
  }
  const isEmpty = snapshot === NO_SNAPSHOT && confState.voters.length + confState.learners.length === 0
  const whole = { ...snapshot, metadata: { ...snapshot.metadata, term: 1, confState } }
  return group.addNodes(wholeNumber(args[0]?.key), config, isEmpty ? NO_SNAPSHOT : whole)
}

const KNOWN = ['voters', 'learners', 'index', 'content', 'read-only'] as const

const OPTIONS: Readonly<Record<string, keyof Config>> = {
  inflight: 'maxInflightMsgs',
  'inflight-bytes': 'maxInflightBytes',
  'max-size-per-msg': 'maxSizePerMsg',
  'max-uncommitted-size': 'maxUncommittedEntriesSize',
  'max-committed-size-per-ready': 'maxCommittedSizePerReady',
  'async-storage-writes': 'asyncStorageWrites',
  prevote: 'preVote',
  checkquorum: 'checkQuorum',
  'disable-conf-change-validation': 'disableConfChangeValidation',
  'disable-proposal-forwarding': 'disableProposalForwarding',
  'step-down-on-removal': 'stepDownOnRemoval',
  'heartbeat-tick': 'heartbeatTick',
  'election-tick': 'electionTick',
}

const FLAGS: ReadonlySet<string> = new Set([
  ...['async-storage-writes', 'prevote', 'checkquorum', 'step-down-on-removal'],
  ...['disable-conf-change-validation', 'disable-proposal-forwarding'],
])

function deliverMessages(group: Interaction, args: readonly Argument[]): Problem {
  const recipients: Recipient[] = []
  for (const { key, values } of args) {
    if (values.length === 0) recipients.push({ id: wholeNumber(key), drop: false })
    if (key !== 'drop') continue
    for (const id of values.map(wholeNumber)) {
      if (recipients.some((other) => other.id === id)) throw new Error(`can't both deliver and drop msgs to ${id}`)
      recipients.push({ id, drop: true })
    }
  }
  const type = valueOf(args, 'type')
  if (type !== undefined && !isMessageType(type)) throw new Error(`unknown message type ${type}`)
  if (group.deliverMessages(recipients, type) === 0) group.output.write('no messages\n')
  return undefined
}

function raftLog(group: Interaction, args: readonly Argument[]): Problem {
  const { storage } = first(group, args)
  const [low, high] = [firstIndexOf(storage), lastIndexOf(storage)]
  if (high < low) group.output.write(`log is empty: first index=${low}, last index=${high}`)
  else group.output.write(describeEntries(storage.entries.toArray()))
  return undefined
}

function raftState(group: Interaction): Problem {
  for (const { id, node } of group.members) {
    const { state, term, lead, tracker } = node.raft
    const role = isVoter(tracker.config, id) ? '(Voter)' : '(Non-Voter)'
    group.output.write(`${id}: ${state} ${role} Term:${term} Lead:${lead}\n`)
  }
  return undefined
}

function stabilize(group: Interaction, args: readonly Argument[]): Problem {
  const { output } = group
  const before = output.level
  const level = valueOf(args, 'log-level')
  const problem = level === undefined ? undefined : output.setLevel(level)
  const ids = plainNumbers(args)
  if (problem === undefined) group.stabilize(ids.length > 0 ? ids.map((id) => group.member(id)) : group.members)
  output.level = before
  return problem
}

function tick(group: Interaction, member: Member, times: number): Problem {
  for (let i = 0; i < times; i++) nodes.tick(member.node, group.io)
  return undefined
}

function sendSnapshot(group: Interaction, args: readonly Argument[]): Problem {
  const [from, to] = plainNumbers(args)
  const { node, storage } = group.member(from!)
  const { term } = node.raft
  const message = { type: 'MsgSnap', term, from: from!, to: to!, snapshot: storage.snapshot } as const
  group.send(message)
  group.output.write(describeMessage(message))
  return undefined
}

const TRANSITIONS = {
  auto: 'ConfChangeTransitionAuto',
  implicit: 'ConfChangeTransitionJointImplicit',
  explicit: 'ConfChangeTransitionJointExplicit',
} as const

function proposeConfChange(group: Interaction, { args, input }: Block): Problem {
  const unknown = args.slice(1).find(({ key, values }) => values.length > 0 && key !== 'v1' && key !== 'transition')
  if (unknown) return `unknown command ${unknown.key}`
  const name = valueOf(args, 'transition') ?? 'auto'
  if (!Object.hasOwn(TRANSITIONS, name)) return `unknown transition ${name}`
  const transition = TRANSITIONS[name as keyof typeof TRANSITIONS]
  const changes = parseChanges(input)
  if (typeof changes === 'string') return changes
  let content: EntryContent = { type: 'EntryConfChangeV2', data: { transition, changes } }
  if (flag(valueOf(args, 'v1') ?? 'false')) {
    if (changes.length !== 1 || name !== 'auto') return 'v1 conf change can only have one operation and no transition'
    content = { type: 'EntryConfChange', data: changes[0]! }
  }
  return nodes.proposeConfChange(first(group, args).node, content, group.io)
}
