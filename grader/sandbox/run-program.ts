/** Runs one of the hostile programs to its end: the smallest host that a guest can have. */
import type { Engine } from './engine.ts'
import type { HostileProgram } from './hostile-programs.ts'
import type { ConsoleLine, Limits, Outcome } from './sandbox.ts'

export interface Ending {
  outcome: Outcome
  fuel: number
  console: ConsoleLine[]
}

/** `limits` overrule the program's own. */
export function runProgram(engine: Engine, program: HostileProgram, limits: Partial<Limits> = {}): Ending {
  const started = engine.start({ code: program.code, limits: { ...program.limits, ...limits } })
  if (!started.ok) {
    const { console, fuel, ...outcome } = started
    return { outcome, fuel, console }
  }
  const { guest } = started
  if (program.asynchronous !== true) {
    const outcome = guest.call('run', [])
    return { outcome, fuel: guest.fuelUsed(), console: guest.takeConsole() }
  }
  const turn = guest.begin('run', [])
  const ended = turn.trap ?? [...turn.settled, ...turn.stuck][0]?.outcome
  if (ended === undefined) throw new Error(`"${program.name}" waits for its host, and has none`)
  return { outcome: ended, fuel: guest.fuelUsed(), console: turn.console }
}
