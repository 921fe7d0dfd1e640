/** Several nodes with logs in a network: any weather, and the plays that chance does not come upon. */
import { RaftWorld, TICK_MICROS, type Chance, type RaftEntry, type RaftGroup, type Trial } from 'clusterwright/kit'
import { Safety } from './safety.ts'
import { say } from './texts.ts'

const ELECTION_TICK = 10
const TIMEOUT_MICROS = ELECTION_TICK * TICK_MICROS
const MILLI = 1_000

export interface Group {
  readonly world: RaftWorld
  readonly safety: Safety
}

export function newGroup(trial: Trial<any>, options: Partial<RaftGroup> & { readonly size: number }): Group {
  const safety = new Safety(trial)
  const link = { latencyMicros: MILLI, jitterMicros: MILLI, loss: 0, duplicate: 0 }
  const flags = { preVote: false, checkQuorum: false }
  const group = { electionTick: ELECTION_TICK, heartbeatTick: 1, ...flags, link, ...options }
  return { world: new RaftWorld(trial, group, safety), safety }
}

export function propose({ world, safety }: Group, node: number, data: string): void {
  if (!world.node(node)) return
  safety.wrote(data, node)
  world.propose(node, data)
}

function read({ world, safety }: Group, node: number, context: string): void {
  if (!world.node(node)) return
  safety.asked(context)
  world.readIndex(node, context)
}

function elect(trial: Trial<any>, { world }: Group): number {
  const leader = world.elect(20 * TIMEOUT_MICROS)
  if (leader !== 0) return leader
  trial.fail({
    message: say('no-leader'),
    expected: say('a-leader'),
    actual: world.nodes.map(({ id, raftState, term }) => `${id}: ${raftState}, term ${term}`).join('; '),
    hint: 'append',
    story: world.story(),
  })
}

/** Fails unless an entry that is proposed now is applied by everybody in so many ticks. */
function mustApply(
  trial: Trial<any>,
  group: Group,
  leader: number,
  data: string,
  ticks: number,
  hint = 'append',
): void {
  const { world } = group
  const has = (applied: readonly RaftEntry[]): boolean => applied.some((entry) => entry.data === data)
  const all = (): boolean => world.nodes.every(({ applied }) => has(applied))
  propose(group, leader, data)
  if (world.run(ticks * TICK_MICROS, all)) return
  const late = world.nodes.filter(({ applied }) => !has(applied)).map(({ id }) => id)
  trial.fail({
    message: say('not-applied', { nodes: late.join(', '), ticks, leader }),
    expected: say('applied-by-all', { data }),
    actual: world.nodes
      .map(({ id, entries, commit }) => `${id}: ${entries.length} entries, commit ${commit}`)
      .join('; '),
    hint,
    story: world.story(),
  })
}

// ── any weather ─────────────────────────────────────────────────────────────────────────────────────────────────────

export interface Deed {
  readonly afterMs: number
  readonly what: 'crash' | 'start' | 'isolate' | 'heal' | 'propose' | 'read' | 'cut-leader'
  readonly node: number
}

export interface Weather {
  readonly size: number
  readonly flags: boolean
  readonly loss: number
  readonly duplicate: number
  readonly jitterMs: number
  readonly fsyncMs: number
  readonly deeds: readonly Deed[]
}

export function weather(chance: Chance): Weather {
  const size = chance.pick([3, 3, 3, 5])
  const kinds = [
    'propose',
    'propose',
    'propose',
    'read',
    'crash',
    'start',
    'start',
    'isolate',
    'heal',
    'cut-leader',
  ] as const
  return {
    size,
    flags: chance.chance(0.5),
    loss: chance.pick([0, 0.1, 0.3]),
    duplicate: chance.pick([0, 0.2]),
    jitterMs: chance.pick([1, 50, 300]),
    fsyncMs: chance.pick([1, 20]),
    deeds: chance.times(chance.between(8, 16), () => ({
      afterMs: chance.pick([5, 50, 200, 700]),
      what: chance.pick(kinds),
      node: chance.between(1, size),
    })),
  }
}

export function runWeather(trial: Trial<any>, plan: Weather): void {
  const { size, flags, loss, duplicate, jitterMs, fsyncMs, deeds } = plan
  const link = { latencyMicros: MILLI, jitterMicros: jitterMs * MILLI, loss, duplicate }
  const group = newGroup(trial, { size, preVote: flags, checkQuorum: flags, link, fsyncMicros: fsyncMs * MILLI })
  const { world } = group
  world.elect(3 * TIMEOUT_MICROS)
  deeds.forEach(({ afterMs, what, node }, index) => {
    if (node > size) return
    world.run(afterMs * MILLI)
    // Most who write and read find the leader; some do not.
    const at = node % 3 === 0 ? node : world.leader || node
    if (what === 'isolate') world.isolate(node)
    else if (what === 'cut-leader') world.isolate(world.leader || node)
    else if (what === 'heal') world.heal()
    else if (what === 'propose') propose(group, at, `write-${index}`)
    else if (what === 'read') read(group, at, `read-${index}`)
    else world[what](node)
  })
  world.heal()
  for (const id of world.ids) world.start(id)
  for (const from of world.ids)
    for (const to of world.ids)
      if (from !== to) {
        const whole = { latencyMicros: MILLI, jitterMicros: MILLI, loss: 0, duplicate: 0 }
        world.command({ type: 'link', from: `m-${from}`, to: `m-${to}`, link: whole })
      }
  // What is still under way from the bad weather arrives first.
  world.run(4 * TICK_MICROS)
  mustApply(trial, group, elect(trial, group), 'last', 10)
}

// ── plays ───────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * Figure 8 of the Raft paper, set up on the disks of five nodes: 1 and 2 have an entry of term 2, node 5 one of term 3 in its place.
 * Node 5 is away while the others hand the old entry on to everybody they reach: a majority has it, and yet, if that is all that
 * they have, node 5 can be elected by them. Then 1 and 2 are gone, and node 5 is back.
 */
export function figureEight(trial: Trial<any>): void {
  const entry = (index: number, term: number): RaftEntry => ({ index, term, data: `${index}/${term}` })
  const [one, two, three] = [entry(1, 1), entry(2, 2), entry(2, 3)]
  const disk = (...entries: RaftEntry[]) => ({ hardState: { term: 3, vote: 0, commit: 1 }, entries })
  const group = newGroup(trial, {
    size: 5,
    disks: [disk(one, two), disk(one, two), disk(one), disk(one), disk(one, three)],
  })
  const { world } = group
  world.isolate(5)
  const isLed = (): boolean => world.leader !== 0
  world.run(20 * TIMEOUT_MICROS, isLed)
  world.run(5 * TICK_MICROS)
  world.crash(1)
  world.crash(2)
  world.heal()
  elect(trial, group)
  world.run(5 * TICK_MICROS)
  world.start(1)
  world.start(2)
  mustApply(trial, group, elect(trial, group), 'last', 10)
}

/** A leader is cut off and does not know; others go on without it. It must not answer a read with what it has. */
export function staleRead(trial: Trial<any>): void {
  const group = newGroup(trial, { size: 3 })
  const { world, safety } = group
  const old = elect(trial, group)
  mustApply(trial, group, old, 'before', 10)
  read(group, old, 'fresh')
  trial.ensure(
    world.run(5 * TICK_MICROS, () => safety.answered.includes('fresh')),
    () => ({
      message: say('read-unanswered', { node: old }),
      expected: 'ReadState',
      actual: '[]',
      hint: 'read',
      story: world.story(),
    }),
  )
  world.isolate(old)
  const others = world.ids.filter((id) => id !== old)
  const next = (): number => others.find((id) => world.node(id)?.raftState === 'StateLeader') ?? 0
  world.run(20 * TIMEOUT_MICROS, () => next() !== 0)
  trial.ensure(next() !== 0, () => ({
    message: say('no-leader'),
    expected: say('a-leader'),
    actual: others.map((id) => `${id}: ${world.node(id)?.raftState}`).join('; '),
    story: world.story(),
  }))
  propose(group, next(), 'after')
  world.run(5 * TICK_MICROS)
  read(group, old, 'stale')
  world.run(5 * TICK_MICROS)
  trial.ensure(!safety.answered.includes('stale'), () => ({
    message: say('read-alone', { node: old }),
    expected: '[]',
    actual: 'ReadState',
    hint: 'read',
    story: world.story(),
  }))
  world.heal()
  mustApply(trial, group, elect(trial, group), 'last', 10)
}

/** One follower was away while much was written. It catches up in a few rounds, not in one for each entry. */
export function lagging(trial: Trial<any>): void {
  const group = newGroup(trial, { size: 3 })
  const { world, safety } = group
  const leader = elect(trial, group)
  const away = world.ids.find((id) => id !== leader)!
  world.crash(away)
  for (let count = 1; count <= 20; count++) propose(group, leader, `write-${count}`)
  world.run(TICK_MICROS)
  world.start(away)
  mustApply(trial, group, leader, 'last', 6, 'next')
  const count = safety.refusals.get(away) ?? 0
  trial.ensure(count <= 4, () => ({
    message: say('many-refusals', { node: away, count }),
    expected: '≤ 4',
    actual: `${count}`,
    hint: 'next',
    story: world.story(),
  }))
}
