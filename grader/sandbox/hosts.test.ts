import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'
import { expect, it } from 'vitest'
import { buildMeteredEngine } from './build-engine.ts'
import { loadEngineNode } from './engine-node.ts'
import { fuelTable } from './fuel-table.ts'
import type { FuelRow } from './fuel-table.ts'

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const chromiumPath = process.env['CHROMIUM'] ?? '/usr/bin/chromium'

function tableInAnotherNode(): FuelRow[] {
  const printed = execFileSync(process.execPath, ['--stack-size=2000', here('fuel-table-node.ts')], {
    env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'es_ES.UTF-8', LC_ALL: 'es_ES.UTF-8' },
    maxBuffer: 64 * 1024 * 1024,
  })
  return JSON.parse(String(printed)) as FuelRow[]
}

async function tableInChromium(): Promise<FuelRow[]> {
  const bundled = await build({
    entryPoints: [here('fuel-table-worker.ts')],
    bundle: true,
    write: false,
    format: 'iife',
  })
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  })
  try {
    const page = await browser.newPage()
    const engine = Buffer.from(buildMeteredEngine()).toString('base64')
    const answer = await page.evaluate(
      ([script, bytes]) =>
        new Promise<string>((resolve, reject) => {
          const worker = new Worker(URL.createObjectURL(new Blob([script!], { type: 'text/javascript' })))
          worker.onmessage = (event) => resolve(String(event.data))
          worker.onerror = (event) => reject(new Error(event.message))
          worker.postMessage(Uint8Array.from(atob(bytes!), (character) => character.charCodeAt(0)).buffer)
        }),
      [bundled.outputFiles[0]!.text, engine] as const,
    )
    return JSON.parse(answer) as FuelRow[]
  } finally {
    await browser.close()
  }
}

// A browser is provided for the end-to-end tests; where only Node is at hand, the unit tests compare two Nodes.
const hosts: [name: string, table: () => FuelRow[] | Promise<FuelRow[]>][] = [
  ['a Node with another zone, language and stack', tableInAnotherNode],
  ...(existsSync(chromiumPath) ? [['Chromium', tableInChromium] as [string, () => Promise<FuelRow[]>]] : []),
]

const tableHere = JSON.parse(JSON.stringify(fuelTable(await loadEngineNode()))) as FuelRow[]

it.each(hosts)(
  'every program has the same outcome and the same fuel here and in %s',
  { timeout: 120_000 },
  async (_, table) => {
    expect(await table()).toEqual(tableHere)
  },
)
