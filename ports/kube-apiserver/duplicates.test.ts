import { expect, it } from 'vitest'
import { duplicatesIn } from './duplicates.ts'

it.each([
  ['{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}', []],
  ['{"a":1,"a":2,"a":3}', ['a', 'a']],
  ['{"spec":{"containers":[{"name":"c"},{"name":"c","image":"x","name":"d"}]}}', ['spec.containers[1].name']],
  ['{"a":"{\\"a\\":1,\\"a\\":2}","b":"a,\\"}{","b":[]}', ['b']],
  ['{"a":{},"\\u0061":1}', ['a']],
  ['[[1,2],{"x":[],"x":{}}]', ['[1].x']],
  ['{"data":{"__proto__":1,"__proto__":2}}', ['data.__proto__']],
  ['"a"', []],
])('of %s the fields %j are given twice', (text, fields) => expect(duplicatesIn(text)).toEqual(fields))
