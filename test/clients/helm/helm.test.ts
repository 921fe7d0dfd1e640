/** An unmodified helm 3 and helm 4: a chart as `helm create` makes it, from its installation to its end. */
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bringUp, type Up } from '../../../ports/up.ts'

const folder = mkdtempSync(join(tmpdir(), 'helm-'))
const kubeconfig = join(folder, 'kubeconfig')
const PROGRAMS: Readonly<Record<string, string | undefined>> = {
  'helm 3': process.env['HELM_3'],
  'helm 4': process.env['HELM'],
}
/** An answer is waited for no longer than it takes. */
const SPEED = 10

let up: Up
beforeAll(async () => {
  const cluster = { seed: 1, nodes: 1, controlPlanes: 1, etcd: 'stacked', speed: SPEED } as const
  up = await bringUp({ ...cluster, etcdPort: 0, port: 0, kubeconfig })
}, 60_000)
afterAll(() => {
  up.stop()
  rmSync(folder, { recursive: true })
})

const run = promisify(execFile)

describe.each(Object.keys(PROGRAMS))('%s', (name) => {
  const release = name.replace(' ', '-')
  const helm = async (...args: string[]): Promise<string> => {
    const program = PROGRAMS[name]
    if (!program) throw new Error(`${name} is not named in the environment: npm test -- clients fetches it`)
    const env = { ...process.env, HOME: folder, KUBECONFIG: kubeconfig }
    return (await run(program, args, { cwd: folder, env, timeout: 60_000 })).stdout
  }
  const waiting = ['--wait', '--timeout', '50s']
  const revisions = async (): Promise<readonly { readonly status: string; readonly description: string }[]> =>
    JSON.parse(await helm('history', release, '-o', 'json'))

  it('installs a chart, and waits until it serves', async () => {
    await helm('create', release)
    expect(await helm('install', release, `./${release}`, ...waiting)).toContain('STATUS: deployed')
    expect(JSON.parse(await helm('list', '-o', 'json'))).toMatchObject([{ name: release, status: 'deployed' }])
  }, 60_000)

  it('upgrades it, and takes it back', async () => {
    const upgraded = await helm('upgrade', release, `./${release}`, '--set', 'replicaCount=2', ...waiting)
    expect(upgraded).toContain('REVISION: 2')
    expect(await helm('rollback', release, '1', ...waiting)).toContain('Rollback was a success!')
    expect(await revisions()).toMatchObject([
      { status: 'superseded', description: 'Install complete' },
      { status: 'superseded', description: 'Upgrade complete' },
      { status: 'deployed', description: 'Rollback to 1' },
    ])
  }, 60_000)

  it('runs the chart’s test: a Pod that asks the Service by its name', async () => {
    expect(await helm('test', release, '--timeout', '50s')).toMatch(/Phase: +Succeeded/)
  }, 60_000)

  it('says what went wrong: a chart that does not apply, a release that is there already', async () => {
    await expect(helm('install', release, `./${release}`)).rejects.toThrow(/cannot re-?use a name that is still in use/)
    const bad = helm('upgrade', release, `./${release}`, '--set', 'service.port=99999')
    await expect(bad).rejects.toThrow('must be between 1 and 65535')
    expect((await revisions()).at(-1)?.status).toBe('failed')
  }, 60_000)

  it('uninstalls it, and leaves nothing behind', async () => {
    expect(await helm('uninstall', release, ...waiting)).toContain(`release "${release}" uninstalled`)
    expect(JSON.parse(await helm('list', '-o', 'json'))).toEqual([])
  }, 60_000)
})
