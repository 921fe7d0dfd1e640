/** A lane of programs in a thread of this Node. */
import { Worker } from 'node:worker_threads'
import type { Lane, NodeWork } from './work-off.ts'

export function nodeLane<Row>(
  name: string,
  work: NodeWork,
  script = new URL('node-worker.ts', import.meta.url),
): Lane<Row> {
  let worker: Worker | undefined
  return {
    name,
    run(from, tell) {
      const begun = new Worker(script, { workerData: { ...work, programs: work.programs.slice(from) } })
      worker = begun
      begun.on('message', (text: string) => tell(JSON.parse(text) as Row))
      return new Promise((resolve, reject) => {
        begun.on('error', reject)
        begun.on('exit', () => resolve())
      })
    },
    async stop() {
      await worker?.terminate()
    },
  }
}
