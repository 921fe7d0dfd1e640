/**
 * A laboratory for tests: etcd, an API server and a client that asks one thing at a time.
 */
import type { HttpRequest, HttpResponse, Method } from '#cluster/api/http.ts'
import type { WatchEvent } from '#cluster/api/types.ts'
import { etcd } from '#cluster/etcd/etcd.ts'
import type { Body, Component, Micros } from '#cluster/kernel/component.ts'
import type { ProbeState } from '#cluster/kernel/probe.ts'
import { probe } from '#cluster/kernel/probe.ts'
import { World } from '#cluster/kernel/world.ts'
import type { Schemas } from '#cluster/api/schema/schema.ts'
import { kubeApiserver, kubeApiserverWith } from './kube-apiserver.ts'
import type { ApiserverOptions, State } from './state.ts'

export const ETCD = 'cp-1/etcd'
export const SERVER = 'cp-1/kube-apiserver'
const CLIENT = 'laptop/probe'
const USER = { name: 'kubernetes-admin', groups: ['system:masters'] }
/** 1 January 2026, 09:00 UTC. */
const EPOCH_MICROS = 1_767_258_000_000_000

export type Query = Readonly<Record<string, string>>
export interface Reply {
  readonly status: number
  readonly body: any
}

export function newLabWorld(
  seed: number,
  options: Partial<ApiserverOptions> = {},
  wrap: (component: Component) => Component = (component) => component,
  schemas?: Schemas,
  others: Readonly<Record<string, Component>> = {},
): World {
  const server = (schemas ? kubeApiserverWith(schemas) : kubeApiserver) as Component
  const components = { etcd: wrap(etcd), 'kube-apiserver': wrap(server), probe: wrap(probe), ...others }
  const world = new World({ seed, components, epochMicros: EPOCH_MICROS })
  for (const machine of ['cp-1', 'laptop']) world.addMachine(machine)
  world.addProcess({ machine: 'cp-1', name: 'etcd', component: 'etcd', options: {} })
  const all = { etcd: [ETCD], advertiseAddress: '192.168.0.10', ...options }
  world.addProcess({ machine: 'cp-1', name: 'kube-apiserver', component: 'kube-apiserver', options: all })
  world.addProcess({ machine: 'laptop', name: 'probe', component: 'probe', options: {} })
  return world
}

export function requestOf(method: Method, path: string, body?: unknown, query?: Query, type?: string): HttpRequest {
  return {
    type: 'request',
    method,
    path,
    user: USER,
    ...(body !== undefined && { body }),
    ...(query && { query }),
    ...(type && { headers: { 'content-type': type } }),
  }
}

export class Lab {
  readonly world: World
  #count = 0

  /** @param schemas with them, bodies are held to their types @param others further components that processes may run */
  constructor(
    seed = 1,
    options: Partial<ApiserverOptions> = {},
    schemas?: Schemas,
    others: Readonly<Record<string, Component>> = {},
  ) {
    this.world = newLabWorld(seed, options, undefined, schemas, others)
  }

  get state(): State {
    return this.world.stateOf<State>(SERVER)
  }

  run(micros: Micros): void {
    this.world.run({ untilMicros: this.world.now + micros })
  }

  /** Sends a request and goes on; the answer is asked for by this name. */
  start(request: HttpRequest): string {
    const name = `request-${++this.#count}`
    const body = { type: 'ask', name, to: SERVER, body: request } as Body
    this.world.command(this.world.now, { type: 'tell', process: CLIENT, body })
    return name
  }

  replyTo(name: string): Reply | undefined {
    const closed = this.heard(name).find(({ how }) => how !== 'data')
    if (!closed) return undefined
    const response = closed.body as HttpResponse | undefined
    return { status: response?.status ?? 0, body: response?.body ?? closed.how }
  }

  /** Sends a request and waits for the answer (at most two minutes). */
  send(method: Method, path: string, body?: unknown, query?: Query, type?: string): Reply {
    const name = this.start(requestOf(method, path, body, query, type))
    this.world.run({ untilMicros: this.world.now + 120_000_000, until: () => this.replyTo(name) !== undefined })
    const reply = this.replyTo(name)
    if (!reply) throw new Error(`${method} ${path}: no answer within two minutes`)
    return reply
  }

  patch(path: string, patch: unknown, type = 'merge-patch'): Reply {
    return this.send('PATCH', path, patch, undefined, `application/${type}+json`)
  }

  /** Opens a watch and lets it settle; its events are asked for by this name. */
  watch(path: string, query: Query = {}): string {
    const name = this.start(requestOf('GET', path, undefined, { watch: 'true', ...query }))
    this.run(20_000)
    return name
  }

  hangUp(name: string): void {
    this.world.command(this.world.now, { type: 'tell', process: CLIENT, body: { type: 'hangUp', name } as Body })
    this.run(20_000)
  }

  events(name: string): WatchEvent<any>[] {
    return this.heard(name).flatMap(({ how, body }) =>
      how === 'data' && body.type === 'watchEvent' ? [body.event] : [],
    )
  }

  /** `ADDED web, DELETED web`: what a watch has told so far. */
  told(name: string): string {
    return this.events(name)
      .map(({ type, object }) =>
        type === 'ERROR' ? `ERROR ${object.message}` : type === 'BOOKMARK' ? type : `${type} ${object.metadata.name}`,
      )
      .join(', ')
  }

  heard(name: string) {
    return this.world.stateOf<ProbeState>(CLIENT).heard.filter((entry) => entry.name === name)
  }
}

// ── objects ─────────────────────────────────────────────────────────────────────────────────────────────────────────

export const PODS = '/api/v1/namespaces/default/pods'
export const SERVICES = '/api/v1/namespaces/default/services'
export const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps'
export const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments'

export const pod = (name: string, labels: Record<string, string> = {}, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, labels },
  spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }], ...spec },
})

export const configMap = (name: string, data: Record<string, string> = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
})

export const service = (name: string, spec: object = {}) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name },
  spec: { selector: { app: name }, ports: [{ port: 80 }], ...spec },
})

export const deployment = (name: string, spec: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'app', image: 'app' }] } },
    ...spec,
  },
})
