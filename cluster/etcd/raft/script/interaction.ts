/**
 * A group of Raft members in a script's hands: nothing moves but by a command.
 *
 * The state machine of each member is the list of all that was applied; a snapshot can be had of every step of it.
 * Where to read upstream: etcd-io/raft `rafttest/interaction_env.go`, `interaction_env_handler_stabilize.go`,
 * `interaction_env_handler_process_*.go`, `interaction_env_handler_deliver_msgs.go`.
 */
import { randomFrom } from '#cluster/kernel/random.ts'
import { describeMessage, describeReady } from '../describe.ts'
import type { Io } from '../io.ts'
import type { Entry, HardState, Message, MessageType, Snapshot } from '../messages.ts'
import { isLocalMsgTarget, NO_LIMIT, NO_SNAPSHOT } from '../messages.ts'
import * as nodes from '../node.ts'
import type { Config } from '../raft.ts'
import { appendEntries, applySnapshot, createStorage, type Storage } from '../storage.ts'
import { Output } from './output.ts'

export interface Member {
  readonly id: number
  readonly config: Config
  readonly node: nodes.Node
  readonly storage: Storage
  /** MsgStorageAppend and MsgStorageApply that wait for their threads. */
  appendWork: Message[]
  applyWork: Message[]
  /** A snapshot after each applied entry. */
  readonly history: Snapshot[]
}

export interface Recipient {
  readonly id: number
  readonly drop: boolean
}

/** Rounds of `stabilize` after which a script is taken to go on for ever. */
const ROUNDS_MAX = 10_000

export class Interaction {
  readonly output = new Output()
  readonly members: Member[] = []
  readonly io: Io
  #messages: Message[] = []

  constructor() {
    const chance = randomFrom(1, 'election-timeout')
    this.io = { random: (below) => chance.int(below), log: (level, text) => this.output.log(level, text) }
  }

  member(id: number): Member {
    const member = this.members[id - 1]
    if (!member) throw new Error(`there is no node ${id}`)
    return member
  }

  /** Adds members with the next ids that all begin with this snapshot. @returns why that is not possible */
  addNodes(count: number, config: Omit<Config, 'id'>, snapshot: Snapshot): string | undefined {
    for (let i = 0; i < count; i++) {
      const id = this.members.length + 1
      const storage = createStorage()
      if (snapshot !== NO_SNAPSHOT) {
        if (snapshot.metadata.index <= 1) return 'index must be specified as > 1 due to bootstrap'
        applySnapshot(storage, snapshot)
      }
      const whole = { ...config, id }
      const node = nodes.createNode(whole, storage, this.io)
      this.members.push({ id, config: whole, node, storage, appendWork: [], applyWork: [], history: [snapshot] })
    }
    return undefined
  }

  // ── what waits ────────────────────────────────────────────────────────────────────────────────────────────────────

  send(message: Message): void {
    this.#messages.push(message)
  }

  #take({ id, drop }: Recipient, type: MessageType | undefined): Message[] {
    const isTheirs = (message: Message): boolean =>
      message.to === id && !(drop && isLocal(message)) && (type === undefined || message.type === type)
    const taken = this.#messages.filter(isTheirs)
    this.#messages = this.#messages.filter((message) => !isTheirs(message))
    return taken
  }

  /** @returns how many messages were delivered or dropped */
  deliverMessages(recipients: readonly Recipient[], type?: MessageType): number {
    let count = 0
    for (const recipient of recipients) {
      for (const message of this.#take(recipient, type)) {
        count++
        this.output.write(`${recipient.drop ? 'dropped: ' : ''}${describeMessage(message)}\n`)
        if (recipient.drop) continue
        const error = nodes.step(this.member(message.to).node, message, this.io)
        if (error) this.output.write(`${error}\n`)
      }
    }
    return count
  }

  processReady(member: Member): void {
    const ready = nodes.ready(member.node)
    this.output.write(describeReady(ready))
    const isAsync = member.config.asyncStorageWrites
    if (!isAsync) {
      write(member, ready.hardState, ready.entries, ready.snapshot)
      this.#apply(member, ready.committedEntries)
    }
    for (const message of ready.messages) {
      if (message.type === 'MsgStorageAppend') member.appendWork.push(message)
      else if (message.type === 'MsgStorageApply') member.applyWork.push(message)
      else this.send(message)
    }
    if (!isAsync) nodes.advance(member.node, this.io)
  }

  processAppendThread(member: Member): void {
    const message = member.appendWork.shift()
    if (!message) return this.output.write('no append work to perform')
    const { term = 0, vote = 0, commit = 0, entries = [], snapshot } = message
    this.#work(message, () => {
      const hardState = term + vote + commit > 0 ? { term, vote, commit } : undefined
      write(member, hardState, entries, snapshot)
    })
  }

  processApplyThread(member: Member): void {
    const message = member.applyWork.shift()
    if (!message) return this.output.write('no apply work to perform')
    this.#work(message, () => this.#apply(member, message.entries ?? []))
  }

  #work(message: Message, work: () => void): void {
    const { responses = [], ...order } = message
    this.output.write(`Processing:\n${describeMessage(order)}\n`)
    work()
    this.output.write('Responses:\n')
    for (const response of responses) {
      this.output.write(`${describeMessage(response)}\n`)
      this.send(response)
    }
  }

  #apply(member: Member, entries: readonly Entry[]): void {
    for (const entry of entries) {
      const last = member.history.at(-1)!
      let { confState } = last.metadata
      if (entry.type === 'EntryConfChange') {
        const change = { transition: 'ConfChangeTransitionAuto', changes: [entry.data] } as const
        confState = nodes.applyChange(member.node, change, this.io)
      } else if (entry.type === 'EntryConfChangeV2') {
        const change = entry.data ?? { transition: 'ConfChangeTransitionAuto', changes: [] }
        confState = nodes.applyChange(member.node, change, this.io)
      }
      const update = entry.type === 'EntryNormal' ? (entry.data?.body ?? '') : ''
      const data = `${last.data ?? ''}${update}`
      member.history.push({ data, metadata: { index: entry.index, term: entry.term, confState } })
    }
    member.storage.snapshot = member.history.at(-1)!
  }

  /** Lets these members work and talk until nothing is left to do. */
  stabilize(members: readonly Member[]): void {
    for (let round = 0; round < ROUNDS_MAX; round++) {
      if (!this.#round(members)) return
    }
    throw new Error(`not stable after ${ROUNDS_MAX} rounds`)
  }

  #round(members: readonly Member[]): boolean {
    let isBusy = false
    const each = (what: string, isDue: (member: Member) => boolean, work: (member: Member) => void): void => {
      for (const member of members) {
        if (!isDue(member)) continue
        isBusy = true
        this.output.write(`> ${member.id} ${what}\n`)
        this.output.indented(() => work(member))
      }
    }
    each(
      'handling Ready',
      ({ node }) => nodes.hasReady(node),
      (member) => this.processReady(member),
    )
    each(
      'receiving messages',
      ({ id }) => this.#messages.some(({ to }) => to === id),
      ({ id }) => this.deliverMessages([{ id, drop: false }]),
    )
    each(
      'processing append thread',
      ({ appendWork }) => appendWork.length > 0,
      (member) => {
        while (member.appendWork.length > 0) this.processAppendThread(member)
      },
    )
    each(
      'processing apply thread',
      ({ applyWork }) => applyWork.length > 0,
      (member) => {
        while (member.applyWork.length > 0) this.processApplyThread(member)
      },
    )
    return isBusy
  }
}

/** Threads of the same machine lose nothing. */
const isLocal = ({ from, to }: Message): boolean => from === to || isLocalMsgTarget(from) || isLocalMsgTarget(to)

function write(
  { storage, history }: Member,
  hardState: HardState | undefined,
  entries: readonly Entry[],
  snapshot: Snapshot | undefined,
): void {
  if (hardState) storage.hardState = hardState
  if (snapshot) {
    if (entries.length > 0) throw new Error("can't apply snapshot and entries at the same time")
    applySnapshot(storage, snapshot)
    // What it offers to others is still its own history.
    storage.snapshot = history.at(-1)!
  } else appendEntries(storage, entries)
}

/** As small as a script likes it: no limits, elections after three ticks, a heartbeat with each. */
export const CONFIG_STUB: Omit<Config, 'id'> = {
  electionTick: 3,
  heartbeatTick: 1,
  maxSizePerMsg: NO_LIMIT,
  maxInflightMsgs: 2 ** 31 - 1,
}
