/**
 * What is pinned and what is named stays true: the lock file and the third-party notices.
 */
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completeLock, platformOf } from './complete-lock.mjs'
import { notices } from './third-party-notices.mjs'

const root = dirname(import.meta.dirname)
const read = (path: string): string => readFileSync(join(root, path), 'utf8')

it('THIRD-PARTY-NOTICES.txt is what the packages say (npm run notices writes it)', () => {
  expect(read('THIRD-PARTY-NOTICES.txt') === notices()).toBe(true)
})

it('package-lock.json names the packages of all platforms (npm run complete-lock adds them)', () => {
  expect(completeLock(JSON.parse(read('package-lock.json')).packages)).toEqual([])
})

it('all versions in package.json are exact', () => {
  const { dependencies, devDependencies, optionalDependencies } = JSON.parse(read('package.json'))
  const versions = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
  expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(String(version)))).toEqual([])
})

describe('the lock file is completed', () => {
  const tool = { version: '2.0.0', optionalDependencies: { 'tool-linux-x64': '2.0.0', 'tool-darwin-arm64': '2.0.0' } }

  it('with what a parent wants and nobody has', () => {
    const packages: Record<string, object> = {
      'node_modules/tool': tool,
      'node_modules/tool-linux-x64': { version: '2.0.0' },
    }
    expect(completeLock(packages)).toEqual(['node_modules/tool-darwin-arm64'])
    const entry = { version: '2.0.0', optional: true, os: ['darwin'], cpu: ['arm64'] }
    expect(packages['node_modules/tool-darwin-arm64']).toEqual(entry)
  })

  it('beneath the parent, where another version stands in the way', () => {
    const other = { version: '1.0.0' }
    const packages = {
      'node_modules/tool': tool,
      'node_modules/tool-linux-x64': other,
      'node_modules/tool-darwin-arm64': other,
    }
    expect(completeLock(packages)).toEqual([
      'node_modules/tool/node_modules/tool-linux-x64',
      'node_modules/tool/node_modules/tool-darwin-arm64',
    ])
  })

  it.each([
    ['@oxlint/binding-darwin-arm64', { os: ['darwin'], cpu: ['arm64'] }],
    ['@pagefind/windows-x64', { os: ['win32'], cpu: ['x64'] }],
    ['@oxc-parser/binding-linux-arm-gnueabihf', { os: ['linux'], cpu: ['arm'] }],
    ['@astrojs/compiler-binding-wasm32-wasi', { cpu: ['wasm32'] }],
    ['fsevents', undefined],
  ])('%s is for %j', (name, platform) => {
    expect(platformOf(name)).toEqual(platform)
  })
})
