// What a page does around its first paint. It stands in the head of every page as it is: a file would keep the page white for
// one more way to the server. Its text never varies, so that a strict Content-Security-Policy can name it by its hash.
;(() => {
  const root = document.documentElement
  const prefersDark = matchMedia('(prefers-color-scheme: dark)')
  const stored = (key) => {
    try {
      return localStorage.getItem(key)
    } catch {
      return null
    }
  }
  const applyTheme = () => {
    const chosen = stored('starlight-theme')
    const dark = chosen === 'dark' || (chosen !== 'light' && prefersDark.matches)
    root.dataset.theme = dark ? 'dark' : 'light'
  }
  applyTheme()
  prefersDark.addEventListener('change', applyTheme)
  addEventListener('storage', applyTheme)

  // Our own letters come with the first paint where they are at hand, kept since an earlier page, and on wide screens, whose
  // network is seldom slow. Everywhere else they come after it: see letters.ts.
  const preloads = [...document.querySelectorAll('link[as=font]')]
  const areKept = stored('clusterwright/letters') !== null
  if (areKept || preloads.some(({ media }) => matchMedia(media).matches)) root.dataset.letters = 'own'
  if (areKept) for (const link of preloads) link.media = 'all'

  /** Starts the modules that `build.ts` has set aside, in their order. */
  const startScripts = () => {
    for (const { dataset } of document.querySelectorAll('script[data-module-src]')) {
      document.head.append(
        Object.assign(document.createElement('script'), { type: 'module', src: dataset.moduleSrc, async: false }),
      )
    }
  }

  // A slow phone paints the text before it fetches what makes the page act.
  document.addEventListener('DOMContentLoaded', () => {
    if (document.hidden) startScripts()
    else requestAnimationFrame(() => setTimeout(startScripts))
  })
})()
