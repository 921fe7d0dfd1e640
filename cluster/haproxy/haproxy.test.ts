import { describe, expect, it } from 'vitest'
import type { Body, Component, Effect } from '#cluster/kernel/component.ts'
import type { Heard, ProbeState } from '#cluster/kernel/probe.ts'
import { probe } from '#cluster/kernel/probe.ts'
import { World } from '#cluster/kernel/world.ts'
import type { HaproxyState } from './haproxy.ts'
import { haproxy } from './haproxy.ts'

/** Answers with its own name; `/watch` is answered with a first word, and stays open. */
const server: Component = {
  name: 'server',
  init: () => ({}),
  step(_state, event, ctx): Effect[] {
    if (event.type !== 'opened') return []
    const { stream } = event
    const { path } = event.body as Body & { path: string }
    const body = { type: 'response', status: 200, body: ctx.machine } as Body
    return path === '/watch' ? [{ type: 'write', stream, body }] : [{ type: 'close', stream, body }]
  },
}

function newWorld(): World {
  const world = new World({ seed: 1, components: { haproxy, server, probe } })
  for (const machine of ['cp-1', 'cp-2', 'cp-3', 'lb-1', 'laptop']) world.addMachine(machine)
  const servers = ['cp-1/server', 'cp-2/server', 'cp-3/server']
  for (const id of servers)
    world.addProcess({ machine: id.split('/')[0]!, name: 'server', component: 'server', options: {} })
  world.addProcess({ machine: 'lb-1', name: 'haproxy', component: 'haproxy', options: { servers } })
  world.addProcess({ machine: 'laptop', name: 'probe', component: 'probe', options: {} })
  world.run({ untilMicros: 1_000_000 })
  return world
}

let asked = 0
/** What one client gets: the machine that answered, or how it ended without an answer. */
function ask(world: World, path = '/', waitMicros = 1_000_000): string {
  const name = `ask-${++asked}`
  const body = { type: 'ask', name, to: 'lb-1/haproxy', body: { type: 'request', method: 'GET', path } } as Body
  world.command(world.now, { type: 'tell', process: 'laptop/probe', body })
  world.run({ untilMicros: world.now + waitMicros })
  return heard(world, name).map(told).join(' ')
}

const heard = (world: World, name: string): Heard[] =>
  world.stateOf<ProbeState>('laptop/probe').heard.filter((entry) => entry.name === name)
const told = ({ how, body }: Heard): string => (body as { body?: string } | undefined)?.body ?? how
const isUp = (world: World, id: string): boolean => world.stateOf<HaproxyState>('lb-1/haproxy').backends.get(id)!.up

describe('the load balancer', () => {
  it('gives connections to the servers in turn', () => {
    const world = newWorld()
    expect([1, 2, 3, 4].map(() => ask(world))).toEqual(['cp-1', 'cp-2', 'cp-3', 'cp-1'])
  })

  it('passes a refused connection on to the next server, so that the client notices nothing', () => {
    const world = newWorld()
    world.command(world.now, { type: 'stop', process: 'cp-1/server' })
    expect(isUp(world, 'cp-1/server')).toBe(true)
    expect([1, 2, 3].map(() => ask(world, '/', 10_000))).toEqual(['cp-2', 'cp-3', 'cp-2'])
  })

  it('leaves a server out after three failed checks, and takes it back after two good ones', () => {
    const world = newWorld()
    world.command(world.now, { type: 'stop', process: 'cp-2/server' })
    world.run({ untilMicros: world.now + 4_500_000 })
    expect(isUp(world, 'cp-2/server')).toBe(true)
    world.run({ untilMicros: world.now + 2_000_000 })
    expect(isUp(world, 'cp-2/server')).toBe(false)
    world.command(world.now, { type: 'start', process: 'cp-2/server' })
    world.run({ untilMicros: world.now + 2_000_000 })
    expect(isUp(world, 'cp-2/server')).toBe(false)
    world.run({ untilMicros: world.now + 2_000_000 })
    expect(isUp(world, 'cp-2/server')).toBe(true)
  })

  it('finds a machine without power out by the checks that nobody answers', () => {
    const world = newWorld()
    world.command(world.now, { type: 'powerOff', machine: 'cp-3' })
    world.run({ untilMicros: world.now + 9_000_000 })
    expect(isUp(world, 'cp-3/server')).toBe(false)
    expect([1, 2, 3, 4].map(() => ask(world))).toEqual(['cp-1', 'cp-2', 'cp-1', 'cp-2'])
  })

  it('closes the connection of a client whose server dies, without a word', () => {
    const world = newWorld()
    expect(ask(world, '/watch')).toBe('cp-1')
    const name = `ask-${asked}`
    world.command(world.now, { type: 'stop', process: 'cp-1/server' })
    world.run({ untilMicros: world.now + 1_000_000 })
    expect(heard(world, name).map(({ how }) => how)).toEqual(['data', 'done'])
    expect(heard(world, name).at(-1)!.body).toBeUndefined()
    expect(world.stateOf<HaproxyState>('lb-1/haproxy').sessions.size).toBe(0)
  })

  it('hangs up on everybody when no server is left', () => {
    const world = newWorld()
    for (const machine of ['cp-1', 'cp-2', 'cp-3'])
      world.command(world.now, { type: 'stop', process: `${machine}/server` })
    expect(ask(world)).toBe('done')
    world.run({ untilMicros: world.now + 7_000_000 })
    expect(ask(world)).toBe('done')
  })
})
