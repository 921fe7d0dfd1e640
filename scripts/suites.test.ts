import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DEAREST } from './dearest-first.ts'
import { root } from './set-up/run.mjs'
import { byClosingLine, countVitest, steps, suites, wholeBudgetS } from './suites.mjs'

it('the whole has fifteen minutes, and no suite has more than half of it', () => {
  expect(wholeBudgetS).toBeLessThanOrEqual(15 * 60)
  for (const { name, budgetS } of suites) expect(budgetS, name).toBeLessThanOrEqual(wholeBudgetS / 2)
})

it('each suite has a name of its own', () => {
  expect(new Set(suites.map(({ name }) => name)).size).toBe(suites.length)
})

it('each suite has its place in one step', () => {
  expect(steps.flat(2).toSorted()).toEqual(suites.map(({ name }) => name).toSorted())
})

it('each test file that begins early is there', () => {
  expect(DEAREST.filter((path) => !existsSync(join(root, path)))).toEqual([])
})

const file = (status: string, ...tests: [name: string, status: string][]): object => ({
  name: 'a.test.ts',
  status,
  assertionResults: tests.map(([fullName, outcome]) => ({ fullName, status: outcome })),
})

describe('vitest’s report is counted so that', () => {
  it.each<[string, object, number, string[]]>([
    ['passed tests pass', { success: true, numPassedTests: 1, testResults: [file('passed', ['a', 'passed'])] }, 1, []],
    [
      'a failed test fails',
      { success: false, numPassedTests: 0, testResults: [file('failed', ['a', 'failed'])] },
      0,
      ['a'],
    ],
    [
      'a skipped test fails',
      { success: true, numPassedTests: 0, testResults: [file('passed', ['a', 'skipped'])] },
      0,
      ['a (skipped: what is missing is a failure)'],
    ],
    [
      'a file that cannot be loaded fails',
      { success: false, numPassedTests: 0, testResults: [file('failed')] },
      0,
      ['a.test.ts (could not be run)'],
    ],
    [
      'an error outside any test fails',
      { success: false, numPassedTests: 1, testResults: [file('passed', ['a', 'passed'])] },
      1,
      ['vitest itself (an error outside any test)'],
    ],
  ])('%s', (_, report, passed, failures) => {
    expect(countVitest(report)).toEqual({ passed, failed: failures.length, failures })
  })
})

describe('a program’s closing line is counted so that', () => {
  const ended = (output: string, code: number) => ({ output, code, milliseconds: 1 })

  it.each<[string, string, number, number, number]>([
    ['the last one counts', '1 passed, 0 failed\n12 passed, 0 failed\n', 0, 12, 0],
    ['failures are failures', '3 passed, 2 failed\n', 1, 3, 2],
    ['a line that says all is well does not hide an exit code', '3 passed, 0 failed\n', 3, 3, 1],
    ['no line at all is a failure', 'done\n', 0, 0, 1],
  ])('%s', (_, output, code, passed, failed) => {
    expect(byClosingLine('check')(ended(output, code))).toMatchObject({ passed, failed })
  })
})
