/**
 * Requests that become something else than HTTP: exec, attach and port-forward, by SPDY/3.1 or by WebSocket; and watches, whose events
 * a WebSocket brings one by one.
 *
 * The simulated server is asked first, and only if it lets the request through does the connection change its protocol.
 * Where to read upstream: apiserver `pkg/util/proxy/{streamtunnel,websocket}.go`.
 */
import type { IncomingMessage } from 'node:http'
import { STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import { createWebSocketStream, type WebSocket, WebSocketServer } from 'ws'
import type { HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import type { Status } from '#cluster/api/types.ts'
import type { Chunk } from '#cluster/container-runtime/cri.ts'
import type { Body, ProcessId } from '#cluster/kernel/component.ts'
import type { Forwarded } from '#cluster/kubelet/server.ts'
import type { Heard } from '../caller.ts'
import type { LiveWorld } from '../live-world.ts'
import type { Certified } from './certified.ts'
import { type Channels, spdyChannels, webSocketChannels } from './channels.ts'
import { Forwarder, forwardOverSpdy, forwardOverWebSocket } from './forward.ts'
import { foreign } from './guard.ts'
import { PROXIED, requestOf } from './read-request.ts'
import { SpdySession } from './spdy.ts'

const CHANNEL_PROTOCOLS = ['v5.channel.k8s.io', 'v4.channel.k8s.io']
/** SPDY inside a WebSocket. Its name has a slash, which is no letter of a WebSocket protocol: the library must not see it. */
const TUNNEL = 'SPDY/3.1+portforward.k8s.io'
const SPDY_CHANNEL_PROTOCOL = 'v4.channel.k8s.io'
const SPDY_FORWARD_PROTOCOL = 'portforward.k8s.io'

export interface UpgradeOptions {
  readonly live: LiveWorld
  readonly server: ProcessId
  readonly port: number
  readonly certified: Certified
}

export function upgrade(
  { live, server, port, certified }: UpgradeOptions,
  message: IncomingMessage,
  socket: Duplex,
  head: Buffer,
): void {
  socket.on('error', () => socket.destroy())
  const refused = foreign(message.headers, port)
  if (refused !== undefined) return refuse(socket, 403, refused)
  const request = requestOf(message, Buffer.alloc(0), certified(message.socket as TLSSocket))
  if (typeof request !== 'object') return refuse(socket, 400, 'Bad Request')
  const query = new URL(message.url ?? '', 'https://localhost').searchParams
  const body = { command: query.getAll('command') }
  const session = new Session(
    message,
    socket,
    head,
    query.getAll('ports').flatMap((text) => text.split(',').map(Number)),
  )
  const call = live.call(server, { ...request, body } as Body, (heard) => session.hear(heard, say))
  function say(said: Body | undefined): void {
    if (said) live.say(call, said)
    else live.hangUp(call)
  }
  socket.once('close', () => say(undefined))
}

function refuse(socket: Duplex, status: number, body: string | Status): void {
  const isText = typeof body === 'string'
  const text = isText ? body : JSON.stringify(body)
  const bytes = Buffer.from(text.endsWith('\n') ? text : `${text}\n`)
  const type = isText ? 'text/plain' : 'application/json'
  const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: ${type}\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`
  socket.end(Buffer.concat([Buffer.from(head), bytes]))
}

type Say = (said: Body | undefined) => void

/** One connection from its request to its end. */
class Session {
  readonly #message: IncomingMessage
  readonly #socket: Duplex
  readonly #head: Buffer
  readonly #ports: readonly number[]
  readonly #early: Body[] = []
  #switched = false
  #channels: Channels | undefined
  #forwarder: Forwarder | undefined
  #events: WebSocket | undefined

  constructor(message: IncomingMessage, socket: Duplex, head: Buffer, ports: readonly number[]) {
    this.#message = message
    this.#socket = socket
    this.#head = head
    this.#ports = ports
  }

  hear({ how, body }: Heard, say: Say): void {
    const response = body?.type === 'response' ? (body as HttpResponse) : undefined
    if (how === 'data' && response?.status === 101) {
      // The caller's number of this call is known only once we are back.
      this.#switched = true
      return queueMicrotask(() => this.#switch(say))
    }
    if (how === 'data' && response?.status === 200 && this.#isWebSocket()) {
      this.#switched = true
      return queueMicrotask(() => this.#watch(say))
    }
    if (how === 'data') return this.#said(body!)
    if (!this.#switched) {
      if (response) return this.#unchanged(response)
      return void this.#socket.destroy()
    }
    if (response) this.#said(response)
    else if (this.#events) this.#events.close()
    else queueMicrotask(() => this.#socket.destroy())
  }

  /** It stays HTTP. Of whoever is behind a proxy only a refusal is handed on: nobody can say what it makes of the rest of the stream. */
  #unchanged({ status, body }: HttpResponse): void {
    const isThrough = PROXIED.test((this.#message.url ?? '').split('?')[0]!)
    if (!isThrough || status >= 400) return refuse(this.#socket, status, body as Status)
    const message = `invalid upgrade response: status code ${status}`
    const failure = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message, code: 500 }
    refuse(this.#socket, 500, failure as Status)
  }

  #said(body: Body): void {
    if (!this.#channels && !this.#forwarder && !this.#events) return void this.#early.push(body)
    if (body.type === 'watchEvent') return this.#events?.send(JSON.stringify((body as WatchMessage).event))
    if (body.type === 'chunk') {
      const { channel, bytes } = body as Chunk
      // What nobody asked for is not sent: client libraries stumble over it.
      if (channel !== 'stdin' && this.#expected().has(channel))
        this.#channels?.write(channel, Buffer.from(bytes, 'latin1'))
    } else if (body.type === 'forward') this.#forwarder?.hear(body as Forwarded)
    else if (body.type === 'response') this.#channels?.finish((body as HttpResponse).body as Status)
  }

  #switch(say: Say): void {
    const forwards = (this.#message.url ?? '').split('?')[0]!.endsWith('/portforward')
    const offered = String(this.#message.headers['sec-websocket-protocol'] ?? '').split(/, */)
    if (!this.#isWebSocket()) {
      const protocol = forwards ? SPDY_FORWARD_PROTOCOL : SPDY_CHANNEL_PROTOCOL
      const known = this.#message.headers['x-stream-protocol-version']
      if (known !== undefined && !String(known).includes(protocol)) return this.#unknownProtocols(say)
      this.#socket.write(
        `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: SPDY/3.1\r\nX-Stream-Protocol-Version: ${protocol}\r\n\r\n`,
      )
      const spdy = new SpdySession(this.#socket)
      if (forwards) this.#forward(say, (forwarder) => forwardOverSpdy(spdy, forwarder))
      else this.#stream(spdyChannels(spdy, this.#expected()), say)
      if (this.#head.length > 0) spdy.take(this.#head)
    } else if (offered.includes(TUNNEL)) {
      this.#webSocket(TUNNEL, (socket) => {
        const spdy = new SpdySession(createWebSocketStream(socket))
        this.#forward(say, (forwarder) => forwardOverSpdy(spdy, forwarder))
      })
    } else {
      const protocol = CHANNEL_PROTOCOLS.find((known) => offered.includes(known))
      if (protocol === undefined && offered[0] !== '') return this.#unknownProtocols(say)
      this.#webSocket(protocol, (socket) => {
        if (forwards) this.#forward(say, (forwarder) => forwardOverWebSocket(socket, this.#ports, forwarder))
        else this.#stream(webSocketChannels(socket), say)
      })
    }
  }

  #isWebSocket(): boolean {
    return String(this.#message.headers.upgrade).toLowerCase() === 'websocket'
  }

  #unknownProtocols(say: Say): void {
    say(undefined)
    refuse(this.#socket, 403, 'Forbidden')
  }

  #watch(say: Say): void {
    this.#webSocket(undefined, (socket) => {
      this.#events = socket
      socket.on('close', () => say(undefined))
      for (const body of this.#early.splice(0)) this.#said(body)
    })
  }

  /** The streams that the query announces. */
  #expected(): ReadonlySet<string> {
    const query = new URL(this.#message.url ?? '', 'https://localhost').searchParams
    const wants = (name: string): boolean => ['true', '1'].includes(query.get(name) ?? '')
    const names = ['stdin', 'stdout', 'stderr'].filter((name) => wants(name) && !(name === 'stderr' && wants('tty')))
    return new Set(['error', ...names, ...(wants('tty') ? ['resize'] : [])])
  }

  #webSocket(protocol: string | undefined, then: (socket: WebSocket) => void): void {
    const server = new WebSocketServer({ noServer: true })
    delete this.#message.headers['sec-websocket-protocol']
    if (protocol !== undefined) server.on('headers', (lines) => lines.push(`Sec-WebSocket-Protocol: ${protocol}`))
    server.handleUpgrade(this.#message, this.#socket, this.#head, then)
  }

  #stream(channels: Channels, say: Say): void {
    this.#channels = channels
    channels.onInput = (chunk) => say(chunk)
    channels.onClose = () => say(undefined)
    for (const body of this.#early.splice(0)) this.#said(body)
  }

  #forward(say: Say, attach: (forwarder: Forwarder) => void): void {
    const forwarder = new Forwarder((message) => say(message))
    this.#forwarder = forwarder
    attach(forwarder)
  }
}
