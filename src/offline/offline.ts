/**
 * Keeps the course on the reader's device, and says so. A new version is never forced on anybody: it waits behind a notice,
 * because a page that changes beneath an open editor loses trust even where it loses no draft.
 */
import { base } from '../course/links.ts'
import type { Locale } from '../course/sections.ts'
import { offlineWords } from './offline-words.ts'

/** A reader who saves data decides by visiting; megabytes in the background are not what was asked for. */
const savesData = (): boolean => (navigator as { connection?: { saveData?: boolean } }).connection?.saveData === true

const words = () => offlineWords[document.documentElement.lang as Locale] ?? offlineWords.en

/** Starts when the page has loaded, so that nothing the reader waits for shares the line. */
export function keepOffline(): void {
  if (!('serviceWorker' in navigator) || savesData()) return
  if (document.readyState === 'complete') void start()
  else addEventListener('load', () => void start(), { once: true })
}

/** How long a worker that was asked to take over has for it, in ms, before the page is opened anew. */
const TAKE_OVER_MS = 2_000
/** How often a page is opened anew for that. */
const ATTEMPTS = 3

/**
 * That the reader took the new version, kept while the page is opened anew. Chromium forgets a worker that is to take over
 * when the page asks the old one for a file in the same moment, and does not come back to it while the page is open: without
 * this the button would do nothing for up to five minutes.
 */
const taken = {
  key: 'clusterwright:new-version-taken',
  attempts: (): number => Number(sessionStorage.getItem(taken.key) ?? 0),
  keep: (attempts: number): void => sessionStorage.setItem(taken.key, String(attempts)),
  forget: (): void => sessionStorage.removeItem(taken.key),
}

/** @param giveUp what is done when it has been opened anew often enough */
function takeOver(waiting: ServiceWorker, giveUp: () => void): void {
  const attempt = taken.attempts() + 1
  waiting.postMessage('take over')
  taken.keep(attempt)
  setTimeout(() => {
    if (waiting.state !== 'installed') return
    if (attempt <= ATTEMPTS) return location.reload()
    taken.forget()
    giveUp()
  }, TAKE_OVER_MS)
}

async function start(): Promise<void> {
  const registration = await navigator.serviceWorker.register(`${base()}sw.js`).catch(() => undefined)
  // No storage, a private window, a host without HTTPS: the course is read online, as any site.
  if (!registration) return
  const wasControlled = navigator.serviceWorker.controller !== null
  const openAnew = () => {
    taken.forget()
    location.reload()
  }
  navigator.serviceWorker.addEventListener('controllerchange', () => {
    if (taken.attempts() > 0) openAnew()
    else if (wasControlled) notice(words().older, words().reload, () => location.reload())
  })
  const offer = (waiting: ServiceWorker) => {
    const take = () => takeOver(waiting, () => offer(waiting))
    if (taken.attempts() > 0) take()
    else notice(words().newVersion, words().useIt, take)
  }
  const watch = (worker: ServiceWorker | null) =>
    worker?.addEventListener('statechange', () => {
      if (worker.state === 'activated') sayKept()
      if (worker.state === 'installed' && registration.active) offer(worker)
    })
  // It took over between this page's arrival from the old worker and now.
  if (taken.attempts() > 0 && !registration.waiting) return openAnew()
  if (registration.waiting && registration.active) offer(registration.waiting)
  else if (registration.active) sayKept()
  watch(registration.installing)
  registration.addEventListener('updatefound', () => watch(registration.installing))
}

/** In the footer, where the page has one. */
function sayKept(): void {
  const place = document.querySelector<HTMLElement>('[data-offline]')
  if (!place) return
  place.textContent = words().kept
  place.hidden = false
}

function notice(text: string, action: string, act: () => void): void {
  document.querySelector('.version-notice')?.remove()
  const bar = document.createElement('div')
  bar.className = 'version-notice ui no-print'
  bar.setAttribute('role', 'status')
  const said = document.createElement('p')
  said.textContent = text
  const button = (label: string, on: () => void, kind: string) => {
    const made = document.createElement('button')
    made.type = 'button'
    made.className = kind
    made.textContent = label
    made.addEventListener('click', on)
    return made
  }
  const later = button(words().later, () => bar.remove(), 'button quiet')
  bar.append(said, button(action, act, 'button primary'), later)
  document.body.append(bar)
}
