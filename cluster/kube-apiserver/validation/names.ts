/**
 * Rules for names and labels, with the texts that clients show.
 *
 * Where to read upstream: apimachinery `pkg/util/validation/validation.go`, `pkg/api/validation/objectmeta.go`.
 */
import type { ObjectMeta } from '#cluster/api/types.ts'
import type { FieldError } from '../status.ts'
import { invalidValue, required } from '../status.ts'

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

/** Why a name is refused; undefined where it is fine. */
export function nameProblem(name: string, rule: NameRule): string | undefined {
  switch (rule) {
    case 'path-segment':
      return name === '.' || name === '..'
        ? `may not be '${name}'`
        : name.includes('/') || name.includes('%')
          ? `may not contain '${name.includes('/') ? '/' : '%'}'`
          : undefined
    case 'label':
      return name.length > 63 ? 'must be no more than 63 characters' : LABEL.test(name) ? undefined : LABEL_TEXT
    case 'label-1035':
      return name.length > 63
        ? 'must be no more than 63 characters'
        : LABEL_1035.test(name)
          ? undefined
          : LABEL_1035_TEXT
    case 'subdomain':
      return name.length > 253
        ? 'must be no more than 253 characters'
        : SUBDOMAIN.test(name)
          ? undefined
          : SUBDOMAIN_TEXT
  }
}

const knownNames = new Map<string, true>()

export function validateMetadata(metadata: ObjectMeta, rule: NameRule): FieldError[] {
  const errors: FieldError[] = []
  if (!metadata.name) errors.push(required('metadata.name', 'name or generateName is required'))
  else {
    const problem = nameProblem(metadata.name, rule)
    if (problem) errors.push(invalidValue('metadata.name', metadata.name, problem))
  }
  validateLabels(metadata.labels, 'metadata.labels', errors)
  for (const key of Object.keys(metadata.annotations ?? {})) {
    const problem = keyProblem(key)
    if (problem) errors.push(invalidValue('metadata.annotations', key, problem))
  }
  return errors
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
    const problem = keyProblem(key)
    if (problem) errors.push(invalidValue(field, key, problem))
    const bad = labelValueProblem(value)
    if (bad) errors.push(invalidValue(field, value, bad))
    if (!problem && !bad) {
      if (knownNames.size > 10_000) knownNames.clear()
      knownNames.set(pair, true)
    }
  }
}

export function labelValueProblem(value: string): string | undefined {
  if (typeof value !== 'string') return 'must be a string'
  if (value.length > 63) return 'must be no more than 63 characters'
  if (LABEL_VALUE.test(value)) return undefined
  return "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')"
}

export function keyProblem(key: string): string | undefined {
  const slash = key.indexOf('/')
  const name = key.slice(slash + 1)
  if (slash >= 0) {
    const problem = slash === 0 ? 'prefix part must be non-empty' : nameProblem(key.slice(0, slash), 'subdomain')
    if (problem) return slash === 0 ? problem : `prefix part ${problem}`
  }
  if (name === '') return 'name part must be non-empty'
  if (name.length > 63) return 'name part must be no more than 63 characters'
  if (QUALIFIED.test(name)) return undefined
  return "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
}
