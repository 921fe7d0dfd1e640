/**
 * What the API's fields are for, in upstream's words: read from the declarations of @kubernetes/client-node where that package is
 * installed (here, where the course is made), else from the file that was made of them (in the command's own package, which is
 * to work without it). One type at a time, when somebody asks for a document of OpenAPI.
 *
 * That package says nothing of a field whose type is described itself. Of most of these `referenced-descriptions.json` says what the
 * OpenAPI document of a genuine Kubernetes 1.20 said; where nothing is known (younger fields), documents of OpenAPI say what is
 * said of the type.
 * What we leave out: paragraphs, which the package joins.
 */
import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { Described, Descriptions, Schemas } from '#cluster/api/schema/schema.ts'
import { describedBy } from '#cluster/api/schema/schema.ts'

const MADE = new URL('./descriptions.json', import.meta.url)
const REFERENCED = new URL('./referenced-descriptions.json', import.meta.url)

/** Where the models are declared; undefined where the package is not installed. */
function folder(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node')), 'gen/models')
  } catch {
    return undefined
  }
}

/** Nothing is read before the first question. */
export function descriptions(): Descriptions {
  let from: Descriptions | undefined
  return {
    describe(type, field) {
      from ??= existsSync(MADE) ? madeOf(MADE) : withReferenced(inPackage(folder()))
      return from.describe(type, field)
    },
  }
}

const madeOf = (file: URL): Descriptions => describedBy(JSON.parse(readFileSync(file, 'utf8')) as Described)

/** What is said of fields that refer to another type, too: where types are described at all. */
function withReferenced(types: Descriptions): Descriptions {
  const referenced = madeOf(REFERENCED)
  return {
    describe(type, field) {
      const said = types.describe(type, field)
      if (said !== undefined || field === undefined || types.describe(type) === undefined) return said
      return referenced.describe(type, field)
    },
  }
}

function inPackage(place: string | undefined): Descriptions {
  const read = new Map<string, Descriptions>()
  const told = (type: string): Readonly<Record<string, string>> => {
    if (place === undefined) return {}
    const paths = modelsOf(type).map((model) => join(place, `${model}.d.ts`))
    const path = paths.find((file) => existsSync(file))
    return path === undefined ? {} : commentsIn(readFileSync(path, 'utf8'))
  }
  return {
    describe(type, field) {
      let found = read.get(type)
      if (found === undefined) read.set(type, (found = describedBy({ [type]: told(type) })))
      return found.describe(type, field)
    },
  }
}

/** `events.k8s.io/v1.Event` → `EventsV1Event`, `V1Event`: what several groups have bears the group's name first. */
function modelsOf(type: string): string[] {
  const dot = type.lastIndexOf('.')
  const [group = '', version = ''] = type.slice(0, dot).split('/')
  const plain = `V${version.slice(1)}${type.slice(dot + 1)}`
  const [word = ''] = group.split('.')
  return [`${word.charAt(0).toUpperCase()}${word.slice(1)}${plain}`, plain]
}

const COMMENT = /\/\*\*\n\s*\* ([^\n]*)\n\s*\*\/\n\s*(?:export declare class \w+|'_?([^']+)'\??:)/g

/** Comments of one line before the class and before its fields; quotes and ends of comments were escaped in them. */
function commentsIn(text: string): Readonly<Record<string, string>> {
  const found = [...text.matchAll(COMMENT)].map(([, said = '', field = '']): [string, string] => [
    field,
    said
      .replaceAll(/\\(['"\\])/g, '$1')
      .replaceAll('*_/', '*/')
      .replaceAll('/_*', '/*'),
  ])
  return Object.fromEntries(found)
}

/** Everything that is said of the types, for where the package will not be. */
export function allDescriptions({ data, typeNamed, descriptions: { describe } }: Schemas): Described {
  const rows = Object.keys(data.types).map((type): [string, Record<string, string>] => {
    const names = ['', ...typeNamed(type).fields.keys()]
    const told = names.flatMap((name) => {
      const said = describe(type, name)
      return said === undefined ? [] : [[name, said] as const]
    })
    return [type, Object.fromEntries(told)]
  })
  return Object.fromEntries(rows.filter(([, told]) => Object.keys(told).length > 0))
}
