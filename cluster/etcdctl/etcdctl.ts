/**
 * etcdctl: how people ask etcd.
 *
 * What the real one does: reads a command line, speaks gRPC with the endpoints it is given, and prints.
 * What we model: put, get, del, watch, compaction, defrag, lease, member, move-leader, endpoint status and snapshot save, their output and
 * their errors, and `--command-timeout` of five seconds. Each command is told to it from outside (`type: 'etcdctl'`) and
 * leaves an entry in the transcript. Endpoints are tried in their order: the next one where a connection is refused.
 * What we leave out: users and roles, tables and JSON, locks; members are named by their machines, not by their ids.
 * Where to read upstream: etcd `etcdctl/ctlv3/command`.
 */
import type { EtcdRequest, EtcdResponse } from '#cluster/etcd/messages.ts'
import type { Body, Component, Context, Effect, Event, Micros, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import type { SnapshotResponse } from '#cluster/etcd/maintenance-messages.ts'
import { Table } from '#cluster/kernel/table.ts'
import { parseEtcdctl } from './parse.ts'
import { printResponse } from './print.ts'

export interface EtcdctlBody extends Body {
  readonly type: 'etcdctl'
  readonly id: number
  /** Without `etcdctl`. */
  readonly args: readonly string[]
}

export interface EtcdctlOptions {
  /** Asked in this order where a command names none. */
  readonly endpoints: readonly ProcessId[]
}

export interface Typed {
  readonly line: string
  /** Line by line as it came; a watch adds to it for as long as it is open. */
  readonly output: string
  /** Undefined while it runs. */
  readonly exitCode: number | undefined
}

interface Call {
  readonly id: number
  readonly request: EtcdRequest
  readonly valuesOnly: boolean
  readonly file: string
  /** Those that are still to be tried. */
  readonly rest: readonly ProcessId[]
}

export interface EtcdctlState {
  readonly endpoints: readonly ProcessId[]
  calls: Table<StreamId, Call>
  transcript: Table<number, Typed>
  /** Snapshots that were saved, by the name of the file. */
  files: Table<string, SnapshotResponse>
}

const TIMEOUT_MICROS: Micros = 5_000_000
/** The oldest entries make room. */
const TRANSCRIPT_MAX = 1_000

export const etcdctl: Component<EtcdctlState, EtcdctlOptions> = {
  name: 'etcdctl',
  init: ({ endpoints }) => ({ endpoints, calls: new Table(), transcript: new Table(), files: new Table() }),
  step(state, event, ctx) {
    if (event.type === 'message' && event.body.type === 'etcdctl') return begin(state, event.body as EtcdctlBody, ctx)
    if (event.type === 'timer') return giveUp(state, Number(event.key), ctx)
    if (event.type === 'data' || event.type === 'closed') return hear(state, event, ctx)
    return []
  },
}

function begin(state: EtcdctlState, { id, args }: EtcdctlBody, ctx: Context): Effect[] {
  const line = ['etcdctl', ...args].join(' ')
  state.transcript.set(id, { line, output: '', exitCode: undefined })
  if (state.transcript.size > TRANSCRIPT_MAX) state.transcript.delete(state.transcript.keys().next().value!)
  const parsed = parseEtcdctl(args)
  if ('problem' in parsed) return end(state, id, `Error: ${parsed.problem}`, 1)
  const { request, endpoints = state.endpoints, valuesOnly, file } = parsed
  const effects = call(state, { id, request, valuesOnly, file, rest: endpoints }, ctx)
  if (request.type !== 'WatchCreate') effects.push({ type: 'wake', key: String(id), after: TIMEOUT_MICROS })
  return effects
}

function call(state: EtcdctlState, { rest, ...asked }: Call, ctx: Context): Effect[] {
  const stream = ctx.id()
  state.calls.set(stream, { ...asked, rest: rest.slice(1) })
  return [{ type: 'open', stream, to: rest[0]!, body: asked.request }]
}

function hear(state: EtcdctlState, event: Extract<Event, { type: 'data' | 'closed' }>, ctx: Context): Effect[] {
  const known = state.calls.get(event.stream)
  if (!known) return []
  const body = event.body as EtcdResponse | undefined
  const said = body && printResponse(known.request, body, known.valuesOnly)
  if (event.type === 'data') {
    if (said) print(state, known.id, said.text, undefined)
    return []
  }
  state.calls.delete(event.stream)
  if (body?.type === 'SnapshotResponse') {
    state.files.set(known.file, body)
    return end(state, known.id, `Snapshot saved at ${known.file}`, 0)
  }
  // Nobody there, or gone while it was asked: what only reads may be asked again.
  const isSafe = event.reason === 'refused' || known.request.type === 'Range'
  if (event.reason !== 'done' && isSafe && known.rest.length > 0) return call(state, known, ctx)
  if (said) return end(state, known.id, said.text, said.exitCode)
  return end(state, known.id, `Error: ${REASONS[event.reason]}`, 1)
}

const REASONS = {
  done: 'the watch has ended',
  refused: 'connection refused',
  reset: 'error reading from server: EOF',
  timeout: 'context deadline exceeded',
} as const

/** Nothing was heard in time; what was asked may happen all the same. */
function giveUp(state: EtcdctlState, id: number, ctx: Context): Effect[] {
  ctx.note('gaveUp', { line: state.transcript.get(id)!.line })
  const effects = end(state, id, 'Error: context deadline exceeded', 1)
  for (const [stream, { id: of }] of state.calls) {
    if (of !== id) continue
    state.calls.delete(stream)
    effects.push({ type: 'close', stream })
  }
  return effects
}

function end(state: EtcdctlState, id: number, text: string, exitCode: number): Effect[] {
  print(state, id, text, exitCode)
  return [{ type: 'cancelWake', key: String(id) }]
}

function print({ transcript }: EtcdctlState, id: number, text: string, exitCode: number | undefined): void {
  const typed = transcript.get(id)!
  const output = typed.output && text ? `${typed.output}\n${text}` : typed.output || text
  transcript.set(id, { ...typed, output, exitCode })
}
