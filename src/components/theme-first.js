// Sets the colour scheme before the first paint. It stands in the head of every page as it is: a file would keep the page white
// for one more way to the server. Its text never varies, so that a strict Content-Security-Policy can name it by its hash.
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
