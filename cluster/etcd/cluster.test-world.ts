/** A cluster of etcd members and a client beside it, for tests. */
import type { Body, Component, ProcessId } from '#cluster/kernel/component.ts'
import type { Heard, ProbeState } from '#cluster/kernel/probe.ts'
import { probe } from '#cluster/kernel/probe.ts'
import { World, type WorldOptions } from '#cluster/kernel/world.ts'
import { etcd, type EtcdOptions } from './etcd.ts'
import type { EtcdRequest } from './messages.ts'
import type { EtcdState } from './state.ts'

export const CLIENT = 'client/probe'
export const SECOND = 1_000_000
export const member = (n: number): ProcessId => `m-${n}/etcd`

export class EtcdCluster {
  readonly world: World
  readonly size: number
  #asked = 0

  constructor(
    size: number,
    seed = 1,
    wrap: (component: Component) => Component = (component) => component,
    link?: WorldOptions['defaultLink'],
  ) {
    this.size = size
    const components = { etcd: wrap(etcd as Component), probe: wrap(probe) }
    this.world = new World({ seed, components, ...(link && { defaultLink: link }) })
    const initialCluster = Array.from({ length: size }, (_, i) => member(i + 1))
    this.world.addMachine('client')
    for (let n = 1; n <= size; n++) this.addMember(n, { initialCluster })
    this.world.addProcess({ machine: 'client', name: 'probe', component: 'probe', options: {} })
  }

  addMember(n: number, options: EtcdOptions): void {
    this.world.addMachine(`m-${n}`)
    this.world.addProcess({ machine: `m-${n}`, name: 'etcd', component: 'etcd', options })
  }

  state(n: number): EtcdState {
    return this.world.stateOf<EtcdState>(member(n))
  }

  /** Numbers of the members that are up. */
  up(count = this.size): number[] {
    return Array.from({ length: count }, (_, i) => i + 1).filter((n) => this.world.process(member(n))?.up)
  }

  run(seconds: number): this {
    this.world.run({ untilMicros: this.world.now + seconds * SECOND })
    return this
  }

  /** The member that leads in the newest term; 0: none. */
  leader(): number {
    const leaders = this.up().filter((n) => this.state(n).isLeader)
    return leaders.sort((a, b) => this.state(b).node!.raft.term - this.state(a).node!.raft.term)[0] ?? 0
  }

  /** Runs until there is a leader. */
  elect(): number {
    for (let i = 0; i < 100 && this.leader() === 0; i++) this.run(0.1)
    return this.leader()
  }

  tell(body: Body): void {
    this.world.command(this.world.now, { type: 'tell', process: CLIENT, body })
  }

  /** Asks member `n`. @returns the name under which the answer will be heard */
  ask(n: number, body: EtcdRequest, name = `ask-${++this.#asked}`): string {
    this.tell({ type: 'ask', name, to: member(n), body } as Body)
    return name
  }

  heard(name: string): Heard[] {
    return this.world.stateOf<ProbeState>(CLIENT).heard.filter((entry) => entry.name === name)
  }

  /** Asks, waits for the answer, at most ten seconds, and gives it. */
  call(n: number, body: EtcdRequest): any {
    const name = this.ask(n, body)
    for (let i = 0; i < 1_000 && this.heard(name).length === 0; i++) this.run(0.01)
    return this.heard(name)[0]?.body
  }

  put(n: number, key: string, value: unknown): any {
    return this.call(n, { type: 'Put', key, value })
  }

  get(n: number, key: string, serializable = false): unknown {
    return this.call(n, { type: 'Range', key, serializable })?.kvs?.[0]?.value
  }

  crash(n: number): this {
    this.world.command(this.world.now, { type: 'crash', process: member(n) })
    return this.run(0.001)
  }

  start(n: number): this {
    this.world.command(this.world.now, { type: 'start', process: member(n) })
    return this.run(0.001)
  }

  /** Cuts these members off from all others; the client reaches everybody. */
  isolate(...cut: readonly number[]): this {
    const others = this.up(9).filter((n) => !cut.includes(n))
    const groups = [cut, others].map((numbers) => numbers.map((n) => `m-${n}`))
    this.world.command(this.world.now, { type: 'partition', groups })
    return this.run(0.001)
  }

  heal(): this {
    this.world.command(this.world.now, { type: 'heal' })
    return this.run(0.001)
  }
}
