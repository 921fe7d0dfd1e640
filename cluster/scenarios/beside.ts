/** What a story puts beside its cluster: programs of people, and servers that the API server asks. */
import { webhookServer, type WebhookRules } from '#cluster/admission-webhook/admission-webhook.ts'
import { API_SERVER } from '#cluster/cluster.ts'
import type { ClusterOptions } from '#cluster/cluster-options.ts'
import type { Component } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { orders } from './orders.ts'
import { reader, type ReaderOptions } from './reader.ts'

interface Beside {
  /** `node-1/ci,node-1/curl` */
  readonly clients?: string
  /** The label that the webhook wants. */
  readonly webhook?: string
  /** The namespace whose ConfigMaps are read; `bookmarks=false`: without bookmarks. */
  readonly reader?: string
  readonly bookmarks?: string
  /** `orders`: an API server of somebody's own. */
  readonly apiserver?: string
}

const COMPONENTS: Readonly<Record<string, Component>> = {
  'webhook-server': webhookServer as Component,
  reader: reader as Component,
  orders: orders as Component,
}

export const withBeside = (options: ClusterOptions): ClusterOptions => ({
  ...options,
  components: { ...COMPONENTS, ...options.components },
})

export function addBeside(world: World, beside: Beside): void {
  const { clients, webhook, reader: namespace, bookmarks, apiserver } = beside
  for (const client of clients?.split(',') ?? []) {
    const [machine = '', name = ''] = client.split('/')
    world.addProcess({ machine, name, component: 'rest-client', options: { servers: [API_SERVER] } })
  }
  if (webhook) {
    world.addMachine('policy')
    const options: WebhookRules = { requiredLabels: [webhook] }
    world.addProcess({ machine: 'policy', name: 'webhook', component: 'webhook-server', options })
  }
  if (namespace) {
    world.addMachine('edge')
    const options: ReaderOptions = { servers: [API_SERVER], namespace, allowBookmarks: bookmarks !== 'false' }
    world.addProcess({ machine: 'edge', name: 'reader', component: 'reader', options })
  }
  if (apiserver) {
    world.addMachine('shop')
    world.addProcess({ machine: 'shop', name: apiserver, component: apiserver, options: {} })
  }
}
