/**
 * The command lines of a recording, by two unmodified kubectl against the simulated cluster: what they print and how they end is what a
 * genuine cluster answered, or the difference has its reason in `differences.yaml`.
 *
 * `KUBECTL_TABLE=write npm test -- clients` writes the table of commands anew.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parse } from 'yaml'
import { speakOwn } from './own.ts'
import { masked, recorded, type Spoken, speak } from './transcript.ts'

type Why = 'server' | 'client' | 'cluster' | 'timing' | 'missing'

interface Difference {
  readonly command: string
  readonly in?: string
  readonly why: Why
  readonly note?: string
}

const HERE = import.meta.dirname
const TABLE = join(HERE, '../../../ports/kube-apiserver/COMMANDS.md')
const differences = parse(readFileSync(join(HERE, 'differences.yaml'), 'utf8')) as readonly Difference[]
const PROGRAMS: Readonly<Record<string, string | undefined>> = {
  '1.20': process.env['KUBECTL_1_20'],
  '1.36': process.env['KUBECTL_1_36'],
}
const VERSIONS = Object.keys(PROGRAMS)
const genuine = recorded()
/** Everything has come up before it is asked for. */
const SPEED = 4

let transcripts: readonly (readonly Spoken[])[] = []
beforeAll(async () => {
  transcripts = await Promise.all(VERSIONS.map((version) => transcriptOf(version)))
}, 300_000)

async function transcriptOf(version: string): Promise<readonly Spoken[]> {
  const program = PROGRAMS[version]
  if (!program) throw new Error(`kubectl ${version} is not named in the environment: npm test -- clients fetches it`)
  return speak(
    program,
    genuine.map(({ command }) => command),
    { speed: SPEED },
  )
}

const reasonOf = (command: string, version: string): readonly Difference[] =>
  differences.filter((row) => row.command === command && (row.in ?? version) === version)

const isEqual = (ours: Spoken, theirs: Spoken): boolean =>
  ours.code === theirs.code && masked(ours.output) === masked(theirs.output)

it('each reason is about a command of the recording', () => {
  const known = new Set(genuine.map(({ command }) => command))
  expect(differences.filter(({ command }) => !known.has(command))).toEqual([])
  expect(genuine.length).toBeGreaterThanOrEqual(120)
})

describe.each(VERSIONS)('kubectl %s', (version) => {
  it.each(genuine.map((theirs, index) => [theirs.command, index, theirs] as const))('%s', (command, index, theirs) => {
    const ours = transcripts[VERSIONS.indexOf(version)]![index]!
    const reasons = reasonOf(command, version)
    if (reasons.length === 0) {
      expect([masked(ours.output), ours.code]).toEqual([masked(theirs.output), theirs.code])
      return
    }
    // What need not be different may be equal one day.
    const mayBeEqual = reasons.some(({ why }) => why === 'timing' || why === 'missing')
    expect(mayBeEqual || !isEqual(ours, theirs)).toBe(true)
  })
})

/** Ours beside the newest real one, in the same cluster; a real one's clock is not the cluster's. */
const OWN = 'own'
const own = speakOwn(genuine.map(({ command }) => command))
const isEqualToReal = (mine: Spoken, real: Spoken): boolean =>
  mine.code === real.code && masked(mine.output) === masked(real.output).replaceAll('<invalid>', '<age>')

describe('our own kubectl beside the real one', () => {
  it('has most of the commands', () => {
    expect(own.filter(Boolean).length).toBeGreaterThan(100)
  })

  it.each(genuine.flatMap(({ command }, index) => (own[index] ? [[command, index] as const] : [])))(
    '%s',
    (command, index) => {
      const [mine, real] = [own[index]!, transcripts[VERSIONS.indexOf('1.36')]![index]!]
      const reasons = differences.filter((row) => row.command === command && row.in === OWN)
      if (reasons.length === 0)
        expect([masked(mine.output), mine.code]).toEqual([masked(real.output).replaceAll('<invalid>', '<age>'), real.code]) // prettier-ignore
      else expect(reasons[0]!.why === 'timing' || !isEqualToReal(mine, real)).toBe(true)
    },
  )
})

afterAll(() => {
  const tried = own.flatMap((mine, index) => (mine ? [[mine, transcripts[1]![index]!] as const] : []))
  const equal = tried.filter(([mine, real]) => isEqualToReal(mine, real)).length
  process.stdout.write(`our own kubectl beside 1.36: ${tried.length} tried, ${equal} equal\n`)
  for (const [at, spoken] of transcripts.entries()) {
    const version = VERSIONS[at]!
    const unequal = spoken.filter((ours, index) => !isEqual(ours, genuine[index]!))
    const counts = new Map<string, number>()
    for (const { command } of unequal) {
      const why = reasonOf(command, version)[0]?.why ?? 'unexplained'
      counts.set(why, (counts.get(why) ?? 0) + 1)
    }
    const reasons = [...counts].map(([why, count]) => `${why} ${count}`).join(', ')
    const line = `kubectl ${version}: ${spoken.length} tried, ${spoken.length - unequal.length} equal, ${unequal.length} different (${reasons})`
    process.stdout.write(`${line}\n`)
  }
  if (process.env['KUBECTL_TABLE'] === 'write' && transcripts.length > 0) writeFileSync(TABLE, tableOf())
})

function tableOf(): string {
  const cell = (ours: Spoken, theirs: Spoken, version: string): string => {
    if (isEqual(ours, theirs)) return 'yes'
    const [reason] = reasonOf(ours.command, version)
    const works = reason?.why !== 'missing'
    return `${works ? 'yes' : 'no'}: ${reason?.why ?? 'unexplained'}${reason?.note ? `, ${reason.note}` : ''}`
  }
  const rows = genuine.map((theirs, index) => {
    const cells = transcripts.map((spoken, at) => cell(spoken[index]!, theirs, VERSIONS[at]!))
    return `| \`${theirs.command.replaceAll('|', '\\|')}\` | ${cells.join(' | ')} |`
  })
  return `# Which commands work

Each line was given to an unmodified kubectl against a simulated cluster. \`yes\`: the answer is the one that a genuine Kubernetes 1.20 gave,
or differs for a reason that is not a lack of ours: our server is newer (server), kubectl 1.36 says it otherwise, or knows a command that
1.20 did not (client), other things are in the cluster (cluster), or it depends on the moment (timing). \`no\`: something that the command
needs is missing. Written by \`KUBECTL_TABLE=write npm test -- clients\`.

| Command | ${VERSIONS.map((version) => `kubectl ${version}`).join(' | ')} |
| --- | ${VERSIONS.map(() => '---').join(' | ')} |
${rows.join('\n')}
`
}
