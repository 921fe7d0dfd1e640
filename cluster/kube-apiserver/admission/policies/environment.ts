/**
 * What expressions about a write can speak of: `object`, `oldObject`, `request`, `namespaceObject`, `params`, `authorizer`, `variables`.
 *
 * Where to read upstream: apiserver `pkg/admission/plugin/cel/{compile,activation,condition,composition}.go`.
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { UserInfo } from '#cluster/api/http.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Ask } from '../../cel/authorizers.ts'
import { AUTHORIZER, authorizer, RESOURCE_CHECK, resourceCheck } from '../../cel/authorizers.ts'
import type { Compiled } from '../../cel/cel.ts'
import { compile } from '../../cel/cel.ts'
import { anything, declarationOf } from '../../cel/declarations.ts'
import type { Activation } from '../../cel/evaluator.ts'
import { evaluate, TOO_COSTLY } from '../../cel/evaluator.ts'
import { STRUCTS } from '../../cel/structs.ts'
import type { Type } from '../../cel/types.ts'
import { DYN, objectOf, opaque, showType } from '../../cel/types.ts'
import type { Value } from '../../cel/values.ts'
import { CelMap, fail } from '../../cel/values.ts'
import type { RequestInfo } from '../../chain/route.ts'
import { OPERATIONS } from '../webhooks/configuration.ts'

/** Cost units: of one expression, of all of a policy, of a webhook's conditions. */
const EXPRESSION_COST_MAX = 1_000_000
export const POLICY_COST_MAX = 10_000_000
export const CONDITIONS_COST_MAX = 2_500_000

// ── types ───────────────────────────────────────────────────────────────────────────────────────────────────────────

const text: JsonSchema = { type: 'string' }
const texts: JsonSchema = { type: 'array', items: text }
const time: JsonSchema = { type: 'string', format: 'date-time' }
const int: JsonSchema = { type: 'integer' }
const object = (properties: Readonly<Record<string, JsonSchema>>): JsonSchema => ({ type: 'object', properties })
const map = (additionalProperties: JsonSchema): JsonSchema => ({ type: 'object', additionalProperties })
/** Of no type that is known beforehand. */
const dynamic: JsonSchema = { 'x-kubernetes-int-or-string': true }

const KIND = object({ group: text, version: text, kind: text })
const RESOURCE = object({ group: text, version: text, resource: text })
const REQUEST = declarationOf(
  object({
    kind: KIND,
    resource: RESOURCE,
    subResource: text,
    requestKind: KIND,
    requestResource: RESOURCE,
    requestSubResource: text,
    name: text,
    namespace: text,
    operation: text,
    userInfo: object({ username: text, uid: text, groups: texts, extra: map(texts) }),
    dryRun: { type: 'boolean' },
    options: dynamic,
  }),
  false,
)!

const CONDITION = object({ status: text, type: text, lastTransitionTime: time, message: text, reason: text })
const NAMESPACE = declarationOf(
  object({
    metadata: object({ name: text, generateName: text, namespace: text, labels: map(text), annotations: map(text), UID: text, creationTimestamp: time, deletionGracePeriodSeconds: int, deletionTimestamp: time, generation: int, resourceVersion: text, finalizers: texts }), // prettier-ignore
    spec: object({ finalizers: texts }),
    status: object({ conditions: { type: 'array', items: CONDITION }, phase: text }),
  }),
  false,
)!

/** Which variables there are. */
export interface Scope {
  readonly params: boolean
  readonly authorizer: boolean
  /** Objects can be made. */
  readonly structs?: boolean
}

const BASE: readonly (readonly [string, Type])[] = [
  ['object', DYN],
  ['oldObject', DYN],
  ['namespaceObject', NAMESPACE.type],
  ['request', REQUEST.type],
]
const AUTHORITY: readonly (readonly [string, Type])[] = [
  ['authorizer', opaque(AUTHORIZER)],
  ['authorizer.requestResource', opaque(RESOURCE_CHECK)],
]

const scopes = new Map<string, ReadonlyMap<string, Type>>()

/** @param typed where types are known, instead of dyn: of `object`, `oldObject`, `params` */
export function variablesOf(
  { params, authorizer: asks, structs = false }: Scope,
  composed?: readonly (readonly [string, Type])[],
  typed: readonly (readonly [string, Type])[] = [],
): ReadonlyMap<string, Type> {
  const make = () =>
    new Map([
      ...BASE,
      ...(params ? [['params', DYN] as const] : []),
      ...(asks ? AUTHORITY : []),
      ...(structs ? [[STRUCTS, DYN] as const] : []),
      ...(composed ? [['variables', objectOf('kubernetes.variables', composed)] as const] : []),
      ...typed,
    ])
  if (composed || typed.length > 0) return make()
  const key = `${params} ${asks} ${structs}`
  let known = scopes.get(key)
  if (known === undefined) scopes.set(key, (known = make()))
  return known
}

/** @param wanted types of which the expression must be one; none: it may be any */
export function compileAs(source: string, variables: ReadonlyMap<string, Type>, wanted: readonly Type[]): Compiled {
  const program = compile(source, variables)
  if ('error' in program || wanted.length === 0) return program
  if (wanted.some((type) => showType(type) === showType(program.type))) return program
  const shown = wanted.map((type) => (type.is === 'null' ? 'null_type' : showType(type)))
  const must = shown.length === 1 ? shown[0] : `one of [${shown.join(' ')}]`
  return { error: `must evaluate to ${must} but got ${showType(program.type)}` }
}

// ── values ──────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A write, as expressions see it. */
export interface Input {
  readonly info: RequestInfo
  readonly user: UserInfo
  readonly isDryRun: boolean
  readonly name: string
  /** The version in which it is looked at, and the objects in that version. */
  readonly version: Resource
  readonly object: KubernetesObject | undefined
  readonly old: KubernetesObject | undefined
  /** Undefined: the object lies in none. */
  readonly namespace: KubernetesObject | undefined
  readonly ask: Ask
}

function requestOf({ info, user, isDryRun, name, version }: Input): object {
  const { resource, subresource, namespace } = info
  const kindOf = ({ group, version, kind }: Resource) => ({ group, version, kind })
  const placeOf = ({ group, version, resource }: Resource) => ({ group, version, resource })
  return {
    kind: kindOf(version),
    resource: placeOf(version),
    subResource: subresource,
    requestKind: kindOf(resource),
    requestResource: placeOf(resource),
    requestSubResource: subresource,
    name,
    namespace,
    operation: OPERATIONS[info.verb],
    userInfo: { username: user.name, uid: user.uid ?? '', groups: user.groups, extra: user.extra ?? {} },
    dryRun: isDryRun,
    options: null,
  }
}

function namespaceOf({ metadata, ...rest }: KubernetesObject): object {
  const { uid, managedFields: _, ownerReferences: __, ...shown } = metadata
  return { ...rest, metadata: { ...shown, UID: uid } }
}

export function activationOf(input: Input, params?: KubernetesObject, composed?: Value): Activation {
  const { info, object: one, old, namespace, ask, name } = input
  const { resource, subresource } = info
  const access = { group: resource.group, resource: resource.resource, subresource, namespace: info.namespace, name }
  return (variable) => {
    switch (variable) {
      case 'object':
        return anything(one)
      case 'oldObject':
        return anything(old)
      case 'request':
        return REQUEST.value(requestOf(input))
      case 'namespaceObject':
        return namespace ? NAMESPACE.value(namespaceOf(namespace)) : null
      case 'params':
        return anything(params)
      case 'authorizer':
        return authorizer(ask)
      case 'authorizer.requestResource':
        return resourceCheck(ask, access)
      case 'variables':
        return composed
      default:
        return undefined
    }
  }
}

/** Cost units that are left, for all expressions about one thing. */
export interface Budget {
  left: number
}

/** The budget is spent: nothing more is looked at. */
export const OUT_OF_BUDGET = 'validation failed due to running out of cost budget, no further validation rules will be run' // prettier-ignore

/** Undefined as a value: it has cost more than there was. */
export function run(
  compiled: Compiled,
  source: string,
  activation: Activation,
  budget: Budget,
): { readonly value?: Value; readonly error?: string } {
  // prettier-ignore
  if ('error' in compiled) return { error: `compilation error: ${compiled.error}` }
  const outcome = evaluate(compiled.checked, activation, EXPRESSION_COST_MAX)
  budget.left -= outcome.cost
  if (budget.left < 0) return { error: OUT_OF_BUDGET }
  if ('value' in outcome) return { value: outcome.value }
  const error = outcome.error === TOO_COSTLY ? TOO_COSTLY : outcome.error
  return { error: `expression '${source}' resulted in error: ${error}` }
}

/** `variables`: each is computed when it is first looked at, and once. */
export class Variables extends CelMap {
  readonly #programs: ReadonlyMap<string, Compiled>
  readonly #activation: () => Activation
  readonly #budget: Budget
  readonly #known = new Map<string, Value>()
  readonly size: number

  constructor(programs: ReadonlyMap<string, Compiled>, activation: () => Activation, budget: Budget) {
    super()
    this.#programs = programs
    this.#activation = activation
    this.#budget = budget
    this.size = programs.size
  }

  get(key: Value): Value | undefined {
    const name = String(key)
    const known = this.#known.get(name)
    if (known !== undefined) return known
    const program = this.#programs.get(name)
    if (!program) return undefined
    if ('error' in program)
      return fail(`composited variable ${JSON.stringify(name)} fails to compile: ${program.error}`)
    const outcome = evaluate(program.checked, this.#activation(), EXPRESSION_COST_MAX)
    this.#budget.left -= outcome.cost
    if ('error' in outcome)
      return fail(`composited variable ${JSON.stringify(name)} fails to evaluate: ${outcome.error}`)
    this.#known.set(name, outcome.value)
    return outcome.value
  }

  keys(): readonly string[] {
    return [...this.#programs.keys()]
  }
}
