/**
 * What the course promises about determinism, held against another engine build in another host: the same story is the same
 * event for event, and the same program costs the same fuel, in this Node and in a worker of Chromium.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { buildMeteredEngine } from '#grader/sandbox/build-engine.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { fuelTable } from '#grader/sandbox/fuel-table.ts'
import { root } from '../../scripts/set-up/run.mjs'
import { useBrowser } from './harness.ts'
import { tellStory } from './told-story.ts'
import type { ToldStory } from './told-story.ts'
import { runInWorker } from './worker-bundle.ts'

const browser = useBrowser()
const folder = join(root, 'cluster/scenarios')
const stories = readdirSync(folder).filter((name) => name.endsWith('.txt'))

const inChromium = (script: string, seed?: number): Promise<ToldStory> =>
  runInWorker(browser(), new URL('story-worker.ts', import.meta.url), { script, seed })

describe('a cluster story', () => {
  it.each(stories)('%s has the same trace in Node and in Chromium, wherever one goes back to', async (name) => {
    const script = readFileSync(join(folder, name), 'utf8')
    const there = await inChromium(script)
    expect(there).toEqual(tellStory(script, undefined))
    expect(there.tick).toBeGreaterThan(10)
    expect(new Set(there.sought).size).toBe(there.sought.length)
  })

  it('has another trace with another seed, and that one is the same in both, too', async () => {
    const script = readFileSync(join(folder, 'node-goes-dark.txt'), 'utf8')
    const there = await inChromium(script, 4711)
    expect(there).toEqual(tellStory(script, 4711))
    expect(there.hash).not.toBe(tellStory(script, undefined).hash)
  })
})

/** All of them are handed in, in both, by `npm run grader:hostile`. */
const EVERY = 3

it(
  'each honest program of the fuel table, and each third hostile one, has the same outcome and fuel in Node and in Chromium',
  { timeout: 180_000 },
  async () => {
    const engine = Buffer.from(buildMeteredEngine()).toString('base64')
    const there = await runInWorker(browser(), new URL('fuel-worker.ts', import.meta.url), { engine, every: EVERY })
    const here = fuelTable(await loadEngineNode(), { every: EVERY })
    expect(here.length).toBeGreaterThan(20)
    expect(there).toEqual(JSON.parse(JSON.stringify(here)))
  },
)
