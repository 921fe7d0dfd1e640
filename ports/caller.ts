/**
 * The part of the simulated world that speaks for whoever stands outside: it opens a stream for each call, and keeps what
 * comes back until it has been fetched.
 *
 * What comes in from outside is commands of the world, like faults, so a run with its commands can be told again.
 */
import type { Body, Component, Effect, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import { Table } from '#cluster/kernel/table.ts'

export type CallerBody =
  | {
      readonly type: 'Call'
      readonly call: number
      readonly to: ProcessId
      readonly body: Body
      readonly fetched: number
    }
  | { readonly type: 'Say'; readonly call: number; readonly body: Body }
  | { readonly type: 'HangUp'; readonly call: number }

export interface Heard {
  readonly call: number
  /** `data`, or why the stream ended. */
  readonly how: 'data' | 'done' | 'reset' | 'refused' | 'timeout'
  readonly body: Body | undefined
}

export interface CallerState {
  streams: Table<number, StreamId>
  calls: Table<StreamId, number>
  /** What came back, in order; fetched entries are dropped with the next call. */
  heard: Log<Heard>
}

export const caller: Component<CallerState> = {
  name: 'caller',
  init: () => ({ streams: new Table(), calls: new Table(), heard: new Log() }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'message') return say(state, event.body as CallerBody, () => ctx.id())
    if (event.type !== 'data' && event.type !== 'closed') return []
    const call = state.calls.get(event.stream)
    if (call === undefined) return []
    const how = event.type === 'data' ? 'data' : event.reason
    state.heard.push({ call, how, body: event.body })
    if (event.type === 'closed') {
      state.calls.delete(event.stream)
      state.streams.delete(call)
    }
    return []
  },
}

function say(state: CallerState, body: CallerBody, newStream: () => StreamId): Effect[] {
  if (body.type === 'Call') {
    const stream = newStream()
    state.heard.drop(body.fetched)
    state.streams.set(body.call, stream)
    state.calls.set(stream, body.call)
    return [{ type: 'open', stream, to: body.to, body: body.body }]
  }
  const stream = state.streams.get(body.call)
  if (stream === undefined) return []
  if (body.type === 'Say') return [{ type: 'write', stream, body: body.body }]
  state.streams.delete(body.call)
  state.calls.delete(stream)
  return [{ type: 'close', stream }]
}
