/**
 * Port-forward: connections to a port of a Pod, many through one session. In the simulated network one message is a request and one is
 * its answer, so here bytes become such a message and such messages bytes: what is forwarded is HTTP/1.
 *
 * What we leave out: any other protocol, which ends with an error; connections that are kept for a second request.
 */
import { STATUS_CODES } from 'node:http'
import type { Forwarded } from '#cluster/kubelet/server.ts'
import type { WebSocket } from 'ws'
import type { SpdySession, SpdyStream } from './spdy.ts'

/** Where one connection's answers and errors go. */
interface Connection {
  readonly port: number
  readonly data: (bytes: Buffer) => void
  readonly error: (text: string) => void
  readonly end: () => void
  received: Buffer
  asked: boolean
}

/** Bytes of a request that may come before its head is whole. */
const HEAD_MAX = 64 * 1_024

export class Forwarder {
  readonly #say: (message: Forwarded) => void
  readonly #connections = new Map<number, Connection>()
  #count = 0

  constructor(say: (message: Forwarded) => void) {
    this.#say = say
  }

  open(to: Omit<Connection, 'received' | 'asked'>): number {
    const number = ++this.#count
    this.#connections.set(number, { ...to, received: Buffer.alloc(0), asked: false })
    return number
  }

  /** Bytes from the client. */
  take(number: number, bytes: Buffer): void {
    const connection = this.#connections.get(number)
    if (!connection || connection.asked) return
    connection.received = Buffer.concat([connection.received, bytes])
    const text = connection.received.toString('latin1')
    const end = text.indexOf('\r\n\r\n')
    if (end < 0 && text.length < HEAD_MAX && /^[A-Z]*(?: |$)/.test(text)) return
    const [line = '', ...headers] = text.slice(0, Math.max(end, 0)).split('\r\n')
    const match = /^([A-Z]+) (\S+) HTTP\/1\.[01]$/.exec(line)
    if (!match) return this.#fail(number, 'only HTTP/1 is forwarded into the simulated network')
    const host = /^host: *(.*)$/i.exec(headers.find((header) => /^host:/i.test(header)) ?? '')?.[1] ?? ''
    connection.asked = true
    const data = { method: match[1], path: match[2], host }
    this.#say({ type: 'forward', connection: number, port: connection.port, data })
  }

  /** What came back through the simulated network. */
  hear({ connection: number, port, data, error }: Forwarded): void {
    const connection = this.#connections.get(number)
    if (!connection) return
    if (error !== undefined) return this.#fail(number, `error forwarding port ${port} to pod: ${error}`)
    const { status, body } = data as { readonly status: number; readonly body: string }
    const bytes = Buffer.from(`${body}\n`)
    const head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nContent-Type: text/plain\r\nContent-Length: ${bytes.length}\r\nConnection: close\r\n\r\n`
    connection.data(Buffer.concat([Buffer.from(head), bytes]))
    this.close(number)
  }

  #fail(number: number, text: string): void {
    this.#connections.get(number)?.error(text)
    this.close(number)
  }

  close(number: number): void {
    this.#connections.get(number)?.end()
    this.#connections.delete(number)
  }
}

/** A pair of streams for each connection: errors, and data. */
export function forwardOverSpdy(session: SpdySession, forwarder: Forwarder): void {
  const errors = new Map<string, SpdyStream>()
  session.onStream = (stream) => {
    const { streamtype, requestid = '', port = '0' } = stream.headers
    if (streamtype === 'error') return void errors.set(requestid, stream)
    const error = errors.get(requestid)
    errors.delete(requestid)
    const number = forwarder.open({
      port: Number(port),
      data: (bytes) => stream.write(bytes),
      error: (text) => error?.write(Buffer.from(text)),
      end: () => {
        stream.end()
        error?.end()
      },
    })
    stream.onData = (bytes) => bytes && forwarder.take(number, bytes)
  }
}

/** Two channels for each port that the address names: data, and errors; each begins with the port's number. */
export function forwardOverWebSocket(socket: WebSocket, ports: readonly number[], forwarder: Forwarder): void {
  const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.from([channel]), bytes]))
  const connections = ports.map((port, index) => {
    const [data, error] = [2 * index, 2 * index + 1]
    const name = Buffer.alloc(2)
    name.writeUInt16LE(port)
    send(data, name)
    send(error, name)
    return forwarder.open({
      port,
      data: (bytes) => send(data, bytes),
      error: (text) => send(error, Buffer.from(text)),
      end: () => socket.close(1_000),
    })
  })
  socket.on('message', (message: Buffer) => {
    const number = connections[(message[0] ?? 0) / 2]
    if (number !== undefined) forwarder.take(number, message.subarray(1))
  })
}
