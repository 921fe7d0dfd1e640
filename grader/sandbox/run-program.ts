/** Runs one of the hostile programs to its end: the smallest host that a guest can have. */
import type { Engine } from './engine.ts'
import type { Guest } from './guest.ts'
import type { HostileProgram } from './hostile/program.ts'
import type { ConsoleLine, Limits, Outcome, Turn } from './sandbox.ts'

export interface Ending {
  outcome: Outcome
  fuel: number
  console: ConsoleLine[]
}

/** Answers that one program gets. What asks more often runs out of fuel first, or is never done. */
const ANSWERS_MAX = 100_000

/** Budgets in which a program comes to the same end sooner: what runs out need not be large to run out. */
function briefLimits({ outcome, limits }: HostileProgram): Partial<Limits> {
  const brief = { fuel: { fuelPerCall: 3_000_000 }, memory: { memoryBytes: 12 << 20 } }
  const own = outcome === 'fuel' || outcome === 'memory' ? brief[outcome] : {}
  return { ...own, ...limits }
}

/**
 * On brief budgets. Its machine is given back as a grader does, so that the next guest may get it.
 */
export function runProgram(engine: Engine, program: HostileProgram): Ending {
  const started = engine.start({
    code: program.code,
    limits: briefLimits(program),
    ...(program.hostMethods && { hostMethods: program.hostMethods }),
  })
  if (!started.ok) {
    const { console, fuel, ...outcome } = started
    return { outcome, fuel, console }
  }
  const { guest } = started
  const { outcome, console } = program.asynchronous === true ? runTask(program.name, guest) : runCall(guest)
  const ending = { outcome, fuel: guest.fuelUsed(), console }
  engine.release(guest)
  return ending
}

function runCall(guest: Guest): Pick<Ending, 'outcome' | 'console'> {
  const outcome = guest.call('run', [])
  // What a call leaves to its jobs may use up the budget, too; then the call's own answer counts for nothing.
  return { outcome: guest.trap ?? outcome, console: guest.takeConsole() }
}

/** Each request is answered with its arguments, in the order in which they came. */
function runTask(name: string, guest: Guest): Pick<Ending, 'outcome' | 'console'> {
  let turn: Turn = guest.begin('run', [])
  const console = [...turn.console]
  const waiting = [...turn.requests]
  for (let answers = 0; answers < ANSWERS_MAX; answers++) {
    const ended = turn.trap ?? [...turn.settled, ...turn.stuck][0]?.outcome
    if (ended !== undefined) return { outcome: ended, console }
    const next = waiting.shift()
    if (next === undefined) break
    turn = guest.deliver(next.id, { value: next.args })
    waiting.push(...turn.requests)
    console.push(...turn.console)
  }
  throw new Error(`"${name}" is not done, and nothing is left to answer: is it about waiting for ever?`)
}
