/** Templates of `-o jsonpath`, by what the documentation shows. */
import { expect, it } from 'vitest'
import { fillTemplate } from './json-path.ts'

const LIST = {
  kind: 'List',
  items: [
    { metadata: { name: 'a', labels: { x: '1' } }, status: { conditions: [{ type: 'Ready', status: 'True' }] } },
    { metadata: { name: 'b' }, spec: { ports: [80, 81] } },
  ],
}

it.each([
  ['{.items[*].metadata.name}', 'a b'],
  ['{.items[0].metadata.labels}', '{"x":"1"}'],
  ['{range .items[*]}{.metadata.name}{"\\t"}{.spec.ports[1]}{"\\n"}{end}', 'a\t\nb\t81\n'],
  ['{.items[0].status.conditions[?(@.type=="Ready")].status}', 'True'],
  ['name={.items[1].metadata.name}, kind={$.kind}', 'name=b, kind=List'],
  ["{.items[1].spec.ports}{' '}{.none}", '[80,81] '],
])('%s', (template, text) => {
  expect(fillTemplate(template, LIST)).toBe(text)
})

it.each([
  ['{.items', 'unclosed action'],
  ['{range .items[*]}{.name}', 'unclosed range'],
  ['{items}', 'unrecognized identifier items'],
])('refuses %s', (template, why) => {
  expect(() => fillTemplate(template, LIST)).toThrow(why)
})
