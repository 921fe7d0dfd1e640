/** What must be asked and answered, worked out apart from the solution, and what is said where something else is. */
import { type Finding, show, type Trial } from 'clusterwright/kit'
import type { ConfigMap, Review } from 'clusterwright/pipeline'
import { type Case, isWrite, type SeveralCase } from './cases.ts'
import {
  admissionOf,
  type Asked,
  asStored,
  NAME,
  NAMESPACE,
  objectOf,
  run,
  runSeveral,
  type Server,
  tierOf,
} from './server.ts'
import { say } from './texts.ts'

interface Expected {
  /** In this order; those of one step may come in any. */
  readonly steps: readonly (readonly Asked[])[]
  readonly answer: {
    readonly code: number
    readonly reason?: string
    readonly object?: ConfigMap
    readonly items?: readonly ConfigMap[]
  }
  readonly writes: boolean
}

const ACCOUNT = {
  name: 'system:serviceaccount:ci:builder',
  groups: ['system:serviceaccounts', 'system:serviceaccounts:ci', 'system:authenticated'],
}
const ANONYMOUS = { name: 'system:anonymous', groups: ['system:unauthenticated'] }

export function expectedOf(plan: Case): Expected {
  const { verb, token, bearer = token, allowed, mutating, validating, schema, exists, dryRun = false } = plan
  const steps: Asked[][] = []
  const ask = (part: string, ...args: unknown[]): void => void steps.push([{ part, args }])
  const end = (code: number, more: Partial<Expected['answer']> = {}, writes = false): Expected => ({
    steps,
    answer: { code, ...more },
    writes,
  })
  if (token !== 'none') {
    ask('verify', bearer)
    if (token === 'forged' || token === 'expired' || token === 'for-others') return end(401)
    const account: Asked = { part: 'uidOf', args: ['ServiceAccount', 'ci', 'builder'] }
    const pod: Asked = { part: 'uidOf', args: ['Pod', 'ci', 'runner'] }
    steps.push(token === 'without-pod' ? [account] : [account, pod])
    if (token !== 'good' && token !== 'without-pod') return end(401)
  }
  const user = token === 'none' ? ANONYMOUS : ACCOUNT
  const attributes = { user, verb, namespace: NAMESPACE, ...(verb !== 'list' && { name: NAME }) }
  ask('authorize', attributes)
  if (!allowed) return end(403)
  if (verb === 'list') {
    ask('list', NAMESPACE)
    return end(200, { items: exists ? [objectOf('bronze', '17')] : [] })
  }
  if (verb === 'get') {
    ask('read', NAMESPACE, NAME)
    return exists ? end(200, { object: objectOf('bronze', '17') }) : end(404)
  }
  let object = verb === 'delete' ? undefined : objectOf(plan.tier)
  const review = (): Review => ({ ...attributes, dryRun, ...(object && { object }) })
  for (const plugin of mutating) {
    ask('admit', plugin.name, review())
    const admission = admissionOf(plugin, object)
    if (!admission.allowed) return end(admission.code, { reason: admission.reason })
    object = admission.object ?? object
  }
  if (object) {
    ask('validate', object)
    if (schema !== undefined && tierOf(object) !== schema) return end(422)
  }
  // They change nothing, so they may be asked all at once.
  const asked = validating.map(({ name }): Asked => ({ part: 'admit', args: [name, review()] }))
  if (asked.length > 0) steps.push(asked)
  for (const plugin of validating) {
    const admission = admissionOf(plugin, object)
    if (!admission.allowed) return end(admission.code, { reason: admission.reason })
  }
  const code = verb === 'create' ? 201 : 200
  if (dryRun) return end(code, object && { object })
  if (verb === 'delete') {
    ask('remove', NAMESPACE, NAME)
    return exists ? end(200, {}, true) : end(404, { reason: 'NotFound' })
  }
  ask('write', verb, object)
  if (verb === 'create' && exists) return end(409, { reason: 'AlreadyExists' })
  return verb === 'update' && !exists
    ? end(404, { reason: 'NotFound' })
    : end(code, { object: asStored(object!) }, true)
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
  const sorted = { ...about, user: { ...about.user, groups: about.user.groups.toSorted() } }
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

/** The calls, held against the steps; `most` of them were made before something broke. */
function judgeCalls({ steps }: Expected, made: readonly Asked[], mayStop: boolean): Finding | undefined {
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
      if (index < 0) {
        // Where the first lookup fails, nobody needs the second.
        return wrongCall(step, call, steps, made)
      }
      left.splice(index, 1)
      at++
    }
  }
  const more = made[at]
  if (!more) return undefined
  return { message: say('asked-too-much', { what: inWords(more) }), ...sequence(steps, made), hint: hintOf(more.part) }
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

/** Who is let in that should not be, and who is kept out. */
function judgeGates(plan: Case, { answer }: Expected, asked: readonly Asked[], code: unknown): Finding | undefined {
  const goesOn = asked.find(({ part }) => part !== 'verify' && part !== 'uidOf')
  const params = { token: plan.token }
  if (answer.code === 401 && goesOn)
    return { message: say('token-passes', params), expected: '401', actual: inWords(goesOn), hint: 'who' }
  if (answer.code !== 401 && code === 401 && !goesOn)
    return { message: say('token-refused', params), expected: 'authorize', actual: '401', hint: 'who' }
  const past = asked.find(({ part }) => part !== 'verify' && part !== 'uidOf' && part !== 'authorize')
  if (answer.code === 401 || plan.allowed || !past || !asked.some(({ part }) => part === 'authorize')) return undefined
  return { message: say('forbidden-passes'), expected: '403', actual: inWords(past), hint: 'may' }
}

export function judge(trial: Trial<any>, plan: Case): void {
  const { server, outcome } = run(trial, plan)
  if (
    plan.throwsAt !== undefined &&
    server.asked.length > plan.throwsAt &&
    !isParallel(expectedOf(plan), plan.throwsAt)
  )
    trial.fail({
      message: say('went-on'),
      expected: '500',
      actual: inWords(server.asked[plan.throwsAt]!),
      hint: 'once',
    })
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
  const expected = expectedOf(plan)
  const isThrown = plan.throwsAt !== undefined && server.asked.length >= plan.throwsAt
  const { code } = (answer ?? {}) as { code?: unknown }
  const gate = judgeGates(plan, expected, server.asked, isThrown ? undefined : code)
  if (gate) trial.fail(gate)
  // In which order a token is examined is nobody's business.
  const isStale = plan.token === 'expired' || plan.token === 'for-others'
  const made = isStale ? server.asked.filter(({ part }) => part !== 'uidOf') : server.asked
  const finding = judgeCalls(expected, made, isThrown)
  if (finding) trial.fail(finding)
  const right = isThrown ? 500 : expected.answer.code
  if (code !== right)
    trial.fail({
      message: say(isThrown ? 'broken' : 'other-code', { verb: plan.verb }),
      ...{ expected: String(right), actual: code === undefined ? show(answer) : JSON.stringify(code) },
      hint: isThrown ? 'once' : right === 401 ? 'who' : right === 403 ? 'may' : 'admit',
    })
  if (isThrown) return
  const told = answer as Expected['answer']
  const { reason } = expected.answer
  if (reason !== undefined && told.reason !== reason)
    trial.fail({
      message: say('other-reason'),
      ...{ expected: show(reason), actual: show(told.reason) },
      hint: hintOf(expected.steps.at(-1)![0]!.part),
    })
  if (right >= 400) return
  const { object, items } = expected.answer
  const isDry = plan.dryRun === true && isWrite(plan.verb)
  for (const [wanted, given] of [
    [object, told.object],
    [items, told.items],
  ] as const) {
    if (text(wanted ?? null) === text(given ?? null)) continue
    trial.fail({
      message: say(isDry ? 'other-dry' : 'other-answer'),
      ...{ expected: show(wanted), actual: show(given), values: { expected: wanted, actual: given } },
      hint: 'once',
    })
  }
}

/** What breaks among questions that may be asked at once ends it only when all have come back. */
function isParallel({ steps }: Expected, at: number): boolean {
  let count = 0
  return steps.some((step) => {
    const [first, last] = [count + 1, count + step.length]
    count = last
    return step.length > 1 && at >= first && at < last
  })
}
