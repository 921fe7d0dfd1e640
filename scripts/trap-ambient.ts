/**
 * The ban on ambient time and chance, at run time: in unit tests, code in cluster/ that asks the machine for the time,
 * for chance or for a timer throws where it asks. Lint and scripts/tidy.test.ts read what we wrote; this also catches
 * a package that cluster/ calls and that asks on its behalf.
 *
 * The guards look at the stack only when one of these functions is called, which simulated code never does: they cost
 * nothing in a loop of events. The innermost frame of ours decides, so that a step calling into grader/ (the engine's
 * host code) is judged by grader's own rules; tests themselves may time and sleep.
 */

/** The test runner loads our files from within our files, and times how long that takes: its own business. */
const RUNNER = /\/node_modules\/(?:@vitest|vite|vitest)\//

/** The project's top folder whose file called: the innermost frame beneath `root` that is not a package's. */
export function callerIn(stack: string, root: string): { folder: string; frame: string } | undefined {
  const inside = root.replaceAll('\\', '/') + '/'
  for (const line of stack.split('\n').slice(1)) {
    const frame = line.trim().replaceAll('\\', '/')
    if (RUNNER.test(frame)) return undefined
    const at = frame.indexOf(inside)
    if (at < 0 || frame.includes('/node_modules/') || frame.includes('/trap-ambient.ts')) continue
    const path = frame.slice(at + inside.length)
    return { folder: path.slice(0, path.indexOf('/')), frame: path.replace(/\)$/, '') }
  }
  return undefined
}

/** Throws when the caller is in cluster/ and is no test. */
function guard(what: string, remedy: string): void {
  const limit = Error.stackTraceLimit
  Error.stackTraceLimit = 30
  const stack = new Error('where').stack ?? ''
  Error.stackTraceLimit = limit
  const caller = callerIn(stack, process.cwd())
  if (caller?.folder !== 'cluster' || caller.frame.includes('.test.ts')) return
  throw new Error(`cluster/ must not use ${what}: ${remedy} (${caller.frame})`)
}

const TIME = 'the simulation has its own time, take context.now'
const CHANCE = 'two runs of one seed would differ, take context.random(stream)'
const TIMER = 'the simulation has its own timers, return a wake effect'

/** Puts a guard before a function of the host's. */
function trap<Holder extends object>(holder: Holder, name: keyof Holder & string, remedy: string): void {
  const real = holder[name] as unknown as (...args: unknown[]) => unknown
  const guarded = function (this: unknown, ...args: unknown[]): unknown {
    guard(name, remedy)
    return Reflect.apply(real, this, args)
  }
  Object.defineProperties(guarded, Object.getOwnPropertyDescriptors(real))
  Object.defineProperty(holder, name, { value: guarded, writable: true, configurable: true })
}

/** Sets all traps, once per test process. */
export function setTraps(): void {
  const mark = Symbol.for('clusterwright.trap-ambient')
  if (mark in globalThis) return
  Object.defineProperty(globalThis, mark, { value: true })
  trap(Math, 'random', CHANCE)
  trap(performance, 'now', TIME)
  trap(crypto, 'getRandomValues', CHANCE)
  trap(crypto, 'randomUUID', CHANCE)
  for (const name of ['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'] as const)
    trap(globalThis, name, TIMER)
  trap(Date, 'now', TIME)
  globalThis.Date = new Proxy(Date, {
    construct(target, args: [], newTarget) {
      if (args.length === 0) guard('new Date()', TIME)
      return Reflect.construct(target, args, newTarget)
    },
    apply(target) {
      guard('Date()', TIME)
      return target()
    },
  })
}

setTraps()
