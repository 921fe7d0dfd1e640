/** The fuel table in another Node. Against Chromium it is held by test/e2e/same-everywhere.test.ts. */
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { loadEngineNode } from './engine-node.ts'
import { fuelTable } from './fuel-table.ts'
import type { FuelRow } from './fuel-table.ts'

const program = fileURLToPath(new URL('fuel-table-node.ts', import.meta.url))

function tableInAnotherNode(): FuelRow[] {
  const printed = execFileSync(process.execPath, ['--stack-size=2000', program], {
    env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'es_ES.UTF-8', LC_ALL: 'es_ES.UTF-8' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(String(printed)) as FuelRow[]
}

it('every program has the same outcome and the same fuel in a Node with another zone, language and stack', async () => {
  const here = fuelTable(await loadEngineNode())
  expect(tableInAnotherNode()).toEqual(JSON.parse(JSON.stringify(here)))
}, 120_000)
