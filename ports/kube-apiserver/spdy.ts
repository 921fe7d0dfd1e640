/**
 * SPDY/3.1, the server's half: many streams over one connection, as kubectl before 1.31 wants it for exec and port-forward, and newer
 * ones inside a WebSocket.
 *
 * Header blocks are one zlib stream each way. What comes in is unpacked with the protocol's own dictionary; what goes out are
 * empty blocks, which need no packing.
 * What we leave out: flow control, priorities and pushed streams, which no client of Kubernetes uses.
 * Where to read upstream: moby/spdystream; the draft of SPDY 3.1.
 */
import { readFileSync } from 'node:fs'
import type { Duplex } from 'node:stream'
import { Unzlib } from 'fflate'

const SYN_STREAM = 1
const SYN_REPLY = 2
const RST_STREAM = 3
const PING = 6
const FIN = 1
const VERSION = 3
/** Bytes of one frame that we are ready to hold. */
const FRAME_MAX = 16 * 1_024 * 1_024
/**
 * An empty header block in a zlib stream: a block that is stored as it is, and an empty one, at which Go's reader hands on
 * what it has. The first has the stream's header before it.
 */
const NO_HEADERS = Buffer.from([0x00, 0x04, 0x00, 0xfb, 0xff, 0, 0, 0, 0, 0x00, 0x00, 0x00, 0xff, 0xff])
const ZLIB_HEADER = Buffer.from([0x78, 0x01])

let dictionary: Uint8Array | undefined

export class SpdyStream {
  readonly id: number
  readonly headers: Readonly<Record<string, string>>
  /** Undefined: no more comes. */
  onData: (bytes: Buffer | undefined) => void = () => {}
  readonly #send: (bytes: Buffer, flags: number) => void
  #ended = false

  constructor(id: number, headers: Readonly<Record<string, string>>, send: (bytes: Buffer, flags: number) => void) {
    this.id = id
    this.headers = headers
    this.#send = send
  }

  write(bytes: Buffer): void {
    if (!this.#ended && bytes.length > 0) this.#send(bytes, 0)
  }

  end(bytes: Buffer = Buffer.alloc(0)): void {
    if (this.#ended) return
    this.#ended = true
    this.#send(bytes, FIN)
  }
}

export class SpdySession {
  onStream: (stream: SpdyStream) => void = () => {}
  onClose: () => void = () => {}
  readonly #socket: Duplex
  readonly #streams = new Map<number, SpdyStream>()
  readonly #unpacked: Uint8Array[] = []
  readonly #unpacker: Unzlib
  #waiting: Buffer = Buffer.alloc(0)
  #replied = false

  constructor(socket: Duplex) {
    dictionary ??= readFileSync(new URL('./spdy-dictionary.bin', import.meta.url))
    this.#unpacker = new Unzlib({ dictionary }, (chunk) => this.#unpacked.push(chunk))
    this.#socket = socket
    socket.on('data', (bytes: Buffer) => this.take(bytes))
    socket.on('error', () => socket.destroy())
    socket.on('close', () => this.onClose())
  }

  end(): void {
    this.#socket.end()
  }

  /** Bytes from the client, in whatever pieces. */
  take(bytes: Buffer): void {
    this.#waiting = this.#waiting.length === 0 ? bytes : Buffer.concat([this.#waiting, bytes])
    while (this.#waiting.length >= 8) {
      const length = this.#waiting.readUIntBE(5, 3)
      if (length > FRAME_MAX) return void this.#socket.destroy()
      if (this.#waiting.length < 8 + length) return
      const frame = this.#waiting.subarray(0, 8 + length)
      this.#waiting = this.#waiting.subarray(8 + length)
      try {
        this.#frame(frame)
      } catch {
        return void this.#socket.destroy()
      }
    }
  }

  #frame(frame: Buffer): void {
    const flags = frame[4]!
    const body = frame.subarray(8)
    if ((frame[0]! & 0x80) === 0) return this.#data(frame.readUInt32BE(0), body, flags)
    switch (frame.readUInt16BE(2)) {
      case SYN_STREAM: {
        const id = body.readUInt32BE(0) & 0x7fff_ffff
        const stream = new SpdyStream(id, this.#headers(body.subarray(10)), (bytes, end) => this.#write(id, bytes, end))
        this.#streams.set(id, stream)
        this.#reply(id)
        this.onStream(stream)
        if (flags & FIN) stream.onData(undefined)
        return
      }
      case RST_STREAM: {
        const id = body.readUInt32BE(0)
        this.#streams.get(id)?.onData(undefined)
        this.#streams.delete(id)
        return
      }
      case PING:
        this.#socket.write(frame)
    }
  }

  #data(id: number, bytes: Buffer, flags: number): void {
    const stream = this.#streams.get(id)
    if (!stream) return
    if (bytes.length > 0) stream.onData(bytes)
    if (flags & FIN) stream.onData(undefined)
  }

  #headers(block: Buffer): Readonly<Record<string, string>> {
    this.#unpacked.length = 0
    this.#unpacker.push(block)
    const bytes = Buffer.concat(this.#unpacked)
    const headers: Record<string, string> = {}
    let at = 4
    const text = (): string => {
      const end = at + 4 + bytes.readUInt32BE(at)
      const value = bytes.toString('latin1', at + 4, end)
      at = end
      return value
    }
    for (let count = bytes.readUInt32BE(0); count > 0; count--) {
      const name = text()
      headers[name.toLowerCase()] = text()
    }
    return headers
  }

  #reply(id: number): void {
    const block = this.#replied ? NO_HEADERS : Buffer.concat([ZLIB_HEADER, NO_HEADERS])
    this.#replied = true
    const head = Buffer.alloc(12)
    head.writeUInt16BE(0x8000 | VERSION, 0)
    head.writeUInt16BE(SYN_REPLY, 2)
    head.writeUIntBE(4 + block.length, 5, 3)
    head.writeUInt32BE(id, 8)
    this.#socket.write(Buffer.concat([head, block]))
  }

  #write(id: number, bytes: Buffer, flags: number): void {
    const head = Buffer.alloc(8)
    head.writeUInt32BE(id, 0)
    head[4] = flags
    head.writeUIntBE(bytes.length, 5, 3)
    if (this.#socket.writable) this.#socket.write(Buffer.concat([head, bytes]))
  }
}
