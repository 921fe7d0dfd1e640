/**
 * One run of an etcd cluster in which everything goes wrong that may: for soaks.
 *
 * Three or five members, clients that write and read, and from the second second on crashes, cuts of every shape, power
 * failures, standing still, slow disks, clocks that jump, leadership moved, members that come and go; datagrams are lost and
 * doubled all the while.
 * In some worlds somebody watches all keys the while. First safety, after every event; then all is mended, and the members must come to agree and take writes again.
 * Where to read upstream: etcd `tests/robustness`; TigerBeetle `src/vopr.zig`.
 */
import { etcd, type EtcdState } from '#cluster/etcd/etcd.ts'
import { memberIdFor } from '#cluster/etcd/members.ts'
import type { ResponseHeader } from '#cluster/etcd/maintenance-messages.ts'
import type { EtcdRequest, KeyValue } from '#cluster/etcd/messages.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Body, Component, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Link } from '#cluster/kernel/network.ts'
import { type Heard, probe, type ProbeState } from '#cluster/kernel/probe.ts'
import { randomFrom } from '#cluster/kernel/random.ts'
import { World } from '#cluster/kernel/world.ts'
import { cacheProblem, etcdCache, type EtcdCacheState } from './etcd-cache.ts'
import { figureEight } from './figure-eight.ts'
import { linearizabilityProblem, type Operation, type WriteHistory } from './linearizable.ts'
import { changeMembers } from './members-under-faults.ts'
import { RaftSafety } from './raft-safety.ts'

const SECOND: Micros = 1_000_000
const FAULTS_FROM = 2 * SECOND
const FAULTS_TO = 14 * SECOND
/** An election or two, and the timeout of what was lost before. */
const END = 26 * SECOND
const OPERATIONS = 250
const KEYS = ['a', 'b', 'c']
const CLIENT = 'client/probe'
const EVENTS_MAX = 200_000

const WHOLE: Link = { latencyMicros: 200, jitterMicros: 2_000, loss: 0, duplicate: 0 }

type Chance = ReturnType<typeof randomFrom>

export interface FaultyRun {
  /** What does not hold; undefined: all does. */
  readonly problem: string | undefined
  readonly events: number
  readonly leaders: number
  readonly committed: number
  /** Operations that were answered. */
  readonly answered: number
}

interface Asked {
  readonly name: string
  readonly at: Micros
  readonly key: string
  /** Undefined: a read. */
  readonly value: string | undefined
}

/** `wrap`: puts a defect into the members, to see that it is found. */
export function etcdUnderFaults(seed: number, wrap: (component: Component) => Component = (same) => same): FaultyRun {
  const chance = randomFrom(seed, 'faults')
  const members = Array.from({ length: chance.int(3) === 0 ? 5 : 3 }, (_, i): ProcessId => `m-${i + 1}/etcd`)
  // In every third world most of what goes wrong is that messages are lost.
  const loss = chance.int(3) === 0 ? 0.15 : 0.02
  const world = createWorld(seed, members, loss, wrap)
  const asked = askMuch(world, members, chance)
  const isPlay = members.length === 3 && chance.int(5) === 0
  const when = { seed, from: FAULTS_FROM, to: FAULTS_TO }
  const come = isPlay ? [] : changeMembers(world, members, when, (at, name, to, body) => ask(world, at, name, to, body))
  // Whom a watch tells, by the members that were there from the first.
  const watchers = come.map(() => addWatcher(world, members))
  planFaults(world, members, isPlay ? FAULTS_TO : FAULTS_FROM, chance)
  // Twice, since what strikes may do so for a moment longer.
  for (const at of [FAULTS_TO, FAULTS_TO + SECOND]) mend(world, [...members, ...come], at)
  const safety = new RaftSafety()
  const hunt = isPlay ? figureEight(world, members, FAULTS_FROM, FAULTS_TO) : leaderHunt(world, members, chance)
  let problem: string | undefined
  const look = (): boolean => {
    problem = safety.look(world)
    hunt(safety.counts.leaders)
    return problem !== undefined
  }
  try {
    world.run({ untilMicros: END, maxEvents: EVENTS_MAX, until: look })
  } catch (error) {
    // An assertion of a member: it has seen what must not be.
    problem = `an assertion failed: ${(error as Error).message}`
  }
  const operations = problem ? [] : operationsOf(world, asked)
  const cached = (name: ProcessId) => cacheProblem(world, name, world.stateOf<EtcdCacheState>(name), members)
  problem ??=
    convergenceProblem(world, members) ??
    linearizabilityProblem(operations, historyOf(world, members[0]!)) ??
    watchers.map(cached).find(Boolean)
  const { leaders, committed } = safety.counts
  return { problem, events: world.tick, leaders, committed, answered: operations.length }
}

function createWorld(
  seed: number,
  members: readonly ProcessId[],
  loss: number,
  wrap: (component: Component) => Component,
): World {
  const defaultLink = { ...WHOLE, loss, duplicate: 0.02 }
  const world = new World({
    seed,
    components: { etcd: wrap(etcd as Component), probe, 'etcd-cache': etcdCache as Component },
    defaultLink,
  })
  for (const member of members) {
    const machine = machineOf(member)
    world.addMachine(machine)
    world.addProcess({ machine, name: 'etcd', component: 'etcd', options: { initialCluster: members } })
  }
  world.addMachine('client')
  world.addProcess({ machine: 'client', name: 'probe', component: 'probe', options: {} })
  return world
}

function addWatcher(world: World, members: readonly ProcessId[]): ProcessId {
  world.addMachine('cache-1')
  return world.addProcess({ machine: 'cache-1', name: 'etcd-cache', component: 'etcd-cache', options: { members } })
}

const machineOf = (member: ProcessId): string => member.slice(0, member.indexOf('/'))

// ── what clients do ─────────────────────────────────────────────────────────────────────────────────────────────────

function askMuch(world: World, members: readonly ProcessId[], chance: Chance): Asked[] {
  const asked: Asked[] = []
  for (let i = 0; i < OPERATIONS; i++) {
    // The last few when all is mended.
    const at = i < OPERATIONS - 5 ? SECOND + chance.int(FAULTS_TO) : END - 2 * SECOND + (i % 5) * 100_000
    const key = KEYS[chance.int(KEYS.length)]!
    const value = chance.int(2) === 0 ? undefined : `v${i}`
    asked.push({ name: `op-${i}`, at, key, value })
    const body: EtcdRequest = value === undefined ? { type: 'Range', key } : { type: 'Put', key, value }
    ask(world, at, `op-${i}`, members[chance.int(members.length)]!, body)
  }
  return asked
}

function ask(world: World, at: Micros, name: string, to: ProcessId, body: Body): void {
  world.command(at, { type: 'tell', process: CLIENT, body: { type: 'ask', name, to, body } as Body })
}

const heardBy = (world: World): readonly Heard[] => world.stateOf<ProbeState>(CLIENT).heard

function operationsOf(world: World, asked: readonly Asked[]): Operation[] {
  const answers = new Map(heardBy(world).map((heard) => [heard.name, heard]))
  return asked.flatMap(({ name, at: start, key, value }): Operation[] => {
    const heard = answers.get(name)
    if (heard?.how !== 'done' || !heard.body || heard.body.type === 'Error') return []
    const { header, kvs } = heard.body as { header: ResponseHeader; kvs: readonly KeyValue[] }
    const told = { start, end: heard.at, key, revision: header.revision }
    return [value === undefined ? { type: 'read', value: kvs[0]?.value, ...told } : { type: 'write', value, ...told }]
  })
}

function historyOf(world: World, member: ProcessId): WriteHistory {
  const { store } = world.stateOf<EtcdState>(member).keyspace
  return new Map(
    [...store.history.from(store.history.start)].map(({ main, key, kv }) => [main, { key, value: kv?.value }]),
  )
}

function convergenceProblem(world: World, members: readonly ProcessId[]): string | undefined {
  const answers = heardBy(world).filter(({ name }) => name.startsWith('op-') && Number(name.slice(3)) >= OPERATIONS - 5)
  const refused = answers.find(({ how, body }) => how !== 'done' || body?.type === 'Error')
  if (answers.length < 5 || refused) return `all is mended, and still a request fails: ${JSON.stringify(refused)}`
  const down = members.find((member) => !world.process(member)?.up)
  if (down !== undefined) return `all is mended, and still ${down} is down`
  const stores = members.map((member) => JSON.stringify([...historyOf(world, member)]))
  const odd = stores.findIndex((store) => store !== stores[0])
  return odd < 0 ? undefined : `all is mended, and still ${members[odd]} has another history than ${members[0]}`
}

// ── what goes wrong ─────────────────────────────────────────────────────────────────────────────────────────────────

function planFaults(world: World, members: readonly ProcessId[], from: Micros, chance: Chance): void {
  for (let at = from; at < FAULTS_TO; at += 100_000 + chance.int(900_000)) {
    for (const [after, command] of fault(members, chance)) world.command(Math.min(at + after, FAULTS_TO), command)
  }
}

function mend(world: World, members: readonly ProcessId[], at: Micros): void {
  world.command(at, { type: 'heal' })
  const machines = members.map(machineOf)
  for (const from of machines) {
    for (const to of machines) if (from !== to) world.command(at, { type: 'link', from, to, link: WHOLE })
  }
  for (const process of members) {
    const machine = machineOf(process)
    world.command(at + 1, { type: 'powerOn', machine })
    world.command(at + 1, { type: 'resume', process })
    world.command(at + 1, { type: 'slowDisk', machine, fsyncMicros: 2_000 })
    world.command(at + 2, { type: 'start', process })
  }
}

type Timed = readonly [after: Micros, command: Command]

function fault(members: readonly ProcessId[], chance: Chance): readonly Timed[] {
  const process = members[chance.int(members.length)]!
  const machine = machineOf(process)
  const other = machineOf(members[chance.int(members.length)]!)
  const while_ = 50_000 + chance.int(2_500_000)
  switch (chance.int(12)) {
    case 11:
      return [[0, moveLeader(process, members, chance)]]
    case 10:
      return collision(members, chance)
    case 0:
    case 1:
    case 2:
      return [
        [0, { type: 'crash', process }],
        [while_, { type: 'start', process }],
      ]
    case 3:
      return [
        [0, { type: 'powerOff', machine }],
        [while_, { type: 'powerOn', machine }],
      ]
    case 4:
    case 5:
      return [
        [0, { type: 'partition', groups: groups(members, chance) }],
        [while_, { type: 'heal' }],
      ]
    case 6:
      return machine === other
        ? []
        : [
            [0, { type: 'block', from: machine, to: other }],
            [while_, { type: 'heal' }],
          ]
    case 7:
      return [
        [0, { type: 'pause', process }],
        [while_, { type: 'resume', process }],
      ]
    case 8:
      return [[0, { type: 'slowDisk', machine, fsyncMicros: 1_000 + chance.int(200_000) }]]
    default:
      return [[0, { type: 'skew', machine, skewMicros: chance.int(10 * SECOND) }]]
  }
}

/** Asks one to hand leadership to another; most will say that it is not theirs. */
function moveLeader(to: ProcessId, members: readonly ProcessId[], chance: Chance): Command {
  const body = { type: 'MoveLeader', targetId: memberIdFor(members[chance.int(members.length)]!) } as const
  return { type: 'tell', process: CLIENT, body: { type: 'ask', name: 'move', to, body } as Body }
}

/**
 * The moments after an election are the most delicate: whoever has just come to lead is often struck then, together with
 * one that voted, so that what only few have seen comes back later.
 */
function leaderHunt(world: World, members: readonly ProcessId[], chance: Chance): (leaders: number) => void {
  let known = 0
  return (leaders) => {
    if (leaders === known) return
    known = leaders
    if (world.now < FAULTS_FROM / 2 || world.now > FAULTS_TO - SECOND || chance.int(3) === 0) return
    const process = members.find(
      (member) => world.process(member)?.up && world.stateOf<EtcdState>(member).node?.raft.state === 'StateLeader',
    )
    if (process === undefined) return
    const other = members[chance.int(members.length)]!
    const long = 500_000 + chance.int(3_000_000)
    const strike: readonly Timed[] = [
      [chance.int(8_000), { type: chance.int(2) === 0 ? 'crash' : 'pause', process }],
      [long, { type: 'resume', process }],
      [long, { type: 'start', process }],
      [chance.int(4_000), { type: 'crash', process: other }],
      [4_000 + chance.int(8_000), { type: 'start', process: other }],
    ]
    const slow: Timed = [0, { type: 'slowDisk', machine: machineOf(process), fsyncMicros: 2_000 + chance.int(30_000) }]
    for (const [after, command] of [slow, ...strike]) world.command(Math.min(world.now + after, FAULTS_TO), command)
  }
}

/** Everybody starts at the same instant, so that elections collide; and some are struck once more while they vote. */
function collision(members: readonly ProcessId[], chance: Chance): readonly Timed[] {
  const together = 20_000 + chance.int(500_000)
  const commands: Timed[] = members.flatMap((process): Timed[] => [
    [0, { type: 'crash', process }],
    [0, { type: 'slowDisk', machine: machineOf(process), fsyncMicros: 1_000 + chance.int(40_000) }],
    [together, { type: 'start', process }],
  ])
  for (let tick = 10; tick < 20; tick++) {
    const process = members[chance.int(members.length)]!
    const at = together + tick * 100_000 + chance.int(12_000)
    commands.push([at, { type: 'crash', process }], [at + 500 + chance.int(2_000), { type: 'start', process }])
  }
  return commands
}

/** Two groups, and between them no way. */
function groups(members: readonly ProcessId[], chance: Chance): string[][] {
  const machines = members.map(machineOf)
  const left = machines.filter(() => chance.int(2) === 0)
  const right = machines.filter((machine) => !left.includes(machine))
  return [left, right]
}
