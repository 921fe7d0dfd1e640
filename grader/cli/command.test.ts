import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import type { Verdict } from '../verdict/verdict.ts'
import { runCommand } from './command.ts'
import { findExercises } from './exercises-node.ts'

const command = fileURLToPath(new URL('clusterwright.ts', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'clusterwright-'))
afterAll(() => rmSync(folder, { recursive: true }))

async function run(...args: string[]) {
  let [stdout, stderr] = ['', '']
  const out = { write: (text: string) => (stdout += text) }
  const err = { write: (text: string) => (stderr += text) }
  const status = await runCommand(args, { out, err })
  return { status, stdout, stderr }
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

const exercise = findExercises().find(({ id }) => id === 'fit-filter')!

describe('clusterwright', () => {
  it.each([
    [[], /say what to do/],
    [['grad'], /there is no command "grad"; did you mean "grade"\?/],
    [['grade', 'fit-filtr', 'x.ts'], /there is no exercise "fit-filtr"; did you mean "fit-filter"\?/],
    [['grade', 'fit-filter'], /grade takes an exercise and a file/],
    [['grade', 'fit-filter', join(folder, 'none.ts')], /there is no file ".*none\.ts"/],
    [['grade', 'fit-filter', folder], /is a folder/],
    [['grade', 'fit-filter', command, '--seeds', 'many'], /--seeds is "many": write a whole number from 1/],
    [['grade', 'fit-filter', command, '--mode', 'fast'], /--mode is "fast": write run or submit/],
    [['check', 'nothing'], /there is no exercise "nothing"/],
    [['list', '--colour'], /--colour/],
  ] as [string[], RegExp][])('%j is a usage error that names the remedy', async (args, message) => {
    const { status, stderr, stdout } = await run(...args)
    expect([status, stdout]).toEqual([2, ''])
    expect(stderr).toMatch(message)
  })

  it('lists the exercises', async () => {
    const { status, stdout } = await run('list')
    expect(status).toBe(0)
    expect(stdout).toMatch(/^fit-filter\s+Does the Pod fit\? \(scheduler · 30 min\)$/m)
  })

  it('grades: 0 for a pass, and says the same as JSON', async () => {
    const { status, stdout } = await run(
      'grade',
      'fit-filter',
      join(exercise.path, 'solution.ts'),
      '--seeds',
      '3',
      '--json',
    )
    const verdict = JSON.parse(stdout) as Verdict
    expect([status, verdict.status, verdict.diagnostics]).toEqual([0, 'pass', []])
  })

  it('grades: 1 for a failure, with the story', async () => {
    const { status, stdout } = await run('grade', 'fit-filter', join(exercise.path, 'starter.ts'), '--mode', 'run')
    expect(status).toBe(1)
    expect(stdout).toMatch(/✗ .*\n {6}Pod .*\n {6}expected {2}.*\n {6}got {7}/)
    expect(stdout).not.toContain('\u001b[')
  })

  it('grades: 1 for what does not compile, with the line and a caret', async () => {
    const { status, stdout } = await run(
      'grade',
      'fit-filter',
      file('broken.ts', 'export default {\n  filter( {{{\n}\n'),
    )
    expect(status).toBe(1)
    expect(stdout).toMatch(/broken\.ts:\d+ │ .*\n\s+│ \s*\^/)
  })
})
