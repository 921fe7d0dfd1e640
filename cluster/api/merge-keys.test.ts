import { describe, expect, it } from 'vitest'
import { mergeKeyOf } from './merge-keys.ts'
import { RESOURCES, apiVersionOf } from './resources.ts'
import { builtInSchemas } from './schema/built-in.ts'
import type { FieldType } from './schema/schema.ts'

/** Every list of every kind, by the field that it lies in: `spec ports` → how the schemas merge it. */
function lists(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const seen = new Set<string>()
  const visit = (type: FieldType, parent: string): void => {
    if (type.is === 'scalar') return
    if (type.is !== 'object') return visit(type.of, parent)
    if (seen.has(`${parent} ${type.name}`)) return
    seen.add(`${parent} ${type.name}`)
    for (const field of builtInSchemas.typeNamed(type.name).fields.values()) {
      if (field.type.is === 'list' && field.type.of.is === 'object') {
        const place = `${parent} ${field.name}`
        found.set(place, (found.get(place) ?? new Set()).add(field.mergeKey ?? 'none'))
      }
      visit(field.type, field.name)
    }
  }
  for (const row of RESOURCES.filter(({ verbs }) => verbs.includes('patch'))) {
    const { name } = builtInSchemas.typeOfKind(apiVersionOf(row), row.kind)!
    visit({ is: 'object', name }, '')
  }
  return found
}

/** Of the same place in two kinds, one is merged by a patch upstream and one is not: here both are. */
const MERGED_HERE_ALONE = ['status conditions', 'devices conditions', 'spec variables']

describe('merge keys', () => {
  it('by name and place are those of the schemas', () => {
    const wrong = [...lists()].filter(([place, keys]) => {
      const [parent, field] = place.split(' ') as [string, string]
      return !MERGED_HERE_ALONE.includes(place) && !(keys.size === 1 && keys.has(mergeKeyOf(field, parent) ?? 'none'))
    })
    expect(wrong.map(([place, keys]) => `${place}: ${[...keys].join(' or ')}`)).toEqual([])
  })
})
