/**
 * `npm run notices`: writes THIRD-PARTY-NOTICES.txt, the names and licences of other people's work that the built site
 * carries. The texts are taken from the packages as installed, so they are those of the very versions that we ship; a
 * unit test fails when the file is no longer what this would write.
 */
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureDependencies } from './set-up/dependencies.mjs'
import { root } from './set-up/run.mjs'
import { Refusal, command, say } from './set-up/say.mjs'

/** What the site ships, and for what. Tools that only build or test are not carried along. */
const SHIPPED = [
  ['quickjs-emscripten-core', 'runs learners’ code'],
  ['@jitl/quickjs-wasmfile-release-sync', 'QuickJS itself, metered'],
  ['@jitl/quickjs-ffi-types', 'part of the above'],
  ['typescript', 'checks learners’ code'],
  ['ts-blank-space', 'erases the types of learners’ code'],
  ['yaml', 'reads manifests'],
  ['@kubernetes/client-node', 'what the fields of the API are for, as its declarations say'],
  ['monaco-editor', 'the editor'],
  ['dompurify', 'inside the editor'],
  ['marked', 'inside the editor'],
  ['lit', 'islands of the pages'],
  ['lit-html', 'part of lit'],
  ['lit-element', 'part of lit'],
  ['@lit/reactive-element', 'part of lit'],
  ['lucide-static', 'icons'],
  ['astro', 'scripts of the pages'],
  ['@astrojs/starlight', 'navigation, search and themes of the pages'],
  ['expressive-code', 'code blocks'],
  ['astro-expressive-code', 'code blocks'],
  ['pagefind', 'search'],
  ['workbox-precaching', 'keeps the course for reading offline'],
  ['workbox-core', 'part of workbox-precaching'],
  ['workbox-routing', 'part of workbox-precaching'],
  ['workbox-strategies', 'part of workbox-precaching'],
  ['@fontsource-variable/literata', 'typeface of the prose'],
  ['@fontsource-variable/atkinson-hyperlegible-next', 'typeface of the interface'],
  ['@fontsource-variable/jetbrains-mono', 'typeface of the code'],
]

const LICENCE = /^(?:licen[cs]e|copying|notice|third-?party-?notice(?:s|text)?)(?:[.-].*)?$/i

/** A package's licence files; some keep them in a folder of that name. @param {string} folder @returns {string[]} */
function licenceFiles(folder) {
  const found = readdirSync(folder, { withFileTypes: true }).filter(({ name }) => LICENCE.test(name))
  return found
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      return entry.isDirectory() ? readdirSync(path).map((name) => join(path, name)) : [path]
    })
    .sort()
}

/** @param {string} name @param {string} purpose @returns {string} one package's part of the file */
function noticeOf(name, purpose) {
  const folder = join(root, 'node_modules', name)
  if (!existsSync(folder)) throw new Refusal(`${name} is not installed.`, 'Take it out of SHIPPED, or run npm ci.')
  const { version, license, homepage } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  const files = licenceFiles(folder)
  if (files.length === 0)
    throw new Refusal(`${name} has no licence file.`, 'Add its licence text by hand, with its source.')
  const texts = files.map((file) => readFileSync(file, 'utf8').replaceAll('\r\n', '\n').trim())
  const title = `${name} ${version} (${license}): ${purpose}`
  return [title, homepage ?? '', '', ...texts.flatMap((text) => [text, ''])].join('\n')
}

/**
 * @param {string[][]} [carried] names of packages and what they are for @param {string} [who] carries them
 * @returns {string} the whole file
 */
export function notices(carried = SHIPPED, who = 'The built site') {
  const line = '='.repeat(100)
  const head = [
    'Clusterwright is licensed under the Apache License, Version 2.0 (see LICENSE).',
    `${who} carries the work of others, under the licences below.`,
    'Written by `npm run notices` from the packages themselves; do not edit.',
  ]
  return (
    [head.join('\n'), ...carried.map(([name, purpose]) => noticeOf(name, purpose))].join(`\n\n${line}\n`).trim() + '\n'
  )
}

if (process.argv[1]?.endsWith('third-party-notices.mjs')) {
  await command(async () => {
    await ensureDependencies()
    writeFileSync(join(root, 'THIRD-PARTY-NOTICES.txt'), notices())
    say(`THIRD-PARTY-NOTICES.txt: ${SHIPPED.length} packages`)
  })
}
