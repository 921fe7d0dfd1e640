import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compileSubmission, findExercises, loadExercise } from './exercises-node.ts'
import { retell } from '../kit/retell.ts'
import { loadEngineNode } from '../sandbox/engine-node.ts'
import type { Locale } from '../verdict/said.ts'
import { grade } from '../verdict/grade.ts'
import { LINES_MAX, stepOf, transcript } from './transcript.ts'

const engine = await loadEngineNode()

/** Grades a wrong solution by one check alone, and tells its failure again from the replay in the verdict. */
async function failureOf(id: string, wrong: string, name: string) {
  const folder = findExercises().find((one) => one.id === id)!
  const whole = await loadExercise(folder)
  const checks = whole.checks.checks.filter((check) => check.name === name)
  const exercise = { ...whole, checks: { ...whole.checks, checks } }
  const compiled = compileSubmission(readFileSync(`${folder.path}/wrong/${wrong}.ts`, 'utf8'))
  const [graded] = grade({ exercise, compiled, mode: 'submit', engine, seeds: 30 }).checks
  const replay = JSON.parse(JSON.stringify(graded!.replay)) as NonNullable<typeof graded>['replay']
  const told = retell(exercise, compiled.code, replay!, engine)
  return {
    graded: graded!,
    run: { ...told, exercise: id, result: told.result!, recorded: told.recorded!, texts: exercise.checks.texts },
  }
}

const options = (locale: Locale = 'en', width = 100) => ({ width, locale, paint: (text: string) => text })

const LATE = 'never more Pods than wanted, however late the cache'
const LOST = 'any answer may be lost, though the call was carried out'
const DIES = 'it may die after any call, and the clean-up leaves no leak'
const CROWD = 'several ADDs at once get different addresses, in turn'

describe('the transcript of a shrunk failure', () => {
  it('shows the two events whose order matters: the next look, and the news of the Pod', async () => {
    const { run } = await failureOf('replicaset', 'no-expectations', LATE)
    const lines = transcript(run, options())
    await expect(lines.join('\n')).toMatchFileSnapshot('testdata/transcripts/no-expectations.txt')
    expect(lines.length).toBeLessThan(40)
    const [first, second] = [lines.find((line) => line.endsWith('◀ 1')), lines.find((line) => line.endsWith('◀ 2'))]
    expect(first).toContain('lists Pod: 1')
    expect(second).toMatch(/hears: Pod web-\w+ is there/)
    expect(lines.indexOf(first!)).toBeLessThan(lines.indexOf(second!))
  })

  it.each([
    ['replicaset', 'lost-answer-is-a-failure', LOST],
    ['ipam-host-local', 'no-lock', CROWD],
    ['ipam-host-local', 'gc-rebuilds', DIES],
  ])('of %s, %s', async (id, wrong, name) => {
    const { run } = await failureOf(id, wrong, name)
    await expect(transcript(run, options()).join('\n')).toMatchFileSnapshot(`testdata/transcripts/${wrong}.txt`)
  })

  it('speaks Spanish', async () => {
    const { run } = await failureOf('ipam-host-local', 'no-lock', CROWD)
    const text = transcript(run, options('es')).join('\n')
    await expect(text).toMatchFileSnapshot('testdata/transcripts/no-lock.es.txt')
  })

  it('is the same run as in the verdict: same tick, same story, and again and again', async () => {
    const { graded, run } = await failureOf('replicaset', 'no-expectations', LATE)
    const { fuel: _fuel, seeds: _seeds, ...before } = graded
    const { fuel: _again, ...after } = run.result
    expect(after).toEqual(before)
  })

  it.each([60, 80, 100, 160])('keeps within %i columns and a screen', async (width) => {
    for (const name of [LATE, 'Pods of others are never touched']) {
      const { run } = await failureOf('replicaset', 'no-expectations', name)
      const lines = transcript(run, options('en', width))
      expect(lines.length).toBeLessThanOrEqual(LINES_MAX)
      expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(width)
    }
  })

  it('goes step by step: what an event changed, and what is there', async () => {
    const { run } = await failureOf('replicaset', 'no-expectations', LATE)
    const made = run.recorded.events.findIndex(({ news }) => news?.endsWith('web-#1 added'))
    const text = stepOf(run, made + 1, options()).join('\n')
    await expect(text).toMatchFileSnapshot('testdata/transcripts/no-expectations.step.txt')
    expect(() => stepOf(run, 9999, options())).toThrow('there is no event 9999: the run has')
  })
})
