/**
 * A lane of programs in a worker of a real Firefox, where there is one. No driver is needed: it is begun on a page of ours, which
 * posts each row back. Debian's `firefox-esr` does; `FIREFOX` names another.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { buildMeteredEngine } from '#grader/sandbox/build-engine.ts'
import { bundleWorker } from '../../test/e2e/worker-bundle.ts'
import type { SandboxRow } from './attempts.ts'
import type { Lane } from './work-off.ts'

export function findFirefox(): string | undefined {
  const { FIREFOX, PATH = '' } = process.env
  if (FIREFOX) return FIREFOX
  const folders = PATH.split(delimiter)
  return ['firefox-esr', 'firefox']
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((path) => existsSync(path))
}

const PAGE = `<!doctype html><title>hostile programs</title><script type="module">
const post = (path, body) => fetch(path, { method: 'POST', body })
const work = await (await fetch('/work')).json()
const worker = new Worker('/worker.js')
let heard = Promise.resolve()
worker.onmessage = ({ data }) => { heard = heard.then(() => post(data === '' ? '/done' : '/row', data)) }
worker.onerror = (event) => post('/broken', event.message)
worker.postMessage(work)
</script>`

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

/** Serves the page, and resolves when it says that it is through. */
function servePage(work: string, script: string, tell: (row: SandboxRow) => void) {
  let server: Server
  const through = new Promise<void>((resolve, reject) => {
    server = createServer(async (request, response) => {
      const files: Record<string, [string, string]> = {
        '/': ['text/html', PAGE],
        '/work': ['application/json', work],
        '/worker.js': ['text/javascript', script],
      }
      const [type, body] = files[request.url!] ?? ['text/plain', '']
      const sent = request.method === 'POST' ? await textOf(request) : ''
      response.writeHead(200, { 'content-type': type }).end(body)
      if (request.url === '/row') tell(JSON.parse(sent) as SandboxRow)
      if (request.url === '/done') resolve()
      if (request.url === '/broken') reject(new Error(`the worker broke down: ${sent}`))
    })
  })
  return { server: server!, through }
}

export function firefoxLane(path: string, programs: readonly number[]): Lane<SandboxRow> {
  let begun: { server: Server; browser: ChildProcess; profile: string } | undefined
  return {
    name: 'in Firefox',
    async run(from, tell) {
      const engine = Buffer.from(buildMeteredEngine()).toString('base64')
      const script = await bundleWorker(new URL('browser-worker.ts', import.meta.url))
      const { server, through } = servePage(JSON.stringify({ engine, programs: programs.slice(from) }), script, tell)
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const profile = mkdtempSync(join(tmpdir(), 'firefox-'))
      const line = ['--headless', '--no-remote', '--profile', profile, `http://127.0.0.1:${port}/`]
      // A group of its own, because it begins processes of its own.
      const env = { ...process.env, MOZ_DISABLE_CONTENT_SANDBOX: '1', HOME: profile }
      const browser = spawn(path, line, { stdio: 'ignore', detached: true, env })
      begun = { server, browser, profile }
      await Promise.race([
        through,
        new Promise<never>((_, reject) => {
          browser.on('error', reject)
          browser.on('exit', (code) => reject(new Error(`${path} ended by itself (exit code ${code})`)))
        }),
      ])
    },
    async stop() {
      if (!begun) return
      const { server, browser, profile } = begun
      begun = undefined
      server.close()
      server.closeAllConnections()
      if (browser.pid !== undefined && browser.exitCode === null) {
        const gone = new Promise((resolve) => browser.once('exit', resolve))
        process.kill(-browser.pid, 'SIGKILL')
        await gone
      }
      rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 })
    },
  }
}
