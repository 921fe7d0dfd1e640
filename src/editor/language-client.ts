/**
 * Compiling without Monaco: a language worker of one's own, for the plain editor.
 *
 * The worker is the very file that serves Monaco, so both editors give the same diagnostics and the same code.
 */
import type { Compiled } from '#grader/verdict/verdict.ts'
import type { CompileMessage, CompileRequest } from './compile-request.ts'
import { editorManifest, spawnLanguageWorker } from './editor-assets.ts'

export type CompileAnswer = { id: number; compiled: Compiled } | { id: number; failure: string }

export interface LanguageClient {
  compile(request: CompileRequest): Promise<Compiled>
  dispose(): void
}

export function createLanguageClient(): LanguageClient {
  let worker: Promise<Worker> | undefined
  let lastId = 0
  const waiting = new Map<number, { resolve(compiled: Compiled): void; reject(error: Error): void }>()

  function failAll(message: string): void {
    for (const { reject } of waiting.values()) reject(new Error(message))
    waiting.clear()
    worker = undefined
  }

  async function start(): Promise<Worker> {
    const { version } = await editorManifest()
    const fresh = spawnLanguageWorker(version)
    fresh.onmessage = (event) => {
      const answer = event.data as CompileAnswer
      const asker = waiting.get(answer.id)
      waiting.delete(answer.id)
      if ('compiled' in answer) asker?.resolve(answer.compiled)
      else asker?.reject(new Error(answer.failure))
    }
    fresh.onerror = (event) =>
      failAll(`The TypeScript compiler did not load${event.message ? ` (${event.message})` : ''}.`)
    return fresh
  }

  return {
    async compile(request) {
      worker ??= start().catch((error: unknown) => {
        worker = undefined
        throw error
      })
      const ready = await worker
      const id = ++lastId
      return new Promise<Compiled>((resolve, reject) => {
        waiting.set(id, { resolve, reject })
        ready.postMessage({ compile: request, id } satisfies CompileMessage)
      })
    },
    dispose() {
      void worker?.then((ready) => ready.terminate()).catch(() => undefined)
      failAll('The editor was closed.')
    },
  }
}
