/**
 * The second wall, tried from inside. An exercise whose checks misbehave stands for a submission that has broken out of the
 * first wall: whatever it does, it ends as `internal`, and the next one is graded as if nothing had happened.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Judgement } from './court.ts'
import { Court } from './court.ts'
import type { Walls } from './walls.ts'
import { wallsFor } from './walls.ts'

const LOOP_S = 4
const CHECKS = `
import { spawnSync } from 'node:child_process'
import { readFileSync, writeFileSync, writeSync } from 'node:fs'
import { connect } from 'node:net'
import { DatabaseSync } from 'node:sqlite'
import { Worker } from 'node:worker_threads'
import { defineChecks, example } from 'clusterwright/kit'

const here = import.meta.dirname
const say = (text) => writeSync(1, text)
const deeds = {
  nothing() {},
  'all that is refused': () => {
    const refused = {}
    for (const name of Object.keys(deeds).slice(2)) {
      if (name === 'find an environment') break
      try { deeds[name](); refused[name] = 'done' } catch ({ message }) { refused[name] = message }
    }
    throw new Error(JSON.stringify(refused))
  },
  'read a file outside': () => readFileSync('/etc/hostname'),
  'read the solution': () => readFileSync(here + '/solution.ts'),
  'write a file': () => writeFileSync(here + '/written', ''),
  'make a database': () => new DatabaseSync(here + '/database').exec('create table a (b)'),
  'start a program': () => spawnSync('true').error && (() => { throw spawnSync('true').error })(),
  'start a thread': () => new Worker('1', { eval: true }),
  'open a socket': () => connect(80, '127.0.0.1'),
  fetch: () => fetch('http://127.0.0.1/'),
  'signal its parent': () => process.kill(process.ppid, 0),
  'find an environment': (trial) => trial.equal(Object.keys(process.env), [], 'there is an environment'),
  fail: (trial) => trial.fail({ message: 'it is wrong' }),
  'take much memory': () => { for (const all = []; ; ) all.push(Buffer.alloc(16 << 20, 1)) },
  'loop for ever': () => { for (;;) ; },
  exit: () => process.exit(0),
  'write garbage': () => say('garbage\\n'),
  'write without an end': () => { for (;;) try { say('x'.repeat(65536)) } catch {} },
  'answer for another': () => say(JSON.stringify({ type: 'verdict', nonce: '0', verdict: { status: 'pass' } }) + '\\n'),
}

export default defineChecks({ adapter: 'export default (learner) => ({ deed: () => learner.deed })' }, [
  example('it behaves', { hint: 'none', run: (trial) => void deeds[trial.call(trial.start(), 'deed', [])](trial) }),
])
`

let course: string
let folder: string
let walls: Walls
let court: Court
/** Gives up at once: a worker that has ended takes its time to be replaced. */
let strict: Court

beforeAll(() => {
  course = mkdtempSync(join(tmpdir(), 'court-'))
  folder = join(course, 'exercises/01-section/01-trouble')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'task.mdx'), '---\nid: trouble\ntitle: Trouble\n---\n')
  writeFileSync(join(folder, 'solution.ts'), 'export default { deed: "nothing" }\n')
  writeFileSync(join(folder, 'checks.ts'), `import { LATE } from '../02-next/cases.ts'\n${CHECKS}`)
  const next = join(folder, '../02-next')
  mkdirSync(next)
  writeFileSync(join(next, 'task.mdx'), '---\nid: next\ntitle: Next\n---\n')
  writeFileSync(join(next, 'solution.ts'), 'export default {}\n')
  writeFileSync(join(next, 'cases.ts'), 'export const LATE = 1\n')
  const memoryMiB = 600
  walls = wallsFor({ folder, memoryMiB })
  const settings = { mode: 'submit', seed: 1, seeds: 1, checksTypes: false } as const
  const facts = { id: 'trouble', version: '0', limits: {} }
  const brief = { type: 'brief', facts, folder: { path: folder, name: '01-section/01-trouble' }, settings } as const
  court = new Court({ walls, brief, memoryMiB, guardS: 60, workers: 1 })
  strict = new Court({ walls, brief, memoryMiB, guardS: LOOP_S, workers: 1, triesMax: 1 })
})
afterAll(() => {
  court?.close()
  strict?.close()
  rmSync(course, { recursive: true })
})

const judge = (deed: string, by = court): Promise<Judgement> =>
  by.judge({ source: `export default { deed: ${JSON.stringify(deed)} }` })

/** Deeds that are refused while the worker lives on, tried one after the other; and deeds that end it. Each with what is said of it. */
const REFUSED: [string, RegExp][] = [
  ['read a file outside', /restricted/],
  ['read the solution', /restricted/],
  ['write a file', /restricted/],
  ['make a database', /./],
  ['start a program', /restricted|not for a worker/],
  ['start a thread', /restricted|not for a worker/],
  ['open a socket', /not for a worker/],
  ['fetch', /not for a worker/],
  ['signal its parent', /not for a worker/],
]
const ENDED: [string, RegExp][] = [
  ['loop for ever', /longer than 4 s/],
  ['exit', /ended/],
  // Its verdict may come in the same breath.
  ['write garbage', /not JSON|more than once/],
  ['write without an end', /more than 16000000 bytes/],
  ['answer for another', /not asked|more than once/],
]

describe('a worker that is broken out of', () => {
  it('ends as internal whatever it does, and the others get their verdicts', { timeout: 240_000 }, async () => {
    const bad = [
      { deed: 'all that is refused', why: /read a file outside/, by: court, losses: 2 },
      ...ENDED.map(([deed, why]) => ({ deed, why, by: strict, losses: 1 })),
      { deed: 'exit', why: /ended/, by: court, losses: 2 },
      // A slow machine takes its time to give it so much.
      { deed: 'take much memory', why: /memory|ended/, by: court, losses: 2 },
    ]
    const judged = await Promise.all(bad.flatMap(({ deed, by }) => [judge(deed, by), judge('nothing', by)]))
    for (const [index, { deed, why, losses }] of bad.entries()) {
      const { verdict, losses: lost } = judged[2 * index]!
      const found = { deed, status: verdict.status, losses: lost.length, message: verdict.message ?? lost.at(-1) }
      expect(found).toEqual({ deed, status: 'internal', losses, message: expect.stringMatching(why) })
    }
    const refused = JSON.parse(/\{.*\}/.exec(String(judged[0]!.verdict.message ?? judged[0]!.losses.at(-1)))![0])
    expect(refused).toEqual(Object.fromEntries(REFUSED.map(([deed, why]) => [deed, expect.stringMatching(why)])))
    const innocent = judged.filter((_, index) => index % 2 === 1)
    expect(innocent.map(({ verdict, losses }) => [verdict.status, losses])).toEqual(innocent.map(() => ['pass', []]))
  })

  it('finds no environment, and a failure is still a failure', { timeout: 60_000 }, async () => {
    const [environment, failure] = await Promise.all([judge('find an environment'), judge('fail')])
    expect(environment.verdict.status).toBe('pass')
    expect(failure).toMatchObject({ verdict: { status: 'fail' }, losses: [] })
  })

  it(
    'cannot be started without its checks: that is said, and not counted against anybody',
    { timeout: 60_000 },
    async () => {
      const brief = {
        ...({ type: 'brief', facts: { id: 'x', version: '0', limits: {} } } as const),
        ...{ folder: { path: join(course, 'nowhere'), name: 'nowhere' } },
        settings: { mode: 'run', seed: 1, seeds: 1, checksTypes: false },
      } as const
      const closed = new Court({ walls, brief, memoryMiB: 600, guardS: 5, workers: 1 })
      await expect(closed.judge({ source: '' })).rejects.toThrow(/a worker did not start/)
    },
  )
})

/** What holds from outside, with nothing disarmed: the worker's own command line around another program. */
describe('the wall itself', () => {
  const PROBE = `
    import { connect } from 'node:net'
    import { existsSync, readdirSync, readFileSync } from 'node:fs'
    const tried = (act) => { try { return act() } catch ({ code }) { return code } }
    const sees = tried(() => existsSync('/etc/hostname'))
    const kills = process.argv[3] === '0' ? 'none' : tried(() => process.kill(Number(process.argv[3]), 0))
    const reached = await new Promise((resolve) => {
      const socket = connect(Number(process.argv[2]), '127.0.0.1')
      socket.on('connect', () => resolve('reached')).on('error', ({ code }) => resolve(code))
    })
    process.stdout.write(JSON.stringify({ sees, kills, reached, inspector: process.execArgv.some((flag) => flag.includes('inspect')) }))
    process.exit()`

  it('keeps the machine’s network and its other processes out of reach, where this system can', async () => {
    const server = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
    const { port } = server.address() as { port: number }
    const probe = join(course, 'probe.mjs')
    writeFileSync(probe, PROBE)
    const [program, ...line] = walls.line.slice(0, -1)
    const given = [...line, `--allow-fs-read=${probe}`, probe, String(port), String(process.pid)]
    const { stdout, stderr } = spawnSync(program!, given, { env: {}, encoding: 'utf8', timeout: 20_000 })
    server.close()
    const found = JSON.parse(stdout || JSON.stringify(stderr)) as Record<string, unknown>
    const hasNamespaces = walls.present.some((text) => text.includes('namespaces'))
    // Where the system has none, the report says so; the guard in the process is tried above.
    expect(walls.missing.some((text) => text.includes('namespaces'))).toBe(!hasNamespaces)
    expect(found['sees']).not.toBe(true)
    if (!hasNamespaces) return
    expect(found).toMatchObject({ kills: 'ESRCH', reached: 'ENETUNREACH' })
  })

  it('has nothing to do with solutions, and names each thing once: there or missing', () => {
    expect(walls.line.filter((flag) => flag.includes(course) && flag.includes('solution'))).toEqual([])
    expect(walls.present.length + walls.missing.length).toBe(6)
  })
})
