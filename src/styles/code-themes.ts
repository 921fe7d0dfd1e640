/**
 * Colours of code in lessons: the same few hues as in figures and the editor, in light and dark.
 *
 * Values are those of `tokens-light.css` and `tokens-dark.css`; the highlighter needs them as numbers, not as variables.
 */

interface Palette {
  name: string
  type: 'light' | 'dark'
  background: string
  ink: string
  comment: string
  keyword: string
  text: string
  type_: string
  number: string
}

function theme(palette: Palette) {
  const rule = (scope: string[], foreground: string, fontStyle?: string) => ({
    scope,
    settings: { foreground, ...(fontStyle ? { fontStyle } : {}) },
  })
  return {
    name: palette.name,
    type: palette.type,
    colors: { 'editor.background': palette.background, 'editor.foreground': palette.ink },
    tokenColors: [
      rule(['comment', 'punctuation.definition.comment'], palette.comment, 'italic'),
      rule(['keyword', 'storage', 'keyword.operator.new', 'keyword.operator.expression'], palette.keyword),
      rule(['keyword.operator', 'punctuation', 'meta.brace'], palette.ink),
      rule(['string', 'punctuation.definition.string'], palette.text),
      rule(['entity.name.type', 'support.type', 'support.class', 'entity.name.tag'], palette.type_),
      rule(['constant.numeric', 'constant.language', 'constant.character'], palette.number),
    ],
  }
}

export const codeThemes = [
  theme({
    name: 'workshop-light',
    type: 'light',
    background: '#ffffff',
    ink: '#1c1e22',
    comment: '#696c74',
    keyword: '#5b46b5',
    text: '#1d7a54',
    type_: '#12787d',
    number: '#a66300',
  }),
  theme({
    name: 'workshop-dark',
    type: 'dark',
    background: '#1d2025',
    ink: '#e9e6df',
    comment: '#8f939c',
    keyword: '#b3a3f5',
    text: '#6fcaa0',
    type_: '#66c5c9',
    number: '#e5b25d',
  }),
]
