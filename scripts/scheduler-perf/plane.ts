/** The world of a workload, with clocks at its two ends: when a Pod is asked for, and when it is bound. */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Component, Effect, Event } from '#cluster/kernel/component.ts'
import { World } from '#cluster/kernel/world.ts'
import { kubeApiserver } from '#cluster/kube-apiserver/kube-apiserver.ts'
import { kubeScheduler } from '#cluster/kube-scheduler/kube-scheduler.ts'
import type { SchedulerState } from '#cluster/kube-scheduler/state.ts'
import { perfClient } from './perf-client.ts'
import type { Step } from './workloads.ts'

const API = 'cp-1/kube-apiserver'
const BINDING = '/binding'
const EPOCH = 1_767_258_000_000_000

type Watch = (event: Event, effects: readonly Effect[], micros: number) => void

const watched = <State, Options>(component: Component<State, Options>, watch: Watch): Component<State, Options> => ({
  ...component,
  step(state, event, ctx) {
    const began = performance.now()
    const effects = component.step(state, event, ctx)
    watch(event, effects, (performance.now() - began) * 1000)
    return effects
  },
})

export interface Plane {
  readonly world: World
  /** By Pod: when it was asked for, when the API server said that it is bound; milliseconds. */
  readonly created: ReadonlyMap<string, number>
  readonly bound: ReadonlyMap<string, number>
  /** How long each scheduling cycle has taken, microseconds of the wall clock. */
  readonly cycles: readonly number[]
  onBound: (name: string) => void
  begin(step: Step, prefix: string): void
  client(): { readonly done: number; readonly failed: string | undefined }
  scheduler(): SchedulerState
}

export function bootPlane(schedulerOptions: object = {}): Plane {
  const created = new Map<string, number>()
  const bound = new Map<string, number>()
  const bindings = new Map<number, string>()
  const cycles: number[] = []
  const onRequest: Watch = (_event, effects) => {
    for (const effect of effects) {
      if (effect.type !== 'open') continue
      const { method, path, body } = effect.body as HttpRequest
      if (method === 'POST' && path.endsWith('/pods')) created.set((body as { metadata: { name: string } }).metadata.name, performance.now()) // prettier-ignore
    }
  }
  const onScheduler: Watch = (event, effects, micros) => {
    if (event.type === 'timer' && event.key === 'schedule') cycles.push(micros)
    if (event.type === 'closed' && bindings.has(event.stream)) {
      const name = bindings.get(event.stream)!
      bindings.delete(event.stream)
      if (event.reason === 'done' && (event.body as HttpResponse).status === 201) {
        bound.set(name, performance.now())
        plane.onBound(name)
      }
    }
    for (const effect of effects) {
      if (effect.type !== 'open' || !(effect.body as HttpRequest).path?.endsWith(BINDING)) continue
      const { path } = effect.body as HttpRequest
      bindings.set(
        effect.stream,
        path.slice(path.lastIndexOf('/', path.length - BINDING.length - 1) + 1, -BINDING.length),
      )
    }
  }
  const components = {
    etcd,
    'kube-apiserver': kubeApiserver,
    'kube-scheduler': watched(kubeScheduler(), onScheduler),
    'perf-client': watched(perfClient, onRequest),
  }
  const world = new World({ seed: 1, epochMicros: EPOCH, components: components as Record<string, Component> })
  world.addMachine('cp-1')
  world.addMachine('laptop')
  const add = (machine: string, component: string, options: object) =>
    world.addProcess({ machine, name: component, component, options })
  add('cp-1', 'etcd', {})
  add('cp-1', 'kube-apiserver', { etcd: ['cp-1/etcd'], serviceCIDR: '10.96.0.0/12' })
  add('cp-1', 'kube-scheduler', { servers: [API], ...schedulerOptions })
  add('laptop', 'perf-client', { servers: [API] })
  world.run({ untilMicros: 3_000_000 })
  const plane: Plane = {
    world,
    created,
    bound,
    cycles,
    onBound: () => {},
    begin: (step, prefix) =>
      world.command(world.now, { type: 'tell', process: 'laptop/perf-client', body: { type: 'perf', step, prefix } as any }), // prettier-ignore
    client: () => world.stateOf('laptop/perf-client'),
    scheduler: () => world.stateOf('cp-1/kube-scheduler'),
  }
  return plane
}
