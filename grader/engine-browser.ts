/** The engine in a page or a worker: fetched once. `build-engine.ts` must have run before the page is built. */
import type { Engine } from './sandbox/engine.ts'
import { loadEngine } from './sandbox/engine.ts'

let loading: Promise<Engine> | undefined

/** The thread's one engine. Throws, and tries again at the next call, when it cannot be fetched. */
export function loadEngineInBrowser(): Promise<Engine> {
  loading ??= fetchEngine().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

async function fetchEngine(): Promise<Engine> {
  const response = await fetch(new URL('../.cache/engine/quickjs-metered.wasm', import.meta.url))
  if (!response.ok)
    throw new Error(`The engine cannot be fetched: the server answered ${response.status}. Reload the page.`)
  return loadEngine(await response.arrayBuffer())
}
