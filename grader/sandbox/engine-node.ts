/** The engine in Node: reads the metered module from the cache, and builds it there when it is missing. */
import { buildMeteredEngine } from './build-engine.ts'
import { loadEngine } from './engine.ts'
import type { Engine } from './engine.ts'

let loading: Promise<Engine> | undefined

/** The process's one engine. Guests of one engine share nothing but compiled code. */
export function loadEngineNode(): Promise<Engine> {
  loading ??= loadEngine(buildMeteredEngine())
  return loading
}
