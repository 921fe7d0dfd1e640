import { describe, expect, it } from 'vitest'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import { bootEtcd } from '#cluster/scenarios/etcd-world.ts'
import { defineChecks, example } from './checks.ts'
import { etcdWithNode } from './learner-raft.ts'
import { raftGuest } from './raft-guest.ts'
import { Trial } from './trial.ts'

const engine = await loadEngineNode()

/** No Raft: it does what it is told at its third tick, and else nothing. */
const silentBut = (deed: string) => `
export default class {
  constructor(config) {
    Object.assign(this, { config, ticks: 0, out: {} })
  }
  tick() {
    this.ticks += 1
    const { id, hardState: { term } } = this.config
    if (this.ticks === 3) this.out = ${deed}
  }
  step() {}
  propose() { return false }
  readIndex() { return false }
  ready() {
    const softState = { lead: 0, raftState: 'StateFollower' }
    const nothing = { entries: [], messages: [], committedEntries: [], readStates: [] }
    return { softState, hardState: { ...this.config.hardState }, ...nothing, ...this.out }
  }
  advance() { this.out = {} }
}`

function run(deed: string) {
  const check = example('a check', { run: () => {} })
  const { guest } = defineChecks(raftGuest(), [check])
  const trial = new Trial({ engine, code: silentBut(deed), guest, limits: { fuelPerCall: 1_000_000 }, check, seed: 3 })
  const { component, report } = etcdWithNode(trial, 'etcd-1/etcd')
  const world = bootEtcd({ seed: 3, members: 3, wrap: () => component })
  world.run({ untilMicros: 3_000_000, until: () => Boolean(trial.trap || report.problem) })
  return { trial, report, world }
}

describe('a learner’s Raft node in a member of etcd', () => {
  it('is one of three: without it the others go on', () => {
    const { report, trial, world } = run('{}')
    expect(trial.trap).toBeUndefined()
    expect(report).toEqual({ problem: undefined, acknowledged: 0, led: 0 })
    expect(world.stateOf<{ applied: number }>('etcd-1/etcd').applied).toBe(1)
    expect(world.stateOf<{ applied: number }>('etcd-2/etcd').applied).toBeGreaterThan(1)
  })

  it.each([
    ["{ entries: [{ index: 2, term, data: 'invented' }] }", { type: 'unknown-data', index: 2, data: 'invented' }],
    ['{ entries: [{ index: 4, term }] }', { type: 'misplaced', index: 4, last: 1, committed: 1 }],
    ['{ entries: [{ index: 1, term }] }', { type: 'misplaced', index: 1, last: 1, committed: 1 }],
    ['{ committedEntries: [{ index: 2, term }] }', { type: 'not-the-log', index: 2 }],
  ])('ends where the member cannot do what it says: %s', (deed, problem) => {
    expect(run(deed).report.problem).toEqual(problem)
  })

  it('ends where another member panics at what it says', () => {
    const deed = "{ messages: [{ type: 'MsgHeartbeat', from: id, to: id === 1 ? 2 : 1, term: term + 9, commit: 99 }] }"
    expect(run(deed).report.problem).toMatchObject({ type: 'panic', text: expect.stringContaining('tocommit(99)') })
  })
})
