/** What is said where something else is asked or answered than the reference would. */
import { type Finding, type PipelineRecord, show, type Trial } from 'clusterwright/kit'
import { type Case, isWrite, type SeveralCase } from './cases.ts'
import { type Asked, type Expected, UNKNOWN, walk } from './reference.ts'
import { requestOf, run, runSeveral, Server, settingsOf } from './server.ts'
import { say } from './texts.ts'

function expectedOf({ throwsAt: _, broken: __, ...plan }: Case): Expected {
  const server = new Server(plan)
  return walk(requestOf(plan), settingsOf(plan), (asked) => server.answerTo(asked))
}

function text(value: unknown): string {
  return JSON.stringify(value, (_, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  )
}

/** Groups are a set, and what is undefined is absent. */
function canonical({ part, args }: Asked): string {
  const [first, second] = args as [any, any]
  const about = part === 'authorize' ? first : part === 'admit' ? second : undefined
  if (!Array.isArray(about?.user?.groups)) return text([part, args])
  const sorted = { ...about, user: { ...about.user, groups: [...new Set(about.user.groups)].sort() } }
  return text([part, part === 'authorize' ? [sorted] : [first, sorted]])
}

/** `admit LimitRanger`. */
export const inWords = ({ part, args }: Asked): string =>
  part === 'admit' || part === 'uidOf' ? `${part} ${show(args[0])}` : part
const hintOf = (part: string): string =>
  part === 'verify' || part === 'uidOf'
    ? 'who'
    : part === 'authorize'
      ? 'may'
      : part === 'write' || part === 'remove'
        ? 'once'
        : 'admit'

/** The calls, held against the steps. `mayStop`: others may come yet, or need not. */
function judgeCalls({ steps, answer }: Expected, made: readonly Asked[], mayStop: boolean): Finding | undefined {
  let at = 0
  for (const step of steps) {
    const left = step.map(canonical)
    // In the last step the first “no” may end it.
    const isLast = step === steps.at(-1)
    for (let count = 0; count < step.length; count++) {
      const call = made[at]
      if (!call) {
        if (mayStop || (isLast && count > 0 && step.length > 1)) return undefined
        return {
          message: say('not-asked', { what: inWords(step[count]!) }),
          ...sequence(steps, made),
          hint: hintOf(step[count]!.part),
        }
      }
      const index = left.indexOf(canonical(call))
      // Where the first lookup fails, nobody needs the second.
      if (index < 0) return wrongCall(step, call, steps, made)
      left.splice(index, 1)
      at++
    }
  }
  const more = made[at]
  if (!more) return undefined
  const message = say(answer ? 'asked-too-much' : 'asked-too-early', { what: inWords(more) })
  return { message, ...sequence(steps, made), hint: hintOf(more.part) }
}

const sequence = (steps: Expected['steps'], made: readonly Asked[]): { expected: string; actual: string } => ({
  expected: steps.flat().map(inWords).join(', ') || '-',
  actual: made.map(inWords).join(', ') || '-',
})

function wrongCall(step: readonly Asked[], call: Asked, steps: Expected['steps'], made: readonly Asked[]): Finding {
  const same = step.find((one) => inWords(one) === inWords(call))
  const hint = hintOf(step[0]!.part)
  if (!same)
    return {
      message: say('other-call', { what: inWords(call), wanted: inWords(step[0]!) }),
      ...sequence(steps, made),
      hint,
    }
  return {
    message: say('other-question', { what: inWords(call) }),
    ...{ expected: show(same.args), actual: show(call.args), values: { expected: same.args, actual: call.args } },
    hint,
  }
}

/** One request: what it was, what was asked for it, and what has come of it. */
interface Run {
  readonly verb: string
  readonly isDry: boolean
  /** What its credentials are, in a word. */
  readonly token: string
  readonly made: readonly Asked[]
  /** Whether the authorizer would let it pass. */
  readonly mayPass: boolean
  readonly expected: Expected
  /** A part was out of order. */
  readonly isThrown: boolean
  /** It has come to its end, with this answer. */
  readonly ended?: { readonly answer: unknown }
}

/** Who is let in that should not be, and who is kept out. */
function judgeGates({ expected: { answer }, token, mayPass, made }: Run, code: unknown): Finding | undefined {
  const goesOn = made.find(({ part }) => part !== 'verify' && part !== 'uidOf')
  const params = { token }
  if (answer?.code === 401 && goesOn)
    return { message: say('token-passes', params), expected: '401', actual: inWords(goesOn), hint: 'who' }
  if (answer?.code !== 401 && code === 401 && !goesOn)
    return { message: say('token-refused', params), expected: 'authorize', actual: '401', hint: 'who' }
  const past = made.find(({ part }) => part !== 'verify' && part !== 'uidOf' && part !== 'authorize')
  if (answer?.code === 401 || mayPass || !past || !made.some(({ part }) => part === 'authorize')) return undefined
  return { message: say('forbidden-passes'), expected: '403', actual: inWords(past), hint: 'may' }
}

function judgeRun(run: Run): Finding | undefined {
  const { expected, isThrown, ended } = run
  const { code } = (ended?.answer ?? {}) as { code?: unknown }
  const gate = judgeGates(run, isThrown ? undefined : code)
  if (gate) return gate
  // In which order a token is examined is nobody’s business.
  const isRefused = expected.answer?.code === 401 && expected.steps.length === 1
  const made = isRefused ? run.made.filter(({ part }) => part !== 'uidOf') : run.made
  const finding = judgeCalls(expected, made, isThrown || !ended)
  if (finding || !ended) return finding
  return judgeAnswer(run, ended.answer, code)
}

function judgeAnswer({ expected, isThrown, verb, isDry }: Run, answer: unknown, code: unknown): Finding | undefined {
  const [last] = expected.steps.at(-1) ?? []
  const hint = last ? hintOf(last.part) : 'who'
  if (!isThrown && !expected.answer)
    return { message: say('not-waited', { what: inWords(last!) }), ...sequence(expected.steps, []), hint }
  const right = isThrown ? 500 : expected.answer!.code
  if (code !== right)
    return {
      message: say(isThrown ? 'broken' : 'other-code', { verb }),
      ...{ expected: String(right), actual: code === undefined ? show(answer) : JSON.stringify(code) },
      hint: isThrown ? 'once' : right === 401 ? 'who' : right === 403 ? 'may' : 'admit',
    }
  if (isThrown) return undefined
  const told = answer as NonNullable<Expected['answer']>
  const { reason, object, items } = expected.answer!
  if (reason !== undefined && right !== 422 && told.reason !== reason)
    return { message: say('other-reason'), expected: show(reason), actual: show(told.reason), hint }
  if (right >= 400) return undefined
  for (const [wanted, given] of [
    [object, told.object],
    [items, told.items],
  ] as const) {
    if (text(wanted ?? null) === text(given ?? null)) continue
    return {
      message: say(isDry ? 'other-dry' : 'other-answer'),
      ...{ expected: show(wanted), actual: show(given), values: { expected: wanted, actual: given } },
      hint: 'once',
    }
  }
  return undefined
}

// ── in the server of a few words ────────────────────────────────────────────────────────────────────────────────────

export function judge(trial: Trial<any>, plan: Case): void {
  const { server, outcome } = run(trial, plan)
  const { throwsAt } = plan
  if (throwsAt !== undefined && server.asked.length > throwsAt && !isPair(server.asked, throwsAt))
    trial.fail({ message: say('went-on'), expected: '500', actual: inWords(server.asked[throwsAt]!), hint: 'once' })
  if ('threw' in outcome)
    return trial.fail({ message: say('threw'), expected: '500', actual: outcome.threw, hint: 'once' })
  judgeOne(trial, plan, server, outcome.value)
}

/** Each of them as if it were alone. */
export function judgeSeveral(trial: Trial<any>, several: SeveralCase): void {
  const ran = runSeveral(trial, several)
  several.requests.forEach((plan, index) => judgeOne(trial, plan, ran[index]!.server, ran[index]!.value))
}

function judgeOne(trial: Trial<any>, plan: Case, server: Server, answer: unknown): void {
  const { verb, token, dryRun = false, allowed, throwsAt } = plan
  const finding = judgeRun({
    ...{ verb, token, made: server.asked, mayPass: allowed, expected: expectedOf(plan), ended: { answer } },
    isDry: dryRun && isWrite(verb),
    isThrown: throwsAt !== undefined && server.asked.length >= throwsAt,
  })
  if (finding) trial.fail(finding)
}

/** What breaks among the two lookups, which may be asked at once, ends it only when both have come back. */
const isPair = (made: readonly Asked[], at: number): boolean =>
  made[at - 1]?.part === 'uidOf' && made[at]?.part === 'uidOf' && made.length === at + 1

// ── in the API server ───────────────────────────────────────────────────────────────────────────────────────────────

/** As far as it has come: the answers of the parts are the server’s own. */
export function judgeRecord({ who, request, settings, calls, result }: PipelineRecord): Finding | undefined {
  const left = calls.map((call) => ({ call, sign: canonical(call) }))
  const expected = walk(request, settings, (asked) => {
    const sign = canonical(asked)
    const index = left.findIndex((one) => one.sign === sign)
    const [found] = index < 0 ? [] : left.splice(index, 1)
    const answer = found?.call.answer
    return answer && 'value' in answer ? answer.value : UNKNOWN
  })
  const threw = calls.findIndex(({ answer }) => answer !== undefined && 'threw' in answer)
  const isThrown = threw >= 0
  const after = calls[threw + 1]
  if (isThrown && after && !isPair(calls, threw + 1))
    return { message: say('went-on'), expected: '500', actual: inWords(after), hint: 'once' }
  if (result && 'threw' in result) return { message: say('threw'), expected: '500', actual: result.threw, hint: 'once' }
  const asked = calls.find(({ part }) => part === 'authorize')?.answer
  return judgeRun({
    ...{ verb: request.verb, token: who, made: calls, expected, isThrown },
    isDry: request.dryRun === true,
    mayPass: !asked || !('value' in asked) || asked.value === true,
    ...(result && { ended: { answer: result.value } }),
  })
}
