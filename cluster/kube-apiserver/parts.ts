/**
 * Parts of the server that another may stand in for: whoever writes one of them can try it in its real place.
 *
 * They are lent to a step with its context, so that nothing of them is in the state; a server that is lent none goes by its own.
 */
import type { HttpRequest, UserInfo } from '#cluster/api/http.ts'
import type { EtcdResponse } from '#cluster/etcd/messages.ts'
import type { Context, Effect, StreamId } from '#cluster/kernel/component.ts'
import type { Admission } from './admission/admission.ts'
import type { Route } from './aggregation/route.ts'
import type { RequestInfo } from './chain/route.ts'
import type { PendingRequest, State } from './state.ts'

export interface Parts {
  /** Leads a request through the whole chain, from who asks to the answer; undefined: the server does. */
  receive?(
    state: State,
    stream: StreamId,
    request: HttpRequest,
    info: RequestInfo | undefined,
    ctx: Context,
  ): Effect[] | undefined
  /** What is still to be said of a write that such a part has asked for; undefined: the plugins say. */
  admission?(row: PendingRequest): Admission | undefined
  /** All webhooks that such a part has asked have answered; undefined: it has asked none for this request. */
  heard?(state: State, row: PendingRequest, ctx: Context): Effect[] | undefined
  /** Who answers at that path; without it, `aggregation/route.ts` says. */
  route?(state: State, path: string, user: UserInfo): Route
  /** Carries out an update or a patch, up to its answer; undefined: the server does it its own way. */
  update?(state: State, row: PendingRequest, ctx: Context): Effect[] | undefined
  /** What etcd has answered to a call of such a part; undefined: nobody knows whether it was carried out. */
  answered?(
    state: State,
    call: { readonly id: number; readonly call: number },
    response: EtcdResponse | undefined,
    ctx: Context,
  ): Effect[]
}

interface LentContext extends Context {
  readonly parts?: Parts
}

/** The same context, with these parts. */
export const withParts = (ctx: Context, parts: Parts): LentContext => ({
  ...{ now: ctx.now, self: ctx.self, machine: ctx.machine, tracing: ctx.tracing, parts },
  id: () => ctx.id(),
  random: (name) => ctx.random(name),
  note: (kind, detail) => ctx.note(kind, detail),
})

const OWN: Parts = Object.freeze({})

export const partsOf = (ctx: Context): Parts => (ctx as LentContext).parts ?? OWN
