/**
 * The channels of an exec or attach: standard input, outputs, size of the terminal, and how it ended; over SPDY or a WebSocket.
 *
 * Where to read upstream: apimachinery `pkg/util/remotecommand/constants.go`; kubelet `pkg/cri/streaming/remotecommand/`.
 */
import type { Status } from '#cluster/api/types.ts'
import type { Chunk } from '#cluster/container-runtime/cri.ts'
import type { WebSocket } from 'ws'
import type { SpdySession, SpdyStream } from './spdy.ts'

export interface Channels {
  /** What is typed. */
  onInput: (chunk: Chunk) => void
  /** The client has gone. */
  onClose: () => void
  write(channel: 'stdout' | 'stderr', bytes: Buffer): void
  /** Says how it ended, and ends. */
  finish(status: Status): void
}

const NAMES = ['stdin', 'stdout', 'stderr', 'error', 'resize'] as const
/** From version 5 on: the channel that follows is closed. */
const CLOSE_CHANNEL = 255

const input = (bytes: Buffer, more: Partial<Chunk> = {}): Chunk => ({
  ...{ type: 'chunk', channel: 'stdin', bytes: bytes.toString('latin1') },
  ...more,
})

/** `{"Width":80,"Height":24}` */
function resized(bytes: Buffer): Chunk | undefined {
  try {
    const { Width: columns, Height: rows } = JSON.parse(bytes.toString()) as { Width: number; Height: number }
    return input(Buffer.alloc(0), { size: { columns, rows } })
  } catch {
    return undefined
  }
}

/** @param expected the streams that the client opens, one by one; nothing is said before the last of them is there */
export function spdyChannels(session: SpdySession, expected: ReadonlySet<string>): Channels {
  const streams = new Map<string, SpdyStream>()
  let early: (() => void)[] | undefined = []
  const say = (act: () => void): void => void (early ? early.push(act) : act())
  const channels: Channels = {
    onInput: () => {},
    onClose: () => {},
    write: (channel, bytes) => say(() => streams.get(channel)?.write(bytes)),
    finish: (status) =>
      say(() => {
        for (const name of ['stdout', 'stderr']) streams.get(name)?.end()
        streams.get('error')?.end(Buffer.from(JSON.stringify({ metadata: {}, ...status })))
        session.end()
      }),
  }
  session.onClose = () => channels.onClose()
  session.onStream = (stream) => {
    const name = stream.headers['streamtype'] ?? ''
    streams.set(name, stream)
    stream.onData = (bytes) => {
      const chunk = name === 'resize' ? bytes && resized(bytes) : input(bytes ?? Buffer.alloc(0), { end: !bytes })
      if (chunk && (name === 'stdin' || name === 'resize')) channels.onInput(chunk)
    }
    if (!early || [...expected].some((one) => !streams.has(one))) return
    const acts = early
    early = undefined
    for (const act of acts) act()
  }
  return channels
}

export function webSocketChannels(socket: WebSocket): Channels {
  const send = (channel: number, bytes: Buffer): void => socket.send(Buffer.concat([Buffer.from([channel]), bytes]))
  const channels: Channels = {
    onInput: () => {},
    onClose: () => {},
    write: (channel, bytes) => send(NAMES.indexOf(channel), bytes),
    finish(status) {
      send(NAMES.indexOf('error'), Buffer.from(JSON.stringify({ metadata: {}, ...status })))
      socket.close(1_000)
    },
  }
  socket.on('close', () => channels.onClose())
  socket.on('error', () => socket.terminate())
  socket.on('message', (data: Buffer) => {
    const name = data[0] === CLOSE_CHANNEL ? 'close' : NAMES[data[0] ?? -1]
    const bytes = data.subarray(1)
    if (name === 'stdin') channels.onInput(input(bytes))
    else if (name === 'close' && bytes[0] === 0) channels.onInput(input(Buffer.alloc(0), { end: true }))
    else if (name === 'resize') {
      const chunk = resized(bytes)
      if (chunk) channels.onInput(chunk)
    }
  })
  return channels
}
