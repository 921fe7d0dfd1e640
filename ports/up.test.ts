/** What somebody does to a cluster that is up: break it, keep it, bring it back. And what our own mistakes do to it. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { EtcdState } from '#cluster/etcd/etcd.ts'
import type { Component } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { caller } from './caller.ts'
import { askControl, controlFileOf, type FaultList, kubeconfigMeant } from './control.ts'
import { contain, reporter } from './defects.ts'
import type { Fault } from './faults.ts'
import { LiveWorld } from './live-world.ts'
import { bringUp, type UpOptions } from './up.ts'

const folder = mkdtempSync(join(tmpdir(), 'up-'))
const kubeconfig = join(folder, 'kubeconfig')
const DOORS = { speed: 0, etcdPort: 0, port: 0, kubeconfig }
const ETCD: UpOptions = { seed: 1, nodes: undefined, controlPlanes: 3, etcd: 'stacked', ...DOORS }
afterAll(() => rmSync(folder, { recursive: true }))

const ask = (fault: Fault): Promise<string> => askControl(kubeconfig, 'POST', '/faults', fault)
const list = async (): Promise<FaultList> => JSON.parse(await askControl(kubeconfig, 'GET', '/faults'))

describe('a cluster that is up', () => {
  it('is broken and mended by whoever may read its file', async () => {
    const up = await bringUp(ETCD)
    expect(statSync(controlFileOf(kubeconfig)).mode & 0o777).toBe(0o600)
    await ask({ verb: 'partition', targets: ['etcd-3'], forMicros: 5_000_000 })
    await ask({ verb: 'stop-node', targets: ['etcd-2'] })
    await ask({ verb: 'crash', targets: ['etcd-1/etcd'] })
    await ask({ verb: 'slow-disk', targets: ['etcd-1'], byMicros: 2_000_000 })
    expect((await list()).inForce).toEqual([
      'etcd-1: a sync to its disk takes 2000 ms',
      'etcd-2 has no power',
      'etcd-1/etcd is down',
      ...['etcd-3 does not reach etcd-1', 'etcd-3 does not reach etcd-2'],
      ...['etcd-1 does not reach etcd-3', 'etcd-2 does not reach etcd-3'],
    ])
    up.live.world.run({ untilMicros: up.live.world.now + 11_000_000 })
    await ask({ verb: 'start-node', targets: ['etcd-2'] })
    expect((await list()).inForce).toEqual(['etcd-1: a sync to its disk takes 2000 ms'])
    up.stop()
    expect(existsSync(controlFileOf(kubeconfig))).toBe(false)
    await expect(list()).rejects.toThrow('no cluster is up here')
  })

  it.each([
    [{ verb: 'frob', targets: [] }, 'there is no fault "frob"; there are crash,'],
    [{ verb: 'crash', targets: [] }, 'crash what? There are etcd-1/etcd,'],
    [{ verb: 'crash', targets: ['etcd'] }, 'which etcd? There are etcd-1/etcd, etcd-2/etcd'],
    [{ verb: 'crash', targets: ['etcd-9/etcd'] }, 'there is no process "etcd-9/etcd"'],
    [{ verb: 'stop-node', targets: ['etcd-9'] }, 'there is no machine "etcd-9"; there are etcd-1'],
    [{ verb: 'partition', targets: ['etcd-1,etcd-2', 'etcd-2'] }, 'stands in two groups'],
    [{ verb: 'partition', targets: ['etcd-1,etcd-2,etcd-3'] }, 'nobody left'],
    [{ verb: 'heal', targets: ['etcd-1'] }, 'heal takes no target'],
    [{ verb: 'heal', targets: [], forMicros: 1 }, 'it takes no --for'],
    [{ verb: 'crash', targets: ['etcd-1/etcd'], byMicros: 1 }, 'crash takes no --by'],
    [{ verb: '__proto__', targets: [] }, 'there is no fault "__proto__"'],
  ])('says what is wrong with %j', async (fault, message) => {
    const up = await bringUp(ETCD)
    await expect(ask(fault)).rejects.toThrow(message)
    up.stop()
  })

  it('is found by the variable that kubectl reads, unless another file is given', async () => {
    const up = await bringUp(ETCD)
    const env = { KUBECONFIG: ['', '/nowhere/config', kubeconfig].join(delimiter) }
    expect(kubeconfigMeant(undefined, env, 'unasked')).toBe(kubeconfig)
    expect(kubeconfigMeant('given', env, 'unasked')).toBe('given')
    up.stop()
    expect(kubeconfigMeant(undefined, env, 'unasked')).toBe('unasked')
    expect(kubeconfigMeant(undefined, {}, 'unasked')).toBe('unasked')
  })

  it('answers nobody without the secret, and no page', async () => {
    const up = await bringUp(ETCD)
    const { url, token } = JSON.parse(readFileSync(controlFileOf(kubeconfig), 'utf8'))
    const status = async (headers: Record<string, string>) => (await fetch(`${url}/faults`, { headers })).status
    expect(await status({})).toBe(403)
    expect(await status({ authorization: 'Bearer wrong' })).toBe(403)
    expect(await status({ authorization: `Bearer ${token}`, origin: 'https://evil.example' })).toBe(403)
    expect(await status({ authorization: `Bearer ${token}` })).toBe(200)
    up.stop()
  })

  it('closes what it has opened when a later door cannot be', async () => {
    const blocked = await bringUp(ETCD)
    const port = Number(/:(\d+)/.exec(blocked.greeting)![1])
    const other = join(folder, 'other')
    await expect(bringUp({ ...ETCD, etcdPort: port, kubeconfig: other })).rejects.toThrow('--etcd-port')
    expect(existsSync(controlFileOf(other))).toBe(false)
    blocked.stop()
  })
})

describe('a world as a file', () => {
  const file = join(folder, 'saved.world')

  it('comes back as it was, faults and all, and goes on', async () => {
    const up = await bringUp({ ...ETCD, save: file })
    up.live.call('etcd-1/etcd', { type: 'Put', key: 'k', value: 'v' } as never, () => {})
    const led = (id: string): boolean => up.live.world.stateOf<EtcdState>(id).isLeader
    const follower = ['etcd-2/etcd', 'etcd-3/etcd'].find((id) => !led(id))!
    await ask({ verb: 'stop', targets: [follower], forMicros: 60_000_000 })
    up.live.call('etcd-1/etcd', { type: 'Put', key: 'k', value: 'w' } as never, () => {})
    const { now, tick } = up.live.world
    up.stop()
    expect(statSync(file).mode & 0o777).toBe(0o600)

    const again = await bringUp({ ...DOORS, load: file })
    const { world } = again.live
    expect([world.now, (await list()).inForce]).toEqual([now, [`${follower} is down`]])
    expect(world.tick).toBeGreaterThanOrEqual(tick)
    const heard: unknown[] = []
    again.live.call('etcd-1/etcd', { type: 'Range', key: 'k' } as never, ({ body }) => heard.push(body))
    expect(JSON.stringify(heard)).toContain('"w"')
    // It can be kept again, with all that was before.
    const text = await askControl(kubeconfig, 'GET', '/world')
    expect(text.split('\n').length).toBeGreaterThan(readFileSync(file, 'utf8').split('\n').length)
    world.run({ untilMicros: now + 70_000_000 })
    expect(world.stateOf<EtcdState>(follower)).toBeDefined()
    again.stop()
  })

  it.each([
    ['something else', () => 'apiVersion: v1\n', 'is no saved world'],
    ['an older one', (text: string) => text.replace('clusterwright world 2', 'clusterwright world 1'), 'Load it with'],
    ['one that is not whole', (text: string) => text.slice(0, text.lastIndexOf('\n{')), 'it is not whole'],
    ['one of another engine', (text: string) => text.replace(/"tick":\d+/, '"tick":1'), 'another version'],
  ])('is not %s', async (_, change, message) => {
    const bad = join(folder, 'bad.world')
    writeFileSync(bad, change(readFileSync(file, 'utf8')))
    await expect(bringUp({ ...DOORS, load: bad })).rejects.toThrow(message)
  })
})

describe('our own mistakes', () => {
  const clumsy = (name: string): Component<object> => ({
    name,
    init: () => ({}),
    step(_, event) {
      if (event.type === 'opened') throw new TypeError('boom')
      return []
    },
  })
  const run = (component: string, restartAfterMicros?: number) => {
    const told: string[] = []
    const onDefect = contain(reporter((text) => told.push(text), 'Please report it.'))
    const world = new World({ seed: 1, components: { caller, [component]: clumsy(component) }, onDefect })
    for (const name of ['laptop', 'a']) world.addMachine(name)
    world.addProcess({ machine: 'a', name: 'it', component, options: {}, restartAfterMicros })
    const door = world.addProcess({ machine: 'laptop', name: 'caller', component: 'caller', options: {} })
    const live = new LiveWorld(world, door, { speed: 0 })
    live.stop()
    const ends: string[] = []
    for (let i = 0; i < 5; i++) {
      live.call('a/it', { type: 'hello' }, ({ how }) => ends.push(how))
      world.run({ untilMicros: world.now + 20_000_000 })
    }
    return { told: told.join(''), ends, process: world.process('a/it')!, machine: world.network.machines.get('a')! }
  }

  it('end the process, which is started again by its supervisor, and are told with what to do', () => {
    const { told, ends, process } = run('etcd', 1_000_000)
    expect(ends[0]).toBe('reset')
    expect(process).toMatchObject({ up: true, incarnation: 6 })
    expect(told).toContain('our mistake, not yours: a/it at opened hello')
    expect(told).toContain('it is started again in 1 s')
    expect(told).toContain('TypeError: boom')
    expect(told).toContain('Please report it.')
    // A flood tells nobody anything.
    expect(told.match(/Please report it/g)).toHaveLength(3)
  })

  it('take the machine along where its kernel makes them, and it boots again', () => {
    const { told, machine, process } = run('linux')
    expect(told).toContain('a boots again in 10 s')
    expect([machine.up, machine.boots, process.up]).toEqual([true, 6, true])
  })

  it('in the hearing of an answer end nothing', () => {
    const told: unknown[] = []
    const world = new World({ seed: 1, components: { caller } })
    world.addMachine('laptop')
    const door = world.addProcess({ machine: 'laptop', name: 'caller', component: 'caller', options: {} })
    const live = new LiveWorld(world, door, { report: (...all) => told.push(all) })
    live.stop()
    live.call('laptop/nobody', { type: 'hello' }, () => {
      throw new Error('boom')
    })
    expect(told).toMatchObject([['the answer to call 1', { message: 'boom' }, expect.any(String)]])
  })
})
