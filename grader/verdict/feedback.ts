/**
 * What to tell the learner first, from a verdict that is otherwise complete.
 *
 * `blocking`: each check that failed, and before them the known mistake that the failures point to, or the two or three.
 * `advice`: what the advisory checks say, and what the compiler objects to although the file runs. `praise`: after a pass,
 * what the checks have to praise. Three pieces of praise or advice are read, thirty are not.
 */
import type { Exercise, Misconception } from './exercise.ts'
import { textsOf } from './exercise.ts'
import type { Sayable, Texts } from './said.ts'
import { keysOf, speak } from './say.ts'
import type { CheckResult, Feedback, Verdict } from './verdict.ts'

type Graded = Pick<Verdict, 'mode' | 'status' | 'checks' | 'diagnostics' | 'consoleTruncated'>

const GENTLE_MAX = 3

export function feedbackOf(verdict: Graded, exercise: Exercise): Feedback[] {
  let texts: Texts | undefined
  const about = (type: Feedback['type'], what: Sayable, more: Partial<Feedback> = {}): Feedback => ({
    type,
    message: speak(what, 'en', (texts ??= textsOf(exercise))),
    ...(typeof what !== 'string' && { said: what }),
    ...more,
  })
  const bad = verdict.checks.filter(({ status }) => status === 'fail' || status === 'error')
  const known = recognise(verdict, exercise)
  const [hint, ...otherHints] = new Set(known.map((one) => one.hint))
  return [
    ...(known.length > 0
      ? [about('blocking', inWords(known), hint !== undefined && otherHints.length === 0 ? { hint } : {})]
      : []),
    ...bad.filter(({ advisory }) => !advisory).map((check) => ofCheck('blocking', check)),
    ...advice().slice(0, GENTLE_MAX),
    ...praise().slice(0, GENTLE_MAX),
  ]

  function advice(): Feedback[] {
    const objections = verdict.diagnostics.filter(({ severity }) => severity === 'type').length
    return [
      ...(objections > 0 ? [about('advice', { key: 'grader.advice.types', params: { count: objections } })] : []),
      ...bad.filter(({ advisory }) => advisory).map((check) => ofCheck('advice', check)),
      ...(verdict.consoleTruncated ? [about('advice', { key: 'grader.advice.console' })] : []),
    ]
  }

  function praise(): Feedback[] {
    if (verdict.mode !== 'submit' || verdict.status !== 'pass') return []
    const passed = new Set(verdict.checks.filter(({ status }) => status === 'pass').map(({ name }) => name))
    return exercise.checks.checks.flatMap(({ name, praise: what }) =>
      what !== undefined && passed.has(name) ? [about('praise', what, { check: name })] : [],
    )
  }
}

const ofCheck = (type: Feedback['type'], { name, message = '', said, hint }: CheckResult): Feedback => ({
  type,
  message,
  ...(said?.message && { said: said.message }),
  check: name,
  ...(hint !== undefined && { hint }),
})

function inWords(known: readonly Misconception[]): Sayable {
  const [last, ...before] = known.map(({ name }): Sayable => ({ key: `mistake.${name}` })).reverse()
  const what = before.reduce((rest, first): Sayable => ({ key: 'grader.either', params: { first, rest } }), last!)
  return { key: known.length === 1 ? 'grader.recognised' : 'grader.recognised-among', params: { what } }
}

/** So many mistakes that look the same are told: who made one of them knows which. More are a list of guesses. */
export const ALIKE_MAX = 3

/** The known mistakes that fail exactly the checks that failed here, for the same reasons; none where they are too many. */
export function recognise({ mode, checks }: Graded, { misconceptions = [] }: Exercise): readonly Misconception[] {
  if (mode !== 'submit') return []
  const bad = checks.filter(({ status }) => status === 'fail' || status === 'error')
  if (bad.length === 0) return []
  const failed = bad.map(({ name }) => name).join('\n')
  const said = saidOf(bad)
  const alike = misconceptions.filter(
    (one) =>
      one.failed.join('\n') === failed && Object.entries(one.says ?? {}).every(([name, keys]) => said[name] === keys),
  )
  return alike.length <= ALIKE_MAX ? alike : []
}

/** What each of these checks says, in keys, where it says anything by key. */
export const saidOf = (checks: readonly CheckResult[]): Readonly<Record<string, string>> =>
  Object.fromEntries(checks.flatMap(({ name, said }) => (said?.message ? [[name, keysOf(said.message)]] : [])))
