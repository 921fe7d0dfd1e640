/** `grade` of a folder: what is done stays done, and an official verdict can be verified by anybody. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleOf, readBundle } from '../court/bundle.ts'
import type { Bundle } from '../court/bundle.ts'
import { killedBatch } from '../court/killed-batch.test-tools.ts'
import { runCommand } from './dispatch.ts'
import { findExercises, read } from './exercises-node.ts'

const { path: exercise } = findExercises().find(({ id }) => id === 'fit-filter')!
let folder: string
let submissions: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'grade-many-'))
  submissions = join(folder, 'submissions')
  mkdirSync(join(submissions, 'group'), { recursive: true })
  writeFileSync(join(submissions, 'right.ts'), read(exercise, 'solution.ts'))
  writeFileSync(join(submissions, 'group/empty.ts'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

const run = (...args: string[]) => runUntil(undefined, ...args)

/** Is interrupted, as by Ctrl-C, once that is said. */
async function runUntil(words: string | undefined, ...args: string[]) {
  const said = { out: '', err: '' }
  const interrupted = new AbortController()
  const stream = (to: 'out' | 'err') => ({
    write: (text: string) => {
      said[to] += text
      if (words !== undefined && text.includes(words)) setTimeout(() => interrupted.abort())
    },
  })
  const interruption = () => interrupted.signal
  const code = await runCommand(args, { out: stream('out'), err: stream('err'), interruption })
  return { code, ...said }
}

const quick = ['--mode', 'run', '--no-types', '--workers', '1']

describe('grade of a folder', () => {
  it('killed half-way and resumed comes to what an undisturbed one comes to', { timeout: 240_000 }, async () => {
    const options = { exercise: 'fit-filter', submissions: 8, killAt: [3], args: quick }
    expect(await killedBatch(options)).toEqual([])
  })

  it('refuses a folder of verdicts, resumes it, and says why it grades anew', { timeout: 120_000 }, async () => {
    const out = join(folder, 'out')
    const first = await run('grade', 'fit-filter', submissions, '--out', out, ...quick)
    expect(first).toMatchObject({ code: 1, out: expect.stringMatching(/1 {2}pass\n +1 {2}error\n +2 {2}in /) })
    const ledger = (): string[] => readFileSync(join(out, 'verdicts.jsonl'), 'utf8').split('\n').slice(0, -1)
    const [empty, right] = ledger()

    expect(await run('grade', 'fit-filter', submissions, '--out', out, ...quick)).toMatchObject({
      code: 2,
      err: expect.stringContaining('add --resume'),
    })

    writeFileSync(join(submissions, 'group/empty.ts'), 'export default {')
    const again = await run('grade', 'fit-filter', submissions, '--out', out, '--resume', ...quick)
    expect(again.err).toContain('graded anew: 1, because the file has changed')
    expect(again.err).toContain('1 of 2 have their verdict')
    expect(ledger()[0]).not.toBe(empty)
    expect(ledger()[1]).toBe(right)

    const line = ['grade', 'fit-filter', submissions, '--out', out, '--resume', ...quick, '--seed', '2']
    const others = await runUntil('graded anew', ...line)
    expect(others.err).toContain('graded anew: 2, because the seeds')
    expect(others).toMatchObject({ code: 130, err: expect.stringContaining('interrupted: 0 of 2 graded') })
  })

  it.each([
    [['--official', '--out', 'o', '--seed', '3'], /--seed does not go with --official/],
    [['--official', '--out', 'o', '--seeds', '3'], /--seeds does not go with --official/],
    [['--official', '--out', 'o', '--mode', 'run'], /--mode does not go with --official/],
    [['--official', '--out', 'o', '--no-types'], /--no-types does not go with --official/],
    [['--official'], /--out DIR/],
    [['--out', 'o', '--json'], /--json is for one file/],
    [['--out', 'o', '--workers', '0'], /--workers is "0"/],
    [['--out', 'o', '--memory', '100'], /needs 512 MiB/],
  ])('%j is a usage error', async (args, message) => {
    expect(await run('grade', 'fit-filter', submissions, ...args)).toMatchObject({
      code: 2,
      err: expect.stringMatching(message),
    })
  })
})

describe('an official verdict', () => {
  it('has a bundle that holds, and one that was tampered with does not', { timeout: 240_000 }, async () => {
    const [file, out] = [join(folder, 'wrong.ts'), join(folder, 'official')]
    writeFileSync(file, 'export default {}\n')
    expect((await run('grade', 'fit-filter', file, '--official', '--out', out)).code).toBe(1)
    const path = join(out, 'bundles/wrong.ts.json')
    const bundle = readBundle(readFileSync(path, 'utf8'))
    expect(bundle.settings).toEqual({ mode: 'submit', seed: 1, seeds: 200, checksTypes: true })
    expect(await run('verify', path)).toMatchObject({
      code: 0,
      out: expect.stringContaining(`holds: ${bundle.verdict.status}`),
    })

    writeFileSync(path, JSON.stringify({ ...bundle, source: read(exercise, 'solution.ts') }))
    expect(await run('verify', path)).toMatchObject({ code: 2, err: expect.stringContaining('it was changed') })

    // Somebody who knows how to compute the sums is found out by grading it again.
    const { file: name, settings, verdict } = bundle
    const forged: Bundle = bundleOf({ file: name, source: '', settings, verdict }, 'export default {\n')
    writeFileSync(path, JSON.stringify(forged))
    const found = await run('verify', path)
    expect(found).toMatchObject({
      code: 1,
      out: expect.stringMatching(/does not hold: verdict\.\S+: .* in the bundle, /),
    })
  })
})
