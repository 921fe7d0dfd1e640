import { describe, expect, it } from 'vitest'
import { bootCluster, KUBECTL } from '#cluster/cluster.ts'
import type { Body } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { routeInfos } from '#cluster/linux/links.ts'
import { save } from '#cluster/linux/netfilter.ts'
import { HOST_NETNS } from '#cluster/linux/state.ts'
import { CNI_CONF_FILE } from './flannel.ts'

function boot(): World {
  const world = bootCluster({ seed: 4, nodes: 2, dns: false })
  world.run({ untilMicros: 15_000_000 })
  return world
}

/** Pod ranges that a machine knows a way to, by next hop. */
function ways(world: World, machine: string): Record<string, string> {
  const routes = routeInfos(world.stateOf(`${machine}/linux`), HOST_NETNS)
  return Object.fromEntries(
    routes.filter(({ via, link }) => via && link === 'eth0').map(({ destination, via }) => [destination, via!]),
  )
}

const range = (world: World, machine: string): string => world.stateOf(`${machine}/flanneld`).podCidr
const addressOf = (world: World, machine: string): string =>
  world.stateOf(`${machine}/linux`).options.address.split('/')[0]

/** The ways that a machine should know: to these others. */
function waysTo(world: World, ...others: string[]): Record<string, string> {
  return { ...GATEWAY, ...Object.fromEntries(others.map((name) => [range(world, name), addressOf(world, name)])) }
}

const GATEWAY = { '0.0.0.0/0': '192.168.0.1' }

describe('flanneld', () => {
  it('routes every other node’s range through that node, and its own through none', () => {
    const world = boot()
    expect(ways(world, 'node-1')).toEqual(waysTo(world, 'cp-1', 'node-2'))
    expect(ways(world, 'node-2')).toEqual(waysTo(world, 'cp-1', 'node-1'))
    expect(Object.keys(ways(world, 'node-1'))).toHaveLength(3)
  })

  it('writes the configuration that makes the node ready, with the node’s range', () => {
    const world = boot()
    const conf = world.stateOf('node-1/linux').files.get(CNI_CONF_FILE)
    expect(conf).toMatchObject({
      name: 'cbr0',
      plugins: [{ type: 'bridge', ipam: { ranges: [[{ subnet: range(world, 'node-1') }]] } }],
    })
  })

  it('takes the route away when the Node is deleted', () => {
    const world = boot()
    world.command(world.now, { type: 'powerOff', machine: 'node-2' })
    const body = { type: 'kubectl', id: 0, args: ['delete', 'node', 'node-2'] } as Body
    world.command(world.now, { type: 'tell', process: KUBECTL, body })
    world.run({ untilMicros: world.now + 5_000_000 })
    expect(ways(world, 'node-1')).toEqual(waysTo(world, 'cp-1'))
  })

  it('keeps the routes over its own restart, and sets them anew after a reboot', () => {
    const world = boot()
    const before = ways(world, 'node-1')
    world.command(world.now, { type: 'crash', process: 'node-1/flanneld' })
    world.run({ untilMicros: world.now + 1_000_000 })
    expect(ways(world, 'node-1')).toEqual(before)
    world.command(world.now + 15_000_000, { type: 'powerOff', machine: 'node-1' })
    world.command(world.now + 16_000_000, { type: 'powerOn', machine: 'node-1' })
    world.run({ untilMicros: world.now + 30_000_000 })
    expect(ways(world, 'node-1')).toEqual(before)
  })

  it('removes a route that it finds at its start and that leads to nobody', () => {
    const world = boot()
    world.command(world.now, { type: 'stop', process: 'node-1/flanneld' })
    const operations = [{ op: 'addRoute', destination: '10.244.77.0/24', via: '192.168.0.77', name: 'eth0' }]
    const body = { type: 'syscall', id: 1, calls: [{ call: 'netlink', operations }] } as Body
    world.command(world.now, { type: 'tell', process: 'node-1/linux', body })
    world.run({ untilMicros: world.now + 1_000 })
    expect(ways(world, 'node-1')['10.244.77.0/24']).toBe('192.168.0.77')
    world.command(world.now, { type: 'start', process: 'node-1/flanneld' })
    world.run({ untilMicros: world.now + 5_000_000 })
    expect(ways(world, 'node-1')['10.244.77.0/24']).toBeUndefined()
  })

  it('masquerades what leaves the cluster, and nothing between Pods', () => {
    const world = boot()
    const own = range(world, 'node-1')
    const lines = save(world.stateOf('node-1/linux'), HOST_NETNS).filter((line) =>
      line.startsWith('-A FLANNEL-POSTRTG'),
    )
    expect(
      lines.map((line) => line.replace('-A FLANNEL-POSTRTG ', '').replace('-m comment --comment "flanneld masq" ', '')),
    ).toEqual([
      '-m mark --mark 0x4000/0x4000 -j RETURN',
      `-s ${own} -d 10.244.0.0/16 -j RETURN`,
      `-s 10.244.0.0/16 -d ${own} -j RETURN`,
      `! -s 10.244.0.0/16 -d ${own} -j RETURN`,
      '-s 10.244.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE',
      '! -s 10.244.0.0/16 -d 10.244.0.0/16 -j MASQUERADE',
    ])
  })
})
