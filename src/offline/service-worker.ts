/**
 * The course on the reader's own device: every file of the site is fetched once, in the background, and served from there.
 *
 * What we model: one version of the site at a time, whole. A page and all that it loads later come from the same version,
 * whatever the server has meanwhile. A new version waits until the reader takes it (`offline.ts`).
 * What we leave out: fetching on demand only; addresses that the site does not have, which offline end in the browser's own page.
 * Where to read upstream: workbox-precaching's README.
 *
 * `build.ts` bundles this file and puts the list of files in.
 */
import { cleanupOutdatedCaches, precacheAndRoute } from 'workbox-precaching'

/** The few names of a service worker's surroundings that are used here; the project is typed for pages. */
interface Surroundings {
  skipWaiting(): Promise<void>
  readonly clients: { claim(): Promise<void> }
  addEventListener(type: 'message', listen: (event: MessageEvent<unknown>) => void): void
  addEventListener(type: 'activate', listen: (event: { waitUntil(done: Promise<unknown>): void }) => void): void
}

declare const FILES: { url: string; revision: string | null }[]
const here = self as unknown as Surroundings

cleanupOutdatedCaches()
// What stands behind `?` chooses within a page (a replay, the editor's build), never the file.
precacheAndRoute(FILES, { directoryIndex: 'index.html', cleanURLs: false, ignoreURLParametersMatching: [/./] })

here.addEventListener('message', ({ data }) => {
  if (data === 'take over') void here.skipWaiting()
})
here.addEventListener('activate', (event) => event.waitUntil(here.clients.claim()))
