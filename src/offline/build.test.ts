import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { filesOf } from './build.ts'

const folder = mkdtempSync(join(tmpdir(), 'clusterwright-offline-'))
afterAll(() => rmSync(folder, { recursive: true }))

const put = (path: string, text: string) => {
  mkdirSync(join(folder, path, '..'), { recursive: true })
  writeFileSync(join(folder, path), text)
}

it('lists every file below the folder, and a version where the name has none', () => {
  put('index.html', 'home')
  put('lessons/kubelet/index.html', 'a lesson')
  put('_astro/page.Dx1.js', 'code')
  put('_astro/page.Dx1.js.map', 'left out')
  put('sw.js', 'the worker itself')
  const before = filesOf(`${folder}/`)
  expect(before.map(({ url }) => url)).toEqual(['_astro/page.Dx1.js', 'index.html', 'lessons/kubelet/index.html'])
  expect(before[0]!.revision).toBeNull()
  put('index.html', 'home again')
  const after = filesOf(`${folder}/`)
  expect(after[1]!.revision).not.toBe(before[1]!.revision)
  expect(after[2]).toEqual(before[2])
})
