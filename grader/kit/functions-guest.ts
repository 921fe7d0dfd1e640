/** Synchronous functions of a learner's, asked by name: they get plain data and answer at once. */
import type { GuestShape } from './guest-shape.ts'

/**
 * First argument of `defineChecks`; `trial.call(guest, name, args)` then asks, `each` many times in one go. What `keep` has been
 * handed, `withKept` appends to what it asks: a list that is long and seldom changes goes in once.
 */
export function functionsGuest(functions: readonly string[]): GuestShape {
  const adapter = String.raw`
export default (learner, tools) => {
  const own = typeof learner === 'function' ? new learner() : learner
  const ask = (name, given) => {
    if (typeof own[name] !== 'function') tools.notAFunction('The default export has no function "' + name + '".')
    const answer = own[name](...given)
    if (typeof answer === 'object' && answer !== null && typeof answer.then === 'function')
      tools.wrongType(name + ' returned a Promise, but must answer at once: remove async and await.')
    return answer
  }
  let kept
  const functions = {
    each: (name, all) => all.map((given) => ask(name, given) ?? null),
    keep(value) {
      kept = value
    },
    withKept: (name, ...given) => ask(name, [...given, kept]),
  }
  for (const name of ${JSON.stringify(functions)}) functions[name] = (...given) => ask(name, given)
  return functions
}
`
  return { adapter }
}
