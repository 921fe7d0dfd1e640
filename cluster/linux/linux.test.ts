import type { Rule } from './netfilter-rule.ts'
import { describe, expect, it } from 'vitest'
import { Lab } from './lab.test-world.ts'

const exchange = (address: string, port: number, data: unknown, timeoutMicros = 1_000_000) =>
  ({ call: 'exchange', protocol: 'tcp', address, port, data, timeoutMicros }) as const
const ask = (address: string, port: number, data: unknown, timeoutMicros = 1_000_000) =>
  ({ call: 'exchange', protocol: 'udp', address, port, data, timeoutMicros }) as const

/** Two nodes, two Pods on the first and one on the second, routes between them as host-gw sets them. */
function twoNodes(): Lab {
  const lab = new Lab(2)
  lab.addPod('node-1', 'a', '10.244.1.2', { answers: true })
  lab.addPod('node-1', 'b', '10.244.1.3', { answers: true })
  lab.addPod('node-2', 'c', '10.244.2.2', { answers: true })
  lab.netlink('node-1', [{ op: 'addRoute', destination: '10.244.2.0/24', via: '192.168.0.12' }])
  lab.netlink('node-2', [{ op: 'addRoute', destination: '10.244.1.0/24', via: '192.168.0.11' }])
  for (const pod of ['node-1/a', 'node-1/b', 'node-2/c']) {
    lab.call(pod, [
      { call: 'listen', port: 80 },
      { call: 'bind', port: 53 },
    ])
  }
  return lab
}

describe('a packet', () => {
  it('goes from Pod to Pod of a node across the bridge, and nobody touches its addresses', () => {
    const lab = twoNodes()
    const from = lab.world.tick
    expect(lab.call('node-1/a', [exchange('10.244.1.3', 80, 'hi')])).toEqual([{ data: 'echo hi' }])
    expect(lab.hops(from).slice(0, 6)).toEqual([
      'a OUTPUT: SYN 10.244.1.2:32768 > 10.244.1.3:80',
      'a out eth0: SYN 10.244.1.2:32768 > 10.244.1.3:80',
      'node-1 bridge cni0: SYN 10.244.1.2:32768 > 10.244.1.3:80',
      'node-1 port veth-b: SYN 10.244.1.2:32768 > 10.244.1.3:80',
      'b PREROUTING eth0: SYN 10.244.1.2:32768 > 10.244.1.3:80',
      'b INPUT: SYN 10.244.1.2:32768 > 10.244.1.3:80',
    ])
  })

  it('goes from node to node by route alone, without translation', () => {
    const lab = twoNodes()
    const from = lab.world.tick
    expect(lab.call('node-1/a', [ask('10.244.2.2', 53, 'udp q')])).toEqual([{ data: 'echo udp q' }])
    expect(lab.hops(from)).toEqual([
      'a OUTPUT: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'a out eth0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-1 bridge cni0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-1 PREROUTING cni0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-1 out eth0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-2 PREROUTING eth0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-2 out cni0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'node-2 port veth-c: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'c PREROUTING eth0: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'c INPUT: datagram 10.244.1.2:32768 > 10.244.2.2:53',
      'c OUTPUT: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'c out eth0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-2 bridge cni0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-2 PREROUTING cni0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-2 out eth0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-1 PREROUTING eth0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-1 out cni0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'node-1 port veth-a: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'a PREROUTING eth0: datagram 10.244.2.2:53 > 10.244.1.2:32768',
      'a INPUT: datagram 10.244.2.2:53 > 10.244.1.2:32768',
    ])
  })

  it.each([
    ['the host to a Pod of its own', 'node-1/shell', '10.244.1.2', [{ data: 'echo x' }]],
    ['the host to a Pod of another node', 'node-1/shell', '10.244.2.2', [{ data: 'echo x' }]],
    ['a Pod to itself by 127.0.0.1', 'node-1/a', '127.0.0.1', [{ data: 'echo x' }]],
    ['a Pod to itself by its own address', 'node-1/a', '10.244.1.2', [{ data: 'echo x' }]],
    [
      'a Pod to the other node’s host',
      'node-1/a',
      '192.168.0.12',
      [{ errno: 'ECONNREFUSED', message: 'connection refused' }],
    ],
    ['a Pod to its node', 'node-1/a', '192.168.0.11', [{ errno: 'ECONNREFUSED', message: 'connection refused' }]],
  ] as const)('gets from %s', (_, from, to, expected) => {
    expect(twoNodes().call(from, [exchange(to, 80, 'x')])).toEqual(expected)
  })

  it('is dropped where forwarding is off, and the sender’s connect times out after its retries', () => {
    const lab = twoNodes()
    lab.call('node-2/shell', [{ call: 'setSysctl', key: 'net.ipv4.ip_forward', value: 0 }])
    const from = lab.world.tick
    const tag = lab.start('node-1/a', [{ call: 'connect', address: '10.244.2.2', port: 80 }])
    lab.run(126_000_000)
    expect(lab.resultsOf('node-1/a', tag)).toBeUndefined()
    lab.run(2_000_000)
    expect(lab.resultsOf('node-1/a', tag)).toMatchObject([{ errno: 'ETIMEDOUT' }])
    const dropped = lab.hops(from).filter((line) => line.includes('ip_forward'))
    expect(dropped).toHaveLength(7)
  })

  it('to an address that nobody has fails with EHOSTUNREACH once ARP gives up', () => {
    const lab = twoNodes()
    const started = lab.world.now
    const result = lab.call('node-1/a', [exchange('10.244.2.99', 80, 'x', 30_000_000)], 30_000_000)
    expect(result).toMatchObject([{ errno: 'EHOSTUNREACH' }])
    expect(lab.world.now - started).toBeGreaterThan(3_000_000)
    expect(lab.world.now - started).toBeLessThan(3_010_000)
  })

  it('for which there is no route fails at once with ENETUNREACH', () => {
    const lab = new Lab(1)
    const [{ inode }] = lab.call('node-1/shell', [{ call: 'addNetns', path: '/run/netns/bare' }])
    lab.world.addProcess({ machine: 'node-1', name: 'bare', component: 'shell', options: { netns: inode } })
    lab.run(10)
    expect(lab.call('node-1/bare', [exchange('8.8.8.8', 80, 'x')])).toMatchObject([{ errno: 'ENETUNREACH' }])
    expect(lab.call('node-1/bare', [ask('8.8.8.8', 53, 'x')])).toMatchObject([{ errno: 'ENETUNREACH' }])
  })
})

describe('a socket', () => {
  it('is told EADDRINUSE only within its own network namespace', () => {
    const lab = twoNodes()
    expect(lab.call('node-1/a', [{ call: 'listen', port: 80 }])).toMatchObject([{ errno: 'EADDRINUSE' }])
    expect(lab.call('node-1/a', [{ call: 'listen', address: '127.0.0.1', port: 80 }])).toMatchObject([
      { errno: 'EADDRINUSE' },
    ])
    expect(lab.call('node-1/shell', [{ call: 'listen', port: 80 }])).toMatchObject([{ port: 80 }])
  })

  it('may share a port with another on another address, or of another protocol', () => {
    const lab = twoNodes()
    const calls = [
      { call: 'listen', address: '127.0.0.1', port: 81 },
      { call: 'listen', address: '10.244.1.2', port: 81 },
      { call: 'bind', port: 81 },
      { call: 'listen', address: '10.244.1.9', port: 82 },
    ] as const
    expect(lab.call('node-1/a', calls)).toMatchObject([
      { port: 81 },
      { port: 81 },
      { port: 81 },
      { errno: 'EADDRNOTAVAIL' },
    ])
  })

  it('is refused where nobody listens: by RST for TCP, by ICMP for UDP', () => {
    const lab = twoNodes()
    expect(lab.call('node-1/a', [exchange('10.244.2.2', 81, 'x')])).toMatchObject([{ errno: 'ECONNREFUSED' }])
    expect(lab.call('node-1/a', [ask('10.244.2.2', 54, 'udp x')])).toMatchObject([{ errno: 'ECONNREFUSED' }])
  })

  it('closes with its process: the port is free again and the peer hears FIN', () => {
    const lab = twoNodes()
    const [{ socket }] = lab.call('node-1/a', [{ call: 'connect', address: '10.244.2.2', port: 80 }])
    lab.run(1_000)
    lab.world.command(lab.world.now, { type: 'stop', process: 'node-2/c' })
    lab.run(10_000)
    expect(lab.world.stateOf('node-1/a').heard).toEqual([{ type: 'socketClosed', socket, reason: 'fin' }])
    lab.world.command(lab.world.now, { type: 'start', process: 'node-2/c' })
    lab.run(10_000)
    expect(lab.call('node-2/c', [{ call: 'listen', port: 80 }])).toMatchObject([{ port: 80 }])
  })

  it('leaves nothing behind once both sides have closed', () => {
    const lab = twoNodes()
    for (let i = 0; i < 5; i++) lab.call('node-1/a', [exchange('10.244.2.2', 80, i)])
    lab.run(1_000_000)
    for (const node of ['node-1', 'node-2']) {
      const state = lab.world.stateOf(`${node}/linux`)
      expect(state.flows.size).toBe(0)
      expect(
        [...state.sockets.values()].filter((socket: any) => socket.state !== 'listening' && socket.state !== 'bound'),
      ).toEqual([])
    }
  })

  it('times out an exchange that gets no answer, and forgets it', () => {
    const lab = twoNodes()
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-2' })
    const started = lab.world.now
    expect(lab.call('node-1/a', [exchange('10.244.2.2', 80, 'x', 5_000_000)], 10_000_000)).toMatchObject([
      { errno: 'ETIMEDOUT' },
    ])
    expect(lab.world.now - started).toBeLessThan(5_001_000)
    expect(lab.world.stateOf('node-1/linux').exchanges.size).toBe(0)
  })

  it.each([0.1, 0.3])(
    'delivers in order, once, over a network that loses %d of all packets and doubles some',
    (loss) => {
      const lab = twoNodes()
      const link = { latencyMicros: 200, jitterMicros: 400, loss, duplicate: 0.2 }
      lab.world.command(lab.world.now, { type: 'link', from: 'node-1', to: 'node-2', link })
      lab.world.command(lab.world.now, { type: 'link', from: 'node-2', to: 'node-1', link })
      lab.world.stateOf('node-2/c').answers = false
      const [{ socket }] = lab.call('node-1/a', [{ call: 'connect', address: '10.244.2.2', port: 80 }], 60_000_000)
      for (let i = 0; i < 40; i++) lab.start('node-1/a', [{ call: 'send', socket, data: i }])
      lab.run(600_000_000)
      const heard = lab.world.stateOf('node-2/c').heard.filter((body: any) => body.type === 'received')
      expect(heard.map((body: any) => body.data)).toEqual(Array.from({ length: 40 }, (_, i) => i))
    },
  )
})

describe('netfilter', () => {
  const toService = { protocol: 'tcp', destination: '10.96.0.1/32', destinationPort: 80 } as const
  const jump = { target: { type: 'JUMP', chain: 'KUBE-SERVICES' } } as const
  const service = (lab: Lab, rules: readonly any[]) =>
    lab.call('node-1/shell', [
      { call: 'iptablesRestore', tables: { nat: { chains: [{ 'KUBE-SERVICES': rules }] } } },
      { call: 'iptablesEnsure', table: 'nat', chain: 'PREROUTING', rule: jump },
      { call: 'iptablesEnsure', table: 'nat', chain: 'OUTPUT', rule: jump },
    ])

  it('sends a Service’s packets to a Pod and brings the answers back under the Service’s address', () => {
    const lab = twoNodes()
    service(lab, [{ ...toService, target: { type: 'DNAT', to: '10.244.2.2', port: 80 } }])
    const from = lab.world.tick
    expect(lab.call('node-1/a', [exchange('10.96.0.1', 80, 'x')])).toEqual([{ data: 'echo x' }])
    const walk = lab.hops(from).filter((line) => /SYN/.test(line) && /node-1 (PREROUTING|DNAT|SNAT)|INPUT/.test(line))
    expect(walk).toEqual([
      'node-1 PREROUTING cni0: SYN 10.244.1.2:32768 > 10.96.0.1:80',
      'node-1 DNAT: SYN 10.244.1.2:32768 > 10.244.2.2:80 (was 10.96.0.1:80)',
      'c INPUT: SYN 10.244.1.2:32768 > 10.244.2.2:80',
      'node-1 PREROUTING eth0: SYN-ACK 10.244.2.2:80 > 10.244.1.2:32768',
      'node-1 SNAT: SYN-ACK 10.96.0.1:80 > 10.244.1.2:32768 (was 10.244.2.2:80)',
      'a INPUT: SYN-ACK 10.96.0.1:80 > 10.244.1.2:32768',
    ])
  })

  it('needs bridge-nf-call-iptables for a Pod on the client’s own node', () => {
    const lab = twoNodes()
    service(lab, [{ ...toService, target: { type: 'DNAT', to: '10.244.1.3', port: 80 } }])
    expect(lab.call('node-1/a', [exchange('10.96.0.1', 80, 'x')])).toEqual([{ data: 'echo x' }])
    lab.call('node-1/shell', [{ call: 'setSysctl', key: 'net.bridge.bridge-nf-call-iptables', value: 0 }])
    // The answer comes straight across the bridge, from an address that the client never spoke to: it is reset.
    const result = lab.call('node-1/a', [exchange('10.96.0.1', 80, 'x', 500_000)], 1_000_000)
    expect(result).toMatchObject([{ errno: 'ETIMEDOUT' }])
  })

  it('keeps a conversation where it began when the rules change', () => {
    const lab = twoNodes()
    service(lab, [{ ...toService, target: { type: 'DNAT', to: '10.244.2.2', port: 80 } }])
    lab.world.stateOf('node-1/a').answers = false
    const [{ socket }] = lab.call('node-1/a', [{ call: 'connect', address: '10.96.0.1', port: 80 }])
    service(lab, [{ ...toService, target: { type: 'DNAT', to: '10.244.1.3', port: 80 } }])
    lab.call('node-1/a', [{ call: 'send', socket, data: 'still' }])
    lab.run(10_000)
    const heard = (pod: string) => lab.world.stateOf(pod).heard.filter((body: any) => body.type === 'received').length
    expect([heard('node-2/c'), heard('node-1/b')]).toEqual([1, 0])
    expect(lab.call('node-1/a', [exchange('10.96.0.1', 80, 'new')])).toEqual([{ data: 'echo new' }])
    expect([heard('node-2/c'), heard('node-1/b')]).toEqual([1, 1])
  })

  it('sends whoever was seen lately where it was before, and keeps no more of such than the kernel does', () => {
    const lab = twoNodes()
    const chance = { probability: 0.5, target: { type: 'JUMP', chain: 'TO-B' } } as const
    const seen = (name: string) => ({ recent: { name, mode: 'rcheck', seconds: 10 }, target: { type: 'JUMP', chain: name } }) as const // prettier-ignore
    const to = (name: string, ip: string): Rule =>
      ({ protocol: 'tcp', recent: { name, mode: 'set' }, target: { type: 'DNAT', to: ip, port: 80 } }) // prettier-ignore
    const chains = {
      'KUBE-SERVICES': [{ ...toService, target: { type: 'JUMP', chain: 'SVC' } }],
      SVC: [seen('TO-B'), seen('TO-C'), chance, { target: { type: 'JUMP', chain: 'TO-C' } }],
      'TO-B': [to('TO-B', '10.244.1.3')],
      'TO-C': [to('TO-C', '10.244.2.2')],
    } as const
    lab.call('node-1/shell', [
      { call: 'iptablesRestore', tables: { nat: { chains: [chains] } } },
      { call: 'iptablesEnsure', table: 'nat', chain: 'PREROUTING', rule: jump },
    ])
    const heard = (pod: string) => lab.world.stateOf(pod).heard.filter((body: any) => body.type === 'received').length
    const ask = (times: number, pauseMicros: number) => {
      const before = [heard('node-1/b'), heard('node-2/c')] as const
      for (let i = 0; i < times; i++) {
        lab.call('node-1/a', [exchange('10.96.0.1', 80, 'x')])
        lab.run(pauseMicros)
      }
      return [heard('node-1/b') - before[0], heard('node-2/c') - before[1]]
    }
    expect(ask(12, 9_000_000).sort()).toEqual([0, 12])
    expect(Math.min(...ask(24, 11_000_000))).toBeGreaterThan(0)
    const { recent } = lab.world.stateOf('node-1/linux')
    const lists = [...recent.groups()] as string[]
    expect(lists.map((list) => list.split('/')[1]).sort()).toEqual(['TO-B', 'TO-C'])
    lab.call('node-1/shell', [
      { call: 'iptablesRestore', tables: { nat: { chains: [{ SVC: [] }], deleted: ['TO-B', 'TO-C'] } } },
    ])
    expect([...recent.groups()]).toEqual([])
  })

  it('works for the host’s own processes, and masquerades what is marked', () => {
    const lab = twoNodes()
    lab.call('node-1/shell', [
      {
        call: 'iptablesRestore',
        tables: {
          nat: {
            chains: [
              {
                'KUBE-POSTROUTING': [
                  { mark: { value: 0x4000, mask: 0x4000, not: true }, target: { type: 'RETURN' } },
                  { target: { type: 'MARK', xor: 0x4000 } },
                  { target: { type: 'MASQUERADE' } },
                ],
              },
            ],
          },
        },
      },
      {
        call: 'iptablesEnsure',
        table: 'nat',
        chain: 'POSTROUTING',
        rule: { target: { type: 'JUMP', chain: 'KUBE-POSTROUTING' } },
      },
    ])
    service(lab, [
      { ...toService, target: { type: 'MARK', or: 0x4000 } },
      { ...toService, target: { type: 'DNAT', to: '10.244.1.2', port: 80 } },
    ])
    expect(lab.call('node-1/shell', [exchange('10.96.0.1', 80, 'host')])).toEqual([{ data: 'echo host' }])
    const from = lab.world.tick
    // Hairpin: a Pod that reaches itself through its Service sees the bridge's address as the caller.
    expect(lab.call('node-1/a', [exchange('10.96.0.1', 80, 'self')])).toEqual([{ data: 'echo self' }])
    expect(lab.hops(from)).toContain('a INPUT: SYN 10.244.1.1:32769 > 10.244.1.2:80')
  })

  it('rejects at once what it is told to reject', () => {
    const lab = twoNodes()
    const rule = { ...toService, target: { type: 'REJECT' } } as const
    for (const chain of ['FORWARD', 'OUTPUT']) {
      lab.call('node-1/shell', [{ call: 'iptablesEnsure', table: 'filter', chain, rule }])
    }
    expect(lab.call('node-1/a', [exchange('10.96.0.1', 80, 'x')])).toMatchObject([{ errno: 'ECONNREFUSED' }])
    expect(lab.call('node-1/shell', [exchange('10.96.0.1', 80, 'x')])).toMatchObject([{ errno: 'ECONNREFUSED' }])
  })

  it('refuses a table with a jump to nowhere, and changes nothing', () => {
    const lab = twoNodes()
    service(lab, [{ ...toService, target: { type: 'DNAT', to: '10.244.1.3', port: 80 } }])
    const before = lab.call('node-1/shell', [{ call: 'iptablesSave' }])
    const result = service(lab, [{ ...toService, target: { type: 'JUMP', chain: 'KUBE-SVC-NONE' } }])
    expect(result).toMatchObject([{ errno: 'EINVAL', message: expect.stringContaining('KUBE-SVC-NONE') }])
    expect(lab.call('node-1/shell', [{ call: 'iptablesSave' }])).toEqual(before)
  })

  it('prints its tables as iptables-save does', () => {
    const lab = twoNodes()
    service(lab, [
      {
        ...toService,
        comment: 'default/web',
        probability: 1 / 3,
        target: { type: 'DNAT', to: '10.244.1.3', port: 8080 },
      },
    ])
    const [{ lines }] = lab.call('node-1/shell', [{ call: 'iptablesSave' }])
    expect(lines).toEqual([
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':INPUT ACCEPT [0:0]',
      ':OUTPUT ACCEPT [0:0]',
      ':POSTROUTING ACCEPT [0:0]',
      ':KUBE-SERVICES - [0:0]',
      '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -m comment --comment "default/web" -m tcp --dport 80 -m statistic --mode random --probability 0.3333333333 -j DNAT --to-destination 10.244.1.3:8080',
      '-A PREROUTING -j KUBE-SERVICES',
      '-A OUTPUT -j KUBE-SERVICES',
      'COMMIT',
    ])
  })
})

describe('files', () => {
  it('survive a power cut once they are synced; what lies below /run never does', () => {
    const lab = new Lab(1)
    lab.call('node-1/shell', [
      { call: 'writeFile', path: '/var/lib/a', data: 1 },
      { call: 'writeFile', path: '/run/b', data: 2 },
      { call: 'sync' },
      { call: 'writeFile', path: '/var/lib/c', data: 3 },
    ])
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-1' })
    lab.world.command(lab.world.now + 1, { type: 'powerOn', machine: 'node-1' })
    lab.run(1_000)
    expect(lab.call('node-1/shell', [{ call: 'readDirectory', path: '/' }])).toEqual([{ files: [['/var/lib/a', 1]] }])
  })

  it('keep their content while the journal is rewritten', () => {
    const lab = new Lab(1)
    for (let i = 0; i < 50; i++) {
      const calls = Array.from(
        { length: 100 },
        (_, n) => ({ call: 'writeFile', path: `/var/lib/${n}`, data: i }) as const,
      )
      lab.call('node-1/shell', [...calls, { call: 'unlink', path: `/var/lib/${i}` }])
    }
    expect(lab.world.stateOf('node-1/linux').journal).toBeLessThan(4_097)
    lab.call('node-1/shell', [{ call: 'sync' }])
    const [{ files: before }] = lab.call('node-1/shell', [{ call: 'readDirectory', path: '/var' }])
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-1' })
    lab.world.command(lab.world.now + 1, { type: 'powerOn', machine: 'node-1' })
    lab.run(1_000)
    const [{ files: after }] = lab.call('node-1/shell', [{ call: 'readDirectory', path: '/var' }])
    expect(new Map(after)).toEqual(new Map(before))
    expect(after).toHaveLength(99)
  })

  it('are locked by one process at a time, and a lock ends with its holder', () => {
    const lab = new Lab(1)
    lab.addPod('node-1', 'p', '10.244.1.2')
    lab.addPod('node-1', 'q', '10.244.1.3')
    lab.call('node-1/p', [{ call: 'lockFile', path: '/lock' }])
    const tag = lab.start('node-1/q', [
      { call: 'lockFile', path: '/lock' },
      { call: 'writeFile', path: '/x', data: 'q' },
    ])
    lab.run(1_000_000)
    expect(lab.resultsOf('node-1/q', tag)).toBeUndefined()
    lab.world.command(lab.world.now, { type: 'stop', process: 'node-1/p' })
    lab.run(1_000)
    expect(lab.resultsOf('node-1/q', tag)).toEqual([{}, {}])
  })

  it('tell whoever watches their directory', () => {
    const lab = new Lab(1)
    lab.call('node-1/shell', [{ call: 'watchDirectory', path: '/etc/cni/net.d' }])
    lab.call('node-1/shell', [
      { call: 'writeFile', path: '/etc/cni/net.d/10-x.conflist', data: {} },
      { call: 'writeFile', path: '/etc/x', data: {} },
    ])
    lab.run(100)
    expect(lab.world.stateOf('node-1/shell').heard).toEqual([
      { type: 'fileChanged', path: '/etc/cni/net.d/10-x.conflist' },
    ])
  })
})

describe('a machine', () => {
  it('comes back from a reboot with nothing but its address', () => {
    const lab = twoNodes()
    lab.world.command(lab.world.now, { type: 'powerOff', machine: 'node-1' })
    lab.world.command(lab.world.now + 1_000, { type: 'powerOn', machine: 'node-1' })
    lab.run(2_000)
    const [{ links }, { routes }] = lab.call('node-1/shell', [{ call: 'listLinks' }, { call: 'listRoutes' }])
    expect(links.map((link: any) => [link.name, link.addresses])).toEqual([
      ['lo', []],
      ['eth0', ['192.168.0.11/24']],
    ])
    expect(routes).toEqual([
      { destination: '0.0.0.0/0', via: '192.168.0.1', link: 'eth0' },
      { destination: '192.168.0.0/24', link: 'eth0' },
    ])
  })

  it('counts CPU by cgroup, up to the limit', () => {
    const lab = new Lab(1)
    lab.world.addProcess({ machine: 'node-1', name: 'burner', component: 'shell', options: { cgroup: '/pod/burn' } })
    lab.run(10)
    const read = () => lab.call('node-1/shell', [{ call: 'readCpu', cgroup: '/pod' }])[0]
    lab.call('node-1/burner', [{ call: 'useCpu', milli: 800 }])
    lab.run(1_000_000)
    const free = read()
    expect(free.usageMicros / 800_000).toBeCloseTo(1, 3)
    lab.call('node-1/shell', [{ call: 'setCpuLimit', cgroup: '/pod/burn', milli: 500 }])
    lab.run(1_000_000)
    const limited = read()
    expect((limited.usageMicros - free.usageMicros) / 500_000).toBeCloseTo(1, 3)
    expect(limited.throttledMicros / 300_000).toBeCloseTo(1, 3)
    lab.world.command(lab.world.now, { type: 'stop', process: 'node-1/burner' })
    lab.run(1_000)
    const ended = read().usageMicros
    lab.run(1_000_000)
    expect(read().usageMicros).toBe(ended)
  })

  it('goes on alike in a fork and in the original, forked mid-request', () => {
    const lab = twoNodes()
    lab.world.trace = undefined
    for (let i = 0; i < 10; i++) lab.start('node-1/a', [exchange('10.244.2.2', 80, i)])
    for (let i = 0; i < 30; i++) {
      lab.world.run({ maxEvents: 3 })
      const fork = lab.world.fork()
      const twin = lab.world.fork()
      fork.run({ untilMicros: lab.world.now + 1_000_000 })
      twin.run({ untilMicros: lab.world.now + 1_000_000 })
      expect(fork.hash()).toBe(twin.hash())
      expect([...fork.stateOf('node-1/linux').sockets.values()]).toEqual([
        ...twin.stateOf('node-1/linux').sockets.values(),
      ])
    }
    const fork = lab.world.fork()
    lab.run(1_000_000)
    fork.run({ untilMicros: lab.world.now })
    expect(fork.hash()).toBe(lab.world.hash())
  })
})
