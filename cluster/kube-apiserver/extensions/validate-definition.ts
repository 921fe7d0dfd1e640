/**
 * The rules for a CustomResourceDefinition, with the texts of upstream. What all versions have in common is told of the paths that
 * the definition's internal form has for it (`spec.validation`, `spec.subresources` …), as upstream does.
 *
 * Where to read upstream: apiextensions-apiserver `pkg/apis/apiextensions/validation/validation.go`.
 */
import type { JsonSchema, PrinterColumn, ScalePaths } from '#cluster/api/custom-version.ts'
import { isEqual } from '#cluster/api/meta.ts'
import type { FieldError } from '../status.ts'
import { duplicateValue, forbiddenValue, invalidValue, notSupported, required } from '../status.ts'
import { nameProblem } from '../validation/names.ts'
import { reviewVersionErrors, validateWebhookService, validateWebhookUrl } from '../validation/webhook-client.ts'
import type { DefinedNames, DefinedVersion, Definition } from './definition.ts'
import { holds } from './definition.ts'
import { rootErrors } from './schema/root-errors.ts'
import { ruleErrors } from './schema/rule-errors.ts'
import { structuralErrors } from './schema/structural.ts'

const APPROVAL = 'api-approved.kubernetes.io'
const PROTECTED = /(?:^|\.)(?:k8s|kubernetes)\.io$/

export function validateDefinition(definition: Definition): FieldError[] {
  const { metadata, spec } = definition
  if (!spec) return [required('spec.group'), required('spec.scope'), required('spec.versions')]
  const { names = { plural: '', kind: '' } } = spec
  const errors: FieldError[] = []
  if (metadata.name !== `${names.plural}.${spec.group}`) {
    errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'))
  }
  errors.push(...groupErrors(spec.group), ...scopeErrors(spec.scope))
  errors.push(...versionErrors(spec.versions ?? []), ...nameErrors(names), ...conversionErrors(definition))
  if (spec.preserveUnknownFields) {
    errors.push(invalidValue('spec.preserveUnknownFields', true, 'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead')) // prettier-ignore
  }
  if (PROTECTED.test(spec.group ?? '') && !metadata.annotations?.[APPROVAL]) {
    const why = `protected groups must have approval annotation "${APPROVAL}", see https://github.com/kubernetes/enhancements/pull/1111`
    errors.push(required(`metadata.annotations[${APPROVAL}]`, why))
  }
  return errors
}

export function validateDefinitionUpdate(definition: Definition, old: Definition): FieldError[] {
  const errors = validateDefinition(definition)
  const { spec, status } = definition
  const immutable = (value: unknown, before: unknown, field: string) => {
    if (!isEqual(value, before)) errors.push(invalidValue(field, value, 'field is immutable'))
  }
  if (holds(old, 'Established')) {
    immutable(spec.scope, old.spec.scope, 'spec.scope')
    immutable(spec.names?.kind, old.spec.names.kind, 'spec.names.kind')
  }
  immutable(spec.group, old.spec.group, 'spec.group')
  immutable(spec.names?.plural, old.spec.names.plural, 'spec.names.plural')
  return [...errors, ...storedVersionErrors(spec.versions, status?.storedVersions)]
}

function storedVersionErrors(versions: readonly DefinedVersion[] = [], stored: readonly string[] = []): FieldError[] {
  return stored.flatMap((name, i) =>
    versions.some((version) => version.name === name)
      ? []
      : [invalidValue(`status.storedVersions[${i}]`, name, 'must appear in spec.versions')],
  )
}

/** Who moves objects to another version says so here; the version in which they are stored stays. */
export function validateDefinitionStatus({ spec, status }: Definition): FieldError[] {
  const stored = status?.storedVersions ?? []
  if (stored.length === 0)
    return [invalidValue('status.storedVersions', stored, 'must have at least one stored version')]
  const current = spec.versions.find(({ storage }) => storage)?.name ?? ''
  const errors = storedVersionErrors(spec.versions, stored)
  if (!stored.includes(current)) {
    errors.push(invalidValue('status.storedVersions', stored, `missing the storage version ${current}`))
  }
  return errors
}

function groupErrors(group = ''): FieldError[] {
  if (group === '') return [required('spec.group')]
  const problem = nameProblem(group, 'subdomain')
  if (problem) return [invalidValue('spec.group', group, problem)]
  return group.includes('.') ? [] : [invalidValue('spec.group', group, 'should be a domain with at least one dot')]
}

const SCOPES = ['Cluster', 'Namespaced']

function scopeErrors(scope: string | undefined): FieldError[] {
  if (!scope) return [required('spec.scope')]
  return SCOPES.includes(scope) ? [] : [notSupported('spec.scope', scope, SCOPES)]
}

function conversionErrors({ spec }: Definition): FieldError[] {
  const { strategy, webhook } = spec.conversion ?? { strategy: 'None' }
  const at = 'spec.conversion'
  if (!strategy) return [required(`${at}.strategy`)]
  if (strategy !== 'None' && strategy !== 'Webhook') return [notSupported(`${at}.strategy`, strategy, ['None', 'Webhook'])] // prettier-ignore
  if (strategy === 'None') {
    const why = 'should not be set when strategy is not set to Webhook'
    return [
      ...(webhook?.clientConfig ? [forbiddenValue(`${at}.webhookClientConfig`, why)] : []),
      ...(webhook?.conversionReviewVersions?.length ? [forbiddenValue(`${at}.conversionReviewVersions`, why)] : []),
    ]
  }
  const { clientConfig, conversionReviewVersions = [] } = webhook ?? {}
  return [...clientErrors(clientConfig, `${at}.webhookClientConfig`), ...reviewVersionErrors(conversionReviewVersions, `${at}.conversionReviewVersions`, '')] // prettier-ignore
}

type Client = NonNullable<NonNullable<Definition['spec']['conversion']>['webhook']>['clientConfig']

function clientErrors(client: Client, at: string): FieldError[] {
  if (!client) return [required(at, 'required when strategy is set to Webhook')]
  const { url, service } = client
  if (url === undefined && service) return validateWebhookService(service, `${at}.service`)
  if (url !== undefined && !service) return validateWebhookUrl(url, `${at}.url`)
  return [required(at, 'exactly one of url or service is required')]
}

// ── names ───────────────────────────────────────────────────────────────────────────────────────────────────────────

function nameErrors(names: DefinedNames): FieldError[] {
  const errors: FieldError[] = []
  const { plural, singular, kind, listKind, shortNames = [], categories = [] } = names
  for (const [field, value] of [
    ['plural', plural],
    ['singular', singular],
    ['kind', kind],
    ['listKind', listKind],
  ] as const)
    // prettier-ignore
    if (!value) errors.push(required(`spec.names.${field}`))
  const label = (value: string | undefined, field: string, isMixed = false) => {
    const problem = value && nameProblem(isMixed ? value.toLowerCase() : value, 'label-1035')
    if (!problem) return
    const detail = isMixed ? `may have mixed case, but should otherwise match: ${problem}` : problem
    errors.push(invalidValue(`spec.names.${field}`, value, detail))
  }
  label(plural, 'plural')
  label(singular, 'singular')
  label(kind, 'kind', true)
  label(listKind, 'listKind', true)
  shortNames.forEach((name, i) => label(name, `shortNames[${i}]`))
  if (kind && kind === listKind) {
    errors.push(invalidValue('spec.names.listKind', listKind, 'kind and listKind may not be the same'))
  }
  categories.forEach((name, i) => label(name, `categories[${i}]`))
  return errors
}

// ── versions ────────────────────────────────────────────────────────────────────────────────────────────────────────

const hasStatus = (versions: readonly DefinedVersion[]): boolean => versions.some(({ subresources }) => subresources?.status !== undefined) // prettier-ignore

function versionErrors(versions: readonly DefinedVersion[]): FieldError[] {
  const errors: FieldError[] = []
  versions.forEach(({ name = '', schema, deprecated, deprecationWarning }, i) => {
    const at = `spec.versions[${i}]`
    const problem = nameProblem(name, 'label-1035')
    if (problem) errors.push(invalidValue(`${at}.name`, name, problem))
    if (!schema?.openAPIV3Schema) errors.push(required(`${at}.schema.openAPIV3Schema`, 'schemas are required'))
    if (deprecationWarning !== undefined && !deprecated) {
      errors.push(
        invalidValue(`${at}.deprecationWarning`, deprecationWarning, 'can only be set for deprecated versions'),
      )
    }
  })
  const each = <T>(
    of: (version: DefinedVersion) => T | undefined,
    shared: string,
    own: string,
    check: (value: T, path: string, version: DefinedVersion) => FieldError[],
  ) => {
    // prettier-ignore
    const [first, ...others] = versions
    const isShared = first !== undefined && others.every((version) => isEqual(of(version), of(first)))
    for (const [i, version] of (isShared ? [first] : versions).entries()) {
      const value = of(version)
      if (value !== undefined) errors.push(...check(value, isShared ? shared : `spec.versions[${i}].${own}`, version))
    }
  }
  each(
    ({ schema }) => schema?.openAPIV3Schema,
    'spec.validation.openAPIV3Schema',
    'schema.openAPIV3Schema',
    (schema, path, version) => schemaErrors(schema, path, hasStatus(path.startsWith('spec.validation') ? versions : [version])), // prettier-ignore
  )
  each(({ subresources }) => subresources?.scale, 'spec.subresources.scale', 'subresources.scale', scaleErrors)
  each(
    ({ additionalPrinterColumns: all }) => all,
    'spec.additionalPrinterColumns',
    'additionalPrinterColumns',
    columnErrors,
  )
  each(({ selectableFields: all }) => all, 'spec.selectableFields', 'selectableFields', selectableErrors)
  if (new Set(versions.map(({ name }) => name)).size < versions.length) {
    errors.push(invalidValue('spec.versions', versions, 'must contain unique version names'))
  }
  if (versions.filter(({ storage }) => storage).length !== 1) {
    errors.push(invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'))
  }
  return errors
}

/** Rules are looked at once the schema is one. */
function schemaErrors(schema: JsonSchema, path: string, hasStatus: boolean): FieldError[] {
  const errors = [...(hasStatus ? rootErrors(schema, path) : []), ...structuralErrors(schema, path)]
  return errors.length > 0 ? errors : ruleErrors(schema, path)
}

/** A path of plain names. */
const SIMPLE_PATH = /^(?:\.[^.[\]]+)+$/

function scaleErrors(scale: ScalePaths, path: string): FieldError[] {
  const errors: FieldError[] = []
  const pathError = (field: keyof ScalePaths, roots: readonly string[], where: string) => {
    const value = scale[field]
    if (!value) {
      if (field !== 'labelSelectorPath') errors.push(required(`${path}.${field}`))
    } else if (!value.startsWith('.')) {
      errors.push(invalidValue(`${path}.${field}`, value, 'must be a simple json path starting with .'))
    } else if (!SIMPLE_PATH.test(value)) {
      errors.push(invalidValue(`${path}.${field}`, value, 'should be a simple json path'))
    } else if (!roots.some((root) => value.startsWith(root))) {
      errors.push(invalidValue(`${path}.${field}`, value, `should be a json path under ${where}`))
    }
  }
  pathError('specReplicasPath', ['.spec.'], '.spec')
  pathError('statusReplicasPath', ['.status.'], '.status')
  pathError('labelSelectorPath', ['.spec.', '.status.'], 'either .spec or .status')
  return errors
}

const COLUMN_TYPES = ['boolean', 'date', 'integer', 'number', 'string']

const COLUMN_FORMATS = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password']

const columnErrors = (columns: readonly PrinterColumn[], path: string): FieldError[] =>
  columns.flatMap(({ name, type, format, jsonPath }, i) => [
    ...(name ? [] : [required(`${path}[${i}].name`)]),
    ...(!type ? [required(`${path}[${i}].type`, `must be one of ${COLUMN_TYPES.join(',')}`)] : []),
    ...(type && !COLUMN_TYPES.includes(type)
      ? [invalidValue(`${path}[${i}].type`, type, `must be one of ${COLUMN_TYPES.join(',')}`)]
      : []),
    ...(format && !COLUMN_FORMATS.includes(format)
      ? [invalidValue(`${path}[${i}].format`, format, `must be one of ${COLUMN_FORMATS.join(',')}`)]
      : []),
    ...(jsonPath ? [] : [required(`${path}[${i}].JSONPath`)]),
    ...(jsonPath && !jsonPath.startsWith('.')
      ? [invalidValue(`${path}[${i}].JSONPath`, jsonPath, 'must be a simple json path starting with .')]
      : []),
  ])

const SELECTABLE_MAX = 8

function selectableErrors(
  fields: readonly { readonly jsonPath: string }[],
  path: string,
  { schema }: DefinedVersion,
): FieldError[] {
  const errors: FieldError[] = []
  const seen = new Set<string>()
  if (fields.length > SELECTABLE_MAX) {
    const message = `Too many: ${fields.length}: must have at most ${SELECTABLE_MAX} items`
    errors.push({ reason: 'FieldValueTooMany', field: path, message })
  }
  fields.forEach(({ jsonPath }, i) => {
    const at = `${path}[${i}].jsonPath`
    if (!jsonPath) return errors.push(required(at))
    if (seen.has(jsonPath)) errors.push(duplicateValue(at, jsonPath))
    seen.add(jsonPath)
    if (!SIMPLE_PATH.test(jsonPath)) return errors.push(invalidValue(at, jsonPath, 'is an invalid path: does not begin with a dot or is no simple path')) // prettier-ignore
    let inner = schema?.openAPIV3Schema
    for (const name of jsonPath.slice(1).split('.')) inner = inner?.properties?.[name]
    if (jsonPath.startsWith('.metadata.')) {
      return errors.push(invalidValue(at, jsonPath, 'must not point to fields in metadata'))
    }
    if (!inner) return errors.push(invalidValue(at, jsonPath, 'is an invalid path: does not refer to a valid field'))
    if (!['string', 'boolean', 'integer'].includes(inner.type ?? '')) {
      errors.push(invalidValue(at, jsonPath, 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.')) // prettier-ignore
    }
    return undefined
  })
  return errors
}
