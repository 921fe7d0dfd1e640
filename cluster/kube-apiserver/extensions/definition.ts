/**
 * CustomResourceDefinitions: what they look like, their conditions, and the rows of resources that they stand for.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apis/apiextensions/v1/types.go`, `pkg/apihelpers/helpers.go`.
 */
import type { JsonSchema, PrinterColumn, ScalePaths } from '#cluster/api/custom-version.ts'
import { deepFreeze, formatTime } from '#cluster/api/meta.ts'
import type { Resource } from '#cluster/api/resources.ts'
import type { KubernetesObject } from '#cluster/api/types.ts'
import type { Micros } from '#cluster/kernel/component.ts'
import type { Webhook } from '../admission/webhooks/types.ts'
import { byPriority } from './version-priority.ts'

export const DEFINITIONS = 'customresourcedefinitions'
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io'

export interface DefinedNames {
  readonly plural: string
  readonly singular?: string
  readonly kind: string
  readonly listKind?: string
  readonly shortNames?: readonly string[]
  readonly categories?: readonly string[]
}

export interface DefinedVersion {
  readonly name: string
  readonly served: boolean
  readonly storage: boolean
  readonly deprecated?: boolean
  readonly deprecationWarning?: string
  readonly schema?: { readonly openAPIV3Schema?: JsonSchema }
  readonly subresources?: { readonly status?: object; readonly scale?: ScalePaths }
  readonly additionalPrinterColumns?: readonly PrinterColumn[]
  readonly selectableFields?: readonly { readonly jsonPath: string }[]
}

export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime?: string
}

export interface ConversionWebhook {
  readonly clientConfig?: Webhook['clientConfig']
  readonly conversionReviewVersions?: readonly string[]
}

export interface Definition extends KubernetesObject {
  readonly spec: {
    readonly group: string
    readonly scope: 'Namespaced' | 'Cluster'
    readonly names: DefinedNames
    readonly versions: readonly DefinedVersion[]
    readonly conversion?: { readonly strategy: string; readonly webhook?: ConversionWebhook }
    readonly preserveUnknownFields?: boolean
  }
  readonly status?: {
    readonly acceptedNames?: DefinedNames
    readonly conditions?: readonly Condition[]
    readonly storedVersions?: readonly string[]
  }
}

export const conditionOf = ({ status }: Definition, type: string): Condition | undefined =>
  status?.conditions?.find((condition) => condition.type === type)

export const holds = (definition: Definition, type: string): boolean => conditionOf(definition, type)?.status === 'True'

/** With that condition; its time moves where its status does. */
export function withCondition(definition: Definition, condition: Condition, now: Micros): Definition {
  const conditions = definition.status?.conditions ?? []
  const old = conditionOf(definition, condition.type)
  const lastTransitionTime = old?.status === condition.status && old.lastTransitionTime ? old.lastTransitionTime : formatTime(now) // prettier-ignore
  const next = { ...condition, lastTransitionTime }
  const all = old ? conditions.map((one) => (one === old ? next : one)) : [...conditions, next]
  return { ...definition, status: { ...definition.status, conditions: all } }
}

const VERBS = ['delete', 'deletecollection', 'get', 'list', 'patch', 'create', 'update', 'watch'] as const
const NO_SCHEMA: JsonSchema = Object.freeze({ type: 'object', 'x-kubernetes-preserve-unknown-fields': true })
const AGE: PrinterColumn = Object.freeze({
  name: 'Age',
  type: 'date',
  description: 'CreationTimestamp is a timestamp representing the server time when this object was created. It is not guaranteed to be set in happens-before order across separate operations. Clients may not set this value. It is represented in RFC3339 form and is in UTC.', // prettier-ignore
  jsonPath: '.metadata.creationTimestamp',
})

const rows = new WeakMap<Definition, readonly Resource[]>()

/** One row for each version, in the order of their priority. (A definition is never changed, only replaced.) */
export function rowsOf(definition: Definition): readonly Resource[] {
  let made = rows.get(definition)
  if (made === undefined) rows.set(definition, (made = makeRows(definition)))
  return made
}

function makeRows(definition: Definition): readonly Resource[] {
  const { versions } = definition.spec
  const stored = rowOf(definition, versions.find(({ storage }) => storage) ?? versions[0]!, undefined)
  const all = versions.map((version) => (version.name === stored.version ? stored : rowOf(definition, version, stored)))
  return Object.freeze(all.sort((a, b) => byPriority(a.version, b.version)))
}

function rowOf(definition: Definition, version: DefinedVersion, storedAs: Resource | undefined): Resource {
  const { metadata, spec, status } = definition
  const { plural, kind } = spec.names
  const accepted = status?.acceptedNames ?? spec.names
  const { subresources } = version
  const warning = version.deprecationWarning ?? `${spec.group}/${version.name} ${kind} is deprecated`
  return deepFreeze({
    resource: plural,
    singular: accepted.singular ?? kind.toLowerCase(),
    kind,
    group: spec.group,
    version: version.name,
    namespaced: spec.scope === 'Namespaced',
    shortNames: accepted.shortNames ?? [],
    subresources: [...(subresources?.status ? ['status'] : []), ...(subresources?.scale ? ['scale'] : [])],
    categories: accepted.categories ?? [],
    verbs: VERBS,
    ...(storedAs && { storedAs }),
    custom: {
      definition: metadata.name,
      listKind: spec.names.listKind ?? `${kind}List`,
      schema: version.schema?.openAPIV3Schema ?? NO_SCHEMA,
      hasStatus: subresources?.status !== undefined,
      scale: subresources?.scale,
      columns: version.additionalPrinterColumns?.length ? version.additionalPrinterColumns : [AGE],
      selectableFields: (version.selectableFields ?? []).map(({ jsonPath }) => jsonPath.replace(/^\./, '')),
      deprecationWarning: version.deprecated ? warning : undefined,
      ...(spec.conversion?.strategy === 'Webhook' && { converts: true }),
      terminating: metadata.deletionTimestamp !== undefined,
    },
  })
}

/** Whether requests for its objects are answered. */
export const isServed = (definition: Definition): boolean =>
  holds(definition, 'NamesAccepted') || holds(definition, 'Established')

/** Whether the version of that row is served. */
export const servesVersion = ({ spec }: Definition, { version }: Resource): boolean =>
  spec.versions.some(({ name, served }) => served && name === version)
