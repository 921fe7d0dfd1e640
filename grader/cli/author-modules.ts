/** Installs the hooks of `author-hooks.ts` in this thread, once. */
import * as module from 'node:module'
import { load, resolve } from './author-hooks.ts'

let isInstalled = false

export function serveAuthorModules(): void {
  if (isInstalled) return
  isInstalled = true
  // Synchronous hooks came with Node 22.15; the older kind runs them on a thread of its own.
  if (typeof module.registerHooks === 'function') module.registerHooks({ resolve, load })
  else module.register(new URL('./author-hooks.ts', import.meta.url))
}
