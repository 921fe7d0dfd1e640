/**
 * `web`: an HTTP server that says who it is, and gives back what it is sent. `nginx` has files alone: it takes nothing but GET and HEAD.
 *
 * Environment: `PORT` (default 8080; `nginx`: 80) · `READY_AFTER_SECONDS` (until then `/readyz` is 503) ·
 * `HEALTHY_FOR_SECONDS` (after that `/healthz` and `/readyz` are 500) · `MESSAGE` (default `hello from <host name>`).
 * SIGTERM ends it at once with 0. A port that is taken ends it with 1.
 */
import type { Micros } from '#cluster/kernel/component.ts'
import { program } from '#cluster/linux/program.ts'
import type { ProgramIo } from '#cluster/linux/program.ts'
import { isFailure } from '#cluster/linux/syscall.ts'
import type { WebRequest, WebResponse } from './http-message.ts'
import { isWebRequest } from './http-message.ts'

interface Own {
  startedAt: Micros
  /** Requests answered. */
  served: number
}

const secondsOf = (io: ProgramIo, name: string): number | undefined => {
  const text = io.options.env[name]
  return text === undefined || text === '' || !(Number(text) >= 0) ? undefined : Number(text)
}

const HEALTH_PATHS: readonly string[] = ['/healthz', '/livez', '/readyz']

/** In nginx's words, of what files do not take. */
function notAllowed({ version }: ProgramIo['options']): WebResponse {
  const title = '405 Not Allowed'
  const name = version === 'latest' ? 'nginx' : `nginx/${version}`
  const lines = ['<html>', `<head><title>${title}</title></head>`, '<body>', `<center><h1>${title}</h1></center>`, `<hr><center>${name}</center>`, '</body>', '</html>'] // prettier-ignore
  return { status: 405, body: lines.join('\r\n') }
}

function respond(own: Own, io: ProgramIo, request: WebRequest, servesFiles: boolean): WebResponse {
  const { method, path, body } = request
  if (servesFiles && method !== 'GET' && method !== 'HEAD') return notAllowed(io.options)
  // What would come, without what it would say.
  if (method === 'HEAD') return { ...respond(own, io, { ...request, method: 'GET' }, servesFiles), body: '' }
  const age = (io.ctx.now - own.startedAt) / 1_000_000
  const healthy = age < (secondsOf(io, 'HEALTHY_FOR_SECONDS') ?? Infinity)
  const ready = age >= (secondsOf(io, 'READY_AFTER_SECONDS') ?? 0)
  if (HEALTH_PATHS.includes(path)) {
    if (!healthy) return { status: 500, body: 'unhealthy' }
    return path === '/readyz' && !ready ? { status: 503, body: 'not ready' } : { status: 200, body: 'ok' }
  }
  if (body !== undefined) return { status: 200, body: typeof body === 'string' ? body : JSON.stringify(body) }
  const { env, hostname, version } = io.options
  return { status: 200, body: env['MESSAGE'] ?? `hello from ${hostname}${version === 'latest' ? '' : ` (${version})`}` }
}

const server = (name: string, defaultPort: number) =>
  program<Own>({
    name,
    init: () => ({ startedAt: 0, served: 0 }),
    started(own, io) {
      own.startedAt = io.ctx.now
      io.syscall('listen', [{ call: 'listen', port: secondsOf(io, 'PORT') ?? defaultPort }])
    },
    replied(_, io, tag, [result]) {
      if (tag === 'listen' && isFailure(result)) io.exit(1)
    },
    news(own, io, news) {
      if (news.type === 'received') {
        const data = isWebRequest(news.data)
          ? respond(own, io, news.data, name === 'nginx')
          : { status: 400, body: 'bad request' }
        own.served++
        // Those who only look whether it is well are not worth a line.
        if (isWebRequest(news.data) && !HEALTH_PATHS.includes(news.data.path))
          io.print(`"${news.data.method} ${news.data.path} HTTP/1.1" ${data.status} ${data.body.length}\n`)
        io.quiet([{ call: 'send', socket: news.socket, data, close: true }])
      } else if (news.type === 'socketClosed' && news.reason === 'fin')
        io.quiet([{ call: 'close', socket: news.socket }])
    },
    onTerminate: 0,
  })

export const web = server('web', 8080)
export const nginx = server('nginx', 80)
