/**
 * The API server's port: HTTPS on 127.0.0.1. Each request of an unmodified client becomes a stream to a simulated API server
 * (by way of the load balancer where there are several), and what comes back goes out as HTTP.
 *
 * What we leave out: HTTP/2 (every client speaks 1.1 as well).
 * Where to read upstream: apiserver `pkg/server/secure_serving.go`.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import type { TLSSocket } from 'node:tls'
import type { HttpResponse, WatchMessage } from '#cluster/api/http.ts'
import type { Chunk } from '#cluster/container-runtime/cri.ts'
import type { Micros, ProcessId } from '#cluster/kernel/component.ts'
import type { Heard } from '../caller.ts'
import type { Report } from '../defects.ts'
import type { LiveWorld } from '../live-world.ts'
import type { Authority } from './certificates.ts'
import { type Certified, certifiedBy } from './certified.ts'
import { foreign } from './guard.ts'
import { tieToProcess } from './lifeline.ts'
import { BODY_MAX, requestOf } from './read-request.ts'
import { upgrade } from './upgrade.ts'
import { type EventWriter, eventWriter, writeAnswer } from './write-answer.ts'

export interface ApiPort {
  readonly port: number
  close(): void
}

export interface ApiPortOptions {
  readonly live: LiveWorld
  /** Whom every request goes to. */
  readonly server: ProcessId
  readonly authority: Authority
  /** The world's, by which certificates are good or not: microseconds since 1970. */
  readonly clock: () => Micros
  /** 0 takes a free one. */
  readonly port: number
  /** Told of what fails out here. */
  readonly report: Report
}

/** Bytes that a client may have left unread before it counts as gone. */
const UNREAD_MAX = 64 * 1_024 * 1_024

/** The real one's words, when a handler panics. */
const PANIC = 'This request caused apiserver to panic. Look in the logs for details.'

const NO_SUCH_METHOD: HttpResponse = {
  type: 'response',
  status: 405,
  body: { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'the server does not allow this method on the requested resource', reason: 'MethodNotAllowed', details: {}, code: 405 }, // prettier-ignore
}

export async function serveApi({ live, server, authority, clock, port, report }: ApiPortOptions): Promise<ApiPort> {
  const { cert, key } = authority.server()
  const bound = { port }
  const certified = certifiedBy(authority.cert, clock)
  const https = createServer(
    { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: false, minVersion: 'TLSv1.2' },
    (message, answer) =>
      void handle({ live, server, port: bound.port, certified }, message, answer).catch((error: unknown) => {
        report(`${message.method} ${message.url}`, error, 'the client has been told')
        if (answer.headersSent) answer.destroy()
        else plain(answer, 500, PANIC)
      }),
  )
  https.on('upgrade', (message: IncomingMessage, socket: Duplex, head: Buffer) => {
    try {
      upgrade({ live, server, port: bound.port, certified }, message, socket, head)
    } catch (error) {
      report(`${message.method} ${message.url}`, error, 'the connection has ended')
      socket.destroy()
    }
  })
  // A watch is silent for as long as nothing happens.
  https.requestTimeout = 0
  https.keepAliveTimeout = 60_000
  await new Promise<void>((resolve, reject) => {
    https.once('error', reject)
    https.listen(port, '127.0.0.1', resolve)
  })
  bound.port = (https.address() as AddressInfo).port
  const lifeline = tieToProcess(https, { live, server, report })
  return {
    port: bound.port,
    close() {
      lifeline.end()
      https.close()
      https.closeAllConnections()
    },
  }
}

interface Door {
  readonly live: LiveWorld
  readonly server: ProcessId
  readonly port: number
  readonly certified: Certified
}

async function handle(
  { live, server, port, certified }: Door,
  message: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const refused = foreign(message.headers, port)
  if (refused !== undefined) return plain(answer, 403, refused)
  const bytes = await bodyOf(message)
  if (bytes === undefined) return
  const request = requestOf(message, bytes, certified(message.socket as TLSSocket))
  if (request === 'method') return writeAnswer(answer, NO_SUCH_METHOD, message.headers, false)
  if (!request) return plain(answer, 400, '400 Bad Request')
  const exchange = new Exchange(message, answer, isForEyes(message, request.query?.['pretty']))
  const leave = (): void => void (exchange.call !== undefined && live.hangUp(exchange.call))
  exchange.call = live.call(server, request, (heard) => {
    exchange.hear(heard)
    if (exchange.abandoned) leave()
  })
  if (exchange.abandoned) return leave()
  if (!exchange.ended) answer.once('close', () => exchange.ended || leave())
}

/** Browsers and the like get it with line breaks without asking. */
const READERS = /^(?:curl|Wget|Mozilla\/5\.0)/

function isForEyes({ headers }: IncomingMessage, pretty: string | undefined): boolean {
  if (pretty) return ['1', 't', 'T', 'true', 'TRUE', 'True'].includes(pretty)
  return READERS.test(headers['user-agent'] ?? '')
}

function plain(answer: ServerResponse, status: number, text: string): void {
  answer.writeHead(status, { 'content-type': 'text/plain; charset=utf-8', connection: 'close' }).end(`${text}\n`)
}

/** Up to one byte more than a body may have, which is enough to see that it has too many. Undefined: the client has gone. */
async function bodyOf(message: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let length = 0
  try {
    for await (const part of message as AsyncIterable<Buffer>) {
      // What is too much is read, so that the client gets its answer, and forgotten.
      if (length <= BODY_MAX) parts.push(part)
      length += part.length
      if (length > BODY_MAX * 16) return void message.destroy()
    }
  } catch {
    return undefined
  }
  return Buffer.concat(parts)
}

/** One request and what has been said to it so far. */
class Exchange {
  ended = false
  /** It has been refused out here: whoever answers it need not go on. */
  abandoned = false
  /** Its number, once it has one: an answer may be there before that. */
  call: number | undefined
  readonly #message: IncomingMessage
  readonly #answer: ServerResponse
  readonly #pretty: boolean
  readonly #events: EventWriter

  constructor(message: IncomingMessage, answer: ServerResponse, pretty: boolean) {
    this.#message = message
    this.#answer = answer
    this.#pretty = pretty
    this.#events = eventWriter(message.headers.accept, (message.url ?? '').split('?')[0]!)
  }

  hear({ how, body }: Heard): void {
    if (this.abandoned) return
    if (how === 'data') return this.#said(body as HttpResponse | WatchMessage | Chunk)
    this.ended = true
    const answer = this.#answer
    if (body?.type === 'response') writeAnswer(answer, body as HttpResponse, this.#message.headers, this.#pretty)
    else if (answer.headersSent && how === 'done') answer.end()
    // Nobody is there, or no longer: that looks the same from outside.
    else answer.destroy()
  }

  /** The server would go on in another protocol, and this connection has not asked for one. */
  #refuse(): void {
    this.ended = this.abandoned = true
    const body = { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', message: 'Upgrade request required', reason: 'BadRequest', code: 400 } // prettier-ignore
    writeAnswer(this.#answer, { type: 'response', status: 400, body }, this.#message.headers, this.#pretty)
  }

  /** The beginning of an answer that goes on, and what follows. */
  #said(body: HttpResponse | WatchMessage | Chunk): void {
    const answer = this.#answer
    if (body.type === 'response' && body.status === 101) return this.#refuse()
    if (body.type === 'response') {
      answer.writeHead(body.status, {
        'content-type': this.#events.type,
        'cache-control': 'no-cache, private',
        ...body.headers,
      })
      answer.flushHeaders()
      return
    }
    answer.write(body.type === 'chunk' ? Buffer.from(body.bytes, 'latin1') : this.#events.write(body.event))
    if (answer.writableLength > UNREAD_MAX) answer.destroy()
  }
}
