/**
 * Where the separately built editor lies, and loading it once.
 *
 * A tiny manifest, always asked for anew, carries the version; everything else is asked for with that version in its
 * address, so that a browser never mixes files of two builds.
 */
export interface EditorManifest {
  version: string
  /** Declaration text by import path. */
  types: Record<string, string>
}

type MonacoEntry = typeof import('./monaco-entry.ts')

const folder = `${import.meta.env.BASE_URL.replace(/\/?$/, '/')}ed/`
const NOT_THERE = 'A part of it did not arrive: check your connection.'

let manifest: Promise<EditorManifest> | undefined
let monaco: Promise<MonacoEntry> | undefined

export function editorManifest(): Promise<EditorManifest> {
  manifest ??= fetch(`${folder}manifest.json`, { cache: 'no-cache' })
    .then((answer) => {
      if (!answer.ok) throw new Error(`${NOT_THERE} (${answer.status} for ${answer.url})`)
      return answer.json() as Promise<EditorManifest>
    })
    .catch((error: unknown) => {
      manifest = undefined
      throw error
    })
  return manifest
}

function loadStyleSheet(href: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const link = document.createElement('link')
    link.rel = 'stylesheet'
    link.href = href
    link.onload = () => resolve()
    link.onerror = () => {
      link.remove()
      reject(new Error(NOT_THERE))
    }
    document.head.append(link)
  })
}

/** Loads Monaco with its style sheet. Later calls get the same; after a failure the next call tries again. */
export function loadMonaco(): Promise<MonacoEntry> {
  monaco ??= editorManifest()
    .then(async ({ version }) => {
      const address = `${folder}monaco.js?v=${version}`
      const [entry] = await Promise.all([
        (import(/* @vite-ignore */ address) as Promise<MonacoEntry>).catch(() => Promise.reject(new Error(NOT_THERE))),
        loadStyleSheet(`${folder}monaco.css?v=${version}`),
      ])
      return entry
    })
    .catch((error: unknown) => {
      monaco = undefined
      throw error
    })
  return monaco
}

export function spawnLanguageWorker(version: string): Worker {
  return new Worker(`${folder}language.js?v=${version}`, { type: 'module', name: 'typescript' })
}
