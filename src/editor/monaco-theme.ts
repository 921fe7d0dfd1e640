/**
 * Monaco's colours, taken from the page's own tokens.
 *
 * Monaco wants literal hex values and knows nothing of custom properties, so each token is read as the browser sees it
 * at this moment. One theme name serves light and dark: it is defined anew when the page changes.
 */
import { editor } from 'monaco-editor/editor'

export const THEME = 'clusterwright'

/** Reads a colour token as `rrggbb`, whatever notation it was written in. */
function readToken(styles: CSSStyleDeclaration, brush: CanvasRenderingContext2D, name: string, otherwise: string) {
  brush.fillStyle = otherwise
  brush.fillStyle = styles.getPropertyValue(name).trim() || otherwise
  brush.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = brush.getImageData(0, 0, 1, 1).data
  return [red, green, blue].map((part) => part.toString(16).padStart(2, '0')).join('')
}

function isDark(paper: string): boolean {
  const part = (at: number) => Number.parseInt(paper.slice(at, at + 2), 16)
  return part(0) * 0.299 + part(2) * 0.587 + part(4) * 0.114 < 128
}

/** The tokens that Monaco is dressed in, with what they are where a page defines none. */
const TOKENS = {
  card: ['--card', '#ffffff'],
  ink: ['--ink', '#1c1e22'],
  soft: ['--soft', '#5d6068'],
  line: ['--line', '#e2ddd2'],
  sunk: ['--sunk', '#f3f0e9'],
  accent: ['--accent', '#2c5ad6'],
  accentSoft: ['--accent-soft', '#e6ecfb'],
  bad: ['--bad', '#bf3030'],
  warn: ['--warn', '#a66300'],
  control: ['--control', '#5b46b5'],
  ok: ['--ok', '#1d7a54'],
  pod: ['--pod', '#12787d'],
} as const

type Tokens = Record<keyof typeof TOKENS, string>

function readTokens(host: Element): Tokens | undefined {
  const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!brush) return undefined
  const styles = getComputedStyle(host)
  const read = Object.entries(TOKENS).map(([key, [name, otherwise]]) => [
    key,
    readToken(styles, brush, name, otherwise),
  ])
  return Object.fromEntries(read) as Tokens
}

function syntaxRules(token: Tokens): editor.ITokenThemeRule[] {
  return [
    { token: '', foreground: token.ink },
    { token: 'comment', foreground: token.soft, fontStyle: 'italic' },
    { token: 'keyword', foreground: token.control },
    { token: 'string', foreground: token.ok },
    { token: 'regexp', foreground: token.ok },
    { token: 'number', foreground: token.warn },
    { token: 'type', foreground: token.pod },
    { token: 'delimiter', foreground: token.ink },
    { token: 'identifier', foreground: token.ink },
  ]
}

function colours(token: Tokens): editor.IColors {
  return {
    'editor.background': `#${token.card}`,
    'editor.foreground': `#${token.ink}`,
    'editorLineNumber.foreground': `#${token.soft}`,
    'editorLineNumber.activeForeground': `#${token.ink}`,
    'editor.selectionBackground': `#${token.accent}33`,
    'editor.inactiveSelectionBackground': `#${token.accent}1f`,
    'editor.lineHighlightBackground': `#${token.sunk}80`,
    'editor.lineHighlightBorder': '#00000000',
    'editorCursor.foreground': `#${token.accent}`,
    'editorIndentGuide.background1': `#${token.line}`,
    'editorIndentGuide.activeBackground1': `#${token.soft}80`,
    'editorBracketHighlight.foreground1': `#${token.ink}`,
    'editorBracketHighlight.foreground2': `#${token.ink}`,
    'editorBracketHighlight.foreground3': `#${token.ink}`,
    'editorWidget.background': `#${token.card}`,
    'editorWidget.foreground': `#${token.ink}`,
    'editorWidget.border': `#${token.line}`,
    'editorHoverWidget.background': `#${token.card}`,
    'editorHoverWidget.border': `#${token.line}`,
    'editorSuggestWidget.background': `#${token.card}`,
    'editorSuggestWidget.border': `#${token.line}`,
    'editorSuggestWidget.selectedBackground': `#${token.accentSoft}`,
    'editorSuggestWidget.selectedForeground': `#${token.ink}`,
    'editorSuggestWidget.highlightForeground': `#${token.accent}`,
    'editorSuggestWidget.focusHighlightForeground': `#${token.accent}`,
    'list.hoverBackground': `#${token.sunk}`,
    'quickInput.background': `#${token.card}`,
    'quickInput.foreground': `#${token.ink}`,
    'quickInputList.focusBackground': `#${token.accentSoft}`,
    'quickInputList.focusForeground': `#${token.ink}`,
    'list.activeSelectionBackground': `#${token.accentSoft}`,
    'list.activeSelectionForeground': `#${token.ink}`,
    'list.highlightForeground': `#${token.accent}`,
    'list.focusHighlightForeground': `#${token.accent}`,
    'menu.background': `#${token.card}`,
    'menu.foreground': `#${token.ink}`,
    'menu.selectionBackground': `#${token.accentSoft}`,
    'menu.selectionForeground': `#${token.ink}`,
    'menu.border': `#${token.line}`,
    'input.background': `#${token.card}`,
    'input.foreground': `#${token.ink}`,
    'input.border': `#${token.line}`,
    focusBorder: `#${token.accent}`,
    'editorError.foreground': `#${token.bad}`,
    'editorWarning.foreground': `#${token.warn}`,
    'scrollbar.shadow': '#00000000',
    'widget.shadow': '#00000000',
    'scrollbarSlider.background': `#${token.soft}30`,
    'scrollbarSlider.hoverBackground': `#${token.soft}50`,
    // Faint, or the words on it would be hard to read; the signs in the margin say the same.
    'diffEditor.insertedTextBackground': `#${token.ok}0a`,
    'diffEditor.removedTextBackground': `#${token.bad}0a`,
    'diffEditor.insertedLineBackground': `#${token.ok}05`,
    'diffEditor.removedLineBackground': `#${token.bad}05`,
  }
}

/** Defines the theme from the tokens that hold for `host` now, and applies it to every editor of the page. */
export function applyTheme(host: Element): void {
  const token = readTokens(host)
  if (!token) return
  const base = isDark(token.card) ? 'vs-dark' : 'vs'
  editor.defineTheme(THEME, { base, inherit: true, rules: syntaxRules(token), colors: colours(token) })
  editor.setTheme(THEME)
}

/** Calls `change` whenever the page goes from light to dark or back. Returns how to stop. */
export function watchTheme(change: () => void): () => void {
  const observer = new MutationObserver(change)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['class', 'data-theme'] })
  const preference = matchMedia('(prefers-color-scheme: dark)')
  preference.addEventListener('change', change)
  return () => {
    observer.disconnect()
    preference.removeEventListener('change', change)
  }
}
