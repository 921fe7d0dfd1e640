/**
 * An API server of somebody's own, for what APIServices send elsewhere: it says what it has, and lists nothing.
 *
 * What the real one does: metrics-server, or whatever is built with `k8s.io/apiserver`. What we model: discovery of its versions,
 * empty lists, and a 404 for all else. It listens as a process of a machine outside; a Service of the type `ExternalName` leads there.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'

export interface ExtensionServerOptions {
  /** `shop.example.com/v1` … */
  readonly serves: readonly string[]
}

const THINGS = [{ name: 'orders', singularName: 'order', namespaced: true, kind: 'Order', verbs: ['get', 'list'] }]

function answer({ serves }: ExtensionServerOptions, { path }: HttpRequest): HttpResponse {
  const ok = (body: object): HttpResponse => ({ type: 'response', status: 200, body })
  const groupVersion = serves.find((one) => path === `/apis/${one}` || path.startsWith(`/apis/${one}/`))
  if (groupVersion === undefined)
    return { type: 'response', status: 404, body: { kind: 'Status', status: 'Failure', reason: 'NotFound', code: 404 } }
  return path === `/apis/${groupVersion}`
    ? ok({ kind: 'APIResourceList', apiVersion: 'v1', groupVersion, resources: THINGS })
    : ok({ kind: 'OrderList', apiVersion: groupVersion, metadata: {}, items: [] })
}

export const extensionServer: Component<ExtensionServerOptions, ExtensionServerOptions> = {
  name: 'extension-server',
  init: (options) => options,
  step: (state, event) =>
    event.type === 'opened'
      ? [{ type: 'close', stream: event.stream, body: answer(state, event.body as HttpRequest) }]
      : [],
}

const MACHINE = 'outside'

/** Starts one, by this name; it needs `extension-server` among the world's components. */
export function addExtensionServer(world: World, name: string, options: ExtensionServerOptions): ProcessId {
  const id: ProcessId = `${MACHINE}/${name}`
  if (!world.network.machines.has(MACHINE)) world.addMachine(MACHINE)
  world.addProcess({ machine: MACHINE, name, component: 'extension-server', options })
  return id
}

/** The Service that leads to it. */
export const serviceFor = (name: string): KubernetesObject =>
  ({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { type: 'ExternalName', externalName: `${name}.${MACHINE}` },
  }) as unknown as KubernetesObject
