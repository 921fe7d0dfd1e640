/**
 * status.typeChecking of policies: what expressions would complain of if they knew the types of the objects that they are about. A
 * warning and nothing more: the policy is in force as it is.
 *
 * Upstream a controller of kube-controller-manager writes this; here the server does, as it has the language.
 * Where to read upstream: apiserver `pkg/admission/plugin/policy/validating/typechecking.go`; kubernetes/kubernetes
 * `pkg/controller/validatingadmissionpolicystatus`.
 */
import type { Resource } from '#cluster/api/resources.ts'
import { apiVersionOf, RESOURCES, resourceNamed } from '#cluster/api/resources.ts'
import type { FieldType, ObjectType, Scalar, Schemas } from '#cluster/api/schema/schema.ts'
import type { Context, Effect } from '#cluster/kernel/component.ts'
import { declarationOf } from '../../cel/declarations.ts'
import type { Type } from '../../cel/types.ts'
import * as types from '../../cel/types.ts'
import { ownResourcesOf } from '../../extensions/custom-resources.ts'
import { putStatus, writes } from '../../extensions/own-requests.ts'
import type { State } from '../../state.ts'
import { compileSpec } from './compiled.ts'
import { POLICIES } from './params.ts'
import type { NamedRule, Policy } from './types.ts'

/** As many kinds are looked at for each policy. */
const KINDS_MAX = 10

type WithStatus = Policy & { readonly status?: { readonly observedGeneration?: number } }

/** Policies have changed: looks at the next whose status is of an older one. @param key of the cache that has moved */
export function policiesMoved(state: State, key: string, ctx: Context): Effect[] {
  const { schemas } = state
  const cache = state.caches[POLICIES]
  if (key !== POLICIES || !schemas || !cache || writes(state, POLICIES)) return []
  for (const policy of cache.objects.values() as Iterable<WithStatus>) {
    const { generation } = policy.metadata
    if (policy.status?.observedGeneration === generation) continue
    const expressionWarnings = warningsOf(state, schemas, policy)
    const typeChecking = expressionWarnings.length > 0 ? { expressionWarnings } : {}
    const status = { ...policy.status, observedGeneration: generation, typeChecking }
    return putStatus(state, resourceNamed(POLICIES), { ...policy, status } as Policy, ctx)
  }
  return []
}

interface Warning {
  readonly fieldRef: string
  readonly warning: string
}

function warningsOf(state: State, schemas: Schemas, { spec }: Policy): Warning[] {
  const kinds = kindsOf(state, spec.matchConstraints?.resourceRules ?? [])
  const found = new Map<string, string[]>()
  for (const row of kinds) {
    const object = typeOf(schemas, row)
    const compiled = compileSpec(spec, [['object', object], ['oldObject', object]]) // prettier-ignore
    const kind = `${row.group}/${row.version}, Kind=${row.kind}`
    compiled.validations.forEach(({ expression, message }, i) => {
      for (const [field, program] of [
        ['expression', expression],
        ['messageExpression', message],
      ] as const) {
        // Of which type it is does not matter here.
        if (!program || !('error' in program) || !program.error.startsWith(FAILED)) continue
        const fieldRef = `spec.validations[${i}].${field}`
        found.set(fieldRef, [...(found.get(fieldRef) ?? []), `${kind}: ${program.error.slice(FAILED.length)}\n`])
      }
    })
  }
  return [...found].map(([fieldRef, warnings]) => ({ fieldRef, warning: warnings.join('\n') }))
}

const FAILED = 'compilation failed: '

/** The kinds that rules name without asterisks. */
function kindsOf(state: State, rules: readonly NamedRule[]): readonly Resource[] {
  const rows = ownResourcesOf(state)
  const plain = (list: readonly string[] = []) => (list.some((one) => one.includes('*')) ? [] : list)
  const found = rules.flatMap(({ apiGroups, apiVersions, resources = [] }) =>
    rows.filter(
      ({ group, version, resource }) =>
        plain(apiGroups).includes(group) && plain(apiVersions).includes(version) && resources.includes(resource),
    ),
  )
  const order = ({ group, version, kind }: Resource) => `${group}\n${version}\n${kind}`
  return [...new Set(found)].sort((a, b) => (order(a) < order(b) ? -1 : 1)).slice(0, KINDS_MAX)
}

// ── types ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function typeOf(schemas: Schemas, row: Resource): Type {
  if (row.custom) return declarationOf(row.custom.schema, true)?.type ?? types.DYN
  const stored = RESOURCES.includes(row) ? schemas.typeOfKind(apiVersionOf(row), row.kind) : undefined
  return stored ? objectType(schemas, stored) : types.DYN
}

const SCALARS: Readonly<Record<Scalar, Type>> = {
  s: types.STRING,
  y: types.BYTES,
  q: types.DYN,
  t: types.TIMESTAMP,
  u: types.TIMESTAMP,
  i: types.INT,
  l: types.INT,
  n: types.DOUBLE,
  b: types.BOOL,
  x: types.DYN,
  '*': types.DYN,
}

const known = new WeakMap<ObjectType, Type>()

/** Types may hold themselves: each field is made when it is first asked for. */
class Fields extends Map<string, Type> {
  readonly #of: (name: string) => Type | undefined
  constructor(of: (name: string) => Type | undefined) {
    super()
    this.#of = of
  }
  override get(name: string): Type | undefined {
    return this.#of(name)
  }
}

function objectType(schemas: Schemas, of: ObjectType): Type {
  let type = known.get(of)
  if (type === undefined) {
    const fields = new Fields((name) => {
      const field = of.fields.get(name)
      return field ? fieldType(schemas, field.type) : of.rest && fieldType(schemas, of.rest)
    })
    known.set(of, (type = Object.freeze({ is: 'object', name: 'object', fields })))
  }
  return type
}

function fieldType(schemas: Schemas, type: FieldType): Type {
  switch (type.is) {
    case 'scalar':
      return SCALARS[type.scalar]
    case 'object':
      return objectType(schemas, schemas.typeNamed(type.name))
    case 'list':
      return types.listOf(fieldType(schemas, type.of))
    case 'map':
      return types.mapOf(types.STRING, fieldType(schemas, type.of))
  }
}
