// Sets the colour scheme before the first paint. A file of its own, not inline, so that a strict Content-Security-Policy
// needs no exception; loaded blocking, in the head of every page.
;(() => {
  const prefersDark = matchMedia('(prefers-color-scheme: dark)')
  const stored = () => {
    try {
      return localStorage.getItem('starlight-theme')
    } catch {
      return null
    }
  }
  const apply = () => {
    const chosen = stored()
    const dark = chosen === 'dark' || (chosen !== 'light' && prefersDark.matches)
    document.documentElement.dataset.theme = dark ? 'dark' : 'light'
  }
  apply()
  prefersDark.addEventListener('change', apply)
  addEventListener('storage', apply)
})()
