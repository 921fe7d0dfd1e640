/**
 * Rules in CEL as a definition brings them: whether they compile, whether they may speak of what was before, and whether the cost of
 * the worst object that the schema allows is too high.
 *
 * What we leave out: defaults are not held to the rules.
 * Where to read upstream: apiextensions-apiserver `pkg/apis/apiextensions/validation/{validation,cel_validation}.go`,
 * `pkg/apiserver/schema/cel/validation.go` (ValidFieldPath).
 */
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import type { Program } from '../../cel/cel.ts'
import type { Decl } from '../../cel/declarations.ts'
import { declarationOf } from '../../cel/declarations.ts'
import { estimateCost } from '../../cel/estimate.ts'
import type { FieldError } from '../../status.ts'
import { forbiddenValue, invalidValue, notSupported, required } from '../../status.ts'
import { isRecord } from './prune.ts'
import type { Rule } from './rules.ts'
import { compileRule, hasRules, rulesOf } from './rules.ts'

/** Cost units: of one rule at all of its places, and of all rules of a schema. */
const RULE_COST_MAX = 10_000_000
const SCHEMA_COST_MAX = 100_000_000
const MOST_EXPENSIVE = 4
const REQUEST_MAX = 3 * 1024 * 1024

interface Walk {
  readonly errors: FieldError[]
  total: number
  readonly expensive: { readonly path: string; readonly cost: number }[]
}

/** Where a schema stands. */
interface Place {
  readonly path: string
  readonly isRoot: boolean
  /** How many values of it there may be in one object; undefined: no bound is set. */
  readonly count: number | undefined
  /** The part of the schema within which nothing can be compared with what it was. */
  readonly uncorrelatable: string | undefined
}

/** Of a schema that is structural. */
export function ruleErrors(schema: JsonSchema, path: string): FieldError[] {
  if (!hasRules(schema)) return []
  const walk: Walk = { errors: [], total: 0, expensive: [] }
  visit(walk, schema, { path, isRoot: true, count: 1, uncorrelatable: undefined })
  if (walk.total > SCHEMA_COST_MAX) {
    for (const { path: place } of walk.expensive) {
      walk.errors.push(forbiddenValue(place, 'contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema')) // prettier-ignore
    }
    walk.errors.push(forbiddenValue(path, tooCostly('x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema', walk.total, SCHEMA_COST_MAX))) // prettier-ignore
  }
  return walk.errors
}

const inside = (count: number | undefined, most: number | undefined): number | undefined => count === undefined || most === undefined ? undefined : count * most // prettier-ignore

function visit(walk: Walk, schema: JsonSchema, place: Place): void {
  if (!hasRules(schema)) return
  const { path, count } = place
  const { items, properties = {}, additionalProperties } = schema
  const whole = place.uncorrelatable ?? (schema['x-kubernetes-map-type'] === 'atomic' ? path : undefined)
  if (isRecord(additionalProperties)) {
    visit(walk, additionalProperties, { path: `${path}.additionalProperties`, isRoot: false, count: inside(count, schema.maxProperties), uncorrelatable: whole }) // prettier-ignore
  }
  for (const [key, inner] of Object.entries(properties)) {
    visit(walk, inner, { path: `${path}.properties[${key}]`, isRoot: false, count, uncorrelatable: whole })
  }
  if (items) {
    const uncorrelatable = place.uncorrelatable ?? (schema['x-kubernetes-list-type'] === 'map' ? undefined : path)
    visit(walk, items, { path: `${path}.items`, isRoot: false, count: inside(count, schema.maxItems), uncorrelatable })
  }
  const rules = rulesOf(schema)
  if (rules.length === 0) return
  const decl = declarationOf(schema, place.isRoot || schema['x-kubernetes-embedded-resource'] === true)
  rules.forEach((rule, i) => {
    const at = `${path}.x-kubernetes-validations[${i}]`
    walk.errors.push(...formErrors(rule, schema, at))
    if (rule.rule.trim() === '') return
    if (decl) walk.errors.push(...compiledErrors(walk, rule, decl, place, at))
    else {
      const why = `rule declared on schema that does not support validation rules type: '${schema.type ?? ''}' x-kubernetes-preserve-unknown-fields: '${schema['x-kubernetes-preserve-unknown-fields'] === true}'` // prettier-ignore
      walk.errors.push(invalidValue(at, shown(rule), why))
    }
  })
}

/** As upstream's own form of a rule reads. */
const shown = (rule: Rule) => ({
  Rule: rule.rule,
  Message: rule.message ?? '',
  MessageExpression: rule.messageExpression ?? '',
  Reason: rule.reason ?? null,
  FieldPath: rule.fieldPath ?? '',
  OptionalOldSelf: rule.optionalOldSelf ?? null,
})

// ── the form of a rule ──────────────────────────────────────────────────────────────────────────────────────────────

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired']
const breaks = (text: string): boolean => /[\n\r]/.test(text)

function formErrors(rule: Rule, schema: JsonSchema, at: string): FieldError[] {
  const { message = '', messageExpression = '', reason, fieldPath = '' } = rule
  const errors: FieldError[] = []
  if (rule.rule.trim() === '') errors.push(required(`${at}.rule`, 'rule is not specified'))
  if (message !== '' && message.trim() === '') {
    errors.push(invalidValue(`${at}.message`, message, 'message must be non-empty if specified'))
  } else if (breaks(message.trim())) {
    errors.push(invalidValue(`${at}.message`, message, 'message must not contain line breaks'))
  } else if (breaks(rule.rule.trim()) && message === '') {
    errors.push(required(`${at}.message`, 'message must be specified if rule contains line breaks'))
  }
  if (messageExpression !== '' && messageExpression.trim() === '') {
    errors.push(required(`${at}.messageExpression`, 'messageExpression must be non-empty if specified'))
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${at}.reason`, reason, REASONS))
  return [...errors, ...fieldPathErrors(fieldPath, schema, `${at}.fieldPath`)]
}

function fieldPathErrors(fieldPath: string, schema: JsonSchema, at: string): FieldError[] {
  if (fieldPath === '') return []
  if (fieldPath.trim() === '') return [invalidValue(at, fieldPath, 'fieldPath must be non-empty if specified')]
  if (breaks(fieldPath)) return [invalidValue(at, fieldPath, 'fieldPath must not contain line breaks')]
  const problem = pathProblem(fieldPath, schema)
  return problem === undefined ? [] : [invalidValue(at, fieldPath, `fieldPath must be a valid path: ${problem}`)]
}

/** `.spec.ports['http']`: names of fields and keys of maps, and nothing else. */
function pathProblem(fieldPath: string, from: JsonSchema): string | undefined {
  let schema = from
  let rest = fieldPath
  while (rest !== '') {
    const match = /^(?:\.([^.[\]]+)|\['((?:\\.|[^'\\])*)'\])/.exec(rest)
    if (!match) return rest.startsWith('.') || rest.startsWith('[') ? 'unexpected end of JSON path' : `expected [ or . but got: ${rest.split(/[.[\]]/, 1)[0]}` // prettier-ignore
    const name = match[1] ?? match[2]!.replace(/\\(.)/g, '$1')
    const inner = schema.properties ? schema.properties[name] : schema.additionalProperties
    if (!isRecord(inner)) return 'does not refer to a valid field'
    schema = inner
    rest = rest.slice(match[0].length)
  }
  return undefined
}

// ── what the rule says, and its cost ────────────────────────────────────────────────────────────────────────────────

function compiledErrors(walk: Walk, rule: Rule, decl: Decl, place: Place, at: string): FieldError[] {
  const { program, message, usesOldSelf } = compileRule(rule, decl)
  const errors: FieldError[] = []
  if (program && 'error' in program) errors.push(invalidValue(`${at}.rule`, shown(rule), program.error))
  else if (program) {
    const cost = observe(walk, `${at}.rule`, costAt(program, decl, place))
    if (cost > RULE_COST_MAX) errors.push(forbiddenValue(`${at}.rule`, tooCostly('estimated rule cost', cost, RULE_COST_MAX))) // prettier-ignore
  }
  if (message && 'error' in message) errors.push(invalidValue(`${at}.messageExpression`, shown(rule), message.error))
  else if (message) {
    const cost = observe(walk, `${at}.messageExpression`, costAt(message, decl, place))
    if (cost > RULE_COST_MAX) errors.push(forbiddenValue(`${at}.messageExpression`, tooCostly('estimated messageExpression cost', cost, RULE_COST_MAX))) // prettier-ignore
  }
  if (usesOldSelf && place.uncorrelatable !== undefined) {
    errors.push(invalidValue(`${at}.rule`, rule.rule, `oldSelf cannot be used on the uncorrelatable portion of the schema within ${place.uncorrelatable}`)) // prettier-ignore
  } else if (!usesOldSelf && rule.optionalOldSelf !== undefined) {
    errors.push(invalidValue(`${at}.optionalOldSelf`, rule.optionalOldSelf, 'may not be set if oldSelf is not used in rule')) // prettier-ignore
  }
  return errors
}

/** At all of its places: where no bound is set, as many as fit into a request. */
function costAt({ checked }: Program, decl: Decl, { count }: Place): number {
  return estimateCost(checked, decl).max * (count ?? Math.floor(REQUEST_MAX / (decl.min + 1)))
}

/** Adds to the sum, and keeps who adds the most to it. */
function observe(walk: Walk, path: string, cost: number): number {
  walk.total += cost
  if (cost < SCHEMA_COST_MAX / 100) return cost
  walk.expensive.push({ path, cost })
  walk.expensive.sort((a, b) => b.cost - a.cost)
  if (walk.expensive.length > MOST_EXPENSIVE) walk.expensive.pop()
  return cost
}

/** By how much: what is beyond all measure is not told to the digit. */
function tooCostly(what: string, cost: number, most: number): string {
  const factor = cost / most
  const shownFactor = factor > 100 ? 'more than 100x' : `${factor.toFixed(factor < 1.5 ? 6 : 1)}x`
  return `${what} exceeds budget by factor of ${shownFactor} (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)` // prettier-ignore
}
