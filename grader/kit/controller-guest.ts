/**
 * The guest side of a learner's controller: `reconcile(request, client, ctx)` with a client whose calls are requests to the
 * host. Each answer carries the virtual time, so that `ctx.now()` needs no call of its own. Objects of the cache cross the wall
 * once per version: they are frozen, so that handing over the same one again shows the learner nothing else.
 */
import type { GuestShape } from './guest-shape.ts'

const adapter = String.raw`
export default (learner, tools) => {
  const controller = typeof learner === 'function' ? new learner() : learner
  let now = 0
  let counter = 1

  // Objects of the cache by key. A key that no object follows is the object that was sent before.
  const known = new Map()
  function fromCache({ cached, isList }) {
    const found = []
    for (let at = 0; at < cached.length; at++) {
      const key = cached[at]
      const next = cached[at + 1]
      if (typeof next === 'object') { known.set(key, next); at++ }
      found.push(known.get(key))
    }
    return isList ? Object.freeze(found) : found[0]
  }

  const ask = (method, ...given) => tools.request(method, ...given).then(
    (answer) => { now = answer.now; return answer.cached === undefined ? answer.value : fromCache(answer) },
    (error) => {
      if (typeof error.now === 'number') { now = error.now; delete error.now }
      throw error
    },
  )
  const client = Object.freeze({
    get: (kind, key, options) => ask('get', kind, key, options),
    list: (kind, options) => ask('list', kind, options),
    create: (object) => ask('create', object),
    update: (object) => ask('update', object),
    updateStatus: (object) => ask('updateStatus', object),
    patch: (kind, key, patch) => ask('patch', kind, key, patch),
    delete: (kind, key, options) => ask('delete', kind, key, options),
  })
  const ctx = Object.freeze({
    now: () => now,
    random() {
      counter = (counter + 0x6d2b79f5) >>> 0
      let x = Math.imul(counter ^ (counter >>> 15), counter | 1)
      x ^= x + Math.imul(x ^ (x >>> 7), x | 61)
      return ((x ^ (x >>> 14)) >>> 0) / 4294967296
    },
  })

  function resultOf(value) {
    if (value === undefined || value === null) return {}
    if (typeof value !== 'object' || Array.isArray(value)) {
      tools.wrongType('reconcile returned ' + (typeof value === 'object' ? 'an array' : String(value)) + ': return nothing or {requeueAfterMs}.')
    }
    const after = value.requeueAfterMs
    if (after === undefined || after === null) return {}
    if (typeof after !== 'number' || !(after >= 0) || after === Infinity) {
      tools.wrongType('reconcile returned requeueAfterMs ' + String(after) + ': it must be a number of milliseconds, 0 or more.')
    }
    return { requeueAfterMs: after }
  }

  return {
    boot(seed) { counter = seed >>> 0 },
    async reconcile(request, at) {
      now = at
      if (typeof controller.reconcile !== 'function') tools.notAFunction('The default export has no function "reconcile".')
      return resultOf(await controller.reconcile(request, client, ctx))
    },
  }
}
`

/** How a learner's controller is taken in: first argument of `defineChecks`. */
export function controllerGuest(): GuestShape {
  return { adapter }
}
