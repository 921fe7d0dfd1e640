/**
 * `client`: asks a web server again and again, as `while true; do curl $URL; sleep 1; done` would.
 *
 * The URL is the last argument, or `URL` in the environment. `INTERVAL_SECONDS` (default 1) between the end of a request and
 * the next; `COUNT` requests (default: no end), then exit 0 if the last went well and 1 if not. `TIMEOUT_SECONDS` (default 5)
 * for connecting and answering. Every outcome is kept in `answers` (the last 1,000) and noted in the trace.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { Log } from '#cluster/kernel/log.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { program } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import type { WebRequest, WebResponse } from './http-message.ts'
import type { Progress, Resolution } from './resolver.ts'
import { continueResolution, startResolution } from './resolver.ts'

export interface ClientAnswer {
  readonly at: Micros
  /** Address that the name stood for; empty if it was not found. */
  readonly address: string
  /** 0: no answer. */
  readonly status: number
  /** The body, or what went wrong. */
  readonly text: string
  readonly tookMicros: Micros
}

interface Own {
  readonly url: { readonly host: string; readonly port: number; readonly path: string } | undefined
  answers: Log<ClientAnswer>
  resolution: Resolution | undefined
  address: string
  startedAt: Micros
  sent: number
}

const ANSWERS_MAX = 1_000

function parseUrl(text: string | undefined): Own['url'] {
  const match = /^(?:http:\/\/)?([\w.-]+)(?::(\d+))?(\/\S*)?$/.exec(text ?? '')
  return match ? { host: match[1]!, port: Number(match[2] ?? 80), path: match[3] ?? '/' } : undefined
}

const numberOf = (io: ProgramIo, name: string, otherwise: number): number => {
  const text = io.options.env[name]
  return text !== undefined && text !== '' && Number(text) >= 0 ? Number(text) : otherwise
}

function request(own: Own, io: ProgramIo): void {
  own.startedAt = io.ctx.now
  own.address = ''
  own.sent++
  proceed(own, io, startResolution(own.url!.host, io.options.resolvConf, io.ctx.id()))
}

function proceed(own: Own, io: ProgramIo, progress: Progress): void {
  if ('error' in progress) return finish(own, io, 0, progress.error)
  if ('address' in progress) return connect(own, io, progress.address)
  own.resolution = progress.resolution
  io.syscall('resolve', [progress.call])
}

function connect(own: Own, io: ProgramIo, address: string): void {
  const { port, path, host } = own.url!
  own.address = address
  const data: WebRequest = { method: 'GET', path, host }
  const timeoutMicros = numberOf(io, 'TIMEOUT_SECONDS', 5) * 1_000_000
  io.syscall('request', [{ call: 'exchange', protocol: 'tcp', address, port, data, timeoutMicros }])
}

function finish(own: Own, io: ProgramIo, status: number, text: string): void {
  const answer: ClientAnswer = {
    at: io.ctx.now,
    address: own.address,
    status,
    text,
    tookMicros: io.ctx.now - own.startedAt,
  }
  own.answers.push(Object.freeze(answer))
  own.answers.drop(own.answers.length - ANSWERS_MAX)
  io.ctx.note('answer', answer)
  const isOnce = io.options.argv[0]?.endsWith('wget') === true
  if (own.sent >= numberOf(io, 'COUNT', isOnce ? 1 : Infinity)) return io.exit(status >= 200 && status < 400 ? 0 : 1)
  io.wake('again', numberOf(io, 'INTERVAL_SECONDS', 1) * 1_000_000)
}

export const client = program<Own>({
  name: 'client',
  init: ({ argv, env }) => ({
    url: parseUrl(argv.length > 1 ? argv[argv.length - 1] : env['URL']),
    answers: new Log<ClientAnswer>(),
    resolution: undefined,
    address: '',
    startedAt: 0,
    sent: 0,
  }),
  started(own, io) {
    if (own.url) request(own, io)
    // curl: no URL, or one that it cannot read.
    else io.exit(3)
  },
  replied(own, io, tag, [result]) {
    if (tag === 'resolve') {
      const pick = (count: number) => io.ctx.random('address').int(count)
      proceed(own, io, continueResolution(own.resolution!, io.options.resolvConf, result, io.ctx.id(), pick))
    } else if (isFailure(result)) finish(own, io, 0, result.message)
    else {
      const { status, body } = result.data as WebResponse
      finish(own, io, status, body)
    }
  },
  timer: (own, io) => request(own, io),
})
