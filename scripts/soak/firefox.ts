/**
 * The same in a real Firefox as in this Node, one deed per seed: each program of the fuel table, honest and hostile, to the unit of
 * fuel; each story across components, to the hash of its trace; of each exercise the solution on a few seeds, the starter and one
 * wrong solution, to the digest and the fuel of each check. What they are graded from was compiled in Node: the site's compiler is
 * held against it in Chromium, by `verdicts`.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CheckSet } from '#grader/kit/checks.ts'
import { compileSubmission, factsOf, findExercises, loadExercise } from '#grader/cli/exercises-node.ts'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { tablePrograms } from '#grader/sandbox/fuel-table.ts'
import { allSubmissions } from '../../test/e2e/submissions.ts'
import { AskedFirefox } from '../firefox/asked-firefox.ts'
import { doDeed } from '../firefox/deeds.ts'
import type { Deed } from '../firefox/deeds.ts'
import { findFirefox } from '../firefox/firefox.ts'
import { workerScript } from '../firefox/worker-script.ts'
import { root } from '../set-up/run.mjs'
import { Refusal } from '../set-up/say.mjs'
import type { Soak } from '../soak.ts'

/** Of a submit. All 200 would be most of an hour. */
const FEW_SEEDS = 5

const deeds: { readonly name: string; readonly make: () => Deed }[] = [...submissions(), ...stories(), ...programs()]

function submissions() {
  const all = allSubmissions()
  return findExercises().flatMap((folder) => {
    const own = all.filter(({ exercise }) => exercise === folder.id)
    const wrong = own.find(({ file }) => file.startsWith('wrong/'))!
    return [own[0]!, own[1]!, wrong].map(({ file, source }) => ({
      name: `${folder.id}/${file}`,
      make: (): Deed => {
        const mode = file === 'starter.ts' ? 'run' : 'submit'
        const compiled = compileSubmission(source, false)
        return { type: 'submission', exercise: factsOf(folder), compiled, mode, seeds: FEW_SEEDS }
      },
    }))
  })
}

function stories() {
  const folder = join(root, 'cluster/scenarios')
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.txt'))
  return scripts.map((name) => ({
    name: `scenarios/${name}`,
    make: (): Deed => ({ type: 'story', script: readFileSync(join(folder, name), 'utf8') }),
  }))
}

function programs() {
  return tablePrograms.map(({ name }, index) => ({ name, make: (): Deed => ({ type: 'program', index }) }))
}

async function begin() {
  const path = findFirefox()
  if (path === undefined)
    throw new Refusal(
      'There is no Firefox here.',
      'Install one (Debian: apt-get install firefox-esr), or set FIREFOX to the path of one.',
    )
  const checks = new Map<string, CheckSet>()
  for (const folder of findExercises()) checks.set(folder.id, (await loadExercise(folder)).checks)
  return { checks, engine: await loadEngineNode(), firefox: await AskedFirefox.begin(path, await workerScript()) }
}

let begun: ReturnType<typeof begin> | undefined

export default {
  name: 'firefox',
  seeds: deeds.length,
  async run(seed) {
    const { name, make } = deeds[(seed - 1) % deeds.length]!
    const { checks, engine, firefox } = await (begun ??= begin())
    const deed = make()
    const there = firefox.ask(JSON.stringify(deed))
    const here = doDeed(deed, engine, (id) => checks.get(id)!)
    const found = await there
    return found === here ? undefined : `${name}: in Firefox ${firstDifference(found, here)}`
  },
  async close() {
    const firefox = await begun?.then((all) => all.firefox).catch(() => undefined)
    await firefox?.end()
    return undefined
  },
} satisfies Soak

/** Where two texts part, in short. */
function firstDifference(there: string, here: string): string {
  let at = 0
  while (there[at] === here[at]) at++
  const from = Math.max(0, at - 60)
  return `…${there.slice(from, at + 60)}… where Node has …${here.slice(from, at + 60)}…`
}
