/** A lane of programs in a worker of a real Firefox, where there is one: its page posts each row back. */
import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buildMeteredEngine } from '#grader/sandbox/build-engine.ts'
import { bundleWorker } from '../../test/e2e/worker-bundle.ts'
import { beginFirefox } from '../firefox/firefox.ts'
import type { Firefox } from '../firefox/firefox.ts'
import type { SandboxRow } from './attempts.ts'
import type { Lane } from './work-off.ts'

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
  let begun: { server: Server; firefox: Firefox } | undefined
  return {
    name: 'in Firefox',
    async run(from, tell) {
      const engine = Buffer.from(buildMeteredEngine()).toString('base64')
      const script = await bundleWorker(new URL('browser-worker.ts', import.meta.url))
      const { server, through } = servePage(JSON.stringify({ engine, programs: programs.slice(from) }), script, tell)
      await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve))
      const { port } = server.address() as AddressInfo
      const firefox = beginFirefox(path, `http://127.0.0.1:${port}/`)
      begun = { server, firefox }
      await Promise.race([through, firefox.gone])
    },
    async stop() {
      if (!begun) return
      const { server, firefox } = begun
      begun = undefined
      server.close()
      server.closeAllConnections()
      await firefox.end()
    },
  }
}
