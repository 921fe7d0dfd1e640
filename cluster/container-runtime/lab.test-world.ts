/**
 * A bench for a node without a kubelet: machines with a kernel, CNI plugins and containerd, and somebody who makes CRI calls.
 *
 * For tests and figures; a cluster proper does not contain it.
 */
import type { Body, Component, Effect } from '#cluster/kernel/component.ts'
import { plugins as cniPlugins } from '#cluster/cni/plugins.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { NetConfList } from '#cluster/cni/spec.ts'
import { Lab } from '#cluster/linux/lab.test-world.ts'
import { containerRuntime } from './container-runtime.ts'
import type { ContainerConfig, ContainerEvent, CriCall, CriCalls, CriError, CriRequest, DnsConfig } from './cri.ts'
import { criRequest } from './cri.ts'
import { programs } from './images.ts'
import type { RuntimeOptions } from './state.ts'

interface CallerState {
  /** Tags by stream. */
  tags: Table<number, string>
  answers: Table<string, Body | { readonly lost: string }>
  events: readonly ContainerEvent[]
}

interface Ask extends Body {
  readonly type: 'ask'
  readonly tag: string
  readonly request: CriRequest
}

/** Makes CRI calls as it is told to, and listens to container events. */
const criCaller: Component<CallerState> = {
  name: 'cri-caller',
  init: () => ({ tags: new Table(), answers: new Table(), events: [] }),
  step(state, event, ctx): Effect[] {
    const to = `${ctx.machine}/containerd`
    if (event.type === 'message' && event.body.type === 'ask') {
      const { tag, request } = event.body as Ask
      const stream = ctx.id()
      state.tags.set(stream, tag)
      return [{ type: 'open', stream, to, body: request }]
    }
    if (event.type === 'data') state.events = [...state.events, event.body as ContainerEvent]
    if (event.type === 'closed') {
      state.answers.set(state.tags.get(event.stream)!, event.body ?? { lost: event.reason })
    }
    return []
  },
}

export interface RuntimeLabOptions {
  readonly machines?: number
  readonly seed?: number
  readonly runtime?: RuntimeOptions
  readonly components?: Record<string, Component>
  /** Missing: bridge and host-local with 10.244.<machine>.0/24; null: none. */
  readonly network?: ((machine: number) => NetConfList) | null
}

/** What flannel writes on a node, with a range of one's own choice. */
export function bridgeNetwork(subnet: string, more: object = {}): NetConfList {
  return {
    cniVersion: '1.0.0',
    name: 'cbr0',
    plugins: [
      {
        type: 'bridge',
        bridge: 'cni0',
        isDefaultGateway: true,
        hairpinMode: true,
        ipam: { type: 'host-local', ranges: [[{ subnet, ...more }]] },
      },
    ],
  }
}

export class RuntimeLab extends Lab {
  #asked = 0

  constructor(options: RuntimeLabOptions = {}) {
    const { machines = 1, seed = 1, runtime = {}, components = {} } = options
    const network = options.network === undefined ? (n: number) => bridgeNetwork(`10.244.${n}.0/24`) : options.network
    const all = {
      'container-runtime': containerRuntime,
      'cri-caller': criCaller,
      ...cniPlugins,
      ...programs,
      ...components,
    }
    super(machines, { seed, components: all })
    for (let n = 1; n <= machines; n++) {
      const machine = `node-${n}`
      if (network) this.writeNetwork(machine, network(n))
      const bridgeNetfilter = { call: 'setSysctl', key: 'net.bridge.bridge-nf-call-iptables', value: 1 } as const
      this.call(`${machine}/shell`, [bridgeNetfilter])
      this.world.addProcess({ machine, name: 'containerd', component: 'container-runtime', options: runtime })
      this.world.addProcess({ machine, name: 'cri-caller', component: 'cri-caller', options: {} })
    }
    this.run(10_000)
  }

  writeNetwork(machine: string, list: NetConfList): void {
    this.call(`${machine}/shell`, [
      { call: 'writeFile', path: '/etc/cni/net.d/10-lab.conflist', data: list },
      { call: 'sync' },
    ])
  }

  /** Makes a CRI call without waiting. */
  ask<C extends CriCall>(machine: string, call: C, request: CriCalls[C][0]): string {
    const tag = `cri${++this.#asked}`
    const body = { type: 'ask', tag, request: criRequest(call, request) } as Ask
    this.world.command(this.world.now, { type: 'tell', process: `${machine}/cri-caller`, body })
    return tag
  }

  answerTo(machine: string, tag: string): any {
    return this.world.stateOf<CallerState>(`${machine}/cri-caller`).answers.get(tag)
  }

  /** Makes a CRI call and waits for its answer, up to 10 minutes. */
  cri<C extends CriCall>(machine: string, call: C, request: CriCalls[C][0]): CriCalls[C][1] & Partial<CriError> {
    const tag = this.ask(machine, call, request)
    const done = () => this.answerTo(machine, tag) !== undefined
    this.world.run({ untilMicros: this.world.now + 600_000_000, until: done })
    return this.answerTo(machine, tag)
  }

  events(machine: string): readonly ContainerEvent[] {
    return this.world.stateOf<CallerState>(`${machine}/cri-caller`).events
  }

  sandboxConfig(name: string, more: { attempt?: number; dns?: DnsConfig; network?: 'POD' | 'NODE' } = {}) {
    const { attempt = 0, dns, network } = more
    return {
      metadata: { name, namespace: 'default', uid: `uid-${name}`, attempt },
      ...(dns && { dnsConfig: dns }),
      ...(network && { linux: { network } }),
    }
  }

  /** A Pod with one container, from sandbox to start, as a kubelet would do it. */
  runPod(
    machine: string,
    name: string,
    container: Partial<ContainerConfig> & { image: { image: string } },
    dns?: DnsConfig,
  ) {
    const sandbox = this.cri(machine, 'RunPodSandbox', { config: this.sandboxConfig(name, dns && { dns }) })
    if (sandbox.message !== undefined) throw new Error(sandbox.message)
    const { podSandboxId, status } = sandbox
    if (!this.cri(machine, 'ImageStatus', { image: container.image.image }).image) {
      this.cri(machine, 'PullImage', { image: container.image.image })
    }
    const config = { metadata: { name: 'main', attempt: 0 }, ...container }
    const { containerId } = this.cri(machine, 'CreateContainer', { podSandboxId, config })
    this.cri(machine, 'StartContainer', { containerId })
    return { podSandboxId, containerId, ip: status.network.ip }
  }

  /** Process of a container, for `world.stateOf`. */
  processOf(machine: string, containerId: string): string {
    return this.world.stateOf(`${machine}/containerd`).containers.get(containerId).process
  }
}
