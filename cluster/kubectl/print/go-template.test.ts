/** What Go's templates make of objects. */
import { expect, it } from 'vitest'
import { fillGoTemplate } from './go-template.ts'

const DATA = {
  items: [
    { metadata: { name: 'a', labels: { app: 'x', 'a.b/c': 'd' } }, spec: { replicas: 2 } },
    { metadata: { name: 'b' }, spec: { replicas: 0 } },
  ],
  secret: 'aGVsbG8=',
}

it.each([
  ['{{range .items}}{{.metadata.name}} {{end}}', 'a b '],
  ['{{range $i, $one := .items}}{{$i}}={{$one.metadata.name}},{{end}}', '0=a,1=b,'],
  ['{{range $key, $value := (index .items 0).metadata.labels}}{{$key}}:{{$value}};{{end}}', 'a.b/c:d;app:x;'],
  ['{{index (index .items 0).metadata.labels "a.b/c"}}', 'd'],
  ['{{range .items}}{{if gt .spec.replicas 1}}many{{else if eq .spec.replicas 0}}none{{else}}one{{end}} {{end}}', 'many none '],
  ['{{with .nothing}}some{{else}}none{{end}}', 'none'],
  ['{{range .nothing}}some{{else}}none{{end}}', 'none'],
  ['{{.secret | base64decode}}', 'hello'],
  ['{{printf "%-4s|%3d" "ab" 7}}', 'ab  |  7'],
  ['{{len .items}} {{.nothing}} {{not true}} {{and true false}} {{or false "x"}}', '2 <no value> false false x'],
  ['{{(index .items 1).metadata}} {{"{{"}}', 'map[name:b] {{'],
  ['a {{- " b " -}} c{{/* silent */}}', 'a b c'],
  ['{{$x := 1}}{{range .items}}{{$x = 2}}{{end}}{{"\\n"}}', '\n'],
])('%s is %j', (template, text) => {
  expect(fillGoTemplate(template, DATA)).toBe(text)
}) // prettier-ignore

it.each([
  ['{{range .items}}', 'unexpected EOF'],
  ['{{.items', 'unclosed action'],
  ['{{nosuch .items}}', 'function "nosuch" not defined'],
  ['{{.secret.more}}', "can't evaluate field more in type string"],
])('%s says %j', (template, why) => {
  expect(() => fillGoTemplate(template, DATA)).toThrow(why)
})
