/**
 * The house rules. First the tree itself; then each rule against a planted violation, because a guard that has never
 * complained may be one that cannot.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { exceptions } from './house/exceptions.ts'
import { inspect, print } from './house/house.ts'
import { importsOf } from './house/imports.ts'
import type { Manifest } from './house/imports.ts'
import { readLayers, rowOf } from './house/layers.ts'
import { HEADER_PARTS } from './house/shape.ts'
import { isScript, readTree } from './house/source.ts'
import type { Source } from './house/source.ts'

const root = dirname(import.meta.dirname)
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
const rows = readLayers(readFileSync(join(root, 'ARCHITECTURE.md'), 'utf8'))

describe('the tree', () => {
  const sources = readTree(root)

  it('keeps the house rules', () => {
    expect(inspect({ sources, rows, manifest, exceptions }).map(print)).toEqual([])
  }, 120_000)

  it('is really read: every top folder of the table that exists has files, and they import each other', () => {
    const scripts = sources.filter(({ path }) => isScript(path))
    expect(scripts.map(({ path }) => path)).toContain('scripts/tidy.test.ts')
    for (const folder of ['cluster/kernel', 'grader', 'scripts', 'src']) {
      const files = scripts.filter(({ path }) => rowOf(path, rows) && path.startsWith(`${folder}/`))
      expect(files.length, folder).toBeGreaterThan(0)
      expect(files.flatMap(importsOf).length, folder).toBeGreaterThan(0)
    }
  })
})

/** What the rules say about a tree of these files, under the real table. */
function complaintsAbout(...files: [path: string, text: string][]): string[] {
  const sources: Source[] = files.map(([path, text]) => ({ path, text }))
  return inspect({ sources, rows, manifest, exceptions: [] }).map(print)
}

/** A file that breaks no rule, to be imported. */
const innocent = (path: string): [string, string] => [path, 'export const nothing = 0\n']
const header = `/*\n${HEADER_PARTS.map((part) => `${part}: …`).join('\n')}\n*/\n`
const entry = (path: string, text: string): [string, string] => [path, header + text]
const machinePath = ['', 'tmp', 'trace.json'].join('/')
const unfinished = ['FIX', 'ME'].join('')
const long = (lines: number): string =>
  Array.from({ length: lines }, (_, line) => `export const v${line} = 0\n`).join('')
const skip = ['it', 'skip'].join('.')

describe('each rule complains about a planted violation, and names the remedy', () => {
  it.each<[string, [string, string][], RegExp]>([
    [
      'a component that imports another',
      [
        entry('cluster/kubelet/kubelet.ts', `import { nothing } from '../kube-scheduler/kube-scheduler.ts'\n`),
        entry('cluster/kube-scheduler/kube-scheduler.ts', 'export const nothing = 0\n'),
      ],
      /kubelet\.ts:7 imports cluster\/kube-scheduler.*may not.*move what both need/,
    ],
    [
      'the kernel importing upwards, for a type alone',
      [
        entry('cluster/kernel/kernel.ts', `import type { Pod } from '#cluster/api/api.ts'\n`),
        entry('cluster/api/api.ts', 'export type Pod = 0\n'),
      ],
      /kernel\.ts:7 imports cluster\/api\/api\.ts, which cluster\/kernel may not \(may: nothing\)/,
    ],
    [
      'a type imported in place',
      [
        entry('cluster/kernel/kernel.ts', `export type P = import('../api/api.ts').Pod\n`),
        entry('cluster/api/api.ts', 'export type Pod = 0\n'),
      ],
      /kernel\.ts:7 imports cluster\/api\/api\.ts/,
    ],
    [
      'a package that is not on the list',
      [
        entry(
          'cluster/api/api.ts',
          `import { parse } from 'yaml'\nimport lodash from 'lodash/fp'\nexport { parse, lodash }\n`,
        ),
      ],
      /^cluster\/api\/api\.ts:8 imports the package lodash.*ARCHITECTURE\.md/,
    ],
    [
      'Node’s own modules in cluster/',
      [entry('cluster/etcd/etcd.ts', `export * from 'node:fs'\n`)],
      /imports the package node:fs/,
    ],
    [
      'a page’s worker outside its layer',
      [['grader/worker.ts', `new Worker(new URL('../src/page.ts', import.meta.url))\n`], innocent('src/page.ts')],
      /worker\.ts:1 imports src\/page\.ts/,
    ],
    [
      'an Astro page’s script that imports a test',
      [
        [
          'src/pages/a.astro',
          `---\nconst a = 1\n---\n<p>{a}</p>\n<script>\n  import '../../test/e2e/x.ts'\n</script>\n`,
        ],
        innocent('test/e2e/x.ts'),
      ],
      /a\.astro:6 imports test\/e2e\/x\.ts/,
    ],
    [
      'a path to no file',
      [['src/a.ts', `import './gone.ts'\n`]],
      /imports \.\/gone\.ts, which is not a file \(src\/gone\.ts\)/,
    ],
    ['a folder without a row', [['server/a.ts', 'export {}\n']], /server\/a\.ts:1 has no row in the layer table/],
    [
      'learner code that imports a value',
      [['exercises/04-x/01-y/solution.ts', `import { kit } from 'clusterwright/kit'\n`]],
      /solution\.ts:1 imports clusterwright\/kit as a value.*import type/,
    ],
    [
      'checks that reach past the public names',
      [['exercises/04-x/01-y/checks.ts', `import { a } from '#grader/kit/a.ts'\n`], innocent('grader/kit/a.ts')],
      /checks\.ts:1 imports #grader\/kit\/a\.ts.*import clusterwright/,
    ],
    [
      'a ring of imports made of types',
      [
        ['src/a.ts', `import type { B } from './b.ts'\nexport type A = B\n`],
        ['src/b.ts', `import type { A } from './a.ts'\nexport type B = A\n`],
      ],
      /src\/a\.ts:1 is in a ring of imports.*src\/a\.ts ↔ src\/b\.ts.*beneath both/,
    ],
    [
      'the clock',
      [entry('cluster/etcd/etcd.ts', 'export const a = () => Date.now()\n')],
      /etcd\.ts:7 uses Date.*context\.now/,
    ],
    ['a date of now', [['grader/kit/a.ts', 'export const a = new Date()\n']], /uses Date.*context\.now/],
    ['chance', [['grader/kit/a.ts', 'export const a = Math.random()\n']], /uses Math\.random.*context\.random/],
    ['a timer', [['grader/kit/a.ts', 'setTimeout(() => {}, 1)\n']], /uses setTimeout.*wake effect/],
    ['a microtask', [['grader/kit/a.ts', 'queueMicrotask(() => {})\n']], /uses queueMicrotask/],
    ['a stopwatch', [['grader/kit/a.ts', 'performance.now()\n']], /uses performance/],
    [
      'a ban behind globalThis',
      [['grader/kit/a.ts', 'globalThis.setTimeout(() => {}, 1)\n']],
      /uses globalThis\.setTimeout/,
    ],
    [
      'an order of languages',
      [['grader/kit/a.ts', `export const a = 'a'.localeCompare('b')\n`]],
      /uses localeCompare.*compare with </,
    ],
    ['formatting by language', [['grader/kit/a.ts', `export const a = new Intl.NumberFormat()\n`]], /uses Intl/],
    [
      'an async function in cluster/',
      [entry('cluster/etcd/etcd.ts', 'export async function a() {}\n')],
      /uses async.*synchronous/,
    ],
    ['a promise in cluster/', [entry('cluster/etcd/etcd.ts', 'export const a = Promise.resolve()\n')], /uses Promise/],
    ['for … in', [entry('cluster/etcd/etcd.ts', 'for (const a in {}) void a\n')], /for … in.*use a Table or a Map/],
    ['a logarithm', [entry('cluster/etcd/etcd.ts', 'export const a = Math.log(2)\n')], /Math\.log.*table of values/],
    ['a power', [entry('cluster/etcd/etcd.ts', 'export const a = (b: number) => 1.5 ** b\n')], /\*\*.*multiply/],
    ['a barrel', [innocent('src/figures/index.ts')], /is a barrel/],
    ['a drawer', [innocent('src/utils/strings.ts')], /drawer named "utils".*beside its first user/],
    ['a file that is too long', [['src/a.ts', long(401)]], /has 401 lines, more than 400.*split it/],
    [
      'a function that is too long',
      [['src/a.ts', `export function tall() {\n${'  void 0\n'.repeat(70)}}\n`]],
      /tall has 72 lines of its own, more than 70/,
    ],
    [
      'a header without its parts',
      [['cluster/etcd/etcd.ts', '/** etcd. */\nexport {}\n']],
      /no "What we leave out" in its header/,
    ],
    ['a component without its entry file', [innocent('cluster/etcd/mvcc.ts')], /cluster\/etcd:1 has no etcd\.ts/],
    ['a test that does not run', [['src/a.test.ts', `${skip}('x', () => {})\n`]], /uses it\.skip.*a failure/],
    ['a mark of unfinished work', [['src/a.ts', `// ${unfinished}: later\n`]], /has the mark/],
    ['a path of one machine', [['README.md', `Look into ${machinePath}.\n`]], /names a path of one machine/],
  ])('%s', (_, files, expected) => {
    expect(complaintsAbout(...files).join('\n')).toMatch(expected)
  })

  it('an exception that nothing needs', () => {
    const unneeded = { rule: 'file-size', path: 'src/a.ts', reason: 'it was long once' }
    const found = inspect({ sources: [{ path: 'src/a.ts', text: '' }], rows, manifest, exceptions: [unneeded] })
    expect(found.map(print)).toEqual([expect.stringContaining('delete it from scripts/house/exceptions.ts')])
  })

  it('an architecture page without the table', () => {
    expect(() => readLayers('# Architecture\n')).toThrow(/no table with the columns/)
  })
})

describe('what keeps the rules is left in peace', () => {
  it.each<[string, [string, string][]]>([
    [
      'banned words in comments and strings',
      [['grader/kit/a.ts', `// Date.now() is banned\nexport const a = 'Math.random()'\n`]],
    ],
    [
      'a simulated process',
      [entry('cluster/etcd/etcd.ts', 'export const a = (process: { name: string }) => process.name\n')],
    ],
    ['the type Promise', [entry('cluster/etcd/etcd.ts', 'export type Call = () => Promise<void>\n')]],
    ['a property named Date', [['grader/kit/a.ts', 'export const a = { Date: 1 }\nexport const b = a.Date\n']]],
    [
      'exact powers',
      [entry('cluster/etcd/etcd.ts', 'export const a = (b: number) => 2 ** 53 + 2 ** b\nexport const c = 2n ** 64n\n')],
    ],
    [
      'a kubelet that knows the CRI',
      [
        entry('cluster/kubelet/kubelet.ts', `import '../container-runtime/cri.ts'\n`),
        innocent('cluster/container-runtime/cri.ts'),
        entry('cluster/container-runtime/container-runtime.ts', ''),
      ],
    ],
    [
      'a test that times itself',
      [['cluster/etcd/a.test.ts', 'performance.now()\n'], entry('cluster/etcd/etcd.ts', '')],
    ],
    ['web paths', [['src/a.ts', `export const a = '/course/home/page'\n`]]],
  ])('%s', (_, files) => {
    expect(complaintsAbout(...files)).toEqual([])
  })
})
