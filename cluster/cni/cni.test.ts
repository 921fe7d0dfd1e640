import { describe, expect, it } from 'vitest'
import { Lab } from '#cluster/linux/lab.test-world.ts'
import type { Body, Component, Effect } from '#cluster/kernel/component.ts'
import { plugins } from './plugins.ts'
import type { CniCommand, Invocation, NetConf } from './spec.ts'
import { outputOf } from './spec.ts'

interface Start extends Body {
  readonly type: 'start'
  readonly tag: string
  readonly plugin: string
  readonly invocation: Invocation
}

/** Starts plugins as a runtime would, and keeps what they print. */
const runner: Component<{ tags: Record<string, string>; output: Record<string, { code: number; output: any }> }> = {
  name: 'runner',
  init: () => ({ tags: {}, output: {} }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'message') {
      const { tag, plugin, invocation } = event.body as Start
      const child = `${plugin}-${ctx.id()}`
      state.tags = { ...state.tags, [`${ctx.machine}/${child}`]: tag }
      return [{ type: 'spawn', child, component: plugin, options: invocation }]
    }
    if (event.type === 'childExited') {
      state.output = { ...state.output, [state.tags[event.child]!]: { code: event.code, output: outputOf(event) } }
    }
    return []
  },
}

const CONF: NetConf = {
  cniVersion: '1.0.0',
  name: 'net',
  type: 'bridge',
  isDefaultGateway: true,
  ipam: { type: 'host-local', ranges: [[{ subnet: '10.1.2.0/24' }]] },
}

class CniLab extends Lab {
  #count = 0

  constructor(seed = 1) {
    super(1, { seed, components: { runner, ...plugins } })
    this.world.addProcess({ machine: 'node-1', name: 'runner', component: 'runner', options: {} })
    this.call('node-1/shell', [
      { call: 'addNetns', path: '/run/netns/a', label: 'a' },
      { call: 'addNetns', path: '/run/netns/b', label: 'b' },
    ])
  }

  exec(
    command: CniCommand,
    id: string,
    more: Partial<NetConf> = {},
    env: Partial<Invocation['env']> = {},
    plugin = 'bridge',
  ) {
    const tag = this.begin(command, id, more, env, plugin)
    this.run(1_000_000)
    return this.outputOf(tag)
  }

  begin(
    command: CniCommand,
    id: string,
    more: Partial<NetConf> = {},
    env: Partial<Invocation['env']> = {},
    plugin = 'bridge',
  ) {
    const tag = `p${++this.#count}`
    const netns = id === '' ? '' : `/run/netns/${id}`
    const variables = {
      CNI_COMMAND: command,
      CNI_CONTAINERID: id,
      CNI_NETNS: netns,
      CNI_IFNAME: 'eth0',
      CNI_PATH: '/opt/cni/bin',
    }
    const invocation: Invocation = { env: { ...variables, ...env }, stdin: { ...CONF, ...more } as NetConf }
    const body: Start = { type: 'start', tag, plugin, invocation }
    this.world.command(this.world.now, { type: 'tell', process: 'node-1/runner', body })
    return tag
  }

  outputOf(tag: string): { code: number; output: any } {
    return this.world.stateOf('node-1/runner').output[tag]
  }

  addresses(): string[] {
    const [{ files }] = this.call('node-1/shell', [{ call: 'readDirectory', path: '/var/lib/cni/networks/net' }])
    return files.map(([path]: [string]) => path.split('/').at(-1)).filter((name: string) => !name.startsWith('last'))
  }

  veths(): number {
    const [{ links }] = this.call('node-1/shell', [{ call: 'listLinks' }])
    return links.filter((link: any) => link.kind === 'veth').length
  }
}

describe('a plugin', () => {
  it('says which versions it speaks, and refuses others with code 1', () => {
    const lab = new CniLab()
    expect(lab.exec('VERSION', '').output).toMatchObject({
      cniVersion: '1.1.0',
      supportedVersions: expect.arrayContaining(['1.1.0', '0.3.1']),
    })
    expect(lab.exec('ADD', 'a', { cniVersion: '9.0.0' })).toMatchObject({ code: 1, output: { code: 1 } })
  })

  it('names the variables that are missing with code 4', () => {
    const env = { CNI_IFNAME: '', CNI_NETNS: '' }
    expect(new CniLab().exec('ADD', 'a', {}, env)).toEqual({
      code: 1,
      output: { cniVersion: '1.1.0', code: 4, msg: 'required env variables [CNI_NETNS,CNI_IFNAME] missing' },
    })
  })
})

describe('bridge', () => {
  it('ADD: bridge, veth pair, address, gateway and default route, as its result says', () => {
    const lab = new CniLab()
    const { code, output } = lab.exec('ADD', 'a')
    expect(code).toBe(0)
    expect(output).toEqual({
      cniVersion: '1.1.0',
      interfaces: [
        { name: 'cni0' },
        { name: expect.stringMatching(/^veth[0-9a-f]{8}$/) },
        { name: 'eth0', mac: expect.stringMatching(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/), sandbox: '/run/netns/a' },
      ],
      ips: [{ address: '10.1.2.2/24', gateway: '10.1.2.1', interface: 2 }],
      routes: [{ dst: '0.0.0.0/0', gw: '10.1.2.1' }],
      dns: {},
    })
    const [{ links }, { routes }] = lab.call('node-1/shell', [
      { call: 'listLinks', netns: '/run/netns/a' },
      { call: 'listRoutes', netns: '/run/netns/a' },
    ])
    expect(links.map((link: any) => [link.name, link.up, link.addresses])).toEqual([
      ['lo', true, []],
      ['eth0', true, ['10.1.2.2/24']],
    ])
    expect(routes).toEqual([
      { destination: '0.0.0.0/0', via: '10.1.2.1', link: 'eth0' },
      { destination: '10.1.2.0/24', link: 'eth0' },
    ])
  })

  it('ADD twice fails, and what the first made stays', () => {
    const lab = new CniLab()
    lab.exec('ADD', 'a')
    expect(lab.exec('ADD', 'a')).toMatchObject({
      code: 1,
      output: { code: 999, msg: 'container veth name provided (eth0) already exists' },
    })
    expect([lab.addresses(), lab.veths()]).toEqual([['10.1.2.2'], 1])
  })

  it.each([
    [
      'IPAM has no address left',
      { ipam: { type: 'host-local', subnet: '10.1.2.0/30', rangeStart: '10.1.2.1', rangeEnd: '10.1.2.1' } },
      /no IP addresses/,
    ],
    [
      'a route cannot be set',
      { ipam: { type: 'host-local', subnet: '10.1.2.0/24', routes: [{ dst: '10.1.2.0/24' }] } },
      /exists/,
    ],
  ])('ADD undoes what it did when %s', (_, more, expected) => {
    const lab = new CniLab()
    expect(lab.exec('ADD', 'a', more)).toMatchObject({ code: 1, output: { msg: expect.stringMatching(expected) } })
    expect([lab.addresses(), lab.veths()]).toEqual([[], 0])
  })

  it.each([
    ['once', {}, {}],
    ['without a namespace', {}, { CNI_NETNS: '' }],
    ['when the namespace is gone', {}, { CNI_NETNS: '/run/netns/gone' }],
  ])('DEL succeeds %s, and again', (_, more, env) => {
    const lab = new CniLab()
    lab.exec('ADD', 'a')
    for (let i = 0; i < 2; i++) expect(lab.exec('DEL', 'a', more, env)).toEqual({ code: 0, output: {} })
    expect(lab.addresses()).toEqual([])
  })

  it('CHECK passes after ADD, and fails when something has drifted', () => {
    const lab = new CniLab()
    const prevResult = lab.exec('ADD', 'a').output
    const check = () => lab.exec('CHECK', 'a', { prevResult })
    expect(check()).toEqual({ code: 0, output: {} })
    lab.netlink('node-1', [{ op: 'setLink', name: 'eth0', up: false }], '/run/netns/a')
    expect(check().output.msg).toBe('interface eth0 is down')
    lab.netlink(
      'node-1',
      [
        { op: 'setLink', name: 'eth0', up: true },
        { op: 'deleteAddress', name: 'eth0', address: '10.1.2.2/24' },
      ],
      '/run/netns/a',
    )
    expect(check().output.msg).toBe('failed to match addr 10.1.2.2/24 on interface eth0')
    lab.netlink('node-1', [{ op: 'deleteLink', name: 'cni0' }])
    expect(check().output.msg).toBe('bridge cni0 does not exist')
    lab.exec('DEL', 'a')
    expect(check().output.msg).toMatch(/Failed to find address added by container a/)
  })

  it('GC frees exactly what is not valid, STATUS asks IPAM', () => {
    const lab = new CniLab()
    lab.exec('ADD', 'a')
    lab.exec('ADD', 'b')
    const valid = { 'cni.dev/valid-attachments': [{ containerID: 'b', ifname: 'eth0' }] }
    expect(lab.exec('GC', '', valid)).toEqual({ code: 0, output: {} })
    expect(lab.addresses()).toEqual(['10.1.2.3'])
    expect(lab.exec('STATUS', '')).toEqual({ code: 0, output: {} })
  })
})

describe('host-local', () => {
  it('gives different addresses to plugins that run at the same time', () => {
    const lab = new CniLab()
    const tags = Array.from({ length: 20 }, (_, i) => lab.begin('ADD', `c${i}`, {}, {}, 'host-local'))
    lab.run(1_000_000)
    const addresses = tags.map((tag) => lab.outputOf(tag).output.ips[0].address)
    expect(new Set(addresses).size).toBe(20)
  })

  it('lets the next one in when it dies with the lock in its hand', () => {
    const lab = new CniLab()
    lab.begin('ADD', 'dying', {}, {}, 'host-local')
    const tag = lab.begin('ADD', 'next', {}, {}, 'host-local')
    lab.world.run({ until: (world) => world.stateOf('node-1/linux').locks.size > 0 })
    const dying = lab.world.processIds().find((id) => id.includes('host-local'))!
    lab.world.command(lab.world.now, { type: 'crash', process: dying })
    lab.run(1_000_000)
    expect(lab.outputOf(tag)).toMatchObject({ code: 0 })
    expect(lab.world.stateOf('node-1/linux').locks.size).toBe(0)
  })

  it('keeps its store over a reboot, so that nothing is given out twice', () => {
    const lab = new CniLab()
    lab.exec('ADD', 'a')
    lab.run(6_000_000)
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-1' })
    lab.world.command(lab.world.now + 1_000, { type: 'powerOn', machine: 'node-1' })
    lab.run(10_000)
    lab.call('node-1/shell', [{ call: 'addNetns', path: '/run/netns/b' }])
    expect(lab.exec('ADD', 'b').output.ips[0].address).toBe('10.1.2.3/24')
  })
})

describe('loopback', () => {
  it('switches lo on and off', () => {
    const lab = new CniLab()
    expect(lab.exec('ADD', 'a', { type: 'loopback' }, { CNI_IFNAME: 'lo' }, 'loopback').output.ips).toEqual([
      { interface: 0, address: '127.0.0.1/8' },
    ])
    lab.exec('DEL', 'a', { type: 'loopback' }, { CNI_IFNAME: 'lo' }, 'loopback')
    expect(lab.call('node-1/shell', [{ call: 'listLinks', netns: '/run/netns/a' }])[0].links[0].up).toBe(false)
  })
})
