/** What is typed, what it asks for, what it prints; and what it does where nobody answers. */
import { describe, expect, it } from 'vitest'
import { bootEtcd, ETCDCTL } from '#cluster/scenarios/etcd-world.ts'
import type { World } from '#cluster/kernel/world.ts'
import type { EtcdctlState } from './etcdctl.ts'

const SECOND = 1_000_000

function boot(members = 1): World {
  const world = bootEtcd({ seed: 1, members })
  world.run({ untilMicros: 3 * SECOND })
  return world
}

let typed = 0

function type(world: World, line: string): string {
  const id = ++typed
  world.command(world.now, {
    type: 'tell',
    process: ETCDCTL,
    body: { type: 'etcdctl', id, args: line.split(' ') } as never,
  })
  const entry = () => world.stateOf<EtcdctlState>(ETCDCTL).transcript.get(id)
  world.run({ untilMicros: world.now + 10 * SECOND, until: () => entry()?.exitCode !== undefined })
  return `${entry()?.output} (${entry()?.exitCode})`
}

describe('etcdctl', () => {
  it('prints as the real one does', () => {
    const world = boot()
    const session = [
      ['put a 1', 'OK (0)'],
      ['put a 2', 'OK (0)'],
      ['put ab 3', 'OK (0)'],
      ['get a', 'a\n2 (0)'],
      ['get a --prefix', 'a\n2\nab\n3 (0)'],
      ['get a --rev=2 --print-value-only', '1 (0)'],
      ['get nothing', ' (0)'],
      ['del a --prefix', '2 (0)'],
      ['compaction 4', 'compacted revision 4 (0)'],
      ['get a --rev=3', 'Error: etcdserver: mvcc: required revision has been compacted (1)'],
      ['get a --rev=99', 'Error: etcdserver: mvcc: required revision is a future revision (1)'],
      ['frobnicate', 'Error: unknown command "frobnicate" for "etcdctl" (1)'],
    ] as const
    expect(session.map(([line]) => [line, type(world, line)])).toEqual(session)
  })

  it('knows a lease by its id in hex', () => {
    const world = boot()
    const [, id] = /^lease ([0-9a-f]{12,16}) granted with TTL\(60s\) \(0\)$/.exec(type(world, 'lease grant 60'))!
    expect(type(world, `put a 1 --lease=${id}`)).toBe('OK (0)')
    expect(type(world, `lease timetolive ${id}`)).toMatch(`lease ${id} granted with TTL(60s), remaining(`)
    expect(type(world, `lease revoke ${id}`)).toBe(`lease ${id} revoked (0)`)
    expect(type(world, 'get a')).toBe(' (0)')
    expect(type(world, 'put a 1 --lease=7b')).toBe('Error: etcdserver: requested lease not found (1)')
  })

  it('tries the next endpoint where the first is down, and gives up after five seconds where nobody can answer', () => {
    const world = boot(3)
    expect(type(world, 'put a 1')).toBe('OK (0)')
    world.command(world.now, { type: 'crash', process: 'etcd-1/etcd' })
    expect(type(world, 'get a')).toBe('a\n1 (0)')
    expect(type(world, 'get a --endpoints=etcd-1')).toBe('Error: connection refused (1)')
    world.command(world.now, { type: 'crash', process: 'etcd-2/etcd' })
    const before = world.now
    expect(type(world, 'put a 2 --endpoints=etcd-3')).toBe('Error: context deadline exceeded (1)')
    expect(world.now - before).toBe(5 * SECOND)
  })
})
