/** A learner's own examples for `request-pipeline`: how they are read, and how a submission is held against them. */
import { defineTests, type Reader, type Trial } from 'clusterwright/kit'
import { type Case, type PluginCase, TOKENS, VERBS } from './cases.ts'
import { inWords } from './judge.ts'
import { PIPELINE, run as runCase, tierOf } from './server.ts'
import { say, texts } from './tests-texts.ts'

interface Example {
  readonly plan: Case
  readonly expect: {
    readonly code?: number
    readonly calls?: readonly string[]
    readonly written?: string | null
  }
}

const PARTS = ['verify', 'uidOf', 'authorize', 'admit', 'validate', 'read', 'list', 'write', 'remove'] as const

const optional = <T>(given: Reader, name: string, read: (value: Reader) => T): Record<string, T> =>
  given.at(name).isThere ? { [name]: read(given.at(name)) } : {}
const text = (given: Reader): string => given.text()
const flag = (given: Reader): boolean => given.flag()
const code = (given: Reader): number => given.whole(200, 599)

function readPlugin(given: Reader): PluginCase {
  given.only('name', 'sets', 'refuses', 'unless')
  return {
    name: given.at('name').text(),
    ...optional(given, 'sets', text),
    ...optional(given, 'refuses', code),
    ...optional(given, 'unless', text),
  }
}

const plugins = (given: Reader): PluginCase[] => (given.isThere ? given.list(8).map(readPlugin) : [])

function read(given: Reader): Example {
  given.only(
    ...['name', 'verb', 'tier', 'dryRun', 'token', 'allowed', 'mutating', 'validating', 'schema', 'exists', 'broken'],
    'expect',
  )
  const verb = given.at('verb').oneOf(VERBS)
  const [token, allowed, exists] = ['token', 'allowed', 'exists'].map((name) => given.at(name))
  const expect = given.at('expect').only('code', 'calls', 'written')
  if (expect.entries().length === 0) expect.refuse(say('want-expectation'))
  return {
    plan: {
      verb,
      ...optional(given, 'tier', text),
      ...optional(given, 'dryRun', flag),
      token: token!.isThere ? token!.oneOf(TOKENS) : 'good',
      allowed: allowed!.isThere ? allowed!.flag() : true,
      mutating: plugins(given.at('mutating')),
      validating: plugins(given.at('validating')),
      ...optional(given, 'schema', text),
      exists: exists!.isThere ? exists!.flag() : verb !== 'create',
      ...optional(given, 'broken', (one) => one.oneOf(PARTS)),
    },
    expect: {
      ...optional(expect, 'code', code),
      ...optional(expect, 'calls', (all) => all.list(40).map(text)),
      ...optional(expect, 'written', (one) => (one.value === null ? null : one.text())),
    },
  }
}

function run(trial: Trial<any>, { plan, expect }: Example): void {
  const { server, outcome } = runCase(trial, plan)
  const answer = 'value' in outcome ? (outcome.value as { code?: unknown } | null) : undefined
  const last = server.written.at(-1)
  const found = {
    code: answer?.code ?? null,
    // In which order UIDs are looked up is nobody's business.
    calls: server.asked.filter(({ part }) => part !== 'uidOf').map(inWords),
    written: last === undefined ? null : last === 'removed' ? last : (tierOf(last) ?? ''),
  }
  for (const name of ['code', 'calls', 'written'] as const)
    if (expect[name] !== undefined) trial.equal(found[name], expect[name], say(name))
}

export default defineTests<Example>({
  guest: PIPELINE,
  threshold: 16,
  // An example sees no more than codes, names of parts, and what was written.
  beyond: [
    ...['dryrun-is-not-told', 'dryrun-answers-nothing', 'dryrun-answers-what-was-sent', 'answers-what-was-sent'],
    ...['groups-forgotten', 'user-is-the-bare-name', 'anonymous-is-authenticated', 'account-in-default'],
    ...[
      'reason-is-forbidden',
      'store-reason-lost',
      'users-are-remembered',
      'verdicts-remembered',
      'one-object-for-all',
    ],
    // Of ConfigMaps in one namespace they see.
    ...[
      'settings-remembered',
      'version-is-dropped',
      'only-known-fields',
      'list-of-one-namespace',
      'list-is-sorted',
      'masters-are-not-asked',
    ],
    ...['masters-are-not-admitted', 'status-is-not-admitted', 'cluster-wide-is-not-admitted', 'subresource-is-dropped'],
    ...['conflict-tried-again', 'certificate-ignored', 'certificate-is-not-enough', 'name-from-the-object'],
  ],
  read,
  run,
  texts,
})
