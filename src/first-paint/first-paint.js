// What a page does around its first paint. It stands in the head of every page as it is: a file would keep the page white for
// one more way to the server. Its text never varies, so that a strict Content-Security-Policy can name it by its hash.
;(() => {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)')
  const stored = () => {
    try {
      return localStorage.getItem('starlight-theme')
    } catch {
      return null
    }
  }
  const applyTheme = () => {
    const chosen = stored()
    const dark = chosen === 'dark' || (chosen !== 'light' && prefersDark.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
  applyTheme()
  prefersDark.addEventListener('change', applyTheme)
  addEventListener('storage', applyTheme)

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
