import { describe, expect, it } from 'vitest'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { defineChecks, example } from './checks.ts'
import { raftGuest } from './raft-guest.ts'
import { RaftWorld } from './raft-world.ts'
import { Crash } from './stop.ts'
import { Trial } from './trial.ts'

const engine = await loadEngineNode()

/** No Raft at all: at each tick it counts up its term, and tells the next node. */
const counter = (ready = '') => `
export default class {
  constructor(config) {
    this.config = config
    this.term = config.hardState.term
    this.messages = []
  }
  tick() {
    const { id, voters, random } = this.config
    this.term += 1 + random(3)
    const to = voters[id % voters.length]
    this.messages = [{ type: 'MsgHeartbeat', from: id, to, term: this.term }]
  }
  step({ term }) { this.seen = term }
  ready() {
    ${ready}
    const softState = { lead: this.seen ?? 0, raftState: 'StateFollower' }
    return { softState, hardState: { term: this.term, vote: 0, commit: 0 }, messages: this.messages }
  }
  advance() { this.messages = [] }
}`

function setUp(code: string, fsyncMicros: number) {
  const check = example('a check', { run: () => {} })
  const { guest } = defineChecks(raftGuest(), [check])
  const trial = new Trial({ engine, code, guest, limits: { fuelPerCall: 1_000_000 }, check, seed: 3 })
  const link = { latencyMicros: 1_000, jitterMicros: 0, loss: 0, duplicate: 0 }
  const flags = { electionTick: 10, heartbeatTick: 1, preVote: false, checkQuorum: false }
  const sent: number[] = []
  const group = { size: 2, ...flags, link, inStep: true, fsyncMicros }
  const world = new RaftWorld(trial, group, { sent: ({ from, term }) => void (from === 1 && sent.push(term)) })
  return { world, sent, trial }
}

describe('a group of Raft nodes', () => {
  it('is the same again from the same seed', () => {
    const [one, two] = [setUp(counter(), 2_000), setUp(counter(), 2_000)]
    for (const { world } of [one, two]) world.run(2_000_000)
    expect(one.sent.length).toBeGreaterThan(10)
    expect(one.sent).toEqual(two.sent)
    expect(one.world.world.hash()).toBe(two.world.world.hash())
  })

  it('sends only what stands on what is durable', () => {
    const { world, sent } = setUp(counter(), 40_000)
    world.run(130_000)
    expect(sent).toEqual([])
    world.run(20_000)
    expect(sent).toEqual([world.node(1)!.term])
  })

  it('forgets in a crash what was not durable, and nothing else', () => {
    const { world, sent } = setUp(counter(), 40_000)
    world.run(230_000)
    const [durable] = sent
    expect(world.node(1)!.term).toBeGreaterThan(durable!)
    world.crash(1)
    expect(world.node(1)).toBeUndefined()
    world.start(1)
    expect(world.node(1)!.term).toBe(durable)
  })

  it('does not hear who is cut off', () => {
    const { world } = setUp(counter(), 2_000)
    world.isolate(1)
    world.run(1_000_000)
    expect(world.node(2)!.lead).toBe(0)
    world.heal()
    world.run(1_000_000)
    expect(world.node(2)!.lead).toBeGreaterThan(0)
  })

  it.each([
    ['return 42', 'ready() returned 42'],
    ["return { softState: { lead: 0, raftState: 'Boss' } }", 'ready() returned the softState'],
    ["this.messages = [{ type: 'MsgVote', from: 9, to: 2, term: 1 }]", 'a message that is not from'],
    ['this.messages = [{ type: "MsgVote", from: this.config.id, to: 7, term: 1 }]', 'a message to nobody'],
  ])('ends where a Ready is none: %s', (ready, message) => {
    const { world } = setUp(counter(ready), 2_000)
    expect(() => world.run(1_000_000)).toThrow(Crash)
    expect(() => world.run(1_000_000)).toThrow(message)
  })
})
