/**
 * A batch that is killed in the middle, and begun again: it must come to what an undisturbed one comes to, with one verdict for
 * each submission. Run by a test on a few submissions, and by a soak on thousands.
 */
import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { findExercises } from '../cli/exercises-node.ts'
import { LEDGER } from './ledger.ts'
import type { Entry } from './ledger.ts'

const cli = fileURLToPath(new URL('../cli/clusterwright.ts', import.meta.url))

export interface KilledBatch {
  readonly exercise: string
  readonly submissions: number
  /** It is killed when so many have their line; with several, again after each resumption. */
  readonly killAt: readonly number[]
  /** Further arguments of `grade`. */
  readonly args: readonly string[]
  readonly say?: (line: string) => void
}

/** What was wrong, in lines; nothing when all held. */
export async function killedBatch(options: KilledBatch): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'killed-batch-'))
  const say = options.say ?? (() => undefined)
  try {
    const handedIn = join(folder, 'submissions')
    const names = writeSubmissions(handedIn, options)
    const line = (out: string, ...more: string[]) => [
      ...[cli, 'grade', options.exercise, handedIn, '--out', join(folder, out)],
      ...[...options.args, ...more],
    ]
    const whole = await ended(start(line('undisturbed')))
    say(`undisturbed: exit code ${whole}`)
    const killed = join(folder, 'killed')
    for (const [index, lines] of options.killAt.entries()) {
      const child = start(line('killed', ...(index > 0 ? ['--resume'] : [])))
      say(`killed with ${await killAt(child, join(killed, LEDGER), lines)} verdicts written`)
    }
    const resumed = await ended(start(line('killed', '--resume')))
    say(`resumed: exit code ${resumed}`)
    const codes = whole === 1 && resumed === 1 ? [] : [`exit codes ${whole} and ${resumed}, not 1 (some fail) and 1`]
    return [...codes, ...differences(names, join(folder, 'undisturbed', LEDGER), join(killed, LEDGER))]
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** No two are alike to the byte, so that nothing can be graded by what it resembles. */
function writeSubmissions(folder: string, { exercise, submissions }: KilledBatch): string[] {
  const { path } = findExercises().find(({ id }) => id === exercise)!
  const wrong = readdirSync(join(path, 'wrong')).filter((name) => name.endsWith('.ts'))
  const texts = ['solution.ts', 'starter.ts', ...wrong.map((name) => join('wrong', name))].map((name) =>
    readFileSync(join(path, name), 'utf8'),
  )
  return Array.from({ length: submissions }, (_, index) => {
    const name = `group-${index % 9}/${String(index).padStart(5, '0')}.ts`
    mkdirSync(join(folder, `group-${index % 9}`), { recursive: true })
    writeFileSync(join(folder, name), `${texts[index % texts.length]}\n// ${index}\n`)
    return name
  }).sort()
}

const start = (args: string[]): ChildProcess =>
  spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })

const ended = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve) => child.once('close', (code) => resolve(code)))

async function killAt(child: ChildProcess, ledger: string, lines: number): Promise<number> {
  const end = ended(child)
  let isOver = false
  void end.then(() => (isOver = true))
  while (!isOver && linesIn(ledger) < lines) await sleep(20)
  child.kill('SIGKILL')
  await end
  return linesIn(ledger)
}

const linesIn = (path: string): number => {
  if (!existsSync(path) || statSync(path).size === 0) return 0
  return readFileSync(path).reduce((count, byte) => (byte === 10 ? count + 1 : count), 0)
}

function differences(names: readonly string[], whole: string, killed: string): string[] {
  const [a, b] = [whole, killed].map((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as Entry),
  )
  const problems: string[] = []
  for (const [what, entries] of [
    ['undisturbed', a!],
    ['killed', b!],
  ] as const) {
    const files = entries.map(({ file }) => file)
    if (JSON.stringify(files) !== JSON.stringify(names))
      problems.push(`${what}: ${files.length} lines for ${names.length} submissions, or not in their order`)
    const aside = entries.filter(({ verdict }) => verdict.status === 'internal').length
    if (aside > 0) problems.push(`${what}: ${aside} are internal`)
  }
  const byFile = new Map(a!.map((entry) => [entry.file, JSON.stringify(entry.verdict)]))
  const other = b!.filter(({ file, verdict }) => byFile.get(file) !== JSON.stringify(verdict))
  if (other.length > 0) problems.push(`${other.length} verdicts differ, the first on ${other[0]!.file}`)
  return problems
}
