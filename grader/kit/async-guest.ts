/** The guest side of asynchronous code with one host object as its last argument: an IPAM plugin and its store, for example. */
import type { GuestShape } from './guest-shape.ts'

/** Which functions the default export must have, and what the host object offers. */
export interface AsyncGuestSpec {
  /** `add`, `del` … */
  readonly functions: readonly string[]
  /** Names of the host object's methods: `lock`, `reserve` … All return promises. */
  readonly methods: readonly string[]
}

/** First argument of `defineChecks`; the guests are then run by an `AsyncHost`. */
export function asyncGuest({ functions, methods }: AsyncGuestSpec): GuestShape {
  const adapter = String.raw`
export default (learner, tools) => {
  const plugin = typeof learner === 'function' ? new learner() : learner
  const host = {}
  for (const method of ${JSON.stringify(methods)}) {
    host[method] = { [method]: (...given) => tools.request(method, ...given) }[method]
  }
  Object.freeze(host)
  const functions = {}
  for (const name of ${JSON.stringify(functions)}) {
    functions[name] = async (...given) => {
      if (typeof plugin[name] !== 'function') tools.notAFunction('The default export has no function "' + name + '".')
      return plugin[name](...given, host)
    }
  }
  return functions
}
`
  return { adapter }
}
