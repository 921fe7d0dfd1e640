import { describe, expect, it } from 'vitest'
import { loadEngineNode } from './engine-node.ts'
import { hostilePrograms } from './hostile-programs.ts'
import { runProgram } from './run-program.ts'

const engine = await loadEngineNode()
const table = hostilePrograms.map((program) => [program.name, program] as const)

describe('a hostile submission ends in the outcome that names it, and the next guest works', () => {
  it.each(table)('%s', (_name, program) => {
    const { outcome, fuel } = runProgram(engine, program)
    if (program.outcome === 'ok') expect(outcome).toEqual({ ok: true, value: program.value })
    else expect(outcome).toMatchObject({ ok: false, kind: program.outcome })
    if (!outcome.ok && program.message !== undefined) expect(outcome.message).toMatch(program.message)
    if (!outcome.ok && program.line !== undefined) expect(outcome.position?.line).toBe(program.line)
    expect(fuel).toBeGreaterThan(0)
    expect(fuel).toBeLessThan(60_000_000)

    const next = engine.start({ code: 'export default { run: () => [1, 2].map((x) => x + 1) }' })
    expect(next.ok && next.guest.call('run', [])).toEqual({ ok: true, value: [2, 3] })
  })
})

describe('the same program ends in the same way on the same unit of fuel', () => {
  const small = { fuelPerCall: 3_000_000 }
  it.each(table)('%s', (_name, program) => {
    expect(runProgram(engine, program, small)).toEqual(runProgram(engine, program, small))
  })
})
