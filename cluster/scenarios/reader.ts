/**
 * A program that keeps a copy of a namespace's ConfigMaps, as every informer does: it lists, watches, and lists anew when it must.
 * It runs on a machine of its own, whose cable can be cut.
 */
import { type ApiClient, createApiClient } from '#cluster/client/api-client.ts'
import { createInformer, type Informer, startInformer, stepInformer } from '#cluster/client/informer.ts'
import type { Component, ProcessId } from '#cluster/kernel/component.ts'

export interface ReaderOptions {
  readonly servers: readonly ProcessId[]
  readonly namespace: string
  readonly allowBookmarks: boolean
}

export interface ReaderState {
  readonly client: ApiClient
  readonly informer: Informer
}

export const reader: Component<ReaderState, ReaderOptions> = {
  name: 'reader',
  init: ({ servers, namespace, allowBookmarks }) => ({
    client: createApiClient(servers, 'reader'),
    informer: createInformer({ resource: 'configmaps', namespace, allowBookmarks }),
  }),
  step({ client, informer }, event, ctx) {
    if (event.type === 'booted') return [startInformer(informer, client, ctx)]
    return [...(stepInformer(informer, {}, client, event, ctx)?.effects ?? [])]
  },
}
