import type * as monaco from 'monaco-editor/editor/editor.api.js';

/** The names under which Monaco knows the page's two themes. */
export const THEMES = { light: 'podium-light', dark: 'podium-dark' } as const;

/** Tells Monaco the page's tokens. Both themes are read as they are now, and the one in use is read again when it changes. */
export function defineThemes(api: typeof monaco): void {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => hexOf(style.getPropertyValue(`--${name}`).trim());
  const rule = (scope: string, name: string): monaco.editor.ITokenThemeRule => ({
    token: scope,
    foreground: token(name).slice(1),
  });
  for (const [mode, name] of Object.entries(THEMES)) {
    api.editor.defineTheme(name, {
      base: mode === 'dark' ? 'vs-dark' : 'vs',
      inherit: true,
      rules: [
        rule('', 'ink'),
        rule('type', 'syn-key'),
        rule('type.yaml', 'syn-key'),
        rule('string', 'syn-str'),
        rule('string.yaml', 'syn-str'),
        rule('number', 'syn-num'),
        rule('keyword', 'syn-num'),
        rule('comment', 'syn-com'),
        rule('operators', 'ink-2'),
        rule('delimiter', 'ink-2'),
      ],
      colors: {
        'editor.background': token('surface'),
        'editor.foreground': token('ink'),
        'editorLineNumber.foreground': token('ink-3'),
        'editorLineNumber.activeForeground': token('ink'),
        'editorCursor.foreground': token('ink'),
        'editor.selectionBackground': `${token('signal')}44`,
        'editorError.foreground': token('bad'),
        'editorWarning.foreground': token('warn'),
        'editorWidget.background': token('raised'),
        'editorWidget.border': token('line'),
        'editorHoverWidget.background': token('raised'),
        'editorHoverWidget.border': token('line'),
        'editorSuggestWidget.background': token('raised'),
        'editorSuggestWidget.selectedBackground': token('signal-soft'),
        'editorSuggestWidget.selectedForeground': token('ink'),
        'editorSuggestWidget.highlightForeground': token('signal'),
        'editorSuggestWidget.focusHighlightForeground': token('signal'),
        'scrollbarSlider.background': `${token('line-strong')}33`,
        'scrollbarSlider.hoverBackground': `${token('line-strong')}66`,
        'scrollbarSlider.activeBackground': `${token('line-strong')}99`,
        focusBorder: token('signal'),
      },
    });
  }
}

/** `#abc` → `#aabbcc`; in forced colours, where tokens are system colours, black: the browser paints over it anyway. */
function hexOf(colour: string): string {
  if (/^#[0-9a-f]{3}$/i.test(colour)) return `#${[...colour.slice(1)].map((digit) => digit + digit).join('')}`;
  return /^#[0-9a-f]{6}$/i.test(colour) ? colour : '#000000';
}
