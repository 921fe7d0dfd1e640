/**
 * The corpus of hostile programs, held to its outcomes. It runs twice at once: here, and backwards in a Node with another zone,
 * language and stack. Against Chromium it is held by test/e2e/same-everywhere.test.ts.
 */
import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { loadEngineNode } from './engine-node.ts'
import { fuelTable, tablePrograms, undisturbed } from './fuel-table.ts'
import type { FuelRow } from './fuel-table.ts'
import { hostileClasses, hostilePrograms } from './hostile/programs.ts'
import type { HostileProgram } from './hostile/program.ts'
import type { Ending } from './run-program.ts'

const program = fileURLToPath(new URL('fuel-table-node.ts', import.meta.url))

async function tableInAnotherNode(): Promise<FuelRow[]> {
  const { stdout } = await promisify(execFile)(process.execPath, ['--stack-size=2000', program, '--backwards'], {
    env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'es_ES.UTF-8', LC_ALL: 'es_ES.UTF-8' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(stdout) as FuelRow[]
}

let here: FuelRow[]
let there: FuelRow[]
let alone: Ending
beforeAll(async () => {
  const another = tableInAnotherNode()
  here = fuelTable(await loadEngineNode())
  alone = undisturbed(await loadEngineNode())
  there = await another
}, 180_000)

/** A third more than a whole budget: what a built-in does at once may go over it. */
const fuelMax = 66_000_000

function holdTo(program: HostileProgram, { outcome, fuel }: FuelRow): void {
  if (program.outcome === 'ok') expect(outcome).toEqual({ ok: true, value: program.value })
  else expect(outcome).toMatchObject({ ok: false, kind: program.outcome })
  if (!outcome.ok && program.message !== undefined) expect(outcome.message).toMatch(program.message)
  if (!outcome.ok && program.line !== undefined) expect(outcome.position?.line).toBe(program.line)
  expect(fuel).toBeGreaterThan(0)
  expect(fuel).toBeLessThan(fuelMax)
}

it('the corpus has at least 150 programs, none of which is there twice', () => {
  expect(hostilePrograms.length).toBeGreaterThanOrEqual(150)
  expect(new Set(tablePrograms.map(({ name }) => name)).size).toBe(tablePrograms.length)
  expect(new Set(tablePrograms.map(({ code }) => code)).size).toBe(tablePrograms.length)
})

describe.each(hostileClasses)('$name: each ends in the outcome that names it', ({ programs }) => {
  it.each(programs.map((one) => [one.name, one] as const))('%s', (_name, one) => {
    const index = tablePrograms.indexOf(one)
    holdTo(one, here[index]!)
    expect(here[index]!.next).toEqual(alone)
  })
})

it('each has the same outcome and the same fuel in another Node, where it ran after other programs', () => {
  expect(there).toEqual(JSON.parse(JSON.stringify(here)))
})
