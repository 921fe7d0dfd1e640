import { describe, expect, it } from 'vitest'
import type { Engine } from './engine.ts'
import { loadEngineNode } from './engine-node.ts'
import { hostilePrograms } from './hostile-programs.ts'
import type { HostileProgram } from './hostile-programs.ts'
import type { Outcome } from './sandbox.ts'

const engine = await loadEngineNode()

/** What a submission comes to, and the fuel it took. */
function outcomeOf(engine: Engine, { code, limits, asynchronous }: HostileProgram): { outcome: Outcome; fuel: number } {
  const started = engine.start({ code, limits })
  if (!started.ok) return { outcome: started, fuel: started.fuel }
  const { guest } = started
  if (asynchronous !== true) return { outcome: guest.call('run', []), fuel: guest.fuelUsed() }
  const turn = guest.begin('run', [])
  const ended = turn.settled[0] ?? turn.stuck[0]
  return { outcome: turn.trap ?? ended!.outcome, fuel: guest.fuelUsed() }
}

describe('a hostile submission ends in the outcome that names it', () => {
  it.each(hostilePrograms.map((program) => [program.name, program] as const))('%s', (_name, program) => {
    const { outcome, fuel } = outcomeOf(engine, program)
    if (program.outcome === 'ok') return expect(outcome).toEqual({ ok: true, value: program.value })
    expect(outcome).toMatchObject({ ok: false, kind: program.outcome })
    if (outcome.ok) return
    if (program.message !== undefined) expect(outcome.message).toMatch(program.message)
    if (program.line !== undefined) expect(outcome.position?.line).toBe(program.line)
    expect(fuel).toBeLessThan(60_000_000)

    const next = engine.start({ code: 'export default { run: () => [1, 2].map((x) => x + 1) }' })
    expect(next.ok && next.guest.call('run', [])).toEqual({ ok: true, value: [2, 3] })
  })
})

describe('fuel is a property of the program', () => {
  it.each(hostilePrograms.map((program) => [program.name, program] as const))('%s', (_name, program) => {
    const first = outcomeOf(engine, program)
    expect(outcomeOf(engine, program)).toEqual(first)
    expect(first.fuel).toBeGreaterThan(0)
  })
})
