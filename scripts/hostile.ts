/**
 * `npm run grader:hostile [-- class …]`: tries every hostile program alone in the sandbox of this Node, of a real Chromium and,
 * where there is one, of a real Firefox, and handed in to the graders of all exercises, and prints a table. The exit code is 1 when one of them escapes, passes,
 * hangs, disturbs the next run, ends otherwise than it must, or costs other fuel in the other host.
 *
 * A class is named by words of its name: `npm run grader:hostile -- forged proxy`. What the wall is made of, and what it does
 * not cover: grader/sandbox/THREATS.md.
 */
import { parseArgs } from 'node:util'
import { loadEngineNode } from '#grader/sandbox/engine-node.ts'
import { tablePrograms, undisturbed } from '#grader/sandbox/fuel-table.ts'
import { hostileClasses } from '#grader/sandbox/hostile/programs.ts'
import type { HostileClass } from '#grader/sandbox/hostile/program.ts'
import { launchChromium } from '../test/e2e/chromium.ts'
import { findFirefox } from './firefox/firefox.ts'
import type { SandboxRow, SubmissionRow } from './hostile/attempts.ts'
import { chromiumLane } from './hostile/chromium-lane.ts'
import { firefoxLane } from './hostile/firefox-lane.ts'
import { nodeLane } from './hostile/node-lane.ts'
import { countClass, printTable } from './hostile/table.ts'
import { workOff } from './hostile/work-off.ts'
import type { Entry, Lane } from './hostile/work-off.ts'

/** Nothing takes so long, even where four others are at work; and the engine has to start within it, too. */
const SILENCE_MS = 60_000

function classesNamed(words: readonly string[]): readonly HostileClass[] {
  if (words.length === 0) return hostileClasses
  const chosen = hostileClasses.filter(({ name }) =>
    words.some((word) => name.toLowerCase().includes(word.toLowerCase())),
  )
  if (chosen.length > 0) return chosen
  const names = hostileClasses.map(({ name }) => `"${name}"`).join(', ')
  throw new Error(`No class of hostile programs has "${words.join('" or "')}" in its name: there are ${names}.`)
}

/** Shows how far all lanes are: over one line of a terminal, or now and then. */
function progressOf(total: number) {
  const done = new Map<string, number>()
  let shown = 0
  return (name: string) => (count: number) => {
    done.set(name, count)
    const sum = [...done.values()].reduce((a, b) => a + b, 0)
    if (!process.stderr.isTTY && sum < total && sum < shown + total / 10) return
    shown = sum
    const text = `  ${sum} of ${total} attempts`
    process.stderr.write(process.stderr.isTTY ? `\r${text}${sum === total ? '\n' : ''}` : `${text}\n`)
  }
}

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} })
  const classes = classesNamed(positionals)
  const programs = classes.flatMap((one) => one.programs).map((program) => tablePrograms.indexOf(program))
  console.log(`• ${programs.length} hostile programs, each in Node, in browsers, and handed in to every exercise …`)
  const began = performance.now()
  const firefoxPath = findFirefox()
  if (firefoxPath === undefined)
    console.log('  There is no Firefox here (apt-get install firefox-esr), so fuel is not compared with it.')
  const progress = progressOf((firefoxPath === undefined ? 3 : 4) * programs.length)
  const work = <Row>(lane: Lane<Row>): Promise<Entry<Row>[]> =>
    workOff(lane, programs.length, SILENCE_MS, progress(lane.name))
  const browser = await launchChromium()
  try {
    const handedIn = work(nodeLane<SubmissionRow>('handed in', { kind: 'handed in', programs }))
    const chromium = work(chromiumLane(browser, programs))
    const node = await work(nodeLane<SandboxRow>('in Node', { kind: 'alone', programs }))
    const firefox = firefoxPath === undefined ? undefined : await work(firefoxLane(firefoxPath, programs))
    const tried = [node, await chromium, await handedIn] as const
    const alone = JSON.parse(JSON.stringify(undisturbed(await loadEngineNode())))
    const counts = classes.map((one) =>
      countClass(
        one,
        (program) => {
          const at = programs.indexOf(tablePrograms.indexOf(program))
          return {
            ...{ node: tried[0][at]!, chromium: tried[1][at]!, handedIn: tried[2][at]! },
            ...(firefox && { firefox: firefox[at]! }),
          }
        },
        alone,
      ),
    )
    const { text, ok } = printTable(counts)
    for (const problem of counts.flatMap(({ problems }) => problems)) console.log(`  ✗ ${problem}`)
    const hosts = `Node, Chromium${firefox ? ' and Firefox' : ''}`
    console.log(
      `\n${text}\n\nfuel equal: in ${hosts}\n${ok ? '✓' : '✗'} in ${((performance.now() - began) / 1000).toFixed(0)} s`,
    )
    process.exitCode = ok ? 0 : 1
  } finally {
    await browser.close()
  }
}

main().catch((error: Error) => {
  console.error(`✗ ${error.message}`)
  process.exitCode = 1
})
