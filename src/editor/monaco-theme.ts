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

/** Defines the theme from the tokens that hold for `host` now, and applies it to every editor of the page. */
export function applyTheme(host: Element): void {
  const brush = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  if (!brush) return
  const styles = getComputedStyle(host)
  const token = (name: string, otherwise: string) => readToken(styles, brush, name, otherwise)
  const card = token('--card', '#ffffff')
  const ink = token('--ink', '#1c1e22')
  const soft = token('--soft', '#5d6068')
  const line = token('--line', '#e2ddd2')
  const sunk = token('--sunk', '#f3f0e9')
  const accent = token('--accent', '#2c5ad6')
  const accentSoft = token('--accent-soft', '#e6ecfb')
  const bad = token('--bad', '#bf3030')
  const warn = token('--warn', '#a66300')
  const control = token('--control', '#5b46b5')
  const ok = token('--ok', '#1d7a54')
  const pod = token('--pod', '#12787d')
  editor.defineTheme(THEME, {
    base: isDark(card) ? 'vs-dark' : 'vs',
    inherit: true,
    rules: [
      { token: '', foreground: ink },
      { token: 'comment', foreground: soft, fontStyle: 'italic' },
      { token: 'keyword', foreground: control },
      { token: 'string', foreground: ok },
      { token: 'regexp', foreground: ok },
      { token: 'number', foreground: warn },
      { token: 'type', foreground: pod },
      { token: 'delimiter', foreground: ink },
      { token: 'identifier', foreground: ink },
    ],
    colors: {
      'editor.background': `#${card}`,
      'editor.foreground': `#${ink}`,
      'editorLineNumber.foreground': `#${soft}`,
      'editorLineNumber.activeForeground': `#${ink}`,
      'editor.selectionBackground': `#${accent}33`,
      'editor.inactiveSelectionBackground': `#${accent}1f`,
      'editor.lineHighlightBackground': `#${sunk}80`,
      'editor.lineHighlightBorder': '#00000000',
      'editorCursor.foreground': `#${accent}`,
      'editorIndentGuide.background1': `#${line}`,
      'editorIndentGuide.activeBackground1': `#${soft}80`,
      'editorBracketHighlight.foreground1': `#${ink}`,
      'editorBracketHighlight.foreground2': `#${ink}`,
      'editorBracketHighlight.foreground3': `#${ink}`,
      'editorWidget.background': `#${card}`,
      'editorWidget.foreground': `#${ink}`,
      'editorWidget.border': `#${line}`,
      'editorHoverWidget.background': `#${card}`,
      'editorHoverWidget.border': `#${line}`,
      'editorSuggestWidget.background': `#${card}`,
      'editorSuggestWidget.border': `#${line}`,
      'editorSuggestWidget.selectedBackground': `#${accentSoft}`,
      'editorSuggestWidget.selectedForeground': `#${ink}`,
      'editorSuggestWidget.highlightForeground': `#${accent}`,
      'editorSuggestWidget.focusHighlightForeground': `#${accent}`,
      'list.hoverBackground': `#${sunk}`,
      'quickInput.background': `#${card}`,
      'quickInput.foreground': `#${ink}`,
      'input.background': `#${card}`,
      'input.foreground': `#${ink}`,
      'input.border': `#${line}`,
      focusBorder: `#${accent}`,
      'editorError.foreground': `#${bad}`,
      'editorWarning.foreground': `#${warn}`,
      'scrollbar.shadow': '#00000000',
      'widget.shadow': '#00000000',
      'scrollbarSlider.background': `#${soft}30`,
      'scrollbarSlider.hoverBackground': `#${soft}50`,
      // Faint, or the words on it would be hard to read; the signs in the margin say the same.
      'diffEditor.insertedTextBackground': `#${ok}14`,
      'diffEditor.removedTextBackground': `#${bad}14`,
      'diffEditor.insertedLineBackground': `#${ok}0a`,
      'diffEditor.removedLineBackground': `#${bad}0a`,
    },
  })
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
