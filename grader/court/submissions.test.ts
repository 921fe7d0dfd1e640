/** What lies in a folder of submissions is somebody else's: none of it ends the batch. */
import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Read } from './submissions.ts'
import { readSubmission, submissionsIn } from './submissions.ts'

let folder: string
let outside: string
const write = (name: string, content: string | Uint8Array): void => writeFileSync(join(folder, name), content)

beforeAll(() => {
  ;[folder, outside] = [mkdtempSync(join(tmpdir(), 'submissions-')), mkdtempSync(join(tmpdir(), 'outside-'))]
  for (const name of ['ada', 'ada/deep', 'node_modules', '.git']) mkdirSync(join(folder, name))
  for (const name of ['b.ts', 'a.js', 'ada/main.ts', 'ada/deep/x.ts', 'Z.ts', 'ümlaut.ts']) write(name, `// ${name}\n`)
  for (const name of ['node_modules/no.ts', '.git/no.ts', '.hidden.ts', 'no.d.ts', 'notes.md']) write(name, '')
  write('bytes.ts', new Uint8Array([0xff, 0xfe, 0x41]))
  write('large.ts', 'x'.repeat(1_000_001))
  write('just.ts', 'x'.repeat(1_000_000))
  writeFileSync(join(outside, 'secret.ts'), 'secret')
  symlinkSync(join(outside, 'secret.ts'), join(folder, 'link-out.ts'))
  symlinkSync(join(folder, 'b.ts'), join(folder, 'link-in.ts'))
  symlinkSync(join(folder, 'nowhere'), join(folder, 'link-broken.ts'))
  symlinkSync(outside, join(folder, 'link-folder'))
  symlinkSync(outside, join(folder, 'link-folder.ts'))
  if (process.platform !== 'win32') execFileSync('sh', ['-c', `mkfifo '${join(folder, 'pipe.ts')}'`])
  mkdirSync(join(folder, 'folder.ts'))
})
afterAll(() => [folder, outside].forEach((path) => rmSync(path, { recursive: true })))

const read = (name: string): Read => readSubmission({ name, path: join(folder, name) }, folder)

it('are the .ts and .js files in it and below, in the order of their names', () => {
  const names = submissionsIn(folder).map(({ name }) => name)
  expect(names).toEqual([...names].sort())
  expect(names.filter((name) => !/link|pipe|large|just|bytes/.test(name))).toEqual(
    ['a.js', 'ada/deep/x.ts', 'ada/main.ts', 'b.ts', 'Z.ts', 'ümlaut.ts'].sort(),
  )
  expect(names).not.toContain('link-folder/secret.ts')
})

it.each([
  ['bytes.ts', /not UTF-8/],
  ['large.ts', /more than 1000000 bytes/],
  ['link-out.ts', /leads out/],
  ['link-folder.ts', /leads out/],
  ['pipe.ts', /no regular file/],
  ['folder.ts', /no regular file/],
])('%s can only be an error, and says why', (name, why) => {
  expect(read(name)).toMatchObject({ source: '', refusal: expect.stringMatching(why) })
  expect(read(name).unreadable).toBeUndefined()
})

it('what we cannot look at is nobody’s mistake', () => {
  expect(read('link-broken.ts').unreadable).toMatch(/ENOENT/)
  expect(read('gone.ts').unreadable).toMatch(/ENOENT/)
  if (process.getuid?.() === 0) return
  chmodSync(join(folder, 'a.js'), 0)
  expect(read('a.js').unreadable).toMatch(/EACCES/)
})

it('everything else is read whole, also through a link within, and known again by its digest', () => {
  expect(read('link-in.ts')).toEqual(read('b.ts'))
  expect(read('just.ts').source).toHaveLength(1_000_000)
  expect(read('b.ts').source).toBe('// b.ts\n')
  expect(read('b.ts').digest).not.toBe(read('Z.ts').digest)
})
