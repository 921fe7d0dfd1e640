/** The fuel table in a browser's worker: takes the engine's bytes, answers with the rows as JSON. Bundled by `hosts.test.ts`. */
import { loadEngine } from './engine.ts'
import { fuelTable } from './fuel-table.ts'

self.onmessage = async (event: MessageEvent<ArrayBuffer>) => {
  try {
    self.postMessage(JSON.stringify(fuelTable(await loadEngine(event.data))))
  } catch (error) {
    self.postMessage(JSON.stringify({ failure: String(error) }))
  }
}
