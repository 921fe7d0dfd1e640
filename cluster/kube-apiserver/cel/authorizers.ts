/**
 * Asking the authorizer from within an expression: `authorizer.group('apps').resource('deployments').check('create').allowed()`.
 *
 * What we leave out: selectors are part of the question, and no authorizer here looks at them (RBAC does not upstream either).
 * Where to read upstream: apiserver `pkg/cel/library/authz.go`.
 */
import type { Overload } from './signatures.ts'
import { def } from './signatures.ts'
import { fail, Opaque } from './values.ts'

/** What is asked about. */
export interface Access {
  /** `namespace/name` of an account of the cluster; undefined: who makes the request. */
  readonly serviceAccount?: string
  readonly path?: string
  readonly group?: string
  readonly resource?: string
  readonly subresource?: string
  readonly namespace?: string
  readonly name?: string
  /** Of lists and watches; as they are written. */
  readonly fieldSelector?: string
  readonly labelSelector?: string
}

export interface Verdict {
  readonly allowed: boolean
  readonly reason: string
}

export type Ask = (access: Access, verb: string) => Verdict

const PREFIX = 'kubernetes.authorization.'
export const AUTHORIZER = `${PREFIX}Authorizer`
export const RESOURCE_CHECK = `${PREFIX}ResourceCheck`
const GROUP_CHECK = `${PREFIX}GroupCheck`
const PATH_CHECK = `${PREFIX}PathCheck`
const DECISION = `${PREFIX}Decision`

/** A question in the making. */
class Check extends Opaque {
  readonly type: string
  readonly ask: Ask
  readonly access: Access
  constructor(type: string, ask: Ask, access: Access) {
    super()
    this.type = type
    this.ask = ask
    this.access = access
  }
  with(type: string, more: Access): Check {
    return new Check(type, this.ask, { ...this.access, ...more })
  }
  equals(other: Opaque): boolean {
    return this === other
  }
}

class Decision extends Opaque {
  readonly type = DECISION
  readonly verdict: Verdict
  constructor(verdict: Verdict) {
    super()
    this.verdict = verdict
  }
  equals(other: Opaque): boolean {
    return this === other
  }
}

export const authorizer = (ask: Ask): Opaque => new Check(AUTHORIZER, ask, {})
export const resourceCheck = (ask: Ask, access: Access): Opaque => new Check(RESOURCE_CHECK, ask, access)

const named = (name: string, from: string, to: string, field: keyof Access): Overload =>
  def(name, `${from}.(string) -> ${to}`, (check: Check, value: string) => check.with(to, { [field]: value }))

const checks = (type: string): Overload =>
  def('check', `${type}.(string) -> ${DECISION}`, ({ ask, access }: Check, verb: string) => new Decision(ask(access, verb))) // prettier-ignore

export const AUTHORIZERS: readonly Overload[] = [
  def('path', `${AUTHORIZER}.(string) -> ${PATH_CHECK}`, (check: Check, path: string) => path === '' ? fail('path must not be empty') : check.with(PATH_CHECK, { path })), // prettier-ignore
  named('group', AUTHORIZER, GROUP_CHECK, 'group'),
  named('resource', GROUP_CHECK, RESOURCE_CHECK, 'resource'),
  named('subresource', RESOURCE_CHECK, RESOURCE_CHECK, 'subresource'),
  named('namespace', RESOURCE_CHECK, RESOURCE_CHECK, 'namespace'),
  named('name', RESOURCE_CHECK, RESOURCE_CHECK, 'name'),
  named('fieldSelector', RESOURCE_CHECK, RESOURCE_CHECK, 'fieldSelector'),
  named('labelSelector', RESOURCE_CHECK, RESOURCE_CHECK, 'labelSelector'),
  def('serviceAccount', `${AUTHORIZER}.(string, string) -> ${AUTHORIZER}`, (check: Check, namespace: string, name: string) => check.with(AUTHORIZER, { serviceAccount: `${namespace}/${name}` })), // prettier-ignore
  checks(PATH_CHECK),
  checks(RESOURCE_CHECK),
  def('allowed', `${DECISION}.() -> bool`, ({ verdict }: Decision) => verdict.allowed),
  def('reason', `${DECISION}.() -> string`, ({ verdict }: Decision) => verdict.reason),
  def('errored', `${DECISION}.() -> bool`, () => false),
  def('error', `${DECISION}.() -> string`, () => ''),
]
