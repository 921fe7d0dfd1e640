/** The sandbox's fuel table in a browser's worker: takes the engine's bytes in base64, answers with the rows. */
import { loadEngine } from '#grader/sandbox/engine.ts'
import { fuelTable } from '#grader/sandbox/fuel-table.ts'

self.onmessage = async ({ data }: MessageEvent<{ engine: string; every: number }>) => {
  const bytes = Uint8Array.from(atob(data.engine), (character) => character.charCodeAt(0))
  self.postMessage(JSON.stringify(fuelTable(await loadEngine(bytes), { every: data.every })))
}
