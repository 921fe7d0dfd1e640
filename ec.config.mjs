/** How code in lessons looks (Expressive Code), and that its TypeScript tells its types. */
import { fileURLToPath } from 'node:url'
import { defineEcConfig } from '@astrojs/starlight/expressive-code'
import { typesOnHover } from './src/hover-types/plugin.ts'
import { codeByKeyboard } from './src/styles/code-by-keyboard.ts'
import { codeThemes } from './src/styles/code-themes.ts'

export default defineEcConfig({
  themes: codeThemes,
  themeCssSelector: (theme) => `[data-theme='${theme.type}']`,
  useStarlightUiThemeColors: false,
  useStarlightDarkModeSwitch: false,
  // Lessons live outside Starlight's own folder, by which it would tell the language.
  getBlockLocale: ({ file }) => (/\.es\.mdx?$|\/content\/es\//.test(file.path ?? '') ? 'es' : 'en'),
  defaultProps: { overridesByLang: { 'sh,bash,shell,console': { frame: 'none' } } },
  styleOverrides: {
    borderRadius: '10px',
    borderColor: 'var(--line)',
    codeBackground: 'var(--card)',
    codeFontFamily: 'var(--font-code)',
    codeFontSize: '0.875rem',
    codeLineHeight: '1.7',
    uiFontFamily: 'var(--font-ui)',
    focusBorder: 'var(--accent)',
    frames: {
      shadowColor: 'transparent',
      editorTabBarBackground: 'var(--sunk)',
      editorActiveTabBackground: 'var(--card)',
      editorActiveTabIndicatorTopColor: 'transparent',
      editorTabBarBorderBottomColor: 'var(--line)',
      terminalTitlebarBackground: 'var(--sunk)',
      terminalTitlebarBorderBottomColor: 'var(--line)',
      terminalBackground: 'var(--card)',
    },
  },
  plugins: [
    typesOnHover(process.env.CLUSTERWRIGHT_ROOT ?? fileURLToPath(new URL('.', import.meta.url))),
    codeByKeyboard(),
  ],
})
