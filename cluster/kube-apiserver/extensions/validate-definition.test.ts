/** What a definition may not say, in the words of a genuine server. */
import { describe, expect, it } from 'vitest'
import type { Definition } from './definition.ts'
import { validateDefinition } from './validate-definition.ts'

const SOUND = { type: 'object', properties: { spec: { type: 'object' } } }

function problems(version: object, spec: object = {}): readonly string[] {
  const one = { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: SOUND }, ...version }
  const names = { plural: 'things', singular: 'thing', kind: 'Thing', listKind: 'ThingList' }
  const whole = { group: 'x.y', scope: 'Namespaced', names, versions: [one], conversion: { strategy: 'None' }, ...spec }
  const definition = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name: 'things.x.y' }, spec: whole } // prettier-ignore
  return validateDefinition(definition as unknown as Definition).map(({ field, message }) => `${field}: ${message}`)
}

const withSchema = (schema: object, more: object = {}) => problems({ schema: { openAPIV3Schema: { ...SOUND, ...schema } }, ...more }) // prettier-ignore
const status = { subresources: { status: {} } }
const column = (fields: object) => problems({ additionalPrinterColumns: [{ name: 'A', type: 'string', jsonPath: '.a', ...fields }] }) // prettier-ignore

describe('the root of a schema', () => {
  it('says nothing of the status that is lost where that is written on its own', () => {
    expect(withSchema({ minProperties: 1 })).toEqual([])
    expect(withSchema({ description: 'd', 'x-kubernetes-validations': [{ rule: 'true' }] }, status)).toEqual([])
    const [refused, ...others] = withSchema({ minProperties: 1 }, status)
    expect(others).toEqual([])
    expect(refused).toMatch(/^spec\.validation\.openAPIV3Schema: Invalid value: .*: only \[Description Type .* XValidations\] fields are allowed at the root of the schema if the status subresource is enabled$/) // prettier-ignore
  })

  it('is an object then', () => {
    expect(problems({ schema: { openAPIV3Schema: { type: 'array' } }, ...status })).toContain(
      'spec.validation.openAPIV3Schema.type: Invalid value: "array": only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
    )
  })
})

it('a column is where a simple path leads, in a form that is known', () => {
  expect(column({})).toEqual([])
  expect(column({ jsonPath: 'a' })).toEqual(['spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with .']) // prettier-ignore
  expect(column({ format: 'x' })).toEqual(['spec.additionalPrinterColumns[0].format: Invalid value: "x": must be one of byte,date,date-time,double,float,int32,int64,password']) // prettier-ignore
})

it('where nothing is converted no webhook is named, and what is, is sound', () => {
  const conversion = (strategy: string, webhook: object) => problems({}, { conversion: { strategy, webhook } })
  const url = 'https://x.y/z'
  const why = 'Forbidden: should not be set when strategy is not set to Webhook'
  expect(conversion('None', { clientConfig: { url }, conversionReviewVersions: ['v1'] })).toEqual([
    `spec.conversion.webhookClientConfig: ${why}`,
    `spec.conversion.conversionReviewVersions: ${why}`,
  ])
  expect(conversion('Webhook', { clientConfig: { url }, conversionReviewVersions: ['v1'] })).toEqual([])
  expect(conversion('Webhook', { clientConfig: { url: 'http://x.y' }, conversionReviewVersions: [] })).toEqual([
    'spec.conversion.webhookClientConfig.url: Invalid value: "http": \'https\' is the only allowed URL scheme; desired format: https://host[/path]',
    'spec.conversion.conversionReviewVersions: Required value',
  ])
})
