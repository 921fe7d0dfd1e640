/** A group of nodes on a lossy network of its own: state is plain data, and Raft's promises hold for it. */
import { describe, expect, it } from 'vitest'
import { forkState } from '#cluster/kernel/fork.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import type { Io } from './io.ts'
import type { Message } from './messages.ts'
import { NO_LIMIT } from './messages.ts'
import * as nodes from './node.ts'
import type { Config } from './raft.ts'
import { appendEntries, applySnapshot, createStorage, type Storage } from './storage.ts'

interface Member {
  /** Its storage is reached through it alone: a fork copies each record as often as it is mentioned. */
  readonly node: nodes.Node
  /** `term/index/body` of each applied entry. */
  applied: string[]
}

interface Group {
  readonly members: Member[]
  messages: Message[]
  /** Counter of the chance that decides everything. */
  seed: number
  proposals: number
}

const CONFIG = {
  electionTick: 10,
  heartbeatTick: 1,
  maxSizePerMsg: 64,
  maxInflightMsgs: 4,
  preVote: true,
  checkQuorum: true,
}
const VOTERS = [1, 2, 3, 4, 5]

const ioOf = (group: Group): Io => ({ random: (below) => randomFrom(++group.seed, 'raft').int(below) })

function createGroup(seed: number, config: Partial<Config> = {}): Group {
  const group: Group = { members: [], messages: [], seed: seed * 100_000, proposals: 0 }
  for (const id of VOTERS) {
    const storage = createStorage()
    const confState = { voters: VOTERS, votersOutgoing: [], learners: [], learnersNext: [], autoLeave: false }
    applySnapshot(storage, { metadata: { index: 1, term: 1, confState } })
    const node = nodes.createNode({ ...CONFIG, id, applied: 1, ...config }, storage, ioOf(group))
    group.members.push({ node, applied: [] })
  }
  return group
}

/** One round: everybody ticks and works, somebody proposes, and three of ten messages are lost. */
function round(group: Group, loss: number): void {
  const io = ioOf(group)
  for (const member of group.members) {
    nodes.tick(member.node, io)
    if (io.random(3) === 0) nodes.propose(member.node, { size: 4, body: `p${++group.proposals}` }, io)
    while (nodes.hasReady(member.node)) work(group, member, io)
  }
  const messages = group.messages.filter(() => io.random(100) >= loss)
  group.messages = []
  for (const message of messages) nodes.step(group.members[message.to - 1]!.node, message, io)
}

const storageOf = ({ node }: Member): Storage => node.raft.log.storage

function work(group: Group, member: Member, io: Io): void {
  const ready = nodes.ready(member.node)
  if (ready.hardState) storageOf(member).hardState = ready.hardState
  appendEntries(storageOf(member), ready.entries)
  for (const { term, index, data } of ready.committedEntries) {
    member.applied = [...member.applied, `${term}/${index}/${(data as { body?: string } | undefined)?.body ?? ''}`]
  }
  group.messages.push(...ready.messages)
  nodes.advance(member.node, io)
}

const run = (group: Group, rounds: number, loss: number): Group => {
  for (let i = 0; i < rounds; i++) round(group, loss)
  return group
}

describe('a group of five', () => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'agrees on what is applied, with a third of the messages lost (seed %i)',
    (seed) => {
      const group = run(createGroup(seed), 200, 30)
      const longest = group.members.map(({ applied }) => applied).sort((a, b) => b.length - a.length)[0]!
      expect(longest.length).toBeGreaterThan(20)
      for (const { applied } of group.members) expect(applied).toEqual(longest.slice(0, applied.length))
    },
  )

  it('has one leader in the end, and all have everything', () => {
    const group = run(createGroup(9), 100, 40)
    run(group, 60, 0)
    const leaders = group.members.filter(({ node }) => node.raft.state === 'StateLeader')
    expect(leaders).toHaveLength(1)
    const newest = leaders[0]!.applied.length
    for (const { applied } of group.members) expect(applied.length).toBeGreaterThan(newest - 10)
  })

  it.each([0, 7, 50, 120])('goes on from a fork as if nothing had happened (after %i rounds)', (rounds) => {
    const original = run(createGroup(4), rounds, 20)
    const fork = forkState(original)
    run(fork, 60, 20)
    run(original, 60, 20)
    const look = (group: Group): unknown => group.members.map((member) => [member, storageOf(member).entries.toArray()])
    expect(JSON.stringify(look(fork))).toBe(JSON.stringify(look(original)))
  })
})

describe('a node', () => {
  const io: Io = { random: () => 0 }
  it.each([
    ['cannot use none as id', { id: 0 }],
    ['heartbeat tick must be greater than 0', { heartbeatTick: 0 }],
    ['election tick must be greater than heartbeat tick', { electionTick: 1 }],
    ['max inflight messages must be greater than 0', { maxInflightMsgs: 0 }],
    ['max inflight bytes must be >= max message size', { maxInflightBytes: 8 }],
    ['CheckQuorum must be enabled', { checkQuorum: false, readOnlyOption: 'ReadOnlyLeaseBased' }],
  ] as const)('refuses a configuration: %s', (reason, wrong) => {
    expect(() => nodes.createNode({ ...CONFIG, id: 1, ...wrong }, createStorage(), io)).toThrow(reason)
  })

  it('takes no local message from outside, and no answer of somebody unknown', () => {
    const node = nodes.createNode({ ...CONFIG, maxSizePerMsg: NO_LIMIT, id: 1 }, createStorage(), io)
    expect(nodes.step(node, { type: 'MsgHup', from: 2, to: 1 }, io)).toBe('raft: cannot step raft local message')
    expect(nodes.step(node, { type: 'MsgAppResp', from: 2, to: 1 }, io)).toBe('raft: cannot step as peer not found')
  })
})
