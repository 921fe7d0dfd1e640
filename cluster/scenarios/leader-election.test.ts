/** Three control planes: of the schedulers and of the controller managers one works, whatever happens; of the API servers all do. */
import { describe, expect, it } from 'vitest'
import { bootCluster } from '#cluster/cluster.ts'
import type { Lease } from '#cluster/api/types.ts'
import type { LeaderElection } from '#cluster/client/leader-election.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { holderOf, objectOf } from './look.ts'

const MACHINES = ['cp-1', 'cp-2', 'cp-3']
const NAMES = ['kube-scheduler', 'kube-controller-manager'] as const
type Name = (typeof NAMES)[number]
const SECOND = 1_000_000

const newWorld = (seed = 1): World =>
  bootCluster({ seed, nodes: 0, controlPlanes: 3, controlPlaneNode: false, dns: false })

const electionOf = (world: World, machine: string, name: Name): LeaderElection | undefined =>
  world.process(`${machine}/${name}`)?.up
    ? world.stateOf<{ election: LeaderElection }>(`${machine}/${name}`).election
    : undefined

/** Machines whose process works as leader now; one that stands still does not. */
const leaders = (world: World, name: Name): string[] =>
  MACHINES.filter(
    (machine) => electionOf(world, machine, name)?.leading && !world.process(`${machine}/${name}`)!.paused,
  )

/** Lets time pass, and looks after every event that never two work at once. Returns who worked, in order. */
function watch(world: World, micros: Micros, name: Name): string[] {
  const worked: string[] = []
  world.run({
    untilMicros: world.now + micros,
    until: () => {
      const now = leaders(world, name)
      if (now.length > 1) throw new Error(`at ${world.now}: ${now.join(' and ')} both work as ${name}`)
      if (now[0] !== undefined && worked.at(-1) !== now[0]) worked.push(now[0])
      return false
    },
  })
  return worked
}

const act = (world: World, command: Command): void => world.command(world.now, command)
const leaseOf = (world: World, name: Name): Lease => objectOf<Lease>(world, 'leases', `kube-system/${name}`)!

/** A world in which this machine holds the Lease: the others have started later. (At a boot cp-1 wins: etcd is beside it.) */
function heldBy(machine: string, name: Name): World {
  const world = newWorld()
  const others = MACHINES.filter((other) => other !== machine)
  for (const other of others) act(world, { type: 'stop', process: `${other}/${name}` })
  world.run({ untilMicros: 5 * SECOND })
  for (const other of others) act(world, { type: 'start', process: `${other}/${name}` })
  world.run({ untilMicros: 10 * SECOND })
  if (holderOf(world, name) !== machine) throw new Error(`${machine} does not hold ${name}`)
  return world
}

describe('leader election', () => {
  it('lets one of three work, and the others wait without watching anything', () => {
    const world = newWorld()
    expect(watch(world, 60 * SECOND, 'kube-controller-manager')).toHaveLength(1)
    const [leader] = leaders(world, 'kube-controller-manager')
    expect(holderOf(world, 'kube-controller-manager')).toBe(leader)
    for (const machine of MACHINES) {
      const { informers } = world.stateOf(`${machine}/kube-controller-manager`)
      expect([machine, informers.pods.synced]).toEqual([machine, machine === leader])
    }
    const { spec } = leaseOf(world, 'kube-controller-manager')
    expect(spec).toMatchObject({ leaseDurationSeconds: 15, leaseTransitions: 0 })
    expect(spec.holderIdentity).toMatch(new RegExp(`^${leader}_[0-9a-f]{8}$`))
  })

  it('may put the two leaders on different machines', () => {
    const world = newWorld()
    world.run({ untilMicros: 10 * SECOND })
    act(world, { type: 'crash', process: `${holderOf(world, 'kube-scheduler')!}/kube-scheduler` })
    world.run({ untilMicros: 60 * SECOND })
    const [scheduler, manager] = NAMES.map((name) => leaders(world, name).join())
    expect(scheduler).not.toBe(manager)
  })

  it.each(NAMES)('hands over once the Lease of a %s that was killed has run out, and not before', (name) => {
    const world = newWorld(3)
    world.run({ untilMicros: 30 * SECOND })
    const before = holderOf(world, name)!
    const killed = world.now
    act(world, { type: 'stop', process: `${before}/${name}` })
    world.run({ untilMicros: killed + 60 * SECOND, until: (now) => leaders(now, name).length > 0 })
    const [after] = leaders(world, name)
    expect(after).not.toBe(before)
    // It renewed up to 2 s before; those who wait look every 2 s and up to 2.4 s more.
    expect(world.now - killed).toBeGreaterThan(13 * SECOND)
    expect(world.now - killed).toBeLessThan(20 * SECOND)
    expect(leaseOf(world, name).spec.leaseTransitions).toBe(1)
  })

  it('does not hand over when a process that waits is killed', () => {
    const world = newWorld(3)
    world.run({ untilMicros: 30 * SECOND })
    const holder = holderOf(world, 'kube-scheduler')!
    const other = MACHINES.find((machine) => machine !== holder)!
    act(world, { type: 'crash', process: `${other}/kube-scheduler` })
    expect(watch(world, 60 * SECOND, 'kube-scheduler')).toEqual([holder])
    expect(leaseOf(world, 'kube-scheduler').spec.leaseTransitions).toBe(0)
  })

  it('ends a holder that is cut off before another begins', () => {
    const world = heldBy('cp-3', 'kube-scheduler')
    const cut = world.now
    const first = world.process('cp-3/kube-scheduler')!.incarnation
    act(world, { type: 'partition', groups: [['cp-3'], ['cp-1', 'cp-2', 'lb-1', 'laptop']] })
    expect(watch(world, 13 * SECOND, 'kube-scheduler')).toEqual(['cp-3'])
    expect(leaders(world, 'kube-scheduler')).toEqual([])
    const [next] = watch(world, 10 * SECOND, 'kube-scheduler')
    expect(MACHINES.slice(0, 2)).toContain(next)
    expect(world.now - cut).toBe(23 * SECOND)
    act(world, { type: 'heal' })
    // Back again, it is one of those who wait.
    expect(watch(world, 60 * SECOND, 'kube-scheduler')).toEqual([next])
    expect(world.process('cp-3/kube-scheduler')!.incarnation).toBeGreaterThan(first)
  })

  it('ends a holder whose own API server is gone for too long, though the others are there', () => {
    const world = heldBy('cp-2', 'kube-controller-manager')
    act(world, { type: 'stop', process: 'cp-2/kube-apiserver' })
    const worked = watch(world, 40 * SECOND, 'kube-controller-manager')
    expect(worked[0]).toBe('cp-2')
    expect(['cp-1', 'cp-3']).toContain(worked[1])
    expect(worked).toHaveLength(2)
  })

  it.each([3_600, -3_600])('does not mind a clock that is set %i s apart, before or in the middle', (seconds) => {
    for (const atMicros of [0, 20 * SECOND]) {
      const world = newWorld(5)
      for (const [i, machine] of MACHINES.entries())
        world.command(atMicros, { type: 'skew', machine, skewMicros: (i - 1) * seconds * SECOND })
      const worked = watch(world, 90 * SECOND, 'kube-scheduler')
      expect([atMicros, worked.length, leaseOf(world, 'kube-scheduler').spec.leaseTransitions]).toEqual([
        atMicros,
        1,
        0,
      ])
    }
  })

  it('cannot keep a holder that stood still from one more step: nothing fences it', () => {
    const world = heldBy('cp-2', 'kube-scheduler')
    act(world, { type: 'pause', process: 'cp-2/kube-scheduler' })
    const [next] = watch(world, 30 * SECOND, 'kube-scheduler')
    expect(next).not.toBe('cp-2')
    act(world, { type: 'resume', process: 'cp-2/kube-scheduler' })
    const woken = world.now
    let both = false
    world.run({
      untilMicros: woken + SECOND,
      until: (now) => {
        both ||= leaders(now, 'kube-scheduler').length > 1
        return !now.process('cp-2/kube-scheduler')!.up
      },
    })
    // What had arrived while it slept comes first, its own deadline among it: it ends in the same instant.
    expect(both).toBe(true)
    expect(world.now).toBe(woken)
    expect(leaders(world, 'kube-scheduler')).toEqual([next])
  })

  it('never lets two work at once, whatever is killed or cut', () => {
    for (let seed = 1; seed <= 12; seed++) {
      const world = newWorld(seed)
      for (const [at, command] of troubles(seed)) world.command(at, command)
      for (const name of NAMES) watch(world.fork(), 150 * SECOND, name)
      world.run({ untilMicros: 200 * SECOND })
      for (const name of NAMES)
        expect([seed, name, leaders(world, name)]).toEqual([seed, name, [holderOf(world, name)]])
    }
  }, 60_000)
})

/** Kills, cuts and clocks set wrong for two minutes; then everything is mended. */
function troubles(seed: number): [Micros, Command][] {
  let state = seed
  const dice = (sides: number) => (state = (state * 48_271) % 2_147_483_647) % sides
  const list: [Micros, Command][] = []
  for (let at = 5 * SECOND; at < 120 * SECOND; at += dice(12 * SECOND)) {
    const machine = MACHINES[dice(3)]!
    const rest = [...MACHINES.filter((other) => other !== machine), 'lb-1']
    const process = `${machine}/${[...NAMES, 'kube-apiserver', 'etcd'][dice(4)]!}`
    const commands: Command[] = [
      { type: 'partition', groups: [[machine], rest] },
      { type: 'heal' },
      { type: 'skew', machine, skewMicros: (dice(600) - 300) * SECOND },
      { type: 'crash', process: process === 'cp-2/etcd' || process === 'cp-3/etcd' ? 'cp-1/etcd' : process },
    ]
    list.push([at, commands[dice(commands.length)]!])
  }
  return [...list, [120 * SECOND, { type: 'heal' }]]
}
