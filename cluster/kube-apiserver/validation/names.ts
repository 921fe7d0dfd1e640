/**
 * Rules for names and labels, with the texts that clients show.
 *
 * Where to read upstream: apimachinery `pkg/util/validation/validation.go`, `pkg/api/validation/objectmeta.go`.
 */
import type { ObjectMeta } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, required, tooLongValue } from '../status.ts'

const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const LABEL_1035 = /^[a-z]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$/
const LABEL_VALUE = /^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/

export type NameRule = 'subdomain' | 'label' | 'label-1035' | 'path-segment'

const LABEL_TEXT =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
const LABEL_1035_TEXT =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
const SUBDOMAIN_TEXT =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"

const tooLong = (name: string, max: number): string[] =>
  byteLength(name) > max ? [`must be no more than ${max} characters`] : []

/** Limits are of bytes, whatever their messages say. */
export function byteLength(text: string): number {
  let length = text.length
  for (const character of text) if (character > '\u007f') length += character > '\u07ff' ? 2 : 1
  return length
}

/** Why a name is refused: all reasons, none where it is fine. */
export function nameProblems(name: string, rule: NameRule): readonly string[] {
  switch (rule) {
    case 'path-segment':
      return pathProblems(name)
    case 'label':
      return name.length < 64 && LABEL.test(name) ? NONE : problemsOf(name, 63, LABEL, LABEL_TEXT)
    case 'label-1035':
      return name.length < 64 && LABEL_1035.test(name) ? NONE : problemsOf(name, 63, LABEL_1035, LABEL_1035_TEXT)
    case 'subdomain':
      return name.length < 254 && SUBDOMAIN.test(name) ? NONE : problemsOf(name, 253, SUBDOMAIN, SUBDOMAIN_TEXT)
  }
}

const NONE: readonly string[] = Object.freeze([])

const problemsOf = (name: string, max: number, form: RegExp, text: string): string[] => [
  ...tooLong(name, max),
  ...(form.test(name) ? [] : [text]),
]

function pathProblems(name: string): readonly string[] {
  if (name === '.' || name === '..') return [`may not be '${name}'`]
  return ['/', '%'].filter((character) => name.includes(character)).map((character) => `may not contain '${character}'`)
}

/** The first reason why a name is refused; undefined where it is fine. */
export const nameProblem = (name: string, rule: NameRule): string | undefined => nameProblems(name, rule)[0]

/** One error for each reason. */
export const invalidName = (field: string, name: string, rule: NameRule): FieldError[] =>
  nameProblems(name, rule).map((problem) => invalidValue(field, name, problem))

/** The form of a name that a number is still to be put to. */
export const invalidPrefix = (field: string, prefix: string, rule: NameRule): FieldError[] => {
  const name = prefix.endsWith('-') ? `${prefix.slice(0, -1)}a` : prefix
  return nameProblems(name, rule).map((problem) => invalidValue(field, prefix, problem))
}

const knownNames = new Map<string, true>()
const ANNOTATIONS_MAX = 262_144

/** @param isPlain finalizers of a single word are anybody's */
export function validateMetadata(metadata: ObjectMeta, rule: NameRule, isPlain = false): FieldError[] {
  const errors: FieldError[] = []
  const { generation = 0 } = metadata
  if (generation < 0) {
    errors.push(invalidValue('metadata.generation', generation, 'must be greater than or equal to 0'))
  }
  if (metadata.generateName) errors.push(...invalidPrefix('metadata.generateName', metadata.generateName, rule))
  if (!metadata.name) errors.push(required('metadata.name', 'name or generateName is required'))
  else errors.push(...invalidName('metadata.name', metadata.name, rule))
  validateLabels(metadata.labels, 'metadata.labels', errors)
  validateAnnotations(metadata.annotations, 'metadata.annotations', errors)
  errors.push(...validateOwners(metadata.ownerReferences ?? []))
  for (const finalizer of metadata.finalizers ?? []) errors.push(...invalidKey('metadata.finalizers', finalizer))
  if (metadata.finalizers?.includes('orphan') && metadata.finalizers.includes('foregroundDeletion')) {
    const why = 'finalizer orphan and foregroundDeletion cannot be both set'
    errors.push(invalidValue('metadata.finalizers', metadata.finalizers, why))
  }
  if (!isPlain) metadata.finalizers?.forEach((finalizer, index) => errors.push(...unqualified(finalizer, `metadata.finalizers[${index}]`))) // prettier-ignore
  return errors
}

export function validateAnnotations(
  annotations: Readonly<Record<string, string>> | undefined,
  field: string,
  errors: FieldError[],
): void {
  if (annotations === undefined) return
  let size = 0
  for (const key of Object.keys(annotations)) {
    for (const problem of keyProblems(key.toLowerCase())) errors.push(invalidValue(field, key, problem))
    size += key.length + annotations[key]!.length
  }
  if (size > ANNOTATIONS_MAX) errors.push(tooLongValue(field, ANNOTATIONS_MAX))
}

const OWNERS = 'metadata.ownerReferences'

function validateOwner({
  apiVersion,
  kind,
  name,
  uid,
}: NonNullable<ObjectMeta['ownerReferences']>[number]): FieldError[] {
  const parts = (apiVersion ?? '').split('/')
  const version = parts.length > 2 ? '' : parts.at(-1)
  return [
    ...(version ? [] : [invalidValue(`${OWNERS}.apiVersion`, apiVersion ?? '', 'version must not be empty')]),
    ...(kind ? [] : [invalidValue(`${OWNERS}.kind`, '', 'kind must not be empty')]),
    ...(name ? [] : [invalidValue(`${OWNERS}.name`, '', 'name must not be empty')]),
    ...(uid ? [] : [invalidValue(`${OWNERS}.uid`, '', 'uid must not be empty')]),
    ...(version === 'v1' && apiVersion === 'v1' && kind === 'Event'
      ? [invalidValue(OWNERS, { apiVersion, kind, name, uid }, '/v1, Kind=Event is disallowed from being an owner')]
      : []),
  ]
}

/** One at most has the say. */
function validateOwners(owners: NonNullable<ObjectMeta['ownerReferences']>): FieldError[] {
  const first = owners.find(({ controller }) => controller)
  return owners.flatMap((owner) => {
    if (!owner.controller || owner === first) return validateOwner(owner)
    const both = `Found "true" in references for ${first!.name} and ${owner.name}`
    return [...validateOwner(owner), invalidValue(OWNERS, owners, `Only one reference can have Controller set to true. ${both}`)] // prettier-ignore
  })
}

const OWN_FINALIZERS: readonly string[] = ['foregroundDeletion', 'kubernetes', 'orphan']

/** Who owns a finalizer can be told from it: a domain, or the system. */
const unqualified = (finalizer: string, field: string): FieldError[] =>
  finalizer.includes('/') || OWN_FINALIZERS.includes(finalizer)
    ? []
    : [invalidValue(field, finalizer, 'name is neither a standard finalizer name nor is it fully qualified')]

/** One error for each reason. */
export function invalidFinalizer(finalizer: string, field: string): FieldError[] {
  const problems = keyProblems(finalizer).map((problem) => invalidValue(field, finalizer, problem))
  return [...problems, ...unqualified(finalizer, field)]
}

export function validateLabels(
  labels: Readonly<Record<string, string>> | undefined,
  field: string,
  errors: FieldError[],
): void {
  if (labels === undefined) return
  for (const key of Object.keys(labels)) {
    const value = labels[key]!
    const pair = `${key}\n${value}`
    if (knownNames.has(pair)) continue
    const found = [
      ...keyProblems(key).map((problem) => invalidValue(field, key, problem)),
      ...labelValueProblems(value).map((problem) => invalidValue(field, value, problem)),
    ]
    errors.push(...found)
    if (found.length > 0) continue
    if (knownNames.size > 10_000) knownNames.clear()
    knownNames.set(pair, true)
  }
}

/** The key of a label, on its own. */
export const invalidKey = (field: string, key: string): FieldError[] =>
  keyProblems(key).map((problem) => invalidValue(field, key, problem))

const LABEL_VALUE_TEXT =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"

export function labelValueProblems(value: string): readonly string[] {
  if (typeof value !== 'string') return ['must be a string']
  if (value.length < 64 && LABEL_VALUE.test(value)) return NONE
  return problemsOf(value, 63, LABEL_VALUE, LABEL_VALUE_TEXT)
}

export const labelValueProblem = (value: string): string | undefined => labelValueProblems(value)[0]

const QUALIFIED_TEXT =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"

/** What is wrong with the key of a label or an annotation, or with another qualified name. */
export function keyProblems(key: string): readonly string[] {
  const parts = key.split('/')
  if (parts.length > 2) {
    const prefixed = " with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')"
    return [`a qualified name ${QUALIFIED_TEXT}${prefixed}`]
  }
  const name = parts.at(-1)!
  const problems: string[] = []
  if (parts.length === 2) {
    if (parts[0] === '') problems.push('prefix part must be non-empty')
    else problems.push(...nameProblems(parts[0]!, 'subdomain').map((problem) => `prefix part ${problem}`))
  }
  if (name === '') problems.push('name part must be non-empty')
  else problems.push(...tooLong(name, 63).map((problem) => `name part ${problem}`))
  if (!QUALIFIED.test(name)) problems.push(`name part ${QUALIFIED_TEXT}`)
  return problems
}

export const keyProblem = (key: string): string | undefined => keyProblems(key)[0]
