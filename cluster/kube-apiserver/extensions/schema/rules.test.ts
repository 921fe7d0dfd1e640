/** Rules in CEL: what a definition may say, and what its objects may be. */
import { describe, expect, it } from 'vitest'
import type { JsonSchema } from '#cluster/api/custom-version.ts'
import { builtInSchemas } from '#cluster/api/schema/built-in.ts'
import { Lab } from '../../lab.ts'
import { ruleErrors } from './rule-errors.ts'
import { structuralErrors } from './structural.ts'
import type { Rule } from './rules.ts'
import { validateRules } from './rules.ts'
import { validateCustom } from './validate.ts'

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'
const TABS = '/apis/stable.example.com/v1/namespaces/default/crontabs'

const rules = (...all: (string | Partial<Rule>)[]) => ({
  'x-kubernetes-validations': all.map((one) => (typeof one === 'string' ? { rule: one } : { rule: '', ...one })),
})
const int: JsonSchema = { type: 'integer' }
const text: JsonSchema = { type: 'string', maxLength: 20 }
const spec = (properties: Readonly<Record<string, JsonSchema>>, ...all: (string | Partial<Rule>)[]): JsonSchema => ({
  type: 'object',
  properties: { spec: { type: 'object', properties, ...rules(...all) } },
})

/** `field: message` of all that is wrong. */
const complaints = (schema: JsonSchema, value: object, old?: object): string[] => {
  expect([...structuralErrors(schema, 'schema'), ...ruleErrors(schema, 'schema')]).toEqual([])
  const before = validateCustom(schema, value, old)
  return validateRules(schema, value, old, before).map(({ field, message }) => `${field}: ${message}`)
}
const defined = (schema: JsonSchema): string[] => ruleErrors(schema, 'schema').map(({ field, message }) => `${field}: ${message}`) // prettier-ignore

describe('an object', () => {
  const SIZES = spec({ min: int, max: int }, { rule: 'self.min <= self.max', message: 'min must not be above max' })

  it('is refused by the server in the words of the rule, and its definition where a rule does not compile', () => {
    const lab = new Lab(1, {}, builtInSchemas)
    const definition = (schema: JsonSchema) => ({
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'crontabs.stable.example.com' },
      spec: {
        group: 'stable.example.com',
        scope: 'Namespaced',
        names: { plural: 'crontabs', kind: 'CronTab' },
        versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: schema } }],
      },
    })
    const wrong = lab.send('POST', CRDS, definition(spec({ min: int }, 'self.nothing > 0')))
    expect([wrong.status, wrong.body.message]).toEqual([
      422,
      `CustomResourceDefinition.apiextensions.k8s.io "crontabs.stable.example.com" is invalid: spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-validations[0].rule: Invalid value: {"Rule":"self.nothing > 0","Message":"","MessageExpression":"","Reason":null,"FieldPath":"","OptionalOldSelf":null}: compilation failed: ERROR: <input>:1:5: undefined field 'nothing'\n | self.nothing > 0\n | ....^`, // prettier-ignore
    ])
    expect(lab.send('POST', CRDS, definition(SIZES)).status).toBe(201)
    lab.run(500_000)
    const tab = (name: string, min: number) => ({ apiVersion: 'stable.example.com/v1', kind: 'CronTab', metadata: { name }, spec: { min, max: 3 } }) // prettier-ignore
    expect(lab.send('POST', TABS, tab('a', 3)).status).toBe(201)
    const refused = lab.send('POST', TABS, tab('b', 4))
    expect(refused.body).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: 'CronTab.stable.example.com "b" is invalid: spec: Invalid value: "object": min must not be above max',
      details: { causes: [{ reason: 'FieldValueInvalid', message: 'Invalid value: "object": min must not be above max', field: 'spec' }] }, // prettier-ignore
    })
    expect(lab.patch(`${TABS}/a`, { spec: { min: 9 } }).body.message).toContain('min must not be above max')
    expect(lab.send('GET', `${TABS}/a`).body.spec).toEqual({ min: 3, max: 3 })
  })

  it.each<[string, JsonSchema, object, string[]]>([
    ['no message: the rule itself', spec({ min: int }, ' self.min > 1 '), { min: 1 }, ['spec: Invalid value: "object": failed rule: self.min > 1']],
    ['a message that is made', spec({ min: int }, { rule: 'self.min > 1', messageExpression: '"got %d".format([self.min])', message: 'no' }), { min: 1 }, ['spec: Invalid value: "object": got 1']],
    ['a message that comes to nothing', spec({ min: int }, { rule: 'self.min > 1', messageExpression: '"" + "  "', message: 'no' }), { min: 1 }, ['spec: Invalid value: "object": no']],
    ['a reason and a field', spec({ min: int }, { rule: 'false', message: 'no', reason: 'FieldValueForbidden', fieldPath: '.min' }), { min: 1 }, ['spec.min: Forbidden: no']],
    ['two rules', spec({ min: int }, 'self.min > 1', 'self.min > 2'), { min: 1 }, ['spec: Invalid value: "object": failed rule: self.min > 1', 'spec: Invalid value: "object": failed rule: self.min > 2']],
    ['a field that is not there', spec({ min: int }, 'self.min > 1'), {}, ['spec: Invalid value: "object": no such key: min evaluating rule: self.min > 1']],
    ['a port by name', spec({ port: { 'x-kubernetes-int-or-string': true } }, 'self.port > 1'), { port: 'http' }, ['spec: Invalid value: "object": \'no such overload\': call arguments did not match a supported operator, function or macro signature for rule: self.port > 1']],
    ['an item of a list', spec({ list: { type: 'array', maxItems: 5, items: { ...text, ...rules('self.startsWith("a")') } } }), { list: ['ab', 'b'] }, ['spec.list[1]: Invalid value: "string": failed rule: self.startsWith("a")']],
    ['an entry of a map', spec({ map: { type: 'object', maxProperties: 5, additionalProperties: { ...int, ...rules('self > 1') } } }), { map: { a: 2, b: 1 } }, ['spec.map[b]: Invalid value: "integer": failed rule: self > 1']],
    ['a name that CEL keeps for itself', spec({ namespace: text, 'a-b': int }, 'self.__namespace__ != "x" && self.a__dash__b > 0'), { namespace: 'x', 'a-b': 1 }, ['spec: Invalid value: "object": failed rule: self.__namespace__ != "x" && self.a__dash__b > 0']],
    ['a time and a duration', spec({ at: { type: 'string', format: 'date-time' }, for: { type: 'string', format: 'duration' } }, 'self.at.getFullYear() > 2024 && self.__for__ < duration("1h")'), { at: '2024-05-01T00:00:00Z', for: '5m' }, ['spec: Invalid value: "object": failed rule: self.at.getFullYear() > 2024 && self.__for__ < duration("1h")']],
    ['null where that may be', spec({ a: { ...int, nullable: true, ...rules('self > 1') } }), { a: null }, []],
  ])('with %s', (_, schema, given, expected) => expect(complaints(schema, { spec: given })).toEqual(expected)) // prettier-ignore

  it('has its own name in the rules of the root', () => {
    const schema: JsonSchema = { type: 'object', ...rules('self.metadata.name.startsWith("x-")') }
    expect(complaints(schema, { metadata: { name: 'y' } })).toEqual([
      '<nil>: Invalid value: "object": failed rule: self.metadata.name.startsWith("x-")',
    ])
  })

  it('is not asked for rules while its schema has more to say', () => {
    const needy = { ...SIZES.properties!['spec']!, required: ['min'] }
    expect(complaints({ type: 'object', properties: { spec: needy } }, { spec: {} })).toEqual([
      '<nil>: Invalid value: "null": some validation rules were not checked because the object was invalid; correct the existing errors to complete validation', // prettier-ignore
    ])
  })

  it('may stay as it was where a rule has become stricter', () => {
    const schema = spec({ a: { ...int, ...rules('self > 1') }, b: { ...int, ...rules('self > 1') } })
    expect(complaints(schema, { spec: { a: 1, b: 2 } }, { spec: { a: 1, b: 5 } })).toEqual([])
    expect(complaints(schema, { spec: { a: 0, b: 2 } }, { spec: { a: 1, b: 2 } })).toEqual([
      'spec.a: Invalid value: "integer": failed rule: self > 1',
    ])
  })

  it('is compared with what it was, where that can be told', () => {
    const keyed: JsonSchema = { type: 'array', maxItems: 5, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['name'], items: { type: 'object', required: ['name'], properties: { name: text, size: int }, ...rules('self.size >= oldSelf.size') } } // prettier-ignore
    const schema = spec({ a: { ...int, ...rules({ rule: 'self == oldSelf', message: 'immutable' }) }, list: keyed })
    expect(complaints(schema, { spec: { a: 1 } })).toEqual([])
    expect(complaints(schema, { spec: { a: 2 } }, { spec: { a: 1 } })).toEqual(['spec.a: Invalid value: "integer": immutable']) // prettier-ignore
    const before = { spec: { list: [{ name: 'x', size: 3 }, { name: 'y', size: 3 }] } } // prettier-ignore
    const after = { spec: { list: [{ name: 'z', size: 0 }, { name: 'y', size: 2 }, { name: 'x', size: 3 }] } } // prettier-ignore
    expect(complaints(schema, after, before)).toEqual(['spec.list[1]: Invalid value: "object": failed rule: self.size >= oldSelf.size']) // prettier-ignore
  })

  it('is compared with nothing, where a rule wants that too', () => {
    const rule = { rule: 'oldSelf.hasValue() || self == 1', optionalOldSelf: true, message: 'begins with 1' }
    const schema = spec({ a: { ...int, ...rules(rule) } })
    expect(complaints(schema, { spec: { a: 2 } })).toEqual(['spec.a: Invalid value: "integer": begins with 1'])
    expect(complaints(schema, { spec: { a: 2 } }, { spec: { a: 1 } })).toEqual([])
  })

  it('may not be so large that its rules cost too much', () => {
    const list = { type: 'array', maxItems: 100_000, items: int, ...rules('self.all(a, a > 0)') }
    const schema = spec({ list })
    const { field, message } = validateRules(schema, { spec: { list: Array.from({ length: 300_000 }, () => 1) } }, undefined, [])[0]! // prettier-ignore
    expect(`${field}: ${message}`).toBe('spec.list: Invalid value: "array": \'operation cancelled: actual cost limit exceeded\': no further validation rules will be run due to call cost exceeds limit for rule: self.all(a, a > 0)') // prettier-ignore
  })
})

describe('a rule', () => {
  it.each<[string, JsonSchema, string]>([
    ['that is empty', spec({}, ' '), 'schema.properties[spec].x-kubernetes-validations[0].rule: Required value: rule is not specified'],
    ['that is no condition', spec({ a: int }, 'self.a + 1'), 'OptionalOldSelf":null}: cel expression must evaluate to a bool'],
    ['of two lines without a message', spec({ a: int }, 'self.a\n> 1'), 'message: Required value: message must be specified if rule contains line breaks'],
    ['with a message of nothing', spec({}, { rule: 'true', message: ' ' }), 'message: Invalid value: " ": message must be non-empty if specified'],
    ['with a message that is no text', spec({}, { rule: 'true', messageExpression: '1' }), 'messageExpression must evaluate to a string'],
    ['with a message that does not compile', spec({}, { rule: 'true', messageExpression: 'x' }), "messageExpression compilation failed: ERROR: <input>:1:1: undeclared reference to 'x' (in container '')"],
    ['with another reason', spec({}, { rule: 'true', reason: 'Because' }), 'reason: Unsupported value: "Because": supported values: "FieldValueDuplicate", "FieldValueForbidden", "FieldValueInvalid", "FieldValueRequired"'],
    ['with a path to nowhere', spec({ a: int }, { rule: 'true', fieldPath: '.b' }), 'fieldPath: Invalid value: ".b": fieldPath must be a valid path: does not refer to a valid field'],
    ['with oldSelf optional, that does not name it', spec({ a: int }, { rule: 'self.a > 1', optionalOldSelf: true }), 'optionalOldSelf: Invalid value: true: may not be set if oldSelf is not used in rule'],
    ['about changes of what has no name', spec({ list: { type: 'array', maxItems: 3, items: { ...int, ...rules('self == oldSelf') } } }), 'schema.properties[spec].properties[list].items.x-kubernetes-validations[0].rule: Invalid value: "self == oldSelf": oldSelf cannot be used on the uncorrelatable portion of the schema within schema.properties[spec].properties[list]'],
    ['about what has no type', spec({ a: { 'x-kubernetes-preserve-unknown-fields': true, ...rules('true') } }), "rule declared on schema that does not support validation rules type: '' x-kubernetes-preserve-unknown-fields: 'true'"],
    ['that may cost a little too much', spec({ list: { type: 'array', items: int, ...rules('self.all(a, self.all(b, a != b))') } }), 'rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)'],
  ])('%s is refused', (_, schema, expected) => expect(defined(schema).join('\n')).toContain(expected)) // prettier-ignore

  it('stands beside `allOf` and its like, never within: such a schema is not structural', () => {
    const within = (name: 'allOf' | 'anyOf' | 'oneOf'): JsonSchema => ({ type: 'object', properties: { spec: { type: 'object', properties: { a: int }, [name]: [{ properties: { a: rules('self > 1') } }, rules('has(self.a)')] } } }) // prettier-ignore
    for (const name of ['allOf', 'anyOf', 'oneOf'] as const) {
      expect(structuralErrors(within(name), 'schema').map(({ field, message }) => `${field}: ${message}`)).toEqual([
        `schema.properties[spec].${name}[0].properties[a].x-kubernetes-validations: Forbidden: must be empty to be structural`,
        `schema.properties[spec].${name}[1].x-kubernetes-validations: Forbidden: must be empty to be structural`,
      ])
    }
  })

  // https://github.com/kubernetes/kubernetes/issues/124234
  it('may not make its message of a text whose length nobody knows', () => {
    const rule = { rule: 'self.attempts >= 0', messageExpression: "'invalid attempts: ' + string(self.attempts)" }
    const schema = spec({ config: { type: 'object', properties: { attempts: int }, ...rules(rule) } })
    const at = 'schema.properties[spec].properties[config].x-kubernetes-validations[0].messageExpression: Forbidden: '
    expect(defined(schema)).toEqual([
      `${at}estimated messageExpression cost exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)`,
      `${at}contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
      'schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x (try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)',
    ]) // prettier-ignore
  })

  it('is cheap enough once what it is about has bounds', () => {
    const list = (more: object) => spec({ list: { type: 'array', items: { type: 'string', ...more }, maxItems: 100, ...rules('self.all(a, a.contains("xyz"))') } }) // prettier-ignore
    expect(defined(list({}))).toEqual([
      expect.stringMatching(/estimated rule cost exceeds budget by factor of \d+\.\dx/),
    ])
    expect(defined(list({ maxLength: 100 }))).toEqual([])
  })

  it('is one of many, whose cost is limited together', () => {
    const one = { type: 'array', maxItems: 1_500_000, items: int, ...rules('self.all(a, a > 0)') }
    const many = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`list${i}`, one]))
    const errors = defined(spec(many))
    expect(errors).toHaveLength(5)
    expect(errors[0]).toContain('Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema') // prettier-ignore
    expect(errors[4]).toMatch(/^schema: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of 1\.\d{6}x/) // prettier-ignore
  })
})
