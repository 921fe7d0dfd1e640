import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { TestsVerdict } from '../verdict/tests-verdict.ts'
import { runCommand } from './dispatch.ts'
import { findExercises } from './exercises-node.ts'

const { path } = findExercises().find(({ id }) => id === 'fit-filter')!
const file = (name: string): string => join(path, name)

async function run(...args: string[]) {
  let [stdout, stderr] = ['', '']
  const out = { write: (text: string) => (stdout += text) }
  const err = { write: (text: string) => (stderr += text) }
  const status = await runCommand(['test-tests', ...args], { out, err, env: {} })
  return { status, stdout, stderr }
}

describe('test-tests', { timeout: 120_000 }, () => {
  it.each([
    [['fit-filter'], /takes an exercise and a file/],
    [['fit-filtr', 'x.ts'], /did you mean "fit-filter"\?/],
    [['fit-filter', file('none.ts')], /there is no file ".*none\.ts"/],
    [['fit-filter', path], /is a folder; name a file/],
    [['fit-filter', 'x.ts', '--agains', 'y.ts'], /did you mean "--against"\?/],
  ])('%j is refused', async (args, message) => {
    const { status, stderr } = await run(...args)
    expect(status).toBe(2)
    expect(stderr).toMatch(message)
  })

  it('prints the verdict as JSON, and ends with 1 where too little is caught', async () => {
    const { status, stdout } = await run('fit-filter', file('tests-starter.ts'), '--json')
    const verdict = JSON.parse(stdout) as TestsVerdict
    expect(status).toBe(1)
    expect(verdict).toMatchObject({ schema: 1, exercise: 'fit-filter', against: 'solutions', status: 'fail' })
    expect(verdict.caught.length).toBeGreaterThan(0)
    expect(verdict.caught.length + verdict.uncaught.reduce((sum, { count }) => sum + count, 0)).toBe(verdict.possible)
  })

  it('runs them against a file, and says it in words', async () => {
    const { status, stdout } = await run('fit-filter', file('tests-starter.ts'), '--against', file('solution.ts'))
    expect(status).toBe(0)
    expect(stdout).toMatch(/^pass {2}fit-filter\n/)
    expect(stdout).toMatch(/✓ half a CPU .* your code passes/)
    const wrong = await run('fit-filter', file('tests-starter.ts'), '--against', file('wrong/off-by-one.ts'))
    expect(wrong.status).toBe(1)
    expect(wrong.stdout).toMatch(/your example: Success\n +your code: Unschedulable: Insufficient cpu/)
  })
})
