/**
 * A worker in a real Firefox that is asked one thing after the other. The page fetches each question, which waits at the server
 * until there is one, hands it to the worker and posts the answer back.
 */
import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { beginFirefox } from './firefox.ts'
import type { Firefox } from './firefox.ts'

const PAGE = `<!doctype html><title>questions</title><script type="module">
const worker = new Worker('/worker.js')
const post = (path, body) => fetch(path, { method: 'POST', body })
worker.onerror = (event) => post('/broken', event.message)
for (;;) {
  const question = await (await fetch('/question')).text()
  const answer = new Promise((resolve) => { worker.onmessage = ({ data }) => resolve(data) })
  worker.postMessage(question)
  await post('/answer', await answer)
}
</script>`

const FILES: Readonly<Record<string, string>> = { '/': 'text/html', '/worker.js': 'text/javascript' }

/** Nothing that is asked takes so long, even where others are at work. */
const SILENCE_MS = 600_000

interface Waiting {
  resolve(answer: string): void
  reject(error: Error): void
}

export class AskedFirefox {
  readonly #server: Server
  #firefox: Firefox | undefined
  #question: string | undefined
  #asker: ServerResponse | undefined
  #waiting: Waiting | undefined

  private constructor(script: string) {
    this.#server = createServer(async (request, response) => {
      const url = request.url!
      if (url === '/question') return this.#takeAsker(response)
      const sent = request.method === 'POST' ? await text(request) : ''
      response.writeHead(200, { 'content-type': FILES[url] ?? 'text/plain' })
      response.end(url === '/' ? PAGE : url === '/worker.js' ? script : '')
      if (url === '/answer') this.#waiting?.resolve(sent)
      if (url === '/broken') this.#waiting?.reject(new Error(`the worker broke down: ${sent}`))
    })
  }

  /** @param script of the worker, which answers each message, a text, with one text */
  static async begin(path: string, script: string): Promise<AskedFirefox> {
    const asked = new AskedFirefox(script)
    await new Promise<void>((resolve) => void asked.#server.listen(0, '127.0.0.1', resolve))
    const { port } = asked.#server.address() as AddressInfo
    asked.#firefox = beginFirefox(path, `http://127.0.0.1:${port}/`)
    return asked
  }

  /** One question at a time. Rejects when the worker breaks down, the browser ends, or nothing is heard for ten minutes. */
  async ask(question: string): Promise<string> {
    let timer: NodeJS.Timeout | undefined
    const answer = new Promise<string>((resolve, reject) => {
      this.#waiting = { resolve, reject }
      timer = setTimeout(() => reject(new Error('Firefox has fallen silent')), SILENCE_MS)
    })
    this.#question = question
    this.#handOver()
    return Promise.race([answer, this.#firefox!.gone]).finally(() => clearTimeout(timer))
  }

  async end(): Promise<void> {
    await this.#firefox?.end()
    this.#server.close()
    this.#server.closeAllConnections()
  }

  #takeAsker(response: ServerResponse): void {
    this.#asker = response
    this.#handOver()
  }

  #handOver(): void {
    if (this.#question === undefined || this.#asker === undefined) return
    this.#asker.writeHead(200, { 'content-type': 'text/plain' }).end(this.#question)
    this.#question = this.#asker = undefined
  }
}
