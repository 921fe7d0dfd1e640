/**
 * Rules in CEL (`x-kubernetes-validations`): an object held to those of its schema.
 *
 * A rule that names `oldSelf` is one about changes: it is looked at only where there is something old to compare with, or where it
 * says that `oldSelf` is optional. What a rule without `oldSelf` complains of is let be where the value is as it was (ratcheting).
 * Rules within `allOf` and its like are refused with their definition, see `structural.ts`.
 * What we leave out: upstream warns of what it lets be, we do not.
 * Where to read upstream: apiextensions-apiserver `pkg/apiserver/schema/cel/{validation,compilation}.go`,
 * `pkg/registry/customresource/strategy.go` (hasBlockingErr).
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { Program } from '../../cel/cel.ts'
import { compile } from '../../cel/cel.ts'
import type { Decl } from '../../cel/declarations.ts'
import { declarationOf } from '../../cel/declarations.ts'
import { evaluate, TOO_COSTLY } from '../../cel/evaluator.ts'
import type { Type } from '../../cel/types.ts'
import { BOOL, optionalOf, STRING } from '../../cel/types.ts'
import { Optional } from '../../cel/values.ts'
import type { Value } from '../../cel/values.ts'
import type { FieldError } from '../../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, required } from '../../status.ts'
import { isRecord } from './prune.ts'

export interface Rule {
  readonly rule: string
  readonly message?: string
  readonly messageExpression?: string
  readonly reason?: string
  readonly fieldPath?: string
  readonly optionalOldSelf?: boolean
}

export const rulesOf = (schema: JsonSchema): readonly Rule[] => (schema['x-kubernetes-validations'] ?? []) as readonly Rule[] // prettier-ignore

/** Cost units: of one rule, and of all for one object. */
const RULE_COST_MAX = 1_000_000
const OBJECT_COST_MAX = 10_000_000
const MESSAGE_BYTES_MAX = 5 * 1024

// ── compiling ───────────────────────────────────────────────────────────────────────────────────────────────────────

export interface CompiledRule {
  readonly rule: Rule
  /** Undefined: the rule is empty. */
  readonly program: Program | { readonly error: string } | undefined
  readonly message: Program | { readonly error: string } | undefined
  readonly usesOldSelf: boolean
}

const variablesOf = new WeakMap<Decl, readonly [ReadonlyMap<string, Type>, ReadonlyMap<string, Type>]>()

function variables(decl: Decl, isOptional: boolean): ReadonlyMap<string, Type> {
  let both = variablesOf.get(decl)
  if (both === undefined) {
    const { type } = decl
    both = [new Map([['self', type], ['oldSelf', type]]), new Map([['self', type], ['oldSelf', optionalOf(type)]])] // prettier-ignore
    variablesOf.set(decl, both)
  }
  return both[isOptional ? 1 : 0]
}

function compileAs(source: string, decl: Decl, isOptional: boolean, wanted: Type, what: string) {
  const program = compile(source, variables(decl, isOptional))
  if ('error' in program || program.type.is === wanted.is) return program
  return { error: `${what} must evaluate to a ${wanted.is}` }
}

export function compileRule(rule: Rule, decl: Decl): CompiledRule {
  if (rule.rule.trim() === '') return { rule, program: undefined, message: undefined, usesOldSelf: false }
  const isOptional = rule.optionalOldSelf === true
  const program = compileAs(rule.rule, decl, isOptional, BOOL, 'cel expression')
  const usesOldSelf = !('error' in program) && program.checked.uses.has('oldSelf')
  const { messageExpression = '' } = rule
  if (messageExpression.trim() === '') return { rule, program, message: undefined, usesOldSelf }
  const message = compileAs(messageExpression, decl, isOptional, STRING, 'messageExpression')
  return { rule, program, message: 'error' in message ? { error: messageError(message.error) } : message, usesOldSelf }
}

const messageError = (error: string): string => (error.startsWith('messageExpression') ? error : `messageExpression ${error}`) // prettier-ignore

// ── running ─────────────────────────────────────────────────────────────────────────────────────────────────────────

/** What is wrong with a schema keeps its rules from being asked. */
const BLOCKING: ReadonlySet<string> = new Set(['FieldValueNotSupported', 'FieldValueRequired', 'FieldValueTooLong', 'FieldValueTooMany', 'FieldValueTypeInvalid']) // prettier-ignore
const NOWHERE = '<nil>'

/** @param before what is wrong by the schema alone */
export function validateRules(
  schema: JsonSchema,
  value: unknown,
  old: unknown,
  before: readonly FieldError[],
): FieldError[] {
  if (!hasRules(schema)) return []
  if (before.some(({ reason }) => BLOCKING.has(reason))) {
    const why = 'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation' // prettier-ignore
    return [invalidValue(NOWHERE, 'null', why)]
  }
  const walk: Walk = { errors: [], budget: OBJECT_COST_MAX }
  visit(walk, schema, { value, old, path: '', isRoot: true, isSame: false })
  return walk.errors
}

const known = new WeakMap<JsonSchema, boolean>()

/** Whether there is any rule in a schema. */
export function hasRules(schema: JsonSchema): boolean {
  let found = known.get(schema)
  if (found === undefined) {
    found = rulesOf(schema).length > 0 || partsOf(schema).some(hasRules)
    known.set(schema, found)
  }
  return found
}

const partsOf = ({ items, properties = {}, additionalProperties }: JsonSchema): JsonSchema[] => [
  ...(items ? [items] : []),
  ...Object.values(properties),
  ...(typeof additionalProperties === 'object' ? [additionalProperties] : []),
]

interface Walk {
  readonly errors: FieldError[]
  /** Cost units that are left; below 0, nothing more is run. */
  budget: number
}

interface Place {
  readonly value: unknown
  /** Undefined: nothing that can be compared. */
  readonly old: unknown
  readonly path: string
  readonly isRoot: boolean
  /** As it was, or a part of what is as it was. */
  readonly isSame: boolean
}

function visit(walk: Walk, schema: JsonSchema, given: Place): void {
  const { value, old, path } = given
  if (value === null || value === undefined || walk.budget < 0 || !hasRules(schema)) return
  const isSame = given.isSame || (old !== undefined && isEqual(value, old))
  const place = { ...given, isSame }
  runAll(walk, schema, place)
  if (Array.isArray(value)) {
    if (!schema.items || !hasRules(schema.items)) return
    const before = itemsByKey(schema, old)
    value.forEach((item, i) => visit(walk, schema.items!, { value: item, old: before?.get(keyOf(schema, item)), path: `${path}[${i}]`, isRoot: false, isSame })) // prettier-ignore
    return
  }
  if (!isRecord(value)) return
  const { properties = {}, additionalProperties } = schema
  const before = schema['x-kubernetes-map-type'] !== 'atomic' && isRecord(old) ? old : {}
  for (const key of Object.keys(value)) {
    const isNamed = Object.hasOwn(properties, key)
    const inner = isNamed ? properties[key] : additionalProperties
    if (typeof inner !== 'object') continue
    const at = !isNamed ? `${path || NOWHERE}[${key}]` : path === '' ? key : `${path}.${key}`
    visit(walk, inner, { value: value[key], old: before[key], path: at, isRoot: false, isSame })
  }
}

function keyOf(schema: JsonSchema, item: unknown): string {
  const given = isRecord(item) ? item : {}
  return JSON.stringify((schema['x-kubernetes-list-map-keys'] ?? []).map((key) => given[key] ?? null))
}

function itemsByKey(schema: JsonSchema, list: unknown): ReadonlyMap<string, unknown> | undefined {
  if (schema['x-kubernetes-list-type'] !== 'map' || !Array.isArray(list)) return undefined
  return new Map(list.map((item) => [keyOf(schema, item), item]))
}

function runAll(walk: Walk, schema: JsonSchema, place: Place): void {
  const rules = rulesOf(schema)
  if (rules.length === 0) return
  const decl = declarationOf(schema, place.isRoot || schema['x-kubernetes-embedded-resource'] === true)
  if (!decl) return
  for (const rule of rules) {
    if (walk.budget < 0) return
    run(walk, schema.type ?? '', compileRule(rule, decl), decl, place)
  }
}

const shownRule = ({ rule, message = '' }: Rule): string => (message === '' ? rule : message).trim()

function run(walk: Walk, type: string, compiled: CompiledRule, decl: Decl, { value, old, path, isSame }: Place): void {
  const { rule, program, usesOldSelf } = compiled
  if (!program || (usesOldSelf && old === undefined && !rule.optionalOldSelf)) return
  const at = path || NOWHERE
  const complain = (detail: string) => void walk.errors.push(invalidValue(at, type, detail))
  if ('error' in program) return complain(`rule compile error: ${program.error}`)
  const oldSelf = (): Value | undefined => (old === undefined ? undefined : decl.value(old))
  const activation = (name: string): Value | undefined =>
    name === 'self' ? decl.value(value) : rule.optionalOldSelf ? new Optional(oldSelf()) : oldSelf()
  const outcome = evaluate(program.checked, activation, RULE_COST_MAX)
  if (outcome.cost > walk.budget) {
    walk.budget = -1
    return complain('validation failed due to running out of cost budget, no further validation rules will be run')
  }
  walk.budget -= outcome.cost
  if ('error' in outcome) return complain(failure(walk, outcome.error, rule))
  if (outcome.value === true || (!usesOldSelf && isSame)) return
  const detail = messageOf(walk, compiled, activation)
  const field = rule.fieldPath ? `${path === '' ? '' : `${path}.`}${rule.fieldPath.replace(/^\./, '').replace(/\['((?:\\.|[^'])*)'\]/g, '[$1]')}` : at // prettier-ignore
  walk.errors.push(errorFor(field, type, detail, rule.reason))
}

/** A rule came to nothing. */
function failure(walk: Walk, error: string, rule: Rule): string {
  if (error === TOO_COSTLY) {
    walk.budget = -1
    return `'${error}': no further validation rules will be run due to call cost exceeds limit for rule: ${shownRule(rule)}` // prettier-ignore
  }
  if (error.startsWith('no such overload')) {
    return `'${error}': call arguments did not match a supported operator, function or macro signature for rule: ${shownRule(rule)}` // prettier-ignore
  }
  return `${error} evaluating rule: ${shownRule(rule)}`
}

function messageOf(walk: Walk, { rule, message }: CompiledRule, activation: (name: string) => Value | undefined) {
  const plain = rule.message ? rule.message.trim() : `failed rule: ${shownRule(rule)}`
  if (!message || 'error' in message) return plain
  const outcome = evaluate(message.checked, activation, RULE_COST_MAX)
  if (outcome.cost > walk.budget) {
    walk.budget = -1
    return 'messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run' // prettier-ignore
  }
  walk.budget -= outcome.cost
  const text = 'value' in outcome && typeof outcome.value === 'string' ? outcome.value.trim() : ''
  return text === '' || text.includes('\n') || text.length > MESSAGE_BYTES_MAX ? plain : text
}

function errorFor(field: string, type: string, detail: string, reason: string | undefined): FieldError {
  switch (reason) {
    case 'FieldValueForbidden':
      return forbiddenValue(field, detail)
    case 'FieldValueRequired':
      return required(field, detail)
    case 'FieldValueDuplicate':
      return duplicateValue(field, type)
    default:
      return invalidValue(field, type, detail)
  }
}
