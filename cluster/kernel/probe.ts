/**
 * A process for tests that says what it is told to say, and remembers what it hears.
 *
 * `tell` it an `ask`: it opens a stream with that body; a `say`: it writes to a stream opened before; a `hangUp`: it closes
 * one. Whatever comes back is kept under the name that the ask gave the stream.
 */
import type { Body, Component, Effect, Event, Micros, ProcessId, StreamId } from './component.ts'
import { Table } from './table.ts'

export interface Ask extends Body {
  readonly type: 'ask'
  /** What the answers will be filed under. */
  readonly name: string
  readonly to: ProcessId
  readonly body: Body
}

export interface Say extends Body {
  readonly type: 'say'
  readonly name: string
  readonly body: Body
}

export interface HangUp extends Body {
  readonly type: 'hangUp'
  readonly name: string
}

export interface Heard {
  readonly name: string
  /** `data`, or why the stream was closed. */
  readonly how: string
  readonly at: Micros
  readonly body: any
}

export interface ProbeState {
  streams: Table<string, StreamId>
  names: Table<StreamId, string>
  heard: readonly Heard[]
}

export const probe: Component<ProbeState> = {
  name: 'probe',
  init: () => ({ streams: new Table(), names: new Table(), heard: [] }),
  step(state, event, ctx): Effect[] {
    if (event.type === 'message') return act(state, event.body as Ask | Say | HangUp, () => ctx.id())
    hear(state, event, ctx.now)
    return []
  },
}

function act(state: ProbeState, body: Ask | Say | HangUp, newStream: () => StreamId): Effect[] {
  if (body.type === 'ask') {
    const stream = newStream()
    state.streams.set(body.name, stream)
    state.names.set(stream, body.name)
    return [{ type: 'open', stream, to: body.to, body: body.body }]
  }
  const stream = state.streams.get(body.name)
  if (stream === undefined) throw new Error(`the probe has no stream "${body.name}"; ask first`)
  return body.type === 'say' ? [{ type: 'write', stream, body: body.body }] : [{ type: 'close', stream }]
}

function hear(state: ProbeState, event: Event, at: Micros): void {
  if (event.type !== 'data' && event.type !== 'closed') return
  const name = state.names.get(event.stream)!
  state.heard = [...state.heard, { name, how: event.type === 'data' ? 'data' : event.reason, at, body: event.body }]
}
