/** Tries programs in a browser's worker: takes the engine's bytes in base64 and which programs, answers with a row for each. */
import { loadEngine } from '#grader/sandbox/engine.ts'
import { hostNames, inSandbox } from './attempts.ts'

self.onmessage = async ({ data }: MessageEvent<{ engine: string; programs: number[] }>) => {
  const bytes = Uint8Array.from(atob(data.engine), (character) => character.charCodeAt(0))
  const engine = await loadEngine(bytes)
  const before = hostNames()
  for (const index of data.programs) {
    self.postMessage(JSON.stringify(inSandbox(engine, index, before)))
  }
  self.postMessage('')
}
