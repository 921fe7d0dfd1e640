import { describe, expect, it } from 'vitest'
import { libFileMap } from 'monaco-editor/languages/features/typescript/lib/lib.js'
import { typescript } from 'monaco-editor/languages/features/typescript/lib/typescriptServices.js'
import { compile as compileWith } from './compile.ts'
import { compileNode } from './compile-node.ts'
import { loadEngineNode } from './engine-node.ts'

const types = {
  'clusterwright/node': 'export interface Node { name: string; cpu: number }',
  'clusterwright/scheduler': `import type { Node } from './node.ts'
    export interface Pod { name: string; cpu: number }
    export interface FilterPlugin { filter(pod: Pod, node: Node): boolean }`,
}
const compile = (source: string) => compileNode(source, { fileName: 'main.ts', types })
const show = (source: string) =>
  compile(source).diagnostics.map(({ line, column, code, severity }) => `${line}:${column} ${severity} ${code}`)

describe('a file that is right', () => {
  const source = `import type { FilterPlugin } from 'clusterwright/scheduler'

const plugin: FilterPlugin = {
  filter(pod, node): boolean {
    console.log(pod.name)
    return (node.cpu as number) >= pod.cpu!
  },
}
export default plugin
`

  it('has no diagnostics, and every character keeps its place', () => {
    const { code, diagnostics, runnable } = compile(source)
    expect({ diagnostics, runnable }).toEqual({ diagnostics: [], runnable: true })
    expect(code.length).toBe(source.length)
    expect(code.split('\n')[5]).toBe('    return (node.cpu          ) >= pod.cpu ')
    expect(code).not.toMatch(/import|FilterPlugin/)
  })

  it('runs in the sandbox', async () => {
    const started = (await loadEngineNode()).start({ code: compile(source).code })
    expect(started.ok && started.guest.call('filter', [{ name: 'web', cpu: 1 }, { cpu: 2 }])).toEqual({
      ok: true,
      value: true,
    })
  })

  it.each([
    [
      'an import of types one by one',
      "import { type Pod, type FilterPlugin } from 'clusterwright/scheduler'\nexport default (p: Pod) => p",
    ],
    ['an export list', 'const f = () => 1\nexport { f as default }'],
    [
      'a default class',
      'export default class Raft { private term: number = 0; tick(): number { return ++this.term } }',
    ],
    [
      'types of one’s own, generics, satisfies, overloads',
      'type A<T> = { a: T }\nfunction f(x: string): string\nfunction f(x: number): number\nfunction f(x: unknown) { return x as never }\nexport default { f, a: { a: 1 } satisfies A<number> }',
    ],
    ['a sum of four hundred terms', `export default { n: 0${' + 1'.repeat(400)} }`],
    ['a namespace of types', 'declare namespace N { type A = string }\nexport default (a: N.A) => a'],
    ['await in an async function', 'export default async () => { await 0; for await (const x of [1]) console.log(x) }'],
  ])('may have %s', async (_name, text) => {
    const { code, diagnostics, runnable } = compile(text)
    expect({ diagnostics, runnable }).toEqual({ diagnostics: [], runnable: true })
    expect((await loadEngineNode()).start({ code })).toMatchObject({ ok: true })
  })
})

describe('a type error', () => {
  it('is shown at the learner’s line, and the file runs', () => {
    const source =
      "import type { FilterPlugin } from 'clusterwright/scheduler'\n\nexport default {\n  filter: (pod, node) => node.cpus > pod.cpu,\n} satisfies FilterPlugin\n"
    const { diagnostics, runnable } = compile(source)
    expect(runnable).toBe(true)
    expect(diagnostics).toEqual([
      {
        line: 4,
        column: 31,
        code: 2551,
        severity: 'type',
        message: "Property 'cpus' does not exist on type 'Node'. Did you mean 'cpu'?",
      },
    ])
  })

  it.each([
    ['the page is not there', 'export default () => document.title', ['1:22 type 2584']],
    ['nor are timers', 'export default () => setTimeout(() => {}, 1)', ['1:22 type 2304']],
    ['nor is Node', 'export default () => process.exit()', ['1:22 type 2591']],
    [
      'a module that does not exist',
      "import type { A } from 'clusterwright/nothing'\nexport default (a: A) => a",
      ['1:24 type 2307'],
    ],
    ['nothing is any by silence', 'export default (a) => a', ['1:17 type 7006']],
  ])('%s', (_name, source, expected) => {
    expect(show(source)).toEqual(expected)
  })
})

describe('what cannot run is refused with a remedy', () => {
  it.each([
    ['broken syntax', 'export default {\n  f( {\n}', /./, 'syntax 1005'],
    ['an empty file', '', /export default/, 'syntax 90001'],
    ['a default export of a type', 'export default interface A {}', /export default/, 'syntax 90001'],
    [
      'an import of values',
      "import { filter } from 'clusterwright/scheduler'\nexport default filter",
      /import type/,
      'syntax 90002',
    ],
    ['an import for its effect', "import 'clusterwright/scheduler'\nexport default {}", /import type/, 'syntax 90002'],
    ['a default import', "import s from 'clusterwright/scheduler'\nexport default s", /import type/, 'syntax 90002'],
    ['a re-export', "export * from 'clusterwright/node'\nexport default {}", /Remove this line/, 'syntax 90002'],
    ['import()', "export default () => import('clusterwright/node')", /Remove/, 'syntax 90003'],
    ['top-level await', 'await 0\nexport default {}', /async/, 'syntax 90004'],
    [
      'a decorator',
      'const d = (x: unknown, c: unknown) => {}\n@d class A {}\nexport default A',
      /Call the function/,
      'syntax 90005',
    ],
    ['using', 'export default () => { using a = null }', /finally/, 'syntax 90006'],
    ['an enum', 'enum A { B }\nexport default A', /union/, 'syntax 90007'],
    ['a namespace with code', 'namespace N { export const a = 1 }\nexport default N', /constants/, 'syntax 90007'],
    [
      'a parameter property',
      'export default class { constructor(private n: number) {} }',
      /constructor/,
      'syntax 90007',
    ],
    ['an old cast', 'export default <number>1', /as Type/, 'syntax 90007'],
    ['accessor', 'export default class { accessor a = 1 }', /get/, 'syntax 90008'],
    ['export =', 'const a = 1\nexport = a', /export default/, 'syntax 90009'],
    ['a file too long', `export default '${'x'.repeat(200_000)}'`, /at most 200000/, 'syntax 90010'],
    ['a file too deep', `export default ${'['.repeat(50_000)}`, /nested too deeply/, 'syntax 90011'],
    [
      'a file that only some compilers’ stacks would hold',
      `export default 0${'+1'.repeat(600)}`,
      /nested/,
      'syntax 90011',
    ],
  ])('%s', (_name, source, message, entry) => {
    const { code, diagnostics, runnable } = compile(source)
    expect({ code, runnable }).toEqual({ code: '', runnable: false })
    const found = diagnostics.filter((diagnostic) => `${diagnostic.severity} ${diagnostic.code}` === entry)
    expect(diagnostics.map((diagnostic) => `${diagnostic.severity} ${diagnostic.code}`)).toContain(entry)
    expect(found[0]!.message).toMatch(message)
  })

  it('every refusal in a file is said at once, in order', () => {
    expect(show('enum A { B }\nawait 0\nenum C { D }')).toEqual([
      '1:1 syntax 90007',
      '2:1 syntax 90004',
      '3:1 syntax 90007',
      '3:13 syntax 90001',
    ])
  })
})

it('the same file compiles to the same result, whatever was compiled before', () => {
  const source = "import type { Pod } from 'clusterwright/scheduler'\nexport default (p: Pod) => p.cpus"
  const first = compile(source)
  compileNode('export default 1', { fileName: 'other.ts', types: { 'clusterwright/scheduler': 'export type Pod = 1' } })
  expect(compile(source)).toEqual(first)
})

it.each([
  "import type { Pod } from 'clusterwright/scheduler'\nexport default (p: Pod): string => p.cpus",
  'enum A { B }\nawait 0',
  'const a: number = <any>setTimeout(1)\nexport default { a, b: [1].map((x) => x.y) satisfies string[] }',
  'export default {\n  f( {',
  '',
])('the editor’s copy of the compiler says the same of %j', (source) => {
  const options = { fileName: 'main.ts', types }
  expect(compileWith(source, { ...options, libs: libFileMap }, typescript)).toEqual(compileNode(source, options))
})

describe('without a look at the types', () => {
  const withoutTypes = (source: string) => compileNode(source, { fileName: 'main.ts', types, checksTypes: false })

  it.each([
    ['right', 'export default { f: (a: number): number => a + 1 }'],
    ['of the wrong types', 'const a: string = 1\nexport default a'],
    [
      'with a type-only import',
      "import type { Pod } from 'clusterwright/scheduler'\nexport default (p: Pod) => p.name",
    ],
    [
      'that imports a type as a value',
      "import { Pod } from 'clusterwright/scheduler'\nexport default (p: Pod) => p.name",
    ],
    ['that does not parse', 'export default {'],
    ['with an enum', 'enum A { B }\nexport default A'],
    ['of two mistakes', 'enum A { B }\nexport default ('],
    ['that asks for another library', '/// <reference lib="dom" />\nexport default 1'],
  ])('a file %s gives the same code, and the same reasons why it cannot run', (_, source) => {
    const [quick, whole] = [withoutTypes(source), compile(source)]
    expect(quick.code).toBe(whole.code)
    expect(quick.runnable).toBe(whole.runnable)
    expect(quick.diagnostics).toEqual(whole.diagnostics.filter(({ severity }) => severity === 'syntax'))
  })

  it('says nothing of a type error', () => {
    expect(compile('const a: string = 1\nexport default a').diagnostics).toHaveLength(1)
    expect(withoutTypes('const a: string = 1\nexport default a').diagnostics).toEqual([])
  })
})
