/**
 * A hand at the API server: carries out writes that a plan asks for, one after the other, and keeps what became of them.
 *
 * What the real one does: people with kubectl, pipelines, other controllers.
 * What we model: told `{type: 'apiDo', deed}` at some time, it does so, waits for a server that is not there yet, and gives up
 * on a refusal.
 * What we leave out: retries after a conflict (write patches instead).
 * Where to read upstream: client-go `kubernetes/clientset.go`.
 */
import type { Status } from '#cluster/api/types.ts'
import type { ApiClient } from '#cluster/client/api-client.ts'
import { answerOf, createApiClient, send } from '#cluster/client/api-client.ts'
import { pathOf, resourceOfKind } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Command } from '#cluster/kernel/command.ts'
import type { Body, Component, Effect, Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { World } from '#cluster/kernel/world.ts'
import { Table } from '#cluster/kernel/table.ts'
import type { ApiRequest } from '#cluster/client/api-client.ts'

/** A write, as a plan has it: plain JSON. */
export type Deed =
  | { readonly do: 'create'; readonly object: KubernetesObject }
  | {
      readonly do: 'delete'
      readonly kind: string
      readonly namespace?: string
      readonly name: string
      readonly force?: boolean
    }
  | {
      readonly do: 'patch'
      readonly kind: string
      readonly namespace?: string
      readonly name: string
      readonly patch: unknown
      readonly subresource?: 'status' | 'scale'
    }

interface Told extends Body {
  readonly type: 'apiDo'
  readonly deed: Deed
}

interface HandState {
  client: ApiClient
  waiting: Table<number, Deed>
  next: number
  /** Number of the deed under way, 0 for none. */
  busy: number
  refused: Table<number, { readonly deed: Deed; readonly status: Status | undefined }>
}

const RETRY_MICROS: Micros = 50_000

export const HAND: ProcessId = 'laptop/hand'

export const apiHand: Component<HandState, { servers: readonly ProcessId[] }> = {
  name: 'hand',
  init: ({ servers }) => ({
    client: createApiClient(servers, 'kubernetes-admin', ['system:masters']),
    waiting: new Table(),
    next: 1,
    busy: 0,
    refused: new Table(),
  }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'message' && event.body.type === 'apiDo') {
      state.waiting.set(state.next++, (event.body as Told).deed)
    }
    const answer = answerOf(state.client, event)
    if (answer) {
      const number = answer.tag as number
      const deed = state.waiting.get(number)!
      state.busy = 0
      if (answer.lost || answer.status >= 500) return [{ type: 'wake', key: 'again', after: RETRY_MICROS }]
      state.waiting.delete(number)
      if (answer.status >= 400) {
        state.refused.set(number, { deed, status: answer.body as Status })
        ctx.note('refused', { deed, status: answer.body })
      }
    }
    const [first] = state.waiting
    if (!first || state.busy !== 0) return []
    state.busy = first[0]
    return [send(state.client, ctx, requestFor(first[1]), first[0])]
  },
}

function requestFor(deed: Deed): ApiRequest {
  if (deed.do === 'create') {
    const { kind, metadata } = deed.object
    return { method: 'POST', path: pathOf(resourceNamed(kind), metadata.namespace), body: deed.object }
  }
  const { kind, namespace, name } = deed
  if (deed.do === 'delete') {
    const body = deed.force ? { body: { gracePeriodSeconds: 0 } } : {}
    return { method: 'DELETE', path: pathOf(resourceNamed(kind), namespace, name), ...body }
  }
  return {
    method: 'PATCH',
    path: pathOf(resourceNamed(kind), namespace, name, deed.subresource),
    headers: { 'content-type': 'application/merge-patch+json' },
    body: deed.patch,
  }
}

function resourceNamed(kind: string): string {
  const resource = resourceOfKind(kind)
  if (!resource) throw new Error(`plan: kind "${kind}" is not served by this API`)
  return resource.resource
}

/** Has the hand do something at that time. */
export const tell = (world: World, at: Micros, deed: Deed): void => world.command(at, toldTo(deed))

/** The command that has the hand do it. */
export function toldTo(deed: Deed): Command {
  const body: Told = { type: 'apiDo', deed }
  return { type: 'tell', process: HAND, body }
}
