/**
 * haproxy: the one address behind which several API servers stand.
 *
 * What the real one does: accepts TCP connections and passes each on to one of the servers that its checks find healthy; it
 * never looks inside, since what it carries is encrypted for the API server.
 * What we model: `mode tcp` with `balance roundrobin`; `option httpchk GET /healthz` every 2 s, a server that fails three
 * in a row is left out, two good ones bring it back; a connection that is refused goes to the next server
 * (`option redispatch`); what a server's end leaves behind is closed, and the client connects anew.
 * What we leave out: a second balancer and the virtual address that moves between them (keepalived, kube-vip), so this
 * one is a single point of failure; `timeout connect` (the machine's own, 30 s, holds); weights and limits.
 * Where to read upstream: haproxy `doc/configuration.txt`; kubernetes/kubeadm `docs/ha-considerations.md`.
 */
import type { HttpRequest, HttpResponse } from '#cluster/api/http.ts'
import type { Body, Component, Context, Effect, Event, ProcessId, StreamId } from '#cluster/kernel/component.ts'
import { Table } from '#cluster/kernel/table.ts'

export interface HaproxyOptions {
  /** The API servers. */
  readonly servers: readonly ProcessId[]
}

/** A server, as the checks have found it. */
interface Backend {
  readonly up: boolean
  /** Checks in a row that said the contrary of `up`. */
  readonly contrary: number
  /** The check under way; 0: none. */
  readonly check: StreamId
}

/** A client's connection. */
interface Session {
  readonly backend: StreamId
  readonly server: ProcessId
  /** What the client said first: said again if the server refuses the connection. */
  readonly first: Body
  readonly tries: number
}

export interface HaproxyState {
  readonly servers: readonly ProcessId[]
  backends: Table<ProcessId, Backend>
  sessions: Table<StreamId, Session>
  /** Connections to servers → the clients' connections that they serve. */
  clients: Table<StreamId, StreamId>
  /** Index of the server whose turn it is. */
  turn: number
}

/** `inter`, `fall` and `rise` as they are by default. */
const CHECK_MICROS = 2_000_000
const FALL = 3
const RISE = 2
const CHECK_TIMER = 'check'
const HEALTHZ: HttpRequest = Object.freeze({ type: 'request', method: 'GET', path: '/healthz' })

export const haproxy: Component<HaproxyState, HaproxyOptions> = {
  name: 'haproxy',

  init: ({ servers }) => ({
    servers: Object.freeze([...servers]),
    // It takes them for healthy until a check says otherwise.
    backends: new Table(servers.map((server) => [server, { up: true, contrary: 0, check: 0 }])),
    sessions: new Table(),
    clients: new Table(),
    turn: 0,
  }),

  step(state, event, ctx) {
    switch (event.type) {
      case 'booted':
        return check(state, ctx)
      case 'timer':
        return event.key === CHECK_TIMER ? check(state, ctx) : []
      case 'opened':
        return connect(state, event.stream, event.body, 1, ctx)
      case 'data':
        return relay(state, event.stream, event.body)
      case 'closed':
        return closed(state, event, ctx)
      default:
        return []
    }
  },
}

// ── connections ─────────────────────────────────────────────────────────────────────────────────────────────────────

function connect(state: HaproxyState, client: StreamId, first: Body, tries: number, ctx: Context): Effect[] {
  const server = nextServer(state)
  if (server === undefined) return [{ type: 'close', stream: client }]
  const backend = ctx.id()
  state.sessions.set(client, { backend, server, first, tries })
  state.clients.set(backend, client)
  return [{ type: 'open', stream: backend, to: server, body: first }]
}

/** The next healthy one in turn. */
function nextServer(state: HaproxyState): ProcessId | undefined {
  const { servers, backends } = state
  for (let i = 0; i < servers.length; i++) {
    const server = servers[(state.turn + i) % servers.length]!
    if (!backends.get(server)!.up) continue
    state.turn = (state.turn + i + 1) % servers.length
    return server
  }
  return undefined
}

function relay(state: HaproxyState, stream: StreamId, body: Body): Effect[] {
  const client = state.clients.get(stream)
  if (client === undefined) {
    const session = state.sessions.get(stream)
    return session ? [{ type: 'write', stream: session.backend, body }] : []
  }
  return [{ type: 'write', stream: client, body }]
}

function closed(state: HaproxyState, event: Extract<Event, { type: 'closed' }>, ctx: Context): Effect[] {
  const { stream, reason, body } = event
  const checked = state.servers.find((server) => state.backends.get(server)!.check === stream)
  if (checked !== undefined) return settle(state, checked, (body as HttpResponse | undefined)?.status === 200, ctx)
  const client = state.clients.get(stream)
  if (client === undefined) {
    const session = state.sessions.get(stream)
    if (!session) return []
    state.sessions.delete(stream)
    state.clients.delete(session.backend)
    return [{ type: 'close', stream: session.backend, ...(body && { body }) }]
  }
  const { first, tries } = state.sessions.get(client)!
  state.clients.delete(stream)
  state.sessions.delete(client)
  // Refused: nobody has read what the client said. Anything else may have been carried out, and is the client's affair.
  if (reason === 'refused' && tries < state.servers.length) return connect(state, client, first, tries + 1, ctx)
  return [{ type: 'close', stream: client, ...(body && { body }) }]
}

// ── checks ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** Asks every server how it is. One that has not answered the last question has failed it. */
function check(state: HaproxyState, ctx: Context): Effect[] {
  const effects: Effect[] = []
  for (const server of state.servers) {
    const { check: open } = state.backends.get(server)!
    if (open !== 0) effects.push({ type: 'close', stream: open }, ...settle(state, server, false, ctx))
    const stream = ctx.id()
    state.backends.set(server, { ...state.backends.get(server)!, check: stream })
    effects.push({ type: 'open', stream, to: server, body: HEALTHZ })
  }
  effects.push({ type: 'wake', key: CHECK_TIMER, after: CHECK_MICROS })
  return effects
}

function settle(state: HaproxyState, server: ProcessId, healthy: boolean, ctx: Context): Effect[] {
  const { up, contrary } = state.backends.get(server)!
  const against = healthy === up ? 0 : contrary + 1
  const turns = against >= (up ? FALL : RISE)
  state.backends.set(server, { up: turns ? !up : up, contrary: turns ? 0 : against, check: 0 })
  if (turns) ctx.note('serverHealth', { server, up: !up })
  return []
}
